"""All elementary routes of a reduced cost under a threshold.

Baldacci, Christofides, Mingozzi 2008, doi:10.1007/s10107-007-0178-5. The ng-labels of both directions are the
completion bounds.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from voltmile.routes.labelling.bits import price_of
from voltmile.routes.labelling.joining import Meeting, fits_home, overlap
from voltmile.routes.labelling.kernel import (
    Classes,
    Completion,
    Graph,
    Limits,
    class_of,
    hopeless,
    surcharge,
)
from voltmile.routes.labelling.labels import Labels

#: Labels of a node looked at for a bound; any of them gives a valid one.
_SCANNED = 500


class Partial(NamedTuple):
    """Elementary partial routes: arrays by label, grown as needed."""

    node: Any
    pred: Any
    cost: Any
    real: Any
    load: Any
    time: Any
    drain: Any
    state: Any
    visited: Any


@njit(cache=True)
def _grown(e: Partial) -> Partial:
    m = len(e.node)
    node, pred = np.empty(2 * m, np.int32), np.empty(2 * m, np.int32)
    cost, real, load = np.empty(2 * m), np.empty(2 * m), np.empty(2 * m)
    time, drain = np.empty(2 * m), np.empty(2 * m)
    state = np.empty((2 * m, e.state.shape[1]), np.uint64)
    visited = np.empty((2 * m, e.visited.shape[1]), np.uint64)
    node[:m], pred[:m], cost[:m], real[:m], load[:m] = e.node, e.pred, e.cost, e.real, e.load
    time[:m], drain[:m], state[:m], visited[:m] = e.time, e.drain, e.state, e.visited
    return Partial(node, pred, cost, real, load, time, drain, state, visited)


@njit(cache=True)
def _hash(node: int, visited: Any) -> Any:
    h = np.uint64(node) * np.uint64(0x9E3779B97F4A7C15)
    for v in range(len(visited)):
        h ^= visited[v]
        h *= np.uint64(0xBF58476D1CE4E5B9)
        h ^= h >> np.uint64(29)
    return np.int64(h & np.uint64(0x7FFFFFFF))


@njit(cache=True)
def _same(one: Any, other: Any) -> bool:
    return bool((one == other).all())


@njit(cache=True)
def _seen(visited: Any, j: int) -> Any:
    return (visited[j >> 6] >> np.uint64(j & 63)) & np.uint64(1) != 0


@njit(cache=True)
def _memory(visited: Any, j: int, near: Any, bit: Any) -> Any:
    """Return what node j would remember of the customers visited."""
    mask = np.uint64(0)
    for t in range(near.shape[1]):
        v = near[j, t]
        if v > 0 and _seen(visited, v):
            mask |= bit[v]
    return mask


@njit(cache=True)
def _may_end(
    i: int,
    cost: float,
    load: float,
    time: float,
    drain: float,
    mask: Any,
    state: Any,
    visited: Any,
    near: Any,
    g: Graph,
    lim: Limits,
    k: Labels,
    ends: Any,
    meet: Meeting,
    classes: Classes,
    below: float,
) -> bool:
    """Whether the completion bounds leave a route under the threshold that begins like this."""
    if (time if lim.by_time else load) <= lim.half:
        for p in range(k.place[i], k.place[i] + min(_SCANNED, k.count[i])):
            if k.k_cost[p] > cost:
                return True
            if k.k_load[p] > load or (k.k_mask[p] & ~mask) != 0:
                continue
            if lim.use_time and k.k_time[p] > time:
                continue
            if lim.use_drain and k.k_drain[p] > drain:
                continue
            gain = cost - k.k_cost[p]
            if len(state) > 0:
                gain -= surcharge(k.k_state[p], state, g.price, np.inf)
            if gain >= 0 and ends[k.k_label[p]] + gain >= below:
                return False
        return True
    if fits_home(i, time, drain, g, lim):
        if cost + g.cost[i, 0] + classes.fixed[class_of(load, classes.upto)] < below:
            return True
    b = meet.labels
    for e in range(g.first[i], g.first[i + 1]):
        j = g.next[e]
        if _seen(visited, j):
            continue
        base = cost + meet.cost[i, j]
        theirs = np.uint64(0)
        known = False
        start = base + classes.slope * load + classes.start - classes.margin
        for t in range(b.place[j], b.place[j] + b.count[j]):
            if start + meet.key[t] >= below:
                break
            p = meet.order[t]
            whole = load + b.k_load[p]
            if whole > lim.capacity:
                continue
            if lim.use_time and time + g.step[i, j] + b.k_time[p] > meet.turn:
                continue
            if lim.use_drain and drain + g.drain[i, j] + b.k_drain[p] > lim.battery:
                continue
            if not known:
                theirs = _memory(visited, j, near, g.bit)
                known = True
            if (theirs & b.k_mask[p]) != 0:
                continue
            total = base + b.k_cost[p] + classes.fixed[class_of(whole, classes.upto)]
            if len(state) > 0:
                total += overlap(state, b.k_state[p], g.price)
            if total < below:
                return True
    return False


@njit(cache=True, nogil=True)
def enumerate_routes(
    g: Graph,
    lim: Limits,
    home: Completion,
    k: Labels,
    ends: Any,
    meet: Meeting,
    classes: Classes,
    below: float,
    real: Any,
    near: Any,
    most_labels: int,
    most_routes: int,
) -> tuple[bool, Partial, Any, Any, Any]:
    """Enumerate from the depot on, by number of customers.

    Of partial routes on the same customers with the same last one, those stay that no other one beats in real
    cost and time: the rest of the route fits both.

    Parameters
    ----------
    real : array, shape (n + 1, n + 1)
        What an arc really costs.
    near : array of int, shape (n + 1, s)
        ng-neighbourhood of every node, filled up with 0.

    Returns
    -------
    complete : bool
    partial : Partial
    last : array of int
        Partial route each route found ends as.
    cost, price : array
        Real cost and reduced cost of the routes, both without a fixed cost.
    """
    n = len(g.load) - 1
    words, cells = g.hit.shape[1], n // 64 + 1
    m = 1 << 14
    e = Partial(
        np.empty(m, np.int32), np.empty(m, np.int32), np.empty(m), np.empty(m), np.empty(m), np.empty(m),
        np.empty(m), np.empty((m, words), np.uint64), np.empty((m, cells), np.uint64),
    )  # fmt: skip
    made = 0
    found = 0
    last = np.empty(1 << 12, np.int32)
    real_cost, reduced = np.empty(1 << 12), np.empty(1 << 12)
    state, visited = np.empty(words, np.uint64), np.empty(cells, np.uint64)
    table = np.full(1 << 15, -1, np.int32)
    chain = np.full(m, -1, np.int32)
    alive = np.ones(m, np.bool_)

    begin = -1
    upto = 0
    while True:
        # One more customer: extend the labels of the last level, at first the empty route.
        stop = made
        inserted = 0
        table[:] = -1
        for x in range(begin, upto):
            if lim.halt[0]:
                return False, e, last[:0], real_cost[:0], reduced[:0]
            if x >= 0 and not alive[x]:
                continue
            i = e.node[x] if x >= 0 else 0
            for a in range(g.first[i], g.first[i + 1]):
                j = g.next[a]
                if x >= 0 and _seen(e.visited[x], j):
                    continue
                load, drain, time = g.load[j], g.drain[i, j], 0.0
                cost, true = g.cost[i, j], real[i, j]
                if lim.use_time:
                    time = max(g.low[j], g.step[i, j] + (e.time[x] if x >= 0 else 0.0))
                    if time > g.high[j]:
                        continue
                if x >= 0:
                    load += e.load[x]
                    drain += e.drain[x]
                    cost += e.cost[x]
                    true += e.real[x]
                if load > lim.capacity or (lim.use_drain and drain > lim.battery):
                    continue
                if hopeless(i, j, cost, load, lim.capacity, home, classes, below):
                    continue
                for w in range(words):
                    held = (e.state[x, w] & g.keep[j, w]) if x >= 0 else np.uint64(0)
                    cost += price_of(held & g.hit[j, w], g.price, 64 * w)
                    state[w] = held ^ g.hit[j, w]
                for v in range(cells):
                    visited[v] = e.visited[x, v] if x >= 0 else np.uint64(0)
                visited[j >> 6] |= np.uint64(1) << np.uint64(j & 63)

                spot = _hash(j, visited) & (len(table) - 1)
                while table[spot] >= 0:
                    y = table[spot]
                    if e.node[y] == j and _same(e.visited[y], visited):
                        break
                    spot = (spot + 1) & (len(table) - 1)
                y = table[spot]
                beaten = False
                while y >= 0:
                    if (
                        alive[y]
                        and e.real[y] <= true
                        and (not lim.use_time or e.time[y] <= time)
                        and (not lim.use_drain or e.drain[y] <= drain)
                    ):
                        beaten = True
                        break
                    y = chain[y]
                if beaten:
                    continue
                mask = _memory(visited, j, near, g.bit)
                if not _may_end(
                    j, cost, load, time, drain, mask, state, visited, near, g, lim, k, ends, meet, classes,
                    below,
                ):  # fmt: skip
                    continue
                y = table[spot]
                while y >= 0:
                    if (
                        true <= e.real[y]
                        and (not lim.use_time or time <= e.time[y])
                        and (not lim.use_drain or drain <= e.drain[y])
                    ):
                        alive[y] = False
                    y = chain[y]
                if made >= most_labels:
                    return False, e, last[:0], real_cost[:0], reduced[:0]
                if made == len(e.node):
                    e = _grown(e)
                    longer, lively = np.full(2 * made, -1, np.int32), np.ones(2 * made, np.bool_)
                    longer[:made], lively[:made] = chain, alive
                    chain, alive = longer, lively
                e.node[made], e.pred[made], e.cost[made], e.real[made] = j, x, cost, true
                e.load[made], e.time[made], e.drain[made] = load, time, drain
                e.state[made] = state
                e.visited[made] = visited
                chain[made] = table[spot]
                alive[made] = True
                if table[spot] < 0:
                    inserted += 1
                table[spot] = made
                made += 1
                if 2 * inserted > len(table):
                    table = _rehashed(table, e)
        for x in range(stop, made):
            if not alive[x]:
                continue
            i = e.node[x]
            if not fits_home(i, e.time[x], e.drain[x], g, lim):
                continue
            whole = e.cost[x] + g.cost[i, 0]
            if whole + classes.fixed[class_of(e.load[x], classes.upto)] >= below:
                continue
            if found >= most_routes:
                return False, e, last[:0], real_cost[:0], reduced[:0]
            if found == len(last):
                wider, dear, less = np.empty(2 * found, np.int32), np.empty(2 * found), np.empty(2 * found)
                wider[:found], dear[:found], less[:found] = last, real_cost, reduced
                last, real_cost, reduced = wider, dear, less
            last[found] = x
            real_cost[found] = e.real[x] + real[i, 0]
            reduced[found] = whole
            found += 1
        if made == stop:
            break
        begin, upto = stop, made
    return True, e, last[:found], real_cost[:found], reduced[:found]


@njit(cache=True)
def _rehashed(table: Any, e: Partial) -> Any:
    new = np.full(4 * len(table), -1, np.int32)
    for spot in range(len(table)):
        y = table[spot]
        if y >= 0:
            at = _hash(e.node[y], e.visited[y]) & (len(new) - 1)
            while new[at] >= 0:
                at = (at + 1) & (len(new) - 1)
            new[at] = y
    return new
