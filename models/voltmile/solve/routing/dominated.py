"""Vehicle types no plan needs, because another one can do all they do for no more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from voltmile.problem.routing import Route, RoutingProblem, Vehicle


def needed_types(problem: RoutingProblem) -> tuple[int, ...]:
    """Types in rising order of which none can be replaced by another one; of types alike the first."""
    types, kept = problem.vehicles, list(range(len(problem.vehicles)))
    for k, own in enumerate(types):
        for j in kept:
            if (
                j != k
                and _does_all(problem, types[j], own)
                and (j < k or not _does_all(problem, own, types[j]))
            ):
                kept.remove(k)
                break
    return tuple(kept)


def only(problem: RoutingProblem, types: Sequence[int]) -> RoutingProblem:
    """Return the problem with some of its types; the problem itself where those are all."""
    if len(types) == len(problem.vehicles):
        return problem
    return replace(problem, vehicles=tuple(problem.vehicles[k] for k in types))


def renamed(routes: Sequence[Route], types: Sequence[int]) -> tuple[Route, ...]:
    """Give routes of the problem with some types the numbers these have among all."""
    return tuple(replace(route, vehicle=types[route.vehicle]) for route in routes)


def _does_all(problem: RoutingProblem, other: Vehicle, own: Vehicle) -> bool:
    """Whether the other type can take every route of this one for no more.

    One without a battery goes as far, but cannot take a way over a station, which may be the shorter one.
    """
    most = problem.size if problem.max_routes is None else min(problem.size, problem.max_routes)
    enough = other.count is None or other.count >= most
    same = other.battery == own.battery or (other.battery is None and not problem.stations)
    if own.least or not (enough and same):
        return False
    return all(a <= b for a, b in zip(_asks(other), _asks(own), strict=True))


def _asks(v: Vehicle) -> tuple[float, ...]:
    """Return what a type costs and limits, the lower the better."""
    return v.fixed, v.per_distance, v.per_time, -v.capacity, -v.max_duration
