"""The basis of one linear program as the start of another that holds some of its rows and columns."""

from __future__ import annotations

import numpy as np
from highspy import HighsBasis, HighsBasisStatus

from voltmile.solve.lp import LpModel
from voltmile.solve.two_index import Ints


def hand_over(before: LpModel, after: LpModel, columns: Ints, rows: Ints) -> None:
    """Start ``after`` from the basis of ``before``, where a cold start takes as long as dozens of rounds.

    Parameters
    ----------
    columns, rows : array of int
        Where each column and row was; -1 for a column that is nonbasic at its lower bound.

    Notes
    -----
    Rows left out were slack, so their slacks were basic, but for degenerate ones: HiGHS repairs the basis
    ("alien") where the numbers do not fit.
    """
    old = before._highs.getBasis()
    if not old.valid:
        return
    new = HighsBasis()
    status, lower = np.array(old.col_status, dtype=object), HighsBasisStatus.kLower
    new.col_status = [status[j] if j >= 0 else lower for j in columns.tolist()]
    row_status = old.row_status
    new.row_status = [row_status[r] for r in rows.tolist()]
    new.alien = True
    new.valid = True
    after._highs.setBasis(new)
