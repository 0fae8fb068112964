"""Plans of a routing problem measured again from the problem's numbers alone."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from voltmile.check.driving import Drive, above, drive
from voltmile.check.report import number
from voltmile.problem.routing import Route, RoutingProblem


def check_routing(problem: RoutingProblem, routes: Sequence[Route], cost: float) -> list[str]:
    """Check that routes are a plan of a problem and cost what they are said to cost.

    Parameters
    ----------
    cost : float
        As reported; with ``vehicles_first`` without the priority of vehicles.

    Returns
    -------
    list of str
        What is wrong, a line each, routes counted from 1; empty when nothing is. Numbers may be off by
        1e-6, or by that share of the larger one.
    """
    faults: list[str] = []
    driven: list[Drive] = []
    for position, route in enumerate(routes, 1):
        unreadable = _unreadable(problem, route)
        if unreadable:
            faults += [f"route {position}: {fault}" for fault in unreadable]
            continue
        done = drive(problem, route)
        where = f"route {position} ({problem.vehicles[route.vehicle].name})"
        faults += [f"{where}: {fault}" for fault in [*_load(problem, route), *done.faults]]
        driven.append(done)
    faults += _served(problem, routes)
    faults += _fleet(problem, routes)
    if len(driven) == len(routes):
        faults += _cost(driven, cost)
    return faults


def _unreadable(problem: RoutingProblem, route: Route) -> list[str]:
    """Return what keeps a route from being driven at all."""
    nodes, types = len(problem.labels), len(problem.vehicles)
    faults = []
    if not 0 <= route.vehicle < types:
        faults.append(f"there is no vehicle type {route.vehicle}, only 0 to {types - 1}")
    faults += [f"there is no node {i}, only 0 to {nodes - 1}" for i in route.nodes if not 0 <= i < nodes]
    if 0 in route.nodes:
        faults.append("is at the depot on the way")
    if not any(0 < i < len(problem.demand) for i in route.nodes):
        faults.append("serves no customer")
    if route.charged and len(route.charged) != len(route.nodes):
        faults.append(f"{len(route.charged)} charged amounts for {len(route.nodes)} nodes")
    return faults


def _load(problem: RoutingProblem, route: Route) -> list[str]:
    carried = math.fsum(problem.demand[i] for i in route.nodes if i < len(problem.demand))
    capacity = problem.vehicles[route.vehicle].capacity
    return [f"carries {number(carried)}, capacity {number(capacity)}"] if above(carried, capacity) else []


def _served(problem: RoutingProblem, routes: Sequence[Route]) -> list[str]:
    visits = Counter(i for route in routes for i in route.nodes)
    faults = []
    for customer in range(1, len(problem.demand)):
        label = problem.labels[customer]
        if visits[customer] == 0:
            faults.append(f"customer {label} is not served")
        elif visits[customer] > 1:
            by = ", ".join(str(p) for p, route in enumerate(routes, 1) if customer in route.nodes)
            faults.append(f"customer {label} is served {visits[customer]} times (route {by})")
    return faults


def _fleet(problem: RoutingProblem, routes: Sequence[Route]) -> list[str]:
    used = Counter(route.vehicle for route in routes)
    faults = [
        f"{used[k]} routes of type {vehicle.name}, {vehicle.count} vehicles"
        for k, vehicle in enumerate(problem.vehicles)
        if vehicle.count is not None and used[k] > vehicle.count
    ]
    faults += [
        f"{used[k]} routes of type {vehicle.name}, at least {vehicle.least} wanted"
        for k, vehicle in enumerate(problem.vehicles)
        if used[k] < vehicle.least
    ]
    if problem.max_routes is not None and len(routes) > problem.max_routes:
        faults.append(f"{len(routes)} routes, at most {problem.max_routes} allowed")
    return faults


def _cost(driven: Sequence[Drive], cost: float) -> list[str]:
    found = math.fsum(one.cost for one in driven)
    if not above(abs(found - cost), 0.0, found):
        return []
    return [f"cost is given as {number(cost)}, recomputed {number(found)}"]
