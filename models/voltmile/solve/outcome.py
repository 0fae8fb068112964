"""What one solve of one matrix returns: why it stopped, what it found, what it proved."""

from __future__ import annotations

import math
from dataclasses import dataclass

from voltmile.solve.matrix import FloatArray
from voltmile.solve.status import Status


@dataclass(frozen=True, eq=False)
class Outcome:
    """The end of one solve of a minimisation with n columns and m rows.

    Attributes
    ----------
    x : array or None
        Values of the columns, shape (n,); None without an incumbent. After a MIP, integer columns are whole.
    objective : float or None
        c @ x + offset of that x by our own arithmetic; None without an incumbent.
    dual_bound : float
        Proven lower bound of the optimum: -inf when nothing is proven, inf when the model is infeasible.
    row_duals, reduced_costs : array or None
        Shapes (m,) and (n,); of an optimal LP only. ``reduced_costs = c - A.T @ row_duals``; the dual of a
        binding >= row is >= 0, that of a binding <= row is <= 0.
    iterations : int
        Simplex, interior point and crossover iterations together.
    integrality_violation : float
        Largest distance of an integer column from a whole number, before rounding; 0 without an incumbent.
    violation : float
        Largest violation of a row or a column bound by x, after rounding; 0 without an incumbent.
    interrupted : bool
        Ctrl-C came, or ``stop`` said so. If the status is not INTERRUPTED it came too late to change
        anything, but the application still has to know that somebody wants it to end.
    seconds_build : float
        Wall seconds to compile the model (not to write it in Pyomo) and to hand it over to HiGHS.
    seconds_solve : float
        Wall seconds inside HiGHS.
    solver : str
        Name and version.
    """

    status: Status
    x: FloatArray | None
    objective: float | None
    dual_bound: float
    row_duals: FloatArray | None
    reduced_costs: FloatArray | None
    nodes: int
    iterations: int
    integrality_violation: float
    violation: float
    interrupted: bool
    seconds_build: float
    seconds_solve: float
    solver: str

    @property
    def has_incumbent(self) -> bool:
        """Whether there is a feasible solution, whatever the status."""
        return self.x is not None

    @property
    def gap(self) -> float:
        """Relative gap between ``objective`` and ``dual_bound``; inf without an incumbent or a bound."""
        return math.inf if self.objective is None else relative_gap(self.objective, self.dual_bound)


def relative_gap(primal: float, dual: float) -> float:
    """Return (primal - dual) / |primal| of a minimisation, as HiGHS defines it, but never below 0.

    It is inf where one of the two is not finite, and at objective 0 unless the bound is reached.
    """
    if not (math.isfinite(primal) and math.isfinite(dual)):
        return math.inf
    if primal <= dual:
        return 0.0
    return (primal - dual) / abs(primal) if primal else math.inf
