"""Routes from two partial ones that meet on an arc, and what the best route over each arc costs."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from voltmile.routes.labelling.bits import price_of
from voltmile.routes.labelling.cheapest import over_subsets, set_of
from voltmile.routes.labelling.kernel import (
    Classes,
    Completion,
    Graph,
    Limits,
    cheapest_first,
    class_of,
    surcharge,
    visit,
)
from voltmile.routes.labelling.labels import COST, LOAD, Labels, dominator, longer


class Meeting(NamedTuple):
    """The other direction: its kept labels by node, and what crossing an arc costs and takes.

    Attributes
    ----------
    labels : Labels
        In the symmetric case those of the first direction.
    order : array of int
        Kept positions of each node by rising ``key``.
    key : array
        Cost of a kept label plus what its load adds to the fixed cost at least; in that order.
    least : array, shape (B, n + 1, 2^w)
        The least of the labels of a node that remember nobody outside a set (``cheapest.py``), over those
        whose load falls into the first bin, the first two, and so on.
    from_load, per_bin : float
        Where the second bin begins, and load of each further one.
    cost : array, shape (n + 1, n + 1)
        Of arc (i, j) without the prize of j.
    turn : float
        Two partial routes fit when time of the first + step + time of the second is at most this.
    """

    labels: Labels
    order: Any
    key: Any
    least: Any
    from_load: float
    per_bin: float
    cost: Any
    turn: float


@njit(cache=True, nogil=True)
def by_key(k: Labels, slope: float) -> tuple[Any, Any]:
    """Order and key of a ``Meeting``."""
    order = np.zeros(len(k.k_cost), np.int32)
    key = np.empty(len(k.k_cost))
    for j in range(len(k.place)):
        a, b = k.place[j], k.place[j] + k.count[j]
        value = k.k_cost[a:b] + slope * k.k_load[a:b]
        rank = np.argsort(value)
        key[a:b] = value[rank]
        order[a:b] = rank + a
    return order, key


@njit(cache=True)
def bin_of(load: float, from_load: float, per_bin: float, bins: int) -> int:
    """Bin of a load: it never falls with the load, so that what fits is in this bin or one before."""
    if load <= from_load or bins == 1:
        return 0
    return min(bins - 1, 1 + int((load - from_load) / per_bin))


@njit(cache=True, nogil=True)
def by_bin(k: Labels, slope: float, from_load: float, bins: int) -> tuple[Any, float]:
    """Return ``least`` and ``per_bin`` of a ``Meeting``."""
    kept, (nodes, sets) = k.kept, k.kept.count.shape
    most = 0.0
    for p in range(len(k.k_load)):
        most = max(most, k.k_load[p])
    per_bin = max((most - from_load) / max(1, bins - 1), 1e-9 * max(most, 1.0))
    least = np.full((bins, nodes, sets), np.inf)
    for j in range(nodes):
        for s in range(sets):
            for p in range(kept.place[j, s], kept.place[j, s] + kept.count[j, s]):
                load = kept.rec[p, LOAD]
                b = bin_of(load, from_load, per_bin, bins)
                least[b, j, s] = min(least[b, j, s], kept.rec[p, COST] + slope * load)
        for b in range(bins):
            over_subsets(least[b, j])
            if b > 0:
                least[b, j] = np.minimum(least[b, j], least[b - 1, j])
    return least, per_bin


@njit(cache=True)
def overlap(one: Any, other: Any, price: Any) -> float:
    """Return what a route pays where two halves of visits become one."""
    total = 0.0
    for w in range(len(one)):
        total += price_of(one[w] & other[w], price, 64 * w)
    return total


@njit(cache=True, inline="always")
def _hopeless(
    i: int, j: int, cost: float, load: float, mask: Any, g: Graph, lim: Limits, meet: Meeting,
    classes: Classes, below: float,
) -> bool:  # fmt: skip
    """Whether no label at j can make a route under ``below``, by the least key of those that fit.

    Asked before each look at the labels: a call costs more than this.
    """
    barred = mask & g.common[i, j]
    bins, _, sets = meet.least.shape
    told = g.others.shape[1] if sets > 1 else 0
    b = bin_of(lim.capacity - load, meet.from_load, meet.per_bin, bins)
    key = meet.least[b, j, (sets - 1) & ~set_of(barred, g.others, j, told)]
    start = cost + meet.cost[i, j] + classes.slope * load + classes.start - classes.margin
    return bool(barred & g.bit[j] != 0 or start + key >= below)


@njit(cache=True)
def best_partner(
    i: int,
    j: int,
    cost: float,
    load: float,
    time: float,
    drain: float,
    mask: Any,
    state: Any,
    g: Graph,
    lim: Limits,
    meet: Meeting,
    classes: Classes,
    below: float,
) -> tuple[float, int]:
    """Least cost under ``below``, fixed cost included, of a partial route at i and one from j on."""
    b = meet.labels
    base = cost + meet.cost[i, j]
    chosen = -1
    start = base + classes.slope * load + classes.start - classes.margin
    barred = mask & g.common[i, j]
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
        if (barred & b.k_mask[p]) != 0:
            continue
        total = base + b.k_cost[p] + classes.fixed[class_of(whole, classes.upto)]
        if total >= below:
            continue
        if len(state) > 0:
            total += overlap(state, b.k_state[p], g.price)
            if total >= below:
                continue
        below = total
        chosen = p
    return below, chosen


@njit(cache=True, inline="always")
def fits_home(i: int, time: float, drain: float, g: Graph, lim: Limits) -> bool:
    """Whether a vehicle may go home from its last customer."""
    if lim.use_time and time + g.step[i, 0] > g.high[0]:
        return False
    return not (lim.use_drain and drain + g.drain[i, 0] > lim.battery)


@njit(cache=True, inline="always")
def _meets(x: int, labels: Labels, g: Graph, lim: Limits) -> bool:
    """Whether a label meets the other direction; else the label before it does, on the arc between them.

    By load, customers without demand before the last one make it no other than the first of its route.
    """
    if (labels.time[x] if lim.by_time else labels.load[x]) <= lim.half or labels.pred[x] < 0:
        return True
    return bool(not lim.by_time and labels.load[x] <= g.load[labels.node[x]])


@njit(cache=True)
def _in_order(
    g: Graph, lim: Limits, k: Labels, classes: Classes, ends: Completion, lower: Any, below: float
) -> tuple[Any, Any]:
    """Kept positions by the least cost of a route that begins like them; and that cost.

    Those where it is not under ``below`` are left out.

    Parameters
    ----------
    lower : array, shape (arcs,)
        See ``_by_partner``.
    """
    made = 0
    position, least = np.empty(len(k.k_cost), np.int32), np.empty(len(k.k_cost))
    for i in range(1, len(g.load)):
        over = np.inf  # what the cheapest end costs
        if g.first[i] < g.first[i + 1]:
            over = lower[g.first[i]]
        over = min(over, g.cost[i, 0])
        for p in range(k.place[i], k.place[i] + k.count[i]):
            load = k.k_load[p]
            start = k.k_cost[p] + classes.slope * load + classes.start - classes.margin
            if start + over >= below or not _meets(k.k_label[p], k, g, lim):
                continue
            position[made], least[made] = p, start + over
            if ends.per_load > 0.0:
                left = int((lim.capacity - load) * ends.per_load + 1e-6)
                least[made] = max(least[made], start + ends.best[left, i])
            made += 1
    rank = np.argsort(least[:made])
    return position[rank], least[rank]


@njit(cache=True)
def _by_partner(g: Graph, meet: Meeting) -> tuple[Any, Any]:
    """Heads of the arcs of each customer by what crossing them and the cheapest end behind cost; and that."""
    follow, lower = np.empty_like(g.next), np.full(len(g.next), np.inf)
    for i in range(1, len(g.load)):
        for e in range(g.first[i], g.first[i + 1]):
            j = g.next[e]
            if meet.labels.count[j] > 0:
                lower[e] = meet.cost[i, j] + meet.key[meet.labels.place[j]]
    cheapest_first(g, lower, follow)
    return follow, lower


@njit(cache=True, nogil=True)
def join(
    g: Graph,
    lim: Limits,
    labels: Labels,
    meet: Meeting,
    classes: Classes,
    ends: Completion,
    below: float,
    most: int,
    complete: bool,
) -> tuple[Any, Any, Any]:
    """Best route over each arc where two labels meet, those of the ``most`` arcs with the best ones at least.

    Labels come in order of what a route that begins as they do costs at least, and the threshold falls to
    the best routes found so far.

    Parameters
    ----------
    complete : bool
        Whether labelling did not give up in between.

    Returns
    -------
    total : array, shape (n + 1, n + 1)
        Cost of a route that meets on arc (i, j) and costs under ``below``, infinity for none: of the best
        one where that is among the ``most`` best. Column 0: a route that ends at i. Without all of them once
        ``lim.halt`` is set.
    left, right : array of int
        The label at i, and the kept position at j (-1 in column 0).
    """
    n = len(g.load) - 1
    total = np.full((n + 1, n + 1), np.inf)
    left = np.full((n + 1, n + 1), -1)
    right = np.full((n + 1, n + 1), -1)
    follow, lower = _by_partner(g, meet)
    fresh = 0
    order, least = _in_order(g, lim, labels, classes, ends, lower, below)
    for t in range(len(order)):
        if fresh >= most and most < total.size:
            below, fresh = min(below, np.partition(total.ravel(), most)[most]), 0
        if lim.halt[0] or least[t] >= below:
            break
        q = order[t]
        x = labels.k_label[q]
        i = labels.node[x]
        cost, load, time, drain = labels.k_cost[q], labels.k_load[q], labels.k_time[q], labels.k_drain[q]
        if fits_home(i, time, drain, g, lim):
            whole = cost + g.cost[i, 0] + classes.fixed[class_of(load, classes.upto)]
            if whole < below and whole < total[i, 0]:
                total[i, 0] = whole
                left[i, 0] = x
                fresh += 1
        mask, state = labels.k_mask[q], labels.k_state[q]
        start = cost + classes.slope * load + classes.start - classes.margin
        for e in range(g.first[i], g.first[i + 1]):
            if start + lower[e] >= below:
                break
            j = follow[e]
            after = max(g.low[j], time + g.step[i, j]) if lim.by_time else load + g.load[j]
            if complete and after <= lim.half:
                continue  # the label that goes there meets the other direction further on
            under = min(below, total[i, j])
            if _hopeless(i, j, cost, load, mask, g, lim, meet, classes, under):
                continue
            found, p = best_partner(i, j, cost, load, time, drain, mask, state, g, lim, meet, classes, under)
            if p >= 0:
                total[i, j] = found
                left[i, j] = x
                right[i, j] = p
                fresh += 1
    return total, left, right


@njit(cache=True, nogil=True)
def through(
    g: Graph, lim: Limits, labels: Labels, meet: Meeting, classes: Classes, below: float
) -> tuple[Any, Any]:
    """Lower bounds on the cost of the best route over each arc, and of the best one that begins as a label.

    A partial route that was dropped ends no better than its dominator does: its best end costs at least that
    of the dominator plus the difference. The values of all labels are the shortest paths over these links,
    found by passes until none changes. Labels without an end under ``below`` may be missing.

    Returns
    -------
    arc : array, shape (n + 1, n + 1)
        In the direction of the labels, for arcs a label of this direction goes or meets on; infinity: above
        ``below``.
    ends : array
        Of each label made; infinity above ``below``.
    """
    n = len(g.load) - 1
    words = g.hit.shape[1]
    arc = np.full((n + 1, n + 1), np.inf)
    ends = np.full(len(labels.node), np.inf)
    tail = np.empty(1 << 16, np.int32)
    head = np.empty(1 << 16, np.int32)
    more = np.empty(1 << 16)
    over = np.empty(1 << 16, np.int32)
    links = 0
    state = np.empty(words, np.uint64)
    k, kept = labels, labels.kept
    for x in labels.order[::-1]:
        if lim.halt[0]:
            break
        if not _meets(x, labels, g, lim):
            continue
        i = labels.node[x]
        cost, load, time, drain = k.cost[x], k.load[x], k.time[x], k.drain[x]
        if fits_home(i, time, drain, g, lim):
            whole = cost + g.cost[i, 0] + classes.fixed[class_of(load, classes.upto)]
            if whole < below:
                ends[x] = whole
                arc[i, 0] = min(arc[i, 0], whole)
        for e in range(g.first[i], g.first[i + 1]):
            j = g.next[e]
            after = max(g.low[j], time + g.step[i, j]) if lim.by_time else load + g.load[j]
            if after > lim.half:
                if _hopeless(i, j, cost, load, k.mask[x], g, lim, meet, classes, below):
                    continue
                found, p = best_partner(
                    i, j, cost, load, time, drain, k.mask[x], k.state[x], g, lim, meet, classes, below
                )
                if p >= 0:
                    arc[i, j] = min(arc[i, j], found)
                    ends[x] = min(ends[x], found)
                continue
            if (k.mask[x] & g.common[i, j] & g.bit[j]) != 0:
                continue
            later = 0.0
            if lim.use_time:
                later = max(g.low[j], time + g.step[i, j])
                if later > g.high[j]:
                    continue
            if load + g.load[j] > lim.capacity:
                continue
            if lim.use_drain and drain + g.drain[i, j] > lim.battery:
                continue
            dearer = cost + g.cost[i, j]
            dearer += visit(k.state, x, j, g, state)
            mask = (k.mask[x] & g.common[i, j]) | g.bit[j]
            q = dominator(
                kept, j, set_of(mask, g.others, j, g.others.shape[1]), dearer, load + g.load[j], later,
                drain + g.drain[i, j], mask, state, g.price, lim,
            )  # fmt: skip
            if q < 0:  # it has no end under ``below``
                continue
            gain = dearer - kept.rec[q, COST]
            if words > 0:
                gain -= surcharge(kept.state[q], state, g.price, np.inf)
            if links == len(tail):
                tail = longer(tail)
                head = longer(head)
                more = longer(more)
                over = longer(over)
            tail[links] = x
            head[links] = kept.label[q]
            more[links] = max(0.0, gain)
            over[links] = j
            links += 1
    changed = True
    while changed and not lim.halt[0]:
        changed = False
        for t in range(links):
            whole = ends[head[t]] + more[t]
            if whole < ends[tail[t]] and whole < below:
                ends[tail[t]] = whole
                changed = True
    for t in range(links):
        whole = ends[head[t]] + more[t]
        i = labels.node[tail[t]]
        if whole < below:
            arc[i, over[t]] = min(arc[i, over[t]], whole)
    for e in range(g.first[0], g.first[1]):
        j = g.next[e]
        start = max(g.low[j], g.step[0, j]) if lim.use_time else 0.0
        q = dominator(
            kept, j, 0, g.cost[0, j], g.load[j], start, g.drain[0, j], g.bit[j], g.hit[j], g.price, lim
        )
        if q >= 0:
            gain = g.cost[0, j] - kept.rec[q, COST] - surcharge(kept.state[q], g.hit[j], g.price, np.inf)
            arc[0, j] = ends[kept.label[q]] + max(0.0, gain)
    return arc, ends
