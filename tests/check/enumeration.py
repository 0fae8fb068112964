"""models/README.md written down row by row over all routes there are, and solved by scipy.

Independent of the checker: rows instead of columns, the nation's own definitions, routes measured by trying departures.
For hubs of a few villages only.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import scipy.optimize
import scipy.sparse

from voltmile.problem.nation import Nation

Key = tuple[object, ...]


@dataclass(frozen=True)
class Tour:
    """A feasible route."""

    hub: str
    vehicle_type: str
    year: int
    day_type: str
    stops: tuple[str, ...]
    km: float
    hours: float
    kg: float
    m3: float
    parcels: float
    energy: float
    driver: float
    maintenance: float
    fuel: float


@dataclass
class Variable:
    """A column: domain, cash by account (city, year, term), CO2 by (city, year)."""

    upper: float
    integer: bool = False
    cash: dict[Key, float] = field(default_factory=lambda: defaultdict(float))
    co2: dict[Key, float] = field(default_factory=lambda: defaultdict(float))


@dataclass
class Row:
    """A row: coefficients by variable, sense, right-hand side."""

    sense: str
    rhs: float
    coefficients: dict[Key, float] = field(default_factory=lambda: defaultdict(float))


@dataclass
class Solved:
    """Values by variable and their cost; cost and dual values by row of the linear relaxation."""

    value: dict[Key, float]
    objective: float
    relaxed_objective: float
    duals: dict[Key, float]


class Program:
    """The joint program of a nation with every route as a variable."""

    def __init__(self, nation: Nation) -> None:
        self.n = nation
        self.variables: dict[Key, Variable] = {}
        self.rows: dict[Key, Row] = {}
        self.constants: dict[Key, float] = defaultdict(float)
        self.tours: dict[Key, Tour] = {}
        self.days = [(y, d.id) for y in nation.years for d in nation.day_types]
        self._vehicles()
        self._chargers()
        self._daily()
        self._routes()
        self._limits()

    # -- helpers --------------------------------------------------------------------------------------------

    def weight(self, year: object) -> float:
        return self.n.discount(self.n.years[-1] + 1 if year == "end" else int(str(year)))

    def cost(self, variable: Variable) -> float:
        return sum(self.weight(year) * cash for (_, year, _), cash in variable.cash.items())

    def add(self, row: Key, sense: str, rhs: float) -> Row:
        self.rows[row] = Row(sense, rhs)
        return self.rows[row]

    def bev(self, k: str) -> bool:
        return self.n.vehicle_type[k].powertrain == "bev"

    def productivity(self, c: str, k: str) -> float:
        return self.n.city[c].urban_productivity_factor * self.n.vehicle_type[k].urban_parcels_per_day

    def fleet_max(self, c: str, k: str) -> int:
        n, rate = self.n, self.productivity(c, k)
        villages = sum(1 for i in n.villages if n.hub[i.hub].city == c)
        urban = max(n.urban_parcels(c, y, d) / rate if rate else 0.0 for y, d in self.days)
        existing = sum(e.count for e in n.existing_fleet if (e.city, e.vehicle_type) == (c, k))
        return existing + math.ceil((villages + urban) / n.vehicle_type[k].availability - 1e-9)

    def urban_max(self, h: str, k: str, y: int, d: str) -> float:
        hub, rate = self.n.hub[h], self.productivity(self.n.hub[h].city, k)
        return self.n.urban_parcels(hub.city, y, d) / rate if hub.serves_urban and rate else 0.0

    def per_km(self, c: str, k: str, d: str, kg: float, where: str) -> float:
        vehicle = self.n.vehicle_type[k]
        if vehicle.powertrain == "ice":
            return vehicle.fuel_empty_l_per_km + vehicle.fuel_load_l_per_km_kg * kg
        plain = vehicle.energy_empty_kwh_per_km + vehicle.energy_load_kwh_per_km_kg * kg
        return plain * self.n.temperature_factor(c, d) * getattr(vehicle, f"{where}_energy_factor")

    def fuel(self, k: str, y: int) -> tuple[float, float]:
        """Price and CO2 of a litre."""
        vehicle = self.n.vehicle_type[k]
        if vehicle.powertrain == "bev":
            return 0.0, 0.0
        fuel = self.n.fuel[vehicle.fuel]
        return fuel.price_cny_per_l_by_year[self.n.position(y)], fuel.co2_kg_per_l

    # -- vehicles, Eqs. 2, 3, 4, 8, 9 -----------------------------------------------------------------------

    def _vehicles(self) -> None:
        n = self.n
        for c, k in itertools.product(n.city, n.vehicle_type):
            vehicle, city = n.vehicle_type[k], n.city[c]
            most = self.fleet_max(c, k)
            upper = {n.years[0] - e.age_years: e.count for e in n.existing_fleet if (e.city, e.vehicle_type) == (c, k)}
            existing = dict(upper)
            for y in n.years:
                barred = city.ev_only_from_year is not None and city.ev_only_from_year <= y and not self.bev(k)
                upper[y] = 0 if barred else most
                buy = self.variables["buy", c, k, y] = Variable(upper[y], integer=True)
                buy.cash[c, y, "purchase"] = n.net_price_cny(k, y)
            for v, y in itertools.product(upper, n.years):
                if not v <= y <= v + vehicle.life_years:
                    continue
                row = self.add(("stock", c, k, v, y), "=", existing.get(v, 0) if y == n.years[0] and v < y else 0.0)
                if y > v:
                    sell = self.variables["sell", c, k, v, y] = Variable(upper[v], integer=True)
                    sell.cash[c, y, "resale"] = -vehicle.resale_share_by_age[y - v] * n.net_price_cny(k, v)
                    row.coefficients["sell", c, k, v, y] = 1.0
                    if y - 1 in n.years:
                        row.coefficients["stock", c, k, v, y - 1] = -1.0
                else:
                    row.coefficients["buy", c, k, y] = -1.0
                if y < v + vehicle.life_years:
                    stock = self.variables["stock", c, k, v, y] = Variable(upper[v])
                    stock.cash[c, y, "insurance"] = vehicle.insurance_cny_per_year
                    row.coefficients["stock", c, k, v, y] = 1.0
                    if y == n.years[-1] and n.header.horizon.terminal_resale:
                        share = vehicle.resale_share_by_age[y + 1 - v]
                        stock.cash[c, "end", "vehicle_value"] = -share * n.net_price_cny(k, v)
            for y, d in self.days:
                row = self.add(("vehicle_days", c, k, y, d), "<", 0.0)
                for key in self._stock_of(c, k, y):
                    row.coefficients[key] = -vehicle.availability
        for c, city in n.city.items():
            if city.electric_share_min > 0:
                row = self.add(("electric_share", c), ">", 0.0)
                self._share(row, c, city.electric_share_min)

    def _stock_of(self, c: str, k: str, y: int) -> list[Key]:
        return [key for key in self.variables if key[0] == "stock" and key[1:3] == (c, k) and key[4] == y]

    def _share(self, row: Row, c: str, share: float) -> None:
        for k in self.n.vehicle_type:
            for key in self._stock_of(c, k, self.n.years[-1]):
                row.coefficients[key] += (1.0 if self.bev(k) else 0.0) - share

    # -- chargers and grid, Eqs. 6, 7 -----------------------------------------------------------------------

    def _chargers(self) -> None:
        n, last = self.n, self.n.years[-1]
        for h, hub in n.hub.items():
            most = hub.grid_kw + hub.grid_upgrade_max_kw
            periods = n.tariff[n.city[hub.city].tariff].period
            limit = self.add(("upgrade_limit", h), "<", hub.grid_upgrade_max_kw)
            for y in n.years:
                row = self.add(("grid", h, y), "<", hub.grid_kw)
                upgrade = self.variables["upgrade", h, y] = Variable(hub.grid_upgrade_max_kw)
                price = n.energy_book.grid_upgrade
                upgrade.cash[hub.city, y, "grid_upgrade"] = price.cost_cny_per_kw_by_year[n.position(y)] if price else 0.0
                limit.coefficients["upgrade", h, y] = 1.0
                for past in n.years:
                    if past <= y:
                        row.coefficients["upgrade", h, past] = -1.0
            for s, charger in n.charger_type.items():
                old = [e for e in n.existing_chargers if (e.hub, e.charger_type) == (h, s)]
                for y in n.years:
                    build = self.variables["build", h, s, y] = Variable(
                        math.floor(most / charger.power_kw + 1e-9), integer=True
                    )
                    build.cash[hub.city, y, "chargers"] += n.charger_cost_cny(s, y)
                    if last - y < charger.life_years and n.header.horizon.terminal_resale:
                        share = charger.resale_share_by_age[last + 1 - y]
                        build.cash[hub.city, "end", "charger_value"] = -share * n.charger_cost_cny(s, y)
                    for period, day in itertools.product(periods, n.day_types):
                        self.add(("charger_power", h, s, period.id, y, day.id), "<", 0.0)
                if n.header.horizon.terminal_resale:
                    for e in old:
                        if e.age_years + last - n.years[0] < charger.life_years:
                            share = charger.resale_share_by_age[e.age_years + last + 1 - n.years[0]]
                            value = e.count * share * n.charger_cost_cny(s, n.years[0])
                            self.constants[hub.city, "end", "charger_value"] -= value
                for y in n.years:
                    alive = sum(e.count for e in old if e.age_years + y - n.years[0] < charger.life_years)
                    self.constants[hub.city, y, "charger_upkeep"] += charger.upkeep_cny_per_year * alive
                    self.rows["grid", h, y].rhs -= charger.power_kw * alive
                    built = [("build", h, s, v) for v in n.years if 0 <= y - v < charger.life_years]
                    for key in built:
                        self.variables[key].cash[hub.city, y, "charger_upkeep"] += charger.upkeep_cny_per_year
                        self.rows["grid", h, y].coefficients[key] = charger.power_kw
                    for period, day in itertools.product(periods, n.day_types):
                        row = self.rows["charger_power", h, s, period.id, y, day.id]
                        row.rhs = period.depot_h_per_day * charger.power_kw * alive
                        for key in built:
                            row.coefficients[key] = -period.depot_h_per_day * charger.power_kw

    # -- a day's energy and urban tours, Eqs. 4, 5 ----------------------------------------------------------

    def _daily(self) -> None:
        n = self.n
        for c, (y, d) in itertools.product(n.city, self.days):
            self.add(("urban_service", c, y, d), ">", n.urban_parcels(c, y, d))
        for h, (y, d) in itertools.product(n.hub, self.days):
            hub, c, at, days = n.hub[h], n.hub[h].city, n.position(y), n.day_type[d].days_per_year
            balance = self.add(("energy_balance", h, y, d), "=", 0.0)
            most = hub.grid_kw + hub.grid_upgrade_max_kw
            for s, period in itertools.product(n.charger_type, n.tariff[n.city[c].tariff].period):
                key = ("charge", h, s, period.id, y, d)
                charge = self.variables[key] = Variable(period.depot_h_per_day * most)
                charge.cash[c, y, "electricity"] = days * period.price_cny_per_kwh_by_year[at]
                charge.co2[c, y] = days * n.grid_factor(c, y)
                balance.coefficients[key] = n.charger_type[s].efficiency
                self.rows["charger_power", *key[1:]].coefficients[key] = 1.0
            public = n.energy_book.public_charging
            if public is not None:
                usable = max(k.usable_kwh for k in n.vehicle_types if k.powertrain == "bev")
                villages = sum(1 for i in n.villages if i.hub == h)
                urban = sum(
                    self.urban_max(h, k, y, d) * self._urban_energy(c, k, d) for k in n.vehicle_type if self.bev(k)
                )
                bought = self.variables["public", h, y, d] = Variable((villages * usable + urban) / public.efficiency)
                bought.cash[c, y, "public_charging"] = days * public.price_cny_per_kwh_by_year[at]
                bought.co2[c, y] = days * n.grid_factor(c, y)
                balance.coefficients["public", h, y, d] = public.efficiency
            if hub.serves_urban:
                for k in n.vehicle_type:
                    self._urban(h, k, y, d)

    def _urban_energy(self, c: str, k: str, d: str) -> float:
        vehicle = self.n.vehicle_type[k]
        return self.per_km(c, k, d, vehicle.payload_kg / 2, "urban") * vehicle.urban_km_per_day

    def _urban(self, h: str, k: str, y: int, d: str) -> None:
        n, c, vehicle = self.n, self.n.hub[h].city, self.n.vehicle_type[k]
        days, energy = n.day_type[d].days_per_year, self._urban_energy(c, k, d)
        price, co2 = self.fuel(k, y)
        urban = self.variables["urban", h, k, y, d] = Variable(self.urban_max(h, k, y, d))
        urban.cash[c, y, "drivers"] = days * n.header.work.driver_cny_per_h_by_year[n.position(y)] * vehicle.urban_h_per_day
        urban.cash[c, y, "maintenance"] = days * vehicle.maintenance_cny_per_km * vehicle.urban_km_per_day
        urban.cash[c, y, "fuel"] = days * price * energy
        urban.co2[c, y] = days * co2 * energy
        self.rows["urban_service", c, y, d].coefficients["urban", h, k, y, d] = self.productivity(c, k)
        self.rows["vehicle_days", c, k, y, d].coefficients["urban", h, k, y, d] = 1.0
        if self.bev(k):
            self.rows["energy_balance", h, y, d].coefficients["urban", h, k, y, d] = -energy

    # -- routes, Eqs. 1, 2, 5 -------------------------------------------------------------------------------

    def _routes(self) -> None:
        n = self.n
        for i, (y, d) in itertools.product(n.village, self.days):
            self.add(("cover", i, y, d), "=", 1.0)
        for tour in self._tours():
            h, k, y, d, c = tour.hub, tour.vehicle_type, tour.year, tour.day_type, n.hub[tour.hub].city
            key = ("route", h, k, y, d, tour.stops)
            self.tours[key] = tour
            days, (_, co2) = n.day_type[d].days_per_year, self.fuel(k, y)
            route = self.variables[key] = Variable(math.inf, integer=True)
            route.cash[c, y, "drivers"] = days * tour.driver
            route.cash[c, y, "maintenance"] = days * tour.maintenance
            route.cash[c, y, "fuel"] = days * tour.fuel
            route.co2[c, y] = days * co2 * tour.energy
            for i in tour.stops:
                self.rows["cover", i, y, d].coefficients[key] = 1.0
            self.rows["vehicle_days", c, k, y, d].coefficients[key] = 1.0
            if self.bev(k):
                self.rows["energy_balance", h, y, d].coefficients[key] = -tour.energy

    def _tours(self) -> Iterator[Tour]:
        for h, k, (y, d) in itertools.product(self.n.hub, self.n.vehicle_type, self.days):
            villages = [i.id for i in self.n.villages_of[h]]
            for count in range(1, len(villages) + 1):
                for stops in itertools.permutations(villages, count):
                    tour = measure_tour(self, h, k, y, d, stops)
                    if tour is not None:
                        yield tour

    # -- national limits, Eqs. 10 to 14 ---------------------------------------------------------------------

    def _limits(self) -> None:
        n = self.n
        for limit in n.limits:
            slack: Key = ("slack", limit.id)
            year = n.years[-1] if limit.kind == "green_cities" else limit.year
            if limit.price_cny_per_unit is not None:
                self.variables[slack] = Variable(math.inf)
                self.variables[slack].cash[None, year, "penalty"] = limit.price_cny_per_unit
            if limit.kind == "green_cities":
                row = self.add(("green_count", limit.id), ">", limit.min_cities)
                for c in n.city:
                    most = limit.electric_share * sum(self.fleet_max(c, k) for k in n.vehicle_type)
                    share = self.add(("green_share", limit.id, c), ">", -most)
                    self._share(share, c, limit.electric_share)
                    green = ("green", limit.id, c)
                    self.variables[green] = Variable(1.0, integer=True)
                    share.coefficients[green] = -most
                    row.coefficients[green] = 1.0
            else:
                row = self.add((limit.kind, limit.id), "<", 0.0)
                self._use(limit, row)
            if limit.price_cny_per_unit is not None:
                row.coefficients[slack] = 1.0 if limit.kind == "green_cities" else -1.0

    def _use(self, limit, row: Row) -> None:
        y = limit.year
        if limit.kind == "budget":
            constant = sum(v for (_, year, term), v in self.constants.items() if year == y and term in limit.counts)
            row.rhs = limit.max_cny - constant
        elif limit.kind == "supply":
            row.rhs = limit.max_vehicles
        elif limit.kind == "carbon":
            row.rhs = limit.max_co2_kg
        else:
            row.rhs = limit.max_km_per_visit * sum(d.days_per_year for d in self.n.day_types) * len(self.n.villages)
        for key, variable in self.variables.items():
            if limit.kind == "budget":
                used = sum(v for (_, year, term), v in variable.cash.items() if year == y and term in limit.counts)
            elif limit.kind == "supply":
                used = 1.0 if key[0] == "buy" and key[2] in limit.vehicle_types and key[3] == y else 0.0
            elif limit.kind == "carbon":
                used = sum(kg for (_, year), kg in variable.co2.items() if year == y)
            else:
                driven = key[0] == "route" and key[3] == y
                used = self.n.day_type[key[4]].days_per_year * self.tours[key].km if driven else 0.0
            if used:
                row.coefficients[key] = used

    # -- solving --------------------------------------------------------------------------------------------

    @property
    def constant(self) -> float:
        return sum(self.weight(year) * value for (_, year, _), value in self.constants.items())

    def solve(self) -> Solved:
        """Solve the integer program for the values and its relaxation for the duals."""
        names, rows = list(self.variables), list(self.rows)
        at = {name: n for n, name in enumerate(names)}
        entries = [(r, at[name], a) for r, row in enumerate(rows) for name, a in self.rows[row].coefficients.items()]
        r, c, a = zip(*entries, strict=True)
        matrix = scipy.sparse.csr_matrix((a, (r, c)), shape=(len(rows), len(names)))
        cost = np.array([self.cost(self.variables[name]) for name in names])
        upper = np.array([self.variables[name].upper for name in names])
        whole = np.array([1 if self.variables[name].integer else 0 for name in names])
        rhs = np.array([self.rows[row].rhs for row in rows])
        sense = np.array([self.rows[row].sense for row in rows])
        low, high = np.where(sense == "<", -np.inf, rhs), np.where(sense == ">", np.inf, rhs)
        found = scipy.optimize.milp(
            cost,
            integrality=whole,
            bounds=scipy.optimize.Bounds(0, upper),
            constraints=scipy.optimize.LinearConstraint(matrix, low, high),
            options={"mip_rel_gap": 0.0},
        )
        assert found.status == 0, found.message
        sign = np.where(sense == ">", -1.0, 1.0)
        equal = sense == "="
        relaxed = scipy.optimize.linprog(
            cost,
            A_ub=scipy.sparse.diags(sign[~equal]) @ matrix[~equal],
            b_ub=sign[~equal] * rhs[~equal],
            A_eq=matrix[equal],
            b_eq=rhs[equal],
            bounds=np.column_stack([np.zeros(len(names)), upper]),
            method="highs",
        )
        assert relaxed.status == 0, relaxed.message
        dual = np.zeros(len(rows))
        dual[~equal] = sign[~equal] * relaxed.ineqlin.marginals
        dual[equal] = relaxed.eqlin.marginals
        value = {name: float(round(x) if w else x) for name, x, w in zip(names, found.x, whole, strict=True)}
        objective = float(cost @ np.array([value[name] for name in names])) + self.constant
        duals = {row: float(pi) for row, pi in zip(rows, dual, strict=True)}
        relaxed_objective = float(relaxed.fun) + self.constant
        return Solved({k: v for k, v in value.items() if abs(v) > 1e-9}, objective, relaxed_objective, duals)

    def reduced_cost(self, name: Key, duals: dict[Key, float]) -> float:
        """Cost less coefficients times duals; rows without a dual count nothing."""
        rows = (row for row in self._rows_of[name] if row in duals)
        return self.cost(self.variables[name]) - sum(self.rows[row].coefficients[name] * duals[row] for row in rows)

    @cached_property
    def _rows_of(self) -> dict[Key, list[Key]]:
        found: dict[Key, list[Key]] = {name: [] for name in self.variables}
        for key, row in self.rows.items():
            for name in row.coefficients:
                found[name].append(key)
        return found

    def least_without_routes(self, duals: dict[Key, float]) -> float:
        """What everything but the routes costs at the least, at dual values for the rows but cover."""
        total = self.constant + sum(self.rows[row].rhs * pi for row, pi in duals.items())
        for name, variable in self.variables.items():
            if name[0] != "route":
                reduced = self.reduced_cost(name, duals)
                total += min(0.0, reduced * variable.upper) if reduced < -1e-9 else 0.0
        return total

    def cheapest_serving(self, h: str, y: int, d: str, duals: dict[Key, float]) -> float:
        """Cost at the dual values of the best set of routes that serves a hub on a day: every set is tried."""
        villages = [i.id for i in self.n.villages_of[h]]
        best: dict[frozenset[str], float] = defaultdict(lambda: math.inf)
        for key in self.tours:
            if (key[1], key[3], key[4]) == (h, y, d):
                stops = frozenset(key[5])  # type: ignore[call-overload]
                best[stops] = min(best[stops], self.reduced_cost(key, duals))
        serve: dict[frozenset[str], float] = {frozenset(): 0.0}
        for size in range(1, len(villages) + 1):
            for chosen in map(frozenset, itertools.combinations(villages, size)):
                first = min(chosen)
                ways = (best[part] + serve[chosen - part] for part in list(best) if first in part <= chosen)
                serve[chosen] = min(ways, default=math.inf)
        return serve[frozenset(villages)]


def measure_tour(
    program: Program, h: str, k: str, y: int, d: str, stops: tuple[str, ...], *, any_way: bool = False
) -> Tour | None:
    """Drive a route; None when it is infeasible, unless ``any_way``."""
    n, vehicle, c = program.n, program.n.vehicle_type[k], program.n.hub[h].city
    factor = n.village_factor(y, d)
    visited = [n.village[i] for i in stops]
    kg = [i.demand_kg_per_day * factor for i in visited]
    m3, parcels = (sum(getattr(i, f) for i in visited) * factor for f in ("demand_m3_per_day", "parcels_per_day"))
    legs = [leg(n, h, a, b) for a, b in itertools.pairwise([h, *stops, h])]
    aboard = [sum(kg[at:]) for at in range(len(kg) + 1)]
    km = sum(length for length, _ in legs)
    energy = sum(length * program.per_km(c, k, d, load, "rural") for (length, _), load in zip(legs, aboard, strict=True))
    work = n.header.work
    service = [work.service_h_per_stop + work.service_h_per_parcel * i.parcels_per_day * factor for i in visited]
    hours = best_duration([t for _, t in legs], service, visited, work.shift_h)
    fits = sum(kg) <= vehicle.payload_kg + 1e-9 and m3 <= vehicle.volume_m3 + 1e-9 and hours is not None
    if vehicle.powertrain == "bev":
        fits = fits and energy <= vehicle.battery_kwh * (vehicle.soc_max - vehicle.soc_min) + 1e-9
    if not (fits or any_way):
        return None
    hours = hours if hours is not None else sum(t for _, t in legs) + sum(service)
    driver = work.driver_cny_per_h_by_year[n.position(y)] * hours
    fuel = program.fuel(k, y)[0] * energy
    maintenance = vehicle.maintenance_cny_per_km * km
    return Tour(h, k, y, d, stops, km, hours, sum(kg), m3, parcels, energy, driver, maintenance, fuel)


def leg(nation: Nation, h: str, start: str, end: str) -> tuple[float, float]:
    """Km and hours between two nodes of a hub."""
    for row in nation.distances:
        if (row.hub, row.from_node, row.to_node) == (h, start, end):
            return row.distance_km, row.duration_h
    a, b = (nation.hub.get(node) or nation.village[node] for node in (start, end))
    p, q = np.radians([a.latitude, a.longitude]), np.radians([b.latitude, b.longitude])
    chord = np.sin((q - p) / 2) ** 2 @ [1.0, math.cos(p[0]) * math.cos(q[0])]
    city = nation.city[nation.hub[h].city]
    km = 2 * 6371.0088 * math.asin(math.sqrt(chord)) * city.detour_factor
    return km, km / city.speed_km_per_h


def best_duration(travel: list[float], service: list[float], visited: list, shift: float) -> float | None:
    """Shortest duration over every departure that could be best; None when none is in time."""
    offset, offsets = 0.0, []
    for drive, work in zip(travel[:-1], service, strict=True):
        offset += drive
        offsets.append(offset)
        offset += work
    departures = [0.0] + [i.window_open_h - at for i, at in zip(visited, offsets, strict=True) if i.window_open_h]
    departures += [i.window_close_h - at for i, at in zip(visited, offsets, strict=True) if i.window_close_h]
    found = []
    for departure in departures:
        if departure < 0:
            continue
        clock, in_time = departure, True
        for drive, work, i in zip(travel[:-1], service, visited, strict=True):
            clock = max(clock + drive, i.window_open_h or 0.0)
            in_time &= i.window_close_h is None or clock <= i.window_close_h + 1e-9
            clock += work
        clock += travel[-1]
        if in_time and clock <= shift + 1e-9:
            found.append(clock - departure)
    return min(found) if found else None
