"""The plan behind a row, in the names of the source: what it takes to check it or to solve it again."""

from __future__ import annotations

import math
from dataclasses import asdict
from functools import cache
from importlib import metadata
from typing import Any

import voltmile
from voltmile.problem.routing import Route, RoutingProblem, RoutingResult
from voltmile.study.benchmark.files import fingerprint
from voltmile.study.benchmark.rows import key_of
from voltmile.study.benchmark.settings import Settings

_LIBRARIES = ("highspy", "numba", "numpy", "pyvrp", "scipy")


def make_record(
    problem: RoutingProblem, result: RoutingResult, settings: Settings, interrupted: bool
) -> dict[str, Any]:
    """Return the record of a result; infinite numbers are null."""
    return {
        **key_of(problem),
        "problem": fingerprint(problem),
        "settings": asdict(settings),
        "interrupted": interrupted,
        "status": result.status,
        "cost": _finite(result.cost),
        "bound": _finite(result.bound),
        "bound_by": result.bound_by,
        "routes": [route_named(problem, route) for route in result.routes],
        "trace": [[_finite(x) if isinstance(x, float) else x for x in line] for line in result.trace],
        "versions": _versions(),
    }


def route_named(problem: RoutingProblem, route: Route) -> dict[str, Any]:
    """Return a route with the names its source gives to vehicle, customers and stations."""
    found: dict[str, Any] = {
        "vehicle": problem.vehicles[route.vehicle].name,
        "nodes": [problem.labels[node] for node in route.nodes],
    }
    return found | ({"charged": [float(x) for x in route.charged]} if route.charged else {})


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


@cache
def _versions() -> dict[str, str | None]:
    found: dict[str, str | None] = {"voltmile": voltmile.__version__}
    for name in _LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found
