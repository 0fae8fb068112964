"""Rates: what a route of a vehicle type costs in the objective at given dual prices."""

from __future__ import annotations

from dataclasses import dataclass

from voltmile.routes.day import HubDay, Ride


@dataclass(frozen=True, slots=True)
class Rates:
    """Priced cost of a route: fixed + per_km * km + per_h * hours + per_unit * (kWh or litres).

    All in CNY of the objective (discounted, days a year included). ``per_unit`` is never negative, which
    every bound on them needs.
    """

    fixed: float
    per_km: float
    per_h: float
    per_unit: float


def plain_rates(day: HubDay, ride: Ride, fixed: float = 0.0, cny_per_kwh: float = 0.0) -> Rates:
    """Rates without duals: the route's own cost in the objective, a price per vehicle-day and per kWh."""
    per_unit = cny_per_kwh if ride.electric else ride.cny_per_l
    return Rates(
        fixed=fixed * day.weight,
        per_km=ride.cny_per_km * day.weight,
        per_h=ride.cny_per_h * day.weight,
        per_unit=per_unit * day.weight,
    )
