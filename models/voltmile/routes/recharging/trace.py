"""The stations a label has come over, which it does not say: found by driving its steps once more."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voltmile.routes.recharging.curves import COST, CURVE, PAID, POINTS, Records, drive, room_of
from voltmile.routes.recharging.hops import Hops, spread
from voltmile.routes.recharging.kernel import Task, close
from voltmile.routes.recharging.labels import Labels, Queue, give_back, take_row
from voltmile.routes.recharging.terrain import Terrain

Ints = NDArray[np.int64]


@njit(cache=True)
def _alike(rec: Records, row: int, other: int) -> bool:
    """Whether two rows hold the same curve."""
    if rec[row, POINTS] != rec[other, POINTS]:
        return False
    room = room_of(rec)
    for p in range(CURVE, CURVE + int(rec[row, POINTS])):
        if rec[row, p] != rec[other, p] or rec[row, p + room] != rec[other, p + room]:
            return False
    return True


@njit(cache=True)
def _way_to(ground: Terrain, task: Task, labels: Labels, queue: Queue, hops: Hops, count: int, x: int) -> int:
    """Way in ``hops`` from the label before x that makes x: of the same cost and, if any, the same curve."""
    rec, before, j = labels.rec, labels.pred[x], labels.node[x]
    i = labels.node[before]
    paid = rec[x, PAID] - rec[before, PAID] - task.arc[i, j]
    cost = rec[x, COST] - rec[before, COST] - task.pair[i, j] - paid
    row = take_row(queue)
    best, way = np.inf, -1
    for q in range(count):
        u = hops.node[q]
        if not hops.alive[q] or (q > 0 and not ground.useful[hops.before[q], u - ground.customers - 1, j]):
            continue
        if drive(
            hops.rec, q, ground.legs, u, j, ground.limits, ground.slack_time, ground.slack_energy, rec, row
        ):
            off = abs(hops.rec[q, COST] + ground.legs[u, j, 2] - cost) + (
                0.0 if _alike(rec, row, x) else 1e30
            )
            if off < best:
                best, way = off, q
    give_back(queue, row)
    return way


@njit(cache=True)
def trace(ground: Terrain, task: Task, labels: Labels, queue: Queue, hops: Hops, x: int, nodes: Ints) -> int:
    """Write the customers and stations of the route that ends with label x and its way home.

    Returns
    -------
    int
        Position in ``nodes``, filled from its end, where the route begins; -1 without room.
    """
    at, last = len(nodes), -1
    while x >= 0:
        count = spread(ground, hops, labels.rec, x, labels.node[x])
        if last < 0:
            _, way = close(ground, task, labels, queue, hops, count, x)
        else:
            way = _way_to(ground, task, labels, queue, hops, count, last)
        while way > 0:
            if at == 0:
                return -1
            at -= 1
            nodes[at] = hops.node[way]
            way = hops.parent[way]
        if labels.node[x] > 0:
            if at == 0:
                return -1
            at -= 1
            nodes[at] = labels.node[x]
        last, x = x, labels.pred[x]
    return at
