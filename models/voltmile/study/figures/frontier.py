"""Cost against carbon: the plans above, what is proven below, and what a tonne saved costs in between."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from voltmile.study.figures.style import ELECTRIC, FAINT, GAIN, INK, QUIET, coloured_line, new_figure
from voltmile.study.figures.words import label, three_digits

Row = Mapping[str, Any]
Curve = Sequence[tuple[float, float]]
"""(kg allowed, CNY at least), loosest cap first."""


def frontier_figure(name: str, rows: Sequence[Row], curve: Curve) -> Figure:
    """Draw a frontier.

    Above: under every cap, the cheapest plan known and the bound; between two points the plan of the tighter
    one keeps the cap, hence the steps. Below: what the plans pay for a tonne from point to point.

    Parameters
    ----------
    rows : sequence of mappings
        As frontier.csv has them.
    """
    figure = new_figure(7.2, 5.8)
    above, below = figure.subplots(2, 1, sharex=True, height_ratios=(3, 1.3))
    scale, unit = _scale(rows)
    _band(above, rows, curve, scale)
    _points(above, rows, scale)
    _lost(above, rows)
    title = f"discounted cost ({unit}) under a carbon cap"
    above.set_title(label(f"{name}: {title}", title), pad=24)
    words = [("plan", ELECTRIC), ("bound: no plan of any routes costs less", GAIN)]
    coloured_line(above, words, height=1.02)
    _marginal(below, rows)
    below.set_xlabel("t CO2 allowed, all years together")
    above.margins(x=0.05)
    return figure


def _scale(rows: Sequence[Row]) -> tuple[float, str]:
    reach = max((abs(row["cost_cny"]) for row in rows if row["cost_cny"] is not None), default=0.0)
    return (1e6, "million CNY") if reach >= 1e6 else (1e3, "thousand CNY")


def _place(row: Row) -> float:
    """Where a point stands: at its cap, the first one at what it emits (t)."""
    return float(row["co2_kg"] if row["cap_co2_kg"] is None else row["cap_co2_kg"]) / 1000


def _solved(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if row["cost_cny"] is not None]


def _band(axes: Axes, rows: Sequence[Row], curve: Curve, scale: float) -> None:
    """Shade what is not known: between the steps of the plans and the curve of the bound."""
    solved = sorted(_solved(rows), key=_place)
    if not solved or not curve:
        return
    x = np.array([_place(row) for row in solved])
    cost = np.array([row["cost_cny"] for row in solved]) / scale
    at = np.array([kg / 1000 for kg, _ in reversed(curve)])
    least = np.array([cny / scale for _, cny in reversed(curve)])
    grid = np.unique(np.concatenate([at[at >= x[0]], x]))
    steps = cost[np.searchsorted(x, grid, side="right") - 1]
    axes.fill_between(
        grid, np.interp(grid, at, least), steps, step="post", color=FAINT, alpha=0.55, linewidth=0
    )
    axes.step(x, cost, where="post", color=ELECTRIC, linewidth=1.0, alpha=0.6)
    axes.plot(at, least, color=GAIN, linewidth=1.2)


def _points(axes: Axes, rows: Sequence[Row], scale: float) -> None:
    for row in _solved(rows):
        x, cost = _place(row), row["cost_cny"] / scale
        axes.plot([x], [cost], "o", color=ELECTRIC, markersize=5, zorder=3)
        if row["bound_cny"] is None:
            continue
        axes.plot([x], [row["bound_cny"] / scale], "^", color=GAIN, markersize=5, zorder=3)
        axes.annotate(
            f"{100 * row['gap']:.2g} %",
            (x, cost),
            xytext=(3, 5),  # the step to the next cap goes up at the point
            textcoords="offset points",
            ha="left",
            fontsize=8,
        )


def _lost(axes: Axes, rows: Sequence[Row]) -> None:
    """Mark caps that no plan keeps."""
    for row in rows:
        if row["cost_cny"] is None and row["cap_co2_kg"] is not None:
            axes.axvline(_place(row), color=QUIET, linewidth=0.8, linestyle=":")
            axes.annotate(
                str(row["status"]).replace("_", " "),
                (_place(row), 0.98),
                xycoords=("data", "axes fraction"),
                rotation=90,
                va="top",
                ha="right",
                fontsize=8,
                color=QUIET,
            )


def _marginal(axes: Axes, rows: Sequence[Row]) -> None:
    """Draw what the plans pay for a tonne from each point to the next tighter one."""
    for before, after in pairwise(_solved(rows)):
        price = after["cny_per_t"]
        if price is None:
            continue
        left, right = after["co2_kg"] / 1000, before["co2_kg"] / 1000
        axes.plot([left, right], [price, price], color=INK, linewidth=2.0, solid_capstyle="butt")
        axes.annotate(
            three_digits(price),
            ((left + right) / 2, price),
            xytext=(0, 3),
            textcoords="offset points",
            ha="center",
            fontsize=8,
        )
    axes.axhline(0, color=QUIET, linewidth=0.7)
    axes.margins(y=0.25)
    axes.set_title("CNY for a t CO2 saved, from plan to plan", fontweight="normal")
