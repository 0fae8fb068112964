"""The labelling: partial routes from the depot on, settled in order of time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voltmile.problem.routing import Matrix, Vector
from voltmile.routes.recharging.curves import (
    COST,
    CURVE,
    KEY,
    LOAD,
    PAID,
    POINTS,
    Records,
    drive,
    meet,
    room_of,
)
from voltmile.routes.recharging.found import Found, note_best, note_set
from voltmile.routes.recharging.hops import NO_ROOM, Hops, spread
from voltmile.routes.recharging.labels import Labels, Queue, copy_label, give_back, pop, push, take_row
from voltmile.routes.recharging.memory import Words, visit
from voltmile.routes.recharging.store import SAME, Chains, Store, dominated, keep, link, same_set_dominated
from voltmile.routes.recharging.terrain import Terrain
from voltmile.routes.stop import Halt

Ints = NDArray[np.int64]
#: Return codes of :func:`search`.
COMPLETE, GAVE_UP = 0, 1


class Task(NamedTuple):
    """Prices of a type, and what to look for.

    Attributes
    ----------
    arc, pair : array, shape (n + 1, n + 1)
        Price of consecutive customers; the same less the prize of the second.
    allowed : array of bool, shape (n + 1, n + 1)
    bit, near, counts, keeps, price
        See :class:`Memory`.
    how : int
        Comparison of labels: without what they remember (``ROUGH``), without subset rows (``FAIR``),
        ``EXACT``, or ``SAME`` to find the cheapest route of every set.
    below : float
        Reduced cost from which routes are of no interest.
    bounded : bool
        Whether labels that cannot stay below are dropped.
    horizon : float
        Time of day at which the mirrored times begin.
    half : float
        Time after which labels are kept and not extended; infinity to go all the way.
    most_labels : int
        Labels to keep before giving up.
    halt : Halt
    """

    arc: Matrix
    pair: Matrix
    allowed: NDArray[np.bool_]
    bit: Words
    near: Words
    counts: Words
    keeps: Words
    price: Vector
    how: int
    below: float
    bounded: bool
    horizon: float
    half: float
    most_labels: int
    halt: Halt


@njit(cache=True)
def _completes(
    ends: Records, ends_mask: Words, first: int, last: int, rec: Records, mask: Words, x: int,
    bit: Words, node: int, below: float, loaded: bool, room: float,
    battery: float, horizon: float, slack_time: float, slack_energy: float,
) -> bool:  # fmt: skip
    """Whether some end of a route, a label of the mirrored problem, fits label x and stays below."""
    key = rec[x, KEY]
    for p in range(first, last):
        if key + ends[p, KEY] >= below:
            return False
        if loaded and ends[p, LOAD] > room:
            continue
        apart = True
        for w in range(bit.shape[1]):
            if mask[x, w] & ends_mask[p, w] & ~bit[node, w]:
                apart = False
        if apart and meet(rec, x, ends, p, battery, horizon, slack_time, slack_energy):
            return True
    return False


@njit(cache=True)
def _start(ground: Terrain, labels: Labels, queue: Queue) -> int:
    """Return the label at the depot."""
    x = take_row(queue)
    labels.node[x], labels.pred[x] = 0, -1
    labels.mask[x] = 0
    labels.state[x] = 0
    labels.rec[x, COST] = -ground.time_cost * ground.start
    labels.rec[x, LOAD] = labels.rec[x, PAID] = labels.rec[x, KEY] = 0.0
    labels.rec[x, POINTS] = 1
    labels.rec[x, CURVE] = ground.start
    labels.rec[x, CURVE + room_of(labels.rec)] = ground.battery
    return x


@njit(cache=True)
def _extend(
    ground: Terrain, task: Task, ends: Store, store: Store, chains: Chains, labels: Labels, queue: Queue,
    hops: Hops, count: int, x: int, marks: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Extend a label to every customer, over every way in ``hops``."""
    # Arrays as names of their own: their references are counted once a call, not at every use.
    legs, limits, useful, demand = ground.legs, ground.limits, ground.useful, ground.demand
    rec, mask, state, nodes = labels.rec, labels.mask, labels.state, labels.node
    ways, at, before, alive = hops.rec, hops.node, hops.before, hops.alive
    bit, near, counts, keeps, price = task.bit, task.near, task.counts, task.keeps, task.price
    allowed, arc, pair, kept, kept_mask = task.allowed, task.arc, task.pair, store.rec, store.mask
    kept_state, kept_count, end_rec, end_mask = store.state, store.count, ends.rec, ends.mask
    end_count, head, following = ends.count, chains.head, chains.next
    time_cost, alike_time, alike_energy = ground.time_cost, ground.alike_time, ground.alike_energy
    slack_time, slack_energy, loaded = ground.slack_time, ground.slack_energy, ground.loaded
    n, i, how = ground.customers, nodes[x], task.how
    room, end_room = len(kept) // len(kept_count), len(end_rec) // len(end_count)
    row = take_row(queue)
    for j in range(1, n + 1):
        load = rec[x, LOAD] + demand[j]
        if j == i or not allowed[i, j] or (loaded and load > ground.capacity):
            continue
        fresh = True
        for w in range(bit.shape[1]):
            if mask[x, w] & bit[j, w]:
                fresh = False
            mask[row, w] = (mask[x, w] & near[j, w]) | bit[j, w]
        if not fresh:
            continue
        paid = visit(counts, keeps, price, j, state, x, state, row)
        nodes[row], labels.pred[row] = j, x
        base = rec[x, COST] + pair[i, j] + paid
        lowest = np.inf
        if task.bounded and end_count[j] > 0:
            lowest = end_rec[j * end_room, KEY]
        paid += rec[x, PAID] + arc[i, j]
        for q in range(count):
            u = at[q]
            if not alive[q] or (q > 0 and not useful[before[q], u - n - 1, j]):
                continue
            if not drive(ways, q, legs, u, j, limits, slack_time, slack_energy, rec, row):
                continue
            rec[row, COST] = base + ways[q, COST] + legs[u, j, 2]
            rec[row, KEY] = rec[row, COST] + time_cost * rec[row, CURVE]
            rec[row, LOAD], rec[row, PAID] = load, paid
            if task.bounded and rec[row, KEY] + lowest >= task.below:
                continue
            # Comparing is quicker; but the arc of a label that is dominated may matter all the same.
            late = marks[i, j]
            if task.bounded and not late and not _completes(
                end_rec, end_mask, j * end_room, j * end_room + end_count[j], rec, mask, row, bit, j,
                task.below, loaded, ground.capacity - load + demand[j], ground.battery, task.horizon,
                slack_time,
                slack_energy,
            ):  # fmt: skip
                continue
            marks[i, j] = True
            if how == SAME:
                if same_set_dominated(
                    head, following, rec, mask, state, nodes, row, price, time_cost, alike_time, alike_energy
                ):
                    continue
            elif dominated(
                kept, kept_mask, kept_state, j * room, j * room + kept_count[j], rec, mask, state, row,
                how, price, loaded, time_cost, alike_time, alike_energy,
            ):  # fmt: skip
                continue
            if task.bounded and late and not _completes(
                end_rec, end_mask, j * end_room, j * end_room + end_count[j], rec, mask, row, bit, j,
                task.below, loaded, ground.capacity - load + demand[j], ground.battery, task.horizon,
                slack_time,
                slack_energy,
            ):  # fmt: skip
                continue
            push(queue, rec[row, CURVE] if ground.by_time else load, rec[row, KEY], row)
            new = take_row(queue)
            copy_label(labels, row, new)
            row = new
    give_back(queue, row)


@njit(cache=True)
def close(
    ground: Terrain, task: Task, labels: Labels, queue: Queue, hops: Hops, count: int, x: int
) -> tuple[float, int]:
    """Least reduced cost of a label's return to the depot, infinity without one; the way in ``hops``."""
    i = labels.node[x]
    best, way = np.inf, -1
    row = take_row(queue)
    for q in range(count):
        u = hops.node[q]
        if not hops.alive[q] or (q > 0 and not ground.useful[hops.before[q], u - ground.customers - 1, 0]):
            continue
        if drive(
            hops.rec,
            q,
            ground.legs,
            u,
            0,
            ground.limits,
            ground.slack_time,
            ground.slack_energy,
            labels.rec,
            row,
        ):
            total = labels.rec[x, COST] + task.pair[i, 0] + hops.rec[q, COST] + ground.legs[u, 0, 2]
            if ground.time_cost > 0:
                total += ground.time_cost * labels.rec[row, CURVE]
                total = np.floor(total / ground.grid) * ground.grid
            if total < best:
                best, way = total, q
    give_back(queue, row)
    return best, way


@njit(cache=True)
def _settled(ground: Terrain, task: Task, store: Store, chains: Chains, labels: Labels, x: int) -> bool:
    """Whether a label from the queue is dominated by now."""
    if task.how == SAME:
        return same_set_dominated(
            chains.head, chains.next, labels.rec, labels.mask, labels.state, labels.node, x, task.price,
            ground.time_cost, ground.alike_time, ground.alike_energy,
        )  # fmt: skip
    room, j = len(store.rec) // len(store.count), labels.node[x]
    return dominated(
        store.rec, store.mask, store.state, j * room, j * room + store.count[j],
        labels.rec, labels.mask, labels.state, x, task.how, task.price, ground.loaded,
        ground.time_cost, ground.alike_time, ground.alike_energy,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def search(
    ground: Terrain, task: Task, ends: Store, labels: Labels, queue: Queue, store: Store, chains: Chains,
    found: Found, hops: Hops, marks: NDArray[np.bool_], order: Ints,
) -> tuple[int, float, int, Store]:  # fmt: skip
    """Find routes of low reduced cost.

    Parameters
    ----------
    ends : Store
        Labels of the mirrored problem, used where ``task.bounded``.
    labels, queue, store, chains, found, hops
        Room, empty.
    marks : array of bool, shape (n + 1, n + 1)
        Set to True for the arcs of labels that may stay below; True from the start where nobody asks.
    order : array of int
        Filled with the labels kept, as they are settled.

    Returns
    -------
    code : int
        ``COMPLETE`` or ``GAVE_UP``.
    least : float
        Least reduced cost found.
    kept : int
        Number of labels kept.
    store : Store
        The labels kept, except with ``SAME``.
    """
    least, kept, same = np.inf, 0, task.how == SAME
    x = _start(ground, labels, queue)
    while x >= 0:
        if kept >= task.most_labels or task.halt[0]:
            return GAVE_UP, least, kept, store
        if labels.rec[x, CURVE] <= task.half:
            i = labels.node[x]
            count = spread(ground, hops, labels.rec, x, i)
            if count == NO_ROOM or queue.size[1] + ground.customers * count + 2 > len(labels.node):
                return GAVE_UP, least, kept, store
            if i > 0 and task.allowed[i, 0]:
                total, _ = close(ground, task, labels, queue, hops, count, x)
                least = min(least, total)
                if total < task.below:
                    marks[i, 0] = True
                    if not same:
                        note_best(found, x, total)
                    elif not note_set(found, labels, x, total, total - labels.rec[x, PAID] - task.arc[i, 0]):
                        return GAVE_UP, least, kept, store
            _extend(ground, task, ends, store, chains, labels, queue, hops, count, x, marks)
        x = -1
        while queue.size[0] > 0 and x < 0:
            x = pop(queue)
            if _settled(ground, task, store, chains, labels, x):
                give_back(queue, x)
                x = -1
        if x >= 0:
            order[kept] = x
            kept += 1
            if same:
                link(chains, labels, x)
            else:
                store = keep(store, labels, x)
    return COMPLETE, least, kept, store
