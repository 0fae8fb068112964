"""What it costs at least to end a partial route, by q-routes without 2-cycles.

Christofides, Mingozzi, Toth 1981, doi:10.1007/BF01589353. The relaxation knows neither memory nor subset rows
nor time.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from voltmile.routes.labelling.kernel import Completion, Graph

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
    for r in range(levels + 1):
        for i in range(1, n + 1):
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
    return Completion(best, second, follow, per_load)
