"""Plans of a file of routes, measured again by code that shares nothing with the solver."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from voltmile.check.routing import check_routing
from voltmile.problem.routing import Route, RoutingProblem
from voltmile.study.benchmark.rows import Row

_COLUMNS = (("primal", "cost"), ("bound", "bound"))
_DIGIT = 1.0001e-4
"""What a number of a row may be off: its last digit."""


def recheck(problem: RoutingProblem, row: Row, record: Mapping[str, Any]) -> list[str]:
    """Check a record's plan and that the row says the same; a line for each thing that is wrong."""
    faults = [
        f"{column} of the row is {row[column]}, in the file of routes {record[name]}"
        for column, name in _COLUMNS
        if not _same(row[column], record[name])
    ]
    if record["cost"] is None:
        return faults + (["routes, but no cost"] if record["routes"] else [])
    return faults + check_routing(problem, plan_of(problem, record["routes"]), record["cost"])


def plan_of(problem: RoutingProblem, routes: list[dict[str, Any]]) -> tuple[Route, ...]:
    """Return the routes of a record in the numbers of the problem."""
    node = {label: i for i, label in enumerate(problem.labels)}
    vehicle = {one.name: k for k, one in enumerate(problem.vehicles)}
    return tuple(
        Route(
            vehicle[route["vehicle"]],
            tuple(node[label] for label in route["nodes"]),
            tuple(route.get("charged", ())),
        )
        for route in routes
    )


def _same(shown: str, value: float | None) -> bool:
    if not shown or value is None:
        return not shown and value is None
    return math.isclose(float(shown), value, rel_tol=1e-9, abs_tol=_DIGIT)
