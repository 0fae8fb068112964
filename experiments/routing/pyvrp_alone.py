"""PyVRP by itself on a routing problem: its own defaults, the same costs as the problem's."""

from __future__ import annotations

import numpy as np
from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve
from pyvrp.stop import MaxRuntime

from voltmile.problem.routing import Route, RoutingProblem

_HUNDREDTHS = 100


def solve_alone(problem: RoutingProblem, seconds: float, seed: int) -> tuple[Route, ...]:
    """Return PyVRP's plan after so many seconds; nothing when it found none."""
    result = solve(data_of(problem), MaxRuntime(seconds), seed=seed, collect_stats=False, display=False)
    if not result.is_feasible():
        return ()
    return tuple(
        Route(route.vehicle_type(), tuple(a.idx + 1 for a in route if a.is_client()))
        for route in result.best.routes()
    )


def data_of(problem: RoutingProblem) -> ProblemData:
    """Return a problem in PyVRP's whole numbers: costs as they are where they are whole, else in hundredths.

    PyVRP's own files of the set do the same, and give a type without a count as many vehicles as customers.

    Raises
    ------
    ValueError
        For time windows, limits on the duration, batteries and demands that are not whole.
    """
    types = problem.vehicles
    if problem.has_windows or any(np.isfinite(v.max_duration) or v.battery for v in types):
        raise ValueError(f"{problem.name}: only loads and costs of distance and vehicles")
    if any(v.per_time or v.least for v in types) or problem.max_routes is not None:
        raise ValueError(f"{problem.name}: only loads and costs of distance and vehicles")
    loads = np.r_[problem.demand, [v.capacity for v in types]]
    if not np.array_equal(loads, np.round(loads)):
        raise ValueError(f"{problem.name}: demands are not whole")
    rates = list(dict.fromkeys(v.per_distance for v in types))
    costs = [rate * problem.distance for rate in rates]
    whole = all(np.array_equal(c, np.round(c)) for c in [*costs, np.array([v.fixed for v in types])])
    scale = 1 if whole else _HUNDREDTHS
    n = problem.size
    return ProblemData(
        locations=[Location(x, y) for x, y in _points(problem)],
        clients=[Client(location=i, delivery=[int(problem.demand[i])]) for i in range(1, n + 1)],
        depots=[Depot(0)],
        vehicle_types=[
            VehicleType(
                num_available=n if v.count is None else v.count,
                capacity=[int(v.capacity)],
                fixed_cost=round(v.fixed * scale),
                profile=rates.index(v.per_distance),
            )
            for v in types
        ],
        distance_matrices=[np.round(c * scale).astype(np.int64) for c in costs],
        duration_matrices=[np.zeros((n + 1, n + 1), dtype=np.int64)] * len(costs),
    )


def _points(problem: RoutingProblem) -> list[tuple[int, int]]:
    """Only for pictures: costs come from the matrices."""
    if problem.coordinates is None:
        return [(0, 0)] * (problem.size + 1)
    return [(round(x), round(y)) for x, y in problem.coordinates.tolist()]
