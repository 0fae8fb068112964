"""Search for violated subset-row cuts, with the least memory that keeps them so.

Those on one customer bar its second visit on a way within the memory: elementary routes pay nothing.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from voltmile.problem.routing import Vector
from voltmile.solve.routing.rows import Ints, Packed, SubsetCut

_LEAST = 0.03
_PER_CUSTOMER = 8


def subset_cuts(packed: Packed, x: Vector, n: int, room: int, full_memory: bool) -> list[SubsetCut]:
    """Cuts on second visits, then on three customers, no more than there is room for."""
    twice = repeated_visits(packed, x, n, max(room, 0))
    rest = room - len(twice)
    return [*twice, *violated_subsets(packed, x, n, rest, full_memory)] if rest > 0 else twice


def violated_subsets(packed: Packed, x: Vector, n: int, most: int, full: bool = False) -> list[SubsetCut]:
    """Worst violated cuts of a point.

    Parameters
    ----------
    packed : Packed
        Routes with a positive value.
    x : array, shape (r,)
    full : bool
        Remember at every customer: stronger, and free of charge where routes are not priced but enumerated.
    """
    triples, worth = _violations(packed.first, packed.node, x, n, _LEAST)
    order = np.argsort(-worth, kind="stable")
    uses = np.zeros(n + 1, dtype=np.int64)
    cuts = []
    for t in order.tolist():
        members = tuple(int(i) for i in triples[t])
        if uses[list(members)].max() >= _PER_CUSTOMER:
            continue
        uses[list(members)] += 1
        memory = frozenset(range(1, n + 1)) if full else _memory(packed, members)
        cuts.append(SubsetCut(members, memory))
        if len(cuts) == most:
            break
    return cuts


def repeated_visits(packed: Packed, x: Vector, n: int, most: int, least: float = _LEAST) -> list[SubsetCut]:
    """Cuts that bar second visits of a point to a customer, the most frequent ones first.

    Parameters
    ----------
    least : float
        How many there have to be of a customer.
    """
    visits = np.zeros((len(packed), n + 1))
    np.add.at(visits, (np.repeat(np.arange(len(packed)), np.diff(packed.first)), packed.node), 1.0)
    twice = x @ np.floor(visits / 2)
    order = np.argsort(-twice, kind="stable")[:most]
    found = [int(i) for i in order if twice[i] > least]
    return [SubsetCut((i,), _memory(packed, (i,))) for i in found]


def _memory(packed: Packed, members: tuple[int, ...]) -> frozenset[int]:
    """Members, and all customers between a first and a second visit of a route that counts."""
    memory = set(members)
    inside = np.isin(packed.node, members)
    for r in range(len(packed)):
        a, b = int(packed.first[r]), int(packed.first[r + 1])
        at = np.flatnonzero(inside[a:b]) + a
        for t in range(0, len(at) - 1, 2):
            memory.update(packed.node[at[t] : at[t + 1] + 1].tolist())
    return frozenset(memory)


@njit(cache=True)
def _violations(first: Ints, node: Ints, x: Vector, n: int, least: float) -> tuple[Ints, Vector]:
    """Triples whose full-memory cut is violated by more than ``least``, and by how much."""
    routes = len(first) - 1
    visits = np.zeros((routes, n + 1))
    for r in range(routes):
        for t in range(first[r], first[r + 1]):
            visits[r, node[t]] += 1.0
    pair = np.zeros((n + 1, n + 1))
    through = [[0 for _ in range(0)] for _ in range(n + 1)]
    for r in range(routes):
        for t in range(first[r], first[r + 1]):
            i = node[t]
            if len(through[i]) == 0 or through[i][-1] != r:
                through[i].append(r)
            for s in range(t + 1, first[r + 1]):
                j = node[s]
                pair[i, j] += x[r]
                if i != j:
                    pair[j, i] += x[r]
    triples = np.empty((1 << 10, 3), np.int64)
    worth = np.empty(1 << 10)
    found = 0
    for i in range(1, n + 1):
        for j in range(i + 1, n + 1):
            for k in range(j + 1, n + 1):
                # Every second visit is a pair on a route, or a customer twice on one.
                most = pair[i, j] + pair[i, k] + pair[j, k] + pair[i, i] + pair[j, j] + pair[k, k]
                if most <= 1.0 + least:
                    continue
                value = 0.0
                for r in through[i]:
                    value += x[r] * np.floor((visits[r, i] + visits[r, j] + visits[r, k]) / 2)
                for r in through[j]:
                    if visits[r, i] == 0:
                        value += x[r] * np.floor((visits[r, j] + visits[r, k]) / 2)
                for r in through[k]:
                    if visits[r, i] == 0 and visits[r, j] == 0:
                        value += x[r] * np.floor(visits[r, k] / 2)
                if value <= 1.0 + least:
                    continue
                if found == len(worth):
                    wider, more = np.empty((2 * found, 3), np.int64), np.empty(2 * found)
                    wider[:found], more[:found] = triples, worth
                    triples, worth = wider, more
                triples[found, 0], triples[found, 1], triples[found, 2] = i, j, k
                worth[found] = value - 1.0
                found += 1
    return triples[:found], worth[:found]
