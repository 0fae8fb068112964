"""Starts of MIPs: roundings of the relaxation are feasible, cost no less than the optimum, and help."""

import numpy as np
import pytest
import scipy.sparse as sp

from voltmile.solve.highs import solve_lp, solve_mip
from voltmile.solve.matrix import MatrixModel
from voltmile.solve.rounding import best_start, rounded


def _covering(seed: int) -> MatrixModel:
    """Random covering of 8 rows by 12 integer and 3 continuous columns, each between 0 and 4."""
    rng = np.random.default_rng(seed)
    a = rng.integers(0, 6, (8, 15)).astype(float)
    return MatrixModel(
        c=rng.integers(1, 20, 15).astype(float),
        offset=0.0,
        A=sp.csc_array(a),
        row_lower=rng.integers(1, 15, 8).astype(float),
        row_upper=np.full(8, np.inf),
        col_lower=np.zeros(15),
        col_upper=np.full(15, 4.0),
        integrality=np.array([1] * 12 + [0] * 3, dtype=np.int32),
        seconds=0.0,
    )


@pytest.mark.parametrize("seed", range(30))
def test_a_rounding_is_feasible_next_to_the_relaxation_and_never_below_the_optimum(seed):
    matrix = _covering(seed)
    x = rounded(matrix)
    best = solve_mip(matrix)
    relaxed = solve_lp(matrix).x
    assert x is not None
    assert best.objective is not None
    assert (matrix.A @ x >= matrix.row_lower - 1e-6).all()
    assert (x[:12] == np.round(x[:12])).all()
    assert (np.abs(x[:12] - relaxed[:12]) < 1).all()
    assert matrix.c @ x >= best.objective - 1e-6


def test_without_a_feasible_rounding_there_is_none():
    matrix = _covering(0)
    impossible = MatrixModel(**{**vars(matrix), "row_lower": np.full(8, 1e4)})
    assert rounded(impossible) is None
    assert best_start(impossible) is None


def test_the_cheapest_of_known_solutions_and_roundings_is_the_start():
    matrix = _covering(1)
    best = solve_mip(matrix)
    dear = np.full(15, 4.0)
    start = best_start(matrix, [dear, best.x])
    assert start is not None
    assert float(matrix.c @ np.array([start[j] for j in range(15)])) <= best.objective + 1e-6
    assert best_start(matrix, [dear]) == dict(enumerate(rounded(matrix).tolist()))
