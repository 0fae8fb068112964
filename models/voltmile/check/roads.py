"""Distances and driving times between a hub and its villages, and the clock of a route."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from voltmile.check.arrays import Floats
from voltmile.check.given import Given
from voltmile.problem.places import RoadDistance, Village

EARTH_RADIUS_KM = 6371.0088


@dataclass(frozen=True)
class Roads:
    """The nodes of a hub: node 0 is the hub, node ``n`` its n-th village in file order.

    Attributes
    ----------
    node : dict of str to int
        Node by village id.
    km, hours : array of shape (nodes, nodes)
        From row to column.
    opens, closes : array of shape (nodes - 1,)
        When service may start, hours after the shift's start; -inf and inf where it does not matter.
    """

    node: dict[str, int]
    km: Floats
    hours: Floats
    opens: Floats
    closes: Floats


class RoadBook:
    """Roads of every hub, worked out when first asked for."""

    def __init__(self, given: Given) -> None:
        self.given = given
        self._roads: dict[str, Roads] = {}

    @cached_property
    def _replaced(self) -> dict[str, list[RoadDistance]]:
        found: dict[str, list[RoadDistance]] = defaultdict(list)
        for row in self.given.nation.distances:
            found[row.hub].append(row)
        return found

    def of(self, h: str) -> Roads:
        """Return the roads of a hub."""
        if h not in self._roads:
            self._roads[h] = self._survey(h)
        return self._roads[h]

    def _survey(self, h: str) -> Roads:
        hub, villages = self.given.hubs[h], self.given.villages_of[h]
        city = self.given.cities[hub.city]
        latitude = np.array([hub.latitude, *(village.latitude for village in villages)])
        longitude = np.array([hub.longitude, *(village.longitude for village in villages)])
        km = great_circle_km(latitude, longitude) * city.detour_factor
        hours = km / city.speed_km_per_h
        index = {village.id: n for n, village in enumerate(villages, start=1)}
        node = index | {h: 0}
        for row in self._replaced.get(h, ()):
            pair = node[row.from_node], node[row.to_node]
            km[pair], hours[pair] = row.distance_km, row.duration_h
        opens = np.array([_or(village.window_open_h, -math.inf) for village in villages])
        closes = np.array([_or(village.window_close_h, math.inf) for village in villages])
        return Roads(index, km, hours, opens, closes)


def _or(value: float | None, otherwise: float) -> float:
    return otherwise if value is None else value


def great_circle_km(latitude: Floats, longitude: Floats) -> Floats:
    """Haversine distances between all places, given in degrees."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    across = np.sin((lat[:, None] - lat) / 2) ** 2
    along = np.sin((lon[:, None] - lon) / 2) ** 2
    root = across + np.cos(lat)[:, None] * np.cos(lat) * along
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.minimum(1.0, np.sqrt(root))))


@dataclass(frozen=True)
class Clock:
    """How a route fits into the day.

    Attributes
    ----------
    duration_h : float
        From a best departure to the return, waiting included.
    late : int or None
        Index of the first stop that cannot start within its window, if any.
    late_by_h : float
        By how much.
    back_h : float
        When the vehicle is back at the earliest, hours after the shift's start.
    """

    duration_h: float
    late: int | None
    late_by_h: float
    back_h: float


def clock(
    hours: Floats,
    service_h: Floats,
    opens: Floats,
    closes: Floats,
    stops: Sequence[int],
    room_h: float = 1e-9,
) -> Clock:
    """Run a route's day.

    It departs at 0 and arrives everywhere as early as can be. The departure may then be put off by what it
    waited, as long as no window closes: that shortens the duration and nothing else.

    Parameters
    ----------
    stops : sequence of int
        Villages by index (node less one) in driving order.
    room_h : float
        A start so little after the window closes is in time.
    """
    now = waited = late_by = 0.0
    spare, at, late = math.inf, 0, None
    for n, i in enumerate(stops):
        now += float(hours[at, i + 1])
        wait = max(0.0, float(opens[i]) - now)
        now += wait
        waited += wait
        if late is None and now > closes[i] + room_h:
            late, late_by = n, now - float(closes[i])
        spare = min(spare, float(closes[i]) - now + waited)
        now += float(service_h[i])
        at = i + 1
    now += float(hours[at, 0])
    return Clock(now - max(0.0, min(waited, spare)), late, late_by, now)


def village_demand(villages: Sequence[Village], growth: float) -> tuple[Floats, Floats, Floats]:
    """Parcels, kg and m3 of villages on a day."""
    parcels = np.array([village.parcels_per_day for village in villages]) * growth
    kg = np.array([village.demand_kg_per_day for village in villages]) * growth
    m3 = np.array([village.demand_m3_per_day for village in villages]) * growth
    return parcels, kg, m3


def consumption(
    km: Floats, kg: Floats, stops: Sequence[int], per_km: tuple[float, float]
) -> tuple[float, float]:
    """Kilometres and energy of a route: the whole load is aboard at first, the last arc is driven empty.

    Parameters
    ----------
    stops : sequence of int
        Villages by index in driving order.
    per_km : (float, float)
        Energy a km, empty and for each kg aboard.
    """
    empty, load = per_km
    aboard = float(kg[list(stops)].sum())
    driven = energy = 0.0
    at = 0
    for i in stops:
        leg = float(km[at, i + 1])
        driven += leg
        energy += (empty + load * aboard) * leg
        aboard -= float(kg[i])
        at = i + 1
    home = float(km[at, 0])
    return driven + home, energy + empty * home


def shortest_paths(arcs: Floats) -> Floats:
    """Shortest paths between all nodes; given distances may break the triangle inequality."""
    best = arcs.copy()
    for via in range(len(best)):
        best = np.minimum(best, best[:, via, None] + best[None, via, :])
    return best
