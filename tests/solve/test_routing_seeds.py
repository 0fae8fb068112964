"""Cuts and dual values that column generation begins with where routes are long."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from routing_truth import KINDS, all_routes, cost, optimum, random_problem
from routing_truth import on_a_plane as anywhere

from voltmile.check.routing import check_routing
from voltmile.problem.routing import Route, Vehicle
from voltmile.solve.routing import engine, tree
from voltmile.solve.routing import seeds as seeds_module
from voltmile.solve.routing.engine import solve_routing
from voltmile.solve.routing.rows import VehicleRow, coefficients, pack
from voltmile.solve.routing.search import Search
from voltmile.solve.routing.seeds import seeds, seeds_pay
from voltmile.solve.routing.two_index_bound import TwoIndex

on_a_plane = partial(anywhere, n=6, key=51)


@pytest.mark.parametrize("capacity", [12.0, 18.0, 40.0])
@pytest.mark.parametrize("seed", range(6))
def test_dual_values_mean_for_routes_what_they_mean_for_edges(seed: int, capacity: float) -> None:
    """Together they are worth the relaxation, and no route has a reduced cost below 0."""
    problem = on_a_plane(seed, Vehicle("v", capacity=capacity))
    search = Search(problem)
    begins = seeds(search)
    assert begins is not None
    worth = begins.cover.sum() + begins.each @ [row.low for row in begins.rows]
    assert worth == pytest.approx(TwoIndex(problem).bound(), abs=1e-6)
    assert search.bound == pytest.approx(worth, abs=1e-6)
    routes = [(k, nodes) for k, nodes in all_routes(problem) if len(nodes) > 1]
    packed = pack(problem, [Route(k, nodes) for k, nodes in routes])
    table = coefficients(begins.rows, packed, problem.size)
    for (k, nodes), paid in zip(routes, begins.each @ table, strict=True):
        prizes = begins.cover[np.array(nodes) - 1].sum()
        assert cost(problem, k, nodes) - prizes - paid >= -1e-6


@pytest.mark.parametrize("kind", KINDS[:3])
@pytest.mark.parametrize("seed", range(30))
def test_the_optimum_stays_the_same(seed: int, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "seeds_pay", lambda _: True)
    if seed % 2:
        monkeypatch.setattr(tree, "_ENUMERATE_GAP", -1.0)
    problem = random_problem(np.random.default_rng([52, seed]), 5, kind)
    if seed % 3 == 0:  # customers that demand nothing
        problem = replace(problem, demand=problem.demand * np.r_[0.0, 0.0, np.ones(problem.size - 1)])
    best, result = optimum(problem), solve_routing(problem)
    assert result.cost == pytest.approx(best)
    assert math.isinf(best) or check_routing(problem, result.routes, result.cost) == []


def test_cuts_and_dual_values_reach_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    begun, made, original = [], [], tree.converge

    def watched(search, master, *arguments, **named):
        begun.append((list(master.rows), named.get("start")))
        return original(search, master, *arguments, **named)

    monkeypatch.setattr(engine, "seeds_pay", lambda _: True)
    monkeypatch.setattr(engine, "seeds", lambda search: made.append(seeds(search)) or made[-1])
    monkeypatch.setattr(tree, "converge", watched)
    monkeypatch.setattr(tree, "_ENUMERATE_GAP", -1.0)
    for seed in range(12):
        small, large = Vehicle("s", capacity=11.0, fixed=3.0, count=3), Vehicle("l", capacity=16.0, fixed=4.0)
        solve_routing(on_a_plane(seed, large, small))
        rows, start = begun[0]
        assert isinstance(rows[0], VehicleRow)  # of the limited type
        k = len(made[0].rows)
        assert rows[-k:] == made[0].rows
        assert start.rows[-k:].tolist() == made[0].each.tolist()
        assert not start.rows[:-k].any()
        begun.clear(), made.clear()


def test_no_time_gives_nothing_to_begin_with() -> None:
    assert seeds(Search(on_a_plane(2, Vehicle("v", capacity=18.0)), deadline=0.0)) is None


def test_a_bound_that_is_enough_needs_no_routes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "seeds_pay", lambda _: True)
    result = solve_routing(on_a_plane(1, Vehicle("v", capacity=18.0)), gap=0.9)
    assert result.bound_by == "two-index relaxation"
    assert (result.nodes, result.status) == (0, "optimal")
    assert result.bound <= result.cost


def test_a_set_of_all_customers_earns_what_its_cut_and_the_depot_do() -> None:
    problem = on_a_plane(4, Vehicle("v", capacity=18.0))
    relaxed, everyone = TwoIndex(problem), tuple(range(1, 7))
    relaxed._cuts = {everyone: 4.0, (1, 2): 0.0}
    relaxed._duals = np.r_[np.full(6, 2.0), 1.25, 0.0, -3.0, -1.0]
    prizes, sets = relaxed.as_routes_see_it()
    assert sets == {everyone: 1.5 + 1.25, (1, 2): 0.5}
    np.testing.assert_array_equal(prizes, 2 * 2.0 - 3.0 - np.array([1.0, 1.0, 0.0, 0.0, 0.0, 0.0]))


def test_they_pay_where_routes_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seeds_module, "_CUSTOMERS", 6)
    monkeypatch.setattr(seeds_module, "_ON_A_ROUTE", 3)
    own = Vehicle("v", capacity=1000.0)
    problem = on_a_plane(3, own)
    assert seeds_pay(problem)
    assert seeds_pay(replace(problem, vehicles=(own, replace(own, fixed=5.0))))
    demand = float(problem.demand.sum())
    for other in (
        on_a_plane(3, own, n=5),
        replace(problem, vehicles=(replace(own, capacity=demand / 3),)),
        replace(problem, vehicles=(own, replace(own, per_distance=2.0))),
        replace(problem, vehicles=(replace(own, max_duration=1e6),)),
        replace(problem, latest=np.r_[np.inf, np.full(problem.size, 1000.0)]),
    ):
        assert not seeds_pay(other)
    assert seeds_pay(replace(problem, vehicles=(replace(own, capacity=demand / 2),)))
