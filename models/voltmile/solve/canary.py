"""A three-line model that a broken HiGHS gets wrong: run it once before trusting a night of results."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from voltmile.solve.highs import solve_mip
from voltmile.solve.matrix import MatrixModel
from voltmile.solve.options import solver_name, solver_version
from voltmile.solve.status import SolverError, Status

MINIMUM_VERSION = (1, 15, 1)
"""The first highspy that we measured and trust."""

WRONG_VERSIONS = frozenset({(1, 16, 0)})
"""1.16.0 with presolve calls the joint program of instances/toy (51 rows, 63 columns) infeasible; without
presolve, and in 1.15.1 either way, its optimum is 195140, as by hand."""

_TOLERANCE = 1e-4
"""Wider than ``mip_feasibility_tolerance``, which HiGHS uses up: with some seeds it answers 8.999999."""


def canary_model() -> MatrixModel:
    """Return min 2x + 3z, x + z >= 4.5, 0 <= x, z <= 10, z integer (HiGHS issue 3043): optimum 9 at (4.5, 0).

    HiGHS 1.14.0 calls (0, 5) with 15 optimal. The upper bounds matter: without them it is right.
    """
    return MatrixModel(
        c=np.array([2.0, 3.0]),
        A=sp.csc_array([[1.0, 1.0]]),
        row_lower=np.array([4.5]),
        row_upper=np.array([np.inf]),
        col_lower=np.zeros(2),
        col_upper=np.full(2, 10.0),
        integrality=np.array([0, 1]),
    )


def canary() -> None:
    """Refuse a solver that gets a three-line MIP wrong; takes milliseconds, so every run can afford it.

    Raises
    ------
    SolverError
        The answer is wrong, or the version is older than ``MINIMUM_VERSION`` or one of ``WRONG_VERSIONS``: a
        right answer here does not make up for the other errors known of them.
    """
    outcome = solve_mip(canary_model())
    if (
        outcome.status is not Status.OPTIMAL
        or outcome.objective is None
        or abs(outcome.objective - 9.0) > _TOLERANCE
    ):
        raise SolverError(
            f"{solver_name()} answers {outcome.objective} ({outcome.status}) to a model whose optimum is 9 "
            f"(HiGHS issue 3043): {_cure()}"
        )
    if solver_version() < MINIMUM_VERSION or solver_version() in WRONG_VERSIONS:
        raise SolverError(f"{solver_name()} has known errors: {_cure()}")


def _cure() -> str:
    return f"install highspy>={'.'.join(map(str, MINIMUM_VERSION))},<1.16"
