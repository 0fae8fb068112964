"""The files of a result folder: written from a solution, and read back."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
from pydantic import ValidationError

from voltmile.problem.faults import Fault, FaultyInputError, faults_of
from voltmile.problem.plan import Plan
from voltmile.problem.records import Record
from voltmile.solve.certificate import Certificate
from voltmile.solve.solution import Solution
from voltmile.study.folder import MARKS
from voltmile.study.provenance import Provenance
from voltmile.study.summary import Summary
from voltmile.study.tables import COLUMNS, OPTIONAL, Tables, make_frame

Book = TypeVar("Book", bound=Record)


def save(folder: Path, solution: Solution, tables: Tables, summary: Summary, provenance: Provenance) -> None:
    """Write every file of a result folder but the figures."""
    _write(folder / "plan.json", solution.plan.model_dump_json(indent=1))
    _write(folder / "certificate.json", solution.certificate.model_dump_json())
    for name, frame in tables.items():
        if name in OPTIONAL and frame.empty:
            continue
        _write(folder / f"{name}.csv", csv_text(frame))
    for name, record in (("summary.json", summary), ("provenance.json", provenance)):
        _write(folder / name, json.dumps(record.model_dump(mode="json"), ensure_ascii=False, indent=2))


def _write(path: Path, text: str) -> None:
    path.write_text(text if text.endswith("\n") else f"{text}\n", encoding="utf-8", newline="\n")


def csv_text(frame: pd.DataFrame) -> str:
    """CSV of a frame: floats with all their digits, booleans as true and false, blank for absent numbers."""
    written = frame.copy()
    for column in frame.select_dtypes(bool).columns:
        written[column] = frame[column].map({True: "true", False: "false"})
    return str(written.to_csv(index=False, lineterminator="\n"))


@dataclass(frozen=True)
class ResultFolder:
    """A result folder on the disk; its files are read when they are asked for."""

    path: Path
    summary: Summary
    provenance: Provenance

    @property
    def instance_folder(self) -> Path:
        """Where the instance was when the results were made."""
        return (self.path / self.provenance.instance_folder).resolve()

    @cached_property
    def tables(self) -> Tables:
        """The data frames, equal to those that were written.

        Raises
        ------
        FaultyInputError
            With every table that is missing or not what it should be.
        """
        faults: list[Fault] = []
        frames = {name: _read_table(self.path / f"{name}.csv", faults) for name in COLUMNS}
        if faults:
            raise FaultyInputError(str(self.path), faults)
        return Tables(**frames)

    def table(self, name: str) -> pd.DataFrame:
        """Return one of the data frames, whether the others are there or not.

        Raises
        ------
        FaultyInputError
            When the table is missing or not what it should be.
        """
        faults: list[Fault] = []
        frame = _read_table(self.path / f"{name}.csv", faults)
        if faults:
            raise FaultyInputError(str(self.path), faults)
        return frame

    @cached_property
    def plan(self) -> Plan:
        """What was decided."""
        return _read_one(self.path / "plan.json", Plan)

    @cached_property
    def certificate(self) -> Certificate:
        """The dual values behind the bound."""
        return _read_one(self.path / "certificate.json", Certificate)


def read_results(folder: str | Path) -> ResultFolder:
    """Open a result folder.

    Raises
    ------
    FileNotFoundError
        When there is no such folder, or it holds no results.
    FaultyInputError
        When summary.json or provenance.json are not what they should be.
    """
    path = Path(folder)
    if not path.is_dir():
        raise FileNotFoundError(f"{path}: no such result folder")
    missing = [name for name in MARKS if not (path / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{path}: not a result folder, {' and '.join(missing)} missing")
    faults: list[Fault] = []
    summary = _read_json(path / "summary.json", Summary, faults)
    provenance = _read_json(path / "provenance.json", Provenance, faults)
    if summary is None or provenance is None:
        raise FaultyInputError(str(path), faults)
    return ResultFolder(path.resolve(), summary, provenance)


def _read_one(path: Path, record_type: type[Book]) -> Book:
    faults: list[Fault] = []
    record = _read_json(path, record_type, faults)
    if record is None:
        raise FaultyInputError(str(path.parent), faults)
    return record


def _read_json(path: Path, record_type: type[Book], faults: list[Fault]) -> Book | None:
    try:
        return record_type.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        faults.append(Fault(path.name, "", "is missing"))
    except ValidationError as error:
        faults += faults_of(error, path.name)
    return None


def _read_table(path: Path, faults: list[Fault]) -> pd.DataFrame:
    """Read a table with its types as they are: 0012 keeps its zeros, a city may be called NA."""
    columns = COLUMNS[path.stem]
    try:
        lines = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    except FileNotFoundError:
        if path.stem in OPTIONAL:
            return make_frame(path.stem, ())
        faults.append(Fault(path.name, "", "is missing"))
        return pd.DataFrame()
    if not lines or lines[0] != list(columns):
        found = ",".join(lines[0]) if lines else "nothing"
        faults.append(Fault(path.name, "row 1", f"found {found}; valid: {','.join(columns)}"))
        return pd.DataFrame()
    rows = []
    for number, cells in enumerate(lines[1:], start=2):
        try:
            rows.append([_PARSERS[kind](cell) for kind, cell in zip(columns.values(), cells, strict=True)])
        except ValueError as error:
            faults.append(Fault(path.name, f"row {number}", f"is not a row of this table: {error}"))
    return make_frame(path.stem, map(tuple, rows))


def _truth(cell: str) -> bool:
    if cell not in ("true", "false"):
        raise ValueError(f"found {cell!r}; valid: true or false")
    return cell == "true"


_PARSERS: Mapping[type, Callable[[str], Any]] = {
    str: str,
    int: int,
    float: lambda cell: float(cell) if cell else math.nan,
    bool: _truth,
}
