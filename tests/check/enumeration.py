"""models/README.md written down row by row over all routes there are.

Independent of the checker: rows instead of columns, the nation's own definitions, routes measured by trying
departures. For hubs of a few villages only.
"""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from enumerate_measures import add_measures
from tours import Tour, measure_tour

from voltmile.problem.nation import Nation

Key = tuple[object, ...]


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
        add_measures(self)
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

    def variable(self, key: Key, upper: float) -> Variable:
        self.variables[key] = Variable(upper)
        return self.variables[key]

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
            upper = {
                n.years[0] - e.age_years: e.count
                for e in n.existing_fleet
                if (e.city, e.vehicle_type) == (c, k)
            }
            existing = dict(upper)
            for y in n.years:
                barred = (
                    city.ev_only_from_year is not None and city.ev_only_from_year <= y and not self.bev(k)
                )
                upper[y] = 0 if barred else most
                buy = self.variables["buy", c, k, y] = Variable(upper[y], integer=True)
                buy.cash[c, y, "purchase"] = n.net_price_cny(k, y)
            for v, y in itertools.product(upper, n.years):
                if not v <= y <= v + vehicle.life_years:
                    continue
                row = self.add(
                    ("stock", c, k, v, y), "=", existing.get(v, 0) if y == n.years[0] and v < y else 0.0
                )
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
                upgrade.cash[hub.city, y, "grid_upgrade"] = (
                    price.cost_cny_per_kw_by_year[n.position(y)] if price else 0.0
                )
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
                    self.urban_max(h, k, y, d) * self._urban_energy(c, k, d)
                    for k in n.vehicle_type
                    if self.bev(k)
                )
                bought = self.variables["public", h, y, d] = Variable(
                    (villages * usable + urban) / public.efficiency
                )
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
        urban.cash[c, y, "drivers"] = (
            days * n.header.work.driver_cny_per_h_by_year[n.position(y)] * vehicle.urban_h_per_day
        )
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

    # -- national limits, Eqs. 10 to 16 ---------------------------------------------------------------------

    def _limits(self) -> None:
        n = self.n
        for limit in n.limits:
            slack: Key = ("slack", limit.id)
            year = getattr(limit, "year", n.years[-1])
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
                row = self.add((limit.kind, limit.id), ">" if limit.kind == "labels" else "<", 0.0)
                self._use(limit, row)
            if limit.price_cny_per_unit is not None:
                row.coefficients[slack] = 1.0 if row.sense == ">" else -1.0

    def _use(self, limit, row: Row) -> None:
        y = getattr(limit, "year", None)
        if limit.kind == "labels":
            given = self.n.measures.e_label
            years = zip(self.n.years, given.parcels_million_by_year, strict=True)
            anyway = sum(given.base_share * parcels for year, parcels in years if year <= y)
            row.rhs = limit.min_labels_million - anyway
        elif limit.kind == "fund":
            row.rhs = limit.max_cny
        elif limit.kind == "budget":
            constant = sum(
                v for (_, year, term), v in self.constants.items() if year == y and term in limit.counts
            )
            row.rhs = limit.max_cny - constant
        elif limit.kind == "supply":
            row.rhs = limit.max_vehicles
        elif limit.kind == "carbon":
            row.rhs = limit.max_co2_kg
        else:
            row.rhs = (
                limit.max_km_per_visit * sum(d.days_per_year for d in self.n.day_types) * len(self.n.villages)
            )
        for key, variable in self.variables.items():
            if limit.kind == "budget":
                used = sum(
                    v for (_, year, term), v in variable.cash.items() if year == y and term in limit.counts
                )
            elif limit.kind == "fund":
                used = sum(v for (_, _, term), v in variable.cash.items() if term in limit.counts)
            elif limit.kind == "labels":
                used = 1.0 if key[0] == "labels" and key[1] <= y else 0.0
            elif limit.kind == "supply":
                used = 1.0 if key[0] == "buy" and key[2] in limit.vehicle_types and key[3] == y else 0.0
            elif limit.kind == "carbon":
                used = sum(kg for (_, year), kg in variable.co2.items() if year == y)
            else:
                driven = key[0] == "route" and key[3] == y
                used = self.n.day_type[key[4]].days_per_year * self.tours[key].km if driven else 0.0
            if used:
                row.coefficients[key] = used

    # -- sums -----------------------------------------------------------------------------------------------

    @property
    def constant(self) -> float:
        return sum(self.weight(year) * value for (_, year, _), value in self.constants.items())

    @cached_property
    def rows_of(self) -> dict[Key, list[Key]]:
        found: dict[Key, list[Key]] = {name: [] for name in self.variables}
        for key, row in self.rows.items():
            for name in row.coefficients:
                found[name].append(key)
        return found
