"""What a route costs at the dual values of the joint program (models/README.md, section The bound)."""

from __future__ import annotations

from dataclasses import dataclass

from voltmile.check.certificate import Certificate
from voltmile.check.given import Given
from voltmile.check.routes import Driven
from voltmile.problem.limits import BudgetLimit, CarbonLimit, JourneyLimit


@dataclass(frozen=True)
class Rates:
    """CNY of the objective for a route of one type: none is negative.

    Attributes
    ----------
    fixed, per_km, per_h, per_unit : float
        For the route, a km, an hour, and a kWh from the battery or a litre.
    """

    fixed: float
    per_km: float
    per_h: float
    per_unit: float

    def price(self, one: Driven) -> float:
        """Cost of a route at the rates."""
        return self.fixed + self.per_km * one.km + self.per_h * one.hours + self.per_unit * one.energy


def rates_of(given: Given, duals: Certificate, h: str, k: str, y: int, d: str) -> Rates:
    """Rates of the routes of a hub, type and day.

    The cost of a route in the objective, less its coefficient times the dual value of every row but cover: 1
    in its vehicle days, its energy on the side of the use in the balance of its hub, and what it adds to
    budgets, carbon and journey limits.
    """
    vehicle, days = given.vehicles[k], given.days[d].days_per_year
    maintenance = days * vehicle.maintenance_cny_per_km
    if given.is_electric(k):
        per_unit = duals.dual("energy_balance", h, y, d)
    else:
        per_unit = days * given.fuel_price(k, y) * _worth(given, duals, "fuel", y)
        per_unit -= days * given.fuel_co2(k) * _limits(given, duals, CarbonLimit, y)
    return Rates(
        fixed=-duals.dual("vehicle_days", given.hubs[h].city, k, y, d),
        per_km=maintenance * _worth(given, duals, "maintenance", y)
        - days * _limits(given, duals, JourneyLimit, y),
        per_h=days * given.driver_wage(y) * _worth(given, duals, "drivers", y),
        per_unit=per_unit,
    )


def _worth(given: Given, duals: Certificate, term: str, y: int) -> float:
    """Weight of a CNY of a term in a year: in the objective, and in the budgets that count it."""
    budgets = (limit for limit in given.nation.header.limit if isinstance(limit, BudgetLimit))
    counting = (limit for limit in budgets if limit.year == y and term in limit.counts)
    return given.delta[y] - sum(duals.dual("budget", limit.id) for limit in counting)


def _limits(given: Given, duals: Certificate, kind: type[CarbonLimit] | type[JourneyLimit], y: int) -> float:
    """Sum of the dual values of the limits of a kind in a year."""
    limits = (limit for limit in given.nation.header.limit if isinstance(limit, kind) and limit.year == y)
    return sum(duals.dual(limit.kind, limit.id) for limit in limits)
