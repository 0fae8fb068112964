"""Routes from two halves: labels from the depot on, and those of the mirrored problem, meet at a customer.

Righini, Salani 2006, doi:10.1016/j.disopt.2006.05.007. Labels are extended up to a time of day from either
side. Let p be the last customer of a route that is reached by then. A label that dominates the route up to
p, and its extension to the next customer j, have been made; so has one of the mirrored problem that dominates
the rest of the route up to j, since all after j is later. The two fit: what dominates fits whatever the
dominated fits.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voltmile.problem.routing import Vector
from voltmile.routes.recharging.curves import KEY, LOAD, meet
from voltmile.routes.recharging.kernel import Task
from voltmile.routes.recharging.labels import Labels
from voltmile.routes.recharging.memory import Words
from voltmile.routes.recharging.terrain import Terrain

Ints = NDArray[np.int64]


class Half(NamedTuple):
    """Labels of one direction by customer, in order of key.

    Attributes
    ----------
    label : array of int
    first : array of int, shape (n + 2,)
        Those of customer j are ``label[first[j] : first[j + 1]]``.
    """

    labels: Labels
    label: Ints
    first: Ints


class Pairs(NamedTuple):
    """Pairs of labels that make a route, in order of reduced cost; ``size`` has one entry."""

    size: Ints
    total: Vector
    ahead: Ints
    behind: Ints


def half_of(labels: Labels, kept: Ints, customers: int) -> Half:
    """Sort the labels kept, without that at the depot."""
    label = kept[labels.node[kept] > 0]
    node = labels.node[label]
    order = np.lexsort((labels.rec[label, KEY], node))
    first = np.searchsorted(node[order], np.arange(customers + 2))
    return Half(labels, label[order], first.astype(np.int64))


def new_pairs(most: int) -> Pairs:
    """Room for pairs."""
    return Pairs(
        np.zeros(1, np.int64), np.empty(most), np.empty(most, np.int64), np.empty(most, np.int64)
    )  # fmt: skip


@njit(cache=True)
def _note(pairs: Pairs, x: int, y: int, total: float) -> None:
    """Insert a pair; the last one goes where there is no room."""
    room = len(pairs.total)
    p = min(pairs.size[0], room - 1)
    while p > 0 and pairs.total[p - 1] > total:
        pairs.total[p] = pairs.total[p - 1]
        pairs.ahead[p], pairs.behind[p] = pairs.ahead[p - 1], pairs.behind[p - 1]
        p -= 1
    pairs.total[p], pairs.ahead[p], pairs.behind[p] = total, x, y
    pairs.size[0] = min(pairs.size[0] + 1, room)


@njit(cache=True)
def _correction(price: Vector, member: Words, node: int, one: Words, x: int, two: Words, y: int) -> float:
    """Return what a route pays for subset rows beyond its halves, both of which count the customer."""
    extra = 0.0
    for w in range(one.shape[1]):
        more = one[x, w] & two[y, w] & ~member[node, w]
        less = ~one[x, w] & ~two[y, w] & member[node, w]
        r = 64 * w
        while (more | less) != 0:
            if more & np.uint64(1):
                extra += price[r]
            if less & np.uint64(1):
                extra -= price[r]
            more >>= np.uint64(1)
            less >>= np.uint64(1)
            r += 1
    return extra


@njit(cache=True)
def _credit(price: Vector, member: Words, node: int) -> float:
    """Most by which the correction may be below 0."""
    credit = 0.0
    for r in range(len(price)):
        if member[node, r // 64] >> np.uint64(r % 64) & np.uint64(1):
            credit += price[r]
    return credit


@njit(cache=True, nogil=True)
def join(ground: Terrain, task: Task, ahead: Half, behind: Half, pairs: Pairs) -> None:
    """Find the pairs of least reduced cost under ``task.below``; if there is any, the best is among them."""
    rec, mask, state = ahead.labels.rec, ahead.labels.mask, ahead.labels.state
    ends, end_mask, end_state = behind.labels.rec, behind.labels.mask, behind.labels.state
    bit, price, below = task.bit, task.price, task.below
    for j in range(1, ground.customers + 1):
        begin, until = behind.first[j], behind.first[j + 1]
        if begin == until:
            continue
        credit = _credit(price, task.counts, j)
        lowest, room = ends[behind.label[begin], KEY], ground.capacity + ground.demand[j]
        for p in range(ahead.first[j], ahead.first[j + 1]):
            if task.halt[0]:
                return
            x = ahead.label[p]
            key, load = rec[x, KEY] - credit, rec[x, LOAD]
            if key + lowest >= below:
                break
            for q in range(begin, until):
                y = behind.label[q]
                if key + ends[y, KEY] >= below:
                    break
                if ground.loaded and load + ends[y, LOAD] > room:
                    continue
                apart = True
                for w in range(bit.shape[1]):
                    if mask[x, w] & end_mask[y, w] & ~bit[j, w]:
                        apart = False
                if not apart:
                    continue
                total = rec[x, KEY] + ends[y, KEY]
                if len(price) > 0:
                    total += _correction(price, task.counts, j, state, x, end_state, y)
                if total < below and meet(
                    rec, x, ends, y, ground.battery, task.horizon, ground.slack_time, ground.slack_energy
                ):
                    _note(pairs, x, y, total)
                    if pairs.size[0] == len(pairs.total):
                        below = pairs.total[-1]


def order_of(ahead: Half, x: int, behind: Half, y: int) -> tuple[int, ...]:
    """Return the customers of a pair in order."""
    order = _back(ahead.labels, x)[::-1]
    return (*order, *_back(behind.labels, y)[1:])


def _back(labels: Labels, x: int) -> list[int]:
    nodes = []
    while x >= 0 and labels.node[x] > 0:
        nodes.append(int(labels.node[x]))
        x = int(labels.pred[x])
    return nodes
