"""The files of a frontier."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voltmile.study.frontier.points import Point, bound_curve, points_of
from voltmile.study.kept_plans import PlanFolders, Row, write_csv, write_json
from voltmile.study.provenance import Provenance

if TYPE_CHECKING:
    from voltmile.study.frontier.run import Trace

COLUMNS = (
    "point",
    "cap_co2_kg",
    "co2_kg",
    "cost_cny",
    "bound_cny",
    "gap",
    "status",
    "cny_per_t",
    "electric_vehicles",
    "plan_of",
    "bound_of",
    "checked",
    "seconds",
)
"""Columns of frontier.csv, see experiments/README.md."""


@dataclass
class Book:
    """Writes the folder of a frontier; plans that were checked once are not checked again."""

    provenance: Provenance
    folders: PlanFolders
    figures: bool

    def write(self, staging: Path, name: str, trace: Trace) -> list[Row]:
        """Write every file for the points there are; return the rows of frontier.csv."""
        points = points_of(trace.solves, trace.ends)
        for point in points:
            if point.solution is not None:
                seconds = point.solved.answer.seconds
                self.folders.write(staging, _place(point), point.solution, seconds)
        rows = self._rows(points)
        curve = bound_curve(trace.solves, trace.ends)
        write_csv(staging / "frontier.csv", COLUMNS, rows)
        lines = [{"cap_co2_kg": kg, "bound_cny": cny} for kg, cny in curve]
        write_csv(staging / "bound_curve.csv", ("cap_co2_kg", "bound_cny"), lines)
        write_json(staging / "provenance.json", self.provenance.model_dump(mode="json"))
        write_json(staging / "summary.json", self._summary(name, rows, trace))
        if self.figures:
            self._draw(staging / "figures", name, rows, curve)
        return rows

    def _rows(self, points: list[Point]) -> list[Row]:
        rows = [self._row(point) for point in points]
        for before, after in pairwise(rows):
            after["cny_per_t"] = marginal(before, after)
        return rows

    def _row(self, point: Point) -> Row:
        solution = point.solution
        return {
            "point": int(point.solved.name),
            "cap_co2_kg": point.cap_kg,
            "co2_kg": point.co2_kg,
            "cost_cny": None if solution is None else solution.objective,
            "bound_cny": point.bound,
            "gap": None if solution is None else solution.gap,
            "status": point.status,
            "cny_per_t": None,
            "electric_vehicles": point.electric_vehicles,
            "plan_of": point.plan_of,
            "bound_of": point.bound_of,
            "checked": self.folders.holds(_place(point)),
            "seconds": point.solved.answer.seconds,
        }

    def _summary(self, name: str, rows: list[Row], trace: Trace) -> Mapping[str, Any]:
        gaps = [row["gap"] for row in rows if isinstance(row["gap"], float)]
        return {
            "format": 1,
            "instance": name,
            "points": len(rows),
            "points_planned": trace.planned,
            "points_infeasible": sum(row["status"] == "infeasible" for row in rows),
            "largest_gap": max(gaps, default=None),
            "co2_kg_cheapest": rows[0]["co2_kg"],
            "cost_cny_cheapest": rows[0]["cost_cny"],
            "violations": self.folders.faults,
        }

    @staticmethod
    def _draw(folder: Path, name: str, rows: list[Row], curve: list[tuple[float, float]]) -> None:
        from voltmile.study.figures.frontier import frontier_figure
        from voltmile.study.figures.style import save, styled

        folder.mkdir()
        with styled():
            save(frontier_figure(name, rows, curve), folder / "frontier")

    @staticmethod
    def worded(row: Row) -> str:
        """Return a row in a line."""
        parts = [f"point {row['point']}: {row['status']}"]
        for key, unit, scale in (("co2_kg", "t CO2", 1e-3), ("cost_cny", "CNY", 1), ("bound_cny", "CNY", 1)):
            value = row[key]
            if isinstance(value, float):
                parts.append(f"{key.split('_')[0]} {value * scale:,.0f} {unit}")
        return "  ".join(parts)


def _place(point: Point) -> str:
    return f"points/{point.solved.name}"


def marginal(before: Row, after: Row) -> float | None:
    """Extra cost of the plan over that of the point before, by t CO2 of difference (CNY)."""
    numbers = [row[key] for row in (before, after) for key in ("cost_cny", "co2_kg")]
    if any(not isinstance(number, float) for number in numbers):
        return None
    cost, kg, later_cost, later_kg = (float(number or 0.0) for number in numbers)
    return (later_cost - cost) / (kg - later_kg) * 1000 if kg - later_kg > 0.5 else None
