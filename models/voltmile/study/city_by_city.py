"""Other ways to decide at full scale: every city on its own over its kept routes, spread over a crew."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence

from voltmile.problem.measures import Measures
from voltmile.solve.crew import CityTasks, Crew
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

    def arguments(city: str) -> tuple[object, ...]:
        measures = _measures(solution, city, shares=shares)
        return way, kept(city), given[city], measures, spent.get(city, 0.0), km_per_visit, effort

    tasks = CityTasks([city.id for city in nation.cities], arguments)
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


def _measures(solution: Solution, city: str, *, shares: bool) -> Measures | None:
    """Return a city's share of the measures, or those that a city takes."""
    nation, given = solution.nation, solution.nation.measures
    if given is None:
        return None
    if not shares:
        return Measures(boxes=given.boxes)
    people = sum(one.population for one in nation.cities)
    return given.of_share(nation.city[city].population / people)
