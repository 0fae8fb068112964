"""The cheapest label at a customer whose memory lies within a set: most comparisons of labels in one look.

Sets are those of the other customers in the neighbourhood, ``_MOST`` of them at most; labels that remember
others as well are counted with less than they remember, so that a look says too little rather than too much.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

#: Customers of a neighbourhood, beside the one it belongs to, whose sets are told apart.
_MOST = 10


def told_apart(inside: Any, bit: Any) -> tuple[Any, bool]:
    """Return the customers that make up the sets, and whether none is left out.

    Parameters
    ----------
    inside : array of bool, shape (n + 1, n + 1)
        Neighbourhoods.
    bit : array of uint64, shape (n + 1,)

    Returns
    -------
    others : array of uint64, shape (n + 1, w)
        Their bits, filled up with 0.
    all_told : bool
    """
    members = [np.flatnonzero(row & (np.arange(len(row)) != i)) for i, row in enumerate(inside)]
    most = max(map(len, members))
    others = np.zeros((len(inside), min(most, _MOST)), dtype=np.uint64)
    for i, near in enumerate(members):
        others[i, : len(near)] = bit[near[:_MOST]]
    return others, most <= _MOST


@njit(cache=True)
def set_of(mask: Any, others: Any, j: int, told: int) -> int:
    """Position of a memory at j among the sets of the first ``told`` customers."""
    s = 0
    for t in range(told):
        if mask & others[j, t] != 0:
            s |= 1 << t
    return s


@njit(cache=True)
def enter(least: Any, j: int, s: int, cost: float) -> None:
    """Enter a label at j with the memory ``s``: it counts in all sets that hold it."""
    free = (least.shape[1] - 1) & ~s
    more = free
    while True:
        least[j, s | more] = min(least[j, s | more], cost)
        if more == 0:
            break
        more = (more - 1) & free


@njit(cache=True)
def over_subsets(least: Any) -> None:
    """Lower each entry to the least one of a set within it."""
    step = 1
    while step < len(least):
        for s in range(len(least)):
            if s & step:
                least[s] = min(least[s], least[s ^ step])
        step <<= 1
