"""Good tours for a hub: savings, PyVRP with one type at a time, PyVRP over promising fleet mixes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from voltmile.routes.day import HubDay
from voltmile.routes.mixes import promising_mixes
from voltmile.routes.rates import Rates
from voltmile.routes.savings import savings_routes
from voltmile.routes.search import search

Nodes = tuple[int, ...]
"""A tour as node numbers in driving order, without the hub."""

Serving = tuple[Nodes, ...]
"""Tours that together visit every village of a hub exactly once."""


def seed_of(*names: object) -> int:
    """Return a seed that depends on these names and on nothing else (31 bits)."""
    text = "|".join(map(str, names))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big") >> 1


def one_type_servings(days: Sequence[HubDay], iterations: int, seed: int) -> list[Serving]:
    """Serve a hub with one vehicle type at a time, for each type and load of the days.

    Days of the same load share a search; types of the same capacities and range do too.
    """
    found: dict[Serving, None] = {}
    done: set[tuple[float, ...]] = set()
    for day in days:
        longest = 2.0 * float(day.network.distance_km.max(axis=0).sum())
        for k, ride in enumerate(day.rides):
            reach = ride.usable_kwh / ride.empty_per_km if ride.electric else float("inf")
            key = (day.factor, ride.payload_kg, ride.volume_m3, min(reach, longest))
            if key in done:
                continue
            done.add(key)
            only = [day.network.size if j == k else 0 for j in range(len(day.rides))]
            name = (seed, day.network.hub, day.factor, ride.vehicle_type)
            rates = [_km_rate(day)] * len(day.rides)
            result = search(day, rates, iterations=iterations, seed=seed_of(*name), available=only)
            _keep(found, day, (nodes for _, nodes in result.routes))
            _keep(found, day, _by_savings(day, k))
    return list(found)


def mix_servings(
    day: HubDay, rates: Sequence[Rates], tour_km: float, *, mixes: int, iterations: int, seed: int
) -> list[Serving]:
    """Serve a hub on a day with each of some promising fleet mixes."""
    found: dict[Serving, None] = {}
    for mix in promising_mixes(day, rates, tour_km, mixes):
        name = (seed, day.network.hub, day.year, day.day_type, mix)
        result = search(day, rates, iterations=iterations, seed=seed_of(*name), available=mix)
        _keep(found, day, (nodes for _, nodes in result.routes))
    return list(found)


def _keep(found: dict[Serving, None], day: HubDay, tours: Iterable[Nodes]) -> None:
    """Remember tours that serve every village; a search may end without that."""
    serving = tuple(sorted(nodes for nodes in tours if nodes))
    if sum(map(len, serving)) == day.network.size:
        found[serving] = None


def _km_rate(day: HubDay) -> Rates:
    """Rates under which kilometres count, and a vehicle as much as going to the farthest village."""
    return Rates(fixed=float(day.network.distance_km[0].max()), per_km=1.0, per_h=0.0, per_unit=0.0)


def _by_savings(day: HubDay, k: int) -> list[Nodes]:
    try:
        return savings_routes(day, day.rides[k])
    except ValueError:  # this type alone cannot serve the hub
        return []
