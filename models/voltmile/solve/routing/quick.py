"""Searches for columns that take less care than a bound does."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Route
from voltmile.routes.pricing import FAIR, ROUGH, Priced, Pricer
from voltmile.solve.routing.columns import reduced_costs, take
from voltmile.solve.routing.master import Duals, Master, Point
from voltmile.solve.routing.pool import PoolPricer
from voltmile.solve.routing.rows import pack
from voltmile.solve.routing.search import Search

#: Routes asked for at a time.
ROUTES = 120
#: Weight of the centre to begin with, how it changes, and below what it is none.
_WEIGHT, _CHANGE, _NONE = 0.5, 0.1, 0.05


def quick_cares(pricer: Pricer, subsets: bool) -> tuple[int, ...]:
    """Cares that take less time than ``EXACT``, where routes pay for subset rows or where they do not.

    ``FAIR`` leaves out nothing else than those rows; and a look at a list is quick enough.
    """
    if isinstance(pricer, PoolPricer):
        return ()
    return (ROUGH, FAIR) if subsets else (ROUGH,)


class QuickSearch:
    """Prices between the dual values of the restricted master and a centre, which follows the search.

    The centre is where the Lagrangian bound seems to be highest: with as many routes as the restricted master
    uses, all at the least reduced cost found. Its weight falls where that bound rises on the way from the
    centre to the dual values of the restricted master, and grows where it falls (Pessoa, Sadykov, Uchoa and
    Vanderbeck 2018, doi:10.1287/ijoc.2017.0784).

    Parameters
    ----------
    search : Search
    master : Master
    pricer : Pricer
    allowed : array of bool, shape (K, n + 1, n + 1)
    known : set of tuple of int
        Keys of the columns there are.
    """

    def __init__(
        self,
        search: Search,
        master: Master,
        pricer: Pricer,
        allowed: NDArray[np.bool_],
        known: set[tuple[int, ...]],
    ) -> None:
        self._search, self._master, self._pricer = search, master, pricer
        self._allowed, self._known = allowed, known
        self._centre: Duals | None = None
        self._value, self._weight = -math.inf, _WEIGHT

    def centre_on(self, duals: Duals, value: float) -> None:
        """Go on from dual values, and from what they seem to bound after an exact search."""
        self._centre, self._value = duals, value

    def finds(self, point: Point) -> bool:
        """Add the routes found with the least care that finds any; say whether there were some."""
        if self._value > point.value:
            self._value = -math.inf  # no bound is higher: what was not found then made it seem so
        for care in quick_cares(self._pricer, self._master.charges_subsets(point.duals)):
            for weight in (self._weight, 0.0) if self._weight > _NONE else (0.0,):
                duals = self._master.between(self._centre, point.duals, weight)
                prices = self._master.prices(duals, self._allowed)
                priced = self._pricer.price(prices, care=care, most=ROUTES)
                if priced.routes and not self._search.halt[0]:
                    self._consider(duals, point, priced)
                if take(self._search, self._master, point.duals, priced.routes, self._known):
                    return True
                self._search.check_time()
                if duals is point.duals:
                    break
        return False

    def _consider(self, duals: Duals, point: Point, priced: Priced) -> None:
        """Adapt the weight of the centre, and move it to dual values that seem to bound more."""
        best, routes = int(np.argmin(priced.reduced)), float(point.x.sum())
        if self._centre is not None and self._centre is not point.duals:
            rise = slope(self._master, self._centre, point.duals, priced.routes[best], routes)
            grown = self._weight + _CHANGE * (1 - self._weight)
            self._weight = max(0.0, self._weight - _CHANGE) if rise > 0 else grown
        value = self._master.dual_value(duals) + routes * priced.reduced[best]
        if self._centre is None or value > self._value:
            self._centre, self._value = duals, value


def slope(master: Master, one: Duals, other: Duals, route: Route, routes: float) -> float:
    """Rise of the Lagrangian bound from dual values to others, where so many like the route are best."""
    packed, free = pack(master.problem, [route]), np.zeros(1)  # what the route costs does not change
    before, after = (
        master.dual_value(duals) + routes * float(reduced_costs(master, duals, packed, free)[0])
        for duals in (one, other)
    )
    return after - before
