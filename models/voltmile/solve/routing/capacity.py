"""Rounded capacity cuts, for fleets of one or several types, and the search for violated ones.

Routes of type k enter a set of customers S at most x_k(delta(S)) / 2 times and carry at most Q_k each time,
so sum over k of Q_k x_k(delta(S)) / 2 >= demand(S). Divided by any g > 0, the mixed-integer rounding
inequality (Nemhauser and Wolsey 1990, doi:10.1007/BF01585752) of the integers
x_k(delta(S)) / 2 has the coefficients floor(a) + min(1, frac(a) / r) with a = Q_k / g and r = demand(S) / g -
ceil(demand(S) / g) + 1. One type and g = Q give the rounded capacity inequality of Laporte, Nobert and
Desrochers (1985, doi:10.1287/opre.33.5.1050).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voltmile.problem.routing import RoutingProblem, Vector
from voltmile.solve.routing.rows import ArcRow

_LEAST = 0.01
_ROUNDS = 6


def capacity_cut(problem: RoutingProblem, members: Sequence[int], divisor: float) -> ArcRow:
    """Write the cut of a set of customers and a divisor."""
    inside = np.zeros(problem.size + 1, dtype=np.bool_)
    inside[list(members)] = True
    capacity = np.array([v.capacity for v in problem.vehicles])
    demand = float(problem.demand[list(members)].sum())
    weight = np.empty(len(capacity))
    rhs = _rounded(capacity, demand, divisor, weight)
    return ArcRow(weight, inside[:, None] != inside[None, :], 2 * rhs, np.inf, tuple(sorted(members)))


def divisors(problem: RoutingProblem) -> Vector:
    """Divisors worth trying: the capacities and their halves."""
    capacity = np.array([v.capacity for v in problem.vehicles])
    return np.unique(np.r_[capacity, capacity / 2] if len(np.unique(capacity)) > 1 else capacity[:1])


def violated(
    problem: RoutingProblem, flow: NDArray[np.float64], most: int, seed: int
) -> list[tuple[float, tuple[int, ...], float]]:
    """Find sets whose capacity cut a point violates, the worst first: (violation, members, divisor).

    Parameters
    ----------
    flow : array, shape (K, n + 1, n + 1)
        How often the routes of each type use each edge; symmetric.
    """
    capacity = np.array([v.capacity for v in problem.vehicles])
    choices = divisors(problem)
    sets, worth, divisor = _grow(
        np.ascontiguousarray(flow),
        problem.demand.astype(np.float64),
        capacity,
        choices,
        _ROUNDS,
        seed,
    )
    everyone, short, g = _everyone(problem, flow, capacity, choices)
    sets, worth, divisor = np.vstack([sets, everyone]), np.r_[worth, short], np.r_[divisor, g]
    order = np.argsort(-worth, kind="stable")
    found: list[tuple[float, tuple[int, ...], float]] = []
    taken: list[NDArray[np.bool_]] = []
    for s in order.tolist():
        if worth[s] < _LEAST or len(found) == most:
            break
        if any(_alike(sets[s], other) for other in taken):
            continue
        taken.append(sets[s])
        found.append((float(worth[s]), tuple((np.flatnonzero(sets[s])).tolist()), float(divisor[s])))
    return found


def _everyone(
    problem: RoutingProblem, flow: NDArray[np.float64], capacity: Vector, choices: Vector
) -> tuple[NDArray[np.bool_], float, float]:
    """All customers: least numbers of vehicles. Sets grow along edges, and routes may not touch."""
    inside = np.ones(problem.size + 1, dtype=np.bool_)
    inside[0] = False
    short, g = _best_divisor(capacity, float(problem.demand.sum()), flow[:, 0].sum(axis=1), choices)
    return inside, short, g


def _alike(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> bool:
    return bool((one & other).sum() > 0.9 * (one | other).sum())


@njit(cache=True)
def _rounded(capacity: Vector, demand: float, divisor: float, weight: Vector) -> float:
    """Fill in the coefficients of the cut and return its right-hand side."""
    up = np.ceil(demand / divisor - 1e-9)
    rest = demand / divisor - up + 1.0
    for k in range(len(capacity)):
        a = capacity[k] / divisor
        whole = np.floor(a + 1e-9)
        part = max(0.0, a - whole)
        # Rounded up: a larger coefficient is valid too.
        weight[k] = whole + (0.0 if part < 1e-9 else min(1.0, part / max(rest, 1e-9) * (1 + 1e-12)))
    return float(up)


@njit(cache=True)
def _best_divisor(capacity: Vector, demand: float, across: Vector, choices: Vector) -> tuple[float, float]:
    """Largest violation of a set's cuts, relative to the right-hand side, and its divisor."""
    weight = np.empty(len(capacity))
    best, chosen = -1.0, 0.0
    for g in choices:
        rhs = 2 * _rounded(capacity, demand, g, weight)
        short = (rhs - (weight * across).sum()) / max(1.0, np.sqrt(rhs))
        if short > best:
            best, chosen = short, g
    return best, chosen


@njit(cache=True)
def _grow(
    flow: NDArray[np.float64], demand: Vector, capacity: Vector, choices: Vector, rounds: int, seed: int
) -> tuple[NDArray[np.bool_], Vector, Vector]:
    """Grow sets from every customer by what is tied most to them, with some chance."""
    np.random.seed(seed)  # noqa: NPY002 - numba's own generator
    kinds, nodes, _ = flow.shape
    n = nodes - 1
    total = flow.sum(axis=0)
    degree = flow.sum(axis=2)
    sets = np.zeros((n * rounds, nodes), dtype=np.bool_)
    worth = np.full(n * rounds, -1.0)
    divisor = np.zeros(n * rounds)
    across, tied = np.empty(kinds), np.empty(nodes)
    inside = np.empty(nodes, dtype=np.bool_)
    for row in range(n * rounds):
        spread = 0.0 if row < n else 0.6
        inside[:] = False
        tied[:] = 0.0
        across[:] = 0.0
        load = 0.0
        new = row % n + 1
        for _ in range(n):
            for k in range(kinds):
                inner = 0.0
                for j in range(1, nodes):
                    if inside[j]:
                        inner += flow[k, new, j]
                across[k] += degree[k, new] - 2 * inner
            inside[new] = True
            load += demand[new]
            short, g = _best_divisor(capacity, load, across, choices)
            if short > worth[row]:
                worth[row], divisor[row] = short, g
                sets[row] = inside
            best, follow = 0.0, 0
            for j in range(1, nodes):
                if inside[j]:
                    continue
                tied[j] += total[new, j]
                value = tied[j] * (1.0 + spread * (np.random.random() - 0.5))  # noqa: NPY002
                if value > best:
                    best, follow = value, j
            if follow == 0:
                break
            new = follow
    return sets, worth, divisor
