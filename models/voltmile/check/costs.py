"""Every cost term of every city and year, and the CO2 (models/README.md, section Cost terms)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Literal

from voltmile.check.arrays import exact_sum
from voltmile.check.charging import Charging
from voltmile.check.decisions import Decisions
from voltmile.check.fleet import Fleet
from voltmile.check.given import Given
from voltmile.check.measures import carbon_of_measures, cash_of_measures
from voltmile.check.routes import Driven

YearOrEnd = int | Literal["end"]
Account = tuple[str | None, YearOrEnd, str]

YEARLY_TERMS = (
    "purchase",
    "resale",
    "insurance",
    "chargers",
    "charger_upkeep",
    "grid_upgrade",
    "electricity",
    "public_charging",
    "fuel",
    "drivers",
    "maintenance",
    "e_label",
    "packaging",
    "boxes",
    "cutlery",
    "savings",
)
TERMINAL_TERMS = ("vehicle_value", "charger_value", "box_value")
TERMS = (*YEARLY_TERMS, *TERMINAL_TERMS, "penalty")


@dataclass(frozen=True)
class Books:
    """Money and carbon.

    Attributes
    ----------
    cash : dict of (city or None, year or "end", term) to float
        CNY in the money of the year.
    delta : dict of int to float
        Weight of each year's money.
    co2_kg : dict of (c or None, y) to float
        None: national measures.
    """

    cash: dict[Account, float]
    delta: dict[YearOrEnd, float]
    co2_kg: dict[tuple[str | None, int], float]

    def discounted(self, account: Account) -> float:
        """Return what an account counts in the objective (CNY)."""
        return self.cash.get(account, 0.0) * self.delta[account[1]]

    @property
    def objective(self) -> float:
        """Sum of all terms (CNY)."""
        return exact_sum(self.discounted(account) for account in self.cash)

    def term(self, term: str) -> float:
        """One term, discounted, over all cities and years (CNY)."""
        return exact_sum(self.discounted(account) for account in self.cash if account[2] == term)

    def co2_of(self, y: int) -> float:
        """Return the nation's CO2 of a year (kg)."""
        return exact_sum(kg for (_, year), kg in self.co2_kg.items() if year == y)


def keep_books(
    given: Given, plan: Decisions, fleet: Fleet, charging: Charging, driven: list[Driven]
) -> Books:
    """Add everything up."""
    cash: dict[Account, float] = defaultdict(float)
    co2: dict[tuple[str | None, int], float] = defaultdict(float)
    _pay_for_vehicles(given, plan, fleet, cash)
    _pay_for_chargers(given, plan, charging, cash)
    _pay_for_energy(given, plan, cash, co2)
    _pay_for_driving(given, plan, driven, cash, co2)
    for account, amount in cash_of_measures(given, plan):
        cash[account] += amount
    for place, kg in carbon_of_measures(given, plan):
        co2[place] += kg
    for limit in given.nation.header.limit:
        if limit.price_cny_per_unit is not None:
            paid = limit.price_cny_per_unit * plan.slack.get(limit.id, 0.0)
            cash[None, given.limit_year(limit), "penalty"] += paid
    delta: dict[YearOrEnd, float] = {y: given.delta[y] for y in given.years}
    delta["end"] = given.delta[given.end]
    return Books(dict(cash), delta, dict(co2))


def _pay_for_vehicles(given: Given, plan: Decisions, fleet: Fleet, cash: dict[Account, float]) -> None:
    for (c, k, y), count in plan.buy.items():
        cash[c, y, "purchase"] += given.net_price(k, y) * count
    for (c, k, v, y), count in plan.sell.items():
        if 0 < y - v <= given.vehicles[k].life_years:
            cash[c, y, "resale"] -= given.resale(k, v, y) * count
    for (c, k, y), count in fleet.owned.items():
        cash[c, y, "insurance"] += given.vehicles[k].insurance_cny_per_year * count
    if given.counts_terminal_value:
        for (c, k, v, y), count in fleet.stock.items():
            if y == given.years[-1] and given.end - v <= given.vehicles[k].life_years:
                cash[c, "end", "vehicle_value"] -= given.resale(k, v, given.end) * count


def _pay_for_chargers(given: Given, plan: Decisions, charging: Charging, cash: dict[Account, float]) -> None:
    vintages: dict[tuple[str, str, int], int] = defaultdict(int)
    for (h, s, y), count in plan.build.items():
        cash[given.hubs[h].city, y, "chargers"] += given.chargers[s].cost_cny_by_year[given.nth(y)] * count
        vintages[h, s, y] += count
    for (h, s, y), count in charging.installed.items():
        cash[given.hubs[h].city, y, "charger_upkeep"] += given.chargers[s].upkeep_cny_per_year * count
    for (h, y), kw in plan.upgrade.items():
        cash[given.hubs[h].city, y, "grid_upgrade"] += given.upgrade_price(y) * kw
    if given.counts_terminal_value:
        for (h, s), existing in given.existing_chargers.items():
            for v, count in existing.items():
                vintages[h, s, v] += count
        for (h, s, v), count in vintages.items():
            if given.years[-1] - v < given.chargers[s].life_years:
                cash[given.hubs[h].city, "end", "charger_value"] -= given.charger_resale(s, v) * count


def _pay_for_energy(
    given: Given, plan: Decisions, cash: dict[Account, float], co2: dict[tuple[str | None, int], float]
) -> None:
    for (h, _, p, y, d), kwh in plan.charge.items():
        c, yearly = given.hubs[h].city, given.days[d].days_per_year * kwh
        cash[c, y, "electricity"] += given.periods_of[c][p].price_cny_per_kwh_by_year[given.nth(y)] * yearly
        co2[c, y] += given.grid_co2(c, y) * yearly
    for (h, y, d), kwh in plan.public.items():
        c, yearly = given.hubs[h].city, given.days[d].days_per_year * kwh
        cash[c, y, "public_charging"] += given.public_price(y) * yearly
        co2[c, y] += given.grid_co2(c, y) * yearly


def _pay_for_driving(
    given: Given,
    plan: Decisions,
    driven: list[Driven],
    cash: dict[Account, float],
    co2: dict[tuple[str | None, int], float],
) -> None:
    for one in driven:
        c, k, y = one.city, one.route.vehicle_type, one.route.year
        days = given.days[one.route.day_type].days_per_year
        cash[c, y, "drivers"] += days * one.driver_cny
        cash[c, y, "maintenance"] += days * one.maintenance_cny
        cash[c, y, "fuel"] += days * one.fuel_cny
        co2[c, y] += days * given.fuel_co2(k) * one.energy
    for (h, k, y, d), vehicle_days in plan.urban.items():
        c, yearly = given.hubs[h].city, given.days[d].days_per_year * vehicle_days
        tour = urban_tour(given, c, k, y, d)
        for term, amount in tour.items():
            cash[c, y, term] += yearly * amount
        co2[c, y] += yearly * given.fuel_co2(k) * given.urban_energy(c, k, d)


def urban_tour(given: Given, c: str, k: str, y: int, d: str) -> dict[str, float]:
    """Cash of one urban vehicle-day by cost term."""
    vehicle = given.vehicles[k]
    return {
        "drivers": given.driver_wage(y) * vehicle.urban_h_per_day,
        "maintenance": vehicle.maintenance_cny_per_km * vehicle.urban_km_per_day,
        "fuel": given.fuel_price(k, y) * given.urban_energy(c, k, d),
    }
