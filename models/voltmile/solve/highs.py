"""One solve of one model by HiGHS: options checked, the incumbent and the bound never lost.

Every solve gets a fresh HiGHS object: a used one would take its last incumbent as MIP start and count its
time limit from its first run. highspy >= 1.15 and OR-Tools cannot be imported into one process (both ship a
``libhighs.so.1``).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping

import highspy
import numpy as np
from highspy import HighsStatus, MatrixFormat, ObjSense

from voltmile.routes.stop import Stop
from voltmile.solve.matrix import IntArray, MatrixModel
from voltmile.solve.options import OptionValue, new_highs, with_own
from voltmile.solve.outcome import Outcome
from voltmile.solve.readout import read_outcome
from voltmile.solve.status import SolverError
from voltmile.solve.watch import Progress, Watch

_log = logging.getLogger(__name__)


def solve_mip(
    matrix: MatrixModel,
    *,
    time_limit_s: float | None = None,
    gap_rel: float = 0.0,
    gap_abs: float = 1e-6,
    node_limit: int | None = None,
    start: Mapping[int, float] | None = None,
    options: Mapping[str, OptionValue] | None = None,
    on_progress: Callable[[Progress], object] | None = None,
    progress_every_s: float = 0.5,
    stop: Stop | None = None,
    answers: bool = True,
    seed: int = 0,
    threads: int = 1,
) -> Outcome:
    """Solve the mixed-integer program.

    A limit or Ctrl-C never raises: the outcome says so, with the incumbent (if any) and the bound. After
    Ctrl-C (status INTERRUPTED, or ``interrupted`` if it came too late) the application decides whether to go
    on. Where it has a handler of SIGINT of its own, and outside the main thread, Ctrl-C is left to it: use
    ``stop``. Either is noticed when HiGHS next calls back: within half a second in all our runs, but HiGHS
    can be silent for longer in presolve, so unattended runs belong into a process that can be killed.

    Parameters
    ----------
    matrix
        The model.
    time_limit_s
        Wall seconds. HiGHS looks at the clock neither in presolve nor in every heuristic, so a run may take
        longer; and a finite limit changes its search path, so repeatable runs use ``node_limit``.
    gap_rel, gap_abs
        Stop when the incumbent is proven within |objective| * gap_rel or gap_abs (units of the objective) of
        the optimum. The default proves the optimum; that of HiGHS is 1e-4.
    node_limit
        Nodes of the search tree; 0 stops before the root node is solved.
    start
        Column index -> value of a solution to start from. May be partial (HiGHS completes it with a small
        MIP) and may be infeasible (HiGHS then ignores it, or takes its integers and solves for the rest).
    options
        Further HiGHS options by their names; checked.
    on_progress, progress_every_s
        Called with the state at every better incumbent, and after so many seconds without one. An exception
        it raises ends the solve, and is raised here.
    stop
        An event or a function, asked about every 0.05 s; True ends the solve as Ctrl-C does.
    answers
        False: the caller does not ask whether Ctrl-C ended the solve; it raises KeyboardInterrupt as ever.
    seed
        Seed of HiGHS; also other than 0 for the spread a result owes to chance.
    threads
        Threads HiGHS may use. It searches in parallel only with the option ``parallel="on"``.

    Raises
    ------
    ValueError
        For a start outside the model; ``OptionError`` for options, seeds, limits and gaps HiGHS does not
        take.
    SolverError
        HiGHS refused the model or could not start.
    """
    own = _own_options(time_limit_s, seed, threads) | {
        "mip_rel_gap": float(gap_rel),
        "mip_abs_gap": float(gap_abs),
    }
    if node_limit is not None:
        own["mip_max_nodes"] = int(node_limit)
    watch = Watch(stop, on_progress, progress_every_s, answers=answers)
    return _solve(matrix, matrix.integrality, with_own(options, own), watch, start or {})


def solve_lp(
    matrix: MatrixModel,
    *,
    time_limit_s: float | None = None,
    options: Mapping[str, OptionValue] | None = None,
    stop: Stop | None = None,
    answers: bool = True,
    seed: int = 0,
    threads: int = 1,
) -> Outcome:
    """Solve the linear relaxation: the model without its integrality. See ``solve_mip`` for the arguments.

    An optimal outcome has row duals and reduced costs. ``options={"solver": "ipx"}`` is many times faster
    than the default simplex where the columns far outnumber the rows.
    """
    own = _own_options(time_limit_s, seed, threads)
    return _solve(
        matrix, np.zeros_like(matrix.integrality), with_own(options, own), Watch(stop, answers=answers), {}
    )


def pass_model(highs: highspy.Highs, matrix: MatrixModel, integrality: IntArray) -> None:
    """Hand the arrays over to HiGHS.

    Raises
    ------
    SolverError
        HiGHS refused them: a coefficient of 1e15 or more.
    """
    a = matrix.A
    status = highs.passModel(
        matrix.n_cols,
        matrix.n_rows,
        a.nnz,
        int(MatrixFormat.kColwise),
        int(ObjSense.kMinimize),
        matrix.offset,
        matrix.c,
        matrix.col_lower,
        matrix.col_upper,
        matrix.row_lower,
        matrix.row_upper,
        a.indptr.astype(np.int32),
        a.indices.astype(np.int32),
        a.data,
        integrality,
    )
    if status == HighsStatus.kError:
        raise SolverError(
            "HiGHS refused the model: is a coefficient 1e15 or larger? (option large_matrix_value)"
        )
    if status == HighsStatus.kWarning:
        _log.warning(
            "HiGHS changed the model: it drops coefficients below 1e-9, or a lower bound is above its upper"
        )


def _own_options(time_limit_s: float | None, seed: int, threads: int) -> dict[str, OptionValue]:
    own: dict[str, OptionValue] = {"random_seed": int(seed), "threads": int(threads)}
    return own if time_limit_s is None else own | {"time_limit": float(time_limit_s)}


def _solve(
    matrix: MatrixModel,
    integrality: IntArray,
    options: Mapping[str, OptionValue],
    watch: Watch,
    start: Mapping[int, float],
) -> Outcome:
    began = time.perf_counter()
    highs = new_highs(options)
    pass_model(highs, matrix, integrality)
    _pass_start(highs, matrix, start)
    seconds_build = matrix.seconds + time.perf_counter() - began
    seconds_solve = watch.run(highs)
    return read_outcome(
        highs,
        matrix,
        is_mip=bool(integrality.any()),
        interrupted=watch.interrupted,
        seconds_build=seconds_build,
        seconds_solve=seconds_solve,
    )


def _pass_start(highs: highspy.Highs, matrix: MatrixModel, start: Mapping[int, float]) -> None:
    if not start:
        return
    index = np.array(sorted(start), dtype=np.int32)
    value = np.array([start[j] for j in sorted(start)], dtype=np.float64)
    if index[0] < 0 or index[-1] >= matrix.n_cols or not np.isfinite(value).all():
        raise ValueError(f"a start maps column indices 0..{matrix.n_cols - 1} to finite values")
    if highs.setSolution(len(index), index, value) == HighsStatus.kError:
        raise SolverError("HiGHS refused the start")
