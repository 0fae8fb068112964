"""Good plans, and the routes seen on the way, for routing problems without stations, from PyVRP.

Wouda, Lan, Kool 2024, doi:10.1287/ijoc.2023.0055. PyVRP changes the types of vehicles badly, so that with
several types it is also run with the numbers of vehicles given; routes of all runs are put together anew.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event

import numpy as np
from scipy.optimize import linear_sum_assignment

from voltmile.problem.routing import Route, RoutingProblem
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
#: Shares of a search over mixes: for plans from scratch, for trying mixes, and for recombining each time.
_FREE, _TRYING, _RECOMBINING = 0.45, 0.25, 0.1
#: Plans from scratch: as many as get so many iterations, or seconds, for each customer.
_MOST_STARTS, _ITERATIONS_A_START, _SECONDS_A_START = 8, 4, 0.008
_MOST_MIXES = 6


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


def search(
    problem: RoutingProblem,
    *,
    iterations: int | None = None,
    time_limit_s: float | None = None,
    seed: int = 0,
    available: Sequence[int] | None = None,
    start: Sequence[Route] | None = None,
    stop: Event | None = None,
) -> Found:
    """Search for a plan of low cost.

    Parameters
    ----------
    iterations, time_limit_s : int, float, optional
        At least one of them; a search that ends by iterations can be repeated.
    available : sequence of int, optional
        Vehicles of each type, fewer than the problem's.
    start : sequence of Route, optional
        Where to begin; may leave customers out or break limits.
    """
    desk = _Desk(problem, seed, Effort(iterations, time_limit_s, stop))
    _search(desk, vehicles_available(problem, available), start, desk.effort)
    return desk.found()


def fleet_search(
    problem: RoutingProblem,
    *,
    mixes: Sequence[Sequence[int]] = (),
    iterations: int | None = None,
    time_limit_s: float | None = None,
    seed: int = 0,
    start: Sequence[Route] | None = None,
    recombine: Recombine | None = None,
    stop: Event | None = None,
) -> Found:
    """Search for a plan of low cost with several vehicle types.

    Parameters
    ----------
    mixes : sequence of sequence of int
        Numbers of vehicles of each type worth a search of their own, the most promising first.
    recombine : callable, optional
        Puts routes of different plans together; asked after every stage.
    """
    desk = _Desk(problem, seed, Effort(iterations, time_limit_s, stop), recombine)
    counts = vehicles_available(problem)
    free = desk.effort.part(_FREE)
    starts = _starts(problem, iterations, time_limit_s)
    for left in range(starts, 0, -1):
        _search(desk, _enough(problem), start if left == starts else None, free.part(1 / left))
    if not desk.routes:
        _search(desk, counts, start, desk.effort.part(_FREE))
    desk.recombine(_share(time_limit_s))
    tried = desk.effort.part(_TRYING / (1 - _FREE - _RECOMBINING))
    wanted = [desk.mix(), *([min(a, b) for a, b in zip(mix, counts, strict=True)] for mix in mixes)]
    open_mixes = [list(mix) for mix in dict.fromkeys(map(tuple, wanted)) if any(mix)][:_MOST_MIXES]
    for left, mix in zip(range(len(open_mixes), 0, -1), open_mixes, strict=True):
        _search(desk, mix, desk.routes, tried.part(1 / left))
    desk.recombine(_share(time_limit_s))
    _search(desk, desk.mix() if desk.routes else counts, desk.routes, desk.effort)
    return desk.found()


def _starts(problem: RoutingProblem, iterations: int | None, seconds: float | None) -> int:
    """How many plans from scratch the effort allows."""
    by_iterations = math.inf if iterations is None else iterations * _FREE / _ITERATIONS_A_START
    by_seconds = math.inf if seconds is None else seconds * _FREE / _SECONDS_A_START
    return max(1, min(_MOST_STARTS, int(min(by_iterations, by_seconds) / max(problem.size, 1))))


def _share(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * _RECOMBINING


def improve_types(problem: RoutingProblem, routes: Sequence[Route]) -> tuple[Route, ...]:
    """Give each route the type that drives it at least cost; the best exchange where types are limited."""
    trips = RoundTrips(problem)
    counts = vehicles_available(problem)
    slots = [k for k, count in enumerate(counts) for _ in range(min(count, len(routes)))]
    table = np.array(
        [
            [trips.cost(k, r.nodes) if trips.fits(k, r.nodes) else math.inf for k in range(len(counts))]
            for r in routes
        ]
    ).reshape(len(routes), len(counts))
    if all(v.count is None for v in problem.vehicles):
        best = [int(k) for k in table.argmin(axis=1)]
    else:
        try:
            best = [slots[j] for j in linear_sum_assignment(table[:, slots])[1]]
        except ValueError:  # the routes cannot be driven by the vehicles there are
            return tuple(routes)
    return tuple(
        Route(k, r.nodes) if trips.fits(k, r.nodes) else r for k, r in zip(best, routes, strict=True)
    )


class _Desk:
    """The best plan so far and the pool of all runs."""

    def __init__(
        self, problem: RoutingProblem, seed: int, effort: Effort, recombine: Recombine | None = None
    ) -> None:
        if problem.stations:
            raise ValueError(f"{problem.name}: PyVRP knows no stations")
        self.problem, self.effort = problem, effort
        self.routes: tuple[Route, ...] = ()
        self.trips = RoundTrips(problem)
        self._recombine = recombine
        self._seed = seed
        self._pool: dict[tuple[int, frozenset[int]], tuple[float, Route]] = {}

    def next_seed(self) -> int:
        self._seed += 1
        return self._seed - 1

    def rank(self, routes: Sequence[Route]) -> tuple[bool, bool, int, float]:
        """Order of plans, the best first: too many routes, then fewest where they come first, then cost."""
        problem = self.problem
        many = problem.max_routes is not None and len(routes) > problem.max_routes
        return not routes, many, len(routes) if problem.vehicles_first else 0, self.trips.total(routes)

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
            better = min(tuple(routes), improve_types(self.problem, routes), key=self.rank)
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
        own = {(r.vehicle, frozenset(r.nodes)): r for r in self.routes}
        pool = (*own.values(), *(route for key, (_, route) in self._pool.items() if key not in own))
        acceptable = bool(self.routes) and not self.rank(self.routes)[1]
        cost = self.trips.total(self.routes) if acceptable else math.inf
        return Found(self.routes if acceptable else (), cost, pool)


def _enough(problem: RoutingProblem) -> list[int]:
    """Vehicles of each type that a good plan hardly needs more of: PyVRP does worse among too many."""
    demand = float(problem.demand.sum())
    counts = vehicles_available(problem)
    return [
        min(count, math.ceil(1.1 * demand / v.capacity) + 1) if v.capacity > 0 else 0
        for count, v in zip(counts, problem.vehicles, strict=True)
    ]


def _search(desk: _Desk, counts: Sequence[int], start: Sequence[Route] | None, effort: Effort) -> None:
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
    desk: _Desk, counts: Sequence[int], start: Sequence[Route] | None, effort: Effort, surcharge: float = 0.0
) -> bool:
    """Run once, and say whether it ended with a feasible plan."""
    found = run(in_whole_numbers(desk.problem, counts, surcharge), effort, desk.next_seed(), start)
    desk.take(found.routes, found.seen)
    return found.routes is not None


def _count_down(
    desk: _Desk, counts: list[int], kind: int, start: Sequence[Route] | None, effort: Effort
) -> list[int]:
    """Take vehicles away as long as there is a plan; returns the last numbers with one."""
    fewest = math.ceil(desk.problem.demand.sum() / desk.problem.vehicles[kind].capacity - 1e-9)
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
