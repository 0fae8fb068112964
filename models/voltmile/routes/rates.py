"""Rates: what a route of a vehicle type costs in the objective at given dual prices."""

from __future__ import annotations

from dataclasses import dataclass

from voltmile.routes.day import HubDay, Ride
from voltmile.routes.network import Matrix, Vector
from voltmile.routes.tours import Tour


@dataclass(frozen=True, slots=True)
class Rates:
    """Priced cost of a route: fixed + per_km * km + per_h * hours + per_unit * (kWh or litres).

    All in CNY of the objective (discounted, days a year included). ``per_unit`` is never negative, which
    the dominance rule of the labelling needs.
    """

    fixed: float
    per_km: float
    per_h: float
    per_unit: float

    def of(self, day: HubDay, ride: Ride, tour: Tour) -> float:
        """Priced cost of a tour driven by this vehicle type on this day, prizes of villages left out."""
        hours = tour.drive_h + float(sum(day.service_h[i] for i in tour.nodes))
        used = ride.consumption(tour.distance_km, tour.kg_km * day.factor)
        return self.fixed + self.per_km * tour.distance_km + self.per_h * hours + self.per_unit * used

    def arc_cost(self, day: HubDay, ride: Ride, prize: Vector) -> Matrix:
        """Cost of each arc driven empty, with service and prize of its tail, shape (n + 1, n + 1)."""
        net = day.network
        km_rate = self.per_km + self.per_unit * ride.empty_per_km
        tail = self.per_h * day.service_h - prize
        return km_rate * net.distance_km + self.per_h * net.drive_h + tail[:, None]

    def load_cost(self, day: HubDay, ride: Ride) -> Matrix:
        """Cost of each arc per kg aboard, shape (n + 1, n + 1)."""
        return self.per_unit * ride.load_per_km_kg * day.network.distance_km

    def undercuts(self, own: Ride, other_rates: Rates, other: Ride) -> bool:
        """Whether every arc and load costs no more with these rates and ride than with the other's."""
        return (
            self.fixed <= other_rates.fixed
            and self.per_km + self.per_unit * own.empty_per_km
            <= other_rates.per_km + other_rates.per_unit * other.empty_per_km
            and self.per_h <= other_rates.per_h
            and self.per_unit * own.load_per_km_kg <= other_rates.per_unit * other.load_per_km_kg
        )


def plain_rates(day: HubDay, ride: Ride, fixed: float = 0.0, cny_per_kwh: float = 0.0) -> Rates:
    """Rates without duals: the route's own cost in the objective, a price per vehicle-day and per kWh."""
    per_unit = cny_per_kwh if ride.electric else ride.cny_per_l
    return Rates(
        fixed=fixed * day.weight,
        per_km=ride.cny_per_km * day.weight,
        per_h=ride.cny_per_h * day.weight,
        per_unit=per_unit * day.weight,
    )
