"""First plans and columns, before any price is known."""

from __future__ import annotations

from voltmile.problem.routing import Route, RoutingProblem
from voltmile.routes.incumbents import Found, fleet_search
from voltmile.routes.incumbents import search as local_search
from voltmile.routes.recharging.evaluate import best_route
from voltmile.routes.recharging.insertion import first_plan
from voltmile.routes.round_trips import RoundTrips
from voltmile.solve.recombine import recombine
from voltmile.solve.routing.search import Search

_RESTARTS = 3
#: Share of the time limit the first plans may take.
_SHARE = 0.1


def first_routes(search: Search, seed: int) -> list[Route]:
    """Offer a first plan from PyVRP and return the routes to begin with, among them one for each customer."""
    problem = search.problem
    if recharges(problem):
        return _with_stations(search, seed)
    pool: dict[Route, None] = {}
    iterations = 1500 + 20 * problem.size
    seconds = max(0.5, _SHARE * search.left) if search.left < float("inf") else None
    for restart in range(_RESTARTS):
        limit = None if seconds is None else seconds / _RESTARTS
        found = _found(problem, iterations, limit, 1000 * seed + restart)
        pool.update(dict.fromkeys(found.pool))
        if found.routes:
            search.offer(found.routes, "local search")
        if search.ended():
            break
    better = recombine(problem, tuple(pool), search.cost)
    if better:
        search.offer(better, "recombination")
    return list(dict.fromkeys([*pool, *single_visits(problem)]))


def _found(problem: RoutingProblem, iterations: int, limit: float | None, seed: int) -> Found:
    if len(problem.vehicles) > 1:
        return fleet_search(
            problem, iterations=iterations, time_limit_s=limit, seed=seed, recombine=recombine
        )
    return local_search(problem, iterations=iterations, time_limit_s=limit, seed=seed)


def recharges(problem: RoutingProblem) -> bool:
    """Whether some vehicle may recharge on the way."""
    return bool(problem.stations) and any(v.battery is not None for v in problem.vehicles)


def _with_stations(search: Search, seed: int) -> list[Route]:
    """Build and improve a plan by insertion; PyVRP knows no stations."""
    problem = search.problem
    plan = first_plan(problem, seed=seed, time_limit_s=max(0.5, _SHARE * search.left)) or []
    search.offer(plan, "insertion")
    alone = [
        best_route(problem, k, (i,)) for k in range(len(problem.vehicles)) for i in range(1, problem.size + 1)
    ]
    return list(dict.fromkeys([*plan, *(route for route in alone if route is not None)]))


def single_visits(problem: RoutingProblem) -> list[Route]:
    """Return every customer alone, with every type that can do it."""
    trips = RoundTrips(problem)
    return [
        Route(k, (i,))
        for k in range(len(problem.vehicles))
        for i in range(1, problem.size + 1)
        if trips.fits(k, (i,))
    ]
