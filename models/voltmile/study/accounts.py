"""What a plan adds up to: fleet, chargers, energy, carbon and kilometres by city and year."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from voltmile.problem.nation import Nation
from voltmile.problem.plan import Plan, UrbanTours
from voltmile.problem.vehicles import BatteryVehicle, FuelVehicle
from voltmile.routes.columns import Column
from voltmile.study import measures

CityYear = tuple[str, int]
Source = Literal["fuel", "electricity", "measures"]


@dataclass(frozen=True, slots=True)
class Stock:
    """Vehicles of a type in a city and year: what came, what went, what is there."""

    bought: int
    sold: int
    owned: int


@dataclass(frozen=True, slots=True)
class Installed:
    """Chargers of a type at a hub in a year: newly built, and all that are in their life."""

    built: int
    installed: int


def fleet(nation: Nation, plan: Plan) -> dict[tuple[str, str, int], Stock]:
    """Vehicles by (city, vehicle type, year), Eq. 3 summed over vintages; all-zero entries are left out."""
    bought = Counter[tuple[str, str, int]]()
    sold = Counter[tuple[str, str, int]]()
    existing = Counter[tuple[str, str]]()
    for buy in plan.buy:
        bought[buy.city, buy.vehicle_type, buy.year] += buy.count
    for sell in plan.sell:
        sold[sell.city, sell.vehicle_type, sell.year] += sell.count
    for row in nation.existing_fleet:
        existing[row.city, row.vehicle_type] += row.count
    found = {}
    for city in nation.cities:
        for kind in nation.vehicle_types:
            owned = existing[city.id, kind.id]
            for year in nation.years:
                key = (city.id, kind.id, year)
                owned += bought[key] - sold[key]
                if bought[key] or sold[key] or owned:
                    found[key] = Stock(bought[key], sold[key], owned)
    return found


def electric_vehicles(nation: Nation, plan: Plan) -> int:
    """Electric vehicles owned in the last year."""
    return sum(
        stock.owned
        for (_, kind, year), stock in fleet(nation, plan).items()
        if year == nation.years[-1] and isinstance(nation.vehicle_type[kind], BatteryVehicle)
    )


def chargers(nation: Nation, plan: Plan) -> dict[tuple[str, str, int], Installed]:
    """Chargers by (hub, charger type, year); all-zero entries are left out."""
    vintages: defaultdict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for build in plan.build:
        vintages[build.hub, build.charger_type][build.year] += build.count
    for row in nation.existing_chargers:
        vintages[row.hub, row.charger_type][nation.years[0] - row.age_years] += row.count
    found = {}
    for hub in nation.hubs:
        for kind in nation.charger_types:
            numbers = vintages[hub.id, kind.id]
            for year in nation.years:
                owned = sum(n for vintage, n in numbers.items() if 0 <= year - vintage < kind.life_years)
                if owned:
                    found[hub.id, kind.id, year] = Installed(numbers[year], owned)
    return found


# -- energy and carbon ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Electricity:
    """Energy of a hub on a day: drawn from the grid, and delivered into batteries (kWh)."""

    drawn_kwh: float = 0.0
    delivered_kwh: float = 0.0

    @property
    def efficiency(self) -> float:
        """Mean efficiency; 1 where nothing is charged."""
        return self.delivered_kwh / self.drawn_kwh if self.drawn_kwh > 0 else 1.0


def electricity(nation: Nation, plan: Plan) -> dict[tuple[str, int, str], Electricity]:
    """Energy charged by (hub, year, day type), at own and at public chargers."""
    drawn: defaultdict[tuple[str, int, str], float] = defaultdict(float)
    delivered: defaultdict[tuple[str, int, str], float] = defaultdict(float)
    for charge in plan.charge:
        key = (charge.hub, charge.year, charge.day_type)
        drawn[key] += charge.kwh
        delivered[key] += charge.kwh * nation.charger_type[charge.charger_type].efficiency
    public = nation.energy_book.public_charging
    for bought in plan.public:
        key = (bought.hub, bought.year, bought.day_type)
        drawn[key] += bought.kwh
        delivered[key] += bought.kwh * (public.efficiency if public else 1.0)
    return {key: Electricity(kwh, delivered[key]) for key, kwh in drawn.items()}


def fuel_co2_kg(nation: Nation, vehicle_type: str, litres: float) -> float:
    """CO2 of burning so many litres in a vehicle type (kg); 0 for a battery vehicle."""
    kind = nation.vehicle_type[vehicle_type]
    return nation.fuel[kind.fuel].co2_kg_per_l * litres if isinstance(kind, FuelVehicle) else 0.0


def urban_litres(nation: Nation, tours: UrbanTours) -> float:
    """Fuel a day on urban tours, driven at half payload (litres); 0 for a battery vehicle."""
    kind = nation.vehicle_type[tours.vehicle_type]
    if isinstance(kind, BatteryVehicle):
        return 0.0
    per_km = kind.fuel_empty_l_per_km + kind.fuel_load_l_per_km_kg * kind.payload_kg / 2
    return per_km * kind.urban_km_per_day * tours.vehicle_days


def co2_kg(nation: Nation, plan: Plan, routes: Iterable[Column]) -> dict[tuple[str, int, Source], float]:
    """CO2 by (city, year, source), Eq. 12 (kg); measures of the whole nation stand under a blank city."""
    sources: tuple[Source, ...] = ("fuel", "electricity")
    found: dict[tuple[str, int, Source], float] = {
        (city.id, year, source): 0.0 for city in nation.cities for year in nation.years for source in sources
    }
    days = {day.id: day.days_per_year for day in nation.day_types}
    for route in routes:
        kg = fuel_co2_kg(nation, route.vehicle_type, route.fuel_l)
        found[nation.hub[route.hub].city, route.year, "fuel"] += days[route.day_type] * kg
    for tours in plan.urban:
        kg = fuel_co2_kg(nation, tours.vehicle_type, urban_litres(nation, tours))
        found[nation.hub[tours.hub].city, tours.year, "fuel"] += days[tours.day_type] * kg
    for (hub, year, day), energy in electricity(nation, plan).items():
        city = nation.hub[hub].city
        factor = nation.grid_factor(city, year)
        found[city, year, "electricity"] += days[day] * energy.drawn_kwh * factor
    for (city, year), kg in measures.co2_kg(nation, plan.measures).items():
        found[city, year, "measures"] = kg
    return found


# -- the journey ----------------------------------------------------------------------------------------


def route_km(nation: Nation, routes: Iterable[Column]) -> dict[CityYear, float]:
    """Vehicle-km of village routes by (city, year), all days of the year."""
    found = {(city.id, year): 0.0 for city in nation.cities for year in nation.years}
    for route in routes:
        days = nation.day_type[route.day_type].days_per_year
        found[nation.hub[route.hub].city, route.year] += days * route.distance_km
    return found


def visits(nation: Nation) -> dict[str, float]:
    """Village visits a year by city: each village once on every day."""
    days = sum(day.days_per_year for day in nation.day_types)
    return {
        city.id: days * sum(len(nation.villages_of[hub.id]) for hub in nation.hubs_of[city.id])
        for city in nation.cities
    }


def km_per_visit(nation: Nation, routes: Sequence[Column]) -> dict[int, float]:
    """Journey of each year: vehicle-km of village routes per village visit, Eq. 14; 0 without villages."""
    total = sum(visits(nation).values())
    km = route_km(nation, routes)
    return {
        year: sum(km[city.id, year] for city in nation.cities) / total if total else 0.0
        for year in nation.years
    }
