"""Partial ng-routes of one vehicle type, from their ends on, with the energy under the true load.

A label is the end of a route: villages i, ..., back to the hub. What is aboard on the way to i is what the
label delivers, so that energy and cost are exact where labels grow towards the start. models/ROUTING.md,
*Hub-days*, states dominance and bounds and why they hold.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

#: Labels compared at once.
_BLOCK = 32
#: Blocks looked at, for each label allowed, at which to give up.
_BLOCKS = 25


class Trip(NamedTuple):
    """What one type meets on its way; node 0 is the hub, arrays are indexed in driving direction.

    Attributes
    ----------
    go : array, shape (n + 1, n + 1)
        Cost of driving empty, and of serving the node left (its prize taken off); the fixed cost at the hub.
    km, step : array, shape (n + 1, n + 1)
        Step: hours of driving and of serving the node left.
    kg, m3 : array, shape (n + 1,)
    near : array of uint64, shape (n + 1, 2)
        Villages remembered at a node, as bits.
    reach : array of bool, shape (n + 1,)
        Villages the type may serve, and the hub.
    of_kg_km, empty, load : float
        Cost of a kg km; energy of a km and of a kg km.
    most_kg, most_m3, most_h, most_energy : float
    """

    go: Any
    km: Any
    step: Any
    kg: Any
    m3: Any
    near: Any
    reach: Any
    of_kg_km: float
    empty: float
    load: float
    most_kg: float
    most_m3: float
    most_h: float
    most_energy: float


class Ends(NamedTuple):
    """Cheapest ways back to the start by what is left of a resource mixed with time.

    Attributes
    ----------
    kg, km : array, shape (n + 1, steps)
    per_kg, per_km, kg_per_h, km_per_h : float
        Steps of each table in what is left of kg or km, and of hours.
    """

    kg: Any
    km: Any
    per_kg: float
    per_km: float
    kg_per_h: float
    km_per_h: float


class Found(NamedTuple):
    """What a labelling ends with.

    Attributes
    ----------
    complete : bool
        No label was left out, so that ``least`` is a bound.
    least : float
        Least reduced cost of a route, at most the threshold.
    node, pred : array of int
        Village of each label, and the label it came from.
    last, reduced : array
        Labels that routes start with, and the reduced costs of these.
    """

    complete: bool
    least: float
    node: Any
    pred: Any
    last: Any
    reduced: Any


class Settled(NamedTuple):
    """Labels kept at each node, in blocks with their least cost; shape (n + 1, room)."""

    blocks: Any
    cost: Any
    energy: Any
    kg: Any
    m3: Any
    hours: Any
    memory: Any


@njit(cache=True)
def cheapest(go: Any, use: Any, reach: Any, steps: int) -> Any:
    """Cheapest walk without 2-cycles from each node back to the start in at most s units of a resource.

    Parameters
    ----------
    use : array of int, shape (n + 1, n + 1)
        Units of driving from j to i, at least 1 where j is a village.

    Returns
    -------
    array, shape (n + 1, steps)
    """
    n = len(go) - 1
    best, second = np.full((n + 1, steps), np.inf), np.full((n + 1, steps), np.inf)
    first = np.full((n + 1, steps), -1)
    for s in range(steps):
        for i in range(1, n + 1):
            if not reach[i]:
                continue
            b, c, f = np.inf, np.inf, -1
            if s > 0:
                b, c, f = best[i, s - 1], second[i, s - 1], first[i, s - 1]
            for j in range(n + 1):
                if j == i or not reach[j] or use[j, i] > s:
                    continue
                v = go[j, i]
                if j > 0:
                    rest = s - use[j, i]
                    v += best[j, rest] if first[j, rest] != i else second[j, rest]
                if v < b:
                    if f != j:
                        c = b
                    b, f = v, j
                elif v < c and f != j:
                    c = v
            best[i, s], second[i, s], first[i, s] = b, c, f
    return best


@njit(cache=True)
def _table(rows: int, columns: int) -> Settled:
    """Return room for labels."""
    shape = (rows, columns)
    return Settled(
        np.full((rows, columns // _BLOCK), np.inf),
        np.empty(shape), np.empty(shape), np.empty(shape), np.empty(shape), np.empty(shape),
        np.empty((rows, columns, 2), np.uint64),
    )  # fmt: skip


@njit(cache=True)
def _wider(s: Settled) -> Settled:
    """Return twice the room."""
    rows, half = s.cost.shape
    t = _table(rows, 2 * half)
    t.blocks[:, : half // _BLOCK] = s.blocks
    t.cost[:, :half], t.energy[:, :half], t.kg[:, :half] = s.cost, s.energy, s.kg
    t.m3[:, :half], t.hours[:, :half], t.memory[:, :half] = s.m3, s.hours, s.memory
    return t


@njit(cache=True)
def _beaten(s: Settled, i: int, many: int, label: Any, m0: Any, m1: Any) -> tuple[bool, int]:
    """Whether a label kept at the node is as good in everything, and the blocks looked at.

    ``label``: cost, energy, kg, m3, hours.
    """
    cost, energy, kg, m3, hours = label
    looked = 0
    for block in range((many + _BLOCK - 1) // _BLOCK):
        if s.blocks[i, block] > cost:
            continue
        looked += 1
        for q in range(block * _BLOCK, min(many, (block + 1) * _BLOCK)):
            if (
                s.cost[i, q] <= cost
                and s.energy[i, q] <= energy
                and s.kg[i, q] <= kg
                and s.hours[i, q] <= hours
                and s.m3[i, q] <= m3
                and (s.memory[i, q, 0] & ~m0) == 0
                and (s.memory[i, q, 1] & ~m1) == 0
            ):
                return True, looked
    return False, looked


@njit(cache=True)
def _hopeless(ends: Ends, j: int, cost: float, kg: float, km: float, hours: float, below: float) -> bool:
    """Whether no way back to the start from j ends under ``below`` with so much left of everything."""
    left = kg * ends.per_kg + hours * ends.kg_per_h + 1e-6
    if left < ends.kg.shape[1] and cost + ends.kg[j, int(left)] >= below:
        return True
    left = km * ends.per_km + hours * ends.km_per_h + 1e-6
    return bool(left < ends.km.shape[1] and cost + ends.km[j, int(left)] >= below)


@njit(cache=True)
def settle(t: Trip, ends: Ends, width: float, below: float, per_slice: int, most: int) -> Found:
    """Settle labels in slices of rising time.

    Parameters
    ----------
    width : float
        Hours of a slice, less than any step.
    below : float
        Labels without an end under it are dropped.
    per_slice : int
        With more than 0: labels kept a node and slice; what is found then are routes, not a bound.
    most : int
        Labels at which to give up, or earlier where they take long to compare.
    """
    n, slices, room = len(t.kg) - 1, int(t.most_h / width) + 2, 1 << 14
    node, pred = np.empty(room, np.int32), np.empty(room, np.int32)
    sums, memory = np.empty((room, 5)), np.zeros((room, 2), np.uint64)
    chain, head = np.empty(room, np.int32), np.full((slices, n + 1), -1, np.int32)
    kept, stock = np.zeros(n + 1, np.int64), _table(n + 1, 256)
    last, reduced = np.empty(1 << 12, np.int32), np.empty(1 << 12)
    size, closed, least, effort, one = 0, 0, below, 0, np.uint64(1)
    for i in range(1, n + 1):  # the last villages before the hub
        e, hours = t.empty * t.km[i, 0], t.step[i, 0]
        fits = e <= t.most_energy and hours <= t.most_h and t.kg[i] <= t.most_kg and t.m3[i] <= t.most_m3
        if not (t.reach[i] and fits):
            continue
        at = int(hours / width)
        node[size], pred[size] = i, -1
        sums[size] = np.array((t.go[i, 0], e, t.kg[i], t.m3[i], hours))
        memory[size, i >> 6] = one << np.uint64(i & 63)
        chain[size], head[at, i] = head[at, i], size
        size += 1
    for cell in range(slices * (n + 1)):
        at, i = cell // (n + 1), cell % (n + 1)
        count, label = 0, head[at, i]
        while label >= 0:
            count += 1
            label = chain[label]
        if not count:
            continue
        these, label = np.empty(count, np.int32), head[at, i]
        for a in range(count):
            these[a] = label
            label = chain[label]
        these = these[np.argsort(sums[these, 0], kind="mergesort")]
        taken = 0
        for v in these:
            if 0 < per_slice <= taken:
                break
            m0, m1 = memory[v, 0], memory[v, 1]
            cost, e, kg, m3, hours = sums[v, 0], sums[v, 1], sums[v, 2], sums[v, 3], sums[v, 4]
            many = kept[i]
            beaten, looked = _beaten(stock, i, many, (cost, e, kg, m3, hours), m0, m1)
            effort += looked
            if beaten:
                continue
            if effort > _BLOCKS * most:
                return Found(False, -np.inf, node, pred, last[:closed], reduced[:closed])
            taken += 1
            if many == stock.cost.shape[1]:
                stock = _wider(stock)
            stock.cost[i, many], stock.energy[i, many], stock.kg[i, many] = cost, e, kg
            stock.m3[i, many], stock.hours[i, many] = m3, hours
            stock.memory[i, many, 0], stock.memory[i, many, 1] = m0, m1
            stock.blocks[i, many // _BLOCK] = min(stock.blocks[i, many // _BLOCK], cost)
            kept[i] = many + 1
            per_km = t.empty + t.load * kg
            if e + per_km * t.km[0, i] <= t.most_energy and hours + t.step[0, i] <= t.most_h:
                total = cost + t.go[0, i] + t.of_kg_km * kg * t.km[0, i]
                if total < below:
                    least = min(least, total)
                    if closed == len(last):
                        last, reduced = np.append(last, last), np.append(reduced, reduced)
                    last[closed], reduced[closed] = v, total
                    closed += 1
            for j in range(1, n + 1):
                bit = one << np.uint64(j & 63)
                if j == i or not t.reach[j] or (m1 if j >> 6 else m0) & bit:
                    continue
                kg2, m32, hours2 = kg + t.kg[j], m3 + t.m3[j], hours + t.step[j, i]
                e2 = e + per_km * t.km[j, i]
                if e2 > t.most_energy or hours2 > t.most_h or kg2 > t.most_kg or m32 > t.most_m3:
                    continue
                next_km = t.empty + t.load * kg2
                cost2 = cost + t.go[j, i] + t.of_kg_km * kg * t.km[j, i]
                left_km = (t.most_energy - e2) / next_km
                if left_km * (1 + 1e-9) < t.km[0, j] or hours2 + t.step[0, j] > t.most_h:
                    continue
                if _hopeless(ends, j, cost2, t.most_kg - kg2, left_km, t.most_h - hours2, below):
                    continue
                if size == len(node):
                    if size >= most:
                        return Found(False, -np.inf, node, pred, last[:closed], reduced[:closed])
                    node, pred = np.append(node, node), np.append(pred, pred)
                    chain = np.append(chain, chain)
                    sums = np.concatenate((sums, sums))
                    memory = np.concatenate((memory, memory))
                later = max(int(hours2 / width), at + 1)
                node[size], pred[size] = j, v
                sums[size, 0], sums[size, 1], sums[size, 2] = cost2, e2, kg2
                sums[size, 3], sums[size, 4] = m32, hours2
                memory[size, 0], memory[size, 1] = m0 & t.near[j, 0], m1 & t.near[j, 1]
                memory[size, j >> 6] |= bit
                chain[size], head[later, j] = head[later, j], size
                size += 1
    return Found(per_slice <= 0, least, node[:size], pred[:size], last[:closed], reduced[:closed])
