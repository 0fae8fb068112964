"""Vehicle types no plan needs, because another one can do all they do for no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from voltmile.problem.routing import Route, RoutingProblem, Vehicle


def needed_types(problem: RoutingProblem) -> tuple[int, ...]:
    """Types without which the optimum may be dearer, in rising order; of types alike the first one."""
    types, kept = problem.vehicles, list(range(len(problem.vehicles)))
    for k, own in enumerate(types):
        if any(j != k and _does_all(types[j], own, problem.size, first=j < k) for j in kept):
            kept.remove(k)
    return tuple(kept)


def only(problem: RoutingProblem, types: Sequence[int]) -> RoutingProblem:
    """Return the problem with some of its types; the problem itself where those are all."""
    if len(types) == len(problem.vehicles):
        return problem
    return replace(problem, vehicles=tuple(problem.vehicles[k] for k in types))


def renamed(routes: Sequence[Route], types: Sequence[int]) -> tuple[Route, ...]:
    """Give routes of the problem with some types the numbers these have among all."""
    return tuple(replace(route, vehicle=types[route.vehicle]) for route in routes)


def _does_all(other: Vehicle, own: Vehicle, n: int, first: bool) -> bool:
    """Whether the other type can take every route of this one for no more; of two alike, only the first."""
    enough = other.count is None or other.count >= n
    stores = other.battery is None or other.battery == own.battery
    if own.least or not (enough and stores):
        return False
    ours, theirs = _asks(own), _asks(other)
    alike = ours == theirs and other.battery == own.battery
    return all(a <= b for a, b in zip(theirs, ours, strict=True)) and (first or not alike)


def _asks(v: Vehicle) -> tuple[float, ...]:
    """Return what a type costs and limits, the lower the better."""
    return v.fixed, v.per_distance, v.per_time, -v.capacity, -v.max_duration
