"""The best plan and the routes of many runs of PyVRP on one problem, and how a run is made."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from voltmile.problem.routing import Matrix, Route, RoutingProblem
from voltmile.routes.effort import Effort
from voltmile.routes.ils import run
from voltmile.routes.round_trips import RoundTrips
from voltmile.routes.whole_numbers import in_whole_numbers, vehicles_available

Recombine = Callable[[RoutingProblem, Sequence[Route], float, float | None], Sequence[Route]]
"""Chooses a plan that costs less than a number from a pool of routes, within seconds if there is a limit.

Nothing when it finds none.
"""

#: Share of the effort that goes into having fewer routes where that matters.
_COUNTING = 0.4
#: Surcharges tried until there are few enough routes, in mean costs of a route.
_SURCHARGES = (1.0, 10.0, 100.0)


@dataclass(frozen=True)
class Found:
    """What a search found.

    Attributes
    ----------
    routes : tuple of Route
        The best plan; empty when none was found.
    cost : float
        Infinity without a plan; the priority of vehicles is left out.
    pool : tuple of Route
        Feasible elementary routes that were seen, one for each type and set of customers, those of the best
        plans first.
    """

    routes: tuple[Route, ...]
    cost: float
    pool: tuple[Route, ...]


def improve_types(
    problem: RoutingProblem, routes: Sequence[Route], available: Sequence[int] | None = None
) -> tuple[Route, ...]:
    """Give each route the type that drives it at least cost; the best exchange where types are limited."""
    trips = RoundTrips(problem)
    counts = vehicles_available(problem, available)
    table = np.array(
        [
            [trips.cost(k, r.nodes) if trips.fits(k, r.nodes) else math.inf for k in range(len(counts))]
            for r in routes
        ]
    ).reshape(len(routes), len(counts))
    if available is None and all(v.count is None and not v.least for v in problem.vehicles):
        best = [int(k) for k in table.argmin(axis=1)]
    else:
        best = _assigned(problem, counts, table)
    return tuple(
        Route(k, r.nodes) if math.isfinite(row[k]) else r
        for k, r, row in zip(best or [r.vehicle for r in routes], routes, table, strict=True)
    )


def _assigned(problem: RoutingProblem, counts: Sequence[int], table: Matrix) -> list[int]:
    """Types of routes within the numbers there are; nothing when these vehicles cannot drive the routes."""
    slots: list[int] = []
    wanted: list[bool] = []
    for k, (count, vehicle) in enumerate(zip(counts, problem.vehicles, strict=True)):
        number = min(count, len(table))
        slots += [k] * number
        wanted += [j < vehicle.least for j in range(number)]
    if len(slots) < len(table):
        return []
    # A vehicle that has to be used comes before all cost.
    finite = table[np.isfinite(table)]
    bonus = 2.0 * float(np.abs(finite).sum()) + 1.0
    try:
        return [slots[j] for j in linear_sum_assignment(table[:, slots] - bonus * np.array(wanted))[1]]
    except ValueError:
        return []


class Desk:
    """The best plan so far and the pool of all runs."""

    def __init__(
        self,
        problem: RoutingProblem,
        seed: int,
        effort: Effort,
        available: Sequence[int] | None = None,
        recombine: Recombine | None = None,
    ) -> None:
        if problem.stations and any(v.battery is not None for v in problem.vehicles):
            raise ValueError(f"{problem.name}: PyVRP knows no stations")
        self.problem, self.effort = problem, effort
        self.routes: tuple[Route, ...] = ()
        self.trips = RoundTrips(problem)
        self._available, self._recombine = available, recombine
        self._seed = seed
        self._pool: dict[tuple[int, frozenset[int]], tuple[float, Route]] = {}

    def next_seed(self) -> int:
        """Return another seed for every run."""
        self._seed += 1
        return self._seed - 1

    def rank(self, routes: Sequence[Route]) -> tuple[bool, bool, bool, int, float]:
        """Order of plans, the best first.

        None comes last, before it those with too many routes, then too few of a type; then count the number
        of routes where that is asked for, and cost.
        """
        problem = self.problem
        many = problem.max_routes is not None and len(routes) > problem.max_routes
        used = Counter(route.vehicle for route in routes)
        few = any(used[k] < v.least for k, v in enumerate(problem.vehicles))
        number = len(routes) if problem.vehicles_first else 0
        return not routes, many, few, number, self.trips.total(routes)

    def take(self, routes: Sequence[Route] | None, seen: Sequence[Route]) -> None:
        """Keep a plan that is better, and routes."""
        battery = any(v.battery is not None for v in self.problem.vehicles)
        for route in seen:
            if battery and not self.trips.fits(route.vehicle, route.nodes):
                continue  # a range that PyVRP could only know about
            key, cost = (route.vehicle, frozenset(route.nodes)), self.trips.cost(route.vehicle, route.nodes)
            if key not in self._pool or cost < self._pool[key][0]:
                self._pool[key] = (cost, route)
        if routes and all(self.trips.fits(r.vehicle, r.nodes) for r in routes):
            better = min(tuple(routes), improve_types(self.problem, routes, self._available), key=self.rank)
            if self.rank(better) < self.rank(self.routes):
                self.routes = better

    def recombine(self, seconds: float | None) -> None:
        """Put routes of different plans together."""
        if self._recombine is None or not self._pool:
            return
        below = self.trips.total(self.routes) if self.routes else math.inf
        self.take(tuple(self._recombine(self.problem, self.found().pool, below, seconds)), ())

    def mix(self) -> list[int]:
        """Vehicles of each type in the best plan."""
        used = Counter(route.vehicle for route in self.routes)
        return [used[k] for k in range(len(self.problem.vehicles))]

    def found(self) -> Found:
        """Return the best plan, if it is one, and the pool."""
        own = {(r.vehicle, frozenset(r.nodes)): r for r in self.routes}
        pool = (*own.values(), *(route for key, (_, route) in self._pool.items() if key not in own))
        acceptable = not any(self.rank(self.routes)[:3])
        cost = self.trips.total(self.routes) if acceptable else math.inf
        return Found(self.routes if acceptable else (), cost, pool)


def enough(problem: RoutingProblem) -> list[int]:
    """Vehicles of each type that a good plan hardly needs more of: PyVRP does worse among too many."""
    demand = float(problem.demand.sum())
    counts = vehicles_available(problem)
    if problem.has_windows or any(math.isfinite(v.max_duration) or v.battery for v in problem.vehicles):
        return counts  # load does not tell
    return [
        min(count, math.ceil(1.1 * demand / v.capacity) + 1) if v.capacity > 0 else 0
        for count, v in zip(counts, problem.vehicles, strict=True)
    ]


def search_within(desk: Desk, counts: Sequence[int], start: Sequence[Route] | None, effort: Effort) -> None:
    """Run within numbers of vehicles, with fewer routes where that is asked for."""
    if not any(counts):
        return
    problem, counts = desk.problem, list(counts)
    kinds = [k for k, count in enumerate(counts) if count > 0]
    start = start or None
    if len(kinds) == 1:
        if problem.vehicles_first:
            counts = _count_down(desk, counts, kinds[0], start, effort.part(_COUNTING))
            start = desk.routes or start
        _run(desk, counts, start, effort)
        return
    many = problem.max_routes is not None and sum(counts) > problem.max_routes
    _run(desk, counts, start, effort.part(1 - _COUNTING) if many or problem.vehicles_first else effort)
    tries = _SURCHARGES if many else _SURCHARGES[-1:] if problem.vehicles_first else ()
    for position, surcharge in enumerate(tries):
        if desk.routes and not (desk.rank(desk.routes)[1] or problem.vehicles_first):
            break
        mean = desk.trips.total(desk.routes) / max(len(desk.routes), 1)
        _run(desk, counts, desk.routes or None, effort.part(1 / (len(tries) - position)), surcharge * mean)


def _run(
    desk: Desk, counts: Sequence[int], start: Sequence[Route] | None, effort: Effort, surcharge: float = 0.0
) -> bool:
    """Run once, and say whether it ended with a feasible plan."""
    found = run(in_whole_numbers(desk.problem, counts, surcharge), effort, desk.next_seed(), start)
    desk.take(found.routes, found.seen)
    return found.routes is not None


def _count_down(
    desk: Desk, counts: list[int], kind: int, start: Sequence[Route] | None, effort: Effort
) -> list[int]:
    """Take vehicles away as long as there is a plan; returns the last numbers with one."""
    capacity = desk.problem.vehicles[kind].capacity
    fewest = math.ceil(desk.problem.demand.sum() / capacity - 1e-9) if capacity > 0 else 0
    kept = list(counts)
    while not effort.over:
        found = run(
            in_whole_numbers(desk.problem, counts), effort, desk.next_seed(), start, until_feasible=True
        )
        desk.take(found.routes, found.seen)
        if found.routes is None:
            break
        kept[kind] = len(found.routes)
        if kept[kind] <= fewest:
            break
        counts, start = [*kept], found.routes
        counts[kind] -= 1
    return kept
