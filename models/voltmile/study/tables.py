"""The tables of a result folder, made from a solution: one row type a table, one function a table."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from voltmile.problem.limits import (
    BudgetLimit,
    CarbonLimit,
    FundLimit,
    GreenCitiesLimit,
    JourneyLimit,
    LabelsLimit,
    Limit,
    SupplyLimit,
)
from voltmile.problem.nation import Nation
from voltmile.problem.vehicles import BatteryVehicle
from voltmile.routes.columns import Column
from voltmile.solve.solution import Solution
from voltmile.study import accounts
from voltmile.study.measures import measure_rows
from voltmile.study.worth import price_rows, van_rows

END = "end"
"""Stands in the year column of costs.csv for what is owned after the last year."""

COLUMNS: Mapping[str, Mapping[str, type]] = {
    "fleet": {
        "city": str,
        "vehicle_type": str,
        "year": int,
        "bought": int,
        "sold": int,
        "stock": int,
        "electric": bool,
    },
    "chargers": {"hub": str, "charger_type": str, "year": int, "built": int, "installed": int},
    "routes": {
        "id": str,
        "city": str,
        "hub": str,
        "vehicle_type": str,
        "powertrain": str,
        "year": int,
        "day_type": str,
        "stops": int,
        "parcels": float,
        "load_kg": float,
        "load_m3": float,
        "distance_km": float,
        "duration_h": float,
        "energy_kwh": float,
        "fuel_l": float,
        "co2_kg": float,
        "cost_cny": float,
        "villages": str,
    },
    "costs": {"city": str, "year": str, "term": str, "cash_cny": float, "discounted_cny": float},
    "cities": {
        "city": str,
        "year": int,
        "discounted_cny": float,
        "co2_kg": float,
        "vehicles": int,
        "electric_vehicles": int,
        "chargers": int,
        "route_km": float,
        "visits": float,
        "urban_vehicle_days": float,
    },
    "limits": {
        "limit": str,
        "kind": str,
        "year": int,
        "unit": str,
        "used": float,
        "allowed": float,
        "slack": float,
        "price_cny_per_unit": float,
    },
    "prices": {
        "limit": str,
        "kind": str,
        "year": int,
        "unit": str,
        "used": float,
        "allowed": float,
        "dual_cny_per_unit": float,
        "confirmed_cny_per_unit": float,
        "tightened_cny_per_unit": float,
        "step": float,
        "agrees": bool,
    },
    "vans": {
        "city": str,
        "name": str,
        "limit": str,
        "year": int,
        "gain_cny": float,
        "grid_co2_kg_per_kwh": float,
        "temperature_factor": float,
    },
    "measures": {"year": int, "measure": str, "part": str, "what": str, "value": float, "unit": str},
}
"""Columns of every table and what they hold; blank: a hard limit's price, the city of national costs."""

OPTIONAL = frozenset({"measures", "prices", "vans"})
"""Tables that have a file only where they have rows."""


@dataclass(frozen=True)
class Tables:
    """The data frames of a result folder, named as its CSV files."""

    fleet: pd.DataFrame
    chargers: pd.DataFrame
    routes: pd.DataFrame
    costs: pd.DataFrame
    cities: pd.DataFrame
    limits: pd.DataFrame
    prices: pd.DataFrame
    vans: pd.DataFrame
    measures: pd.DataFrame

    def items(self) -> Iterable[tuple[str, pd.DataFrame]]:
        """Name and frame of every table."""
        return ((field.name, getattr(self, field.name)) for field in fields(self))


def make_tables(solution: Solution) -> Tables:
    """Return every table of a solution."""
    limits = list(_limit_rows(solution))
    return Tables(
        fleet=make_frame("fleet", _fleet_rows(solution)),
        chargers=make_frame("chargers", _charger_rows(solution)),
        routes=make_frame("routes", _route_rows(solution)),
        costs=make_frame("costs", _cost_rows(solution)),
        cities=make_frame("cities", _city_rows(solution)),
        limits=make_frame("limits", limits),
        prices=make_frame("prices", price_rows(solution, limits)),
        vans=make_frame("vans", van_rows(solution)),
        measures=make_frame("measures", measure_rows(solution.nation, solution.plan.measures)),
    )


Row = tuple[Any, ...]


def make_frame(name: str, rows: Iterable[Row]) -> pd.DataFrame:
    """Return the frame of a table from its rows, with the types of COLUMNS."""
    columns = COLUMNS[name]
    frame = pd.DataFrame(list(rows), columns=list(columns))
    return frame.astype({column: kind for column, kind in columns.items() if kind is not str})


def _fleet_rows(solution: Solution) -> Iterable[Row]:
    nation = solution.nation
    for (city, kind, year), stock in accounts.fleet(nation, solution.plan).items():
        electric = isinstance(nation.vehicle_type[kind], BatteryVehicle)
        yield city, kind, year, stock.bought, stock.sold, stock.owned, electric


def _charger_rows(solution: Solution) -> Iterable[Row]:
    for key, count in accounts.chargers(solution.nation, solution.plan).items():
        yield *key, count.built, count.installed


def _route_rows(solution: Solution) -> Iterable[Row]:
    nation = solution.nation
    energy = accounts.electricity(nation, solution.plan)
    for planned, route in zip(solution.plan.routes, solution.routes, strict=True):
        day = (route.hub, route.year, route.day_type)
        factor = nation.village_factor(route.year, route.day_type)
        villages = [nation.village[stop] for stop in route.stops]
        yield (
            planned.id,
            nation.hub[route.hub].city,
            route.hub,
            route.vehicle_type,
            nation.vehicle_type[route.vehicle_type].powertrain,
            route.year,
            route.day_type,
            len(villages),
            factor * sum(village.parcels_per_day for village in villages),
            factor * sum(village.demand_kg_per_day for village in villages),
            factor * sum(village.demand_m3_per_day for village in villages),
            route.distance_km,
            route.duration_h,
            route.energy_kwh,
            route.fuel_l,
            _route_co2_kg(nation, route, energy.get(day, accounts.Electricity())),
            route.cost_cny,
            " ".join(route.stops),
        )


def _route_co2_kg(nation: Nation, route: Column, energy: accounts.Electricity) -> float:
    """CO2 of a route on a day: its fuel, and its share of what its hub draws from the grid."""
    grid_factor = nation.grid_factor(nation.hub[route.hub].city, route.year)
    from_grid = route.energy_kwh / energy.efficiency * grid_factor
    return accounts.fuel_co2_kg(nation, route.vehicle_type, route.fuel_l) + from_grid


def _cost_rows(solution: Solution) -> Iterable[Row]:
    for row in solution.costs:
        if row.cash_cny or row.discounted_cny:
            yield row.city or "", str(row.year), row.term, row.cash_cny, row.discounted_cny


def _city_rows(solution: Solution) -> Iterable[Row]:
    nation, plan = solution.nation, solution.plan
    cost: defaultdict[tuple[str | None, Any], float] = defaultdict(float)
    for row in solution.costs:
        cost[row.city, row.year] += row.discounted_cny
    vehicles, electric, installed = Counter[Any](), Counter[Any](), Counter[Any]()
    for (c, kind, year), stock in accounts.fleet(nation, plan).items():
        vehicles[c, year] += stock.owned
        electric[c, year] += stock.owned * isinstance(nation.vehicle_type[kind], BatteryVehicle)
    for (hub, _, year), count in accounts.chargers(nation, plan).items():
        installed[nation.hub[hub].city, year] += count.installed
    urban: defaultdict[tuple[str, int], float] = defaultdict(float)
    for tours in plan.urban:
        days = nation.day_type[tours.day_type].days_per_year
        urban[nation.hub[tours.hub].city, tours.year] += days * tours.vehicle_days
    co2 = accounts.co2_kg(nation, plan, solution.routes)
    km, visits = accounts.route_km(nation, solution.routes), accounts.visits(nation)
    for city in nation.cities:
        for year in nation.years:
            key = (city.id, year)
            kg = co2[*key, "fuel"] + co2[*key, "electricity"] + co2.get((*key, "measures"), 0.0)
            counts = vehicles[key], electric[key], installed[key]
            yield *key, cost[key], kg, *counts, km[key], visits[city.id], urban[key]


# -- national limits ------------------------------------------------------------------------------------


def _limit_rows(solution: Solution) -> Iterable[Row]:
    slack: defaultdict[str, float] = defaultdict(float)
    for violation in solution.plan.slack:
        slack[violation.limit] += violation.amount
    for limit in solution.nation.limits:
        year = solution.nation.year_of(limit)
        unit, used, allowed = _limit_state(solution, limit, year)
        yield limit.id, limit.kind, year, unit, used, allowed, slack[limit.id], limit.price_cny_per_unit


def _limit_state(solution: Solution, limit: Limit, year: int) -> tuple[str, float, float]:
    """Return the unit, what is used and what is allowed."""
    nation, plan = solution.nation, solution.plan
    match limit:
        case BudgetLimit(counts=counts):
            cash = sum(row.cash_cny for row in solution.costs if row.year == year and row.term in counts)
            return "CNY", cash, limit.max_cny
        case SupplyLimit(vehicle_types=kinds):
            bought = sum(buy.count for buy in plan.buy if buy.year == year and buy.vehicle_type in kinds)
            return "vehicles", bought, limit.max_vehicles
        case CarbonLimit():
            co2 = accounts.co2_kg(nation, plan, solution.routes)
            return "kg", sum(kg for (_, y, _), kg in co2.items() if y == year), limit.max_co2_kg
        case GreenCitiesLimit():
            green = sum(city.limit == limit.id for city in plan.green)
            return "cities", green, limit.min_cities
        case JourneyLimit():
            used = accounts.km_per_visit(nation, solution.routes)[year]
            return "km/visit", used, limit.max_km_per_visit
        case LabelsLimit():
            rows = measure_rows(nation, plan.measures)
            used = sum(r.value for r in rows if (r.year, r.what) == (year, "parcels_so_far"))
            return "million labels", used, limit.min_labels_million
        case FundLimit(counts=terms):
            cash = sum(row.cash_cny for row in solution.costs if row.term in terms)
            return "CNY", cash, limit.max_cny
