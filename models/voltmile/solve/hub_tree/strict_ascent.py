"""The ascent of a mix over routes that keep their range or shift, where walks that only pay for it end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voltmile.routes.network import Vector
from voltmile.solve.hub_tree.ascent import WALKS, WITHIN, Ascent, Routes, of_routes
from voltmile.solve.hub_tree.master import Master
from voltmile.solve.hub_tree.prices import Multipliers, RouteFloor, multipliers
from voltmile.solve.hub_tree.strict import StrictFloor


class StrictAscent(Ascent):
    """Raises the bound of a mix by routes of :class:`StrictFloor`.

    Labels are quick near dual values at which walks are nearly feasible: that is where ``Ascent`` ends.

    Parameters
    ----------
    routes : Routes
        Feasible ones to begin with.
    """

    def __init__(
        self,
        master: Master,
        duals: Vector,
        routes: Routes,
        floor: RouteFloor,
        strict: StrictFloor,
        rides: Sequence[int],
        counts: Sequence[float],
        cost: float,
    ) -> None:
        self._strict = strict
        super().__init__(master, duals, routes, floor, rides, counts, cost)

    def _evaluate(self, duals: Vector) -> tuple[float, int]:
        """Bound of the mix at dual values, and how many routes came in.

        Where routes found quickly show that the bound is not worth having, it is only estimated, too high.
        """
        found, many = multipliers(self._master, duals, self._rides), len(self._routes.cost)
        sides, least = self._floor.sides(found), self._quick(found, duals)
        value = sides + float(self._counts @ least)
        for t, ride in enumerate(self._rides):
            if value < self._worth_having:
                break
            proven, walks = self._strict.least(found, ride, least[t] + 1e-9 * self._cost)
            value -= float(self._counts[t]) * max(least[t] - proven, 0.0)
            for nodes in walks:
                self._routes.add(t, nodes)
        size = abs(sides) + float(self._counts @ abs(least))
        return value - 16 * 2.0**-52 * size, len(self._routes.cost) - many

    def _quick(self, found: Multipliers, duals: Vector) -> Vector:
        """Cost of the cheapest route known of each type at dual values, after a quick search for more."""
        rows = np.flatnonzero(of_routes(self._master))
        worth = np.asarray(self._master.rows(rows).T @ duals[rows])
        least = self._routes.least_reduced(worth, len(self._rides))
        for t, ride in enumerate(self._rides):
            near = WITHIN * self._cost
            cost, walks = self._strict.routes(found, ride, float(least[t]) + near, WALKS, near)
            least[t] = min(least[t], cost)
            for nodes in walks:
                self._routes.add(t, nodes)
        return least
