"""Routes by savings: Clarke and Wright 1964, doi:10.1287/opre.12.4.568, parallel version."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from voltmile.routes.day import HubDay, Ride
from voltmile.routes.tours import tour_of


def savings_routes(day: HubDay, ride: Ride, nodes: Iterable[int] | None = None) -> list[tuple[int, ...]]:
    """Routes of one vehicle type that serve the nodes, merged by largest saving of kilometres.

    Parameters
    ----------
    nodes : iterable of int, optional
        Nodes to serve; all villages by default.

    Returns
    -------
    list of tuple of int
        Node sequences, each feasible for the type.

    Raises
    ------
    ValueError
        When a village alone is not feasible for the type.
    """
    wanted = sorted(nodes) if nodes is not None else list(range(1, day.network.size + 1))
    route_of: dict[int, tuple[int, ...]] = {i: (i,) for i in wanted}
    for i in wanted:
        if day.column(ride, tour_of(day.network, (i,))) is None:
            village = day.network.villages[i - 1]
            raise ValueError(
                f"{ride.vehicle_type} cannot serve village {village} on {day.day_type} of {day.year}"
            )
    for i, j in _by_saving(day, wanted):
        joined = _join(route_of[i], route_of[j], i, j)
        if joined is not None and day.column(ride, tour_of(day.network, joined)) is not None:
            for node in joined:
                route_of[node] = joined
    return sorted(set(route_of.values()))


def _by_saving(day: HubDay, nodes: list[int]) -> list[tuple[int, int]]:
    """Pairs of nodes with a positive saving, largest first, ties by number."""
    km = day.network.distance_km
    index = np.array(nodes)
    saving = km[index, 0][:, None] + km[0, index][None, :] - km[np.ix_(index, index)]
    first, second = np.nonzero(saving > 0)
    order = np.lexsort((second, first, -saving[first, second]))
    return [(nodes[a], nodes[b]) for a, b in zip(first[order], second[order], strict=True) if a != b]


def _join(one: tuple[int, ...], other: tuple[int, ...], i: int, j: int) -> tuple[int, ...] | None:
    """``... i`` and ``j ...`` in one route, when i ends the one and j begins the other."""
    if one is other or one[-1] != i or other[0] != j:
        return None
    return one + other
