"""The labelling: partial ng-routes that no other one dominates, settled in the order of one resource.

Nothing here knows vehicles or money: arrays in, arrays out. See models/ROUTING.md, *Pricing*, for the
relaxation, the dominance rule and why both keep the bound valid.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from voltmile.routes.labelling.bits import lowest_bit, price_of
from voltmile.routes.stop import Halt

#: Return codes of :func:`settle`.
COMPLETE, GAVE_UP = 0, 1
#: Kept labels of a node in rising order of cost while they are made; sorting them in anew is quick.
_RUN = 128
#: Values of ``Limits.care``.
NO_MEMORY, NO_ROWS, EXACT = 0, 1, 2


class Graph(NamedTuple):
    """What a label meets on its way; node 0 is the depot, arrays are indexed in the direction of the labels.

    Attributes
    ----------
    first, next : array of int
        Customers that may follow i are ``next[first[i]:first[i + 1]]``.
    cost : array, shape (n + 1, n + 1)
        Of going from i to j, the prize of customer j taken off.
    load : array, shape (n + 1,)
    step, drain : array, shape (n + 1, n + 1)
        Time (service included) and energy of going from i to j.
    low, high : array, shape (n + 1,)
        Time window; ``high[0]`` limits the way back too.
    bit : array of uint64, shape (n + 1,)
    common : array of uint64, shape (n + 1, n + 1)
    hit, keep : array of uint64, shape (n + 1, w)
        Subset rows a customer is a member of, and those whose memory it is in.
    price : array, shape (64 w,)
        Of each subset row.
    """

    first: Any
    next: Any
    cost: Any
    load: Any
    step: Any
    drain: Any
    low: Any
    high: Any
    bit: Any
    common: Any
    hit: Any
    keep: Any
    price: Any


class Limits(NamedTuple):
    """Resources a label must keep, and how it is settled.

    Attributes
    ----------
    capacity, battery : float
    use_time, use_drain : bool
        Whether the resource limits anything.
    by_time : bool
        Labels are settled in order of time, not of load.
    half : float
        Labels above it in that order are kept but not extended.
    width : float
        Labels are settled in slices of this width.
    care : int
        What dominance looks at: with ``EXACT`` all; ``NO_ROWS`` ignores subset rows, ``NO_MEMORY`` the memory
        too. What the latter two find are routes, not a bound.
    most : int
        Labels at which to give up.
    halt : Halt
    """

    capacity: float
    battery: float
    use_time: bool
    use_drain: bool
    by_time: bool
    half: float
    width: float
    care: int
    most: int
    halt: Halt


class Classes(NamedTuple):
    """Vehicle types that share labels, by load: class c holds the loads up to ``upto[c]``, rising.

    Attributes
    ----------
    upto : array, shape (C,)
    fixed : array, shape (C,)
        Least fixed cost of a type that carries such a load; never falls with the load.
    start, slope : float
        ``start + slope * load`` is at most the fixed cost, whatever the load.
    margin : float
        What rounding may add to such an estimate.
    """

    upto: Any
    fixed: Any
    start: float
    slope: float
    margin: float


class Completion(NamedTuple):
    """Least cost of the way home by the load that may still be taken, ``Classes.slope`` for each unit of it.

    Attributes
    ----------
    best, second : array, shape (levels + 1, n + 1)
        Over all ways, and over those with another next node than the best one.
    next : array of int, shape (levels + 1, n + 1)
    per_load : float
        Levels per unit of load; 0: there is no table.
    """

    best: Any
    second: Any
    next: Any
    per_load: float


@njit(cache=True)
def class_of(load: float, upto: Any) -> int:
    """First class that holds a load."""
    c = 0
    while c < len(upto) - 1 and load > upto[c]:
        c += 1
    return c


@njit(cache=True)
def hopeless(
    i: int,
    j: int,
    cost: float,
    load: float,
    capacity: float,
    ends: Completion,
    classes: Classes,
    below: float,
) -> Any:
    """Whether no way home from j, reached from i, can cost under ``below`` in all."""
    if ends.per_load == 0.0:
        return False
    left = int((capacity - load) * ends.per_load + 1e-6)
    end = ends.best[left, j] if i == 0 or ends.next[left, j] != i else ends.second[left, j]
    return cost + classes.slope * load + end + classes.start >= below + classes.margin


class Labels(NamedTuple):
    """All labels made, and those kept by node in rising order of cost.

    Attributes
    ----------
    order : array of int
        Kept labels in the order they were settled.
    place, count : array of int, shape (n + 1,)
        Kept labels of node i are ``[place[i], place[i] + count[i])`` in the ``k_`` arrays.
    """

    node: Any
    pred: Any
    cost: Any
    load: Any
    time: Any
    drain: Any
    mask: Any
    state: Any
    order: Any
    place: Any
    count: Any
    k_cost: Any
    k_load: Any
    k_time: Any
    k_drain: Any
    k_mask: Any
    k_state: Any
    k_label: Any


@njit(cache=True)
def surcharge(one: Any, other: Any, price: Any, most: float) -> float:
    """Pay for the rows one label has half a visit of and the other one not; stops once above ``most``."""
    total = 0.0
    for w in range(len(one)):
        extra = one[w] & ~other[w]
        while extra != 0:
            total += price[64 * w + lowest_bit(extra)]  # type: ignore[call-arg]
            if total > most:
                return total
            extra &= extra - np.uint64(1)
    return total


@njit(cache=True)
def dominator(
    first: int,
    last: int,
    run: int,
    cost: float,
    load: float,
    time: float,
    drain: float,
    mask: Any,
    state: Any,
    k_cost: Any,
    k_load: Any,
    k_time: Any,
    k_drain: Any,
    k_mask: Any,
    k_state: Any,
    price: Any,
    use_time: bool,
    use_drain: bool,
    care: int,
) -> int:
    """Position of a kept label in [first, last) that is as good in everything; -1 for none.

    Costs rise within each ``run`` of positions.
    """
    for start in range(first, last, run):
        for p in range(start, min(start + run, last)):
            if k_cost[p] > cost:
                break
            if care != NO_MEMORY and (k_mask[p] & ~mask) != 0:
                continue
            if k_load[p] > load:
                continue
            if use_time and k_time[p] > time:
                continue
            if use_drain and k_drain[p] > drain:
                continue
            if care == EXACT and len(state) > 0:
                slack = cost - k_cost[p]
                if surcharge(k_state[p], state, price, slack) > slack:
                    continue
            return p
    return -1


@njit(cache=True)
def _longer(old: Any, size: int) -> Any:
    new = np.empty(size, old.dtype)
    new[: len(old)] = old
    return new


@njit(cache=True)
def _longer_rows(old: Any, size: int) -> Any:
    new = np.empty((size, old.shape[1]), old.dtype)
    new[: len(old)] = old
    return new


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
    use_time, use_drain, care = lim.use_time, lim.use_drain, lim.care

    size = 8192
    l_node = np.empty(size, np.int32)
    l_pred = np.empty(size, np.int32)
    l_then = np.empty(size, np.int32)
    l_cost = np.empty(size)
    l_load = np.empty(size)
    l_time = np.empty(size)
    l_drain = np.empty(size)
    l_mask = np.empty(size, np.uint64)
    l_state = np.empty((size, words), np.uint64)
    made = 0

    room = 32 * (n + 1)
    place = np.arange(n + 1) * 32
    wide = np.full(n + 1, 32)
    count = np.zeros(n + 1, np.int64)
    used = room
    k_cost = np.empty(room)
    k_load = np.empty(room)
    k_time = np.empty(room)
    k_drain = np.empty(room)
    k_mask = np.empty(room, np.uint64)
    k_state = np.empty((room, words), np.uint64)
    k_label = np.empty(room, np.int32)

    top = (g.high[0] if lim.by_time else lim.capacity) / lim.width
    slices = int(top) + n + 3
    head = np.full(slices, -1, np.int32)
    order = np.empty(8192, np.int32)
    kept = 0
    code = COMPLETE
    state = np.empty(words, np.uint64)

    for e in range(g.first[0], g.first[1]):
        j = g.next[e]
        begin = max(g.low[j], g.step[0, j]) if use_time else 0.0
        if g.load[j] > lim.capacity or (use_time and begin > g.high[j]):
            continue
        if use_drain and g.drain[0, j] > lim.battery:
            continue
        if hopeless(0, j, g.cost[0, j], g.load[j], lim.capacity, ends, classes, below):
            continue
        l_node[made] = j
        l_pred[made] = -1
        l_cost[made] = g.cost[0, j]
        l_load[made] = g.load[j]
        l_time[made] = begin
        l_drain[made] = g.drain[0, j]
        l_mask[made] = g.bit[j]
        l_state[made] = g.hit[j]
        at = int((begin if lim.by_time else g.load[j]) / lim.width)
        l_then[made] = head[at]
        head[at] = made
        made += 1

    for now in range(slices):
        if code != COMPLETE:
            break
        while head[now] >= 0 and code == COMPLETE:
            m = 0
            walk = head[now]
            while walk >= 0:
                m += 1
                walk = l_then[walk]
            batch = np.empty(m, np.int32)
            batch_cost = np.empty(m)
            walk = head[now]
            for t in range(m):
                batch[t] = walk
                batch_cost[t] = l_cost[walk]
                walk = l_then[walk]
            head[now] = -1
            for t in np.argsort(batch_cost):
                x = batch[t]
                i = l_node[x]
                found = dominator(
                    place[i], place[i] + count[i], _RUN, l_cost[x], l_load[x], l_time[x], l_drain[x],
                    l_mask[x], l_state[x], k_cost, k_load, k_time, k_drain, k_mask, k_state, g.price,
                    use_time, use_drain, care,
                )  # fmt: skip
                if found >= 0:
                    continue
                if kept >= lim.most or lim.halt[0]:
                    code = GAVE_UP
                    break
                if kept == len(order):
                    order = _longer(order, 2 * kept)
                order[kept] = x
                kept += 1

                if count[i] == wide[i]:  # move the node's labels to the end, with twice the room
                    need = used + 2 * wide[i]
                    if need > room:
                        room = max(need, 2 * room)
                        k_cost = _longer(k_cost, room)
                        k_load = _longer(k_load, room)
                        k_time = _longer(k_time, room)
                        k_drain = _longer(k_drain, room)
                        k_mask = _longer(k_mask, room)
                        k_state = _longer_rows(k_state, room)
                        k_label = _longer(k_label, room)
                    a, b, c = place[i], used, count[i]
                    k_cost[b : b + c] = k_cost[a : a + c]
                    k_load[b : b + c] = k_load[a : a + c]
                    k_time[b : b + c] = k_time[a : a + c]
                    k_drain[b : b + c] = k_drain[a : a + c]
                    k_mask[b : b + c] = k_mask[a : a + c]
                    k_state[b : b + c] = k_state[a : a + c]
                    k_label[b : b + c] = k_label[a : a + c]
                    place[i] = used
                    wide[i] *= 2
                    used += wide[i]
                p = place[i] + count[i]
                start = place[i] + count[i] // _RUN * _RUN
                while p > start and k_cost[p - 1] > l_cost[x]:
                    k_cost[p] = k_cost[p - 1]
                    k_load[p] = k_load[p - 1]
                    k_time[p] = k_time[p - 1]
                    k_drain[p] = k_drain[p - 1]
                    k_mask[p] = k_mask[p - 1]
                    for w in range(words):
                        k_state[p, w] = k_state[p - 1, w]
                    k_label[p] = k_label[p - 1]
                    p -= 1
                k_cost[p] = l_cost[x]
                k_load[p] = l_load[x]
                k_time[p] = l_time[x]
                k_drain[p] = l_drain[x]
                k_mask[p] = l_mask[x]
                for w in range(words):
                    k_state[p, w] = l_state[x, w]
                k_label[p] = x
                count[i] += 1

                if (l_time[x] if lim.by_time else l_load[x]) > lim.half:
                    continue
                if made + n >= size:
                    size *= 2
                    l_node = _longer(l_node, size)
                    l_pred = _longer(l_pred, size)
                    l_then = _longer(l_then, size)
                    l_cost = _longer(l_cost, size)
                    l_load = _longer(l_load, size)
                    l_time = _longer(l_time, size)
                    l_drain = _longer(l_drain, size)
                    l_mask = _longer(l_mask, size)
                    l_state = _longer_rows(l_state, size)
                for e in range(g.first[i], g.first[i + 1]):
                    j = g.next[e]
                    if (l_mask[x] & g.common[i, j] & g.bit[j]) != 0:
                        continue
                    load = l_load[x] + g.load[j]
                    if load > lim.capacity:
                        continue
                    time = 0.0
                    if use_time:
                        time = max(g.low[j], l_time[x] + g.step[i, j])
                        if time > g.high[j]:
                            continue
                    drain = l_drain[x] + g.drain[i, j]
                    if use_drain and drain > lim.battery:
                        continue
                    cost = l_cost[x] + g.cost[i, j]
                    if hopeless(i, j, cost, load, lim.capacity, ends, classes, below):
                        continue
                    for w in range(words):
                        held = l_state[x, w] & g.keep[j, w]
                        cost += price_of(held & g.hit[j, w], g.price, 64 * w)
                        state[w] = held ^ g.hit[j, w]
                    mask = (l_mask[x] & g.common[i, j]) | g.bit[j]
                    found = dominator(
                        place[j], place[j] + count[j], _RUN, cost, load, time, drain, mask,
                        state, k_cost, k_load, k_time, k_drain, k_mask, k_state, g.price,
                        use_time, use_drain, care,
                    )  # fmt: skip
                    if found >= 0:
                        continue
                    l_node[made] = j
                    l_pred[made] = x
                    l_cost[made] = cost
                    l_load[made] = load
                    l_time[made] = time
                    l_drain[made] = drain
                    l_mask[made] = mask
                    for w in range(words):
                        l_state[made, w] = state[w]
                    at = max(now, int((time if lim.by_time else load) / lim.width))
                    l_then[made] = head[at]
                    head[at] = made
                    made += 1

    for i in range(1, n + 1):
        a, b = place[i], place[i] + count[i]
        rank = np.argsort(k_cost[a:b]) + a
        k_cost[a:b], k_load[a:b], k_time[a:b], k_drain[a:b] = (
            k_cost[rank], k_load[rank], k_time[rank], k_drain[rank]
        )  # fmt: skip
        k_mask[a:b], k_state[a:b], k_label[a:b] = k_mask[rank], k_state[rank], k_label[rank]
    return code, Labels(
        l_node, l_pred, l_cost, l_load, l_time, l_drain, l_mask, l_state, order[:kept],
        place, count, k_cost, k_load, k_time, k_drain, k_mask, k_state, k_label,
    )  # fmt: skip
