"""What the plan costs by term, and its carbon by year."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from voltmile.problem.limits import CarbonLimit
from voltmile.problem.nation import Nation
from voltmile.solve.solution import Solution
from voltmile.study import accounts
from voltmile.study.figures.style import (
    ELECTRIC,
    FUEL,
    GAIN,
    INK,
    QUIET,
    coloured_line,
    new_figure,
    text_on,
)
from voltmile.study.figures.words import three_digits
from voltmile.study.tables import Tables

Vector = NDArray[np.float64]


def cost_figure(nation: Nation, tables: Tables) -> Figure:
    """Draw the discounted cost by term, the greatest on top; what comes back points to the left."""
    terms = tables.costs.groupby("term")["discounted_cny"].sum()
    terms = terms[terms != 0].sort_values()
    values = terms.to_numpy(dtype=float)
    reach = max(float(np.abs(values).max(initial=0.0)), 1e-9)
    scale, unit = (1e6, "million CNY") if reach >= 1e6 else (1e3, "thousand CNY")
    figure = new_figure(7.2, 1.1 + 0.34 * max(1, len(values)))
    axes = figure.subplots()
    axes.barh(range(len(values)), values, 0.7, color=[QUIET if v > 0 else GAIN for v in values])
    for y, value in enumerate(values):
        shown = value / scale
        text = f"{shown:,.2f}" if abs(shown) >= 0.1 else f"{shown:.2g}"
        axes.text(max(value, 0.0) + 0.01 * reach, y, text, va="center", fontsize=8.5)
    axes.set_yticks(range(len(values)), [term.replace("_", " ") for term in terms.index])
    axes.axvline(0, color=QUIET, linewidth=0.7)
    axes.set_xlim(values.min(initial=0.0), values.max(initial=0.0) + 0.1 * reach)
    axes.set_xticks([])
    axes.tick_params(length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    years = f"{nation.years[0]} to {nation.years[-1]}" if len(nation.years) > 1 else str(nation.years[0])
    axes.set_title(f"Discounted cost {years}: {values.sum() / scale:,.2f} {unit}", pad=10)
    return figure


def carbon_figure(solution: Solution) -> Figure:
    """Draw the carbon of each year by source, and the carbon limits as lines."""
    nation = solution.nation
    co2 = accounts.co2_kg(nation, solution.plan, solution.routes)
    sources: tuple[tuple[accounts.Source, str], ...] = (("fuel", FUEL), ("electricity", ELECTRIC))
    figure = new_figure(2.6 + 0.9 * len(nation.years), 4.2)
    axes = figure.subplots()
    bottom = np.zeros(len(nation.years))
    for source, colour in sources:
        kg = [sum(co2[city.id, year, source] for city in nation.cities) for year in nation.years]
        tonnes = np.array(kg) / 1000
        axes.bar(range(len(kg)), tonnes, 0.72, bottom=bottom, color=colour, edgecolor="white", linewidth=0.6)
        _write_parts(axes, bottom, tonnes, text_on(colour))
        bottom = bottom + tonnes
    top = max(float(bottom.max()), _draw_limits(axes, nation), 1e-9)
    for x, total in enumerate(bottom):
        text = three_digits(float(total))
        axes.text(x, total + 0.015 * top, text, ha="center", va="bottom", fontweight="bold")
    axes.set_xticks(range(len(bottom)), [str(year) for year in nation.years])
    axes.set_yticks([])
    axes.tick_params(length=0)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(0, 1.1 * top)
    of_what = "Carbon" if nation.measures is None else "Carbon of the vehicles"
    axes.set_title(f"{of_what} (t CO2 a year)", pad=24)
    coloured_line(axes, list(sources), height=1.02)
    return figure


def _write_parts(axes: Axes, bottom: Vector, height: Vector, colour: str) -> None:
    """Write into each part of a stack how much it is, where there is room."""
    room = 0.05 * float((bottom + height).max(initial=0.0))
    for x, (low, part) in enumerate(zip(bottom, height, strict=True)):
        if part > room:
            text = three_digits(float(part))
            axes.text(x, low + part / 2, text, ha="center", va="center", color=colour)


def _draw_limits(axes: Axes, nation: Nation) -> float:
    """Draw the carbon limits (a limit of 0 is a price on carbon, not a line); return the highest.

    With campaign measures a limit is one of vehicles and measures together, which no bar here shows.
    """
    highest = 0.0
    for limit in nation.limits if nation.measures is None else ():
        if isinstance(limit, CarbonLimit) and limit.max_co2_kg > 0:
            x, height = nation.position(limit.year), limit.max_co2_kg / 1000
            axes.plot([x - 0.44, x + 0.44], [height, height], color=INK, linewidth=1.4)
            axes.text(x + 0.46, height, "limit", va="center", fontsize=8)
            highest = max(highest, height)
    return highest
