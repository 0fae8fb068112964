"""Shadow prices of national limits, confirmed by solving again, and where one more van gains."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from voltmile.problem.limits import SupplyLimit
from voltmile.problem.plan import Plan
from voltmile.solve.decomposition.lacking import short
from voltmile.solve.decomposition.market import Market, Resolved, bound_at, moved
from voltmile.solve.decomposition.search import Found
from voltmile.solve.decomposition.words import side_of
from voltmile.solve.frame import Frame
from voltmile.solve.worth import LimitPrice, VanGain

#: A step moves the nation's cost by this share of it, at the price found.
_MOVED = 1e-4
#: The largest step as a share of how much of a limit there is.
_FREE = 0.01
#: Relative difference of two prices that are called equal, and share of a nation's cost that is noise.
_EQUAL, _NOISE = 1e-3, 1e-9
#: Share of a nation's cost that a dual value may fall short of proving.
_PROVEN = 1e-6
#: Prices asked once more before any limit moves.
_ROUNDS = 20


@dataclass(frozen=True)
class Worth:
    """Prices of the limits in file order; gains of cities, the greatest first, none that is not positive."""

    prices: tuple[LimitPrice, ...]
    vans: tuple[VanGain, ...]


def worth_of(
    market: Market, found: Found, plan: Plan, over: Callable[[], bool] = lambda: False
) -> Worth | None:
    """Price every limit and look for the cities that gain from one more van than the plan gives them.

    Parameters
    ----------
    over : callable
        Asked before each limit whether to give up.

    Returns
    -------
    Worth or None
        None when ``over`` said so.
    """
    whole = market.counts
    base = market.resolved(market.frame, found.seen, whole=whole, rounds=_ROUNDS)
    prices: list[LimitPrice] = []
    for row in range(market.limits):
        if over():
            return None
        prices.append(_price(market, base, row, whole))
    gains = sorted(_gains(market, base, plan), key=lambda one: (-one.gain_cny, one.limit, one.city))
    return Worth(tuple(prices), tuple(gains))


def _price(market: Market, base: Resolved, row: int, whole: bool) -> LimitPrice:
    frame, limit = market.frame, market.nation.limits[row]
    size = _size(frame, base, row)
    dual = abs(float(base.best.prices[row]))
    dual = 0.0 if dual * max(1.0, size) <= _NOISE * abs(base.value) else dual
    step = _step(base.value, dual, size)
    wider = market.resolved(moved(frame, row, step), base.points, whole=whole)
    tighter = market.resolved(moved(frame, row, -step), base.points, whole=whole)
    saved = (base.value - wider.value) / step
    lost = (tighter.value - base.value) / step if not short(frame, tighter.lacking) else None
    near = _EQUAL * dual + _NOISE * abs(base.value) / step
    dual = min(dual, _least_dual(market, base, wider, row))
    low = saved - near - (base.open_cny + wider.open_cny) / step
    high = math.inf if lost is None else lost + near + (base.open_cny + tighter.open_cny) / step
    return LimitPrice(
        limit=limit.id,
        dual_cny_per_unit=dual,
        confirmed_cny_per_unit=_settled(saved, near),
        tightened_cny_per_unit=None if lost is None else _settled(lost, near),
        step=step,
        agrees=low <= dual <= high,
    )


def _size(frame: Frame, base: Resolved, row: int) -> float:
    """How much of a limit there is: what it says or what the cities use, whichever is more.

    A price on every kg of carbon is a limit that says 0.
    """
    used = sum(float(answer.use[row]) for answer in base.best.answers.values())
    return max(abs(side_of(frame, row)), abs(used))


def _least_dual(market: Market, base: Resolved, wider: Resolved, row: int) -> float:
    """Return the dual of a wider limit where it is one of the limit itself: where there are many, the least.

    Beside a limit that cannot be tighter every larger number is a dual value, too.
    """
    proven = bound_at(market.frame, wider.best).bound
    if proven < base.value - base.open_cny - _PROVEN * abs(base.value):
        return math.inf
    return abs(float(wider.best.prices[row]))


def _settled(price: float, near: float) -> float:
    """Return a price, and 0 for what is noise around it."""
    return 0.0 if abs(price) <= near else price


def _step(cost: float, dual: float, size: float) -> float:
    """Return a round step: small for the limit and the nation, large enough to be told from rounding."""
    step = _FREE * (size or 1.0)
    if dual > 0 and cost:
        moving = _MOVED * abs(cost) / dual
        step = min(step, moving) if size else moving
    return float(f"{step:.0e}")


def _gains(market: Market, base: Resolved, plan: Plan) -> Iterator[VanGain]:
    """Yield what a city's cost at the prices falls by when it may buy one vehicle more than the plan's."""
    for row, limit in enumerate(market.nation.limits):
        if not isinstance(limit, SupplyLimit):
            continue
        for city, oracle in market.cities.items():
            bought = sum(
                buy.count
                for buy in plan.buy
                if (buy.city, buy.year) == (city, limit.year) and buy.vehicle_type in limit.vehicle_types
            )
            now, then = (oracle.cost_within(base.best.prices, row, bought + more) for more in (0, 1))
            if now is None or then is None:
                continue
            if now - then > max(0.01, _NOISE * abs(now)):
                yield VanGain(city, limit.id, now - then)
