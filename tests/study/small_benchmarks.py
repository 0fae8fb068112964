"""Little benchmark files, and an engine that answers at once with one route for each customer."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from voltmile.problem.routing import Route, RoutingProblem, RoutingResult, Vehicle

Answer = Callable[..., RoutingResult]


def write_vrp(folder: Path, name: str, distances: tuple[int, ...] = (3, 4, 5)) -> Path:
    """Customers on the x axis with demand 1, a capacity that fits all; alone they cost 2 * sum(distances)."""
    n = len(distances) + 1
    lines = [
        f"NAME : {name}",
        "TYPE : CVRP",
        f"DIMENSION : {n}",
        "EDGE_WEIGHT_TYPE : EUC_2D",
        "CAPACITY : 99",
    ]
    lines += ["NODE_COORD_SECTION", "1 0 0", *(f"{i} {x} 0" for i, x in enumerate(distances, 2))]
    lines += ["DEMAND_SECTION", "1 0", *(f"{i} 1" for i in range(2, n + 1))]
    path = folder / f"{name}.vrp"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, "DEPOT_SECTION", "1", "-1", "EOF", ""]), encoding="utf-8")
    return path


def problem_(**changes: Any) -> RoutingProblem:
    """The problem of ``write_vrp`` with its default distances."""
    at = np.array([0.0, 3, 4, 5])
    away = np.abs(at[:, None] - at[None])
    settled: dict[str, Any] = {
        "name": "A-n4-k1",
        "family": "CVRP A",
        "variant": "CVRP",
        "labels": ("1", "2", "3", "4"),
        "distance": away,
        "time": away,
        "demand": np.array([0.0, 1, 1, 1]),
        "service": np.zeros(4),
        "earliest": np.zeros(4),
        "latest": np.full(4, np.inf),
        "vehicles": (Vehicle("van", 99.0),),
        "cost_unit": 1.0,
    }
    return RoutingProblem(**{**settled, **changes})


def answer(problem: RoutingProblem, **changes: Any) -> RoutingResult:
    """A plan that serves every customer alone, and half its cost as bound."""
    cost = 2 * float(problem.distance[0].sum())
    settled: dict[str, Any] = {
        "status": "feasible",
        "routes": tuple(Route(0, (i,)) for i in range(1, problem.size + 1)),
        "cost": cost,
        "bound": cost / 2,
        "bound_by": "column generation",
        "columns": 7,
        "cuts": 2,
        "nodes": 1,
        "time_s": 1.234,
        "trace": ((0.1, "local search", -math.inf, cost, 3, 0), (1.2, "cuts", cost / 2, cost, 7, 2)),
    }
    return RoutingResult(**{**settled, **changes})


BEST_KNOWN = "instance,variant,value,proven_optimal,n_routes\n"


def best_known(folder: Path, *lines: str) -> Path:
    """Write a table of best known values."""
    path = folder / "best_known.csv"
    path.write_text(BEST_KNOWN + "".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path
