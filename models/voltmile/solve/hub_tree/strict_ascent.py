"""The ascent of a mix over routes that keep their range or shift, where walks that only pay for it end."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voltmile.routes.network import Vector
from voltmile.solve.hub_tree.ascent import Ascent, Routes, of_routes
from voltmile.solve.hub_tree.master import Master
from voltmile.solve.hub_tree.prices import NONE, Multipliers, RouteFloor, multipliers
from voltmile.solve.hub_tree.ruin import Nodes
from voltmile.solve.hub_tree.strict import Look, StrictFloor

#: Routes of a type that come in at once; how much dearer than the cheapest, as a share of a plan's cost.
_ROUTES, _WITHIN = 60, 6e-3
#: What the box shrinks by when a search is cut off; after so many on end walks tell the way.
_CUT_OFF, _PATIENCE = 0.5, 4


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
        self._strict, self._width = strict, 0.0
        self._cut_off = np.zeros(len(rides), dtype=np.int64)
        super().__init__(master, duals, routes, floor, rides, counts, cost)

    def _evaluate(self, duals: Vector) -> tuple[float, int]:
        """Bound of the mix at dual values, and how many routes came in.

        Where routes found quickly show that the bound is not worth having, it is only estimated, too high.
        """
        found, many = multipliers(self._master, duals, self._rides), len(self._routes.cost)
        looks = [self._strict.look(found, ride) for ride in self._rides]
        sides, least = self._floor.sides(found), self._quick(looks, duals)
        value = sides + float(self._counts @ least)
        for t, look in enumerate(looks):
            if value < self._worth_having:
                break
            proven = self._prove(t, look, least[t], found)
            value -= float(self._counts[t]) * max(least[t] - proven, 0.0)
        size = abs(sides) + float(self._counts @ abs(least))
        return value - 16 * 2.0**-52 * size, len(self._routes.cost) - many

    def _quick(self, looks: Sequence[Look], duals: Vector) -> Vector:
        """Cost of the cheapest route known of each type at dual values, after a quick search for more."""
        rows = np.flatnonzero(of_routes(self._master))
        worth = np.asarray(self._master.rows(rows).T @ duals[rows])
        least, near = self._routes.least_reduced(worth, len(looks)), _WITHIN * self._cost
        for t, look in enumerate(looks):
            cost, routes = look.routes(float(least[t]) + near, _ROUTES, near)
            least[t] = min(least[t], cost, NONE)  # a type may have no route at all
            self._take(t, routes)
        return least

    def _prove(self, t: int, look: Look, least: float, found: Multipliers) -> float:
        """Prove what the routes of a type cost; where that is cut off, stay nearer, in the end by walks."""
        below = least + 1e-9 * self._cost
        proven, routes = look.least(below)
        self._take(t, routes)
        if proven >= below - 1e-8 * self._cost or routes:
            self._cut_off[t] = 0
            return proven
        self._cut_off[t] += 1
        self._width *= _CUT_OFF
        if self._cut_off[t] % _PATIENCE == 0:
            self._take(t, self._floor.routes(found, self._rides[t], _ROUTES, _WITHIN * self._cost)[1])
        return proven

    def _take(self, t: int, routes: Sequence[Nodes]) -> None:
        for nodes in routes:
            self._routes.add(t, nodes)
