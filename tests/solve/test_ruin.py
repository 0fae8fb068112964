"""Ruin and recreate: what it returns are plans, priced as the model prices them."""

import math
from dataclasses import replace

import numpy as np
import pytest
from test_two_index import day_of, network, optimum, servable, sized, van

from voltmile.routes.pool_prices import pool_prices
from voltmile.routes.rates import Rates
from voltmile.solve.hub_tree.plans import Plans
from voltmile.solve.hub_tree.records import Effort
from voltmile.solve.hub_tree.ruin import Annealing, anneal, ground_of


def start(n: int) -> tuple[np.ndarray, np.ndarray]:
    nodes, sizes = np.zeros((n, n), dtype=np.int64), np.ones(n, dtype=np.int64)
    nodes[:, 0] = np.arange(1, n + 1)
    return nodes, sizes


@pytest.mark.parametrize("seed", range(4))
def test_a_plan_serves_every_village_once_at_the_cost_it_says(seed):
    day, rates = sized(12, seed)
    rides = [replace(day.rides[0], load_per_km_kg=0.002, usable_kwh=26.0), *day.rides[1:]]
    day = replace(day, rides=tuple(rides))
    nodes, sizes, cost = anneal(ground_of(day, rates), *start(12), 300, 50.0, 1.0, seed)
    tours = [tuple(nodes[r, : sizes[r]].tolist()) for r in range(12) if sizes[r]]
    assert sorted(i for tour in tours for i in tour) == list(range(1, 13))
    assert math.fsum(pool_prices(day, tours, rates).cost.min(axis=1)) == pytest.approx(cost, rel=1e-9)


def test_it_finds_the_optimum_of_tiny_hub_days():
    found = 0
    for day, rates, least in servable(range(12)):
        plans = Plans(day, rates, Effort(annealing=400), seed=0)
        plans.search(0, lambda: False)
        assert plans.cost >= least * (1 - 1e-12)
        found += plans.cost <= least * (1 + 1e-9)
    assert found > 9


def test_one_type_at_a_time_it_finds_the_best_plan_of_each_type():
    """The plan of all tours is no dearer than the best of any one type, found by brute force."""
    compared = found = 0
    for day, rates, _ in servable(range(12)):
        alone = [
            optimum(replace(day, rides=(ride,)), [rate]) for ride, rate in zip(day.rides, rates, strict=True)
        ]
        if len(alone) < 2 or not math.isfinite(min(alone)):
            continue
        plans = Plans(day, rates, Effort(annealing_each=100, annealing_alone=400), seed=0)
        plans.search_alone(lambda: False)
        compared += 1
        found += plans.cost <= min(alone) * (1 + 1e-9)
    assert compared > 4
    assert found > 0.8 * compared


def test_a_type_alone_serves_what_it_can_and_others_cost_a_round_trip():
    day, rates = sized(10, 2)
    small = replace(day.rides[1], payload_kg=float(np.sort(day.kg[1:])[6]))  # too small for three villages
    day = replace(day, rides=(day.rides[0], small))
    annealing = Annealing(day, rates[:2])
    tours, cost = annealing.search_alone(1, 2000, 5)
    heavy = np.flatnonzero(day.kg > small.payload_kg).tolist()
    assert len(heavy) == 3
    assert {i for tour in tours for i in tour} == set(range(1, 11)) - set(heavy)
    assert all(day.kg[list(tour)].sum() <= small.payload_kg * (1 + 1e-9) for tour in tours)
    alone = pool_prices(day, [(i,) for i in range(1, 11)], rates[:2]).cost
    others = math.fsum(alone[i - 1].min() for i in heavy)
    assert others < cost <= others + math.fsum(alone[i - 1, 1] for i in range(1, 11) if i not in heavy)


def test_the_true_load_decides_the_range():
    # 3 km out and 3 back with 100 kg: 6 km at 1 kWh, 0.01 kWh a kg km on the way out, 9 kWh. Two villages
    # at one place with 50 kg each fit into 9 kWh together and do not fit into 8.9.
    km = [[0, 3, 3], [3, 0, 0], [3, 0, 0]]
    for usable, routes in ((9.0, 1), (8.9, 2)):
        ev = van("ev", usable=usable, empty_per_km=1.0, load_per_km_kg=0.01)
        day = day_of(network(km, [50, 50], [0.1, 0.1]), [replace(ev, payload_kg=200.0)])
        plans = Plans(day, [Rates(10, 1, 0, 0)], Effort(annealing=100), seed=0)
        plans.search(0, lambda: False)
        assert len(plans.routes) == routes


def test_the_same_seed_gives_the_same_tours():
    day, rates = sized(10, 2)
    first, second, other = (Annealing(day, rates).search(200, seed) for seed in (5, 5, 6))
    assert first == second
    assert first != other


def test_a_village_out_of_reach_leaves_no_plan():
    day = day_of(network([[0, 90], [90, 0]], [50], [0.5]), [van("ev", usable=20.0)])
    plans = Plans(day, [Rates(1, 1, 1, 1)], Effort(annealing=50), seed=0)
    plans.search(0, lambda: False)
    assert plans.routes == ()
