"""Sets of villages grown along a graph, with sums over all of them kept up on the way.

A set grows by the village that is tied to it most, from every village in turn: n chains of n sets. Sums over
the pairs within a set follow from those of the set before it, n^3 in all where one by one they take n^4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numba import njit

from voltmile.routes.network import Matrix, Vector
from voltmile.solve.matrix import FloatArray
from voltmile.solve.two_index import Bools, Ints


@dataclass(frozen=True, eq=False)
class Chains:
    """Chains of nested sets: set s of chain c holds the first s + 1 villages of its order.

    Attributes
    ----------
    order : array of int, shape (c, n)
        Village indices, from 0.
    within : array, shape (q, c, n)
        Of each quadratic form the sum over all ordered pairs of a set.
    """

    order: Ints
    within: FloatArray

    def total(self, each: Vector) -> FloatArray:
        """Sum of a number of each village over every set."""
        return np.asarray(np.cumsum(each[self.order], axis=1))

    def largest(self, each: Vector) -> tuple[FloatArray, Ints]:
        """Largest number in every set, and the village index that has it."""
        along = each[self.order]
        most = np.asarray(np.maximum.accumulate(along, axis=1))
        new = np.where(along >= most, np.arange(along.shape[1]), 0)
        at = np.maximum.accumulate(new, axis=1)
        return most, np.asarray(np.take_along_axis(self.order, at, axis=1))

    def inside(self, chain: int, position: int) -> Bools:
        """One set as booleans, shape (n,)."""
        found = np.zeros(self.order.shape[1], dtype=np.bool_)
        found[self.order[chain, : position + 1]] = True
        return found


@dataclass(frozen=True, eq=False)
class Singles:
    """Single sets, as chains of length 1: rows of booleans (c, n), and as in ``Chains`` (q, c, 1)."""

    sets: Bools
    within: FloatArray

    def total(self, each: Vector) -> FloatArray:
        """Sum of a number of each village over every set."""
        return np.asarray((self.sets @ each)[:, None])

    def largest(self, each: Vector) -> tuple[FloatArray, Ints]:
        """Largest number in every set, and the village index that has it."""
        served = np.where(self.sets, each, -np.inf)
        return np.asarray(served.max(axis=1)[:, None]), np.asarray(served.argmax(axis=1)[:, None])

    def inside(self, chain: int, position: int) -> Bools:  # noqa: ARG002  (as in Chains)
        """One set as booleans, shape (n,)."""
        return np.asarray(self.sets[chain])


Sets = Chains | Singles


def grow(weight: Matrix, forms: FloatArray) -> Chains:
    """Grow sets in a graph.

    Parameters
    ----------
    weight : array, shape (n, n)
        Symmetric.
    forms : array, shape (q, n, n)
        Quadratic forms to sum over the pairs of each set; without a diagonal.
    """
    both = forms + forms.transpose(0, 2, 1)
    order, within = _grown(np.ascontiguousarray(weight, dtype=np.float64), np.ascontiguousarray(both))
    return Chains(order, within)


@njit(cache=True)
def _grown(weight: Any, both: Any) -> tuple[Any, Any]:
    """Orders of growth, and sums of forms (already over both directions of a pair) along them."""
    kinds, n, _ = both.shape
    order, within = np.empty((n, n), np.int64), np.zeros((kinds, n, n))
    for chain in range(n):
        order[chain, 0] = chain
        free, tie = weight[chain].copy(), both[:, chain].copy()  # ties of villages with the set
        free[chain] = -np.inf
        for stage in range(1, n):
            nearest = 0
            for i in range(1, n):
                if free[i] > free[nearest]:
                    nearest = i
            order[chain, stage] = nearest
            for i in range(n):
                free[i] += weight[nearest, i]
            free[nearest] = -np.inf
            for q in range(kinds):
                within[q, chain, stage] = within[q, chain, stage - 1] + tie[q, nearest]
                for i in range(n):
                    tie[q, i] += both[q, nearest, i]
    return order, within


def single(sets: Bools, forms: FloatArray) -> Singles:
    """Sum forms over the pairs of given sets, shape (c, n)."""
    member = sets.astype(np.float64)
    within = ((member @ forms) * member).sum(axis=2)
    return Singles(sets, within[:, :, None])
