"""The frontier as a table for readers."""

from __future__ import annotations

from collections.abc import Sequence

from voltmile.study.kept_plans import Row, times
from voltmile.study.sheets import FITTING, Sheet


def frontier_sheet(name: str, rows: Sequence[Row]) -> Sheet:
    """Return the points with their costs, bounds and gaps."""
    columns = (
        ("point", None),
        ("cap_t", 2),
        ("co2_t", 2),
        ("cost_cny", 0),
        ("bound_cny", 0),
        ("gap_percent", 3),
        ("cny_per_t", FITTING),
        ("electric", 0),
        ("status", None),
    )
    shown = [
        (
            str(row["point"]),
            times(row["cap_co2_kg"], 1e-3),
            times(row["co2_kg"], 1e-3),
            times(row["cost_cny"], 1.0),
            times(row["bound_cny"], 1.0),
            times(row["gap"], 100.0),
            times(row["cny_per_t"], 1.0),
            row["electric_vehicles"],
            str(row["status"]),
        )
        for row in rows
    ]
    return Sheet(f"{name}: cost against carbon", columns, tuple(shown))
