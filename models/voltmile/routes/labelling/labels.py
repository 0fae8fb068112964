"""Labels: those made, and those kept, by last customer and by what they remember."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from voltmile.routes.labelling.cheapest import enter
from voltmile.routes.labelling.kernel import EXACT, NO_MEMORY, Limits, surcharge

#: Columns of records.
COST, LOAD, TIME, DRAIN = 0, 1, 2, 3
#: Labels of a cell in rising order of cost while they are made, where sorting them in is quick; and the room
#: that a cell has at first.
_RUN, _ROOM = 128, 4


class Made(NamedTuple):
    """Partial routes, in the order they were made; arrays are longer than there are labels.

    Attributes
    ----------
    node, pred : array of int
        Last customer, and the label without it (-1: none).
    then : array of int
        Next label of the same slice.
    rec : array, shape (labels, 4)
        ``COST``, ``LOAD``, ``TIME`` and ``DRAIN``.
    mask, state : array of uint64
        What is remembered; the subset rows with half a visit.
    """

    node: Any
    pred: Any
    then: Any
    rec: Any
    mask: Any
    state: Any


class Kept(NamedTuple):
    """Labels that none dominates, by last customer and set (those of ``cheapest.py``).

    Those of a cell lie side by side, in runs of ``_RUN`` in rising order of cost.

    Attributes
    ----------
    place, count, wide : array of int, shape (n + 1, 2^w)
        Where each cell begins, its labels, and those it has room for.
    least : array, shape (n + 1, 2^w)
        Least cost of a label at a node with a memory within each set.
    used : array of int, shape (1,)
        Room given to cells.
    label : array of int
    rec, mask, state : array
        Those of the labels.
    """

    place: Any
    count: Any
    wide: Any
    least: Any
    used: Any
    label: Any
    rec: Any
    mask: Any
    state: Any


class Labels(NamedTuple):
    """All labels made, and those kept by node in rising order of cost.

    Attributes
    ----------
    order : array of int
        Kept labels in the order they were settled.
    place, count : array of int, shape (n + 1,)
        Kept labels of node i are ``[place[i], place[i] + count[i])`` in the ``k_`` arrays.
    kept : Kept
        The same by set.
    """

    node: Any
    pred: Any
    cost: Any
    load: Any
    time: Any
    drain: Any
    mask: Any
    state: Any
    order: Any
    place: Any
    count: Any
    k_cost: Any
    k_load: Any
    k_time: Any
    k_drain: Any
    k_mask: Any
    k_state: Any
    k_label: Any
    kept: Kept


@njit(cache=True)
def longer(old: Any, more: int = 0) -> Any:
    """Return an array of twice the length, and more where asked, that begins with the old one."""
    new = np.empty(2 * len(old) + more, old.dtype)
    new[: len(old)] = old
    return new


@njit(cache=True)
def _longer_rows(old: Any, more: int = 0) -> Any:
    new = np.empty((2 * len(old) + more, old.shape[1]), old.dtype)
    new[: len(old)] = old
    return new


@njit(cache=True)
def no_labels(words: int) -> Made:
    """Return room for labels."""
    m = 8192
    return Made(
        np.empty(m, np.int32),
        np.empty(m, np.int32),
        np.empty(m, np.int32),
        np.empty((m, 4)),
        np.empty(m, np.uint64),
        np.empty((m, words), np.uint64),
    )


@njit(cache=True)
def more_labels(a: Made) -> Made:
    """Return twice the room."""
    return Made(
        longer(a.node),
        longer(a.pred),
        longer(a.then),
        _longer_rows(a.rec),
        longer(a.mask),
        _longer_rows(a.state),
    )


@njit(cache=True)
def none_kept(nodes: int, told: int, words: int) -> Kept:
    """Return room for labels that are kept, with ``told`` customers whose sets are told apart."""
    m, sets = 8192, 1 << told
    return Kept(
        np.zeros((nodes, sets), np.int32),
        np.zeros((nodes, sets), np.int32),
        np.zeros((nodes, sets), np.int32),
        np.full((nodes, sets), np.inf),
        np.zeros(1, np.int64),
        np.empty(m, np.int32),
        np.empty((m, 4)),
        np.empty(m, np.uint64),
        np.empty((m, words), np.uint64),
    )


@njit(cache=True)
def with_room(k: Kept, i: int, s: int) -> Kept:
    """Make room for one more label in a cell: where it is full it moves to the end, with twice the room."""
    count = k.count[i, s]
    if count < k.wide[i, s]:
        return k
    wide = max(_ROOM, 2 * count)
    if k.used[0] + wide > len(k.label):
        k = Kept(
            k.place, k.count, k.wide, k.least, k.used, longer(k.label, wide), _longer_rows(k.rec, wide),
            longer(k.mask, wide), _longer_rows(k.state, wide),
        )  # fmt: skip
    old, new = k.place[i, s], k.used[0]
    for t in range(count):
        _copy(k, old + t, new + t)
    k.place[i, s], k.wide[i, s] = new, wide
    k.used[0] += wide
    return k


@njit(cache=True)
def _copy(k: Kept, p: int, q: int) -> None:
    k.label[q], k.mask[q] = k.label[p], k.mask[p]
    for c in range(4):
        k.rec[q, c] = k.rec[p, c]
    for w in range(k.state.shape[1]):
        k.state[q, w] = k.state[p, w]


@njit(cache=True)
def keep(k: Kept, a: Made, x: int, s: int) -> None:
    """Keep label x, with the memory s, in a cell with room for it."""
    i, cost = a.node[x], a.rec[x, COST]
    place, count = k.place[i, s], k.count[i, s]
    p, start = place + count, place + count // _RUN * _RUN
    while p > start and k.rec[p - 1, COST] > cost:
        _copy(k, p - 1, p)
        p -= 1
    k.label[p], k.mask[p] = x, a.mask[x]
    for c in range(4):
        k.rec[p, c] = a.rec[x, c]
    for w in range(k.state.shape[1]):
        k.state[p, w] = a.state[x, w]
    k.count[i, s] += 1
    enter(k.least, i, s, cost)


@njit(cache=True)
def _next_within(within: int, s: int, cheap: bool) -> int:
    """Next smaller set within s; past all sets within this one where none of their labels is cheap enough."""
    if not cheap:
        left_out = s & ~within
        within &= ~((left_out & -left_out) - 1)
    return (within - 1) & s if within > 0 else -1


@njit(cache=True, inline="always")
def dominator(
    k: Kept, i: int, s: int, cost: float, load: float, time: float, drain: float, mask: Any, state: Any,
    price: Any, lim: Limits,
) -> int:  # fmt: skip
    """Position of a label kept at i, with a memory within s, that is as good in everything; -1 for none."""
    found, within = -1, s
    while within >= 0 and found < 0:
        cheap = k.least[i, within] <= cost
        first = k.place[i, within]
        last = first + k.count[i, within] if cheap else first
        for start in range(first, last, _RUN):
            for p in range(start, min(start + _RUN, last)):
                if k.rec[p, COST] > cost or found >= 0:
                    break
                if k.rec[p, LOAD] > load or (lim.use_time and k.rec[p, TIME] > time):
                    continue
                if lim.use_drain and k.rec[p, DRAIN] > drain:
                    continue
                if lim.care != NO_MEMORY and (k.mask[p] & ~mask) != 0:
                    continue
                if lim.care == EXACT and len(state) > 0:
                    slack = cost - k.rec[p, COST]
                    if surcharge(k.state[p], state, price, slack) > slack:
                        continue
                found = p
        within = _next_within(within, s, cheap)
    return found


@njit(cache=True)
def in_order(a: Made, made: int, k: Kept, order: Any) -> Labels:
    """Sort the labels kept of so many made."""
    nodes, sets = k.count.shape
    count = k.count.sum(axis=1)
    place = np.cumsum(count) - count
    ranked = np.empty(len(order), np.int64)
    for i in range(nodes):
        mine, t = ranked[place[i] : place[i] + count[i]], 0
        for s in range(sets):
            for p in range(k.place[i, s], k.place[i, s] + k.count[i, s]):
                mine[t] = p
                t += 1
        mine[:] = mine[np.argsort(k.rec[mine, COST])]
    all_, rec = a.rec[:made], k.rec[ranked]
    return Labels(
        a.node[:made], a.pred[:made], all_[:, COST].copy(), all_[:, LOAD].copy(), all_[:, TIME].copy(),
        all_[:, DRAIN].copy(), a.mask[:made], a.state[:made], order, place, count, rec[:, COST].copy(),
        rec[:, LOAD].copy(), rec[:, TIME].copy(), rec[:, DRAIN].copy(), k.mask[ranked], k.state[ranked],
        k.label[ranked], k,
    )  # fmt: skip
