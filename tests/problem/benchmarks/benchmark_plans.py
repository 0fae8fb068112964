"""The cost of a published plan, computed here, and how tables and tours write it."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from voltmile.problem.routing import RoutingProblem


def rows(folder: Path) -> Iterator[dict[str, str]]:
    with (folder / "best_known.csv").open(newline="", encoding="utf-8") as table:
        yield from csv.DictReader(table)


def route_cost(problem: RoutingProblem, vehicle: int, nodes: Sequence[int]) -> float:
    """Return the cost of a route without stations; fail when load, windows or duration forbid it."""
    kind, tour = problem.vehicles[vehicle], [0, *nodes, 0]
    assert problem.demand[list(nodes)].sum() <= kind.capacity
    length, clock, driven = 0.0, problem.earliest[0], 0.0
    for a, b in pairwise(tour):
        length += float(problem.distance[a, b])
        driven += float(problem.time[a, b] + problem.service[b])
        clock = max(problem.earliest[b], clock + problem.time[a, b])
        assert clock <= problem.latest[b] + 1e-6
        clock += problem.service[b]
    assert driven <= kind.max_duration + 1e-6
    return kind.fixed + kind.per_distance * length


def plan_cost(problem: RoutingProblem, routes: Sequence[Sequence[int]]) -> float:
    """Return the cost of a plan of the first vehicle type; fail when a customer is missed or repeated."""
    assert sorted(node for route in routes for node in route) == list(range(1, problem.size + 1))
    return sum(route_cost(problem, 0, route) for route in routes)


def agrees(cost: float, written: str) -> bool:
    """Return whether a cost is the written number, to its decimals.

    Some published values of sets that do not round were summed from shortened coordinates: 2e-7 off.
    """
    decimals = len(written.partition(".")[2])
    last = 10.0**-decimals if decimals else 0.0
    return abs(cost - float(written)) <= max(1.01 * last, 3e-7 * cost * (decimals > 0), 1e-9)


def tour_routes(path: Path, customers: int) -> list[list[int]]:
    """Return the routes of an LKH tour; node 1 and those beyond the customers are the depot."""
    text = path.read_text(encoding="utf-8").partition("TOUR_SECTION")[2]
    routes: list[list[int]] = [[]]
    for node in map(int, text.partition("-1")[0].split()):
        if 1 < node <= customers + 1:
            routes[-1].append(node - 1)
        else:
            routes.append([])
    # The file starts anywhere on the circle, here always at node 1.
    return [route for route in routes if route]
