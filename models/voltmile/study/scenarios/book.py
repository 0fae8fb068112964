"""The files of a study of scenarios."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voltmile.study.kept_plans import PlanFolders, Row, write_csv, write_json
from voltmile.study.provenance import Provenance
from voltmile.study.scenarios.rows import COLUMNS, FLEET_COLUMNS, Choice, Solved, scenario_rows


@dataclass
class Book:
    """Writes the folder of a study of scenarios; plans that were checked once are not checked again."""

    provenance: Provenance
    folders: PlanFolders
    figures: bool

    def write(
        self, staging: Path, name: str, solved: Sequence[Solved], choice: Choice | None = None
    ) -> list[Row]:
        """Write every file for the scenarios there are; return the rows of scenarios.csv."""
        rows = scenario_rows(solved)
        for one, row in zip(solved, rows, strict=True):
            if one.answer.solution is not None:
                where = f"plans/{one.name}"
                self.folders.write(staging, where, one.answer.solution, one.answer.seconds)
                row["checked"] = self.folders.holds(where)
        robust = self._robust(staging, solved, choice) if choice is not None else None
        write_csv(staging / "scenarios.csv", COLUMNS, rows)
        write_json(staging / "provenance.json", self.provenance.model_dump(mode="json"))
        write_json(staging / "summary.json", self._summary(name, solved, robust))
        if self.figures:
            self._draw(staging / "figures", name, rows)
        return rows

    def _robust(self, staging: Path, solved: Sequence[Solved], choice: Choice) -> dict[str, Any]:
        """Write the one fleet for all, and its plan in every scenario."""
        for name, solution in choice.found.solutions.items() if choice.found else ():
            self.folders.write(staging, f"robust/{name}", solution, 0.0)
        plans = {one.name: one.answer.solution for one in solved}
        record = choice.record({n: s.objective for n, s in plans.items() if s and n in choice.weights})
        write_csv(staging / "robust.csv", FLEET_COLUMNS, choice.rows())
        write_json(staging / "robust.json", record)
        return record

    def _summary(
        self, name: str, solved: Sequence[Solved], robust: Mapping[str, Any] | None
    ) -> dict[str, Any]:
        return {
            "format": 1,
            "instance": name,
            "scenarios": {one.name: one.scenario.overrides for one in solved},
            "without_a_plan": {one.name: one.answer.words for one in solved if one.answer.solution is None},
            "robust": None if robust is None else {k: v for k, v in robust.items() if k != "fleet"},
            "violations": self.folders.faults,
        }

    @staticmethod
    def _draw(folder: Path, name: str, rows: Sequence[Row]) -> None:
        from voltmile.study.figures.style import save, styled
        from voltmile.study.figures.tornado import tornado_figure

        folder.mkdir()
        with styled():
            save(tornado_figure(name, rows), folder / "tornado")

    @staticmethod
    def worded(row: Row) -> str:
        """Return a row in a line."""
        parts = [f"{row['scenario']}: {row['status']}"]
        for key in ("cost_cny", "bound_cny", "delta_cny"):
            value = row[key]
            if isinstance(value, float):
                parts.append(f"{key.split('_')[0]} {value:,.0f} CNY")
        return "  ".join(parts)
