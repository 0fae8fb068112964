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
from voltmile.routes.pricing import ROUGH, Priced, Prices
from voltmile.solve.routing import quick
from voltmile.solve.routing.columns import key_of
from voltmile.solve.routing.generation import converge
from voltmile.solve.routing.master import Duals, Master, Point
from voltmile.solve.routing.pool import PoolPricer
from voltmile.solve.routing.quick import QuickSearch, quick_cares, slope
from voltmile.solve.routing.rows import ArcRow, Row, SubsetCut, VehicleRow
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


class OneRoute:
    """Finds the same route in every call, cut short or not."""

    def __init__(self, search: Search, halt: bool) -> None:
        self._search, self._halt = search, halt

    def price(self, _: Prices, care: int, most: int) -> Priced:
        assert (care, most) == (ROUGH, quick.ROUTES)
        self._search.halt[0] = self._halt
        return Priced(np.full(len(self._search.problem.vehicles), -math.inf), [Route(0, (1, 2))], [-1.0])


@pytest.mark.parametrize("halt", [False, True])
def test_a_call_cut_short_moves_no_centre(halt: bool) -> None:
    search, found, _ = searched(0)
    found._pricer = OneRoute(search, halt)  # type: ignore[assignment]
    found.finds(found._master.solve())
    assert (found._centre is None) == halt


def test_a_centre_that_claims_too_much_is_given_up() -> None:
    _, found, _ = searched(0)
    point = found._master.solve()
    found.centre_on(point.duals, point.value + 1.0)
    found.finds(point)
    assert found._value <= point.value


def with_rows(seed: int) -> tuple[Search, Master, list[Row]]:
    """A master with a row of each kind, bounded from either side."""
    search = Search(drawn(seed))
    master, _ = root(search)
    kinds, m = len(search.problem.vehicles), search.problem.size + 1
    arcs = np.zeros((m, m), dtype=np.bool_)
    arcs[1, 2] = arcs[0, 1] = True
    rows: list[Row] = [
        VehicleRow(np.ones(kinds), -math.inf, 3.0),
        ArcRow(np.full(kinds, 2.0), arcs, 1.0, math.inf),
        SubsetCut((1, 2, 3), frozenset({1, 2, 3})),
    ]
    master.change_rows(rows)
    return search, master, rows


@pytest.mark.parametrize("seed", range(8))
def test_the_slope_is_what_the_lagrangian_gains(seed: int) -> None:
    search, master, rows = with_rows(seed)
    rng, route, number = np.random.default_rng([42, seed]), Route(0, (1, 2, 4)), 2.5
    held, values = [1.0, 4.0, 1.0], []  # one route, two arcs of two each, two of the three customers
    points = [Duals(rng.uniform(0, 9, search.problem.size), rng.uniform(0, 5, 3) * [-1, 1, -1]) for _ in "ab"]
    for duals in points:
        sides = duals.cover.sum() + duals.rows @ [3.0, 1.0, 1.0]
        values.append(sides + number * (7.0 - duals.cover[[0, 1, 3]].sum() - duals.rows @ held))
    assert len(rows) == len(held)
    assert slope(master, *points, route, number) == pytest.approx(values[1] - values[0])


@pytest.mark.parametrize("prize", [1.0, -1.0])
def test_the_centre_weighs_less_where_the_lagrangian_rises_on_the_way_from_it(prize: float) -> None:
    search, found, _ = searched(0)
    master = found._master
    none = np.zeros(search.problem.size)
    # A prize on a customer that the cheapest route leaves out is a gain in full.
    there = Duals(np.r_[none[:-1], prize], np.zeros(len(master.rows)))
    found.centre_on(Duals(none, there.rows), 0.0)
    point = Point(0.0, np.ones(len(master.routes)), 0.0, there, np.zeros(len(master.routes)))
    before = found._weight
    found._consider(there, point, Priced(np.zeros(1), [Route(0, (1, 2))], [-1.0]))
    assert (found._weight < before) == (prize > 0)
    assert found._weight != before


def test_a_list_is_looked_at_exactly_only() -> None:
    problem = drawn(0)
    pool = PoolPricer(problem, [Route(0, (1,))], np.array([cost(problem, 0, (1,))]))
    assert quick_cares(pool, subsets=True) == ()
    assert len(quick_cares(LabelPricer(problem), subsets=True)) == 1 + len(
        quick_cares(LabelPricer(problem), subsets=False)
    )
