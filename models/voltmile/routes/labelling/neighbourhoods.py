"""ng-neighbourhoods: which customers a partial route remembers.

Baldacci, Mingozzi, Roberti 2011, doi:10.1287/opre.1110.0975.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Matrix, RoutingProblem
from voltmile.routes.labelling.cheapest import told_apart

_BITS = 64


@dataclass(frozen=True, eq=False)
class Neighbourhoods:
    """ng-neighbourhoods of the customers as bit masks.

    Attributes
    ----------
    inside : array of bool, shape (n + 1, n + 1)
        ``inside[i, j]``: j is in the neighbourhood of i; i is itself.
    near : array of int, shape (n + 1, s)
        The neighbourhoods as lists, filled up with 0.
    common : array of uint64, shape (n + 1, n + 1)
        Bits of the customers in the neighbourhoods of both i and j.
    bit : array of uint64, shape (n + 1,)
        One bit a customer; two share a bit only where no neighbourhood holds both.
    others : array of uint64, shape (n + 1, w)
        Bits of customers in a neighbourhood whose sets are told apart (``cheapest.py``).
    all_told : bool
        Whether those are all, but for the customer itself.
    """

    inside: NDArray[np.bool_]
    near: NDArray[np.int64]
    common: NDArray[np.uint64]
    bit: NDArray[np.uint64]
    others: NDArray[np.uint64]
    all_told: bool


def nearest(distance: Matrix, size: int) -> NDArray[np.bool_]:
    """Each customer's ``size`` nearest ones, itself included, as a table of booleans."""
    nodes = len(distance)
    inside = np.zeros((nodes, nodes), dtype=np.bool_)
    for i in range(1, nodes):
        order = np.argsort(distance[i, 1:], kind="stable") + 1
        inside[i, [i, *(j for j in order if j != i)][:size]] = True
    return inside


def remembered(problem: RoutingProblem, size: int, always: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Each customer's ``size`` nearest ones by the shorter direction, and some that all remember.

    Parameters
    ----------
    always : array of bool, shape (n + 1,)
        The depot is in no neighbourhood.
    """
    m = problem.size + 1
    inside = nearest(np.minimum(problem.distance[:m, :m], problem.distance[:m, :m].T), size)
    inside[1:, 1:] |= always[1:]
    return inside


def neighbourhoods(inside: NDArray[np.bool_]) -> Neighbourhoods | None:
    """Colour the customers; None where 64 colours are not enough."""
    colour = _colours(inside)
    if colour.max(initial=0) >= _BITS:
        return None
    bit = np.left_shift(np.uint64(1), colour.astype(np.uint64))
    bit[0] = 0
    sizes = inside.sum(axis=1)
    near = np.zeros((len(inside), max(1, int(sizes.max()))), dtype=np.int64)
    for i, row in enumerate(inside):
        near[i, : sizes[i]] = np.flatnonzero(row)
    others, all_told = told_apart(inside, bit)
    return Neighbourhoods(inside, near, _common(inside, bit), bit, others, all_told)


def _colours(inside: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Greedy colouring of the customers such that those in one neighbourhood differ."""
    together = inside.astype(np.int64).T @ inside.astype(np.int64) > 0
    colour = np.zeros(len(inside), dtype=np.int64)
    done = np.zeros(len(inside), dtype=np.bool_)
    for j in np.argsort(-together.sum(axis=1), kind="stable"):
        taken = set(colour[together[j] & done].tolist())
        colour[j] = next(c for c in range(len(inside) + 1) if c not in taken)
        done[j] = True
    return colour


def _common(inside: NDArray[np.bool_], bit: NDArray[np.uint64]) -> NDArray[np.uint64]:
    common = np.zeros(inside.shape, dtype=np.uint64)
    for j in range(len(inside)):
        common |= np.where(inside[:, None, j] & inside[None, :, j], bit[j], np.uint64(0))
    return common
