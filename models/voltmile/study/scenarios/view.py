"""Scenarios and the choice of one fleet as tables for readers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from voltmile.study.kept_plans import Row, times
from voltmile.study.sheets import Sheet


def scenarios_sheet(name: str, rows: Sequence[Row]) -> Sheet:
    """Return every scenario with its cost and how far that is from the base."""
    columns = (
        ("scenario", None),
        ("probability", 3),
        ("cost_cny", 0),
        ("bound_cny", 0),
        ("gap_percent", 3),
        ("co2_t", 1),
        ("electric", 0),
        ("delta_cny", 0),
        ("status", None),
    )
    shown = [
        (
            str(row["scenario"]),
            times(row["probability"], 1.0),
            times(row["cost_cny"], 1.0),
            times(row["bound_cny"], 1.0),
            times(row["gap"], 100.0),
            times(row["co2_kg"], 1e-3),
            row["electric_vehicles"],
            times(row["delta_cny"], 1.0),
            str(row["status"]),
        )
        for row in rows
    ]
    return Sheet(f"{name}: scenarios", columns, tuple(shown))


def choice_sheet(record: Mapping[str, Any]) -> Sheet:
    """Return the one fleet's numbers."""
    title = f"one fleet for all scenarios, least {record['objective']} cost"
    if record["cost_cny"] is None:
        return Sheet(title, (("", None), ("", None)), (("no fleet", str(record["why_none"])),))
    rows = (
        ("cost (CNY)", _shown(record["cost_cny"])),
        ("lower bound over all routes (CNY)", _shown(record["bound_cny"])),
        ("gap", f"{record['gap']:.3%}"),
        ("value of the stochastic solution", str(record["value_of_stochastic_solution"])),
        ("perfect information is worth (CNY)", _shown(record["expected_value_of_perfect_information_cny"])),
        ("... and at most (CNY)", _shown(record["at_most_cny"])),
    )
    return Sheet(title, (("", None), ("", None)), rows)


def _shown(value: float) -> str:
    return f"{value:,.0f}"
