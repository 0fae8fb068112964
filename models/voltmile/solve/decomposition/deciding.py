"""The national plan: plans of the cities at several prices, one of each chosen, and these improved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from voltmile.solve.decomposition import plans as city_plans
from voltmile.solve.decomposition.choice import Choosing, NationalPlan
from voltmile.solve.decomposition.effort import CityEffort
from voltmile.solve.decomposition.national import elastic_prices, shared_rows
from voltmile.solve.decomposition.plans import CityPlan
from voltmile.solve.decomposition.search import Found
from voltmile.solve.decomposition.words import all_missing
from voltmile.solve.decomposition.work import CityColumns, all_columns
from voltmile.solve.frame import Frame, Vector
from voltmile.solve.run import NoPlanError, Run
from voltmile.solve.status import SolverError

#: Times over all cities that they are planned again at most.
_PASSES = 3
#: Prices of hard limits at which cities plan too, as multiples of the best ones.
_DEARER = (0.7, 1.5, 4.0)


def prices_for_plans(frame: Frame, limits: int, found: Found, kept: int) -> list[Vector]:
    """Return the best prices, others of the search, dearer ones, and such as pay a city to be green.

    Linear prices leave a city free between plans of the same priced cost; limits are filled with whole plans
    at prices around the best ones.
    """
    ranked = sorted(found.seen, key=lambda point: -point.bound)
    prices = [point.prices for point in ranked[:kept]]
    best = prices[0]
    hard = elastic_prices(frame, limits, found.value) > 0
    prices += [np.where(hard, best * factor, best) for factor in _DEARER]
    green = np.array([name == "green_count" for name, _ in frame.keys], dtype=bool)
    if green.any():
        paid = abs(found.value) / len(found.best.answers)
        prices += [np.where(green, paid, p) for p in (best, prices[-1])]
    return prices


def decide(
    run: Run,
    frame: Frame,
    offered: Mapping[str, Sequence[CityPlan]],
    scale: float,
    columns_of: Callable[[str], CityColumns],
    effort: CityEffort,
    tell: Callable[[NationalPlan], None],
) -> NationalPlan:
    """Choose one plan a city, then plan cities again in what the others leave.

    Parameters
    ----------
    scale
        Cost of the nation, about.
    tell
        Hears of every plan that keeps the hard limits.

    Raises
    ------
    NoPlanError
        When none was found that keeps them, with what it lacks.
    """
    choosing = Choosing(frame, len(shared_rows(run.nation)), scale)
    decided = choosing.choose(offered, run.patience())
    if decided is None:
        raise SolverError("the choice of one plan a city ended without one")
    cost = {city: plan.cost for city, plan in decided.cities.items()}
    order = sorted(offered, key=lambda city: (-cost[city], city))

    def refit(now: CityPlan, least: Vector, most: Vector) -> CityPlan | None:
        return city_plans.refit(run.nation, now, least, most, choosing.elastic, effort)

    def rejoin(now: CityPlan, least: Vector, most: Vector) -> CityPlan | None:
        every = all_columns(columns_of(now.city))
        return city_plans.refit(run.nation, now, least, most, choosing.elastic, effort, every)

    for again, count in ((None, 0), (refit, effort.refits), (rejoin, effort.rejoins)):
        if again is not None:
            decided = choosing.improve(decided, _around(order, count), again, lambda: run.over)
        if decided.feasible:
            tell(decided)
    if not decided.feasible:
        raise NoPlanError(
            "no plan in whole vehicles was found that keeps all limits, though none is excluded: "
            f"{all_missing(run.nation, frame, decided.lacking)}. Give these limits a "
            "price_cny_per_unit, or more effort"
        )
    return decided


def _around(order: Sequence[str], count: int) -> list[str]:
    """Return so many, from the beginning again where they are fewer."""
    return [order[j % len(order)] for j in range(min(count, _PASSES * len(order)))]
