"""National limits in words: how much of what is missing."""

from __future__ import annotations

import math

from voltmile.problem.limits import Limit
from voltmile.problem.nation import Nation
from voltmile.solve.decomposition.national import right_hand_side
from voltmile.solve.frame import Frame, Vector

UNITS = {
    "budget": "CNY",
    "supply": "vehicles",
    "carbon": "kg of CO2",
    "green_cities": "cities",
    "journey": "km a year",
    "labels": "million labels",
    "fund": "CNY",
}
"""Of the violation of a limit."""


def side_of(frame: Frame, row: int) -> float:
    """Return what a row allows or asks for."""
    upper = float(frame.row_upper[row])
    return upper if math.isfinite(upper) else float(frame.row_lower[row])


def is_minimum(frame: Frame, row: int) -> bool:
    """Whether a row asks for at least so much."""
    return math.isinf(float(frame.row_upper[row]))


def number(value: float) -> str:
    """Write a number: whole ones in full, others with six digits."""
    return f"{value:,.0f}" if abs(value - round(value)) < 1e-6 * max(1.0, abs(value)) else f"{value:,.6g}"


def quantity(limit: Limit, value: float) -> str:
    """Write an amount of what a limit restricts."""
    return f"{number(value)} {UNITS[limit.kind]}"


def missing(nation: Nation, frame: Frame, row: int, lacking: float) -> str:
    """Say what a limit lacks, of how much."""
    limit, side = nation.limits[row], right_hand_side(nation, nation.limits[row])
    share = f" ({lacking / abs(side):.1%})" if side else ""
    verb = "asked for" if is_minimum(frame, row) else "allowed"
    return f"{limit.id} lacks {quantity(limit, lacking)} of the {number(side)} {verb}{share}"


def all_missing(nation: Nation, frame: Frame, lacking: Vector) -> str:
    """Say what every limit lacks, in one line."""
    amounts = enumerate(lacking[: len(nation.limits)].tolist())
    return "; ".join(missing(nation, frame, row, amount) for row, amount in amounts if amount > 0)


def change(nation: Nation, frame: Frame, row: int, lacking: float) -> str:
    """Say how a limit would have to be changed; vehicles and cities are whole."""
    limit = nation.limits[row]
    if limit.kind in ("supply", "green_cities"):
        lacking = math.ceil(lacking - 1e-6)
    if is_minimum(frame, row):
        return f"ask for {quantity(limit, lacking)} less in {limit.id}"
    return f"allow {quantity(limit, lacking)} more in {limit.id}"
