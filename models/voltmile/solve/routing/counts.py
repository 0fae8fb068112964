"""How many routes a plan can have: what a bound has to reckon with while some reduced cost is negative."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np

from voltmile.problem.routing import RoutingProblem, Vector
from voltmile.routes.pricing import grid_of
from voltmile.routes.whole_numbers import vehicles_available


class RouteCounts:
    """Most routes of each type in any plan, and of all together in some optimal one.

    Where one vehicle may follow the route of another for no more than both cost, an optimal plan has no two
    routes that fit into it together (models/ROUTING.md, *Arithmetic*).

    Parameters
    ----------
    problem : RoutingProblem

    Attributes
    ----------
    each : array, shape (K,)
    together : float
    """

    def __init__(self, problem: RoutingProblem) -> None:
        self.each: Vector = np.array(vehicles_available(problem), dtype=np.float64)
        most, merged = problem.most_routes, _most_unmerged(problem)
        self.together = float(min(most, merged))
        self._rounding = grid_of(problem) if merged < most else 0.0

    def least_sum(self, least: Vector) -> float:
        """Lower bound on the sum of the reduced costs of a plan's routes.

        Parameters
        ----------
        least : array, shape (K,)
            Of each type a lower bound on one reduced cost, none above 0.
        """
        order = np.argsort(least, kind="stable")
        below = np.minimum(np.cumsum(self.each[order]), self.together)
        counts = np.diff(below, prepend=0.0)
        low = least[order]
        used = counts > 0
        return float((counts[used] * low[used]).sum()) - self._rounding


def _most_unmerged(problem: RoutingProblem) -> float:
    """Most routes of a plan no two of whose routes fit into one of a type that merges them; else infinity."""
    free = not (problem.has_windows or problem.stations)
    if not free or any(math.isfinite(v.max_duration) or v.battery or v.least for v in problem.vehicles):
        return math.inf
    if not _no_detour_over_depot(problem):
        return math.inf
    demand, most = sum(map(Fraction, problem.demand.tolist())), math.inf
    for v in problem.vehicles:
        enough = v.count is None or v.count >= problem.size or len(problem.vehicles) == 1
        dearer = (
            w.per_distance < v.per_distance or w.per_time < v.per_time or 2 * w.fixed < v.fixed
            for w in problem.vehicles
        )
        if enough and v.capacity > 0 and not any(dearer):
            vehicles = 1 if v.capacity >= demand else math.ceil(demand / Fraction(v.capacity))
            most = min(most, 2 * vehicles - 1)
    return most


def _no_detour_over_depot(problem: RoutingProblem) -> bool:
    """Whether no way between two customers is longer than over the depot, but for dust below the grid."""
    m = problem.size + 1
    dust = grid_of(problem) / (4 * m * max(max(v.per_distance, v.per_time, 1e-9) for v in problem.vehicles))
    return all(
        bool((table[1:m, 1:m] <= table[1:m, :1] + table[:1, 1:m] + dust).all())
        for table in (problem.distance, problem.time)
    )
