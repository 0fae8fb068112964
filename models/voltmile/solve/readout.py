"""What HiGHS says after a run, translated, and recomputed where a solver's word is not enough."""

from __future__ import annotations

import math

import highspy
import numpy as np
from highspy import HighsModelStatus

from voltmile.solve.matrix import FloatArray, MatrixModel
from voltmile.solve.options import solver_name
from voltmile.solve.outcome import Outcome
from voltmile.solve.status import Status, status_of

FEASIBLE = 2
"""``primal_solution_status`` of an incumbent, whatever the model status; also ``dual_solution_status``."""

_TOLERANCE = 1e-7
"""HiGHS' own default of ``primal_feasibility_tolerance``."""


def read_outcome(
    highs: highspy.Highs,
    matrix: MatrixModel,
    *,
    is_mip: bool,
    interrupted: bool,
    seconds_build: float,
    seconds_solve: float,
) -> Outcome:
    """Return the outcome of the run that ``highs`` just ended."""
    x = _incumbent(highs, matrix)
    status = _status(highs, matrix, x)
    if status is Status.INFEASIBLE:
        x = None
    distance = 0.0
    if x is not None and is_mip:
        distance = matrix.integrality_violation(x)
        x = matrix.rounded(x)
    objective = None if x is None else matrix.objective(x)
    # HiGHS calls the duals of an infeasible LP valid, too: they are not.
    duals = highs.getSolution() if status is Status.OPTIMAL and not is_mip else None
    return Outcome(
        status=status,
        x=x,
        objective=objective,
        dual_bound=_dual_bound(status, objective, highs.getInfo()),
        row_duals=None if duals is None else np.array(duals.row_dual, dtype=np.float64),
        reduced_costs=None if duals is None else np.array(duals.col_dual, dtype=np.float64),
        nodes=max(0, highs.getInfo().mip_node_count),
        iterations=iterations_of(highs.getInfo()),
        integrality_violation=distance,
        violation=0.0 if x is None else matrix.violation(x),
        interrupted=interrupted,
        seconds_build=seconds_build,
        seconds_solve=seconds_solve,
        solver=solver_name(),
    )


def iterations_of(info: highspy.HighsInfo) -> int:
    """Return simplex, interior point and crossover iterations together; HiGHS has -1 for none of a kind."""
    counts = (info.simplex_iteration_count, info.ipm_iteration_count, info.crossover_iteration_count)
    return sum(max(0, count) for count in counts)


def _incumbent(highs: highspy.Highs, matrix: MatrixModel) -> FloatArray | None:
    if highs.getModelStatus() == HighsModelStatus.kModelEmpty:
        return np.zeros(matrix.n_cols)
    if highs.getInfo().primal_solution_status != FEASIBLE:
        return None
    return np.array(highs.getSolution().col_value, dtype=np.float64)


def _status(highs: highspy.Highs, matrix: MatrixModel, x: FloatArray | None) -> Status:
    status = status_of(highs.getModelStatus().name)
    if status is not Status.OPTIMAL:
        return status
    if x is None:
        return Status.UNKNOWN  # optimal for the scaled model only
    # Without columns HiGHS does not look at the rows.
    return status if matrix.n_cols or matrix.violation(x) <= _TOLERANCE else Status.INFEASIBLE


def _dual_bound(status: Status, objective: float | None, info: highspy.HighsInfo) -> float:
    if status is Status.INFEASIBLE:
        return math.inf
    if info.mip_node_count >= 0:  # solved as a MIP; for LPs HiGHS leaves 0 in mip_dual_bound
        return float(info.mip_dual_bound)
    return objective if status is Status.OPTIMAL and objective is not None else -math.inf
