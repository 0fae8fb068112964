"""Points of the frontier: of everything known, the cheapest plan and the highest bound under each cap."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from voltmile.problem.nation import Nation
from voltmile.solve.solution import Solution
from voltmile.solve.status import Status
from voltmile.study import accounts
from voltmile.study.cases import Answer
from voltmile.study.frontier.caps import Caps, emissions
from voltmile.study.frontier.carry import bound_at, keeps, plan_for
from voltmile.study.summary import status_word

#: Caps between two points at which the bound is drawn.
_BETWEEN = 16


@dataclass(frozen=True)
class Solved:
    """A solved nation of the frontier: a point, or the search for the least carbon.

    Attributes
    ----------
    caps : mapping or None
        kg by year; None without caps.
    """

    name: str
    nation: Nation
    caps: Caps | None
    answer: Answer


@dataclass(frozen=True)
class Point:
    """A row of the frontier.

    Attributes
    ----------
    solution : Solution or None
        Cheapest plan and highest bound known for the point, whichever solve they come from.
    bound : float
        Also where there is no plan.
    plan_of, bound_of : str
        Names of the solves they come from.
    """

    solved: Solved
    solution: Solution | None
    bound: float | None
    plan_of: str
    bound_of: str

    @property
    def cap_kg(self) -> float | None:
        """Sum of the caps over the years (kg)."""
        return None if self.solved.caps is None else math.fsum(self.solved.caps.values())

    @property
    def co2_kg(self) -> float | None:
        """CO2 of the plan over the years (kg)."""
        return None if self.solution is None else math.fsum(emissions(self.solution).values())

    @property
    def status(self) -> str:
        """Status of the row; a plan of another point is ``feasible`` or better."""
        return self.solved.answer.why_none if self.solution is None else status_word(self.solution)

    @property
    def electric_vehicles(self) -> int | None:
        """Electric vehicles owned in the last year."""
        if self.solution is None:
            return None
        return accounts.electric_vehicles(self.solution.nation, self.solution.plan)


def points_of(solves: Sequence[Solved], known: Iterable[Solved] = ()) -> list[Point]:
    """Return the points of solves, loosest cap first, with what they and other solves know of each other.

    A plan that keeps a tighter cap keeps a looser one, and dual values found under one cap bound every other.
    So no point is dearer than a tighter one, nor has a lower bound than a looser one.
    """
    everything = [*solves, *known]
    return [_point(solved, everything) for solved in solves]


def _point(solved: Solved, everything: Sequence[Solved]) -> Point:
    best, plan_of = _best_plan(solved, everything)
    bound, bounding = _best_bound(solved, everything)
    if best is None or bounding is None or bounding.answer.solution is None:
        return Point(solved, None, bound, "", bounding.name if bounding else "")
    proof = bounding.answer.solution.certificate
    assert bound is not None
    found = replace(
        best,
        status=best.status if plan_of == solved.name else Status.NODE_LIMIT,
        bound=bound,
        certificate=proof.model_copy(update={"bound": bound}),
    )
    if found.gap <= 0:  # met to the last digit
        found = replace(found, status=Status.OPTIMAL)
    return Point(solved, found, bound, plan_of, bounding.name)


def _best_plan(solved: Solved, everything: Sequence[Solved]) -> tuple[Solution | None, str]:
    """Cheapest plan that keeps the caps; the point's own where another is no better."""
    found, name = solved.answer.solution, solved.name if solved.answer.solution else ""
    for other in everything:
        plan = other.answer.solution
        if other is solved or plan is None or not keeps(plan, solved.caps):
            continue
        plan = plan_for(solved.nation, plan)
        if found is None or plan.objective < found.objective:
            found, name = plan, other.name
    return found, name


def _best_bound(solved: Solved, everything: Sequence[Solved]) -> tuple[float | None, Solved | None]:
    """Highest bound; an uncapped nation has its own alone, as others count on a cap."""
    own = solved.answer.solution
    value, source = (None, None) if own is None else (own.bound, solved)
    if solved.caps is None:
        return value, source
    for other in everything:
        plan = other.answer.solution
        if other is solved or plan is None:
            continue
        there = bound_at(plan, other.caps, solved.caps)
        if value is None or there > value:
            value, source = there, other
    return value, source


def bound_curve(solves: Sequence[Solved], known: Iterable[Solved] = ()) -> list[tuple[float, float]]:
    """Return (kg allowed, CNY at least) at caps on and between the points, loosest first.

    Between two points every year's cap falls evenly.
    """
    everything = [one for one in [*solves, *known] if one.answer.solution is not None]
    caps = [solved.caps for solved in solves if solved.caps is not None]
    if solves and solves[0].caps is None and solves[0].answer.solution is not None and caps:
        free = emissions(solves[0].answer.solution)
        caps.insert(0, {y: max(kg, caps[0][y]) for y, kg in free.items()})
    places = caps[:1]
    for before, after in pairwise(caps):
        for step in range(1, _BETWEEN + 1):
            share = step / _BETWEEN
            places.append({y: before[y] + (after[y] - before[y]) * share for y in before})
    return [(math.fsum(place.values()), _highest(place, everything)) for place in places]


def _highest(caps: Caps, everything: Iterable[Solved]) -> float:
    solutions = ((one.answer.solution, one.caps) for one in everything)
    return max(bound_at(solution, own, caps) for solution, own in solutions if solution is not None)
