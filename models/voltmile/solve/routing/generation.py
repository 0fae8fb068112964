"""Column generation at one node of the tree: routes are added until none has a negative reduced cost."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voltmile.routes.pricing import EXACT, Pricer, Prices
from voltmile.solve.routing.columns import key_of, take
from voltmile.solve.routing.master import Duals, Master, Point
from voltmile.solve.routing.quick import ROUTES, QuickSearch
from voltmile.solve.routing.search import Search

#: Weight of the dual values of the best bound where routes are priced, and after a search that brought no
#: column: 0 prices at those of the restricted master.
_WEIGHTS = (0.3, 0.0)
#: Columns that are left where there are twice as many: so many a row, at least so many, and at least what two
#: searches bring.
_COLUMNS, _LEAST = 4, 1_000
#: Relative distance of the restricted master from its bound at which it counts as solved.
_CLOSE = 1e-7


@dataclass(frozen=True, eq=False)
class Converged:
    """The end of column generation.

    Attributes
    ----------
    bound : float
        Valid for the node: duals times right-hand sides, with every route's reduced cost at least 0.
    point : Point
        Of the last restricted master.
    prices : Prices
        Those that gave the bound.
    """

    bound: float
    point: Point
    prices: Prices


def converge(
    search: Search,
    master: Master,
    pricer: Pricer,
    allowed: NDArray[np.bool_],
    loose: float = 0.0,
    reached: Callable[[Converged], object] | None = None,
    start: Duals | None = None,
) -> Converged:
    """Generate columns until the bound meets the restricted master or exceeds the goal.

    Routes are priced between the dual values of the restricted master and those that bound most (Wentges
    1997, doi:10.1016/S0969-6016(97)00001-4), or seem to, by what less careful searches found: both get nearer
    to the optimum sooner. Columns of large reduced cost are dropped when there are many.

    Parameters
    ----------
    loose : float
        Stop when what the restricted master may still fall by, at about as many routes as it uses now, is
        this share of its distance from the goal. The bound is a proven one all the same.
    reached : callable, optional
        Told of every better bound on the way: those are kept when time is up.
    start : Duals, optional
        Dual values to look near at first.

    Raises
    ------
    OutOfTimeError
        It is time to stop.
    """
    known = {key_of(r) for r in master.routes}
    quick = QuickSearch(search, master, pricer, allowed, known)
    best, proven, misses = None, start and master.on_grid(start), 0
    if proven is not None:
        quick.centre_on(proven, min(search.bound, master.dual_value(proven)))
    kinds, rows = len(master.problem.vehicles), master.problem.size + len(master.rows)
    most, trimmed = max(_LEAST, _COLUMNS * rows, 2 * ROUTES * kinds), math.inf
    while True:
        search.check_time()
        point = master.solve()
        if len(master.routes) > 2 * most and point.serves_all and point.value < trimmed:
            trimmed = point.value - _CLOSE * max(1.0, abs(point.value))
            point, dropped = master.trim(point, most)
            known -= {key_of(route) for route in dropped}
        if not misses and quick.finds(point):
            continue
        search.check_time()
        duals = master.between(proven, point.duals, _WEIGHTS[misses])
        prices = master.prices(duals, allowed)
        priced = pricer.price(prices, care=EXACT, most=ROUTES)
        if search.halt[0] and not np.isfinite(priced.least).all():
            if take(search, master, point.duals, priced.routes, known):
                misses = 0
            continue  # it is time for something else, and nothing was proven
        value = master.dual_value(duals)
        bound = value + search.counts.least_sum(priced.least)
        if best is None or bound > best.bound:
            best = Converged(bound, point, prices)
            proven = duals if math.isfinite(bound) else None
            if reached is not None:
                reached(best)
        best = Converged(best.bound, point, best.prices)
        tolerance = _CLOSE * max(1.0, abs(point.value))
        near = value + float(point.x.sum() * priced.least.min(initial=0.0))
        fall = point.value - near
        if proven is duals:
            quick.centre_on(duals, near)
        if (
            best.bound >= search.goal
            or point.value - best.bound <= tolerance
            or (loose > 0 and fall <= loose * (search.goal - point.value))
        ):
            return best
        if take(search, master, point.duals, priced.routes, known):
            misses = 0
        elif duals is not point.duals:
            misses += 1
        else:
            if not math.isfinite(best.bound):
                search.note("pricing gave up")
            return best
