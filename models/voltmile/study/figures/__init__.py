"""Figures of a result folder: a map of each city, fleet, costs and carbon, as SVG and PNG."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from threading import Event

from matplotlib.figure import Figure

from voltmile.solve.solution import Solution
from voltmile.study.figures.bars import carbon_figure, cost_figure
from voltmile.study.figures.electric import LEAST_CITIES, electric_by_grid_figure
from voltmile.study.figures.fleet import city_fleets_figure, fleet_figure
from voltmile.study.figures.maps import city_map
from voltmile.study.figures.style import save, styled
from voltmile.study.figures.words import file_names
from voltmile.study.tables import Tables

__all__ = [
    "carbon_figure",
    "city_fleets_figure",
    "city_map",
    "cost_figure",
    "draw_all",
    "electric_by_grid_figure",
    "fleet_figure",
]


def draw_all(folder: Path, solution: Solution, tables: Tables, stop: Event | None = None) -> None:
    """Draw every figure of a solution into a folder; the same solution gives the same bytes.

    Parameters
    ----------
    folder : Path
        Made when absent.
    solution, tables
        What to draw.
    stop : Event, optional
        When set, the figures not yet drawn are left out.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with styled():
        for name, draw in _figures(solution, tables):
            if stop is not None and stop.is_set():
                return
            save(draw(), folder / name)


def _figures(solution: Solution, tables: Tables) -> Iterator[tuple[str, Callable[[], Figure]]]:
    nation = solution.nation
    yield "costs", lambda: cost_figure(nation, tables)
    yield "carbon", lambda: carbon_figure(solution)
    yield "fleet", lambda: fleet_figure(nation, tables)
    yield "fleet_by_city", lambda: city_fleets_figure(nation, tables)
    if len(nation.cities) >= LEAST_CITIES:
        yield "electric_by_grid", lambda: electric_by_grid_figure(nation, tables)
    names = file_names([city.id for city in nation.cities])
    for city in nation.cities:
        if not any(nation.villages_of[hub.id] for hub in nation.hubs_of[city.id]):
            continue
        yield f"map_{names[city.id]}", partial(city_map, nation, solution.routes, city)
