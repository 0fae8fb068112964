"""The committed examples: what the README types, and optima found without the solver."""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from recharging_brute import brute_optimum, brute_routes
from typer.testing import CliRunner

from voltmile.cli import app
from voltmile.problem.benchmarks import lookup, read_benchmarks, read_best_known
from voltmile.problem.routing import RoutingProblem

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "instances" / "routing"


@pytest.mark.parametrize("page", [ROOT / "README.md", EXAMPLES / "README.md"], ids=["README", "routing"])
def test_the_command_of_the_page_proves_every_example(page: Path) -> None:
    (words,) = re.findall(
        r"^voltmile (benchmark .*?)(?:\s+#.*)?$", page.read_text(encoding="utf-8"), re.MULTILINE
    )
    with contextlib.chdir(ROOT):
        done = CliRunner().invoke(app, words.split())
    assert done.exit_code == 0, done.output
    lines = [line for line in done.stderr.splitlines() if "best known" in line]
    assert len(lines) == 4
    assert all("optimal" in line and "0.000% to best known" in line for line in lines)


def subsets(of: int) -> Iterator[int]:
    """Every subset of a set of customers but the empty one, as bits."""
    part = of
    while part:
        yield part
        part = (part - 1) & of


def tours(problem: RoutingProblem) -> list[float]:
    """Length of the shortest tour over each set of customers (Held and Karp)."""
    n, far = problem.size, problem.distance.tolist()
    to = [[math.inf] * n for _ in range(1 << n)]
    for i in range(n):
        to[1 << i][i] = far[0][i + 1]
    for s in range(1, 1 << n):
        for i in range(n):
            if s >> i & 1 and s & (s - 1):
                there = to[s ^ 1 << i]
                to[s][i] = min(there[j] + far[j + 1][i + 1] for j in range(n) if s >> j & 1 and j != i)
    return [min((to[s][i] + far[i + 1][0] for i in range(n)), default=0.0) for s in range(1 << n)]


def optimum(problem: RoutingProblem) -> float:
    """Least cost of a plan: one vehicle after the other takes any set of the customers."""
    n, length = problem.size, tours(problem)
    load = [sum(problem.demand[i + 1] for i in range(n) if s >> i & 1) for s in range(1 << n)]
    served = [0.0, *[math.inf] * ((1 << n) - 1)]
    for vehicle in problem.vehicles:
        cost = [
            vehicle.fixed + vehicle.per_distance * length[s] if load[s] <= vehicle.capacity else math.inf
            for s in range(1 << n)
        ]
        if vehicle.count is None:
            for s in range(1, 1 << n):
                first = s & -s
                own = min(served[s ^ part] + cost[part] for part in subsets(s) if part & first)
                served[s] = min(served[s], own)
        for _ in range(vehicle.count or 0):
            served = [
                min([served[s], *(served[s ^ part] + cost[part] for part in subsets(s))])
                for s in range(1 << n)
            ]
    return served[-1]


@pytest.mark.parametrize("name", ["hills", "valleys"])
def test_a_best_known_value_is_the_optimum(name: str) -> None:
    (problem,) = read_benchmarks(EXAMPLES / f"{name}.vrp")
    best = lookup(read_best_known(EXAMPLES / "best_known.csv"), problem)
    assert best is not None
    assert best.proven_optimal
    assert best.value == pytest.approx(optimum(problem), abs=5e-5)


def test_a_best_known_value_with_recharging_is_the_optimum() -> None:
    table = read_best_known(EXAMPLES / "best_known.csv")
    for problem in read_benchmarks(EXAMPLES / "plateau.txt"):
        best = lookup(table, problem)
        assert best is not None
        routes, cost = brute_optimum(problem, brute_routes(problem))
        assert (best.n_routes, best.value) == (routes, pytest.approx(cost, abs=5e-5))
