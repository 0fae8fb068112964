"""Local search on a plan: better orders, exchanged ends, customers that change places."""

from __future__ import annotations

import math
from collections.abc import Callable

from voltmile.routes.recharging.drafts import Costs, Draft, Tour, missing
from voltmile.routes.recharging.reorder import exchange_ends, reorder

_GAIN = 1e-7


def polish(costs: Costs, draft: Draft, stop: Callable[[], bool]) -> Draft:
    """Change tours, and pairs of them, as long as that saves something and it is not time to stop.

    What a tour or a pair has been searched for is not searched again while it stays as it is.
    """
    tours = list(draft.tours)
    done: set[tuple[Tour, ...]] = set()
    changed = True
    while changed and not stop():
        changed = False
        for at in range(len(tours)):
            changed |= _reordered(costs, tours, at, done, stop)
        for one in range(len(tours)):
            for two in range(one):
                changed |= _exchanged(costs, tours, one, two, done, stop)
        for one in range(len(tours)):
            for two in range(len(tours)):
                if one != two:
                    changed |= _relocated(costs, tours, one, two, done, stop)
    return Draft(tuple(tour for tour in tours if tour.order), draft.left)


def _fresh(done: set[tuple[Tour, ...]], *key: Tour) -> bool:
    if key in done:
        return False
    done.add(key)
    return True


def _reordered(
    costs: Costs, tours: list[Tour], at: int, done: set[tuple[Tour, ...]], stop: Callable[[], bool]
) -> bool:
    tour = tours[at]
    if len(tour.order) < 2 or stop() or not _fresh(done, tour):
        return False
    made, fixed = costs.made[tour.vehicle], costs.fixed(tour.vehicle)
    cost, order = reorder(made.ground, made.hops, tour.array(), costs.of(tour) - fixed)
    new = Tour(tour.vehicle, tuple(order.tolist()))
    if new == tour:
        return False
    costs.tours[new] = float(cost) + fixed
    tours[at] = new
    return True


def _exchanged(
    costs: Costs, tours: list[Tour], one: int, two: int, done: set[tuple[Tour, ...]], stop: Callable[[], bool]
) -> bool:
    """Exchange the ends of two tours, or their vehicles."""
    a, b = tours[one], tours[two]
    if not (a.order and b.order) or stop() or not _fresh(done, a, b):
        return False
    first, second = costs.made[a.vehicle], costs.made[b.vehicle]
    fixed = costs.fixed(a.vehicle) + costs.fixed(b.vehicle)
    now = costs.of(a) + costs.of(b) - fixed
    cost, cut, other = exchange_ends(
        first.ground, first.hops, a.array(), second.ground, second.hops, b.array(), now - _GAIN * abs(now)
    )
    if not math.isfinite(cost):
        return False
    tours[one] = Tour(a.vehicle, a.order[:cut] + b.order[other:])
    tours[two] = Tour(b.vehicle, b.order[:other] + a.order[cut:])
    return True


def _relocated(
    costs: Costs, tours: list[Tour], one: int, two: int, done: set[tuple[Tour, ...]], stop: Callable[[], bool]
) -> bool:
    """Move a customer of the first tour to the second, in the place of one that goes the other way or not."""
    a, b = tours[one], tours[two]
    if not (a.order and b.order) or stop() or not _fresh(done, a, b, a):
        return False
    now = costs.of(a) + costs.of(b)
    rest, needed = [t for t in tours if t is not a], sum(missing(costs.problem, tours))
    may_close = sum(missing(costs.problem, rest)) == needed
    best, found = now - _GAIN * abs(now), None
    for customer in a.order:
        shorter = Tour(a.vehicle, tuple(c for c in a.order if c != customer))
        if stop() or not (shorter.order or may_close):
            break
        saved = costs.of(shorter)
        if saved >= best:
            continue
        extra, place = costs.place(b, customer)
        if saved + costs.of(b) + extra < best:
            best, found = saved + costs.of(b) + extra, (shorter, b.with_one(customer, place))
    if found is None:
        return False
    tours[one], tours[two] = found
    return True
