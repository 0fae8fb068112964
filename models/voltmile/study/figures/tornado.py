"""How far every scenario moves the cost: the greatest on top, whiskers as wide as the gaps leave it open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from voltmile.study.figures.style import FUEL, GAIN, INK, QUIET, new_figure
from voltmile.study.figures.words import label, three_digits

Row = Mapping[str, Any]


def tornado_figure(name: str, rows: Sequence[Row]) -> Figure:
    """Draw the cost of each scenario less that of the base.

    Parameters
    ----------
    rows : sequence of mappings
        As scenarios.csv has them, the base first.
    """
    moved = sorted((row for row in rows if row["delta_cny"] is not None), key=lambda r: abs(r["delta_cny"]))
    lost = [row for row in rows[1:] if row["delta_cny"] is None]
    reach = max((abs(row[key]) for row in moved for key in _ENDS), default=1.0)
    scale, unit = (1e6, "million CNY") if reach >= 1e6 else (1e3, "thousand CNY")
    figure = new_figure(7.2, 1.3 + 0.36 * max(1, len(moved) + len(lost)))
    axes = figure.subplots()
    for y, row in enumerate([*lost, *moved]):
        if row["delta_cny"] is None:
            text = str(row["status"]).replace("_", " ")
            axes.text(0, y, f"  {text}", va="center", fontsize=8.5, color=QUIET)
        else:
            _bar(axes, y, row, scale)
    names = [label(str(row["scenario"]), f"scenario {n}") for n, row in enumerate([*lost, *moved], 1)]
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(-0.7, len(names) - 0.3)  # a row without a bar has its room, too
    axes.axvline(0, color=QUIET, linewidth=0.7)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.margins(x=0.14)
    base = rows[0]["cost_cny"]
    known = "" if base is None else f" of {base / scale:,.2f}"
    axes.set_xlabel(f"{unit} more than the base{known}, discounted; whiskers: what the bounds leave open")
    title = "what moves the cost"
    axes.set_title(label(f"{name}: {title}", title), pad=10)
    return figure


_ENDS = ("delta_low_cny", "delta_high_cny")


def _bar(axes: Axes, y: int, row: Row, scale: float) -> None:
    value, low, high = (row[key] / scale for key in ("delta_cny", *_ENDS))
    axes.barh(y, value, 0.62, color=FUEL if value > 0 else GAIN, alpha=0.85)
    axes.errorbar(
        value, y, xerr=[[value - low], [high - value]], color=INK, linewidth=1.0, capsize=2.5, fmt="none"
    )
    right = value > 0
    end = max(high, 0.0) if right else min(low, 0.0)
    axes.annotate(
        f"{'+' if right else ''}{three_digits(value)}",
        (end, y),
        xytext=(4 if right else -4, 0),
        textcoords="offset points",
        va="center",
        ha="left" if right else "right",
        fontsize=8.5,
    )
