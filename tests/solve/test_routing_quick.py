"""Quick searches lead column generation to the same end as none, wherever their centre goes."""

from __future__ import annotations

import math

import numpy as np
import pytest
from routing_truth import KINDS, all_routes, cost, optimum, random_problem
from scipy.optimize import linprog
from test_routing_parts import root

from voltmile.problem.routing import Route, RoutingProblem
from voltmile.routes.labelling.pricer import LabelPricer
from voltmile.solve.routing import quick
from voltmile.solve.routing.columns import key_of
from voltmile.solve.routing.generation import converge
from voltmile.solve.routing.pool import PoolPricer
from voltmile.solve.routing.quick import QuickSearch, quick_cares, slope
from voltmile.solve.routing.search import Search


def drawn(seed: int) -> RoutingProblem:
    """The first of random problems that has a plan."""
    kind = KINDS[seed % len(KINDS)]
    problems = (random_problem(np.random.default_rng([41, seed, t]), 5, kind) for t in range(100))
    return next(problem for problem in problems if math.isfinite(optimum(problem)))


def value_of_all_routes(problem: RoutingProblem) -> float:
    """The linear program over every feasible route, customers covered at least once."""
    routes = list(all_routes(problem))
    covers = np.array([[i in nodes for _, nodes in routes] for i in range(1, problem.size + 1)], dtype=float)
    solved = linprog(
        [cost(problem, k, nodes) for k, nodes in routes], A_ub=-covers, b_ub=-np.ones(len(covers))
    )
    return float(solved.fun)


@pytest.mark.parametrize("weight", [0.0, 0.5, 0.95])
@pytest.mark.parametrize("seed", range(16))
def test_the_end_is_that_of_all_routes(seed: int, weight: float, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = drawn(seed)
    monkeypatch.setattr(quick, "_WEIGHT", weight)
    search = Search(problem)
    master, allowed = root(search)
    solved = converge(search, master, LabelPricer(problem), allowed)
    assert solved.bound == pytest.approx(value_of_all_routes(problem), rel=1e-6)
    assert solved.bound <= optimum(problem) + 1e-9


def searched(seed: int) -> tuple[Search, QuickSearch, list[Route]]:
    problem = drawn(seed)
    search = Search(problem)
    master, allowed = root(search)
    known = {key_of(route) for route in master.routes}
    return search, QuickSearch(search, master, LabelPricer(problem), allowed, known), master.routes


def test_what_is_found_is_new_and_what_is_not_found_ends_the_search() -> None:
    _, search, routes = searched(0)
    master, before = search._master, len(routes)
    while search.finds(master.solve()):
        assert len(routes) > before
        before = len(routes)
    assert not search.finds(master.solve())
    assert len({key_of(route) for route in routes}) == len(routes)


def test_a_call_cut_short_moves_no_centre() -> None:
    search, found, _ = searched(0)
    point = found._master.solve()
    found._pricer.halt[0] = search.halt[0] = True  # type: ignore[attr-defined]
    found.finds(point)
    assert found._centre is None


def test_a_centre_that_claims_too_much_is_given_up() -> None:
    _, found, _ = searched(0)
    point = found._master.solve()
    found.centre_on(point.duals, point.value + 1.0)
    found.finds(point)
    assert found._value <= point.value


def test_the_slope_is_what_the_lagrangian_gains() -> None:
    search, found, routes = searched(3)
    master, one = found._master, found._master.solve().duals
    while found.finds(master.solve()):
        pass
    other, route, number = master.solve().duals, routes[-1], 2.5
    prize = [sum(duals.cover[i - 1] for i in route.nodes) for duals in (one, other)]
    values = [
        master.dual_value(d) + number * (search.cost_of(route) - p)
        for d, p in zip((one, other), prize, strict=True)
    ]
    assert slope(master, one, other, route, number) == pytest.approx(values[1] - values[0])


def test_a_list_is_looked_at_exactly_only() -> None:
    problem = drawn(0)
    pool = PoolPricer(problem, [Route(0, (1,))], np.array([cost(problem, 0, (1,))]))
    assert quick_cares(pool, subsets=True) == ()
    assert len(quick_cares(LabelPricer(problem), subsets=True)) == 1 + len(
        quick_cares(LabelPricer(problem), subsets=False)
    )
