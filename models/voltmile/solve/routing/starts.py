"""First plans and columns, before any price is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial

from voltmile.problem.routing import Route, RoutingProblem
from voltmile.routes.incumbents import Found, fleet_search, long_fleet_search
from voltmile.routes.incumbents import search as local_search
from voltmile.routes.recharging.drafts import Tour
from voltmile.routes.recharging.evaluate import best_route
from voltmile.routes.recharging.insertion import first_plan
from voltmile.routes.round_trips import RoundTrips
from voltmile.solve.routing.recombine import recombine
from voltmile.solve.routing.regroup import regroup
from voltmile.solve.routing.search import Search

_RESTARTS = 3
#: Iterations a customer of the longer search.
_LONGER = 300
_RECOMBINE_NODES = 5
#: Share of the time left that a search for plans may take.
_SHARE = 0.1
#: Customers above which one search takes the place of restarts.
_LARGE = 100
#: Of the time limit, what is kept for the second search: the customers from which on there is something, the
#: share each more adds, and the most there is; and seconds each customer adds at most.
_SPARED, _SHARE_EACH, _MOST_SHARE, _SECONDS_EACH = 70, 0.01, 0.7, 0.3
#: Share of what is kept for a search that the MIP after it gets.
_AFTER = 0.1
#: With stations: most rounds of the search, and tours of it to begin with.
_ROUNDS, _COLUMNS = 300, 200


def first_routes(search: Search, seed: int) -> list[Route]:
    """Offer a first plan from PyVRP and return the routes to begin with, among them one for each customer."""
    problem = search.problem
    if recharges(problem):
        return _with_stations(search, seed)
    pool: dict[Route, None] = {}
    n = problem.size
    restarts, iterations = (_RESTARTS, 1500 + 20 * n) if n <= _LARGE else (1, _LONGER * n)
    seconds = max(0.5, _SHARE * search.left) if math.isfinite(search.left) else None
    for restart in range(restarts):
        limit = None if seconds is None else seconds / restarts
        found = _found(problem, iterations, limit, 1000 * seed + restart, search.stopped)
        pool.update(dict.fromkeys(found.pool))
        if found.routes:
            search.offer(found.routes, "local search")
        if search.ended():
            break
    if len(problem.vehicles) == 1:  # a search over mixes recombines by itself
        better = recombine(problem, tuple(pool), search.cost, node_limit=_RECOMBINE_NODES)
        search.offer(better, "recombination")
    return list(dict.fromkeys([*pool, *single_visits(problem)]))


def kept_s(search: Search) -> float:
    """Return the wall seconds at the end that are for the second search, where it has not come by then."""
    n = search.problem.size
    if recharges(search.problem) or not math.isfinite(search.left):
        return 0.0
    share = min(_MOST_SHARE, _SHARE_EACH * max(0, n - _SPARED))
    return min(share * search.left, _SECONDS_EACH * n)


def second_search(
    search: Search, mix: Sequence[float], seed: int, kept: float, others: Sequence[Route] = ()
) -> list[Route]:
    """Search longer for a plan, with several types near the mix of vehicles the master uses.

    The routes seen are returned.

    Parameters
    ----------
    mix : sequence of float, shape (K,)
        Vehicles of each type in the restricted master; empty: nothing is known.
    kept : float
        Wall seconds for it at least.
    others : sequence of Route
        Put together with those seen, where seconds are kept for it.
    """
    problem = search.problem
    if recharges(problem):
        return []
    seconds = max(0.5, _SHARE * search.left, (1 - _AFTER) * kept) if math.isfinite(search.left) else None
    iterations = None if kept > 0 else _LONGER * problem.size
    if len(problem.vehicles) == 1:
        # From a random plan: late acceptance that begins with a good one hardly leaves it.
        found = local_search(
            problem, iterations=iterations, time_limit_s=seconds, seed=seed, stop=search.stopped
        )
    else:
        search_fleet = long_fleet_search if kept > 0 else partial(fleet_search, start=search.plan or None)
        found = search_fleet(
            problem,
            mixes=_near(mix) if len(mix) else [],
            iterations=iterations,
            time_limit_s=seconds,
            seed=seed,
            recombine=recombine,
            stop=search.stopped,
        )
    if found.routes:
        search.offer(found.routes, "longer local search")
    if kept > 0:
        pool = [*found.pool, *search.plan, *others]
        seconds = min(_AFTER * kept, max(search.left, 0.5))
        better = recombine(problem, pool, search.cost, seconds, stop=search.stopped)
        search.offer(better, "recombination")
    return list(found.pool)


def _near(mix: Sequence[float]) -> list[list[int]]:
    """Whole numbers near a mix, the nearest first."""
    rounded = [round(x) for x in mix]
    nearest = [rounded]
    for k in sorted(range(len(mix)), key=lambda k: -abs(mix[k] - rounded[k])):
        if abs(mix[k] - rounded[k]) > 0.05:
            other = list(nearest[0])
            other[k] = math.floor(mix[k]) if rounded[k] > mix[k] else math.ceil(mix[k])
            nearest.append(other)
    return nearest


def _found(
    problem: RoutingProblem, iterations: int, limit: float | None, seed: int, stop: Callable[[], bool] | None
) -> Found:
    if len(problem.vehicles) > 1:
        return fleet_search(
            problem, iterations=iterations, time_limit_s=limit, seed=seed, recombine=recombine, stop=stop
        )
    return local_search(problem, iterations=iterations, time_limit_s=limit, seed=seed, stop=stop)


def recharges(problem: RoutingProblem) -> bool:
    """Whether some vehicle may recharge on the way."""
    return bool(problem.stations) and any(v.battery is not None for v in problem.vehicles)


def _with_stations(search: Search, seed: int) -> list[Route]:
    """Build and improve a plan by insertion and local search; PyVRP knows no stations."""
    problem = search.problem
    pool, used = _inserted(search, seed)
    again = regroup(search, pool, 0.5 * _SHARE * min(search.left, 600.0))
    driven = [best_route(problem, tour.vehicle, tour.order) for tour in again.plan]
    plan = [route for route in driven if route is not None]
    if len(plan) == len(driven):
        search.offer(plan, "recombination")
    alone = [Tour(k, (i,)) for k in range(len(problem.vehicles)) for i in range(1, problem.size + 1)]
    tours = dict.fromkeys([*again.near[:_COLUMNS], *used[:_COLUMNS], *alone])
    routes = (best_route(problem, tour.vehicle, tour.order, charges=False) for tour in tours)
    return list(dict.fromkeys([*search.plan, *(route for route in routes if route is not None)]))


def _inserted(search: Search, seed: int) -> tuple[dict[Tour, float], list[Tour]]:
    """Offer plans by insertion; return tours seen with their costs, and those of good plans, best first."""
    problem = search.problem
    restarts = _RESTARTS if problem.size <= _LARGE else 1
    seconds, ends = max(0.5, _SHARE * search.left / restarts), search.seconds + _SHARE * search.left
    rounds = min(_ROUNDS, 40 + 8 * problem.size)
    pool: dict[Tour, float] = {}
    used: list[Tour] = []
    for restart in range(restarts):
        found = first_plan(
            problem,
            seed=1000 * seed + restart,
            rounds=rounds,
            time_limit_s=seconds,
            stop=search.stopped,
        )
        pool.update(found.pool)
        better = search.offer(found.routes, "insertion")
        used = [*found.used, *used] if better else [*used, *found.used]
        if search.ended() or search.seconds >= ends:
            break
    return pool, used


def single_visits(problem: RoutingProblem) -> list[Route]:
    """Return every customer alone, with every type that can do it."""
    trips = RoundTrips(problem)
    return [
        Route(k, (i,))
        for k in range(len(problem.vehicles))
        for i in range(1, problem.size + 1)
        if trips.fits(k, (i,))
    ]
