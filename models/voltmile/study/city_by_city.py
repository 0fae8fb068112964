"""Other ways to decide at full scale: every city on its own over its kept routes, spread over a crew."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, overload

from voltmile.problem.limits import Limit
from voltmile.problem.measures import Measures
from voltmile.solve.crew import Crew
from voltmile.solve.decomposition.work import CityColumns
from voltmile.solve.joint import JointEffort
from voltmile.solve.solution import Solution
from voltmile.study import city_case
from voltmile.study.allotted import by_plan, by_population
from voltmile.study.separate import Compared

#: Cities named where many are in the way.
_NAMED = 5


def compared(
    crew: Crew,
    solution: Solution,
    kept: Callable[[str], CityColumns],
    way: str,
    km_per_visit: float,
    effort: JointEffort,
    over: Callable[[], bool],
) -> Compared:
    """Decide every city in a way of :data:`voltmile.study.city_case.WAYS` and add the cities up.

    ``city_alone``: within the population's share of every limit and measure. The other ways: within what the
    plan uses in the city, so that only the order of the decisions differs; what the nation decides itself
    stays. A city that cannot keep its part exceeds it, and what it exceeds costs nothing: that can only make
    the comparison look better.
    """
    nation, shares = solution.nation, way == "city_alone"
    given = (
        {city.id: by_population(nation, city.id) for city in nation.cities} if shares else by_plan(solution)
    )
    spent = _spent(solution)
    tasks = _Tasks(solution, kept, way, given, spent, km_per_visit, effort)
    costs: dict[str, city_case.CityCost] = {}
    for position, found in crew.run(city_case.decide, tasks, over):
        costs[nation.cities[position].id] = found
    if len(costs) < len(nation.cities):
        return Compared(None, "interrupted")
    without = [city.name for city in nation.cities if costs[city.id].cost_cny is None]
    if without:
        return Compared(None, f"{_some(without, len(costs))} without a plan")
    own = math.fsum(one.cost_cny or 0.0 for one in costs.values())
    national = 0.0 if shares else _national(solution)
    exceeding = [city.name for city in nation.cities if costs[city.id].exceeds]
    note = (
        f"{_some(exceeding, len(costs))} beyond their part of the limits, not counted" if exceeding else None
    )
    return Compared(own + national, note)


def _some(names: Sequence[str], of: int) -> str:
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{len(names)} of {of} cities ({', '.join(names[:_NAMED])}{more})"


def _spent(solution: Solution) -> Mapping[str, float]:
    spent: defaultdict[str, float] = defaultdict(float)
    for row in solution.costs:
        if row.city is not None:
            spent[row.city] += row.discounted_cny
    return spent


def _national(solution: Solution) -> float:
    """Return the cost of what the nation decides itself; the cities' penalties are their own."""
    return math.fsum(
        row.discounted_cny for row in solution.costs if row.city is None and row.term != "penalty"
    )


class _Tasks(Sequence[tuple[Any, ...]]):
    """Arguments of each city, made when they are asked for: all together they are large."""

    def __init__(
        self,
        solution: Solution,
        kept: Callable[[str], CityColumns],
        way: str,
        limits: Mapping[str, Sequence[Limit]],
        spent: Mapping[str, float],
        km_per_visit: float,
        effort: JointEffort,
    ) -> None:
        self._nation, self._kept, self._way = solution.nation, kept, way
        self._limits, self._spent, self._rest = limits, spent, (km_per_visit, effort)

    def __len__(self) -> int:
        return len(self._nation.cities)

    @overload
    def __getitem__(self, place: int) -> tuple[Any, ...]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[tuple[Any, ...]]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return [self[i] for i in range(*place.indices(len(self)))]
        city = self._nation.cities[place].id
        known, limits = self._kept(city), self._limits[city]
        return (city, self._way, known, limits, self._measures(city), self._spent.get(city, 0.0), *self._rest)

    def _measures(self, city: str) -> Measures | None:
        given = self._nation.measures
        if given is None:
            return None
        if self._way != "city_alone":
            return Measures(boxes=given.boxes)
        people = sum(one.population for one in self._nation.cities)
        return given.of_share(self._nation.city[city].population / people)
