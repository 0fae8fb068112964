"""How far the root of a search tree was from the best known value, by the trace kept beside the rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from voltmile.study.benchmark.rows import Row
from voltmile.study.benchmark.store import Key, key_in, read_records

_ROOT = "column generation"
"""The step of bounds proven at the root; those of other nodes are ``branching``."""

#: Best known values have few digits.
_EQUAL = 1e-5


def root_gaps(rows: Sequence[Row], routes: Path) -> dict[Key, float]:
    """Return (value - last bound of the root) / value of each problem that has both.

    That is after cuts and enumeration; before both, where it paid to branch on numbers of vehicles at once.
    The value is the best known one, or the plan's cost. Problems where fewest vehicles come first have none:
    their traces count a route for more than any distance.

    Parameters
    ----------
    routes : Path
        The file of routes beside the rows, a record a line.
    """
    if not routes.exists():
        return {}
    row_of, found = {key_in(row): row for row in rows}, dict[Key, float]()
    for key, record, _ in read_records(routes):
        row, bound = row_of.get(key), _root_bound(record)
        value = float((row["best_known"] or row["primal"] or 0.0) if row else 0.0)
        if bound is not None and value > 0:
            gap = (value - bound) / value
            found[key] = gap if abs(gap) > _EQUAL else 0.0
    return found


def _root_bound(record: Mapping[str, Any]) -> float | None:
    trace, cost = record["trace"], record["cost"]
    if not trace or cost is None or not math.isclose(trace[-1][3] or math.inf, cost, rel_tol=1e-9):
        return None
    bounds = [bound for _, step, bound, *_ in trace if step == _ROOT and bound is not None]
    return float(max(bounds)) if bounds else None
