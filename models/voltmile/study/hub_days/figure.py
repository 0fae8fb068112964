"""Gap and seconds of hub-days against their villages and their stops a route."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes

from voltmile.study.figures.style import ELECTRIC, FAINT, FUEL, PNG_DPI, QUIET, headed, new_figure, styled
from voltmile.study.hub_days.rows import Row


def draw_figure(rows: Sequence[Row], path: Path) -> None:
    """Write the figure as PNG: gap, seconds to 3 % and to 1 %, and cost, by villages and by stops a route."""
    villages = np.array([row.n for row in rows], dtype=np.float64)
    stops = np.array([row.stops_per_route for row in rows])
    with styled():
        figure = new_figure(7.2, 7.4)
        grid = figure.subplots(3, 2, sharex="col", sharey="row")
        headed(figure, f"{len(rows)} hub-days", {"3 %": ELECTRIC, "1 %": FUEL, "hollow: not reached": QUIET})
        for column, (values, name) in enumerate(((villages, "villages"), (stops, "stops a route"))):
            _gaps(grid[0, column], values, rows)
            _times(grid[1, column], values, rows)
            cost = [row.cost_cny / row.n for row in rows]
            grid[2, column].scatter(values, cost, s=18, color=QUIET, linewidths=0)
            grid[2, column].set_ylim(bottom=0)
            grid[2, column].set_xlabel(name)
        for axes, name in zip(
            grid[:, 0], ("gap, %", "seconds of solving", "CNY a day and village"), strict=True
        ):
            axes.set_ylabel(name)
        figure.savefig(path, dpi=PNG_DPI, metadata={"Software": None})


def _gaps(axes: Axes, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], rows: Sequence[Row]) -> None:
    gaps = np.array([100 * row.gap for row in rows])
    axes.scatter(values, gaps, s=18, color=QUIET, linewidths=0)
    for level, colour in ((3, ELECTRIC), (1, FUEL)):
        axes.axhline(level, color=colour, linewidth=0.7, zorder=0)
    axes.set_ylim(bottom=0)


def _times(
    axes: Axes, values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], rows: Sequence[Row]
) -> None:
    """Draw seconds until each gap; hollow at the end of the solve where it was not reached."""
    for which, colour, shift in (("to_3_pct_s", ELECTRIC, -0.3), ("to_1_pct_s", FUEL, 0.3)):
        for value, row in zip(values, rows, strict=True):
            seconds = getattr(row, which)
            axes.scatter(
                value + shift,
                row.time_s if seconds is None else seconds,
                s=18,
                facecolors="none" if seconds is None else colour,
                edgecolors=colour,
                linewidths=0.8,
            )
    axes.axhline(60, color=FAINT, linewidth=0.7, zorder=0)
    axes.set_ylim(bottom=0)
