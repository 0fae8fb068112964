"""Choose routes of a list that serve every customer once, at least cost: a MIP for HiGHS."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from voltmile.problem.routing import Route, Vector
from voltmile.solve.highs import solve_mip
from voltmile.solve.matrix import MatrixModel
from voltmile.solve.routing.rows import pack
from voltmile.solve.routing.search import Search
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
    problem = search.problem
    packed = pack(problem, routes)
    n, m = problem.size, len(routes)
    if not m:
        return Partitioned((), True)
    visits = sp.csc_array((np.ones(len(packed.node)), packed.node - 1, packed.first), shape=(n, m), copy=True)
    rows, low, high = [visits], [np.ones(n)], [np.ones(n)]
    for k, vehicle in enumerate(problem.vehicles):
        if vehicle.count is not None or vehicle.least:
            rows.append(sp.csc_array((packed.kind == k)[None, :].astype(float)))
            low.append(np.array([float(vehicle.least)]))
            high.append(np.array([float("inf" if vehicle.count is None else vehicle.count)]))
    if problem.max_routes is not None:
        rows.append(sp.csc_array(np.ones((1, m))))
        low.append(np.array([-np.inf]))
        high.append(np.array([float(problem.max_routes)]))
    if np.isfinite(search.goal):
        rows.append(sp.csc_array(np.asarray(cost)[None, :]))
        low.append(np.array([-np.inf]))
        high.append(np.array([search.goal]))
    model = MatrixModel(
        c=np.asarray(cost, dtype=np.float64),
        A=sp.csc_array(sp.vstack(rows, format="csc")),
        row_lower=np.concatenate(low),
        row_upper=np.concatenate(high),
        col_lower=np.zeros(m),
        col_upper=np.ones(m),
        integrality=np.ones(m, dtype=np.int32),
    )
    seconds = max(0.0, min(most_seconds, search.left))
    began = search.seconds

    def late() -> bool:
        return search.seconds - began > seconds or search.stopped()

    outcome = solve_mip(model, node_limit=node_limit, stop=late, answers=False)
    chosen = () if outcome.x is None else tuple(routes[j] for j in np.flatnonzero(outcome.x > 0.5).tolist())
    return Partitioned(chosen, outcome.status in (Status.OPTIMAL, Status.INFEASIBLE))
