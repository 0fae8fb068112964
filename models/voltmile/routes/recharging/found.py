"""Complete routes found on the way: the best few, or the cheapest of every set of customers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voltmile.problem.routing import Vector
from voltmile.routes.recharging.labels import Labels
from voltmile.routes.recharging.store import chain_of, same_row

Ints = NDArray[np.int64]


class Found(NamedTuple):
    """Routes as the last label of each.

    Attributes
    ----------
    size : array of int, shape (1,)
    total, real : array
        Reduced cost; real cost up to a constant of the set of customers.
    head, next : array of int
        Chains by set of customers.
    """

    size: Ints
    label: Ints
    total: Vector
    real: Vector
    head: Ints
    next: Ints


def new_found(rows: int, chains: int) -> Found:
    """Room for routes; ``chains`` is a power of two."""
    return Found(
        np.zeros(1, np.int64), np.empty(rows, np.int64), np.empty(rows), np.empty(rows),
        np.full(chains, -1, np.int64), np.empty(rows, np.int64),
    )  # fmt: skip


@njit(cache=True)
def note_best(found: Found, x: int, total: float) -> None:
    """Insert a route in order of reduced cost, while there is room or it is better than the last."""
    size, room = found.size[0], len(found.label)
    if room == 0 or (size == room and total >= found.total[size - 1]):
        return
    p = size if size < room else room - 1
    while p > 0 and found.total[p - 1] > total:
        found.total[p], found.label[p] = found.total[p - 1], found.label[p - 1]
        p -= 1
    found.total[p], found.label[p] = total, x
    found.size[0] = min(size + 1, room)


@njit(cache=True)
def note_set(found: Found, labels: Labels, x: int, total: float, real: float) -> bool:
    """Keep the route where it is the first on its customers or the cheapest so far; False without room."""
    at = chain_of(found.head, labels.mask, x, 0)
    walk = found.head[at]
    while walk >= 0:
        if same_row(labels.mask, found.label[walk], x):
            if real < found.real[walk]:
                found.real[walk], found.total[walk], found.label[walk] = real, total, x
            return True
        walk = found.next[walk]
    size = found.size[0]
    if size == len(found.label):
        return False
    found.label[size], found.total[size], found.real[size] = x, total, real
    found.next[size] = found.head[at]
    found.head[at] = size
    found.size[0] += 1
    return True
