"""What a label remembers: customers (ng-neighbourhoods) and counts of subset rows, as bits of words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voltmile.problem.routing import Vector
from voltmile.routes.pricing import SubsetRow

Words = NDArray[np.uint64]
_WORD = 64


class Memory(NamedTuple):
    """Bits of customers and rows, shape (n + 1, words) each.

    Attributes
    ----------
    bit : array
        The customer's own bit.
    near : array
        Customers still remembered at this one (Baldacci, Mingozzi, Roberti 2011, doi:10.1287/opre.1110.0975).
    counts : array
        Rows the customer is a member of.
    keeps : array
        Rows that remember their count when it is visited.
    price : array, shape (rows,)
    """

    bit: Words
    near: Words
    counts: Words
    keeps: Words
    price: Vector


def memory(inside: NDArray[np.bool_], rows: Sequence[SubsetRow]) -> Memory:
    """Bits for neighbourhoods ``inside[i, j]`` (j is remembered at i) and subset rows."""
    nodes, priced = len(inside), [row for row in rows if row.price > 0]
    counts = np.zeros((nodes, max(len(priced), 1)), dtype=np.bool_)
    keeps = np.zeros_like(counts)
    for r, row in enumerate(priced):
        counts[list(row.members), r] = True
        keeps[[*row.members, *row.memory], r] = True
    return Memory(
        bit=_words(np.eye(nodes, dtype=np.bool_) & (np.arange(nodes) > 0)),
        near=_words(inside),
        counts=_words(counts),
        keeps=_words(keeps),
        price=np.array([row.price for row in priced]),
    )


def _words(flags: NDArray[np.bool_]) -> Words:
    """Rows of flags as rows of words; flag 0 is the lowest bit."""
    count = (flags.shape[1] + _WORD - 1) // _WORD
    words = np.zeros((len(flags), count), dtype=np.uint64)
    for j in range(flags.shape[1]):
        words[:, j // _WORD] |= flags[:, j].astype(np.uint64) << np.uint64(j % _WORD)
    return words


@njit(cache=True)
def visit(
    counts: Words, keeps: Words, price: Vector, customer: int, state: Words, row: int, new: Words, to: int
) -> float:
    """Set the counts after a visit, in row ``to`` of ``new``; return what it pays."""
    paid = 0.0
    for w in range(counts.shape[1]):
        kept = state[row, w] & keeps[customer, w]
        member = counts[customer, w]
        second = kept & member
        new[to, w] = kept ^ member
        r = 64 * w
        while second != 0:
            if second & np.uint64(1):
                paid += price[r]
            second >>= np.uint64(1)
            r += 1
    return paid


@njit(cache=True)
def handicap(price: Vector, first: Words, row: int, second: Words, other: int) -> float:
    """Price of the rows a label has counted once and another one has not: what it may pay more later on."""
    sum_ = 0.0
    for w in range(first.shape[1]):
        only = first[row, w] & ~second[other, w]
        r = 64 * w
        while only != 0:
            if only & np.uint64(1):
                sum_ += price[r]
            only >>= np.uint64(1)
            r += 1
    return sum_
