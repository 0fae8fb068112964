"""Rows of pricing calls: the same dual values for several tools."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from voltmile.study.benchmark.csv_table import read_table, write_table
from voltmile.study.sheets import Cell, Sheet

COLUMNS = (
    "instance",
    "n",
    "stage",
    "tool",
    "relaxation",
    "status",
    "seconds",
    "repeats",
    "value",
    "elementary",
)
EXACT = "exact"
OURS = "voltmile"

Call = Mapping[str, str]
CallKey = tuple[str, ...]

_EQUAL = 0.01
"""PathWyse computes in whole numbers of 0.0001, rounded at every node."""
_LEAST_S = 1e-4


def key_of_call(call: Call) -> CallKey:
    """Return what says which problem, tool and relaxation a call is."""
    return tuple(call[column] for column in ("instance", "stage", "tool", "relaxation"))


def read_calls(path: Path) -> list[Call]:
    """Read a table of calls.

    Raises
    ------
    OutputError
        When it is something else.
    """
    return list(read_table(path, COLUMNS, "pricing calls"))


def write_calls(path: Path, calls: Iterable[Call]) -> None:
    """Write a table of calls, whole or not at all."""
    write_table(path, COLUMNS, calls)


_SUMMARY = (
    ("tool", None),
    ("relaxation", None),
    ("calls", 0),
    ("answered", 0),
    ("geo-mean s", 4),
    ("max s", 3),
    ("common with voltmile", 0),
    ("times voltmile's s", 2),
    ("least values", None),
)


def calls_sheet(calls: Sequence[Call]) -> Sheet:
    """Return a line for each tool and relaxation.

    Times are compared where both tools answered, with voltmile's call of the same relaxation. Elementary
    values are compared with voltmile's, or with the least of the others where that is missing.
    """
    kinds = dict.fromkeys((call["tool"], call["relaxation"]) for call in calls)
    return Sheet("", _SUMMARY, tuple(_summary(tool, kind, calls) for tool, kind in kinds))


def _summary(tool: str, relaxation: str, calls: Sequence[Call]) -> tuple[Cell, ...]:
    own = [call for call in calls if (call["tool"], call["relaxation"]) == (tool, relaxation)]
    done = [call for call in own if call["status"] == EXACT]
    ours = {
        _problem(call): _seconds(call)
        for call in calls
        if (call["tool"], call["relaxation"], call["status"]) == (OURS, _asked(relaxation), EXACT)
    }
    ratios = [_seconds(call) / ours[_problem(call)] for call in done if _problem(call) in ours]
    return (
        tool,
        relaxation,
        len(own),
        len(done),
        _geometric_mean([_seconds(call) for call in done]),
        max(map(_seconds, done), default=None),
        len(ratios),
        _geometric_mean(ratios),
        _agreement(done, _elementary(calls)),
    )


def _asked(relaxation: str) -> str:
    """Relaxation of voltmile that gives the same value."""
    return relaxation.split()[0]


def _problem(call: Call) -> tuple[str, str]:
    return call["instance"], call["stage"]


def _seconds(call: Call) -> float:
    return max(_LEAST_S, float(call["seconds"]))


def _geometric_mean(values: Sequence[float]) -> float | None:
    return math.exp(math.fsum(map(math.log, values)) / len(values)) if values else None


def _elementary(calls: Sequence[Call]) -> dict[tuple[str, str], float]:
    """Least reduced cost over elementary routes of each problem, as far as any tool found it."""
    found: dict[tuple[str, str], float] = {}
    for call in sorted(calls, key=lambda call: call["tool"] == OURS):
        if call["status"] == EXACT and _asked(call["relaxation"]) == "elementary":
            value = float(call["value"])
            ours = call["tool"] == OURS
            found[_problem(call)] = value if ours else min(value, found.get(_problem(call), value))
    return found


def _agreement(done: Sequence[Call], truth: Mapping[tuple[str, str], float]) -> str:
    compared = [(float(call["value"]), truth[_problem(call)]) for call in done if _problem(call) in truth]
    if not done:
        return ""
    if _asked(done[0]["relaxation"]) == "elementary":
        equal = sum(abs(value - least) <= _EQUAL for value, least in compared)
        return f"{equal} of {len(compared)} equal"
    above = sum(value > least + _EQUAL for value, least in compared)
    lower = sum(value < least - _EQUAL for value, least in compared)
    return f"{lower} of {len(compared)} below the elementary one, {above} above"


def problems_sheet(calls: Sequence[Call]) -> Sheet:
    """Return a line for each problem with the seconds of every tool; what failed is named instead."""
    kinds = dict.fromkeys((call["tool"], call["relaxation"]) for call in calls)
    problems = dict.fromkeys((call["instance"], call["n"], call["stage"]) for call in calls)
    by_key = {key_of_call(call): call for call in calls}
    columns: list[tuple[str, int | None]] = [("instance", None), ("n", 0), ("stage", None)]
    columns += [("least elementary", 3), ("least ng", 3)]
    columns += [(f"{tool} {relaxation}", None) for tool, relaxation in kinds]
    truth = _elementary(calls)
    lines = []
    for instance, n, stage in problems:
        ng = by_key.get((instance, stage, OURS, "ng"))
        cells: list[Cell] = [instance, int(n), stage, truth.get((instance, stage))]
        cells.append(float(ng["value"]) if ng is not None and ng["status"] == EXACT else None)
        cells += [_cell(by_key.get((instance, stage, *kind))) for kind in kinds]
        lines.append(tuple(cells))
    return Sheet("", tuple(columns), tuple(lines))


def _cell(call: Call | None) -> str:
    if call is None:
        return ""
    return f"{float(call['seconds']):.4f}" if call["status"] == EXACT else call["status"]
