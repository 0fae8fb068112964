"""CSV tables of an instance folder, read into records and written back."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from voltmile.problem.faults import Fault, faults_of, nearest
from voltmile.problem.records import Record

Row = TypeVar("Row", bound=Record)


def columns_of(row_type: type[Record]) -> list[str]:
    """Column names of a record type, in order."""
    return [field.alias or name for name, field in row_type.model_fields.items()]


def read_table(path: Path, row_type: type[Row], faults: list[Fault]) -> tuple[Row, ...]:
    """Read a CSV file into records; every fault found is appended to ``faults``.

    Parameters
    ----------
    path : Path
        The file; UTF-8, with or without a byte order mark.
    row_type : type
        What a row must be. An empty cell counts as absent.
    faults : list of Fault
        Receives unknown or missing columns, ragged rows and invalid cells.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        faults.append(Fault(path.name, f"byte {error.start}", "is not UTF-8; save the file as CSV UTF-8"))
        return ()
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows:
        faults.append(Fault(path.name, "row 1", f"is empty; valid header: {','.join(columns_of(row_type))}"))
        return ()
    header = rows[0]
    if not _header_is_good(path.name, header, row_type, faults):
        return ()
    found = []
    for number, cells in enumerate(rows[1:], start=2):
        if not any(cells):
            continue
        record = _read_row(path.name, number, header, cells, row_type, faults)
        if record is not None:
            found.append(record)
    return tuple(found)


def _header_is_good(file: str, header: list[str], row_type: type[Record], faults: list[Fault]) -> bool:
    valid = columns_of(row_type)
    before = len(faults)
    for name in header:
        if name not in valid:
            faults.append(Fault(file, "row 1", f"unknown column {name!r}; {nearest(name, valid)}"))
    for name in {n for n in header if header.count(n) > 1}:
        faults.append(Fault(file, "row 1", f"column {name!r} stands there twice"))
    for key, field in row_type.model_fields.items():
        if field.is_required() and (field.alias or key) not in header:
            faults.append(Fault(file, "row 1", f"column {field.alias or key!r} is missing"))
    return len(faults) == before


def _read_row(
    file: str, number: int, header: list[str], cells: list[str], row_type: type[Row], faults: list[Fault]
) -> Row | None:
    if len(cells) != len(header):
        faults.append(Fault(file, f"row {number}", f"has {len(cells)} cells; valid: {len(header)}"))
        return None
    given = {name: cell.strip() for name, cell in zip(header, cells, strict=True) if cell.strip()}
    try:
        return row_type.model_validate_strings(given)
    except ValidationError as error:
        faults.extend(faults_of(error, file, f"row {number}"))
        return None


def write_table(rows: tuple[Record, ...], row_type: type[Record]) -> str:
    """Return the CSV text of records; optional columns that are empty throughout are left out."""
    names = list(row_type.model_fields)
    used = [
        name
        for name in names
        if row_type.model_fields[name].is_required() or any(getattr(row, name) is not None for row in rows)
    ]
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([row_type.model_fields[n].alias or n for n in used])
    writer.writerows([_cell(getattr(row, n)) for n in used] for row in rows)
    return out.getvalue()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)
