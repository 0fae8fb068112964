"""Column generation on hub-days: its bound never exceeds the optimum, loads and batteries as they are."""

import math
from dataclasses import replace

import numpy as np
import pytest
from test_two_index import day_of, network, optimum, random_case, sized, van

from voltmile.routes.day import HubDay
from voltmile.routes.pool_prices import pool_prices
from voltmile.routes.rates import Rates
from voltmile.solve.hub_tree import Effort, solve_hub_day
from voltmile.solve.hub_tree.columns import column_bound
from voltmile.solve.hub_tree.nodes import Work
from voltmile.solve.hub_tree.plans import Plans
from voltmile.solve.hub_tree.trips import Trips

ALWAYS = Effort(annealing=400, seeds=1, more_seeds=0, column_villages=1, column_stops=math.inf)


def bound_of(day: HubDay, rates: list[Rates], neighbours: int = 8, least: float = 0.0) -> float:
    plans = Plans(day, rates, ALWAYS, 0)
    plans.search(0, lambda: False)
    work = Work(lambda: False, lambda: 0.0)
    trips = Trips(day, rates, neighbours, 10**6)
    assert trips.possible
    base, each = trips.floor
    assert base + each <= plans.cost
    return column_bound(trips, plans.priced(), plans.cost, work, math.inf).value


def tightened(seed: int) -> tuple[HubDay, list[Rates]]:
    """Return a tiny hub-day whose batteries bind and where the load costs range and money."""
    day, rates = random_case(seed)
    rng = np.random.default_rng(seed)
    rides = [
        replace(r, load_per_km_kg=float(rng.uniform(0, 0.003)), usable_kwh=r.usable_kwh * rng.uniform(0.5, 1))
        for r in day.rides
    ]
    return replace(day, rides=tuple(rides)), rates


@pytest.mark.parametrize("make", [random_case, tightened])
def test_bound_optimum(make):
    checked = 0
    for seed in range(30):
        day, rates = make(seed)
        least = optimum(day, rates)
        if math.isinf(least) or day.network.has_windows:
            continue
        checked += 1
        for neighbours in (1, 8):
            bound = bound_of(day, rates, neighbours)
            assert bound <= least * (1 + 1e-12) + 1e-9, seed
            assert bound > 0 or least == pytest.approx(0), seed
    assert checked > 12


def test_the_whole_solve_with_columns():
    by = set()
    for seed in range(10):
        day, rates = tightened(seed)
        least = optimum(day, rates)
        if math.isinf(least):
            continue
        result = solve_hub_day(day, rates, gap=0.0, max_nodes=3, effort=ALWAYS)
        assert result.bound <= least * (1 + 1e-12) + 1e-9
        assert result.cost >= least * (1 - 1e-12) - 1e-9
        by.add(result.bound_by)
    assert "column generation" in by


def test_every_route_is_bounded_at_any_prizes():
    rng = np.random.default_rng(5)
    day, rates = sized(9, 3)
    rides = [replace(day.rides[0], load_per_km_kg=0.002, usable_kwh=26.0), *day.rides[1:]]
    day = replace(day, rides=tuple(rides))
    trips = Trips(day, rates, 3, 10**6)
    for _ in range(6):
        prize = np.r_[0.0, rng.uniform(0, 60, 9)]
        routes = [tuple((rng.permutation(9)[: rng.integers(1, 10)] + 1).tolist()) for _ in range(400)]
        prices = pool_prices(day, routes, rates)
        reduced = prices.cost - (prices.visits @ prize)[:, None]
        for kind in trips.types:
            found, low = trips.price(kind, prize, 0.0, 0)
            assert found.complete
            assert low <= min(float(reduced[:, kind].min()), 0.0)
            some = trips.routes(found, 20)
            own = pool_prices(day, [r for r in some if len(set(r)) == len(r)], rates)
            assert np.isfinite(own.cost[:, kind]).all()
            rough, none = trips.price(kind, prize, 0.0, 2)
            assert none == -math.inf
            assert float(rough.reduced.min(initial=0.0)) >= low


def test_the_load_aboard_counts_by_hand():
    # One village 10 km out, 100 kg: 20 km at 0.2 kWh and 1000 kg km at 0.002 are 6 kWh; at 1 CNY a
    # kWh and 1 a route it costs 7, and its prize is 8.
    day = day_of(network([[0, 10], [10, 0]], [100], [0.5]), [van("ev", usable=6.0, load_per_km_kg=0.002)])
    day = replace(day, rides=(replace(day.rides[0], empty_per_km=0.2),))
    rates = [Rates(1, 0, 0, 1)]
    _, low = Trips(day, rates, 8, 1000).price(0, np.array([0.0, 8.0]), 0.0, 0)
    assert low == pytest.approx(-1.0, abs=1e-6)
    short = replace(day, rides=(replace(day.rides[0], usable_kwh=5.99),))
    _, low = Trips(short, rates, 8, 1000).price(0, np.array([0.0, 8.0]), 0.0, 0)
    assert low == pytest.approx(0.0, abs=1e-6)
