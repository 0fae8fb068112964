"""What stands in the way of any plan, in words: what is missing, where, how much, and the cheapest repair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from voltmile.solve.decomposition.market import Market, Resolved
from voltmile.solve.decomposition.national import elastic_prices
from voltmile.solve.decomposition.search import Found, Point
from voltmile.solve.decomposition.words import change, is_minimum, missing, quantity, side_of
from voltmile.solve.frame import Frame, Vector
from voltmile.solve.infeasible import InfeasibleError

#: Share of what a hard limit says by which a mixture may miss it and still count as keeping it.
_LACKING = 1e-6
#: How much dearer it is to violate another limit than the one that is to repair the plan alone.
_FORBIDDEN = 1e3
#: Prices asked for a repair.
_ROUNDS = 40
#: Cities named for a limit.
_NAMED = 3


def short(frame: Frame, lacking: Vector) -> list[int]:
    """Return rows of hard limits that even mixtures of plans violate."""
    sides = np.where(np.isposinf(frame.row_upper), frame.row_lower, frame.row_upper)
    over = lacking > _LACKING * np.maximum(1.0, np.abs(sides))
    return [int(row) for row in np.flatnonzero(over)]


def refuse(market: Market, found: Found, *, whole: bool = False) -> None:
    """Say why there is no plan, where a search ended with a city's work undone or a limit violated.

    Parameters
    ----------
    whole : bool
        Whether cities counted as green in whole; such a search says no only where it came to its end.

    Raises
    ------
    InfeasibleError
        With a paragraph for each city or limit in the way.
    """
    seen = [answers for point in found.seen for answers in point.answers.items()]
    idle = sorted({city for city, answer in seen if answer.unserved > _LACKING})
    unable = [market.city_words(city) for city in idle if not market.cities[city].is_able()]
    if unable:
        raise InfeasibleError("\n".join(unable))
    lacking, ended = found.lacking, _ended(found.value, found.best.bound)
    if idle:  # work undone may have been cheaper than a limit violated
        usual = _elastic(market, found)
        served = market.resolved(market.frame, found.seen, whole=whole, elastic=usual, rounds=_ROUNDS)
        lacking, ended = served.lacking, _ended(served.value, served.best.bound)
    rows = short(market.frame, lacking)
    if rows and (ended or not (whole or idle)):
        raise InfeasibleError("\n".join(_paragraphs(market, found, lacking, rows, whole)))


def _ended(value: float, bound: float) -> bool:
    return value - bound <= _LACKING * abs(value)


def _elastic(market: Market, found: Found) -> Vector:
    """Return the usual costs of violating hard limits."""
    cost = sum(abs(answer.cost) for answer in found.seen[0].answers.values())
    return elastic_prices(market.frame, market.limits, cost)


def _paragraphs(
    market: Market, found: Found, lacking: Vector, rows: Sequence[int], whole: bool
) -> Iterator[str]:
    nation, frame = market.nation, market.frame
    yield "No plan keeps all limits, not even one with parts of vehicles."
    for row in rows:
        yield f"{missing(nation, frame, row, float(lacking[row]))}. {_where(market, found.best, row)}"
    repair = [change(nation, frame, row, float(lacking[row])) for row in rows]
    alone = list(_alone(market, found, whole))
    single = len(rows) == 1
    if not single or len(alone) != 1:
        yield f"Cheapest repair, each limit's cost on the scale of the limit: {' and '.join(repair)}."
    if alone:
        yield f"One limit alone would be enough: {'; or '.join(alone)}."
    else:
        yield "No limit alone is enough."
    yield "A limit with a price_cny_per_unit may be exceeded at that price."


def _alone(market: Market, found: Found, whole: bool) -> Iterator[str]:
    """Yield, for every hard limit that repairs the plan alone, by how much it has to give."""
    frame = market.frame
    usual = _elastic(market, found)
    for row in np.flatnonzero(usual > 0).tolist():
        elastic = np.where(np.arange(len(usual)) == row, usual, _FORBIDDEN * usual)
        again: Resolved = market.resolved(frame, found.seen, whole=whole, elastic=elastic, rounds=_ROUNDS)
        if short(frame, again.lacking) == [row]:
            yield change(market.nation, frame, row, float(again.lacking[row]))


def _where(market: Market, point: Point, row: int) -> str:
    """Say which cities use a limit, and what they cannot do without."""
    minimum, limit = is_minimum(market.frame, row), market.nation.limits[row]
    extremes = {city: one.extreme_use(row, -1.0 if minimum else 1.0) for city, one in market.cities.items()}
    if not any(one.has_part(row) for one in market.cities.values()):
        return "No city has a part in it."
    total = sum(extremes.values())
    used = {city: float(point.answers[city].use[row]) for city in extremes}
    side = side_of(market.frame, row)
    beyond = total < side if minimum else total > side
    told = extremes if beyond else used
    ranked = sorted((city for city in told if told[city]), key=lambda city: (-told[city], city))[:_NAMED]
    named = ", ".join(_use(market, city, used[city], extremes[city], row) for city in ranked)
    reach = f"All cities together need at least {quantity(limit, total)}"
    if minimum:
        reach = f"All cities together reach at most {quantity(limit, total)}"
    rest = "" if beyond else ": other limits stand in the way"
    return f"{reach}{rest}{f'; most of it {named}' if named else ''}."


def _use(market: Market, city: str, used: float, extreme: float, row: int) -> str:
    limit, most = market.nation.limits[row], is_minimum(market.frame, row)
    name = market.nation.city[city].name
    edge = f"at {'most' if most else 'least'} {quantity(limit, extreme)}"
    return (
        f"in {name} ({edge})"
        if abs(used - extreme) < 1e-6
        else f"in {name} ({quantity(limit, used)}, {edge})"
    )
