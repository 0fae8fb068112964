"""Customers in a fixed order: where to stop on the way, compiled."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voltmile.problem.routing import Matrix
from voltmile.routes.recharging.curves import COST, CURVE, POINTS, Records, drive, room_of
from voltmile.routes.recharging.hops import NO_ROOM, Hops, as_good, spread
from voltmile.routes.recharging.labels import copy_row
from voltmile.routes.recharging.terrain import Terrain

Ints = NDArray[np.int64]


@njit(cache=True)
def _more(old: Records) -> Records:
    """Twice the rows."""
    new = np.empty((2 * len(old), old.shape[1]))
    for row in range(len(old)):
        for c in range(old.shape[1]):
            new[row, c] = old[row, c]
    return new


@njit(cache=True)
def _note(hops: Hops, q: int, stops: Ints) -> Ints:
    """Append the stations of way q, the last one first, then -1; the first entry is the length in use."""
    while q >= 0:
        if stops[0] == len(stops):
            stops = np.append(stops, stops)
        stops[stops[0]] = hops.node[q] if q > 0 else -1
        stops[0] += 1
        q = hops.parent[q]
    return stops


@njit(cache=True)
def _sifted(ground: Terrain, rec: Records, pred: Records, first: int, new: int) -> int:
    """Drop what the new record is as good as; return the end of the records."""
    p = first
    while p < new:
        if as_good(rec, new, p, ground.time_cost, ground.alike_time, ground.alike_energy):
            new -= 1
            copy_row(rec, new, rec, p)
            copy_row(pred, new, pred, p)
            copy_row(rec, new + 1, rec, new)
            copy_row(pred, new + 1, pred, new)
        else:
            p += 1
    return new + 1


@njit(cache=True)
def _step(
    ground: Terrain, hops: Hops, rec: Records, pred: Records, stops: Ints, first: int, last: int,
    node: int, to: int, most: float,
) -> tuple[Records, Records, Ints, int]:  # fmt: skip
    """Extend records ``first`` to ``last`` at a node to the next one, while they cost less than ``most``.

    ``pred`` holds for each record the one before, and where in ``stops`` the stations in between begin.
    """
    end = last
    for x in range(first, last):
        count = spread(ground, hops, rec, x, node)
        for q in range(len(hops.node) if count == NO_ROOM else count):
            if end == len(rec):
                rec, pred = _more(rec), _more(pred)
            u = hops.node[q]
            if not hops.alive[q] or (
                q > 0 and not ground.useful[hops.before[q], u - ground.customers - 1, to]
            ):
                continue
            if not drive(
                hops.rec,
                q,
                ground.legs,
                u,
                to,
                ground.limits,
                ground.slack_time,
                ground.slack_energy,
                rec,
                end,
            ):
                continue
            rec[end, COST] = rec[x, COST] + hops.rec[q, COST] + ground.legs[u, to, 2]
            good = rec[end, COST] + ground.time_cost * rec[end, CURVE] < most
            for p in range(last, end):
                good = good and not as_good(
                    rec, p, end, ground.time_cost, ground.alike_time, ground.alike_energy
                )
            if good:
                pred[end, 0], pred[end, 1] = x, stops[0]
                stops = _note(hops, q, stops)
                end = _sifted(ground, rec, pred, last, end)
    return rec, pred, stops, end


@njit(cache=True)
def least_of(least: Matrix, order: Ints) -> float:
    """Sum up what no way through customers in their order undercuts."""
    total, node = 0.0, 0
    for to in order:
        total += least[node, to]
        node = to
    return float(total + least[node, 0])


@njit(cache=True)
def follow(ground: Terrain, hops: Hops, order: Ints, most: float) -> tuple[float, Ints]:
    """Drive through customers in their order, back to the depot, over stations where that is needed.

    Parameters
    ----------
    most : float
        Cost from which a way is of no interest.

    Returns
    -------
    cost : float
        Infinity where there is no way.
    nodes : array of int
        Customers and stations.
    """
    rec, pred, stops = np.empty((64, hops.rec.shape[1])), np.empty((64, 2)), np.empty(128, np.int64)
    rec[0, COST], rec[0, POINTS], stops[0] = -ground.time_cost * ground.start, 1, 1
    rec[0, CURVE], rec[0, CURVE + room_of(rec)] = ground.start, ground.battery
    pred[0, 0] = -1
    first, last, node = 0, 1, 0
    left = least_of(ground.least, order)
    most += ground.slack_time * ground.time_cost + ground.grid
    for position in range(len(order) + 1):
        to = order[position] if position < len(order) else 0
        left -= ground.least[node, to]
        rec, pred, stops, end = _step(ground, hops, rec, pred, stops, first, last, node, to, most - left)
        first, last, node = last, end, to
    best, chosen = np.inf, -1
    for x in range(first, last):
        cost = rec[x, COST] + ground.time_cost * rec[x, CURVE]
        if cost < best:
            best, chosen = cost, x
    nodes = np.empty(stops[0] + len(order), np.int64)
    at, position = len(nodes), len(order)
    while chosen > 0:
        if position < len(order):
            at -= 1
            nodes[at] = order[position]
        p = int(pred[chosen, 1])
        while stops[p] >= 0:
            at -= 1
            nodes[at] = stops[p]
            p += 1
        chosen = int(pred[chosen, 0])
        position -= 1
    return best, nodes[at:].copy()


@njit(cache=True)
def _with(order: Ints, customer: int, at: int, into: Ints) -> None:
    """Write an order with a customer more."""
    into[:at] = order[:at]
    into[at] = customer
    into[at + 1 :] = order[at:]


@njit(cache=True)
def cheapest_place(ground: Terrain, hops: Hops, order: Ints, customer: int, most: float) -> tuple[float, int]:
    """Where in the order a customer costs least.

    Parameters
    ----------
    most : float
        Cost of the whole route from which a place is of no interest.

    Returns
    -------
    cost : float
        Of the whole route; infinity where there is no feasible place.
    place : int
        Position in the longer order.
    """
    best, place = most, -1
    longer, count = np.empty(len(order) + 1, np.int64), len(order) + 1
    least = np.empty(count)
    for at in range(count):
        _with(order, customer, at, longer)
        least[at] = least_of(ground.least, longer)
    for at in np.argsort(least):
        if least[at] >= best:
            break
        _with(order, customer, at, longer)
        cost, _ = follow(ground, hops, longer, best)
        if cost < best:
            best, place = cost, at
    return (best, place) if place >= 0 else (np.inf, -1)
