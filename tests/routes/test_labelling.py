"""Route pricing against every route there is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from routing_truth import (
    KINDS,
    all_routes,
    apart,
    cost,
    even_prices,
    is_feasible,
    plain,
    random_prices,
    random_problem,
    reduced_cost,
)

from voltmile.problem.routing import Battery, RoutingProblem, Vehicle
from voltmile.routes.labelling.graphs import arc_cost
from voltmile.routes.labelling.pricer import LabelPricer
from voltmile.routes.labelling.promising import promising
from voltmile.routes.pricing import EXACT, FAIR, ROUGH, Prices

CASES = [(seed, kind) for seed in range(40) for kind in KINDS]
#: The same, a third of them again with customers that demand nothing.
WITH_IDLE = [(*case, False) for case in CASES] + [(*case, True) for case in CASES[::3]]


def drawn(
    seed: int, kind: str, idle: bool = False
) -> tuple[RoutingProblem, Prices, list[tuple[int, tuple[int, ...], float]]]:
    """A problem, prices and all routes; ``idle``: up to three customers demand nothing."""
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    problem = random_problem(rng, int(rng.integers(2, 7)), kind)
    prices = random_prices(rng, problem)
    if idle:
        demand = problem.demand.copy()
        demand[rng.integers(1, problem.size + 1, 3)] = 0.0
        problem = replace(problem, demand=demand)
    routes = [(k, r, reduced_cost(problem, k, r, prices)) for k, r in all_routes(problem, prices.allowed)]
    return problem, prices, routes


def truth(problem: RoutingProblem, routes: list[tuple[int, tuple[int, ...], float]]) -> np.ndarray:
    least = np.zeros(len(problem.vehicles))
    for k, _, value in routes:
        least[k] = min(least[k], value)
    return least


@pytest.mark.parametrize(("seed", "kind", "idle"), WITH_IDLE)
def test_the_bound_is_below_every_route_and_exact_with_full_memory(seed: int, kind: str, idle: bool) -> None:
    problem, prices, routes = drawn(seed, kind, idle)
    best = truth(problem, routes)
    for neighbours in (2, problem.size):
        found = LabelPricer(problem, neighbours).price(prices, care=EXACT, most=50)
        assert (found.least <= best + 1e-6).all()
        if neighbours == problem.size:
            assert found.least.min() == pytest.approx(best.min(), abs=1e-6)
        assert not found.reduced or min(found.reduced) <= best.min() + 1e-6


@pytest.mark.parametrize(("seed", "kind"), CASES[::4])
@pytest.mark.parametrize("care", [ROUGH, FAIR, EXACT])
def test_routes_come_with_their_reduced_cost(seed: int, kind: str, care: int) -> None:
    problem, prices, _ = drawn(seed, kind)
    found = LabelPricer(problem, 2).price(prices, care=care, most=50)
    assert np.isinf(found.least).all() == (care != EXACT)
    for route, value in zip(found.routes, found.reduced, strict=True):
        assert value < 0
        assert value == pytest.approx(reduced_cost(problem, route.vehicle, route.nodes, prices), abs=1e-6)


@pytest.mark.parametrize(("seed", "kind", "idle"), WITH_IDLE)
def test_enumeration_finds_a_cheapest_route_on_every_set_of_customers(
    seed: int, kind: str, idle: bool
) -> None:
    problem, prices, routes = drawn(seed, kind, idle)
    below = np.full(len(problem.vehicles), float(np.random.default_rng(seed).integers(-5, 40)))
    found = LabelPricer(problem, 3).enumerate(prices, below, 10_000)
    assert found is not None
    have = {(r.vehicle, frozenset(r.nodes)): cost(problem, r.vehicle, r.nodes) for r in found}
    assert len(have) == len(found)
    assert all(is_feasible(problem, r.vehicle, r.nodes) for r in found)
    sets: dict[tuple[int, frozenset[int]], list[tuple[float, float]]] = {}
    for k, nodes, value in routes:
        sets.setdefault((k, frozenset(nodes)), []).append((cost(problem, k, nodes), value))
    for key, ways in sets.items():
        least = min(real for real, _ in ways)
        if all(value < below[key[0]] - 1e-6 for real, value in ways if real <= least + 1e-9):
            assert have[key] == pytest.approx(least)


@pytest.mark.parametrize(("seed", "kind", "idle"), WITH_IDLE)
def test_no_arc_of_a_route_under_the_threshold_is_dropped(seed: int, kind: str, idle: bool) -> None:
    problem, prices, routes = drawn(seed, kind, idle)
    below = np.full(len(problem.vehicles), float(np.random.default_rng(seed).integers(-5, 40)))
    for neighbours in (1, 3):
        slack = LabelPricer(problem, neighbours).slack(prices, below)
        assert slack is not None
        for k, nodes, value in routes:
            if value < below[k] - 1e-6:
                assert slack[k, (0, *nodes), (*nodes, 0)].all()


def test_arcs_behind_a_customer_without_demand_stay() -> None:
    """The label over it may dominate that which comes from the depot, and is over half full."""
    away = np.array([[0.0, 1.0, 5.0], [1.0, 0.0, 1.0], [5.0, 1.0, 0.0]])
    problem = plain(away, [0, 0, 8], Vehicle("van", 10.0, max_duration=100.0))
    prices = replace(even_prices(problem, 8.0), customer=np.array([0.0, 8.0, 9.0]))
    slack = LabelPricer(problem, 1).slack(prices, np.full(1, 5.0))
    assert slack is not None
    assert slack[0, 0, 2]
    assert slack[0, 2, 0]


def test_a_labelling_that_gives_up_still_finds_routes() -> None:
    n = 14
    at = np.random.default_rng(3).uniform(0, 30, (n + 1, 2))
    problem = plain(apart(at), [0, *[1] * n], Vehicle("van", 8.0))
    prices = even_prices(problem, 25.0)
    whole = LabelPricer(problem, 5)
    assert np.isfinite(whole.price(prices, care=EXACT, most=10).least).all()
    found = LabelPricer(problem, 5, most_labels=whole.labels // 4).price(prices, care=EXACT, most=10)
    assert found.least == [-np.inf]
    assert len(found.routes) == 10


@pytest.mark.parametrize("seed", range(12))
def test_promising_arcs_are_the_cheapest_allowed_ones_at_each_customer(seed: int) -> None:
    rng = np.random.default_rng([3, seed])
    problem = random_problem(rng, 6, KINDS[seed % len(KINDS)])
    prices = random_prices(rng, problem)
    kept = promising(problem, prices, 2)
    assert not (kept & ~prices.allowed).any()
    assert (kept[:, 0] == prices.allowed[:, 0]).all()
    assert (kept[:, :, 0] == prices.allowed[:, :, 0]).all()
    for k in range(len(problem.vehicles)):
        value = arc_cost(problem, k) + prices.arc[k] - (prices.customer[:, None] + prices.customer) / 2
        for i in range(1, problem.size + 1):
            for into in (False, True):
                others = [j for j in range(1, problem.size + 1) if j != i]
                ways = [(j, i) if into else (i, j) for j in others]
                best = sorted((w for w in ways if prices.allowed[k][w]), key=lambda w: value[w])[:2]
                assert all(kept[k][way] for way in best)
    distinct = ~np.eye(problem.size + 1, dtype=bool)
    assert (promising(problem, prices, problem.size) == prices.allowed)[:, distinct].all()


def test_enumeration_says_when_there_are_too_many() -> None:
    problem, prices, routes = drawn(0, "capacity")
    below = np.full(len(problem.vehicles), 1e6)
    assert len(routes) > 1
    assert LabelPricer(problem).enumerate(prices, below, 1) is None


def test_a_battery_that_may_be_recharged_is_refused() -> None:
    fleet = (Vehicle("van", 5.0, battery=Battery(10.0, 1.0, {"slow": ((0.0, 0.0), (1.0, 10.0))})),)
    away = np.ones((3, 3)) - np.eye(3)
    problem = RoutingProblem(
        "p", "", "E", ("0", "1", "s"), away, away, np.array([0.0, 1.0]), np.zeros(2), np.zeros(3),
        np.full(3, np.inf), fleet, stations=("slow",),
    )  # fmt: skip
    nothing = Prices(np.zeros(2), np.zeros(1), np.zeros((1, 2, 2)), np.ones((1, 2, 2), dtype=np.bool_))
    with pytest.raises(ValueError, match="recharges on the way"):
        LabelPricer(problem).price(nothing, care=EXACT, most=1)
