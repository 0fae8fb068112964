"""Tours, days and heuristics: what a route takes, and that heuristics only return routes that exist."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from voltmile.routes.day import HubDay
from voltmile.routes.generate import one_type_servings, seed_of
from voltmile.routes.mixes import promising_mixes
from voltmile.routes.network import EARTH_RADIUS_KM, great_circle_km
from voltmile.routes.pool_prices import pool_prices
from voltmile.routes.rates import plain_rates
from voltmile.routes.savings import savings_routes
from voltmile.routes.sweep import short_tour
from voltmile.routes.tours import tour_of

Make = Callable[..., HubDay]


def test_a_quarter_of_a_meridian_is_a_quarter_of_the_circumference() -> None:
    km = great_circle_km(np.array([0.0, 90.0]), np.array([10.0, 10.0]))
    assert km[0, 1] == pytest.approx(np.pi / 2 * EARTH_RADIUS_KM, rel=1e-12)


def test_a_tour_is_measured_arc_by_arc(small_day: Make) -> None:
    """Out with everything, then with what is left, home empty."""
    net = small_day(1, 3).network
    km, kg = net.distance_km, net.kg
    tour = tour_of(net, (2, 1))
    assert tour.distance_km == pytest.approx(km[0, 2] + km[2, 1] + km[1, 0])
    assert tour.kg_km == pytest.approx(km[0, 2] * (kg[1] + kg[2]) + km[2, 1] * kg[1])
    assert tour.kg == pytest.approx(kg[1] + kg[2])


def test_the_cost_of_a_column_is_driver_maintenance_and_fuel(small_day: Make) -> None:
    day = small_day(2, 3)
    ice = day.rides[1]
    column = day.column(ice, tour_of(day.network, (1,)))
    assert column is not None
    litres = (
        ice.empty_per_km * column.distance_km + ice.load_per_km_kg * day.network.distance_km[0, 1] * day.kg[1]
    )
    assert column.fuel_l == pytest.approx(litres)
    assert column.cost_cny == pytest.approx(
        25.0 * column.duration_h + 0.12 * column.distance_km + 7.0 * litres
    )
    assert column.energy_kwh == 0.0


@pytest.mark.parametrize("windows", [False, True])
def test_prices_of_a_pool_are_those_of_its_columns(small_day: Make, windows: bool) -> None:
    """The vectorised prices and the columns one by one agree, feasibility included."""
    day = small_day(3, 6, factor=1.3, windows=windows)
    rng = np.random.default_rng(0)
    sequences = [tuple(int(i) for i in rng.permutation(6)[: rng.integers(1, 7)] + 1) for _ in range(60)]
    rates = [plain_rates(day, ride, 40.0, 0.5) for ride in day.rides]
    prices = pool_prices(day, sequences, rates)
    for t, tour in enumerate(prices.tours):
        for k, ride in enumerate(day.rides):
            column = day.column(ride, tour)
            assert np.isfinite(prices.cost[t, k]) == (column is not None)
            if column is not None:
                rate, used = rates[k], column.energy_kwh + column.fuel_l
                expected = rate.fixed + rate.per_km * column.distance_km + rate.per_h * column.duration_h
                assert prices.cost[t, k] == pytest.approx(expected + rate.per_unit * used)


def test_with_windows_the_shortest_duration_over_all_departures_counts(small_day: Make) -> None:
    """Against a fine grid of departure times."""
    for seed in range(20):
        day = small_day(seed, 3, windows=True)
        tour = tour_of(day.network, (1, 2, 3))
        best = min((_duration(day, tour.nodes, t) for t in np.arange(0, 10, 0.002)), default=np.inf)
        found = day.duration_h(tour)
        if np.isfinite(best):
            assert found == pytest.approx(best, abs=5e-3)
        else:
            assert found == np.inf


def _duration(day: HubDay, nodes: tuple[int, ...], leave: float) -> float:
    net, clock, before = day.network, leave, 0
    for node in nodes:
        clock = max(clock + net.drive_h[before, node], net.open_h[node])
        if clock > net.close_h[node]:
            return np.inf
        clock, before = clock + day.service_h[node], node
    clock += net.drive_h[before, 0]
    return clock - leave if clock <= day.shift_h else np.inf


@pytest.mark.parametrize("seed", range(5))
def test_savings_serve_every_village_once_with_feasible_routes(small_day: Make, seed: int) -> None:
    day = small_day(seed, 20)
    routes = savings_routes(day, day.rides[1])
    assert sorted(i for route in routes for i in route) == list(range(1, 21))
    assert all(day.column(day.rides[1], tour_of(day.network, route)) is not None for route in routes)


def test_savings_say_which_village_a_type_cannot_serve(small_day: Make) -> None:
    day = small_day(0, 4, factor=10.0)
    with pytest.raises(ValueError, match=r"ev cannot serve village v\d"):
        savings_routes(day, day.rides[0])


def test_a_short_tour_has_no_pair_of_arcs_worth_exchanging(small_day: Make) -> None:
    km = small_day(5, 12).network.distance_km
    km = (km + km.T) / 2
    tour = [0, *short_tour(km, tuple(range(1, 13))), 0]
    for a in range(len(tour) - 3):
        for b in range(a + 2, len(tour) - 1):
            now = km[tour[a], tour[a + 1]] + km[tour[b], tour[b + 1]]
            assert km[tour[a], tour[b]] + km[tour[a + 1], tour[b + 1]] >= now - 1e-9


def test_promising_mixes_carry_the_load(small_day: Make) -> None:
    day = small_day(6, 15)
    rates = [plain_rates(day, ride, 40.0, 0.5) for ride in day.rides]
    mixes = promising_mixes(day, rates, 200.0, 8)
    assert mixes
    for mix in mixes:
        assert sum(x * ride.payload_kg for x, ride in zip(mix, day.rides, strict=True)) >= day.kg.sum() - 1e-6


def test_servings_are_the_same_for_the_same_seed(small_day: Make) -> None:
    day = small_day(7, 12)
    one, two = (one_type_servings([day], 50, seed=3) for _ in range(2))
    assert one == two
    assert all(sorted(i for tour in serving for i in tour) == list(range(1, 13)) for serving in one)


def test_seeds_depend_on_names_only() -> None:
    assert seed_of(1, "hub", 2018) == seed_of(1, "hub", 2018)
    assert seed_of(1, "hub", 2018) != seed_of(1, "hub", 2019)
