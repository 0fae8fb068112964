"""Plans of a study as result folders of their own, each checked before it is shown."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from voltmile.solve.solution import Solution
from voltmile.study import engines, results
from voltmile.study.config import ExperimentFile
from voltmile.study.provenance import describe
from voltmile.study.summary import summarise
from voltmile.study.tables import make_tables

Cell = str | int | float | bool | None
Row = dict[str, Cell]


@dataclass
class PlanFolders:
    """Writes plans below a folder, and has every new one checked.

    Attributes
    ----------
    target : Path
        Where the folder of the study will stand.
    violations : dict
        What the check found, by name of the plan; empty where all holds.
    """

    file: ExperimentFile
    target: Path
    command: str | None
    started: datetime
    violations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _checked: dict[str, Solution] = field(default_factory=dict)

    def write(self, staging: Path, where: str, solution: Solution, seconds: float) -> None:
        """Write a plan to ``where`` below the staging folder, and check it unless it has been."""
        folder = staging / where
        folder.mkdir(parents=True)
        provenance = describe(self.file, solution.nation, self.target / where, self.command, self.started)
        phases = solution.seconds_by_phase
        summary = summarise(solution, {}, phases, seconds)
        results.save(folder, solution, make_tables(solution), summary, provenance)
        if self._is_new(where, solution):
            report = engines.check(solution.nation, folder, "all")
            self.violations[where] = tuple(map(str, report.violations))
            self._checked[where] = solution

    def _is_new(self, where: str, solution: Solution) -> bool:
        """Whether a plan or its bound is another one than the one checked."""
        before = self._checked.get(where)
        if before is None:
            return True
        return before.plan != solution.plan or before.certificate != solution.certificate

    def holds(self, where: str) -> bool | None:
        """Whether a plan passed the check; None where there is none."""
        return None if where not in self.violations else not self.violations[where]

    @property
    def faults(self) -> list[str]:
        """Every violation with its plan."""
        return [f"{where}: {line}" for where, lines in self.violations.items() for line in lines]


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Cell]]) -> None:
    """Write a table: floats with all their digits, booleans as true and false, blank for None."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([[_written(row[name]) for name in columns] for row in rows])
    path.write_text(out.getvalue(), encoding="utf-8", newline="\n")


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return repr(cell) if isinstance(cell, float) else str(cell)


def read_csv(path: Path) -> list[Row]:
    """Read a table that :func:`write_csv` wrote."""
    with path.open(encoding="utf-8", newline="") as file:
        return [{name: _read(text) for name, text in line.items()} for line in csv.DictReader(file)]


def _read(text: str) -> Cell:
    if text in ("", "true", "false"):
        return None if not text else text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def times(cell: Cell, factor: float) -> float | None:
    """Return a number of a row in another unit; None where there is none."""
    return cell * factor if isinstance(cell, float) else None


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write a record."""
    text = json.dumps(content, ensure_ascii=False, indent=2)
    path.write_text(f"{text}\n", encoding="utf-8", newline="\n")
