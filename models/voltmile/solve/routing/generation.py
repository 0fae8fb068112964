"""Column generation at one node of the tree: routes are added until none has a negative reduced cost."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Route
from voltmile.routes.pricing import EXACT, FAIR, ROUGH, Pricer, Prices
from voltmile.solve.routing.master import Duals, Master, Point
from voltmile.solve.routing.rows import Packed, coefficients, pack
from voltmile.solve.routing.search import Search

_ROUTES = 120
#: Weight of the dual values of the best bound where routes are priced, and after a search that brought no
#: column: 0 prices at those of the restricted master.
_WEIGHTS = (0.3, 0.0)
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
) -> Converged:
    """Generate columns until the bound meets the restricted master or exceeds the goal.

    Once there is a bound, routes are priced between its dual values and those of the restricted master
    (Wentges 1997, doi:10.1016/S0969-6016(97)00001-4): both get nearer to the optimum sooner.

    Parameters
    ----------
    loose : float
        Stop when what the restricted master may still fall by, at about as many routes as it uses now, is
        this share of its distance from the goal. The bound is a proven one all the same.
    reached : callable, optional
        Told of every better bound on the way: those are kept when time is up.

    Raises
    ------
    OutOfTimeError
        It is time to stop.
    """
    known = {_key(r) for r in master.routes}
    most = search.most_routes()
    best, center, misses = None, None, 0
    while True:
        search.check_time()
        point = master.solve()
        duals = master.between(center, point.duals, _WEIGHTS[misses])
        prices = master.prices(duals, allowed)
        if any(
            take(search, master, point.duals, pricer.price(prices, care=care, most=_ROUTES).routes, known)
            for care in ((ROUGH, FAIR) if prices.rows else (ROUGH,))
        ):
            continue
        search.check_time()
        priced = pricer.price(prices, care=EXACT, most=_ROUTES)
        if search.halt[0] and not np.isfinite(priced.least).all():
            take(search, master, point.duals, priced.routes, known)
            continue  # it is time for something else, and nothing was proven
        value = master.dual_value(duals)
        bound = value + float((most * priced.least).sum())
        if best is None or bound > best.bound:
            best = Converged(bound, point, prices)
            center = duals if math.isfinite(bound) else None
            if reached is not None:
                reached(best)
        best = Converged(best.bound, point, best.prices)
        tolerance = _CLOSE * max(1.0, abs(point.value))
        fall = point.value - value - float(point.x.sum() * priced.least.min(initial=0.0))
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


def take(
    search: Search, master: Master, duals: Duals, routes: Sequence[Route], known: set[tuple[int, ...]]
) -> bool:
    """Add the new routes that have a negative reduced cost at the duals of the restricted master."""
    new = []
    for route in routes:
        key = _key(route)
        if key not in known:
            known.add(key)
            new.append(route)
    if not new:
        return False
    cost = np.array([search.cost_of(r) for r in new])
    reduced = reduced_costs(master, duals, pack(master.problem, new), cost)
    chosen = np.flatnonzero(reduced < -1e-9 * max(1.0, abs(float(cost.max()))))
    for j in np.flatnonzero(reduced >= -1e-9 * max(1.0, abs(float(cost.max())))):
        known.discard(_key(new[j]))
    if not len(chosen):
        return False
    master.add([new[j] for j in chosen], cost[chosen])
    search.columns += len(chosen)
    return True


def reduced_costs(
    master: Master, duals: Duals, packed: Packed, cost: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Reduced costs of routes at dual values."""
    prizes = np.bincount(
        np.repeat(np.arange(len(packed)), np.diff(packed.first)),
        duals.cover[packed.node - 1],
        len(packed),
    )
    held = np.flatnonzero(duals.rows)
    table = coefficients([master.rows[r] for r in held], packed, master.problem.size)
    return np.asarray(cost - prizes - duals.rows[held] @ table)


def _key(route: Route) -> tuple[int, ...]:
    return (route.vehicle, *route.nodes)
