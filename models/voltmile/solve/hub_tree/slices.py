"""Loads in whole units, and the cheapest walk of a vehicle type over them (models/ROUTING.md, *Hub-days*)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from voltmile.routes.network import Vector
from voltmile.solve.hub_tree.program import SLACK
from voltmile.solve.two_index import Ints

#: Most units a vehicle holds, about, where loads have no unit in common.
_LEVELS = 600
#: Units a load may be from a whole number, and still count as it.
_WHOLE = 1e-7
#: Parts of the smallest load that are tried as a unit.
_PARTS = 200


@dataclass(frozen=True, eq=False)
class Loads:
    """Loads counted so that no feasible route has more than its vehicle holds.

    Attributes
    ----------
    units : array of int, shape (n + 1,)
        Of each village, at least 1; 0 at the hub.
    most : tuple of int
        Units each type holds.
    unit_kg : float
        With w units on board a vehicle carries at least (w - spare) of these.
    spare : int
        Villages of less than a unit, which count 1 all the same.
    """

    units: Ints
    most: tuple[int, ...]
    unit_kg: float
    spare: int


def loads_of(kg: Vector, carries: Vector) -> Loads:
    """Count loads in the largest unit they have in common, or else rounded down.

    Parameters
    ----------
    kg : array, shape (n + 1,)
    carries : array, shape (T,)
        kg a route of each type carries at most.
    """
    unit = _unit(kg[1:], float(carries.max()))
    whole = np.floor(kg / unit + _WHOLE).astype(np.int64)
    small = whole < 1
    small[0] = False
    spare, slack = int(small.sum()), len(kg) * _WHOLE + 1e-9
    units = np.where(small, 1, whole)
    most = tuple(math.floor(float(c) / unit * SLACK + slack) + spare for c in carries)
    held = int(units.sum())
    return Loads(units, tuple(min(m, held) for m in most), unit * (1 - 2 * _WHOLE), spare)


def _unit(kg: Vector, most: float) -> float:
    """Find the unit of all loads if there is one that is not too small."""
    some = kg[kg > 0]
    if not len(some):
        return max(most, 1.0)
    coarse = max(most, float(some.max())) / _LEVELS
    for part in range(1, _PARTS):
        unit = float(some.min()) / part
        if unit < coarse / 3:
            break
        if np.abs(some / unit - np.round(some / unit)).max() < _WHOLE / 2:
            return unit
    return coarse


class Walks(NamedTuple):
    """Cheapest ends of walks without 2-cycles, by the units they deliver and the village they begin with.

    Attributes
    ----------
    best, second : array, shape (most + 1, n + 1)
        Cost of the cheapest end, and of the cheapest that goes on to another village first.
    onward, other : array of int, shape (most + 1, n + 1)
        Where these go on to; -1 for none.
    closed : array, shape (n + 1,)
        Least cost of a whole walk from the hub, by its first village.
    units : array of int, shape (n + 1,)
        What that walk delivers.
    """

    best: Any
    second: Any
    onward: Any
    other: Any
    closed: Any
    units: Any


@njit(cache=True)
def cheapest_walks(go: Any, carry: Any, units: Any, most: int, spare: int) -> Walks:
    """Build the cheapest closed walks from the hub that deliver no more than ``most`` units.

    Parameters
    ----------
    go, carry : array, shape (n + 1, n + 1)
        Cost of driving from i to j (infinity: barred), and for each unit aboard beyond ``spare``.
    units : array of int, shape (n + 1,)
    """
    n = len(units) - 1
    best, second = np.full((most + 1, n + 1), np.inf), np.full((most + 1, n + 1), np.inf)
    onward, other = np.full((most + 1, n + 1), -1, np.int16), np.full((most + 1, n + 1), -1, np.int16)
    closed, delivered = np.full(n + 1, np.inf), np.zeros(n + 1, np.int64)
    way = np.empty(n + 1)  # filled in a loop that the compiler makes wide
    for w in range(1, most + 1):
        aboard = max(w - spare, 0)
        for j in range(1, n + 1):
            left = w - units[j]
            if left < 0:
                continue
            b, c, f, g = np.inf, np.inf, -1, -1
            if left == 0:
                b, f = go[j, 0], 0
            else:
                rest = max(left - spare, 0)
                for i in range(1, n + 1):
                    way[i] = go[j, i] + carry[j, i] * rest + best[left, i]
                for i in range(1, n + 1):
                    v = way[i]
                    if v < c:
                        if onward[left, i] == j:
                            v = go[j, i] + carry[j, i] * rest + second[left, i]
                        if v < b:
                            b, c, f, g = v, b, i, f
                        elif v < c:
                            c, g = v, i
            best[w, j], second[w, j], onward[w, j], other[w, j] = b, c, f, g
            total = go[0, j] + carry[0, j] * aboard + b
            if total < closed[j]:
                closed[j], delivered[j] = total, w
    return Walks(best, second, onward, other, closed, delivered)


def walk_from(walks: Walks, units: Ints, start: int) -> tuple[int, ...]:
    """Villages of the cheapest walk that begins with a village."""
    before, at, left = -1, start, int(walks.units[start])
    nodes = []
    while at:
        nodes.append(at)
        after = int(walks.onward[left, at])
        if after == before:
            after = int(walks.other[left, at])
        before, left, at = at, left - int(units[at]), after
    return tuple(nodes)
