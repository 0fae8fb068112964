"""Searches for columns that take less care than a bound does."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from voltmile.routes.pricing import FAIR, ROUGH, Priced, Pricer
from voltmile.solve.routing.columns import take
from voltmile.solve.routing.master import Duals, Master, Point
from voltmile.solve.routing.pool import PoolPricer
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

    The centre is where the Lagrangian bound would be highest if no routes were better than those found. Its
    weight falls where that bound rises on the way to the dual values of the restricted master, and grows
    where it falls (Pessoa, Sadykov, Uchoa and Vanderbeck 2018, doi:10.1287/ijoc.2017.0784).

    Parameters
    ----------
    search, master, pricer, allowed
    known
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
        """Go on from dual values of which it is known what they bound."""
        self._centre, self._value = duals, value

    def finds(self, point: Point) -> bool:
        """Add the routes found with the least care that finds any; say whether there were some."""
        for care in quick_cares(self._pricer, self._master.charges_subsets(point.duals)):
            for weight in (self._weight, 0.0) if self._weight > _NONE else (0.0,):
                duals = self._master.between(self._centre, point.duals, weight)
                prices = self._master.prices(duals, self._allowed)
                priced = self._pricer.price(prices, care=care, most=ROUTES)
                self._consider(duals, point, priced)
                if take(self._search, self._master, point.duals, priced.routes, self._known):
                    return True
                self._search.check_time()
                if duals is point.duals:
                    break
        return False

    def _consider(self, duals: Duals, point: Point, priced: Priced) -> None:
        """Move the centre to dual values that seem to bound more, and adapt its weight."""
        numbers = self._master.numbers(point)
        best = _best_of_types(priced, len(numbers))
        value = self._master.dual_value(duals)
        value += sum(numbers[priced.routes[r].vehicle] * priced.reduced[r] for r in best)
        if self._centre is None or value > self._value:
            self._centre, self._value = duals, value
        if duals is point.duals or not best:
            return
        slope = point.duals.cover - duals.cover
        rise = float(slope.sum())
        for r in best:
            route = priced.routes[r]
            visited = np.array([i for i in route.nodes if i <= len(slope)], dtype=np.int64)
            rise -= numbers[route.vehicle] * float(slope[visited - 1].sum())
        grown = self._weight + _CHANGE * (1 - self._weight)
        self._weight = max(0.0, self._weight - _CHANGE) if rise > 0 else grown


def _best_of_types(priced: Priced, kinds: int) -> list[int]:
    """Positions of the routes of least reduced cost of each type found."""
    best: dict[int, int] = {}
    for r in np.argsort(priced.reduced, kind="stable").tolist():
        best.setdefault(priced.routes[r].vehicle, r)
        if len(best) == kinds:
            break
    return list(best.values())
