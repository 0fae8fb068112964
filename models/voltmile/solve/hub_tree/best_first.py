"""A bound on routes within a load and one resource, by ng-routes best first (ROUTING.md, *Hub-days*).

Nothing here knows vehicles or money: arrays in, arrays out. A label is the end of a route, from a village to
the hub: what it delivers is what is aboard at its village, so that costs by the load are known as it grows.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

#: Labels there is room for at first.
_ROOM = 4096
#: Labels compared at once.
_BLOCK = 128
#: Slots of the queue: labels leave slot by slot, those of one slot the last one first.
SLOTS = 32_768


class Ways(NamedTuple):
    """What driving costs (CNY) and takes (kWh, or h); with w units to deliver max(w - spare, 0) are aboard.

    Serving a village counts to the arc that leaves it.

    Attributes
    ----------
    go, carry : array, shape (n + 1, n + 1)
        Cost of driving from i to j (infinity: barred), and for each unit aboard.
    take, take_carry : array, shape (n + 1, n + 1)
        The same of the resource; not negative.
    units : array of int, shape (n + 1,)
    most : int
        Units a route delivers at most.
    spare : int
    limit : float
        Of the resource.
    """

    go: Any
    carry: Any
    take: Any
    take_carry: Any
    units: Any
    most: int
    spare: int
    limit: float


class NgMemory(NamedTuple):
    """ng-neighbourhoods: the bits a label at a village knows.

    Attributes
    ----------
    bit : array of uint64, shape (n + 1,)
    seen : array of uint64, shape (n + 1, n + 1)
        ``seen[i, j]``: the bit of j where j is in the neighbourhood of i, else 0.
    common : array of uint64, shape (n + 1, n + 1)
        Bits in the neighbourhoods of both.
    """

    bit: Any
    seen: Any
    common: Any


class Beginnings(NamedTuple):
    """Cheapest beginnings of walks that remember their nearest villages, by a price of the resource.

    Attributes
    ----------
    price : array, shape (r,)
    best : array, shape (r, most + 1, n + 1, 2^s)
        Least cost of a way from the hub to a village from which on so many units are delivered, the resource
        at its price, that remembers no village but those of a set (see ``Near``).
    near : array of uint64, shape (n + 1, s)
        Bits of the villages such sets are of; 0 for one that labels do not know.
    reach, reach_carry : array, shape (n + 1,)
        The least such a way takes of the resource, and for each unit aboard.
    least : float
        No such walk within the limit costs less, by the best of the prices; finite.
    """

    price: Any
    best: Any
    near: Any
    reach: Any
    reach_carry: Any
    least: float


class Labels(NamedTuple):
    """Labels made: the village of each (int16), and the label it was grown from (int32; -1: the hub)."""

    village: Any
    grown_from: Any


@njit(cache=True)
def _longer(array: Any, room: int) -> Any:
    more = np.empty(room, array.dtype)
    more[: len(array)] = array
    return more


@njit(cache=True)
def _wider(table: Any, width: int) -> Any:
    more = np.empty((table.shape[0], width), table.dtype)
    more[:, : table.shape[1]] = table
    return more


@njit(cache=True)
def cheapest(
    ways: Ways,
    memory: NgMemory,
    first: Beginnings,
    below: float,
    step: float,
    many: int,
    within: float,
    effort: int,
    exact: bool,
) -> tuple[float, Any, Labels, bool, int]:
    """Bound all feasible elementary routes that cost less than ``below``, and find ng-routes.

    Labels leave the queue by what a route they end costs at least; one that a label grown before it at its
    village is no worse than in load, resource, cost and memory leaves for good.

    Parameters
    ----------
    ways : Ways
    memory : NgMemory
    first : Beginnings
        For the same ways.
    below : float
        Routes that cost as much or more do not matter.
    step : float
        Costs that differ by less may leave in any order; so may all that are ``SLOTS`` steps above the least.
    many : int
        Routes to find at most.
    within : float
        Routes that leave the queue with more than the first by so much are left out.
    effort : int
        Labels to grow at most.
    exact : bool
        False ignores the memory where labels are compared: what it finds are routes, not a bound.

    Returns
    -------
    least : float
        No elementary route costs less (if exact), at most ``below``. A walk found may, where beginnings
        remember villages that labels do not.
    found : list of int
        Last labels of the routes, as they left the queue.
    labels : Labels
    complete : bool
        The effort was enough.
    grown : int
        Labels grown.
    """
    go, carry, take, take_carry, units, most, spare, limit = ways
    bit, seen, common = memory
    n, room = len(units) - 1, _ROOM
    village, load, mask = np.empty(room, np.int16), np.empty(room, np.int32), np.empty(room, np.uint64)
    cost, taken, came = np.empty(room), np.empty(room), np.empty(room, np.int32)
    width, held = _ROOM // 16, np.zeros(n + 1, np.int64)  # labels grown, side by side for each village
    of_cost, of_taken = np.empty((n + 1, width)), np.empty((n + 1, width))
    of_load, of_mask = np.empty((n + 1, width), np.int64), np.empty((n + 1, width), np.uint64)
    slot = np.full(SLOTS, -1, np.int32)  # the top of each stack
    under = np.empty(room, np.int32)  # what lies below a label
    found = [0]
    found.pop()
    least, made, grown, at, now = below, 0, 0, -1, 0
    while True:
        here, aboard, had, used = 0, 0, 0.0, 0.0
        known = np.uint64(0)
        if at >= 0:
            here, had, used, known = village[at], cost[at], taken[at], mask[at]
            aboard = max(load[at] - spare, 0)
        if made + n + 1 > room:
            room = 2 * room + n
            village, load, mask = _longer(village, room), _longer(load, room), _longer(mask, room)
            cost, taken, came = _longer(cost, room), _longer(taken, room), _longer(came, room)
            under = _longer(under, room)
        for i in range(n + 1):
            if i == here or (known & seen[here, i]) != 0:
                continue
            c = had + go[i, here] + carry[i, here] * aboard
            e = used + take[i, here] + take_carry[i, here] * aboard
            w, f = units[i] + (load[at] if at >= 0 else 0), -np.inf
            knows = np.uint64(0)
            if i == 0:
                if e > limit:
                    continue
                f = c
            else:
                if w > most or e + first.reach[i] + first.reach_carry[i] * max(w - spare, 0) > limit:
                    continue
                knows, free = (known & common[here, i]) | bit[i], first.best.shape[3] - 1
                for q in range(first.near.shape[1]):
                    if knows & first.near[i, q]:
                        free -= 1 << q
                for r in range(len(first.price)):
                    f = max(f, c + first.best[r, w, i, free] + first.price[r] * (e - limit))
                    if f >= below:
                        break
            if f < below:
                village[made], load[made], cost[made], taken[made] = i, w, c, e
                mask[made], came[made] = knows, at
                # Never before the slot that it grew from: what leaves does not fall.
                to = max(int(min((f - first.least) / step, SLOTS - 1.0)), now)
                under[made], slot[to] = slot[to], made
                made += 1
        at = -1
        while len(found) < many:
            while now < SLOTS and slot[now] < 0:
                now += 1
            value = first.least + now * step
            if now == SLOTS or (len(found) > 0 and value > least + within):
                break
            label = slot[now]
            slot[now] = under[label]
            j = village[label]
            if j == 0:
                if len(found) == 0:
                    least = min(below, value)
                found.append(label)
                continue
            c, e, w = cost[label], taken[label], load[label]
            unknown = ~mask[label] if exact else np.uint64(0)
            # Only with labels grown: one still in the queue may stand for routes that this one is to prove.
            worse, begin = False, 0
            while not worse and begin < held[j]:  # blocks without a way out, which the compiler makes wide
                end = min(begin + _BLOCK, held[j])
                cost_j, taken_j = of_cost[j, begin:end], of_taken[j, begin:end]
                load_j, mask_j = of_load[j, begin:end], of_mask[j, begin:end]
                count = 0
                for k in range(len(cost_j)):
                    less = (cost_j[k] <= c) & (taken_j[k] <= e) & (load_j[k] <= w)
                    count += less & ((mask_j[k] & unknown) == 0)
                worse, begin = count > 0, end
            if worse:
                continue
            if grown < effort:
                at = label
            break
        if at < 0:
            break
        j = village[at]
        if held[j] == width:
            width *= 2
            of_cost, of_taken = _wider(of_cost, width), _wider(of_taken, width)
            of_load, of_mask = _wider(of_load, width), _wider(of_mask, width)
        k = held[j]
        of_cost[j, k], of_taken[j, k], of_load[j, k], of_mask[j, k] = cost[at], taken[at], load[at], mask[at]
        held[j] += 1
        grown += 1
    complete = len(found) > 0 or grown < effort
    if len(found) == 0:
        least = below if complete else min(below, first.least + now * step)
    return least, found, Labels(village, came), complete, grown
