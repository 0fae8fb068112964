"""A map of a city: its routes on the most frequent day, in the first and in the last year."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke

from voltmile.problem.nation import Nation
from voltmile.problem.places import City, Hub, Village
from voltmile.problem.vehicles import BatteryVehicle
from voltmile.routes.columns import Column
from voltmile.study.figures.style import (
    ELECTRIC,
    FUEL,
    INK,
    QUIET,
    coloured_line,
    headed,
    new_figure,
    round_down,
)
from voltmile.study.figures.words import amount, label

KM_PER_DEGREE = math.radians(1.0) * 6371.0088
_HALO = [withStroke(linewidth=2.2, foreground="white")]

Point = tuple[float, float]
Segment = tuple[Point, Point]


@dataclass(frozen=True)
class _Plane:
    """Kilometres east and north of a point: true to scale at its latitude."""

    latitude: float
    longitude: float

    def at(self, place: Hub | Village | City) -> Point:
        """Return where a place lies."""
        east = (place.longitude - self.longitude + 180.0) % 360.0 - 180.0
        shrink = math.cos(math.radians(self.latitude))
        return east * shrink * KM_PER_DEGREE, (place.latitude - self.latitude) * KM_PER_DEGREE


def city_map(nation: Nation, routes: Iterable[Column], city: City) -> Figure:
    """Draw a city's routes on its regular day (the one that stands for most days), first and last year."""
    day = max(nation.day_types, key=lambda d: d.days_per_year).id
    years = sorted({nation.years[0], nation.years[-1]})
    here = [r for r in routes if r.day_type == day and nation.hub[r.hub].city == city.id]
    plane = _Plane(city.latitude, city.longitude)
    figure = new_figure(5.0 * len(years) + 0.2, 5.8)
    panels = figure.subplots(1, len(years), squeeze=False)[0]
    for axes, year in zip(panels, years, strict=True):
        _panel(axes, nation, city, plane, [r for r in here if r.year == year])
        axes.set_title(str(year), pad=22)
    _frame(list(panels), nation, city, plane)
    name = label(city.name, city.id)
    headed(figure, f"{name}: village routes of a {label(day, 'regular')} day")
    return figure


def _panel(axes: Axes, nation: Nation, city: City, plane: _Plane, routes: Sequence[Column]) -> None:
    electric = [r for r in routes if isinstance(nation.vehicle_type[r.vehicle_type], BatteryVehicle)]
    fuel = [r for r in routes if r not in electric]
    for group, colour in ((fuel, FUEL), (electric, ELECTRIC)):
        between, access = _segments(nation, plane, group)
        axes.add_collection(LineCollection(access, colors=colour, linewidths=0.6, alpha=0.38, zorder=1))
        axes.add_collection(LineCollection(between, colors=colour, linewidths=1.1, alpha=0.9, zorder=2))
    hubs = _village_hubs(nation, city)
    villages = [plane.at(village) for hub in hubs for village in nation.villages_of[hub.id]]
    size = 9.0 if len(villages) <= 150 else 4.0
    axes.scatter(*_split(villages), s=size, color=INK, edgecolors="white", linewidths=0.4, zorder=3)
    places = [plane.at(hub) for hub in hubs]
    axes.scatter(*_split(places), s=46, marker="s", color=INK, edgecolors="white", linewidths=1.0, zorder=4)
    km = sum(route.distance_km for route in routes)
    words = [(f"{len(electric)} electric", ELECTRIC), (f"{len(fuel)} fuel", FUEL), (amount(km, "km"), QUIET)]
    coloured_line(axes, words, height=1.012)


def _village_hubs(nation: Nation, city: City) -> list[Hub]:
    """Return the hubs village routes start from; one with urban tours alone would only stretch the map."""
    return [hub for hub in nation.hubs_of[city.id] if nation.villages_of[hub.id]]


def _segments(nation: Nation, plane: _Plane, routes: Iterable[Column]) -> tuple[list[Segment], list[Segment]]:
    """Legs between villages, and those from and to the hub."""
    between: list[Segment] = []
    access: list[Segment] = []
    for route in routes:
        hub = plane.at(nation.hub[route.hub])
        stops = [plane.at(nation.village[stop]) for stop in route.stops]
        if len(stops) == 1:  # out and back: all there is to see of it
            between.append((hub, stops[0]))
            continue
        between += pairwise(stops)
        access += [(hub, stops[0]), (stops[-1], hub)]
    return between, access


def _frame(panels: Sequence[Axes], nation: Nation, city: City, plane: _Plane) -> None:
    """Give all panels the same extent, the names of the hubs and a scale bar."""
    hubs = _village_hubs(nation, city)
    villages = [plane.at(village) for hub in hubs for village in nation.villages_of[hub.id]]
    east, north = _split([*villages, *(plane.at(hub) for hub in hubs)])
    middle = ((min(east) + max(east)) / 2, (min(north) + max(north)) / 2)
    half = max(max(east) - min(east), max(north) - min(north), 1.0) / 2 * 1.08
    for axes in panels:
        axes.set(xlim=(middle[0] - half, middle[0] + half), ylim=(middle[1] - half, middle[1] + half))
        axes.set_aspect("equal")
        axes.axis("off")
        _name_hubs(axes, [(plane.at(hub), label(hub.name, hub.id)) for hub in hubs], villages, half)
    _scale_bar(panels[0], middle, half)
    _key(panels[-1])


def _name_hubs(axes: Axes, hubs: Sequence[tuple[Point, str]], villages: Sequence[Point], half: float) -> None:
    """Write the hubs' names where they cover fewest villages; or leave them out."""
    high, letter, gap = 0.06 * half, 0.034 * half, 0.04 * half
    taken = [_Box(x, y, gap, gap) for (x, y), _ in hubs]
    for (x, y), name in hubs:
        wide = letter * len(name)
        sides = ((0, 1), (0, -1), (1, 0), (-1, 0))
        boxes = [_Box(x + i * (gap + wide / 2), y + j * (gap + high / 2), wide, high) for i, j in sides]
        free = [box for box in boxes if not any(box.meets(other) for other in taken)]
        if free:
            best = min(free, key=lambda box: sum(box.holds(point) for point in villages))
            taken.append(best)
            text = axes.text(best.x, best.y, name, ha="center", va="center", fontsize=7.5, zorder=5)
            text.set_path_effects([*_HALO])


@dataclass(frozen=True)
class _Box:
    """A rectangle about its centre."""

    x: float
    y: float
    wide: float
    high: float

    def meets(self, other: _Box) -> bool:
        """Whether two rectangles overlap."""
        apart_x = abs(self.x - other.x) >= (self.wide + other.wide) / 2
        return not apart_x and abs(self.y - other.y) < (self.high + other.high) / 2

    def holds(self, point: Point) -> bool:
        """Whether a point lies within."""
        return self.meets(_Box(*point, 0.0, 0.0))


def _scale_bar(axes: Axes, middle: Point, half: float) -> None:
    length = round_down(half / 2)
    left, low = middle[0] - half, middle[1] - 1.04 * half
    axes.plot(
        [left, left + length], [low, low], color=INK, linewidth=1.6, solid_capstyle="butt", clip_on=False
    )
    axes.text(left, low - 0.025 * half, f"{length:g} km", ha="left", va="top", fontsize=8)


def _key(axes: Axes) -> None:
    """Say what square and dot are, in the corner across from the scale bar."""
    for x, word, marker, size in ((0.70, "hub", "s", 6.0), (0.83, "village", "o", 2.5)):
        place = axes.transAxes
        axes.plot([x], [-0.02], color=INK, marker=marker, markersize=size, transform=place, clip_on=False)
        axes.text(x + 0.02, -0.022, word, transform=place, va="center", fontsize=8)


def _split(points: Sequence[Point]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]
