"""The labelling: partial ng-routes that no other one dominates, settled in the order of one resource."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from voltmile.routes.labelling.cheapest import set_of
from voltmile.routes.labelling.kernel import (
    EXACT,
    NO_MEMORY,
    Classes,
    Completion,
    Graph,
    Limits,
    cheapest_first,
    hopeless,
    visit,
)
from voltmile.routes.labelling.labels import (
    COST,
    DRAIN,
    LOAD,
    TIME,
    Labels,
    Made,
    dominator,
    in_order,
    keep,
    longer,
    more_labels,
    no_labels,
    none_kept,
    with_room,
)

#: Return codes of :func:`settle`.
COMPLETE, GAVE_UP = 0, 1
#: How often arcs are sorted again by what they lead to, up to the half.
_SORTED = 8


@njit(cache=True)
def _begin(
    a: Made, g: Graph, lim: Limits, ends: Completion, classes: Classes, below: float, head: Any
) -> int:
    """Make the labels of one customer."""
    made = 0
    for e in range(g.first[0], g.first[1]):
        j = g.next[e]
        begin = max(g.low[j], g.step[0, j]) if lim.use_time else 0.0
        if g.load[j] > lim.capacity or (lim.use_time and begin > g.high[j]):
            continue
        if lim.use_drain and g.drain[0, j] > lim.battery:
            continue
        if hopeless(0, j, g.cost[0, j], g.load[j], lim.capacity, ends, classes, below):
            continue
        a.node[made], a.pred[made] = j, -1
        a.rec[made, COST], a.rec[made, LOAD] = g.cost[0, j], g.load[j]
        a.rec[made, TIME], a.rec[made, DRAIN] = begin, g.drain[0, j]
        a.mask[made] = g.bit[j]
        a.state[made] = g.hit[j]
        at = int((begin if lim.by_time else g.load[j]) / lim.width)
        a.then[made] = head[at]
        head[at] = made
        made += 1
    return made


@njit(cache=True)
def _slice(a: Made, first: int) -> Any:
    """Labels of a slice in rising order of cost."""
    m, walk = 0, first
    while walk >= 0:
        m += 1
        walk = a.then[walk]
    batch, cost = np.empty(m, np.int32), np.empty(m)
    walk = first
    for t in range(m):
        batch[t], cost[t] = walk, a.rec[walk, COST]
        walk = a.then[walk]
    return batch[np.argsort(cost)]


@njit(cache=True)
def _sort_arcs(
    g: Graph, lim: Limits, ends: Completion, slope: float, settled: float, follow: Any, lower: Any
) -> None:
    """Sort the arcs of each customer by what an end over them costs at least.

    Parameters
    ----------
    settled : float
        Load that is aboard already.
    follow, lower : array, shape (arcs,)
        Set to the heads of the arcs in that order, and to the costs.
    """
    for i in range(1, len(g.load)):
        for e in range(g.first[i], g.first[i + 1]):
            j = g.next[e]
            left = int((lim.capacity - settled - g.load[j]) * ends.per_load + 1e-3)
            lower[e] = g.cost[i, j] + slope * g.load[j] + ends.best[left, j] if left >= 0 else np.inf
    cheapest_first(g, lower, follow)


@njit(cache=True, nogil=True)
def settle(g: Graph, lim: Limits, ends: Completion, classes: Classes, below: float) -> tuple[int, Labels]:
    """Make all labels from the depot on that no kept one dominates and that may end under ``below``.

    Returns
    -------
    code : int
        ``COMPLETE`` or ``GAVE_UP`` (then no bound follows).
    labels : Labels
    """
    n = len(g.load) - 1
    words = g.hit.shape[1]
    told = 0 if lim.care == NO_MEMORY else g.others.shape[1]
    by_cost = lim.by_cost and (words == 0 or lim.care != EXACT)

    a, k = no_labels(words), none_kept(n + 1, told, words)
    kept, order = 0, np.empty(8192, np.int32)
    bare = np.full(n + 1, np.inf)  # of those that remember nobody else, where they drop all that are dearer
    slices = int((g.high[0] if lim.by_time else lim.capacity) / lim.width) + n + 3
    head = np.full(slices, -1, np.int32)
    while len(a.node) < n:
        a = more_labels(a)
    made = _begin(a, g, lim, ends, classes, below, head)
    code = COMPLETE
    state = np.empty(words, np.uint64)
    follow, lower = g.next.copy(), np.full(len(g.next), -np.inf)
    sorts = ends.per_load > 0.0 and not lim.by_time
    every = max(1, int(lim.half / lim.width / _SORTED))
    start, slope, enough = classes.start, classes.slope, below + classes.margin

    for now in range(slices):
        if code != COMPLETE:
            break
        if sorts and now % every == 0 and now * lim.width <= lim.half:
            _sort_arcs(g, lim, ends, slope, now * lim.width, follow, lower)
        while head[now] >= 0 and code == COMPLETE:
            batch = _slice(a, head[now])
            head[now] = -1
            for x in batch:
                i, mask_x = a.node[x], a.mask[x]
                cost_x, load_x = a.rec[x, COST], a.rec[x, LOAD]
                time_x, drain_x = a.rec[x, TIME], a.rec[x, DRAIN]
                inner = set_of(mask_x, g.others, i, told)
                if k.least[i, inner] <= cost_x and (
                    by_cost
                    or dominator(
                        k, i, inner, cost_x, load_x, time_x, drain_x, mask_x, a.state[x], g.price, lim
                    )
                    >= 0
                ):
                    continue
                if kept >= lim.most or lim.halt[0]:
                    code = GAVE_UP
                    break
                if kept == len(order):
                    order = longer(order)
                order[kept] = x
                kept += 1
                k = with_room(k, i, inner)
                keep(k, a, x, inner)
                if by_cost:
                    bare[i] = k.least[i, 0]

                if (time_x if lim.by_time else load_x) > lim.half:
                    continue
                if made + n >= len(a.node):
                    a = more_labels(a)
                spare = enough - (cost_x + slope * load_x + start)
                for e in range(g.first[i], g.first[i + 1]):
                    if lower[e] >= spare:
                        break
                    j = follow[e]
                    cost = cost_x + g.cost[i, j]
                    if bare[j] <= cost or (mask_x & g.common[i, j] & g.bit[j]) != 0:
                        continue
                    load = load_x + g.load[j]
                    if load > lim.capacity:
                        continue
                    time = 0.0
                    if lim.use_time:
                        time = max(g.low[j], time_x + g.step[i, j])
                        if time > g.high[j]:
                            continue
                    drain = drain_x + g.drain[i, j]
                    if lim.use_drain and drain > lim.battery:
                        continue
                    if hopeless(i, j, cost, load, lim.capacity, ends, classes, below):
                        continue
                    cost += visit(a.state, x, j, g, state)
                    mask = (mask_x & g.common[i, j]) | g.bit[j]
                    inner = set_of(mask, g.others, j, told)
                    if k.least[j, inner] <= cost and (
                        by_cost
                        or dominator(k, j, inner, cost, load, time, drain, mask, state, g.price, lim) >= 0
                    ):
                        continue
                    a.node[made], a.pred[made] = j, x
                    a.rec[made, COST], a.rec[made, LOAD] = cost, load
                    a.rec[made, TIME], a.rec[made, DRAIN] = time, drain
                    a.mask[made] = mask
                    for w in range(words):
                        a.state[made, w] = state[w]
                    at = max(now, int((time if lim.by_time else load) / lim.width))
                    a.then[made] = head[at]
                    head[at] = made
                    made += 1
    return code, in_order(a, made, k, order[:kept])
