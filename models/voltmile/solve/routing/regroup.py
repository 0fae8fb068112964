"""Tours seen by a search, put together anew: a linear program tells which matter, a MIP which are best."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from voltmile.problem.routing import Route
from voltmile.routes.recharging.drafts import Tour
from voltmile.solve.highs import solve_lp
from voltmile.solve.routing.partition import partition
from voltmile.solve.routing.search import Search
from voltmile.solve.routing.set_partitioning import set_partitioning

#: Tours of the MIP, and its nodes.
_MOST, _NODES = 800, 50


@dataclass(frozen=True)
class Regrouped:
    """A plan under the search's goal, empty where none was found, and the tours by reduced cost."""

    plan: list[Tour]
    near: list[Tour]


def regroup(search: Search, pool: Mapping[Tour, float], seconds: float) -> Regrouped:
    """Find the best plan made of a pool of tours with their costs.

    Of the tours of a type on the same customers only the cheapest counts.
    """
    best: dict[tuple[int, frozenset[int]], Tour] = {}
    for tour, cost in pool.items():
        key = tour.vehicle, frozenset(tour.order)
        if key not in best or cost < pool[best[key]]:
            best[key] = tour
    tours = list(best.values())
    costs = np.array([pool[tour] for tour in tours])
    if not tours:
        return Regrouped([], [])
    routes = [Route(tour.vehicle, tour.order) for tour in tours]
    relaxed = solve_lp(set_partitioning(search.problem, routes, costs), answers=False)
    if relaxed.reduced_costs is None or relaxed.objective is None:
        return Regrouped([], [])
    reduced = np.asarray(relaxed.reduced_costs)
    order = np.argsort(reduced, kind="stable")[:_MOST]
    near = [tours[j] for j in order.tolist()]
    spare = search.goal - relaxed.objective
    held = [int(j) for j in order if reduced[j] <= spare]
    if spare <= 0 or not held:
        return Regrouped([], near)
    done = partition(search, [routes[j] for j in held], costs[held], most_seconds=seconds, node_limit=_NODES)
    return Regrouped([Tour(r.vehicle, r.nodes) for r in done.routes], near)
