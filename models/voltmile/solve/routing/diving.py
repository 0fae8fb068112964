"""Diving for plans: fix a route of the restricted master, price anew, until all customers are served.

Sadykov, Vanderbeck, Pessoa, Tahiri, Uchoa 2019, doi:10.1287/ijoc.2018.0822.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Route
from voltmile.routes.pricing import EXACT, Pricer
from voltmile.solve.routing.columns import key_of, take
from voltmile.solve.routing.master import Master, Point
from voltmile.solve.routing.quick import quick_cares
from voltmile.solve.routing.rows import is_elementary
from voltmile.solve.routing.search import Search

#: Rounds of pricing after each fixed route, and values from which on a route counts as chosen.
_ROUNDS, _WHOLE = 8, 1 - 1e-5


def dive(
    search: Search, master: Master, pricer: Pricer, allowed: NDArray[np.bool_], point: Point, tries: int
) -> bool:
    """Dive from a point, at each try from another route; true when a better plan was found.

    Raises
    ------
    OutOfTimeError
        It is time to stop.
    """
    order = [j for j in np.argsort(-point.x, kind="stable").tolist() if point.x[j] > 1e-6]
    better = False
    for first in order[:tries]:
        plan = _descend(search, master, pricer, allowed, master.routes[first])
        if plan and search.offer(plan, "diving"):
            better = True
    return better


def _descend(
    search: Search, master: Master, pricer: Pricer, allowed: NDArray[np.bool_], first: Route
) -> list[Route]:
    """Fix routes one after the other; empty when no plan below the goal comes of it."""
    rows = Master(master.problem, master.rows, master.routes, master.cost, master.penalty)
    allowed = allowed.copy()
    fixed: list[Route] = []
    fresh = [first] if is_elementary(first, search.problem.size) else []
    while True:
        fixed += fresh
        _fix(rows, allowed, fixed, fresh)
        point = _priced(search, rows, pricer, allowed)
        if point.value >= search.goal:
            return []
        fresh = _chosen(search, rows, point, set(fixed))
        if not fresh:
            return fixed if point.serves_all and _complete(search, fixed) else []


def _fix(rows: Master, allowed: NDArray[np.bool_], fixed: list[Route], fresh: list[Route]) -> None:
    """Take the new routes for good, and bar all others from their customers."""
    served = np.zeros(allowed.shape[1], dtype=np.bool_)
    for route in fresh:
        served[[i for i in route.nodes if i < len(served)]] = True
    allowed[:, served, :] = False
    allowed[:, :, served] = False
    kept = set(fixed)
    ours, barred = [], []
    for j, route in enumerate(rows.routes):
        if route in kept:
            ours.append(j)
        elif any(i < len(served) and served[i] for i in route.nodes):
            barred.append(j)
    rows.set_bounds(ours, 1.0, 1.0)
    rows.set_bounds(barred, 0.0, 0.0)


def _priced(search: Search, rows: Master, pricer: Pricer, allowed: NDArray[np.bool_]) -> Point:
    known = {key_of(r) for r in rows.routes}
    cares = quick_cares(pricer, subsets=True) or (EXACT,)
    point = rows.solve()
    for _ in range(_ROUNDS):
        search.check_time()
        prices = rows.prices(point.duals, allowed)
        if not any(
            take(search, rows, point.duals, pricer.price(prices, care=care, most=30).routes, known)
            for care in cares
        ):
            break
        point = rows.solve()
    return point


def _chosen(search: Search, rows: Master, point: Point, fixed: set[Route]) -> list[Route]:
    """Routes at one, and where there is none the one with the largest value."""
    able = [
        j
        for j in np.argsort(-point.x, kind="stable").tolist()
        if point.x[j] > 1e-6
        and rows.routes[j] not in fixed
        and is_elementary(rows.routes[j], search.problem.size)
    ]
    whole: list[Route] = []
    served: set[int] = set()
    for j in able:
        route = rows.routes[j]
        if point.x[j] >= _WHOLE and not served.intersection(route.nodes):
            whole.append(route)
            served.update(i for i in route.nodes if i <= search.problem.size)
    return whole or [rows.routes[j] for j in able[:1]]


def _complete(search: Search, plan: list[Route]) -> bool:
    served = [i for route in plan for i in route.nodes if i <= search.problem.size]
    return len(served) == search.problem.size == len(set(served))
