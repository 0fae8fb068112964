"""Cheapest beginnings of routes that remember their nearest villages: they complete the labels of a search.

The recurrence runs over the units still to be delivered, as those of :mod:`voltmile.solve.hub_tree.slices`,
and over which of the few villages nearest to the one it is at a beginning remembers (ng-routes, Baldacci,
Mingozzi, Roberti 2011, doi:10.1287/opre.1110.0975). models/ROUTING.md, *Hub-days*, has the proof.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from voltmile.routes.labelling.neighbourhoods import nearest
from voltmile.routes.network import Matrix
from voltmile.solve.two_index import Bools, Ints

#: Entries of a table at most, which make the villages remembered fewer.
_ENTRIES = 4_000_000


class Near(NamedTuple):
    """The nearest villages of each, and what going on from one to another keeps of what is remembered.

    Sets of the nearest villages of i are numbers: bit q stands for ``village[i, q]``. Going on from i to j
    does not depend on all bits; arcs are listed once for each set of those it depends on.

    Attributes
    ----------
    village : array of int, shape (n + 1, s)
    start : array of int, shape (n + 2,)
        Of the arcs to each village among those below.
    tail : array of int32
        Where an arc comes from.
    within : array of int
        The largest set at its tail that may be remembered.
    gives : array of int32
        The set remembered at its head if so.
    far : array, shape (n + 1, n + 1)
        ``far[j, i]`` is 0 where going on from i to j keeps nothing and is not barred by anything, which is
        not listed; else infinity.
    """

    village: Any
    start: Any
    tail: Any
    within: Any
    gives: Any
    far: Any


def near_villages(km: Matrix, most: int, number: int) -> Near:
    """Find the nearest villages, by the distance from each.

    Parameters
    ----------
    km : array, shape (n + 1, n + 1)
    most : int
        Units a table has rows for.
    number : int
        Villages that a beginning remembers besides its last one; fewer where tables would be too large.
    """
    n = len(km) - 1
    size = max(0, min(number, n - 1, int(math.log2(_ENTRIES / ((most + 1) * (n + 1))))))
    inside = nearest(km, size + 1)
    np.fill_diagonal(inside, val=False)
    village = np.zeros((n + 1, size), dtype=np.int64)
    for i in range(1, n + 1):
        village[i] = np.flatnonzero(inside[i])
    far = np.ones((n + 1, n + 1), dtype=np.bool_)
    far[0] = far[:, 0] = False
    arcs: list[tuple[int, int, int]] = []
    start = np.zeros(n + 2, dtype=np.int64)
    for j in range(1, n + 1):
        far[j, j] = False
        for i in range(1, n + 1):
            if i != j:
                some = _arcs(village, inside, i, j)
                far[j, i] = some == [(i, (1 << size) - 1, 0)]
                arcs += [] if far[j, i] else some
        start[j + 1] = len(arcs)
    tail, within, gives = np.array(arcs, dtype=np.int64).reshape(-1, 3).T.copy()
    unlisted = np.where(far, 0.0, np.inf)
    return Near(village, start, tail.astype(np.int32), within, gives.astype(np.int32), unlisted)


def _arcs(village: Ints, inside: Bools, i: int, j: int) -> list[tuple[int, int, int]]:
    """Ways to go on from i to j: one for each set of villages near both that is remembered."""
    all_of = (1 << village.shape[1]) - 1
    at = {int(v): 1 << q for q, v in enumerate(village[j])}
    kept = [(1 << q, at[int(v)]) for q, v in enumerate(village[i]) if int(v) in at]
    others = all_of & ~sum(bit for bit, _ in kept)
    if inside[i, j]:
        others &= ~(1 << int(np.flatnonzero(village[i] == j)[0]))
    found = [(others, at.get(i, 0))]
    for bit, there in kept:
        found += [(within | bit, gives | there) for within, gives in found]
    return [(i, within, gives) for within, gives in found]


@njit(cache=True)
def beginnings(go: Any, carry: Any, units: Any, spare: int, near: Near, best: Any) -> float:
    """Find the cheapest beginnings, and the cheapest whole walk.

    Parameters
    ----------
    go, carry : array, shape (n + 1, n + 1)
        Cost of driving from i to j (infinity: barred), and for each unit aboard beyond ``spare``.
    units : array of int, shape (n + 1,)
    best : array, shape (most + 1, n + 1, 2^s)
        Filled, from the units of each village on: least cost of a way from the hub to it from which on so
        many units are delivered, which remembers no village but those of a set.

    Returns
    -------
    least : float
        Of a way from the hub and back to it.
    """
    n, most, sets = len(units) - 1, len(best) - 1, best.shape[2]
    to, load = np.ascontiguousarray(go.T), np.ascontiguousarray(carry.T)
    flat, tail, gives = best.reshape(-1), near.tail, near.gives
    ahead = (units[tail] * (n + 1) + tail) * sets + near.within  # where an arc looks, from the row of w on
    any_way = np.full((most + 1, n + 1), np.inf)  # whatever is remembered
    end, step, found = np.full(n + 1, np.inf), np.empty(n + 1), np.empty(sets)
    least = np.inf
    for w in range(most, 0, -1):
        aboard, row = float(max(w - spare, 0)), w * (n + 1) * sets
        for i in range(1, n + 1):
            end[i] = any_way[w + units[i], i] if w + units[i] <= most else np.inf
        for j in range(1, n + 1):
            if w < units[j]:
                continue
            to_j, load_j, far_j = to[j], load[j], near.far[j]
            for i in range(n + 1):  # the compiler makes these loops wide
                step[i] = to_j[i] + load_j[i] * aboard
            b = step[0]
            for i in range(1, n + 1):
                b = min(b, end[i] + step[i] + far_j[i])
            found[:] = np.inf
            found[0] = b
            for a in range(near.start[j], near.start[j + 1]):
                i = tail[a]
                if end[i] < np.inf:
                    found[gives[a]] = min(found[gives[a]], flat[row + ahead[a]] + step[i])
            half = 1
            while half < sets:  # a set may hold what is not remembered
                for first in range(0, sets, 2 * half):
                    for s in range(first, first + half):
                        found[s + half] = min(found[s + half], found[s])
                half *= 2
            best[w, j] = found
            any_way[w, j] = found[sets - 1]
        for j in range(1, n + 1):
            if units[j] == w:
                least = min(least, any_way[w, j] + go[j, 0])
    return least
