"""The road network of one hub: distances, driving times and the villages' demand on a plain day."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.nation import Nation

EARTH_RADIUS_KM = 6371.0088

Matrix = NDArray[np.float64]
Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Network:
    """A hub and its n villages; node 0 is the hub, node i the i-th village in file order.

    Attributes
    ----------
    villages : tuple of str
        Village ids, length n.
    distance_km, drive_h : array, shape (n + 1, n + 1)
        Directed; the diagonal is 0.
    kg, m3, parcels : array, shape (n + 1,)
        Demand of a day with all factors 1; 0 at the hub.
    open_h, close_h : array, shape (n + 1,)
        Time windows in hours after the shift's start; 0 and infinity where there is none.
    """

    hub: str
    city: str
    villages: tuple[str, ...]
    distance_km: Matrix
    drive_h: Matrix
    kg: Vector
    m3: Vector
    parcels: Vector
    open_h: Vector
    close_h: Vector

    @property
    def size(self) -> int:
        """Number of villages n."""
        return len(self.villages)

    @cached_property
    def node(self) -> dict[str, int]:
        """Node number by village id."""
        return {village: i for i, village in enumerate(self.villages, start=1)}

    @cached_property
    def has_windows(self) -> bool:
        """Whether any village has a time window."""
        return bool(np.any(self.open_h > 0) or np.any(np.isfinite(self.close_h)))


def great_circle_km(latitude: Vector, longitude: Vector) -> Matrix:
    """Great-circle distances between all pairs of points (haversine), in km.

    Parameters
    ----------
    latitude, longitude : array, shape (m,)
        Degrees.

    Returns
    -------
    array, shape (m, m)
    """
    phi, lam = np.radians(latitude), np.radians(longitude)
    half_phi = np.sin((phi[:, None] - phi[None, :]) / 2) ** 2
    half_lam = np.sin((lam[:, None] - lam[None, :]) / 2) ** 2
    chord = half_phi + np.cos(phi)[:, None] * np.cos(phi)[None, :] * half_lam
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0))))


def network_of(nation: Nation, hub: str) -> Network:
    """Network of a hub: great circle times detour factor unless ``distances.csv`` says otherwise."""
    place, villages = nation.hub[hub], nation.villages_of[hub]
    city = nation.city[place.city]
    latitude = np.array([place.latitude, *(v.latitude for v in villages)])
    longitude = np.array([place.longitude, *(v.longitude for v in villages)])
    distance_km = great_circle_km(latitude, longitude) * city.detour_factor
    drive_h = distance_km / city.speed_km_per_h
    number = {hub: 0} | {v.id: i for i, v in enumerate(villages, start=1)}
    for row in nation.distances_of.get(hub, ()):
        arc = number[row.from_node], number[row.to_node]
        distance_km[arc], drive_h[arc] = row.distance_km, row.duration_h
    return Network(
        hub=hub,
        city=city.id,
        villages=tuple(v.id for v in villages),
        distance_km=distance_km,
        drive_h=drive_h,
        kg=np.array([0.0, *(v.demand_kg_per_day for v in villages)]),
        m3=np.array([0.0, *(v.demand_m3_per_day for v in villages)]),
        parcels=np.array([0.0, *(v.parcels_per_day for v in villages)]),
        open_h=np.array([0.0, *(v.window_open_h or 0.0 for v in villages)]),
        close_h=np.array(
            [np.inf, *(np.inf if v.window_close_h is None else v.window_close_h for v in villages)]
        ),
    )
