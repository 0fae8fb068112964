"""Where electric vehicles go: share of each city's fleet against the carbon of its grid and the cold."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from voltmile.problem.nation import Nation
from voltmile.study.figures.style import ELECTRIC, FAINT, INK, QUIET, headed, new_figure
from voltmile.study.figures.words import label
from voltmile.study.tables import Tables
from voltmile.study.worth import hardest_temperature_factor

#: Cities from which on there is something to see.
LEAST_CITIES = 5
#: Cities that are named: those with the largest fleets.
_NAMED = 8
#: Area of the largest city's mark (points squared).
_AREA = 420.0
#: From mild to hard weather for a battery; the light end is seen on white.
_COLD = LinearSegmentedColormap.from_list("cold", ["#F0C75E", "#56B4E9", ELECTRIC, "#002B4D"])


@dataclass(frozen=True)
class _City:
    name: str
    grid: float
    share: float
    vehicles: int
    factor: float


def electric_by_grid_figure(nation: Nation, tables: Tables) -> Figure:
    """Draw the electric share of each city's fleet in the last year over its grid's carbon."""
    cities = _cities(nation, tables)
    year = nation.years[-1]
    figure = new_figure(7.6, 5.2)
    axes = figure.subplots()
    largest = max((city.vehicles for city in cities), default=1)
    marks = axes.scatter(
        [city.grid for city in cities],
        [100 * city.share for city in cities],
        s=[_AREA * city.vehicles / largest for city in cities],
        c=[city.factor for city in cities],
        cmap=_COLD,
        edgecolors="white",
        linewidths=0.7,
        alpha=0.9,
        zorder=3,
    )
    _name(axes, cities[:_NAMED])
    axes.set_xlabel(f"grid of {year} (kg CO2 per kWh)")
    axes.set_ylabel(f"electric share of the fleet of {year} (%)")
    axes.set_ylim(-6, 106)
    axes.margins(x=0.08)
    axes.grid(color=FAINT, linewidth=0.5, zorder=0)
    bar = figure.colorbar(marks, ax=axes, shrink=0.7, aspect=24, pad=0.02)
    bar.set_label("battery use in the hardest weather (1 = mild)", color=INK)
    bar.outline.set_visible(False)
    headed(figure, "Electric vehicles by the grid of their city")
    axes.set_title(
        f"area: vehicles of a city, {largest:,} at most", fontsize=9, fontweight="normal", color=QUIET
    )
    return figure


def _cities(nation: Nation, tables: Tables) -> list[_City]:
    """Cities with vehicles in the last year, the largest fleet first: small marks lie on large ones."""
    year = nation.years[-1]
    rows = tables.cities[(tables.cities["year"] == year) & (tables.cities["vehicles"] > 0)]
    found = []
    for row in rows.to_dict("records"):
        city = nation.city[str(row["city"])]
        vehicles, electric = int(row["vehicles"]), int(row["electric_vehicles"])
        grid, factor = nation.grid_factor(city.id, year), hardest_temperature_factor(nation, city.id)
        name = label(city.name, city.id)
        found.append(_City(name, grid, electric / vehicles, vehicles, factor))
    return sorted(found, key=lambda city: (-city.vehicles, city.name))


def _name(axes: Axes, cities: Sequence[_City]) -> None:
    """Name cities beside their marks, where no other name stands yet."""
    taken: list[tuple[float, float]] = []
    widest = max((city.grid for city in cities), default=1.0) or 1.0
    for city in cities:
        x, y = city.grid, 100 * city.share
        if any(abs(x - a) < 0.22 * widest and abs(y - b) < 5 for a, b in taken):
            continue
        taken.append((x, y))
        radius = math.sqrt(_AREA * city.vehicles / cities[0].vehicles / np.pi)
        name = axes.annotate(
            city.name, (x, y), (radius + 2, 0), textcoords="offset points", va="center", fontsize=8, zorder=4
        )
        name.set_path_effects([withStroke(linewidth=2.2, foreground="white")])
