"""Rows of what limits and one more van are worth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from voltmile.problem.limits import JourneyLimit, SupplyLimit
from voltmile.problem.nation import Nation
from voltmile.solve.solution import Solution
from voltmile.study import accounts

Row = tuple[Any, ...]


def price_rows(solution: Solution, limits: Sequence[Row]) -> Iterator[Row]:
    """Yield a row for every priced limit, in the unit its price is for.

    Parameters
    ----------
    limits : sequence of tuple
        Rows of limits.csv: limit, kind, year, unit, used, allowed ...
    """
    given = {limit.id: limit for limit in solution.nation.limits}
    state = {row[0]: row[1:6] for row in limits}
    for price in solution.prices:
        kind, year, unit, used, allowed = state[price.limit]
        if isinstance(given[price.limit], JourneyLimit):
            visits = sum(accounts.visits(solution.nation).values())
            unit, used, allowed = "km", used * visits, allowed * visits
        yield (
            price.limit,
            kind,
            year,
            unit,
            used,
            allowed,
            price.dual_cny_per_unit,
            price.confirmed_cny_per_unit,
            price.tightened_cny_per_unit,
            price.step,
            price.agrees,
        )


def van_rows(solution: Solution) -> Iterator[Row]:
    """Yield a row for every city that gains from one more van, with what decides it: grid and cold."""
    nation = solution.nation
    year = {limit.id: limit.year for limit in nation.limits if isinstance(limit, SupplyLimit)}
    for van in solution.vans:
        y = year[van.limit]
        factors = nation.grid_factor(van.city, y), hardest_temperature_factor(nation, van.city)
        yield van.city, nation.city[van.city].name, van.limit, y, van.gain_cny, *factors


def hardest_temperature_factor(nation: Nation, city: str) -> float:
    """Return the greatest temperature factor of a city's day types: that of its winter, where it has one."""
    return max(nation.temperature_factor(city, day.id) for day in nation.day_types)
