"""Tables of text cells with a fixed header, as CSV files written whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from voltmile.study.benchmark.store import write_whole
from voltmile.study.folder import OutputError


def read_table(path: Path, columns: Sequence[str], what: str) -> list[dict[str, str]]:
    """Read a table.

    Raises
    ------
    OutputError
        When its header is another one; ``what`` is what it should be a table of.
    """
    header, *lines = csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline=""), strict=True)
    if tuple(header) != tuple(columns):
        raise OutputError(f"{path} is no table of {what}; choose another folder")
    return [dict(zip(columns, line, strict=True)) for line in lines]


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a table."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    write_whole(path, out.getvalue())
