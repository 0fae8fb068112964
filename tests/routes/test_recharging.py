"""Recharging on the way against every route there is."""

from __future__ import annotations

import itertools
import math
from functools import cache

import numpy as np
import pytest
from recharging_brute import (
    BruteRoute,
    brute_optimum,
    brute_routes,
    random_prices,
    random_problem,
    sequence_cost,
    surcharge,
)

from voltmile.check.routing import check_routing
from voltmile.problem.routing import Route, RoutingProblem, Vector
from voltmile.routes.pricing import EXACT, FAIR, ROUGH, Prices
from voltmile.routes.recharging import RechargingPricer, best_route, route_cost, schedule
from voltmile.routes.recharging.evaluate import with_charges
from voltmile.solve.routing import starts
from voltmile.solve.routing.engine import solve_routing

SEEDS = range(120)
SAME = 1e-6
#: Labels a tiny problem may have: less room to set up.
LABELS = 20_000


@cache
def drawn(seed: int) -> tuple[RoutingProblem, list[BruteRoute]]:
    """A problem and all its routes."""
    problem = random_problem(seed, (3, 6) if seed % 8 == 0 else (2, 4))
    return problem, brute_routes(problem)


def priced(seed: int) -> tuple[RoutingProblem, Prices, list[tuple[BruteRoute, float]]]:
    """A problem, prices, and all routes with their reduced cost."""
    problem, routes = drawn(seed)
    prices = random_prices(problem, seed, rows=seed % 4)
    values = [(r, r.cost + surcharge(prices, r.vehicle, r.order)) for r in routes]
    return problem, prices, [(r, value) for r, value in values if value < math.inf]


def thresholds(problem: RoutingProblem, seed: int) -> Vector:
    """Reduced costs by type."""
    return np.random.default_rng([13, seed]).uniform(-40.0, 40.0, len(problem.vehicles))


def customers(problem: RoutingProblem, route: Route) -> tuple[int, ...]:
    """The order in which a route visits customers."""
    return tuple(i for i in route.nodes if i <= problem.size)


def limits(problem: RoutingProblem, route: Route) -> list[str]:
    """Faults of one route alone; that others are not served is none."""
    filled = with_charges(problem, route)
    assert filled is not None
    route = filled
    faults = check_routing(problem, [route], route_cost(problem, route))
    return [f for f in faults if f.startswith("route 1") or f.startswith("cost")]


def check_price(seed: int) -> None:
    """The bound is below all routes; all routes returned are feasible and as cheap as said."""
    problem, prices, routes = priced(seed)
    true = np.zeros(len(problem.vehicles))
    for r, value in routes:
        true[r.vehicle] = min(true[r.vehicle], value)
    for neighbours in (1, problem.size):
        pricer = RechargingPricer(problem, neighbours, LABELS)
        found = pricer.price(prices, care=EXACT, most=60)
        assert (found.least <= true + SAME).all()
        if neighbours == problem.size:
            assert found.least == pytest.approx(true, abs=SAME)
            assert min(found.reduced, default=0.0) == pytest.approx(true.min(), abs=SAME)
        for care in (ROUGH, FAIR):
            rough = pricer.price(prices, care=care, most=60)
            assert (rough.least == -math.inf).all()
            check_found(problem, prices, rough.routes, rough.reduced)
        check_found(problem, prices, found.routes, found.reduced)


def check_found(problem: RoutingProblem, prices: Prices, routes: list[Route], reduced: list[float]) -> None:
    """Routes are feasible and cost no more than is claimed."""
    for route, value in zip(routes, reduced, strict=True):
        real = route_cost(problem, route) + surcharge(prices, route.vehicle, customers(problem, route))
        assert real - SAME <= value < 0
        if len(set(customers(problem, route))) == len(customers(problem, route)):
            assert not limits(problem, route)


def check_enumeration(seed: int) -> None:
    """Of every set and type there is a route as cheap as the cheapest below the threshold."""
    problem, prices, routes = priced(seed)
    below = thresholds(problem, seed)
    found = RechargingPricer(problem, 2, LABELS).enumerate(prices, below, 5_000)
    assert found is not None
    have: dict[tuple[int, frozenset[int]], float] = {}
    for route in found:
        order = customers(problem, route)
        assert len(set(order)) == len(order)
        assert (route.vehicle, frozenset(order)) not in have
        assert not limits(problem, route)
        have[route.vehicle, frozenset(order)] = route_cost(problem, route)
    for key, cost in needed(routes, below).items():
        assert have[key] == pytest.approx(cost, abs=SAME)
    best: dict[tuple[int, frozenset[int]], float] = {}
    for r, value in routes:
        if value < below[r.vehicle] + SAME:
            key = r.vehicle, frozenset(r.order)
            best[key] = min(best.get(key, math.inf), r.cost)
    assert all(cost >= best[key] - SAME for key, cost in have.items())


def needed(routes: list[tuple[BruteRoute, float]], below: Vector) -> dict[tuple[int, frozenset[int]], float]:
    """The cheapest route of a set where it is below the threshold."""
    sets: dict[tuple[int, frozenset[int]], list[tuple[float, float]]] = {}
    for r, value in routes:
        sets.setdefault((r.vehicle, frozenset(r.order)), []).append((r.cost, value))
    least = {key: min(cost for cost, _ in ways) for key, ways in sets.items()}
    return {
        key: least[key]
        for key, ways in sets.items()
        if all(value < below[key[0]] - SAME for cost, value in ways if cost <= least[key] + SAME)
    }


def check_slack(seed: int) -> None:
    """No arc of a route under the threshold is dropped."""
    problem, prices, routes = priced(seed)
    below = thresholds(problem, seed)
    slack = RechargingPricer(problem, 2, LABELS).slack(prices, below)
    assert slack is not None
    assert not (slack & ~prices.allowed).any()
    for r, value in routes:
        if value < below[r.vehicle] - SAME:
            assert slack[r.vehicle, (0, *r.order), (*r.order, 0)].all()


def check_orders(seed: int) -> None:
    """Stations are put into each order at least cost, or there is no way."""
    problem, routes = drawn(seed)
    least = {(r.vehicle, r.order): r.cost for r in routes}
    for k in range(len(problem.vehicles)):
        for size in range(1, min(problem.size, 4) + 1):
            for order in itertools.permutations(range(1, problem.size + 1), size):
                route = best_route(problem, k, order)
                assert (route is None) == ((k, order) not in least)
                if route is None:
                    continue
                cost = route_cost(problem, route)
                assert cost == pytest.approx(least[k, order], abs=SAME)
                assert cost == pytest.approx(sequence_cost(problem, k, route.nodes), abs=SAME)
                assert not limits(problem, route)
                done = schedule(problem, k, route.nodes)
                assert done is not None
                assert done[0] == pytest.approx(cost)


def check_optimum(seed: int) -> None:
    """The plan is proven, accepted, and of the least cost."""
    problem, routes = drawn(seed)
    number, best = brute_optimum(problem, routes)
    result = solve_routing(problem, time_limit_s=60.0, seed=seed)
    if best == math.inf:
        assert result.status == "infeasible"
        return
    assert result.status == "optimal"
    assert result.cost == pytest.approx(best, abs=1e-5)
    assert not problem.vehicles_first or len(result.routes) == number
    assert check_routing(problem, result.routes, result.cost) == []


CHECKS = (check_price, check_enumeration, check_slack, check_orders)


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("block", range(0, len(SEEDS), 10))
def test_recharging_agrees_with_looking_at_every_route(check, block: int) -> None:
    for seed in SEEDS[block : block + 10]:
        check(seed)


@pytest.mark.parametrize("seed", SEEDS[::3])
def test_tiny_problems_are_solved_to_the_optimum(seed: int) -> None:
    check_optimum(seed)


@pytest.mark.long
@pytest.mark.parametrize("block", range(1_000, 1_200, 50))
def test_hundreds_are_solved_with_hardly_any_search_before(
    monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(starts, "_RESTARTS", 1)
    monkeypatch.setattr(starts, "_ROUNDS", 1)
    for seed in range(block, block + 50):
        check_optimum(seed)
    drawn.cache_clear()
