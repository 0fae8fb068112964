"""A route as a column of the joint program: what it visits and what a day of it takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """A feasible route of one vehicle on one day (year, day type).

    Attributes
    ----------
    hub, vehicle_type, year, day_type
        What the route belongs to.
    stops : tuple of str
        Village ids in driving order, each at most once.
    distance_km, duration_h : float
        Driven, and driving plus service (plus waiting) time.
    energy_kwh : float
        Taken from the battery; 0 for a fuel vehicle.
    fuel_l : float
        Burned; 0 for a battery vehicle.
    cost_cny : float
        Driver, maintenance and fuel of one day, undiscounted (``route_cost`` of models/README.md).
    """

    hub: str
    vehicle_type: str
    year: int
    day_type: str
    stops: tuple[str, ...]
    distance_km: float
    duration_h: float
    energy_kwh: float
    fuel_l: float
    cost_cny: float
