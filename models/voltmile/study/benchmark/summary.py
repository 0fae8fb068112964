"""A benchmark in a few lines: how many problems, how many proven, the gaps and the times, by family."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

from voltmile.study.benchmark.rows import Row
from voltmile.study.sheets import Cell, Sheet

_COLUMNS = (
    ("family", None),
    ("problems", 0),
    ("proven", 0),
    ("median gap %", 3),
    ("max gap %", 3),
    ("geo-mean s", 2),
)
_LEAST_S = 0.01


def summary_sheet(rows: Sequence[Row]) -> Sheet:
    """Return a line for each family, and one for all where there are several."""
    families = sorted({row["family"] for row in rows})
    lines = [_line(family or "-", [row for row in rows if row["family"] == family]) for family in families]
    if len(families) > 1:
        lines.append(_line("all", rows))
    return Sheet("", _COLUMNS, tuple(lines))


def _line(name: str, rows: Sequence[Row]) -> tuple[Cell, ...]:
    """Summarise rows; a problem without a plan or bound has no gap, and is left out of the gaps only."""
    gaps = [100 * float(row["gap"]) for row in rows if row["gap"]]
    logs = [math.log(max(_LEAST_S, float(row["time_s"]))) for row in rows if row["time_s"]]
    return (
        name,
        len(rows),
        sum(row["status"] in ("optimal", "infeasible") for row in rows),
        median(gaps) if gaps else None,
        max(gaps, default=None),
        math.exp(math.fsum(logs) / len(logs)) if logs else None,
    )
