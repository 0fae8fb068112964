"""The vehicle of an E-VRP-NL file: its speed, its battery and how stations refill it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from voltmile.problem.benchmarks.xml_tree import Branch
from voltmile.problem.routing import Battery, Vehicle

# Charging functions are rounded to hundredths of an hour; slopes may seem to rise by so little.
_SLOPE = 1e-6


@dataclass(frozen=True, slots=True)
class Fleet:
    """The vehicle and its speed in km/h."""

    vehicle: Vehicle
    speed: float


def read_fleet(profile: Branch, depot: str) -> Fleet:
    """Read a vehicle_profile.

    Raises
    ------
    BenchmarkError
        If it leaves or ends elsewhere than at the depot, has limits that are not known here, or charging
        functions that are not concave from empty to full.
    """
    profile.only("departure_node", "arrival_node", "max_travel_time", "speed_factor", "custom")
    for name in ("departure_node", "arrival_node"):
        if profile.text(name) != depot:
            raise profile.error(f"{name} is {profile.text(name)}; valid: {depot}, the depot")
    custom = profile.child("custom")
    custom.only("consumption_rate", "battery_capacity", "charging_functions")
    capacity = custom.positive("battery_capacity")
    functions = custom.child("charging_functions").children("function")
    battery = Battery(
        capacity=capacity,
        per_distance=custom.positive("consumption_rate"),
        charging={f.attribute("cs_type"): _breakpoints(f, capacity) for f in functions},
    )
    vehicle = Vehicle(
        name="electric",
        capacity=float("inf"),
        per_distance=0.0,
        per_time=1.0,
        max_duration=profile.positive("max_travel_time"),
        battery=battery,
    )
    return Fleet(vehicle, profile.positive("speed_factor"))


def _breakpoints(function: Branch, capacity: float) -> tuple[tuple[float, float], ...]:
    points = [
        (point.number("charging_time", least=0), point.number("battery_level", least=0))
        for point in function.children("breakpoint")
    ]
    if points[0] != (0, 0) or points[-1][1] != capacity:
        ends = f"from {points[0]} to {points[-1]}"
        raise function.error(
            f"goes {ends} (time, level); valid: from (0, 0) to the battery capacity, {capacity:g}"
        )
    steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(points)]
    if min(min(step) for step in steps) <= 0:
        raise function.error("does not rise; valid: times and levels that increase")
    slopes = [level / time for time, level in steps]
    if any(b > a * (1 + _SLOPE) for a, b in pairwise(slopes)):
        raise function.error("charges faster as the battery fills; valid: slower or as fast (concave)")
    return tuple(points)
