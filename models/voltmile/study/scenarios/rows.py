"""Scenarios as rows: what each costs, and how far that is from the instance as it is."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from voltmile.problem.scenarios import Scenario
from voltmile.solve.robust import Goal, Robust, total_of
from voltmile.study import accounts
from voltmile.study.cases import Answer
from voltmile.study.kept_plans import Row
from voltmile.study.study_settings import BASE
from voltmile.study.summary import status_word

COLUMNS = (
    "scenario",
    "probability",
    "cost_cny",
    "bound_cny",
    "gap",
    "co2_kg",
    "electric_vehicles",
    "delta_cny",
    "delta_low_cny",
    "delta_high_cny",
    "status",
    "checked",
    "seconds",
)
"""Columns of scenarios.csv, see experiments/README.md."""

FLEET_COLUMNS = ("fleet", "scenario", "cost_cny")
"""Columns of robust.csv."""


@dataclass(frozen=True)
class Solved:
    """A scenario, or the base, with its answer."""

    scenario: Scenario
    answer: Answer

    @property
    def name(self) -> str:
        """Name of the scenario."""
        return self.scenario.name


def scenario_rows(solved: Sequence[Solved]) -> list[Row]:
    """Return a row for the base and every scenario; ``checked`` is still blank.

    The difference of two optima lies between ``delta_low_cny`` and ``delta_high_cny``: the plan of one less
    the bound of the other.
    """
    base = solved[0].answer.solution
    rows = [_row(one) for one in solved]
    for one, row in zip(solved[1:], rows[1:], strict=True):
        here = one.answer.solution
        if here is not None and base is not None:
            row["delta_cny"] = here.objective - base.objective
            row["delta_low_cny"] = here.bound - base.objective
            row["delta_high_cny"] = here.objective - base.bound
    return rows


def _row(one: Solved) -> Row:
    solution = one.answer.solution
    row: Row = dict.fromkeys(COLUMNS)
    row |= {"scenario": one.name, "probability": one.scenario.probability, "seconds": one.answer.seconds}
    if solution is None:
        return row | {"status": one.answer.why_none}
    nation, plan = solution.nation, solution.plan
    return row | {
        "cost_cny": solution.objective,
        "bound_cny": solution.bound,
        "gap": solution.gap,
        "co2_kg": math.fsum(accounts.co2_kg(nation, plan, solution.routes).values()),
        "electric_vehicles": accounts.electric_vehicles(nation, plan),
        "status": status_word(solution),
    }


@dataclass(frozen=True)
class Choice:
    """One fleet for all scenarios, or in words why there is none."""

    goal: Goal
    weights: Mapping[str, float]
    found: Robust | None
    words: str

    def rows(self) -> Iterator[Row]:
        """Yield what every fleet tried costs in every scenario; blank where no plan with it was found."""
        for fleet, trial in self.found.trials.items() if self.found else ():
            for scenario, cost in trial.costs.items():
                yield {"fleet": fleet, "scenario": scenario, "cost_cny": cost}

    def record(self, alone: Mapping[str, float]) -> dict[str, Any]:
        """Return what robust.json holds.

        Parameters
        ----------
        alone : mapping of str to float
            Cost of every scenario with a fleet of its own.
        """
        found = self.found
        if found is None:
            return {"format": 1, "objective": self.goal, "cost_cny": None, "why_none": self.words}
        trial = found.trials.get(BASE)
        base = math.inf if trial is None else trial.value(self.weights, self.goal)
        lost = [] if trial is None else [name for name, cost in trial.costs.items() if cost is None]
        waiting = total_of(dict(alone), self.weights, self.goal)
        return {
            "format": 1,
            "objective": self.goal,
            "probabilities": dict(self.weights),
            "cost_cny": found.value,
            "bound_cny": found.bound,
            "gap": (found.value - found.bound) / abs(found.value) if found.value else None,
            "bound_over_routes_cny": found.bound_over_routes,
            "cost_of_base_fleet_cny": base if math.isfinite(base) else None,
            "base_fleet_fails_in": lost,
            "value_of_stochastic_solution_cny": base - found.value if math.isfinite(base) else None,
            "value_of_stochastic_solution": self._in_words(base, lost),
            "expected_value_of_perfect_information_cny": found.value - waiting,
            "at_most_cny": found.value - found.bound,
            "fleet": [
                {"decision": str(key[0]).lower(), "of": [str(part) for part in key[1:]], "amount": amount}
                for key, amount in sorted(found.fleet.items(), key=str)
                if amount
            ],
        }

    def _in_words(self, base: float, lost: Sequence[str]) -> str:
        assert self.found is not None
        if math.isfinite(base):
            saved = base - self.found.value
            return f"{saved:,.0f} CNY less than with the fleet that is best for the instance as it is"
        if lost:
            return (
                f"infinite: with the fleet that is best for the base no plan was found in {', '.join(lost)}"
            )
        return "not known: the base has no plan"
