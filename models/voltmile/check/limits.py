"""Cover and the national limits (Eqs. 1 and 10 to 16)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from voltmile.check.costs import Books
from voltmile.check.decisions import Decisions
from voltmile.check.fleet import Fleet, electric_and_all
from voltmile.check.given import Given
from voltmile.check.measures import labels_until
from voltmile.check.report import Findings
from voltmile.check.routes import Driven
from voltmile.problem.limits import (
    BudgetLimit,
    FundLimit,
    GreenCitiesLimit,
    JourneyLimit,
    LabelsLimit,
    Limit,
    SupplyLimit,
)
from voltmile.problem.plan import Plan


@dataclass(frozen=True)
class Used:
    """How far a limit is used, in its own unit (journey: km per visit).

    Attributes
    ----------
    slack : float
        What the plan pays for exceeding it, in the unit of violation (journey: km a year).
    """

    used: float
    allowed: float
    slack: float
    unit: str
    year: int


def check_cover(given: Given, plan: Plan, findings: Findings) -> None:
    """Every village on exactly one route on every day (Eq. 1)."""
    visits = Counter((i, route.year, route.day_type) for route in plan.routes for i in route.stops)
    for i in given.villages:
        for y in given.years:
            for d in given.days:
                times = visits[i, y, d]
                message = f"is visited {times} times a day; once is right"
                findings.require("cover", times == 1, f"{i} {y} {d}", message)


@dataclass(frozen=True)
class LimitCheck:
    """What the limits are held against."""

    given: Given
    plan: Decisions
    fleet: Fleet
    books: Books
    driven: list[Driven]

    def run(self, findings: Findings) -> dict[str, Used]:
        """Check every limit; returns how far each is used."""
        used = {}
        for limit in self.given.nation.header.limit:
            slack = self.plan.slack.get(limit.id, 0.0)
            hard = limit.price_cny_per_unit is None
            message = f"is hard, but the plan exceeds it by {slack}"
            findings.require("hard_limit", not hard or slack <= 0, limit.id, message)
            used[limit.id] = self._use(limit, slack, findings)
        return used

    def _use(
        self,
        limit: Limit,
        slack: float,
        findings: Findings,
    ) -> Used:
        more = f" (with {slack:g} paid for)" if slack else ""
        if isinstance(limit, GreenCitiesLimit):
            return self._green(limit, slack, findings)
        if isinstance(limit, JourneyLimit):
            km, visits = self.journey(limit.year)
            allowed = limit.max_km_per_visit * visits + slack
            findings.at_most(
                "journey", limit.id, f"village routes drive in {limit.year}{more}", km, allowed, "km"
            )
            return Used(km / visits if visits else 0.0, limit.max_km_per_visit, slack, "km", limit.year)
        if isinstance(limit, LabelsLimit):
            return self._labels(limit, slack, findings)
        if isinstance(limit, FundLimit):
            used = self._drawn(limit)
            row = Used(used, limit.max_cny, slack, "CNY", self.given.years[-1])
            what = f"{', '.join(limit.counts)} in all years{more}:"
        elif isinstance(limit, BudgetLimit):
            used = self._spent(limit)
            row = Used(used, limit.max_cny, slack, "CNY", limit.year)
            what = f"{', '.join(limit.counts)} in {limit.year}{more}:"
        elif isinstance(limit, SupplyLimit):
            used = float(
                sum(
                    n
                    for (_, k, y), n in self.plan.buy.items()
                    if y == limit.year and k in limit.vehicle_types
                )
            )
            row = Used(used, limit.max_vehicles, slack, "vehicles", limit.year)
            what = f"cities buy in {limit.year}{more}"
        else:
            used = self.books.co2_of(limit.year)
            row = Used(used, limit.max_co2_kg, slack, "kg", limit.year)
            what = f"CO2 of {limit.year}{more}"
        findings.at_most(limit.kind, limit.id, what, row.used, row.allowed + slack, row.unit)
        return row

    def _spent(self, limit: BudgetLimit) -> float:
        cash = self.books.cash
        return sum(
            amount for (_, y, term), amount in cash.items() if y == limit.year and term in limit.counts
        )

    def _drawn(self, limit: FundLimit) -> float:
        cash = self.books.cash
        return sum(amount for (_, _, term), amount in cash.items() if term in limit.counts)

    def _labels(self, limit: LabelsLimit, slack: float, findings: Findings) -> Used:
        used, wanted = labels_until(self.given, self.plan, limit.year), limit.min_labels_million
        what = f"e-labels by the end of {limit.year}"
        findings.at_least("labels", limit.id, what, used, wanted - slack, "million")
        return Used(used, wanted, slack, "million", limit.year)

    def _green(self, limit: GreenCitiesLimit, slack: float, findings: Findings) -> Used:
        marked = [c for c in self.given.cities if self.plan.green.get((limit.id, c), 0)]
        for c in marked:
            electric, every = electric_and_all(self.given, self.fleet, c)
            what = f"counts as green; of {every} vehicles in {self.given.years[-1]} are electric"
            wanted = limit.electric_share * every
            findings.at_least("green_cities", f"{limit.id} {c}", what, electric, wanted, "vehicles")
        findings.at_least(
            "green_cities", limit.id, "green cities", len(marked), limit.min_cities - slack, "cities"
        )
        return Used(float(len(marked)), float(limit.min_cities), slack, "cities", self.given.years[-1])

    def journey(self, *years: int) -> tuple[float, float]:
        """Kilometres of village routes and village visits in the years."""
        days = self.given.days
        km = sum(
            days[one.route.day_type].days_per_year * one.km for one in self.driven if one.route.year in years
        )
        visits = len(years) * len(self.given.villages) * sum(day.days_per_year for day in days.values())
        return km, visits
