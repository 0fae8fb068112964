"""The summary of a run: what ``summary.json`` holds."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from voltmile.problem.records import Record
from voltmile.solve.solution import Solution
from voltmile.solve.status import Status
from voltmile.study import accounts
from voltmile.study.config import COST_BASELINES, JOURNEY_BASELINES

OPTIMAL_GAP = 1e-4
"""A plan is called optimal when its bound proves it to this relative gap, not when it met a wider one."""


class Summary(Record):
    """The main numbers of a result folder.

    Attributes
    ----------
    status : str
        optimal, feasible (within the gap asked for, or not proven further), time_limit or interrupted.
    objective, bound : float
        Discounted CNY; ``bound`` is None where nothing was proven.
    gap : float or None
        (objective - bound) / abs(objective).
    costs : dict
        Discounted CNY by cost term; they sum to the objective.
    journey_km_per_visit : float
        Over all years; 0 without villages.
    journey_baselines, baselines : dict
        Of the other ways to route (km per visit) and to decide (discounted CNY), as far as computed.
    baseline_notes : dict
        What the reader of a baseline has to know, e.g. that it has no plan, and in which cities.
    """

    format: Literal[1] = 1
    instance: str
    status: str
    objective: float
    bound: float | None
    gap: float | None
    seconds: float
    costs: dict[str, float]
    co2_kg: dict[str, float]
    co2_kg_total: float
    journey_km_per_visit: float
    journey_km_per_visit_by_year: dict[str, float]
    journey_baselines: dict[str, float]
    baselines: dict[str, float]
    baseline_notes: dict[str, str] = Field(default_factory=dict)
    seconds_by_phase: dict[str, float]
    sizes: dict[str, int]


def summarise(
    solution: Solution,
    baselines: Mapping[str, float],
    seconds_by_phase: Mapping[str, float],
    seconds: float,
    notes: Mapping[str, str] | None = None,
) -> Summary:
    """Return the summary of a solution.

    Parameters
    ----------
    solution : Solution
        What the solver returned.
    baselines : mapping of str to float
        By name; those of config.JOURNEY_BASELINES in km per visit, those of config.COST_BASELINES in CNY.
    seconds_by_phase : mapping of str to float
        Wall seconds, the solver's phases among them.
    seconds : float
        Wall seconds of the whole run.
    notes : mapping of str to str, optional
        On baselines, by name.
    """
    nation = solution.nation
    costs: defaultdict[str, float] = defaultdict(float)
    for row in solution.costs:
        costs[row.term] += row.discounted_cny
    co2 = dict.fromkeys(map(str, nation.years), 0.0)
    for (_, year, _), kg in accounts.co2_kg(nation, solution.plan, solution.routes).items():
        co2[str(year)] += kg
    journey = accounts.km_per_visit(nation, solution.routes)
    return Summary(
        instance=nation.name,
        status=status_word(solution),
        objective=solution.objective,
        bound=_finite(solution.bound),
        gap=_finite(solution.gap),
        seconds=seconds,
        costs=dict(costs),
        co2_kg=co2,
        co2_kg_total=sum(co2.values()),
        journey_km_per_visit=sum(journey.values()) / len(journey),  # every year has the same visits
        journey_km_per_visit_by_year={str(year): km for year, km in journey.items()},
        journey_baselines={name: baselines[name] for name in JOURNEY_BASELINES if name in baselines},
        baselines={name: baselines[name] for name in COST_BASELINES if name in baselines},
        baseline_notes=dict(notes or {}),
        seconds_by_phase=dict(seconds_by_phase),
        sizes=dict(solution.sizes),
    )


def status_word(solution: Solution) -> str:
    """Return the status of a plan in a word that claims no more than its bound proves."""
    if solution.status == Status.OPTIMAL and solution.gap <= OPTIMAL_GAP:
        return "optimal"
    return {Status.TIME_LIMIT: "time_limit", Status.INTERRUPTED: "interrupted"}.get(
        solution.status, "feasible"
    )


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
