"""Vehicle types no plan needs, because another one can do all they do for no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from voltmile.problem.routing import Route, RoutingProblem, Vehicle


def needed_types(problem: RoutingProblem) -> tuple[int, ...]:
    """Types in rising order of which none can be replaced by another one; of types alike the first."""
    kinds = range(len(problem.vehicles))
    return tuple(k for k in kinds if not any(_replaces(problem, j, k) for j in kinds if j != k))


def only(problem: RoutingProblem, types: Sequence[int]) -> RoutingProblem:
    """Return the problem with some of its types; the problem itself where those are all."""
    if len(types) == len(problem.vehicles):
        return problem
    return replace(problem, vehicles=tuple(problem.vehicles[k] for k in types))


def renamed(routes: Sequence[Route], types: Sequence[int]) -> tuple[Route, ...]:
    """Give routes of the problem with some types the numbers these have among all."""
    return tuple(replace(route, vehicle=types[route.vehicle]) for route in routes)


def _replaces(problem: RoutingProblem, j: int, k: int) -> bool:
    """Whether type j takes the place of type k: a strict order, so that no two replace each other."""
    other, own = problem.vehicles[j], problem.vehicles[k]
    return _does_all(problem, other, own) and (j < k or not _does_all(problem, own, other))


def _does_all(problem: RoutingProblem, other: Vehicle, own: Vehicle) -> bool:
    """Whether the other type can take every route of this one for no more.

    One without a battery goes as far, but cannot take a way over a station, which may be the shorter one.
    """
    enough = other.count is None or other.count >= problem.most_routes
    same = other.battery == own.battery or (other.battery is None and not problem.stations)
    if own.least or not (enough and same):
        return False
    return all(a <= b for a, b in zip(_asks(other), _asks(own), strict=True))


def _asks(v: Vehicle) -> tuple[float, ...]:
    """Return what a type costs and limits, the lower the better."""
    return v.fixed, v.per_distance, v.per_time, -v.capacity, -v.max_duration
