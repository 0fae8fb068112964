"""A routing problem without stations in the whole numbers that PyVRP computes with.

A route PyVRP finds feasible is feasible: loads and times are rounded up, what limits them down. Costs are
exact where they are multiples of 1, 0.1, 0.01 or 0.001; otherwise the dearest arc becomes a million or more,
so that rounding stays below what a search can tell apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from pyvrp import Client, Depot, Location, PenaltyParams, ProblemData, VehicleType

from voltmile.problem.routing import Matrix, RoutingProblem, Vehicle

#: What the largest arc's cost, the largest load and the longest arc's time become where they are not whole.
#: Times are rounded up, so they are finer: a route may last as long as allowed.
_FINE = 2e6
_FINE_TIME = 2e9
#: Beyond it PyVRP warns of overflow.
_MOST = float(1 << 44)
_DUST = 1e-6
_NO_LIMIT = int(np.iinfo(np.int64).max)
#: What a unit too much costs at first; units are such that an arc costs as many as a customer loads. More
#: where routes are dear: overloading by a customer must not pay for a route.
_PENALTY, _MOST_PENALTY = 30.0, 1e5
#: Room for it to go down and up. Penalties far beyond overflow in PyVRP, and its search never ends.
_LEAST, _HIGHEST = 1e-4, 3e5


@dataclass(frozen=True)
class Numbers:
    """PyVRP's data of a problem.

    Attributes
    ----------
    types : tuple of int
        Position in ``problem.vehicles`` of each vehicle type of ``data``.
    penalties : tuple
        To begin with: for excess load, time and distance.
    """

    data: ProblemData
    types: tuple[int, ...]
    penalties: tuple[list[float], float, float]

    @property
    def penalty_range(self) -> PenaltyParams:
        """Room for the penalties to go up and down."""
        least = min((*self.penalties[0], *self.penalties[1:]))
        return PenaltyParams(min_penalty=least * _LEAST, max_penalty=max(_HIGHEST, 30 * self.penalties[2]))


def in_whole_numbers(problem: RoutingProblem, available: Sequence[int], surcharge: float = 0.0) -> Numbers:
    """Translate a problem.

    Parameters
    ----------
    available : sequence of int
        Vehicles of each type; at least one of some type.
    surcharge : float
        Cost of a route on top of its own.
    """
    types = tuple(k for k, count in enumerate(available) if count > 0)
    vehicles = [problem.vehicles[k] for k in types]
    rates = list(dict.fromkeys((v.per_distance, v.per_time) for v in vehicles))
    customers = np.s_[: problem.size + 1, : problem.size + 1]
    distance, time = problem.distance[customers], problem.time[customers]
    costs = [per_distance * distance + per_time * time for per_distance, per_time in rates]
    per_cost = _scale([*costs, [v.fixed + surcharge for v in vehicles]], max(float(c.max()) for c in costs))
    usual = per_cost * float(costs[0].mean())
    per_load = _scale([problem.demand, [v.capacity for v in vehicles]], max(v.capacity for v in vehicles))
    per_load *= _multiple(usual, per_load * float(problem.demand[1:].mean()))
    clock = _Clock(problem, vehicles, time, usual)
    kinds = []
    for k, vehicle in zip(types, vehicles, strict=True):
        profile = rates.index((vehicle.per_distance, vehicle.per_time))
        kinds.append(
            VehicleType(
                num_available=available[k],
                capacity=[_down(vehicle.capacity * per_load)],
                fixed_cost=round((vehicle.fixed + surcharge) * per_cost),
                shift_duration=_down(vehicle.max_duration * clock.per_time),
                max_distance=_longest(vehicle, distance, costs[profile], per_cost),
                profile=profile,
            )
        )
    data = ProblemData(
        locations=[Location(0, 0) for _ in range(problem.size + 1)],
        clients=[
            Client(
                location=node,
                delivery=[_up(problem.demand[node] * per_load)],
                service_duration=_up(problem.service[node] * clock.per_time),
                tw_early=clock.opens(node),
                tw_late=clock.closes(node),
            )
            for node in range(1, problem.size + 1)
        ],
        depots=[Depot(0, tw_early=clock.opens(0), tw_late=clock.closes(0))],
        vehicle_types=kinds,
        distance_matrices=[_whole(np.round(cost * per_cost)) for cost in costs],
        duration_matrices=[_whole(clock.time)] * len(costs),
    )
    return Numbers(data, types, _penalties(data))


def vehicles_available(problem: RoutingProblem, available: Sequence[int] | None = None) -> list[int]:
    """Return how many routes of each type there can be, within limits of the caller."""
    most = problem.most_routes
    counts = [most if v.count is None else min(v.count, most) for v in problem.vehicles]
    return counts if available is None else [min(a, b) for a, b in zip(counts, available, strict=True)]


class _Clock:
    """Times in whole numbers; all 0 where nothing depends on them."""

    def __init__(
        self, problem: RoutingProblem, vehicles: Sequence[Vehicle], time: Matrix, usual: float
    ) -> None:
        limits = [v.max_duration for v in vehicles if np.isfinite(v.max_duration)]
        matters = problem.has_windows or bool(limits)
        windows = [problem.earliest, problem.latest[np.isfinite(problem.latest)]]
        longest = max(float(time.max()), 1e-9)
        self._problem = problem
        numbers: list[ArrayLike] = [time, problem.service, limits, *windows]
        scale = _scale(numbers, longest, _FINE_TIME)
        self.per_time = scale * _multiple(usual, scale * float(time.mean())) if matters else 0.0
        self.time: Matrix = np.ceil(time * self.per_time - _DUST)

    def opens(self, node: int) -> int:
        return _up(float(self._problem.earliest[node]) * self.per_time)

    def closes(self, node: int) -> int:
        return _down(float(self._problem.latest[node]) * self.per_time)


def _scale(numbers: Iterable[ArrayLike], largest: float, fine: float = _FINE) -> float:
    """Return what to multiply numbers by: they become whole, or the largest of one kind becomes ``fine``."""
    values = np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in numbers])
    for factor in (1.0, 10.0, 100.0, 1000.0):
        scaled = values * factor
        if np.all(np.abs(scaled - np.round(scaled)) <= 1e-9 * np.maximum(1.0, np.abs(scaled))):
            return factor
    return fine / largest if largest > 0 else 1.0


def _multiple(wanted: float, found: float) -> int:
    """Whole number to multiply by, so that units are as fine as wanted and whole numbers stay whole."""
    return max(1, round(wanted / found)) if found > 0 else 1


def _longest(vehicle: Vehicle, distance: Matrix, cost: Matrix, per_cost: float) -> int:
    """Range of a battery as PyVRP's distance limit, which counts our costs.

    Exact where costs are proportional to distances; otherwise routes may still be too long for the battery.
    """
    if vehicle.battery is None or vehicle.battery.per_distance <= 0:
        return _NO_LIMIT
    there = distance > 0
    rate = float((cost[there] / distance[there]).max(initial=0.0))
    return _down(vehicle.battery.capacity / vehicle.battery.per_distance * rate * per_cost)


def _penalties(data: ProblemData) -> tuple[list[float], float, float]:
    """Penalties a unit: a usual arc's cost for a usual customer's load, or a usual arc's time."""
    arc = max(float(data.distance_matrix(0).mean()), 1.0)
    load = float(np.mean([client.delivery[0] for client in data.clients()]))
    time = float(data.duration_matrix(0).mean())
    fixed = max(vehicle.fixed_cost for vehicle in data.vehicle_types())
    first = min(max(_PENALTY, fixed / arc), _MOST_PENALTY)
    return [first * min(1.0, arc / max(load, 1.0))], first * min(1.0, arc / max(time, 1.0)), first


def _up(value: float) -> int:
    return int(np.ceil(value - _DUST))


def _down(value: float) -> int:
    return int(np.floor(value + _DUST)) if value < _MOST else _NO_LIMIT


def _whole(matrix: Matrix) -> Any:  # pyvrp's stubs want "ndarray[int]", which no array is
    whole = matrix.astype(np.int64)
    np.fill_diagonal(whole, 0)  # PyVRP insists
    return whole
