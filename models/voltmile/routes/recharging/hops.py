"""From a customer to the stations around it: a small labelling of its own for every label."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voltmile.routes.recharging.curves import (
    COST,
    CURVE,
    POINTS,
    Records,
    above,
    charge,
    drive,
    records,
    room_of,
    since_empty,
)
from voltmile.routes.recharging.labels import copy_row
from voltmile.routes.recharging.terrain import Terrain

Ints = NDArray[np.int64]
#: Return code of :func:`spread` where the room for partial ways ran out.
NO_ROOM = -1


class Hops(NamedTuple):
    """Partial ways from a label over stations; row 0 is the label itself, before any station.

    Attributes
    ----------
    rec : array
        Records: cost since the label, curve after the last stop.
    spare : array
        One record: the curve on arrival at a station.
    node, before : array of int
        Where the way has come to, and the node before that (-1 in row 0).
    parent : array of int
        Row of the way without its last stop.
    alive : array of bool
        False once another way to the same station is as good.
    first, following : array of int
        Ways to each station as a chain; -1 ends it.
    """

    rec: Records
    spare: Records
    node: Ints
    before: Ints
    parent: Ints
    alive: NDArray[np.bool_]
    first: Ints
    following: Ints


def hops_for(ground: Terrain, room: int = 4096) -> Hops:
    """Room for the ways from one label."""
    stations = len(ground.kind)
    rows = room if stations else 1
    node, before, parent, following = (np.empty(rows, np.int64) for _ in range(4))
    return Hops(
        records(rows, ground.points), records(1, ground.points), node, before, parent,
        np.empty(rows, np.bool_), np.full(stations, -1), following,
    )  # fmt: skip


@njit(cache=True)
def shift_for(first: float, second: float, time_cost: float) -> float:
    """Delay at which the first cost has caught up with the second: 0 if it is lower, infinity if never."""
    if first <= second:
        return 0.0
    if time_cost > 0.0:
        return (first - second) / time_cost
    return np.inf


@njit(cache=True)
def as_good(rec: Records, p: int, q: int, time_cost: float, alike_time: float, alike_energy: float) -> bool:
    """Whether record p is at least as good as record q of the same node in cost and curve."""
    shift = shift_for(rec[p, COST], rec[q, COST], time_cost)
    return shift < np.inf and above(rec, p, shift, rec, q, alike_time, alike_energy)


@njit(cache=True)
def _dominated(
    rec: Records, alive: NDArray[np.bool_], first: int, following: Ints, count: int,
    time_cost: float, alike_time: float, alike_energy: float,
) -> bool:  # fmt: skip
    """Whether a way of a chain is as good as the one in row ``count``; else drop those that one dominates."""
    p = first
    while p >= 0:
        if alive[p] and as_good(rec, p, count, time_cost, alike_time, alike_energy):
            return True
        p = following[p]
    p = first
    while p >= 0:
        if alive[p] and as_good(rec, count, p, time_cost, alike_time, alike_energy):
            alive[p] = False
        p = following[p]
    return False


@njit(cache=True)
def spread(ground: Terrain, hops: Hops, source: Records, row: int, node: int) -> int:
    """Find the undominated ways over stations from a record at a node.

    At a station, only the points of the curve on arrival count as times to begin to charge: between two of
    them it is linear, so the time the station needs from empty to the level there, less the time itself, is
    convex, and its running maximum is taken at a point, or where the vehicle need not charge at all
    (Froger et al.
    2019, doi:10.1016/j.cor.2018.12.013).

    Returns
    -------
    int
        Number of rows used, or ``NO_ROOM``.
    """
    # Arrays as names of their own: their references are counted once a call, not at every use.
    legs, limits, power, kinds, useful = ground.legs, ground.limits, ground.power, ground.kind, ground.useful
    spared, passes, slack_time, slack_energy = (
        ground.spared,
        ground.passes,
        ground.slack_time,
        ground.slack_energy,
    )
    time_cost, alike_time, alike_energy = ground.time_cost, ground.alike_time, ground.alike_energy
    rec, spare, nodes, before, parents = hops.rec, hops.spare, hops.node, hops.before, hops.parent
    alive, first, following = hops.alive, hops.first, hops.following
    n, room = ground.customers, room_of(rec)
    copy_row(source, row, rec, 0)
    rec[0, COST] = 0.0
    nodes[0], before[0], parents[0], alive[0] = node, -1, -1, True
    for s in range(len(first)):
        first[s] = -1
    count, q = 1, 0
    while q < count:
        u, last = nodes[q], before[q]
        for s in range(len(kinds)):
            a = n + 1 + s
            if a == u or not alive[q]:
                continue
            if q > 0:
                if not useful[last, u - n - 1, a]:
                    continue
                if spared[last, u - n - 1, s] and rec[parents[q], CURVE + room] >= legs[last, a, 1]:
                    continue
            if not drive(rec, q, legs, u, a, limits, slack_time, slack_energy, spare, 0):
                continue
            cost, kind, points = rec[q, COST] + legs[u, a, 2], kinds[s], int(spare[0, POINTS])
            best = -np.inf
            for p in range(points + 1):
                if count >= len(nodes):
                    return NO_ROOM
                price = 0.0
                if p < points:
                    time, level = spare[0, CURVE + p], spare[0, CURVE + room + p]
                    taken = since_empty(power, kind, level)
                    if taken - time <= best + alike_time:
                        continue
                    best = taken - time
                    charge(power, kind, time, level, ground.full, alike_energy, rec, count)
                    if ground.charge_cost > 0:
                        price = ground.charge_cost * (since_empty(power, kind, ground.battery) - taken)
                        price = np.floor(price / ground.grid) * ground.grid
                elif passes[u, s]:
                    copy_row(spare, 0, rec, count)
                else:
                    continue
                rec[count, COST] = cost + price
                if rec[count, CURVE] > limits[a, 1] + slack_time:
                    continue
                if not _dominated(
                    rec, alive, first[s], following, count, time_cost, alike_time, alike_energy
                ):
                    nodes[count], before[count], parents[count], alive[count] = a, u, q, True
                    following[count] = first[s]
                    first[s] = count
                    count += 1
        q += 1
    return count
