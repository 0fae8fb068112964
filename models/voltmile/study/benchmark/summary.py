"""A benchmark in a few lines: how many problems, how many proven, the gaps and the times."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from statistics import fmean, median

from voltmile.study.benchmark.contradictions import contradicts
from voltmile.study.benchmark.rows import Row
from voltmile.study.benchmark.store import Key, key_in
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
_PUBLISHED = (
    ("family", None),
    ("variant", None),
    ("problems", 0),
    ("proven", 0),
    ("within 0.5 %", 0),
    ("no gap", 0),
    ("mean gap %", 3),
    ("max gap %", 3),
    ("mean root %", 3),
    ("mean s", 1),
    ("median s", 1),
    ("max s", 1),
    ("compared", 0),
    ("worst to best known %", 3),
    ("contradictions", 0),
)
_WITHIN = 0.005
_PROVEN = ("optimal", "infeasible")


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
        sum(row["status"] in _PROVEN for row in rows),
        median(gaps) if gaps else None,
        max(gaps, default=None),
        math.exp(math.fsum(logs) / len(logs)) if logs else None,
    )


def published_sheet(rows: Sequence[Row], optima: Collection[Key], roots: Mapping[Key, float]) -> Sheet:
    """Return a line for each family and variant, and one for all where there are several.

    ``no gap`` counts problems without a plan or a bound, which the gaps leave out; ``compared`` those with a
    gap to the best known value.

    Parameters
    ----------
    optima : collection of keys
        Problems whose best known value is known as optimal.
    roots : mapping
        Gap of the root of each problem that has one.
    """
    kinds = sorted({_kind(row) for row in rows}, key=lambda kind: (len(kind[0]), kind))
    lines = [_published(*kind, [row for row in rows if _kind(row) == kind], optima, roots) for kind in kinds]
    if len(kinds) > 1:
        lines.append(_published("all", "", rows, optima, roots))
    return Sheet("", _PUBLISHED, tuple(lines))


def _kind(row: Row) -> tuple[str, str]:
    return row["family"] or "-", row["variant"]


def _published(
    family: str, variant: str, rows: Sequence[Row], optima: Collection[Key], roots: Mapping[Key, float]
) -> tuple[Cell, ...]:
    root = [100 * roots[key_in(row)] for row in rows if key_in(row) in roots]
    gaps = [float(row["gap"]) for row in rows if row["gap"]]
    seconds = [float(row["time_s"]) for row in rows if row["time_s"]]
    known = [100 * float(row["gap_to_best_known"]) for row in rows if row["gap_to_best_known"]]
    return (
        family,
        variant,
        len(rows),
        sum(row["status"] in _PROVEN for row in rows),
        sum(gap <= _WITHIN for gap in gaps),
        sum(not row["gap"] and row["status"] != "infeasible" for row in rows),
        100 * fmean(gaps) if gaps else None,
        100 * max(gaps) if gaps else None,
        fmean(root) if root else None,
        fmean(seconds) if seconds else None,
        median(seconds) if seconds else None,
        max(seconds, default=None),
        len(known),
        max(known, default=None),
        sum(contradicts(row, key_in(row) in optima) for row in rows),
    )


_ROW = (
    ("instance", None),
    ("variant", None),
    ("n", 0),
    ("plan", 2),
    ("bound", 2),
    ("gap %", 3),
    ("root %", 3),
    ("best known", 2),
    ("to best known %", 3),
    ("s", 1),
)


def rows_sheet(rows: Sequence[Row], roots: Mapping[Key, float]) -> Sheet:
    """Return a line for each problem; ``root %`` is the gap of the root of its tree."""
    return Sheet("", _ROW, tuple(_row(row, roots.get(key_in(row))) for row in rows))


def _row(row: Row, root: float | None) -> tuple[Cell, ...]:
    def number(column: str, scale: float = 1.0) -> Cell:
        return scale * float(row[column]) if row[column] else None

    return (
        row["instance"],
        row["variant"],
        int(row["n"]),
        number("primal"),
        number("bound"),
        number("gap", 100),
        None if root is None else 100 * root,
        number("best_known"),
        number("gap_to_best_known", 100),
        number("time_s"),
    )
