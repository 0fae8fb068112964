"""Kept labels by customer, and whether one of them dominates a new one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voltmile.problem.routing import Vector
from voltmile.routes.pricing import EXACT, FAIR
from voltmile.routes.recharging.curves import COST, CURVE, KEY, LOAD, PAID, Records, above, records, top_of
from voltmile.routes.recharging.hops import shift_for
from voltmile.routes.recharging.labels import Labels, copy_row
from voltmile.routes.recharging.memory import Words, handicap

Ints = NDArray[np.int64]
#: Comparison of labels only on the same customers, in real cost as well; see ``ROUGH``, ``FAIR``, ``EXACT``.
SAME = EXACT + 1


class Store(NamedTuple):
    """Kept labels, those of customer j in rows ``j * room`` to ``j * room + count[j]``, in order of key."""

    count: Ints  # type: ignore[assignment]
    rec: Records
    mask: Words
    state: Words


class Chains(NamedTuple):
    """Kept labels by last customer and set of customers, for comparison among those only.

    Attributes
    ----------
    head : array of int
        First label of each chain; the length is a power of two.
    next : array of int
        By label the one after it.
    """

    head: Ints
    next: Ints


def new_store(nodes: int, room: int, mask: int, state: int, points: int) -> Store:
    """Return an empty store."""
    return Store(
        np.zeros(nodes, np.int64), records(nodes * room, points),
        np.empty((nodes * room, mask), np.uint64), np.empty((nodes * room, state), np.uint64),
    )  # fmt: skip


@njit(cache=True)
def wider_store(old: Store) -> Store:
    """Return the store with twice the room a customer."""
    nodes = len(old.count)
    room, size = len(old.rec) // nodes, 2 * len(old.rec)
    rec = np.empty((size, old.rec.shape[1]))
    mask = np.empty((size, old.mask.shape[1]), np.uint64)
    state = np.empty((size, old.state.shape[1]), np.uint64)
    for j in range(nodes):
        for p in range(old.count[j]):
            copy_row(old.rec, j * room + p, rec, 2 * j * room + p)
            copy_row(old.mask, j * room + p, mask, 2 * j * room + p)
            copy_row(old.state, j * room + p, state, 2 * j * room + p)
    return Store(old.count, rec, mask, state)


@njit(cache=True)
def keep(store: Store, labels: Labels, x: int) -> Store:
    """Insert label x in order of key."""
    node, key = labels.node[x], labels.rec[x, KEY]
    if store.count[node] == len(store.rec) // len(store.count):
        store = wider_store(store)
    first = node * (len(store.rec) // len(store.count))
    p = first + store.count[node]
    while p > first and store.rec[p - 1, KEY] > key:
        copy_row(store.rec, p - 1, store.rec, p)
        copy_row(store.mask, p - 1, store.mask, p)
        copy_row(store.state, p - 1, store.state, p)
        p -= 1
    copy_row(labels.rec, x, store.rec, p)
    copy_row(labels.mask, x, store.mask, p)
    copy_row(labels.state, x, store.state, p)
    store.count[node] += 1
    return store


@njit(cache=True)
def dominated(
    kept: Records, kept_mask: Words, kept_state: Words, first: int, last: int,
    rec: Records, mask: Words, state: Words, x: int,
    how: int, price: Vector, loaded: bool, time_cost: float, alike_time: float, alike_energy: float,
) -> bool:  # fmt: skip
    """Whether one of the kept labels from ``first`` to ``last`` is as good as label x in all that counts."""
    key, cost, load = rec[x, KEY], rec[x, COST], rec[x, LOAD]
    begin, top = rec[x, CURVE] + alike_time, top_of(rec, x) - alike_energy
    for p in range(first, last):
        if kept[p, KEY] > key:
            return False
        if kept[p, CURVE] > begin or (loaded and kept[p, LOAD] > load):
            continue
        its = kept[p, COST]
        if how >= FAIR:
            subset = True
            for w in range(mask.shape[1]):
                if kept_mask[p, w] & ~mask[x, w]:
                    subset = False
            if not subset:
                continue
            if how == EXACT and len(price) > 0:
                its += handicap(price, kept_state, p, state, x)
        if top_of(kept, p) < top:
            continue
        shift = shift_for(its, cost, time_cost)
        if shift < np.inf and above(kept, p, shift, rec, x, alike_time, alike_energy):
            return True
    return False


@njit(cache=True)
def chain_of(head: Ints, mask: Words, row: int, node: int) -> int:
    """Chain of a set of customers with a last one."""
    mixed = np.uint64(node + 1) * np.uint64(0x9E3779B97F4A7C15)
    for w in range(mask.shape[1]):
        mixed = (mixed ^ mask[row, w]) * np.uint64(0xBF58476D1CE4E5B9)
        mixed ^= mixed >> np.uint64(29)
    return int(mixed & np.uint64(len(head) - 1))


@njit(cache=True)
def same_row(words: Words, row: int, other: int) -> bool:
    """Whether two rows have the same bits."""
    return bool((words[row] == words[other]).all())


@njit(cache=True)
def same_set_dominated(
    head: Ints, following: Ints, rec: Records, mask: Words, state: Words, node: Ints, x: int,
    price: Vector, time_cost: float, alike_time: float, alike_energy: float,
) -> bool:  # fmt: skip
    """Whether a kept label on the same customers is as good as x in reduced and in real cost."""
    walk = head[chain_of(head, mask, x, node[x])]
    cost, real = rec[x, COST], rec[x, COST] - rec[x, PAID]
    while walk >= 0:
        if node[walk] == node[x] and same_row(mask, walk, x):
            its = rec[walk, COST]
            shift = shift_for(its - rec[walk, PAID], real, time_cost)
            if len(price) > 0:
                its += handicap(price, state, walk, state, x)
            shift = max(shift, shift_for(its, cost, time_cost))
            if shift < np.inf and above(rec, walk, shift, rec, x, alike_time, alike_energy):
                return True
        walk = following[walk]
    return False


@njit(cache=True)
def link(chains: Chains, labels: Labels, x: int) -> None:
    """Put label x at the head of its chain."""
    at = chain_of(chains.head, labels.mask, x, labels.node[x])
    chains.next[x] = chains.head[at]
    chains.head[at] = x
