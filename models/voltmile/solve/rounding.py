"""Starts of MIPs: the best rounding of the relaxation, or the best of solutions known before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from voltmile.routes.stop import Stop
from voltmile.solve.highs import solve_lp, solve_mip
from voltmile.solve.matrix import FloatArray, MatrixModel

#: Distance from a whole number within which a value of the relaxation counts as one.
_WHOLE = 1e-6
#: Relative gap and nodes of the search among roundings: it only begins another.
_GAP = 1e-5
_NODES = 200


def rounded(matrix: MatrixModel, stop: Stop | None = None) -> FloatArray | None:
    """Return the best rounding of the linear relaxation: every integer column goes up or down, none farther.

    The roundings are searched by HiGHS as a MIP of their own, of which presolve leaves little.

    References
    ----------
    T. Berthold, "RENS: the optimal rounding", Mathematical Programming Computation 6 (2014),
    doi:10.1007/s12532-013-0060-9.
    """
    relaxed = solve_lp(matrix, stop=stop).x
    if relaxed is None:
        return None
    integer = matrix.integrality != 0
    lower, upper = matrix.col_lower.copy(), matrix.col_upper.copy()
    lower[integer] = np.maximum(lower[integer], np.floor(relaxed[integer] + _WHOLE))
    upper[integer] = np.minimum(upper[integer], np.ceil(relaxed[integer] - _WHOLE))
    among = replace(matrix, col_lower=lower, col_upper=upper)
    return solve_mip(among, gap_rel=_GAP, node_limit=_NODES, stop=stop).x


def best_start(
    matrix: MatrixModel, known: Sequence[FloatArray] = (), stop: Stop | None = None
) -> Mapping[int, float] | None:
    """Return the cheapest of known solutions and of the roundings, as ``solve_mip`` takes a start.

    Parameters
    ----------
    known
        Solutions of the same rows and bounds, perhaps at other costs.
    """
    found = rounded(matrix, stop)
    starts = [*known] if found is None else [*known, found]
    if not starts:
        return None
    return dict(enumerate(min(starts, key=lambda x: float(matrix.c @ x)).tolist()))
