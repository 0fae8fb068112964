"""Writing an instance folder: TOML, CSV, the provenance table, the facts in the README."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import tomli_w

from .known import Known, Tree, leaves, plain

Cell = str | int | float | bool | None
Row = Mapping[str, Cell]
BEGIN, END = "<!-- facts: written by the builder -->", "<!-- end of facts -->"
PARAMETER_COLUMNS = ("file", "field", "value", "low", "high", "unit", "confidence", "source", "note")


def cell(value: Cell) -> str:
    """Return a value as it stands in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def table(columns: Sequence[str], rows: Iterable[Row]) -> str:
    """Return the text of a CSV file."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell(row.get(column)) for column in columns] for row in rows)
    return out.getvalue()


def write_table(path: Path, rows: Sequence[Row]) -> None:
    """Write a CSV file; the columns are those of the first row."""
    path.write_text(table(list(rows[0]), rows), encoding="utf-8")


def write_toml(path: Path, tree: dict[str, Tree]) -> None:
    """Write a TOML file of the tree's bare numbers."""
    bare = plain(tree)
    assert isinstance(bare, dict)
    path.write_text(tomli_w.dumps(bare), encoding="utf-8")


def parameter_rows(file: str, tree: Mapping[str, Tree]) -> list[Row]:
    """Return the rows of parameters.csv for every number of a TOML file."""
    found: list[Row] = []
    for field, known in leaves(dict(tree)):
        found.append({"file": file, "field": field, "value": known.value, **origin(known)})
    return found


def column_rows(file: str, columns: Mapping[str, Known]) -> list[Row]:
    """Return the rows of parameters.csv for the columns of a CSV file (no value)."""
    found: list[Row] = []
    for column, known in columns.items():
        found.append({"file": file, "field": column, **origin(known)})
    return found


def origin(known: Known) -> dict[str, Cell]:
    """Return the range, unit and origin of a number."""
    return {
        "low": known.low,
        "high": known.high,
        "unit": known.unit or None,
        "confidence": known.confidence,
        "source": known.source,
        "note": known.note or None,
    }


def write_parameters(path: Path, rows: Sequence[Row]) -> None:
    """Write parameters.csv."""
    path.write_text(table(PARAMETER_COLUMNS, rows), encoding="utf-8")


def markdown(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> list[str]:
    """Return the lines of a Markdown table; numbers are right-aligned by their header ending in a colon."""
    heads = [column.rstrip(":") for column in columns]
    rules = ["---:" if column.endswith(":") else "---" for column in columns]
    lines = [heads, rules, *([shown(value) for value in row] for row in rows)]
    return [f"| {' | '.join(line)} |" for line in lines]


def shown(value: Cell) -> str:
    """Return a value for people: thousands separated, few digits."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return cell(value)
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def replace_facts(path: Path, lines: Sequence[str]) -> None:
    """Put the lines between the markers of a README."""
    text = path.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    path.write_text("\n".join([before + BEGIN, "", *lines, "", END + after]), encoding="utf-8")
