"""Nations under carbon caps: without one, with a price that leaves only carbon to save, and in between."""

from __future__ import annotations

import math
from collections.abc import Mapping

from voltmile.problem.changes import with_limits
from voltmile.problem.limits import CarbonLimit, Limit
from voltmile.problem.nation import Nation
from voltmile.solve.solution import Solution
from voltmile.study import accounts
from voltmile.study.study_settings import POINTS, FrontierSettings

Caps = Mapping[int, float]
"""kg CO2 allowed in each year."""

#: How many times what the cheapest plan costs a kg CO2, when the least carbon is sought.
_PRICE_TIMES = 20.0
#: How many times what the cheapest plan emits measures may save, when the least carbon is sought.
_SAVED_TIMES = 2.0


def cap_id(year: int) -> str:
    """Name of the carbon limit of a year."""
    return f"frontier-{year}"


def uncapped(nation: Nation) -> Nation:
    """Return the nation without priced carbon limits: what carbon costs is the result, not an input.

    Hard carbon limits stay, as any plan of the nation has to keep them.
    """
    return with_limits(nation, _others(nation))


def capped(nation: Nation, caps: Caps) -> Nation:
    """Return the nation with hard carbon caps instead of priced carbon limits."""
    own = [CarbonLimit(id=cap_id(y), kind="carbon", year=y, max_co2_kg=kg) for y, kg in caps.items()]
    return with_limits(nation, [*_others(nation), *own])


def least_carbon(nation: Nation, cheapest: Solution) -> Nation:
    """Return the nation with a carbon price so high that a plan saves carbon first."""
    emitted = emissions(cheapest)
    price = _PRICE_TIMES * abs(cheapest.objective) / max(math.fsum(map(abs, emitted.values())), 1.0)
    own = [
        CarbonLimit(
            id=cap_id(y),
            kind="carbon",
            year=y,
            max_co2_kg=0.0 if nation.measures is None else min(0.0, -_SAVED_TIMES * abs(kg)),
            price_cny_per_unit=price,
        )
        for y, kg in emitted.items()
    ]
    return with_limits(nation, [*_others(nation), *own])


def _others(nation: Nation) -> list[Limit]:
    return [
        limit
        for limit in nation.limits
        if not (isinstance(limit, CarbonLimit) and limit.price_cny_per_unit is not None)
    ]


def emissions(solution: Solution) -> dict[int, float]:
    """CO2 of a plan by year (kg)."""
    found = dict.fromkeys(solution.nation.years, 0.0)
    for (_, year, _), kg in accounts.co2_kg(solution.nation, solution.plan, solution.routes).items():
        found[year] += kg
    return found


def needs_least(settings: FrontierSettings) -> bool:
    """Whether the caps lie between two ends, the second of which has to be sought."""
    return settings.caps_share is None and settings.caps_kg_by_year is None


def caps_below(settings: FrontierSettings, most: Caps, least: Caps | None) -> list[Caps]:
    """Return the caps of every point after the uncapped one, falling, in whole kg.

    Parameters
    ----------
    most : mapping of int to float
        What the cheapest plan emits.
    least : mapping of int to float, optional
        What a plan with the least carbon emits, when :func:`needs_least`.
    """
    years = list(most)
    if settings.caps_kg_by_year is not None:
        return [dict(zip(years, row, strict=True)) for row in settings.caps_kg_by_year]
    if settings.caps_share is not None:
        return [{y: float(math.ceil(share * most[y])) for y in years} for share in settings.caps_share]
    if least is None:
        raise ValueError("points between two ends need both")
    steps = (settings.points or POINTS) - 1
    top = {y: max(most[y], least[y]) for y in years}
    return [
        {y: float(math.ceil(top[y] + (least[y] - top[y]) * step / steps)) for y in years}
        for step in range(1, steps + 1)
    ]
