"""Cuts of the two-index program: rounded capacity and connectivity, and the search for violated ones.

The capacity cut of a set of villages S is the rounded capacity inequality of Laporte, Nobert and Desrochers
(1985, Operations Research 33(5)) for a mixed fleet. N_k <= z[k](delta(S)) / 2 routes of type k enter S, and
together they carry its demand: sum over k of cap_k N_k >= demand(S). Divided by any g > 0, with the
coefficients rounded up, the left side is an integer, so the right side may be rounded up too. The
connectivity cut is the generalised subtour inequality: a type that serves a village of S enters S.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from voltmile.routes.network import Matrix, Vector
from voltmile.solve.matrix import FloatArray
from voltmile.solve.minimum_cuts import sides_of_minimum_cuts
from voltmile.solve.two_index import DIMENSIONS, Bools, DayProgram, Dimension, Ints

Members = tuple[int, ...]

#: Ratios are rounded up only where they exceed the integer below by more than this (models/README.md).
_ROUNDING = 1e-12
#: Least relative violation of a cut that is added.
_LEAST = 0.01
#: Two sets are nearly the same when they share more than this part of all their villages.
_ALIKE = 0.8
_FLOW_SCALE = 1e6


@dataclass(frozen=True, slots=True, order=True)
class Capacity:
    """Capacity cut on a set of villages, numbers 1..n in rising order."""

    members: Members
    dimension: Dimension
    divisor: float


@dataclass(frozen=True, slots=True, order=True)
class Connectivity:
    """Type ``ride`` (index in ``HubDay.rides``) enters the set if it serves the anchor, a member."""

    members: Members
    ride: int
    anchor: int


Cut = Capacity | Connectivity


@dataclass
class CutPool:
    """What earlier programs of one hub needed: sets of villages, and by (year, day type) the cuts that held.

    Any pool is right: it only says where to look first.
    """

    sets: dict[Members, None] = field(default_factory=dict)
    edges: dict[tuple[int, int], None] = field(default_factory=dict)
    cuts: dict[tuple[int, str], tuple[Cut, ...]] = field(default_factory=dict)

    def remember(self, day: tuple[int, str], cuts: Sequence[Cut]) -> None:
        """Keep the cuts of a day in place of its earlier ones, and their sets."""
        self.cuts[day] = tuple(cuts)
        self.sets.update(dict.fromkeys(cut.members for cut in cuts))

    def start(self, day: tuple[int, str]) -> tuple[Cut, ...]:
        """Cuts to begin a day with: its own, else those of the day seen last."""
        return self.cuts.get(day) or next(reversed(self.cuts.values()), ())


def capacity_terms(carries: Vector, demand: FloatArray, divisor: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Coefficients ceil(cap_k / g) and right-hand side 2 ceil(demand / g) of capacity cuts.

    Parameters
    ----------
    carries : array, shape (K,)
    demand, divisor : array, any one shape

    Returns
    -------
    coefficients : array, shape (..., K)
    rhs : array, shape (...)
        An excess of 1e-7 does not count: a feasible route may carry 1e-9 more than its capacity.
    """
    coefficients = np.ceil(carries / divisor[..., None] - _ROUNDING)
    return coefficients, 2 * np.ceil(demand / divisor - 1e-7)


def terms_of(program: DayProgram, cut: Capacity) -> tuple[Vector, float]:
    """Coefficient of each type and right-hand side of a capacity cut."""
    demand = program.demand(cut.dimension)[np.array(cut.members) - 1].sum()
    carries, divisor = program.carries[cut.dimension], np.array(cut.divisor)
    coefficients, rhs = capacity_terms(carries, np.array(demand), divisor)
    return coefficients, float(rhs)


def masks(sets: Iterable[Members], n: int) -> Bools:
    """Write sets of villages as rows of booleans, shape (s, n)."""
    members = list(sets)
    table = np.zeros((len(members), n), dtype=np.bool_)
    for row, some in zip(table, members, strict=True):
        row[np.array(some) - 1] = True
    return table


def crossings(inside: Bools, z: FloatArray) -> FloatArray:
    """z[k](delta(S)) of every set and type, shape (s, K), from z as symmetric matrices with the hub.

    In single precision, which is enough to find cuts and half the work.
    """
    kinds, nodes, _ = z.shape
    member, flow = inside.astype(np.float32), z.astype(np.float32)
    between = np.ascontiguousarray(flow[:, 1:, 1:].transpose(1, 0, 2)).reshape(nodes - 1, -1)
    within = np.einsum("skj,sj->sk", (member @ between).reshape(-1, kinds, nodes - 1), member)
    return np.asarray(member @ flow[:, 1:, :].sum(axis=2).T - within, dtype=np.float64)


class Separator:
    """Finds cuts that a point violates; the same point gives the same cuts.

    Parameters
    ----------
    program
    types
        Types the linear program holds; the others have no flow in any point.
    """

    def __init__(self, program: DayProgram, types: Sequence[int]) -> None:
        self.program, self.types = program, list(types)
        self.dimensions = _dimensions(program)

    def find(self, y: Matrix, z: FloatArray, known: Bools, most: int, deep: bool = False) -> list[Cut]:
        """Most violated cuts of a point.

        Parameters
        ----------
        y : array, shape (T, n)
        z : array, shape (T, n + 1, n + 1)
            Symmetric.
        known : array, shape (s, n)
            Sets to try first.
        most : int
            Number of cuts.
        deep : bool
            Look for sets by minimum cuts too.
        """
        single = np.vstack([known, cut_off_sets(y, z)]) if deep else known
        sets, chains = grown_sets(self._weights(z), single)
        across = crossings(sets, z)
        found = [self._connectivity(sets, across, y[t], t) for t in range(len(self.types))]
        found += [self._capacity(sets, across, dimension) for dimension in self.dimensions]
        worst: list[tuple[float, int, int, float]] = []
        for kind, (short, detail) in enumerate(found):
            for s in _worst_of_chains(short, chains):
                worst.append((-float(short[s]), kind, int(s), float(detail[s])))
        worst.sort()
        return [self._cut(kind, sets[s], detail) for _, kind, s, detail in _unlike(worst, sets, most)]

    def _weights(self, z: FloatArray) -> FloatArray:
        """Graphs to grow sets in: all flow, flow times capacity, the flow of each type."""
        carries = self.program.carries[(self.dimensions or DIMENSIONS)[0]][self.types]
        loaded = (carries[:, None, None] * z).sum(axis=0)
        used = z[z.sum(axis=(1, 2)) > 1e-6]
        return np.concatenate([z.sum(axis=0)[None], loaded[None], used])

    def _connectivity(self, sets: Bools, across: FloatArray, y: Vector, t: int) -> tuple[Vector, Vector]:
        """Violation of the connectivity cuts of the t-th type, and the best anchor of each set."""
        served = np.where(sets, y, 0.0)
        return served.max(axis=1) - across[:, t] / 2, served.argmax(axis=1) + 1.0

    def _capacity(self, sets: Bools, across: FloatArray, dimension: Dimension) -> tuple[Vector, Vector]:
        """Relative violation of the best capacity cut of each set, and its divisor."""
        carries = self.program.carries[dimension]
        demand = sets @ self.program.demand(dimension)
        divisors = _divisors(carries, demand)
        coefficients, rhs = capacity_terms(carries, demand[:, None], divisors)
        lhs = np.einsum("sgk,sk->sg", coefficients[:, :, self.types], across)
        short = np.where(rhs > 0, 1 - lhs / np.maximum(rhs, 1), 0.0)
        best, each = short.argmax(axis=1), np.arange(len(sets))
        return short[each, best], divisors[each, best]

    def _cut(self, kind: int, inside: Bools, detail: float) -> Cut:
        members = tuple(int(i) + 1 for i in np.flatnonzero(inside))
        if kind < len(self.types):
            return Connectivity(members, self.types[kind], int(detail))
        return Capacity(members, self.dimensions[kind - len(self.types)], detail)


def grown_sets(weights: FloatArray, single: Bools) -> tuple[Bools, Ints]:
    """Grow sets from every village by the one that is tied most to the set, in each graph.

    Every stage of the growth is a set; a stage without any tie is where a component of the support ends.

    Parameters
    ----------
    weights : array, shape (g, n + 1, n + 1)
    single : array, shape (s, n)
        Further sets.

    Returns
    -------
    sets : array, shape (u, n)
        Each once.
    chains : array of int, shape (c, n)
        By graph and first village the sets in order of growth; then each of ``single`` by itself, repeated.
    """
    between = np.ascontiguousarray(weights[:, 1:, 1:])
    graphs, n, _ = between.shape
    graph, each = np.arange(graphs)[:, None], np.broadcast_to(np.arange(n), (graphs, n))
    rank = np.full((graphs, n, n), n)
    rank[graph, each, each] = 0
    free = between.copy()  # tie of each village to the set, -inf inside
    free[graph, each, each] = -np.inf
    mark: NDArray[np.int64] = np.asarray(np.random.default_rng(0).integers(1, 2**60, size=n))
    marks = np.empty((graphs, n, n), dtype=np.int64)
    marks[:, :, 0] = mark
    for stage in range(1, n):
        nearest = np.asarray(free.argmax(axis=2))
        rank[graph, each, nearest] = stage
        free += between[graph, nearest]
        free[graph, each, nearest] = -np.inf
        marks[:, :, stage] = marks[:, :, stage - 1] + mark[nearest]
    alone = np.broadcast_to((single @ mark)[:, None], (len(single), n))
    _, first, chains = np.unique(
        np.vstack([marks.reshape(-1, n), alone]), return_index=True, return_inverse=True
    )
    row, stage = first // n, first % n
    grown = row < graphs * n
    sets = np.empty((len(first), n), dtype=np.bool_)
    sets[grown] = rank.reshape(-1, n)[row[grown]] <= stage[grown, None]
    sets[~grown] = single[row[~grown] - graphs * n]
    return sets, chains.reshape(-1, n)


def _worst_of_chains(short: Vector, chains: Ints) -> Ints:
    """Return the most violated set of each chain, each once."""
    best = chains[np.arange(len(chains)), short[chains].argmax(axis=1)]
    return np.unique(best[short[best] > _LEAST])


def _unlike(
    worst: list[tuple[float, int, int, float]], sets: Bools, most: int
) -> list[tuple[float, int, int, float]]:
    """Take the first ones, none on nearly the villages of an earlier one of its kind."""
    taken = []
    before: dict[int, list[Bools]] = {}
    for one in worst[: 20 * most]:
        inside, rivals = sets[one[2]], before.setdefault(one[1], [])
        if rivals:
            others = np.array(rivals)
            shared, either = (others & inside).sum(axis=1), (others | inside).sum(axis=1)
            if (shared > _ALIKE * either).any():
                continue
        rivals.append(inside)
        taken.append(one)
        if len(taken) == most:
            break
    return taken


def cut_off_sets(y: Matrix, z: FloatArray) -> Bools:
    """Villages that a minimum cut parts from the hub: by type and village, and for all types together."""
    found = [_cut_off(z.sum(axis=0), np.ones(y.shape[1]))]
    found += [_cut_off(one, served) for one, served in zip(z, y, strict=True) if served.max() > 1e-3]
    return np.vstack(found)


def _cut_off(z: Matrix, served: Vector) -> Bools:
    capacity = csr_array(np.round(z * _FLOW_SCALE).astype(np.int64))
    ends = np.flatnonzero(served > 2 * _LEAST) + 1
    enough = 2 * _FLOW_SCALE * (served[ends - 1] - 2 * _LEAST)
    found = sides_of_minimum_cuts(capacity.indptr, capacity.indices, capacity.data, ends, enough)
    return np.asarray(found[found.any(axis=1), 1:])


def _divisors(carries: Vector, demand: Vector) -> FloatArray:
    """Divisors worth trying for each set, shape (s, g): where a coefficient or the right-hand side steps."""
    own = np.unique(carries)
    shares = (1 - 1e-6) / np.array([1.0, 2.0, 3.0])
    return np.hstack(
        [np.broadcast_to(own, (len(demand), len(own))), np.maximum(demand[:, None], 1e-9) * shares]
    )


def _dimensions(program: DayProgram) -> list[Dimension]:
    """Dimensions with demand; one only, where kg and m3 are proportional and say the same."""
    loaded = [d for d in DIMENSIONS if program.demand(d).any()]
    if len(loaded) < 2:
        return loaded
    kg, m3 = program.demand("kg"), program.demand("m3")
    return loaded[:1] if np.allclose(kg * m3.sum(), m3 * kg.sum(), rtol=1e-9, atol=0) else loaded
