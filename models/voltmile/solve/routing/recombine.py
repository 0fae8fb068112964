"""The best plan made of the routes of a pool: set partitioning by HiGHS.

Subramanian, Penna, Uchoa, Ochi 2012, doi:10.1016/j.ejor.2012.03.016: for fleets of several types it finds
what the local search that filled the pool does not.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence

import numpy as np

from voltmile.problem.routing import Route, RoutingProblem
from voltmile.routes.round_trips import RoundTrips
from voltmile.routes.stop import Stop
from voltmile.solve.highs import solve_lp, solve_mip
from voltmile.solve.routing.set_partitioning import set_partitioning

#: Routes of the integer program; those of the least reduced costs are taken.
_MOST = 600


def recombine(
    problem: RoutingProblem,
    pool: Sequence[Route],
    below: float = math.inf,
    time_limit_s: float | None = None,
    *,
    node_limit: int | None = 20,
    seed: int = 0,
    stop: Stop | None = None,
) -> tuple[Route, ...]:
    """Choose routes of a pool, in any type that can drive them, that serve every customer once.

    Parameters
    ----------
    below : float
        Cost of a known plan; only cheaper ones matter.

    Returns
    -------
    tuple of Route
        The cheapest plan within the limits; empty when there is none below.
    """
    routes, cost = _in_all_types(problem, pool)
    if not routes:
        return ()
    began = time.perf_counter()
    relaxed = solve_lp(
        set_partitioning(problem, routes, cost),
        time_limit_s=time_limit_s,
        stop=stop,
        seed=seed,
        answers=False,
    )
    if relaxed.reduced_costs is None or relaxed.objective is None:  # nothing serves all customers
        return ()
    spare = below - relaxed.objective
    if spare <= 1e-9 * max(1.0, abs(relaxed.objective)):
        return ()
    order = np.argsort(relaxed.reduced_costs, kind="stable")[:_MOST]
    kept = np.sort(order[relaxed.reduced_costs[order] <= spare])
    routes, cost = [routes[j] for j in kept], cost[kept]
    outcome = solve_mip(
        set_partitioning(problem, routes, cost),
        node_limit=node_limit,
        time_limit_s=None if time_limit_s is None else max(0.0, time_limit_s - (time.perf_counter() - began)),
        stop=stop,
        seed=seed,
        answers=False,
    )
    if outcome.x is None or outcome.objective is None or outcome.objective >= below:
        return ()
    return tuple(routes[j] for j in np.flatnonzero(outcome.x > 0.5))


def _in_all_types(problem: RoutingProblem, pool: Sequence[Route]) -> tuple[list[Route], np.ndarray]:
    """Routes in every type that can drive them; of the types without limit only the cheapest."""
    trips = RoundTrips(problem)
    best: dict[tuple[int, frozenset[int]], tuple[float, Route]] = {}
    limited = [k for k, v in enumerate(problem.vehicles) if v.count is not None or v.least]
    free = [k for k in range(len(problem.vehicles)) if k not in limited]
    for route in pool:
        fitting = [k for k in (*limited, *free) if k == route.vehicle or trips.fits(k, route.nodes)]
        price = {k: trips.cost(k, route.nodes) for k in fitting}
        cheapest = min((k for k in fitting if k in free), key=price.__getitem__, default=-1)
        for k in fitting:
            key = (-1 if k in free else k, frozenset(route.nodes))
            if (k in limited or k == cheapest) and (key not in best or price[k] < best[key][0]):
                best[key] = (price[k], Route(k, route.nodes))
    return [route for _, route in best.values()], np.array([cost for cost, _ in best.values()])
