"""Routes measured by trying departures, for :mod:`enumeration`."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from voltmile.problem.nation import Nation

if TYPE_CHECKING:
    from enumeration import Program


@dataclass(frozen=True)
class Tour:
    """A feasible route."""

    hub: str
    vehicle_type: str
    year: int
    day_type: str
    stops: tuple[str, ...]
    km: float
    hours: float
    kg: float
    m3: float
    parcels: float
    energy: float
    driver: float
    maintenance: float
    fuel: float


def measure_tour(
    program: Program, h: str, k: str, y: int, d: str, stops: tuple[str, ...], *, any_way: bool = False
) -> Tour | None:
    """Drive a route; None when it is infeasible, unless ``any_way``."""
    n, vehicle, c = program.n, program.n.vehicle_type[k], program.n.hub[h].city
    factor = n.village_factor(y, d)
    visited = [n.village[i] for i in stops]
    kg = [i.demand_kg_per_day * factor for i in visited]
    m3, parcels = (
        sum(getattr(i, f) for i in visited) * factor for f in ("demand_m3_per_day", "parcels_per_day")
    )
    legs = [leg(n, h, a, b) for a, b in itertools.pairwise([h, *stops, h])]
    aboard = [sum(kg[at:]) for at in range(len(kg) + 1)]
    km = sum(length for length, _ in legs)
    energy = sum(
        length * program.per_km(c, k, d, load, "rural")
        for (length, _), load in zip(legs, aboard, strict=True)
    )
    work = n.header.work
    service = [
        work.service_h_per_stop + work.service_h_per_parcel * i.parcels_per_day * factor for i in visited
    ]
    hours = best_duration([t for _, t in legs], service, visited, work.shift_h)
    fits = sum(kg) <= vehicle.payload_kg + 1e-9 and m3 <= vehicle.volume_m3 + 1e-9 and hours is not None
    if vehicle.powertrain == "bev":
        fits = fits and energy <= vehicle.battery_kwh * (vehicle.soc_max - vehicle.soc_min) + 1e-9
    if not (fits or any_way):
        return None
    hours = hours if hours is not None else sum(t for _, t in legs) + sum(service)
    driver = work.driver_cny_per_h_by_year[n.position(y)] * hours
    fuel = program.fuel(k, y)[0] * energy
    maintenance = vehicle.maintenance_cny_per_km * km
    return Tour(h, k, y, d, stops, km, hours, sum(kg), m3, parcels, energy, driver, maintenance, fuel)


def leg(nation: Nation, h: str, start: str, end: str) -> tuple[float, float]:
    """Km and hours between two nodes of a hub."""
    for row in nation.distances:
        if (row.hub, row.from_node, row.to_node) == (h, start, end):
            return row.distance_km, row.duration_h
    a, b = (nation.hub.get(node) or nation.village[node] for node in (start, end))
    p, q = np.radians([a.latitude, a.longitude]), np.radians([b.latitude, b.longitude])
    chord = np.sin((q - p) / 2) ** 2 @ [1.0, math.cos(p[0]) * math.cos(q[0])]
    city = nation.city[nation.hub[h].city]
    km = 2 * 6371.0088 * math.asin(math.sqrt(chord)) * city.detour_factor
    return km, km / city.speed_km_per_h


def best_duration(travel: list[float], service: list[float], visited: list, shift: float) -> float | None:
    """Shortest duration over every departure that could be best; None when none is in time."""
    offset, offsets = 0.0, []
    for drive, work in zip(travel[:-1], service, strict=True):
        offset += drive
        offsets.append(offset)
        offset += work
    departures = [0.0] + [
        i.window_open_h - at for i, at in zip(visited, offsets, strict=True) if i.window_open_h
    ]
    departures += [i.window_close_h - at for i, at in zip(visited, offsets, strict=True) if i.window_close_h]
    found = []
    for departure in departures:
        if departure < 0:
            continue
        clock, in_time = departure, True
        for drive, work, i in zip(travel[:-1], service, visited, strict=True):
            clock = max(clock + drive, i.window_open_h or 0.0)
            in_time &= i.window_close_h is None or clock <= i.window_close_h + 1e-9
            clock += work
        clock += travel[-1]
        if in_time and clock <= shift + 1e-9:
            found.append(clock - departure)
    return min(found) if found else None
