"""Better orders of the customers of one route, and better ends for two, over stations where needed: compiled.

Only orders that could be cheaper if nothing had to be recharged are driven.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voltmile.routes.recharging.follow import follow, least_of
from voltmile.routes.recharging.hops import Hops
from voltmile.routes.recharging.terrain import Terrain

Ints = NDArray[np.int64]
#: Customers that are moved together within a route.
_LONGEST_MOVE = 3
#: Relative gain below which a change is none.
_GAIN = 1e-7


@njit(cache=True)
def _moved(order: Ints, first: int, last: int, to: int, turned: bool, into: Ints) -> None:
    """Write the order with customers ``first`` to ``last`` put at place ``to`` of the rest."""
    at, count = 0, last - first
    for p in range(len(order)):
        if p == to:
            at += count
        q = p if p < first else p + count
        if q < len(order):
            into[at] = order[q]
            at += 1
    for p in range(count):
        into[to + p] = order[last - 1 - p] if turned else order[first + p]


@njit(cache=True)
def _cheaper(ground: Terrain, hops: Hops, order: Ints, most: float) -> float:
    """Cost of an order where that is below ``most``, else infinity."""
    if least_of(ground.least, order) >= most:
        return np.inf
    cost, _ = follow(ground, hops, order, most)
    return cost if cost < most else np.inf


@njit(cache=True)
def reorder(ground: Terrain, hops: Hops, order: Ints, cost: float) -> tuple[float, Ints]:
    """Move and turn up to three customers, and turn longer stretches, as long as that saves something.

    Parameters
    ----------
    cost : float
        Of the order.

    Returns
    -------
    cost : float
    order : array of int
    """
    best, size = order.copy(), len(order)
    trial, gain = np.empty_like(order), _GAIN * abs(cost)
    better = True
    while better:
        better = False
        for first in range(size):
            for last in range(first + 1, size + 1):
                turned = False
                for to in range(size - (last - first) + 1):
                    if last - first > _LONGEST_MOVE and to != first:
                        continue
                    for turned in (False, True):
                        if (to == first and not turned) or (turned and last - first == 1):
                            continue
                        _moved(best, first, last, to, turned, trial)
                        new = _cheaper(ground, hops, trial, cost - gain)
                        if new < np.inf:
                            best, trial = trial, best
                            cost, better = new, True
    return cost, best


@njit(cache=True)
def _joined(head: Ints, cut: int, tail: Ints, begin: int) -> Ints:
    """Return the first customers of one order and the last ones of another."""
    made = np.empty(cut + len(tail) - begin, np.int64)
    made[:cut] = head[:cut]
    made[cut:] = tail[begin:]
    return made


@njit(cache=True)
def exchange_ends(
    ground: Terrain,
    hops: Hops,
    order: Ints,
    other_ground: Terrain,
    other_hops: Hops,
    other: Ints,
    most: float,
) -> tuple[float, int, int]:
    """Where to cut two orders so that with their ends exchanged they cost least.

    Parameters
    ----------
    most : float
        Cost of both, from which a change is of no interest.

    Returns
    -------
    cost : float
        Of both, infinity where nothing is cheaper.
    cut, other_cut : int
        Customers that stay with the first and with the second vehicle. Neither is left without any.
    """
    best, at, to = most, -1, -1
    for cut in range(len(order) + 1):
        for other_cut in range(len(other) + 1):
            if cut == len(order) and other_cut == len(other):
                continue
            one, two = _joined(order, cut, other, other_cut), _joined(other, other_cut, order, cut)
            if len(one) == 0 or len(two) == 0:
                continue
            load, other_load = ground.demand[one].sum(), other_ground.demand[two].sum()
            if (ground.loaded and load > ground.capacity) or (
                other_ground.loaded and other_load > other_ground.capacity
            ):
                continue
            rest = least_of(other_ground.least, two)
            if least_of(ground.least, one) + rest >= best:
                continue
            cost, _ = follow(ground, hops, one, best - rest)
            if cost + rest >= best:
                continue
            more, _ = follow(other_ground, other_hops, two, best - cost)
            if cost + more < best:
                best, at, to = cost + more, cut, other_cut
    return (best, at, to) if at >= 0 else (np.inf, -1, -1)
