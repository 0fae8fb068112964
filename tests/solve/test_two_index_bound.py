"""The bound without routes never exceeds the optimum, and is there when pricing stalls."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NoReturn

import numpy as np
import pytest
from routing_truth import KINDS, optimum, plain, random_problem

from voltmile.problem.routing import RoutingProblem, Vehicle
from voltmile.solve.routing import tree
from voltmile.solve.routing.engine import solve_routing
from voltmile.solve.routing.search import Search
from voltmile.solve.routing.two_index_bound import TwoIndex


def drawn(seed: int, kind: str) -> RoutingProblem:
    rng = np.random.default_rng([31, seed, KINDS.index(kind)])
    problem = random_problem(rng, int(rng.integers(2, 7)), kind)
    fleet = [replace(v, count=int(rng.integers(1, 4))) if rng.random() < 0.3 else v for v in problem.vehicles]
    if rng.random() < 0.2:
        fleet[0] = replace(fleet[0], least=1)
    demand = problem.demand * (rng.random(problem.size + 1) < 0.8) if rng.random() < 0.3 else problem.demand
    most = int(rng.integers(1, 4)) if rng.random() < 0.2 else None
    return replace(problem, vehicles=tuple(fleet), demand=demand, max_routes=most)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(60))
def test_the_bound_never_exceeds_the_optimum(seed: int, kind: str) -> None:
    problem = drawn(seed, kind)
    best = optimum(problem)
    if math.isfinite(best):
        bounds: list[float] = []
        proven = TwoIndex(problem).bound(reached=bounds.append)
        assert bounds == sorted(set(bounds))
        assert proven == bounds[-1]
        assert 0.0 < proven <= best * (1 + 1e-12)


def on_a_line(trips: int) -> RoutingProblem:
    """Two customers fill a vehicle; the best plan takes neighbours together."""
    x = np.array([0.0, *range(1, 2 * trips + 1)])
    demand = [0, *[1] * (2 * trips)]
    return plain(np.abs(x[:, None] - x[None, :]), demand, Vehicle("v", capacity=2.0, fixed=3.0))


@pytest.mark.parametrize("trips", [1, 2, 5])
def test_capacity_cuts_close_a_line(trips: int) -> None:
    """By hand: routes go to 2, 4, ..., 2 trips and back, each 3 for the vehicle."""
    best = sum(2 * 2 * k + 3.0 for k in range(1, trips + 1))
    assert TwoIndex(on_a_line(trips)).bound() == pytest.approx(best, rel=1e-6)


def test_types_are_counted_with_their_fixed_costs() -> None:
    """Demand of 10: two of the large type, of 7 each, cost less than any other fleet that carries it."""
    line = on_a_line(5)
    fleet = (Vehicle("small", capacity=2.0, fixed=40.0), Vehicle("large", capacity=5.0, fixed=60.0))
    bound = TwoIndex(replace(line, vehicles=fleet)).bound()
    assert 120.0 + 2 * 10 <= bound <= optimum_of_two(line)


def optimum_of_two(line: RoutingProblem) -> float:
    """Both large vehicles: one to the far end, one to the fifth customer."""
    return 120.0 + 2 * 10 + 2 * float(line.distance[0, 5])


def test_a_bound_comes_where_pricing_stalls(monkeypatch: pytest.MonkeyPatch) -> None:
    def stalls(search: Search, *_: object, **__: object) -> NoReturn:
        while True:
            search.check_time()

    monkeypatch.setattr(tree, "converge", stalls)
    problem = drawn(3, "capacity")
    result = solve_routing(problem, time_limit_s=1.0)
    assert result.bound_by == "two-index relaxation"
    assert 0.0 < result.bound <= optimum(problem) <= result.cost


def test_nothing_is_proven_where_there_is_no_time() -> None:
    assert TwoIndex(drawn(3, "capacity")).bound(over=lambda: True) == -math.inf
