"""A linear program that lives through many solves, as the master of column generation does."""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from highspy import HighsBasisStatus, HighsStatus
from numpy.typing import ArrayLike

from voltmile.routes.stop import Stop
from voltmile.solve.arrays import check_columns, float_array, index_array
from voltmile.solve.highs import pass_model
from voltmile.solve.matrix import FloatArray, MatrixModel
from voltmile.solve.options import OptionValue, apply_options, new_highs, with_own
from voltmile.solve.readout import FEASIBLE, iterations_of
from voltmile.solve.status import SolverError, Status, status_of
from voltmile.solve.watch import Watch

_PRIMAL_SIMPLEX = 4
"""After new columns the old basis is still primal feasible: 3-4 times fewer iterations than the default, the
dual simplex, on set covering masters of 100 and 300 rows (highspy 1.15.1)."""

_FALLBACK: Mapping[str, OptionValue] = {"simplex_strategy": 1, "simplex_iteration_limit": 2**31 - 1}
"""HiGHS' defaults, dual simplex without a limit, for a solve that led nowhere: undecided, or cycling (HiGHS
issue 1785)."""

_ROUNDING = 1e-12
"""What rounding can violate, as a share of the largest amount or cost."""


@dataclass(frozen=True, eq=False)
class LpResult:
    """One solve of an ``LpModel`` with n columns and m rows; signs as in ``Outcome``.

    Attributes
    ----------
    objective : float or None
        costs @ x + offset; None without x.
    x : array or None
        Shape (n,); None for an infeasible program, and if HiGHS stopped before it had a primal feasible
        point.
    row_duals, reduced_costs : array or None
        Shapes (m,) and (n,); only with status OPTIMAL.
    iterations : int
        Simplex, interior point and crossover iterations of this solve.
    cold : bool
        It started without a basis: asked for, or because the warm start led nowhere.
    interrupted : bool
        Ctrl-C was answered (see ``solve``) or ``stop`` said so.
    seconds : float
        Wall seconds inside HiGHS.
    """

    status: Status
    objective: float | None
    x: FloatArray | None
    row_duals: FloatArray | None
    reduced_costs: FloatArray | None
    iterations: int
    cold: bool
    interrupted: bool
    seconds: float


class LpModel:
    """A minimisation whose columns, rows, costs and bounds change between solves, each from the last basis.

    Parameters
    ----------
    matrix
        The program to begin with; its integrality is ignored. It needs at least one column: priced slack
        columns keep every later program feasible, so that there are always duals.
    options
        HiGHS options, checked; ``simplex_strategy`` is 4 (primal simplex) unless given. Where bounds change
        more often than columns, 1 (dual simplex) is the better choice.
    seed, threads
        As in ``solve_mip``.

    Raises
    ------
    ValueError
        For a program without columns; ``OptionError`` for options HiGHS does not take.
    SolverError
        HiGHS refused the matrix.
    """

    def __init__(
        self,
        matrix: MatrixModel,
        *,
        options: Mapping[str, OptionValue] | None = None,
        seed: int = 0,
        threads: int = 1,
    ) -> None:
        if not matrix.n_cols:
            raise ValueError("an LP without columns has no duals: begin with priced slack columns")
        stall = 10_000 + 50 * matrix.n_rows + matrix.n_cols
        given = with_own(options, {"random_seed": int(seed), "threads": int(threads)})
        merged = {"simplex_strategy": _PRIMAL_SIMPLEX, "simplex_iteration_limit": stall, **given}
        # A limit of the caller's own is an answer; ours only says that the warm start leads nowhere.
        own_limit = {Status.ITERATION_LIMIT} if "simplex_iteration_limit" not in given else set()
        self._retried = {Status.UNKNOWN, Status.FAILED} | own_limit
        self._usual = {name: merged[name] for name in _FALLBACK}
        self._highs = new_highs(merged)
        pass_model(self._highs, matrix, np.zeros_like(matrix.integrality))
        self._costs, self._offset, self._n_rows = matrix.c.copy(), matrix.offset, matrix.n_rows

    @property
    def n_cols(self) -> int:
        """Number of columns now."""
        return len(self._costs)

    @property
    def n_rows(self) -> int:
        """Number of rows now."""
        return self._n_rows

    def add_columns(
        self,
        costs: ArrayLike,
        starts: ArrayLike,
        indices: ArrayLike,
        values: ArrayLike,
        lower: ArrayLike = 0.0,
        upper: ArrayLike = math.inf,
    ) -> range:
        """Add k columns and keep the basis, in which the new columns are nonbasic.

        Parameters
        ----------
        costs
            Shape (k,).
        starts
            Shape (k + 1,), as ``indptr`` of a SciPy CSC matrix: column j has the entries starts[j] to
            starts[j + 1].
        indices, values
            Row and coefficient of each entry, shape (nnz,); no row twice in a column.
        lower, upper
            Bounds, shape (k,) or one for all.

        Returns
        -------
        range
            The indices of the new columns.

        Raises
        ------
        ValueError
            For shapes that do not fit, NaN, and rows that are repeated or do not exist. No column is added
            then.
        """
        cost, value = float_array(costs), float_array(values)
        start, index = np.asarray(starts, dtype=np.int32), np.asarray(indices, dtype=np.int32)
        k = len(cost)
        below, above = float_array(lower, k), float_array(upper, k)
        check_columns(cost, start, index, value, self._n_rows)
        first = self.n_cols
        _accept(self._highs.addCols(k, cost, below, above, len(value), start[:-1], index, value), "columns")
        self._costs = np.concatenate((self._costs, cost))
        return range(first, self.n_cols)

    def delete_columns(self, columns: ArrayLike) -> None:
        """Delete columns that are not basic and keep the basis; those behind them move up.

        Raises
        ------
        ValueError
            A column is basic, repeated, or does not exist. None is deleted then.
        """
        index = np.unique(index_array(columns, self.n_cols))
        if len(index) < np.size(columns):
            raise ValueError("a column twice")
        basis, gone = self._highs.getBasis(), np.zeros(self.n_cols, dtype=np.bool_)
        gone[index] = True
        status = basis.col_status
        if basis.valid and any(status[j] == HighsBasisStatus.kBasic for j in index.tolist()):
            raise ValueError("a column to be deleted is basic")
        _accept(self._highs.deleteCols(len(index), index), "columns")
        self._costs = self._costs[~gone]
        if basis.valid:
            basis.col_status = [one for one, out in zip(status, gone.tolist(), strict=True) if not out]
            _accept(self._highs.setBasis(basis), "basis")

    def add_rows(
        self,
        starts: ArrayLike,
        indices: ArrayLike,
        values: ArrayLike,
        lower: ArrayLike,
        upper: ArrayLike = math.inf,
    ) -> range:
        """Add k rows and keep the basis, in which the new rows' slacks are basic: dual feasible if it was.

        Parameters
        ----------
        starts
            Shape (k + 1,), as ``indptr`` of a SciPy CSR matrix: row i has the entries starts[i] to
            starts[i + 1].
        indices, values
            Column and coefficient of each entry, shape (nnz,); no column twice in a row.
        lower, upper
            Bounds, shape (k,) or one for all.

        Returns
        -------
        range
            The indices of the new rows.

        Raises
        ------
        ValueError
            For shapes that do not fit, NaN, and columns that are repeated or do not exist. No row is added
            then.
        """
        start, index = np.asarray(starts, dtype=np.int32), np.asarray(indices, dtype=np.int32)
        k, value = max(len(start) - 1, 0), float_array(values)
        below, above = float_array(lower, k), float_array(upper, k)
        check_columns(np.zeros(k), start, index, value, self.n_cols)
        first = self._n_rows
        _accept(self._highs.addRows(k, below, above, len(value), start[:-1], index, value), "rows")
        self._n_rows += k
        return range(first, self._n_rows)

    def set_costs(self, columns: ArrayLike, costs: ArrayLike) -> None:
        """Change the costs of some columns; shape (k,) each, or one cost for all."""
        index = index_array(columns, self.n_cols)
        cost = float_array(costs, len(index))
        if not np.isfinite(cost).all():
            raise ValueError("a cost is not finite")
        _accept(self._highs.changeColsCost(len(index), index, cost), "costs")
        self._costs[index] = cost

    def set_column_bounds(self, columns: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> None:
        """Change the bounds of some columns; shape (k,) each, or one bound for all."""
        index = index_array(columns, self.n_cols)
        below, above = float_array(lower, len(index)), float_array(upper, len(index))
        _accept(self._highs.changeColsBounds(len(index), index, below, above), "column bounds")

    def set_row_bounds(self, rows: ArrayLike, lower: ArrayLike, upper: ArrayLike) -> None:
        """Change the bounds of some rows; shape (k,) each, or one bound for all."""
        index = index_array(rows, self._n_rows)
        below, above = float_array(lower, len(index)), float_array(upper, len(index))
        for i, low, high in zip(index.tolist(), below.tolist(), above.tolist(), strict=True):
            _accept(self._highs.changeRowBounds(i, low, high), "row bounds")

    def solve(
        self, *, time_limit_s: float | None = None, stop: Stop | None = None, cold: bool = False
    ) -> LpResult:
        """Solve from the last basis.

        An infeasible or unbounded program and a time limit are statuses of the result, and so is Ctrl-C where
        there is a ``stop``. Without one Ctrl-C is not this solve's to answer: what its handler raises ends it
        and is raised. Where HiGHS cannot decide from the last basis, or cycles, it is asked once more without
        it.

        Parameters
        ----------
        time_limit_s
            Wall seconds of this call.
        stop
            As in ``solve_mip``.
        cold
            Forget the basis first. A warm start can end slightly off the optimum (HiGHS issue 3194), so a
            bound that is to be published deserves a last cold solve.

        Raises
        ------
        SolverError
            HiGHS cannot decide from scratch either, or could not start.
        """
        began = time.perf_counter()

        def left() -> float | None:
            return None if time_limit_s is None else max(0.0, time_limit_s - (time.perf_counter() - began))

        result = self._once(cold, time_limit_s, stop)
        if result.status not in self._retried:
            return result
        apply_options(self._highs, _FALLBACK)
        try:
            again = self._once(True, left(), stop, last=True)
        finally:
            apply_options(self._highs, self._usual)
        if again.status in (Status.UNKNOWN, Status.FAILED):
            name = self._highs.getModelStatus().name
            raise SolverError(f"HiGHS cannot solve this LP, neither warm nor cold: model status {name}")
        return replace(
            again,
            iterations=result.iterations + again.iterations,
            interrupted=result.interrupted or again.interrupted,
            seconds=result.seconds + again.seconds,
        )

    def _once(
        self, cold: bool, time_limit_s: float | None, stop: Stop | None, *, last: bool = False
    ) -> LpResult:
        highs = self._highs
        if cold:
            highs.clearSolver()
        # The limit of an LP is compared with the time of all runs of this object together, and clearSolver
        # does not set that clock back.
        limit = math.inf if time_limit_s is None else highs.getRunTime() + time_limit_s
        if highs.setOptionValue("time_limit", limit) != HighsStatus.kOk:
            raise ValueError(f"a time limit of {time_limit_s} s")
        watch = Watch(stop, answers=stop is not None)
        seconds = watch.run(highs)
        return self._result(cold, watch.interrupted, seconds, last)

    def _result(self, cold: bool, interrupted: bool, seconds: float, last: bool) -> LpResult:
        info, solution = self._highs.getInfo(), self._highs.getSolution()
        status = status_of(self._highs.getModelStatus().name)
        primal = info.primal_solution_status == FEASIBLE
        if status is Status.OPTIMAL and not (primal and info.dual_solution_status == FEASIBLE):
            # Optimal for the scaled program only. HiGHS' tolerances are absolute: rounding alone exceeds them
            # among costs or activities of 1e9 and more, and solving again does not help.
            primal = last and self._off_by_rounding()
            status = Status.OPTIMAL if primal else Status.UNKNOWN
        optimal = status is Status.OPTIMAL
        x = np.array(solution.col_value, dtype=np.float64) if primal else None
        return LpResult(
            status=status,
            objective=None if x is None else float(self._costs @ x) + self._offset,
            x=x,
            row_duals=np.array(solution.row_dual, dtype=np.float64) if optimal else None,
            reduced_costs=np.array(solution.col_dual, dtype=np.float64) if optimal else None,
            iterations=iterations_of(info),
            cold=cold,
            interrupted=interrupted,
            seconds=seconds,
        )

    def _off_by_rounding(self) -> bool:
        """Whether the last solution violates rows, bounds and dual signs by no more than rounding does."""
        info, solution = self._highs.getInfo(), self._highs.getSolution()
        amounts = np.abs(np.r_[1.0, solution.col_value, solution.row_value]).max()
        costs = np.abs(np.r_[1.0, self._costs]).max()
        return bool(
            info.max_primal_infeasibility <= _ROUNDING * amounts
            and info.max_dual_infeasibility <= _ROUNDING * costs
        )


def _accept(status: HighsStatus, what: str) -> None:
    if status == HighsStatus.kError:
        raise ValueError(f"HiGHS refuses the {what}: an index twice, or a number beyond its range (1e15)")
