"""Fleet mixes of a hub on a day that are worth a search, cheapest estimate first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from voltmile.routes.day import HubDay
from voltmile.routes.rates import Rates

#: Vehicles more than the fewest that could carry the load.
_SPARE = 1


def promising_mixes(day: HubDay, rates: Sequence[Rates], tour_km: float, most: int) -> list[tuple[int, ...]]:
    """Numbers of vehicles of each type whose capacity fits the day's load, cheapest estimate first.

    Parameters
    ----------
    tour_km : float
        Kilometres of a good solution; every mix is taken to drive as far, shared by capacity.
    most : int
        How many to return.
    """
    kg, m3 = float(day.kg.sum()), float(day.m3.sum())
    room = [_room(day, k, kg, m3) for k in range(len(rates))]
    fewest = next((v for v in range(1, day.network.size + 1) if v * max(room) >= 1 - 1e-9), day.network.size)
    found = []
    for vehicles in range(fewest, fewest + _SPARE + 1):
        for mix in _multisets(len(rates), vehicles):
            total = sum(x * r for x, r in zip(mix, room, strict=True))
            if total >= 1 - 1e-9 and not _has_idle_vehicle(mix, room, total):
                found.append((_estimate(day, rates, mix, room, total, tour_km), mix))
    return [mix for _, mix in sorted(found)[:most]]


def _room(day: HubDay, k: int, kg: float, m3: float) -> float:
    """Share of the day's load that a vehicle of type k holds."""
    ride = day.rides[k]
    return min(
        ride.payload_kg / kg if kg > 0 else float("inf"),
        ride.volume_m3 / m3 if m3 > 0 else float("inf"),
        1e9,
    )


def _multisets(types: int, vehicles: int) -> Iterator[tuple[int, ...]]:
    if types == 1:
        yield (vehicles,)
        return
    for first in range(vehicles + 1):
        for rest in _multisets(types - 1, vehicles - first):
            yield (first, *rest)


def _has_idle_vehicle(mix: tuple[int, ...], room: Sequence[float], total: float) -> bool:
    """Whether one vehicle could stay at home with capacity and one vehicle to spare."""
    used = [r for x, r in zip(mix, room, strict=True) if x]
    return sum(mix) > 1 and total - min(used) >= 1.25


def _estimate(
    day: HubDay, rates: Sequence[Rates], mix: tuple[int, ...], room: Sequence[float], total: float, km: float
) -> float:
    cost = 0.0
    for k, x in enumerate(mix):
        if not x:
            continue
        ride, rate = day.rides[k], rates[k]
        loaded = ride.empty_per_km + ride.load_per_km_kg * ride.payload_kg / 2
        share = x * room[k] / total
        hours = km * float(day.network.drive_h.sum() / max(float(day.network.distance_km.sum()), 1e-12))
        cost += x * rate.fixed + share * (km * (rate.per_km + rate.per_unit * loaded) + hours * rate.per_h)
    return cost
