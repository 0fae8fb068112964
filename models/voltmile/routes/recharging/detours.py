"""Which stations are worth a stop between two nodes, found once per vehicle type."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voltmile.problem.routing import Matrix
from voltmile.routes.recharging.resources import Function, Resources

Flags = NDArray[np.bool_]


class Detours(NamedTuple):
    """Stops that need not be tried.

    Attributes
    ----------
    useful : array of bool, shape (N, stations, N)
        ``useful[u, s, v]``: no other station is at least as near to both u and v and charges as fast. A stop
        at the other one instead is earlier, with more energy, at no more cost, and so is everything after it.
    spared : array of bool, shape (N, stations, stations)
        ``spared[u, s, r]``: a vehicle that can reach r from u at once need not charge at s on the way: the
        way is no shorter, and r charges as fast whatever the levels. With a charge to the full that holds
        for all
        concave functions (two charges to the full take longer than one of the sum), with a charge of any
        part only for rates that do not depend on the level.
    passes : array of bool, shape (N, stations)
        ``passes[u, s]``: some way from u over s without a charge is shorter than the direct one (distances
        rounded down do this), and a visit need not charge.
    """

    useful: Flags
    spared: Flags
    passes: Flags


def detours(made: Resources) -> Detours:
    """Find the stops that need not be tried by vehicles with the given resources."""
    functions, kind = made.functions, made.kind
    faster = np.array(
        [[_as_fast(a, b) for b in functions] for a in functions], dtype=np.bool_
    ).reshape(len(functions), len(functions))  # fmt: skip
    linear = np.array([len(f) == 2 for f in functions], dtype=np.bool_)
    at_s = faster[np.ix_(kind, kind)]
    moves = at_s.T if made.full else at_s.T & linear[kind][:, None] & linear[kind][None, :]
    n = len(made.demand) - 1
    reach = made.energy <= made.battery * (1 + 1e-9)
    useful = _useful(made.distance, made.time, reach, at_s, n)
    return Detours(useful, *_ways(made.distance, made.time, moves, n, not made.full))


def _as_fast(first: Function, second: Function) -> bool:
    """Whether a function rises at least as fast as another one at every level."""
    levels = sorted({b for _, b in first} | {b for _, b in second})
    middles = [(a + b) / 2 for a, b in itertools.pairwise(levels)]
    return all(_pace(first, b) <= _pace(second, b) * (1 + 1e-12) for b in middles)


def _pace(function: Function, level: float) -> float:
    """Time per energy around a level."""
    for (begin, low), (end, high) in itertools.pairwise(function):
        if low <= level <= high:
            return (end - begin) / (high - low)
    return 0.0


@njit(cache=True)
def _useful(distance: Matrix, time: Matrix, reach: Flags, faster: Flags, n: int) -> Flags:
    nodes = len(distance)
    stations = nodes - n - 1
    useful = np.zeros((nodes, stations, nodes), np.bool_)
    for u in range(nodes):
        for v in range(nodes):
            for s in range(stations):
                a = n + 1 + s
                if a in (u, v) or not (reach[u, a] and reach[a, v]):
                    continue
                good = True
                for r in range(stations):
                    b = n + 1 + r
                    if r == s or b in (u, v) or not faster[r, s]:
                        continue
                    if distance[u, b] > distance[u, a] or distance[b, v] > distance[a, v]:
                        continue
                    if time[u, b] > time[u, a] or time[b, v] > time[a, v]:
                        continue
                    nearer = distance[u, b] < distance[u, a] or distance[b, v] < distance[a, v]
                    nearer = nearer or time[u, b] < time[u, a] or time[b, v] < time[a, v]
                    # Of stations alike the first one stays.
                    if nearer or not faster[s, r] or r < s:
                        good = False
                        break
                useful[u, s, v] = good
    return useful


@njit(cache=True)
def _ways(distance: Matrix, time: Matrix, moves: Flags, n: int, partial: bool) -> tuple[Flags, Flags]:
    nodes = len(distance)
    stations = nodes - n - 1
    spared = np.zeros((nodes, stations, stations), np.bool_)
    passes = np.zeros((nodes, stations), np.bool_)
    far, long = 1e-12 * distance.max(), 1e-12 * time.max()
    for u in range(nodes):
        for s in range(stations):
            a = n + 1 + s
            for v in range(nodes):
                if v in (u, a) or a == u:
                    continue
                direct = distance[u, v] <= distance[u, a] + distance[a, v] + far
                direct = direct and time[u, v] <= time[u, a] + time[a, v] + long
                if v > n:
                    spared[u, s, v - n - 1] = direct and moves[s, v - n - 1]
                if not direct and partial:
                    passes[u, s] = True
    return spared, passes
