"""Minimum cuts of a symmetric graph between node 0 and many others, by augmenting paths.

A library solves them one by one, and takes most of its time to set each up; here all share one graph.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True)
def sides_of_minimum_cuts(start: Any, head: Any, capacity: Any, ends: Any, enough: Any) -> Any:
    """Nodes that a minimum cut parts from node 0, for every end that is reached by too little.

    The largest side of all minimum cuts is returned, so that it does not depend on the paths taken (Edmonds
    and Karp 1972, doi:10.1145/321694.321699: shortest ones).

    Parameters
    ----------
    start : array of int, shape (m + 1,)
    head, capacity : array of int, shape (a,)
        A symmetric graph in compressed rows, heads in rising order.
    ends : array of int, shape (e,)
    enough : array, shape (e,)
        Flow that is enough for each.

    Returns
    -------
    array of bool, shape (e, m)
        All False where the flow is enough.
    """
    m = len(start) - 1
    back = _reversed(start, head)
    found = np.zeros((len(ends), m), np.bool_)
    queue, came = np.empty(m, np.int64), np.empty(m, np.int64)  # the arc that led to a node
    for e in range(len(ends)):
        end, left, flow = ends[e], capacity.copy(), 0
        while flow < enough[e]:
            came[:] = -1
            came[0], queue[0], first, last = len(head), 0, 0, 1
            while first < last and came[end] < 0:
                i = queue[first]
                first += 1
                for a in range(start[i], start[i + 1]):
                    if left[a] > 0 and came[head[a]] < 0:
                        came[head[a]] = a
                        queue[last] = head[a]
                        last += 1
            if came[end] < 0:
                for i in range(m):
                    found[e, i] = came[i] < 0
                break
            least, i = left[came[end]], end
            while i != 0:
                least = min(least, left[came[i]])
                i = head[back[came[i]]]
            i = end
            while i != 0:
                a = came[i]
                left[a] -= least
                left[back[a]] += least
                i = head[back[a]]
            flow += least
    return found


@njit(cache=True)
def _reversed(start: Any, head: Any) -> Any:
    """Return the number of the arc that leads back, of each arc."""
    back = np.empty(len(head), np.int64)
    for i in range(len(start) - 1):
        for a in range(start[i], start[i + 1]):
            j = head[a]
            back[a] = start[j] + np.searchsorted(head[start[j] : start[j + 1]], i)
    return back
