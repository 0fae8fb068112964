"""The joint program as one MIP over columns: a start from fixed routes, then HiGHS."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from voltmile.problem.nation import Nation
from voltmile.problem.plan import CostRow, Plan
from voltmile.programs import report
from voltmile.programs.feature import Model
from voltmile.programs.nation import build
from voltmile.routes.columns import Column
from voltmile.routes.stop import Stop
from voltmile.solve.bridge import CompiledModel, compile_model, load
from voltmile.solve.highs import solve_lp, solve_mip
from voltmile.solve.outcome import Outcome
from voltmile.solve.rounding import best_start
from voltmile.solve.watch import Progress


@dataclass(frozen=True)
class JointEffort:
    """Limits of the MIP: relative gap and nodes."""

    gap: float
    nodes: int


@dataclass(frozen=True)
class Decided:
    """A plan with its cost, from the loaded program.

    Attributes
    ----------
    objective : float
        Recomputed by the named expressions of the program at rounded integers.
    routes, columns : Column
        The driven ones, in the order of ``plan.routes``, and all there were.
    rows, variables : int
        Size of the program.
    """

    plan: Plan
    objective: float
    costs: list[CostRow]
    routes: list[Column]
    columns: tuple[Column, ...]
    rows: int
    variables: int


class JointProgram:
    """The joint program over a list of columns, built and compiled once."""

    def __init__(self, nation: Nation, columns: Sequence[Column]) -> None:
        self.nation = nation
        self.columns = tuple(columns)
        self.model = self.statement(nation, self.columns)
        self.compiled: CompiledModel = compile_model(self.model)
        self._use = np.array([self.compiled.column_of[v] for v in self.model.Use.values()], dtype=np.intp)

    @staticmethod
    def statement(nation: Nation, columns: Sequence[Column]) -> Model:
        """Return the program as Pyomo states it."""
        return build(nation, columns)

    def with_routes(
        self,
        chosen: Sequence[int],
        effort: JointEffort,
        stop: Stop | None = None,
        known: Sequence[Outcome] = (),
    ) -> Outcome:
        """Decide everything else with exactly these columns driven.

        Parameters
        ----------
        known
            Outcomes with the same columns driven, at other costs.
        """
        used = np.zeros(len(self.columns))
        used[list(chosen)] = 1.0
        lower, upper = self.compiled.col_lower.copy(), self.compiled.col_upper.copy()
        lower[self._use] = upper[self._use] = used
        fixed = replace(self.compiled, col_lower=lower, col_upper=upper)
        start = best_start(fixed, [one.x for one in known if one.x is not None], stop)
        return solve_mip(fixed, gap_rel=effort.gap, node_limit=effort.nodes, start=start, stop=stop)

    def solve(
        self,
        start: Outcome | None,
        effort: JointEffort,
        on_progress: Callable[[Progress], object] | None = None,
        stop: Stop | None = None,
    ) -> Outcome:
        """Decide everything over the columns, from a start if there is one."""
        given = None
        if start is not None and start.x is not None:
            given = dict(enumerate(start.x.tolist()))
        return solve_mip(
            self.compiled,
            gap_rel=effort.gap,
            node_limit=effort.nodes,
            start=given,
            on_progress=on_progress,
            stop=stop,
        )

    def decided(self, outcome: Outcome) -> Decided:
        """Load a solution and read plan and cost terms off the program's named expressions.

        ``polished`` comes first, so that no tolerance of the search is left in the plan.
        """
        load(self.compiled, self.polished(outcome))
        costs = report.cost_rows(self.model)
        plan = report.plan_of(self.model, self.nation, self.columns)
        objective = math.fsum(row.discounted_cny for row in costs)
        return Decided(
            plan=plan,
            objective=objective,
            costs=costs,
            routes=report.driven(self.model),
            columns=self.columns,
            rows=self.compiled.n_rows,
            variables=self.compiled.n_cols,
        )

    def polished(self, outcome: Outcome) -> Outcome:
        """Round and hold the integers, and decide the rest once more as a linear program."""
        if outcome.x is None:
            raise ValueError("there is no solution to read")
        integer = self.compiled.integrality != 0
        lower, upper = self.compiled.col_lower.copy(), self.compiled.col_upper.copy()
        lower[integer] = upper[integer] = np.round(outcome.x[integer])
        held = replace(self.compiled, col_lower=lower, col_upper=upper)
        again = solve_lp(held, options={"primal_feasibility_tolerance": 1e-9})
        return again if again.x is not None else outcome
