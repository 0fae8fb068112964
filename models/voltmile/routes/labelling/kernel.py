"""What labelling works on, as compiled code sees it, and the rules all of it shares.

Nothing here knows vehicles or money: arrays in, arrays out. See models/ROUTING.md, *Pricing*, for the
relaxation, the dominance rule and why both keep the bound valid.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from voltmile.routes.labelling.bits import lowest_bit, price_of
from voltmile.routes.stop import Halt

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
    others : array of uint64, shape (n + 1, w)
        Bits of customers in a neighbourhood whose sets are told apart.
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
    others: Any
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
    by_cost : bool
        Memory and cost alone decide dominance where no subset row is looked at: load is the only resource,
        all labels of a slice have the same, and all customers that labels remember are told apart.
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
    by_cost: bool
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


@njit(cache=True, inline="always")
def class_of(load: float, upto: Any) -> int:
    """First class that holds a load."""
    c = 0
    while c < len(upto) - 1 and load > upto[c]:
        c += 1
    return c


@njit(cache=True, inline="always")
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


@njit(cache=True, inline="always")
def visit(before: Any, x: int, j: int, g: Graph, after: Any) -> float:
    """Return what subset rows charge for j after half visits ``before[x]``; fill in those ``after`` it."""
    paid = 0.0
    for w in range(len(after)):
        held = before[x, w] & g.keep[j, w]
        paid += price_of(held & g.hit[j, w], g.price, 64 * w)
        after[w] = held ^ g.hit[j, w]
    return paid


@njit(cache=True)
def cheapest_first(g: Graph, lower: Any, follow: Any) -> None:
    """Sort the arcs of each customer, ``lower`` and their heads ``follow`` alike, by rising ``lower``."""
    for i in range(1, len(g.load)):
        a, b = g.first[i], g.first[i + 1]
        rank = np.argsort(lower[a:b])
        follow[a:b], lower[a:b] = g.next[a:b][rank], lower[a:b][rank]
