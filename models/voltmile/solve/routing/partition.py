"""Choose routes of a list that serve every customer once, at least cost: a MIP for HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voltmile.problem.routing import Route, Vector
from voltmile.solve.highs import solve_mip
from voltmile.solve.routing.search import Search
from voltmile.solve.routing.set_partitioning import set_partitioning
from voltmile.solve.status import Status


@dataclass(frozen=True)
class Partitioned:
    """A plan under the goal, if there is one, and whether the search was complete."""

    routes: tuple[Route, ...]
    complete: bool


def partition(
    search: Search,
    routes: Sequence[Route],
    cost: Vector,
    *,
    most_seconds: float,
    node_limit: int | None = None,
) -> Partitioned:
    """Find the best plan made of elementary routes that costs no more than the search's goal.

    ``complete`` means: no plan made of these routes is better than the one returned or, without one, than the
    goal.
    """
    if not routes:
        return Partitioned((), True)
    model = set_partitioning(search.problem, routes, cost, goal=search.goal)
    seconds = max(0.0, min(most_seconds, search.left))
    began = search.seconds

    def late() -> bool:
        return search.seconds - began > seconds or search.stopped()

    outcome = solve_mip(model, node_limit=node_limit, stop=late, answers=False)
    chosen = () if outcome.x is None else tuple(routes[j] for j in np.flatnonzero(outcome.x > 0.5).tolist())
    return Partitioned(chosen, outcome.status in (Status.OPTIMAL, Status.INFEASIBLE))
