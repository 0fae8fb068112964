"""Sets of villages grown along a graph, with sums over all of them kept up on the way.

A set grows by the village that is tied to it most, from every village in turn: n chains of n sets. Sums over
the pairs within a set follow from those of the set before it, n^3 in all where one by one they take n^4.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
    n = len(weight)
    each = np.arange(n)
    order = np.empty((n, n), dtype=np.int64)
    order[:, 0] = each
    free = np.array(weight, dtype=np.float64)
    free[each, each] = -np.inf
    both = forms + forms.transpose(0, 2, 1)
    tie = both.copy()  # [q, chain, village]: pairs of a village with the set
    within = np.zeros((len(forms), n, n))
    for stage in range(1, n):
        nearest = free.argmax(axis=1)
        order[:, stage] = nearest
        within[:, :, stage] = within[:, :, stage - 1] + tie[:, each, nearest]
        free += weight[nearest]
        free[each, nearest] = -np.inf
        tie += both[:, nearest]
    return Chains(order, within)


def single(sets: Bools, forms: FloatArray) -> Singles:
    """Sum forms over the pairs of given sets, shape (c, n)."""
    member = sets.astype(np.float64)
    within = np.einsum("ci,qij,cj->qc", member, forms, member, optimize=True)
    return Singles(sets, within[:, :, None])
