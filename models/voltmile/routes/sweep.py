"""Fixed territories: villages by angle, cut where full (Gillett, Miller 1974, doi:10.1287/opre.22.2.340)."""

from __future__ import annotations

import math

import numpy as np

from voltmile.problem.nation import Nation
from voltmile.routes.day import HubDay, Ride
from voltmile.routes.network import Matrix
from voltmile.routes.tours import tour_of


def sweep_routes(nation: Nation, day: HubDay, ride: Ride) -> list[tuple[int, ...]]:
    """Routes of one vehicle type through territories of neighbouring angle as seen from the hub.

    Villages are taken by rising angle from the widest gap on; a territory ends where the next village would
    make its route infeasible. Inside a territory the order is a nearest-neighbour tour improved by 2-opt.

    Returns
    -------
    list of tuple of int
        Node sequences, each feasible for the type.
    """
    routes: list[tuple[int, ...]] = []
    territory: tuple[int, ...] = ()
    for node in _by_angle(nation, day):
        grown = short_tour(day.network.distance_km, (*territory, node))
        if day.column(ride, tour_of(day.network, grown)) is not None:
            territory = grown
            continue
        if territory:
            routes.append(territory)
        territory = (node,)
        if day.column(ride, tour_of(day.network, territory)) is None:
            village = day.network.villages[node - 1]
            raise ValueError(
                f"{ride.vehicle_type} cannot serve village {village} on {day.day_type} of {day.year}"
            )
    return [*routes, territory] if territory else routes


def _by_angle(nation: Nation, day: HubDay) -> list[int]:
    hub, villages = nation.hub[day.network.hub], nation.villages_of[day.network.hub]
    shrink = math.cos(math.radians(hub.latitude))
    angle = np.array(
        [math.atan2(v.latitude - hub.latitude, (v.longitude - hub.longitude) * shrink) for v in villages]
    )
    order = np.argsort(angle, kind="stable")
    if len(order) == 0:
        return []
    gaps = np.diff(np.concatenate([angle[order], [angle[order[0]] + 2 * math.pi]]))
    start = (int(np.argmax(gaps)) + 1) % len(order)
    return [int(i) + 1 for i in np.roll(order, -start)]


def short_tour(distance_km: Matrix, nodes: tuple[int, ...]) -> tuple[int, ...]:
    """Order nodes by nearest neighbour from the hub, then exchange pairs of arcs while that is shorter."""
    left, here, order = set(nodes), 0, []
    while left:
        here = min(left, key=lambda j: (distance_km[here, j], j))
        left.remove(here)
        order.append(here)
    return _two_opt(distance_km, order)


def _two_opt(km: Matrix, order: list[int]) -> tuple[int, ...]:
    tour = [0, *order, 0]
    improved = True
    while improved:
        improved = False
        for a in range(len(tour) - 3):
            for b in range(a + 2, len(tour) - 1):
                now = km[tour[a], tour[a + 1]] + km[tour[b], tour[b + 1]]
                then = km[tour[a], tour[b]] + km[tour[a + 1], tour[b + 1]]
                if then < now - 1e-9:
                    tour[a + 1 : b + 1] = tour[a + 1 : b + 1][::-1]
                    improved = True
    return tuple(tour[1:-1])
