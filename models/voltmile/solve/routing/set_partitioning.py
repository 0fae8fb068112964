"""The set partitioning program: routes of a list that serve every customer once, at least cost."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp

from voltmile.problem.routing import Route, RoutingProblem, Vector
from voltmile.solve.matrix import MatrixModel
from voltmile.solve.routing.rows import pack, visit_counts


def set_partitioning(
    problem: RoutingProblem, routes: Sequence[Route], cost: Vector, *, goal: float = math.inf
) -> MatrixModel:
    """Write the program (Balinski and Quandt 1964, doi:10.1287/opre.12.2.300), whole numbers asked for.

    Rows: a customer each; routes of each type that has a least or most number; of all types where that is
    limited; cost where there is a goal.

    Parameters
    ----------
    routes
        One at least, each visits no customer twice.
    cost : array, shape (routes,)
    goal : float
        The most a plan may cost.
    """
    n, m = problem.size, len(routes)
    packed, costs = pack(problem, routes), np.asarray(cost, dtype=np.float64)
    rows: list[tuple[Vector, float, float]] = []
    for k, vehicle in enumerate(problem.vehicles):
        if vehicle.count is not None or vehicle.least:
            most = math.inf if vehicle.count is None else float(vehicle.count)
            rows.append(((packed.kind == k).astype(np.float64), float(vehicle.least), most))
    if problem.max_routes is not None:
        rows.append((np.ones(m), -math.inf, float(problem.max_routes)))
    if math.isfinite(goal):
        rows.append((costs, -math.inf, goal))
    more = [sp.csc_array(row[None, :]) for row, _, _ in rows]
    return MatrixModel(
        c=costs,
        A=sp.csc_array(sp.vstack([visit_counts(packed, n), *more], format="csc")),
        row_lower=np.r_[np.ones(n), [low for _, low, _ in rows]],
        row_upper=np.r_[np.ones(n), [high for _, _, high in rows]],
        col_lower=np.zeros(m),
        col_upper=np.ones(m),
        integrality=np.ones(m, dtype=np.int32),
    )
