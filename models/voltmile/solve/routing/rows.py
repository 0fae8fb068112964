"""Rows of the restricted master beside the cover rows, and the coefficients routes have in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numba import njit
from numpy.typing import NDArray

from voltmile.problem.routing import Route, RoutingProblem, Vector

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


def is_elementary(route: Route, n: int) -> bool:
    """Whether a route visits no customer twice; stations it may."""
    nodes = [i for i in route.nodes if i <= n]
    return len(set(nodes)) == len(nodes)


@dataclass(frozen=True, eq=False)
class VehicleRow:
    """low <= sum over types of ``weight[k]`` times the number of their routes <= high."""

    weight: Vector
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class ArcRow:
    """low <= sum over types of ``weight[k]`` times how often their routes use ``arcs`` <= high.

    Attributes
    ----------
    arcs : array of bool, shape (n + 1, n + 1)
    members : tuple of int
        The customers of a capacity cut; empty for a branching row.
    """

    weight: Vector
    arcs: Bools
    low: float
    high: float
    members: tuple[int, ...] = ()


@dataclass(frozen=True)
class SubsetCut:
    """Half the visits to customers, rounded down, counted while a route stays in the memory.

    At most one route visits two of three customers, and none visits one customer twice.
    """

    members: tuple[int, ...]
    memory: frozenset[int]

    low = -np.inf

    @property
    def high(self) -> float:
        """Half the customers, rounded down."""
        return float(len(self.members) // 2)


Row = VehicleRow | ArcRow | SubsetCut


@dataclass(frozen=True, eq=False)
class Packed:
    """Routes as arrays; r routes with s visits of customers in all.

    Attributes
    ----------
    kind : array of int, shape (r,)
    first : array of int, shape (r + 1,)
    node : array of int, shape (s,)
        Customers in driving order; stations are left out.
    tail, head, of : array of int, shape (s + r,)
        Arcs between depot and customers, and the route of each.
    """

    kind: Ints
    first: Ints
    node: Ints
    tail: Ints
    head: Ints
    of: Ints

    def __len__(self) -> int:
        return len(self.kind)


def pack(problem: RoutingProblem, routes: Sequence[Route]) -> Packed:
    """Write routes as arrays."""
    visits = [[i for i in route.nodes if i <= problem.size] for route in routes]
    sizes = np.array([len(v) for v in visits], dtype=np.int64)
    first = np.zeros(len(routes) + 1, dtype=np.int64)
    np.cumsum(sizes, out=first[1:])
    node = np.array([i for v in visits for i in v], dtype=np.int64)
    tail = np.array([i for v in visits for i in (0, *v)], dtype=np.int64)
    head = np.array([i for v in visits for i in (*v, 0)], dtype=np.int64)
    of = np.repeat(np.arange(len(routes)), sizes + 1)
    return Packed(np.array([r.vehicle for r in routes], dtype=np.int64), first, node, tail, head, of)


def visit_counts(packed: Packed, n: int) -> sp.csc_array:
    """How often every route comes to every customer, shape (n, routes)."""
    table = sp.csc_array(
        (np.ones(len(packed.node)), packed.node - 1, packed.first), shape=(n, len(packed)), copy=True
    )
    table.sum_duplicates()  # in place: hence the copy
    return table


def coefficients(rows: Sequence[Row], packed: Packed, n: int) -> NDArray[np.float64]:
    """Coefficient of every route in every row, shape (rows, routes)."""
    table = np.zeros((len(rows), len(packed)))
    subsets = []
    for r, row in enumerate(rows):
        if isinstance(row, VehicleRow):
            table[r] = row.weight[packed.kind]
        elif isinstance(row, ArcRow):
            used = row.arcs[packed.tail, packed.head]
            table[r] = row.weight[packed.kind] * np.bincount(packed.of, used, len(packed))
        else:
            subsets.append(r)
    if subsets and len(packed):
        member, memory = membership([rows[r] for r in subsets], n)  # type: ignore[misc]
        table[subsets] = _subset_counts(packed.first, packed.node, member, memory)
    return table


def membership(cuts: Sequence[SubsetCut], n: int) -> tuple[Bools, Bools]:
    """Members and memory of subset cuts as tables of booleans, shape (cuts, n + 1)."""
    member, memory = np.zeros((2, len(cuts), n + 1), dtype=np.bool_)
    for r, cut in enumerate(cuts):
        member[r, list(cut.members)] = True
        memory[r, list(cut.memory)] = True
    return member, memory


@njit(cache=True)
def _subset_counts(first: Ints, node: Ints, member: Bools, memory: Bools) -> NDArray[np.float64]:
    count = np.zeros((len(member), len(first) - 1))
    for r in range(len(member)):
        for c in range(len(first) - 1):
            half = False
            for t in range(first[c], first[c + 1]):
                i = node[t]
                if not memory[r, i]:
                    half = False
                elif member[r, i]:
                    if half:
                        count[r, c] += 1.0
                    half = not half
    return count
