"""How many routes a plan has at most, and which vehicle types it can do without."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from routing_truth import KINDS, on_a_plane, optimum, random_problem

from voltmile.check.routing import check_routing
from voltmile.problem.routing import Battery, RoutingProblem, Vehicle
from voltmile.routes.pricing import grid_of
from voltmile.solve.routing import tree
from voltmile.solve.routing.counts import RouteCounts
from voltmile.solve.routing.dominated import needed_types, only
from voltmile.solve.routing.engine import solve_routing


@pytest.mark.parametrize("seed", range(20))
def test_no_plan_is_cheaper_than_one_of_so_few_routes(seed: int) -> None:
    large = Vehicle("large", capacity=14.0, fixed=float(seed % 3))
    small = Vehicle("small", capacity=10.0, fixed=2.0, per_distance=1.5)
    problem = on_a_plane(seed, *((large, small) if seed % 2 else (large,)))
    most = RouteCounts(problem).together
    assert most == 2 * math.ceil(problem.demand.sum() / 14.0) - 1
    assert optimum(replace(problem, max_routes=int(most))) == pytest.approx(optimum(problem))


@pytest.mark.parametrize("seed", range(40))
def test_nor_in_any_problem(seed: int) -> None:
    problem = random_problem(np.random.default_rng([22, seed]), 5, KINDS[seed % len(KINDS)])
    most = RouteCounts(problem).together
    assert optimum(replace(problem, max_routes=int(most))) == pytest.approx(optimum(problem))


@pytest.mark.parametrize(
    "other",
    [
        Vehicle("cheaper", capacity=5.0, per_distance=0.5),
        Vehicle("for less", capacity=5.0, fixed=3.0),
        Vehicle("to be used", capacity=5.0, fixed=9.0, least=1),
        Vehicle("not for long", capacity=5.0, fixed=9.0, max_duration=300.0),
    ],
)
def test_routes_are_not_merged_where_that_may_cost_something(other: Vehicle) -> None:
    problem = on_a_plane(0, Vehicle("large", capacity=20.0, fixed=8.0), other)
    assert RouteCounts(problem).together == problem.size


@pytest.mark.parametrize(("count", "merged"), [(None, True), (5, True), (4, False)])
def test_the_type_that_takes_over_has_to_have_enough_vehicles(count: int | None, merged: bool) -> None:
    large, other = Vehicle("large", capacity=40.0, count=count), Vehicle("other", capacity=5.0)
    problem = on_a_plane(4, large, other)
    assert RouteCounts(problem).together == (1 if merged else problem.size)
    assert RouteCounts(replace(problem, vehicles=(large,))).together == 1


def test_nor_where_time_costs_less_with_another_type() -> None:
    large, other = Vehicle("large", capacity=40.0, per_time=2.0), Vehicle("other", capacity=5.0, per_time=1.0)
    problem = on_a_plane(5, large, other)
    assert RouteCounts(problem).together == problem.size
    assert RouteCounts(replace(problem, vehicles=(large, replace(other, per_time=2.0)))).together == 1


def test_nor_with_time_windows_or_batteries() -> None:
    problem = on_a_plane(6, Vehicle("v", capacity=40.0))
    assert RouteCounts(problem).together == 1
    late = np.r_[np.inf, np.full(problem.size, 300.0)]
    battery = Battery(1000.0, 1.0, {"normal": ((0.0, 0.0), (1.0, 1000.0))})
    charged = replace(problem, vehicles=(replace(problem.vehicles[0], battery=battery),))
    for other in (replace(problem, latest=late), charged):
        assert RouteCounts(other).together == problem.size


@pytest.mark.parametrize(("share", "merged"), [(0.2, True), (30.0, False)])
def test_ways_longer_by_dust_are_reckoned_with(share: float, merged: bool) -> None:
    """All plans together grow by less than the grid, which every bound gives back."""
    problem = on_a_plane(7, Vehicle("v", capacity=40.0))
    grid, distance = grid_of(problem), problem.distance.copy()
    distance[1, 2] = distance[1, 0] + distance[0, 2] + share * grid / (4 * (problem.size + 1))
    counts = RouteCounts(replace(problem, distance=distance))
    assert counts.together == (1 if merged else problem.size)
    assert counts.least_sum(np.zeros(1)) == (-grid if merged else 0.0)


def test_nor_where_the_way_over_the_depot_is_the_shortest() -> None:
    problem = on_a_plane(1, Vehicle("v", capacity=20.0))
    distance = problem.distance.copy()
    distance[1, 2] = distance[1, 0] + distance[0, 2] + 1.0
    assert RouteCounts(replace(problem, distance=distance)).together == problem.size


def test_the_least_sum_takes_the_lowest_reduced_costs_as_often_as_a_plan_can() -> None:
    types = (Vehicle("a", capacity=5.0, count=2), Vehicle("b", capacity=5.0), Vehicle("c", capacity=9.0))
    counts = RouteCounts(replace(on_a_plane(2, *types), max_routes=3))
    assert counts.least_sum(np.array([-5.0, -1.0, 0.0])) == -5.0 * 2 - 1.0
    assert counts.least_sum(np.array([-1.0, -5.0, 0.0])) == -5.0 * 3
    assert counts.least_sum(np.zeros(3)) == 0.0
    assert counts.least_sum(np.array([-math.inf, 0.0, 0.0])) == -math.inf


@pytest.mark.parametrize("seed", range(24))
def test_types_that_another_replaces_are_not_needed(seed: int) -> None:
    rng = np.random.default_rng([23, seed])
    problem = random_problem(rng, 4, KINDS[seed % len(KINDS)], most_types=2)
    own = problem.vehicles[0]
    worse = replace(own, name="worse", capacity=own.capacity - 1, fixed=own.fixed + seed % 2, count=None)
    place = seed % (len(problem.vehicles) + 1)
    fleet = (*problem.vehicles[:place], worse, *problem.vehicles[place:])
    problem = replace(problem, vehicles=fleet)
    types = needed_types(problem)
    assert place not in types
    best = optimum(problem)
    assert optimum(only(problem, types)) == pytest.approx(best)
    result = solve_routing(problem)
    assert result.cost == pytest.approx(best)
    assert math.isinf(best) or check_routing(problem, result.routes, result.cost) == []


def test_of_types_alike_the_first_is_needed_and_few_of_one_replace_none() -> None:
    own = Vehicle("own", capacity=9.0)
    problem = on_a_plane(3, own, replace(own, name="same"), replace(own, name="same too"))
    assert needed_types(problem) == (0,)
    assert only(problem, (0, 1, 2)) is problem
    few = replace(own, capacity=20.0, count=2)
    for vehicles, needed in {
        (own, replace(own, least=1)): (1,),
        (replace(own, count=2), own): (1,),
        (own, few): (0, 1),
        (own, replace(few, count=5)): (1,),
    }.items():
        assert needed_types(replace(problem, vehicles=vehicles)) == needed
    assert needed_types(replace(problem, vehicles=(own, few), max_routes=2)) == (1,)


def test_a_way_over_a_station_is_only_for_those_that_charge() -> None:
    """Without a battery the far customer is 100 away, over the station 20."""
    distance = np.array([[0.0, 100.0, 10.0], [100.0, 0.0, 10.0], [10.0, 10.0, 0.0]])
    battery = Battery(1000.0, 1.0, {"normal": ((0.0, 0.0), (1.0, 1000.0))})
    electric, other = Vehicle("electric", capacity=1.0, battery=battery), Vehicle("other", capacity=1.0)
    problem = RoutingProblem(
        "detour", "", "", ("0", "1", "s"), distance, distance, np.array([0.0, 1.0]), np.zeros(2),
        np.zeros(3), np.full(3, np.inf), (electric, other), ("normal",),
    )  # fmt: skip
    assert needed_types(problem) == (0, 1)
    assert solve_routing(problem).bound == pytest.approx(40.0)
    plain_road = replace(
        problem, stations=(), labels=("0", "1"), distance=distance[:2, :2], time=distance[:2, :2]
    )
    plain_road = replace(plain_road, earliest=np.zeros(2), latest=np.full(2, np.inf))
    assert needed_types(plain_road) == (1,)


@pytest.mark.parametrize("seed", range(12))
def test_few_routes_and_branching_end_at_the_optimum(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tree, "_ENUMERATE_GAP", -1.0)  # so that nothing but branching closes a gap
    large = Vehicle("large", capacity=16.0, fixed=4.0)
    small = Vehicle("small", capacity=11.0, fixed=3.0, per_distance=1.0 + seed % 3 / 10)
    problem = on_a_plane(seed, large, small, n=6)
    assert RouteCounts(problem).together < problem.size
    result = solve_routing(problem)
    assert result.status == "optimal"
    assert result.cost == pytest.approx(optimum(problem))
