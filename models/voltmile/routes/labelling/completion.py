"""What it costs at least to end a partial route, by q-routes without 2-cycles.

Christofides, Mingozzi, Toth 1981, doi:10.1007/BF01589353. The relaxation knows neither memory nor subset rows
nor time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from voltmile.routes.labelling.kernel import Completion, Graph

#: Share of all arcs from which on the table is filled in for all nodes at a time.
_DENSE = 0.3
#: Most levels of load; with more, the table costs more than it saves.
_LEVELS = 1500


def levels_of(demand: Any, capacity: float) -> tuple[Any, int, float]:
    """Levels of the customers, their number, and levels per unit of load; all 0 where a level would be."""
    if capacity < 1e-9 * max(1.0, float(demand.max())):
        return np.zeros(len(demand), np.int64), 0, 0.0
    whole = bool((demand == np.round(demand)).all()) and capacity >= 1
    levels = int(capacity) if whole and capacity <= _LEVELS else _LEVELS
    per_load = levels / np.floor(capacity) if whole and capacity <= _LEVELS else levels / capacity
    level = np.floor(demand * per_load + 1e-9).astype(np.int64)
    if len(level) < 2 or level[1:].min() < 1:
        return level, 0, 0.0
    return level, levels, float(per_load)


@njit(cache=True)
def _by_arcs(g: Graph, level: Any, slope: float, best: Any, second: Any, follow: Any) -> None:
    """Fill in the table, one node after the other."""
    for r in range(len(best)):
        for i in range(1, len(g.load)):
            first, other, to = g.cost[i, 0], np.inf, 0
            for e in range(g.first[i], g.first[i + 1]):
                j = g.next[e]
                rest = r - level[j]
                if rest < 0:
                    continue
                end = best[rest, j] if follow[rest, j] != i else second[rest, j]
                value = g.cost[i, j] + slope * g.load[j] + end
                if value < first:
                    other = first
                    first, to = value, j
                elif value < other:
                    other = value
            best[r, i], second[r, i], follow[r, i] = first, other, to


@njit(cache=True)
def _by_nodes(g: Graph, level: Any, slope: float, best: Any, second: Any, follow: Any) -> None:
    """Fill in the same table, for all nodes at a time: quicker where most arcs are allowed."""
    n = len(g.load) - 1
    into = np.ascontiguousarray(g.cost.T)
    first, other, to = np.empty(n + 1), np.empty(n + 1), np.empty(n + 1, np.int64)
    for r in range(len(best)):
        first[:], other[:], to[:] = g.cost[:, 0], np.inf, 0
        for j in range(1, n + 1):
            rest = r - level[j]
            if rest < 0:
                continue
            back, own = follow[rest, j], slope * g.load[j]
            _over(into, j, 1, back, own, best[rest, j], first, other, to)
            _over(into, j, back, back + 1, own, second[rest, j], first, other, to)
            _over(into, j, back + 1, n + 1, own, best[rest, j], first, other, to)
        best[r], second[r], follow[r] = first, other, to


@njit(cache=True)
def _over(
    into: Any, j: int, start: int, stop: int, own: float, end: float, first: Any, other: Any, to: Any
) -> None:
    """Take the way over j where it is the best one, or the second best, from nodes in a range.

    Without branches, so that the compiler takes several nodes at a time.
    """
    for i in range(start, stop):
        value = into[j, i] + own + end
        low = first[i]
        behind = value if value > low else low
        other[i] = behind if behind < other[i] else other[i]
        to[i] = j if value < low else to[i]
        first[i] = value if value < low else low


@njit(cache=True, nogil=True)
def completion(g: Graph, level: Any, levels: int, per_load: float, slope: float) -> Completion:
    """Fill in the table by dynamic programming over the load that may still be taken.

    Rounding the levels of the customers down and that of what is left up only adds ways.
    """
    n = len(g.load) - 1
    best = np.full((levels + 1, n + 1), -np.inf)
    second = np.full((levels + 1, n + 1), -np.inf)
    follow = np.zeros((levels + 1, n + 1), np.int32)
    if per_load == 0.0:
        return Completion(best, second, follow, per_load)
    if len(g.next) < _DENSE * n * n:
        _by_arcs(g, level, slope, best, second, follow)
    else:
        _by_nodes(g, level, slope, best, second, follow)
    return Completion(best, second, follow, per_load)
