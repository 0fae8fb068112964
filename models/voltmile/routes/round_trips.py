"""What a route without stations costs, and whether a vehicle type can drive it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Matrix, Route, RoutingProblem

_ROOM = 1e-9


class RoundTrips:
    """Costs and feasibility of the routes of a problem; stations are left out.

    Attributes
    ----------
    cost_of_arc : list of array, shape (nodes, nodes)
        By vehicle type.
    """

    def __init__(self, problem: RoutingProblem) -> None:
        self.problem = problem
        self.cost_of_arc: list[Matrix] = [
            v.per_distance * problem.distance + v.per_time * problem.time for v in problem.vehicles
        ]

    def cost(self, vehicle: int, nodes: Sequence[int]) -> float:
        """Cost of customers in driving order."""
        before, after = _arcs(nodes)
        driven = float(self.cost_of_arc[vehicle][before, after].sum())
        return self.problem.vehicles[vehicle].fixed + driven

    def total(self, routes: Sequence[Route]) -> float:
        """Cost of a plan."""
        return float(sum(self.cost(route.vehicle, route.nodes) for route in routes))

    def fits(self, vehicle: int, nodes: Sequence[int]) -> bool:
        """Whether load, battery, windows and duration allow a vehicle type to serve customers in an order."""
        problem, kind = self.problem, self.problem.vehicles[vehicle]
        if _above(float(problem.demand[list(nodes)].sum()), kind.capacity):
            return False
        if kind.battery is not None:
            before, after = _arcs(nodes)
            used = kind.battery.per_distance * float(problem.distance[before, after].sum())
            if _above(used, kind.battery.capacity):
                return False
        if not problem.has_windows and np.isinf(kind.max_duration):
            return True
        shortest = self._shortest(nodes)
        return bool(np.isfinite(shortest)) and not _above(shortest, kind.max_duration)

    def _shortest(self, nodes: Sequence[int]) -> float:
        """Shortest duration that keeps the windows; infinity when none does.

        Leaving later saves waiting (Savelsbergh 1992, doi:10.1287/ijoc.4.2.146).
        """
        problem = self.problem
        begin = now = float(problem.earliest[0])
        waited, can_wait, before = 0.0, np.inf, 0
        for node in (*nodes, 0):
            arrival = now + float(problem.time[before, node])
            start = max(arrival, float(problem.earliest[node])) if node else arrival
            if _above(start, float(problem.latest[node])):
                return np.inf
            waited += start - arrival
            can_wait = min(can_wait, waited + max(0.0, float(problem.latest[node]) - start))
            now, before = start + float(problem.service[node]), node
        return now - begin - min(waited, can_wait)


def _arcs(nodes: Sequence[int]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    path = np.array([0, *nodes, 0])
    return path[:-1], path[1:]


def _above(found: float, most: float) -> bool:
    return found > most + _ROOM * max(1.0, abs(most) if np.isfinite(most) else 0.0)
