"""Tables of text cells with a fixed header, as CSV files written whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from voltmile.study.benchmark.store import write_whole
from voltmile.study.folder import OutputError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

RecordT = TypeVar("RecordT", bound="DataclassInstance")


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


def read_records(path: Path, kind: type[RecordT], what: str) -> list[RecordT]:
    """Read a table of dataclass records of words and numbers; none where there is no file.

    Raises
    ------
    OutputError
        When it is another table.
    """
    if not path.exists():
        return []
    kinds = {field.name: str(field.type) for field in fields(kind)}
    lines = read_table(path, tuple(kinds), what)
    return [kind(**{name: _parsed(kinds[name], text) for name, text in line.items()}) for line in lines]


def write_records(path: Path, kind: type[RecordT], records: Iterable[RecordT]) -> None:
    """Write a table of dataclass records; None is a blank."""
    write_table(path, [field.name for field in fields(kind)], [asdict(one) for one in records])


def _parsed(kind: str, text: str) -> Any:
    if not text and "None" in kind:
        return None
    return {"int": int, "str": str}.get(kind, float)(text)
