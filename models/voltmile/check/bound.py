"""What the dual values of the joint program prove, the routes apart (models/README.md, section The bound).

Right-hand sides times dual values; for every variable the least of its reduced cost times any value within
its bounds; and the constants. The routes are missing: what they cost at the least, hub by hub and day by day,
is proven in :mod:`voltmile.check.hub_day`. Each variable is handled by one function, which lists its cost and
its coefficient in each row as models/README.md has them.

Rounding. A reduced cost is a sum of products. Each product took at most ``OPERATIONS`` floating-point
operations, each off by at most ``2**-53`` relative, and the sum (``exact_sum``) is rounded once; so a
reduced cost is off by at most that many units times the sum of the products' magnitudes, and its share of the
bound by its upper bound times as much. These errors are added up and taken off the bound twice over, so that
it holds in exact arithmetic for the numbers as they stand in the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from voltmile.check.ceilings import Ceilings
from voltmile.check.certificate import Certificate
from voltmile.check.costs import urban_tour
from voltmile.check.decisions import Decisions
from voltmile.check.given import Given
from voltmile.check.measures import labels_until
from voltmile.check.measures_bound import MeasuresBound
from voltmile.check.sums import Sum, Variable
from voltmile.problem.limits import (
    BudgetLimit,
    CarbonLimit,
    FundLimit,
    GreenCitiesLimit,
    JourneyLimit,
    LabelsLimit,
    SupplyLimit,
)


@dataclass(frozen=True)
class Lagrangian:
    """The bound of a certificate for an instance, without its routes."""

    given: Given
    ceilings: Ceilings
    duals: Certificate

    def bound(self) -> Sum:
        """Return what everything but the routes contributes (CNY)."""
        total = Sum()
        self._right_hand_sides(total)
        self._limits(total)
        self._existing_chargers(total)
        for c in self.given.cities:
            for k in self.given.vehicles:
                self._vehicles(c, k, total)
        for h in self.given.hubs:
            self._chargers(h, total)
            for y in self.given.years:
                for d in self.given.days:
                    self._energy(h, y, d, total)
                    self._urban(h, y, d, total)
        MeasuresBound(self.given, self.ceilings, self.duals, self._pay, self._emit).add(total)
        return total

    # -- rows -----------------------------------------------------------------------------------------------

    def _right_hand_sides(self, total: Sum) -> None:
        g, dual = self.given, self.duals.dual
        for (c, k), vintages in g.existing_vehicles.items():
            for v, count in vintages.items():
                total.add(count * dual("stock", c, k, v, g.years[0]))
        for c in g.cities:
            for y in g.years:
                for d in g.days:
                    total.add(g.urban_demand(c, y, d) * dual("urban_service", c, y, d))
        for h, hub in g.hubs.items():
            total.add(hub.grid_upgrade_max_kw * dual("upgrade_limit", h))
            for y in g.years:
                total.add(hub.grid_kw * dual("grid", h, y))

    def _limits(self, total: Sum) -> None:
        g, dual = self.given, self.duals.dual
        for limit in g.nation.header.limit:
            if isinstance(limit, BudgetLimit):
                total.add(limit.max_cny * dual("budget", limit.id))
            elif isinstance(limit, SupplyLimit):
                total.add(limit.max_vehicles * dual("supply", limit.id))
            elif isinstance(limit, CarbonLimit):
                total.add(limit.max_co2_kg * dual("carbon", limit.id))
            elif isinstance(limit, JourneyLimit):
                days = sum(day.days_per_year for day in g.days.values())
                total.add(limit.max_km_per_visit * days * len(g.villages) * dual("journey", limit.id))
            elif isinstance(limit, LabelsLimit):
                anyway = labels_until(g, Decisions(), limit.year)
                total.add((limit.min_labels_million - anyway) * dual("labels", limit.id))
            elif isinstance(limit, FundLimit):
                total.add(limit.max_cny * dual("fund", limit.id))
            else:
                self._green(limit, total)

    def _green(self, limit: GreenCitiesLimit, total: Sum) -> None:
        """Green[c]: M in its city's share (whose right-hand side is -M), 1 in the count."""
        count = self.duals.dual("green_count", limit.id)
        total.add(limit.min_cities * count)
        for c in self.given.cities:
            share = self.duals.dual("green_share", limit.id, c)
            most = limit.electric_share * sum(self.ceilings.fleet_max[c, k] for k in self.given.vehicles)
            total.add(-most * share)
            green = Variable()
            green.row(-most, share)
            green.row(1.0, count)
            green.least(1.0, total)

    def _existing_chargers(self, total: Sum) -> None:
        """Add what existing chargers cost, draw and are worth: it is in no variable."""
        g, dual = self.given, self.duals.dual
        for (h, s), vintages in g.existing_chargers.items():
            charger = g.chargers[s]
            for y in g.years:
                count = g.existing_alive(h, s, y)
                upkeep = charger.upkeep_cny_per_year * count
                total.add(g.delta[y] * upkeep)
                for family, limit in self._purses.get(("charger_upkeep", y), ()):
                    total.add(-upkeep * dual(family, limit))
                total.add(-charger.power_kw * count * dual("grid", h, y))
                for p, period in g.periods_of[g.hubs[h].city].items():
                    for d in g.days:
                        power = period.depot_h_per_day * charger.power_kw * count
                        total.add(power * dual("charger_power", h, s, p, y, d))
            if g.counts_terminal_value:
                for v, count in vintages.items():
                    if g.years[-1] - v < charger.life_years:
                        total.add(-g.delta[g.end] * g.charger_resale(s, v) * count)

    # -- variables ------------------------------------------------------------------------------------------

    @cached_property
    def _purses(self) -> dict[tuple[str, int], list[tuple[str, str]]]:
        """Budgets and funds that count a term in a year: family of rows and id."""
        found: dict[tuple[str, int], list[tuple[str, str]]] = {}
        for limit in self.given.nation.header.limit:
            if isinstance(limit, BudgetLimit | FundLimit):
                years = (limit.year,) if isinstance(limit, BudgetLimit) else self.given.years
                for term in set(limit.counts):
                    for y in years:
                        found.setdefault((term, y), []).append((limit.kind, limit.id))
        return found

    def _pay(self, variable: Variable, term: str, y: int, cash: float) -> None:
        """Cash of a cost term: in the objective, and in every budget and fund that counts it."""
        variable.cost(self.given.delta[y] * cash)
        for family, limit in self._purses.get((term, y), ()):
            variable.row(cash, self.duals.dual(family, limit))

    def _emit(self, variable: Variable, y: int, kg: float) -> None:
        """CO2 in every carbon limit of the year."""
        for limit in self.given.nation.header.limit:
            if isinstance(limit, CarbonLimit) and limit.year == y:
                variable.row(kg, self.duals.dual("carbon", limit.id))

    def _vehicles(self, c: str, k: str, total: Sum) -> None:
        g = self.given
        for y in g.years:
            buy = Variable()
            self._pay(buy, "purchase", y, g.net_price(k, y))
            buy.row(-1.0, self.duals.dual("stock", c, k, y, y))
            for limit in g.nation.header.limit:
                if isinstance(limit, SupplyLimit) and limit.year == y and k in limit.vehicle_types:
                    buy.row(1.0, self.duals.dual("supply", limit.id))
            buy.least(self.ceilings.buy(c, k, y), total)
        for v in (*g.existing_vehicles.get((c, k), {}), *g.years):
            self._vintage(c, k, v, total)

    def _vintage(self, c: str, k: str, v: int, total: Sum) -> None:
        """Sell[c,k,v,y] and Stock[c,k,v,y] of every year."""
        g, upper = self.given, self.ceilings.vintage(c, k, v)
        oldest = v + g.vehicles[k].life_years
        for y in range(max(v, g.years[0]), min(oldest + 1, g.end)):
            row = self.duals.dual("stock", c, k, v, y)
            if y > v:
                sell = Variable()
                self._pay(sell, "resale", y, -g.resale(k, v, y))
                sell.row(1.0, row)
                sell.least(upper, total)
            if y < oldest:
                self._stock(c, k, v, y, row).least(upper, total)

    def _stock(self, c: str, k: str, v: int, y: int, row: float) -> Variable:
        g, dual, vehicle = self.given, self.duals.dual, self.given.vehicles[k]
        stock = Variable()
        self._pay(stock, "insurance", y, vehicle.insurance_cny_per_year)
        stock.row(1.0, row)
        for d in g.days:
            stock.row(-vehicle.availability, dual("vehicle_days", c, k, y, d))
        if y < g.years[-1]:
            stock.row(-1.0, dual("stock", c, k, v, y + 1))
            return stock
        if g.counts_terminal_value:
            stock.cost(-g.delta[g.end] * g.resale(k, v, g.end))
        electric = 1.0 if g.is_electric(k) else 0.0
        stock.row(electric - g.cities[c].electric_share_min, dual("electric_share", c))
        for limit in g.nation.header.limit:
            if isinstance(limit, GreenCitiesLimit):
                stock.row(electric - limit.electric_share, dual("green_share", limit.id, c))
        return stock

    def _chargers(self, h: str, total: Sum) -> None:
        """Build[h,s,y] and Upgrade[h,y]."""
        g, dual, hub = self.given, self.duals.dual, self.given.hubs[h]
        for y in g.years:
            for s in g.chargers:
                self._build(h, s, y).least(self.ceilings.build(h, s), total)
            upgrade = Variable()
            self._pay(upgrade, "grid_upgrade", y, g.upgrade_price(y))
            upgrade.row(1.0, dual("upgrade_limit", h))
            for later in range(y, g.end):
                upgrade.row(-1.0, dual("grid", h, later))
            upgrade.least(hub.grid_upgrade_max_kw, total)

    def _build(self, h: str, s: str, y: int) -> Variable:
        g, dual, charger = self.given, self.duals.dual, self.given.chargers[s]
        build = Variable()
        self._pay(build, "chargers", y, charger.cost_cny_by_year[g.nth(y)])
        for later in range(y, min(g.end, y + charger.life_years)):
            self._pay(build, "charger_upkeep", later, charger.upkeep_cny_per_year)
            build.row(charger.power_kw, dual("grid", h, later))
            for p, period in g.periods_of[g.hubs[h].city].items():
                for d in g.days:
                    power = period.depot_h_per_day * charger.power_kw
                    build.row(-power, dual("charger_power", h, s, p, later, d))
        if g.counts_terminal_value and g.years[-1] - y < charger.life_years:
            build.cost(-g.delta[g.end] * g.charger_resale(s, y))
        return build

    def _energy(self, h: str, y: int, d: str, total: Sum) -> None:
        """Charge[h,s,p,y,d] and Public[h,y,d]."""
        g, c = self.given, self.given.hubs[h].city
        days, balance = g.days[d].days_per_year, self.duals.dual("energy_balance", h, y, d)
        for s, charger in g.chargers.items():
            for p, period in g.periods_of[c].items():
                charge = Variable()
                self._pay(charge, "electricity", y, days * period.price_cny_per_kwh_by_year[g.nth(y)])
                self._emit(charge, y, days * g.grid_co2(c, y))
                charge.row(charger.efficiency, balance)
                charge.row(1.0, self.duals.dual("charger_power", h, s, p, y, d))
                charge.least(self.ceilings.charge(h, p), total)
        if g.public_efficiency > 0:
            public = Variable()
            self._pay(public, "public_charging", y, days * g.public_price(y))
            self._emit(public, y, days * g.grid_co2(c, y))
            public.row(g.public_efficiency, balance)
            public.least(self.ceilings.public(h, y, d), total)

    def _urban(self, h: str, y: int, d: str, total: Sum) -> None:
        """Urban[h,k,y,d]."""
        g, c, dual = self.given, self.given.hubs[h].city, self.duals.dual
        if not g.hubs[h].serves_urban:
            return
        days = g.days[d].days_per_year
        for k in g.vehicles:
            urban = Variable()
            for term, cash in urban_tour(g, c, k, y, d).items():
                self._pay(urban, term, y, days * cash)
            energy = g.urban_energy(c, k, d)
            self._emit(urban, y, days * g.fuel_co2(k) * energy)
            if g.is_electric(k):
                urban.row(-energy, dual("energy_balance", h, y, d))
            urban.row(1.0, dual("vehicle_days", c, k, y, d))
            urban.row(g.productivity(c, k), dual("urban_service", c, y, d))
            urban.least(self.ceilings.urban(h, k, y, d), total)
