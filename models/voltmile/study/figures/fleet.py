"""Fleet by year, stacked by vehicle type: in total, and a small panel for each city."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from voltmile.problem.nation import Nation
from voltmile.study.figures.style import SWATCH, headed, new_figure, spread, text_on, vehicle_colours
from voltmile.study.figures.words import label
from voltmile.study.tables import Tables


def fleet_figure(nation: Nation, tables: Tables) -> Figure:
    """Draw the vehicles of all cities by year and type, each type named beside its last bar."""
    stock = _stock(nation, tables.fleet)
    figure = new_figure(2.6 + 0.9 * len(nation.years) + 1.6, 4.2)
    axes = figure.subplots()
    _bars(axes, nation, stock, in_full=True)
    _name_types(axes, nation, stock)
    axes.set_title("Fleet of all cities (vehicles)", pad=10)
    return figure


def city_fleets_figure(nation: Nation, tables: Tables) -> Figure:
    """Draw the vehicles of each city by year and type; every panel has its own scale."""
    colours = vehicle_colours(nation)
    there = set(tables.fleet["vehicle_type"])
    key = {label(kind): colour for kind, colour in colours.items() if kind in there}
    key_in = sum(0.085 * len(name) + 0.34 for name in key) + 0.2
    number = len(nation.cities)
    across = number if number <= 4 else min(10, math.ceil(math.sqrt(number)))
    down = math.ceil(number / across)
    panel_in = max(1.5, 0.42 * len(nation.years) + 0.3)
    figure = new_figure(max(panel_in * across, key_in), 1.75 * down + 0.7)
    panels = figure.subplots(down, across, squeeze=False)
    for axes in panels.flat[number:]:
        axes.axis("off")
    by_city = dict(list(tables.fleet.groupby("city")))
    for axes, city in zip(panels.flat, nation.cities, strict=False):
        _bars(axes, nation, _stock(nation, by_city.get(city.id, tables.fleet.iloc[:0])), in_full=False)
        axes.set_title(label(city.name, city.id), fontsize=9)
        axes.tick_params(labelsize=7.5)
    headed(figure, "Fleet by city (vehicles)", key)
    return figure


def _stock(nation: Nation, fleet: pd.DataFrame) -> pd.DataFrame:
    """Vehicles by year (rows) and type (columns), zeros included."""
    table = fleet.pivot_table(
        index="year", columns="vehicle_type", values="stock", aggfunc="sum", fill_value=0
    )
    kinds = [kind.id for kind in nation.vehicle_types]
    return table.reindex(index=list(nation.years), columns=kinds, fill_value=0)


def _bars(axes: Axes, nation: Nation, stock: pd.DataFrame, in_full: bool) -> None:
    colours = vehicle_colours(nation)
    total = stock.sum(axis=1).to_numpy()
    top = max(1, int(total.max()))
    bottom = np.zeros(len(stock))
    for kind in stock.columns:
        height = stock[kind].to_numpy()
        colour = colours[kind]
        axes.bar(
            range(len(stock)), height, 0.72, bottom=bottom, color=colour, edgecolor="white", linewidth=0.6
        )
        for x, (low, count) in enumerate(zip(bottom, height, strict=True)):
            if in_full and count >= 0.05 * top:
                axes.text(x, low + count / 2, f"{count:,}", ha="center", va="center", color=text_on(colour))
        bottom = bottom + height
    for x, count in enumerate(total):
        axes.text(
            x,
            count + 0.015 * top,
            f"{count:,}",
            ha="center",
            va="bottom",
            fontweight="bold",
            fontsize=8.5 if in_full else 7.5,
        )
    axes.set_xticks(range(len(stock)), [str(year) for year in stock.index])
    axes.set_yticks([])
    axes.tick_params(length=0)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(0, 1.1 * top)


def _name_types(axes: Axes, nation: Nation, stock: pd.DataFrame) -> None:
    """Write each type's id at the height of its part of the last bar, behind a square of its colour."""
    last: Sequence[int] = stock.iloc[-1].tolist()
    ends = np.cumsum(last)
    drawn = [(k.id, end - n / 2) for k, end, n in zip(nation.vehicle_types, ends, last, strict=True) if n]
    step = 0.055 * max(1, int(stock.sum(axis=1).max()))
    heights = spread([height for _, height in drawn], step, step / 2)
    colours = vehicle_colours(nation)
    for (kind, _), height in zip(drawn, heights, strict=True):
        axes.text(len(stock) - 0.55, height, SWATCH, color=colours[kind], va="center")
        axes.text(len(stock) - 0.45, height, label(kind), va="center")
