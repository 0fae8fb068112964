"""Plans from PyVRP against the best of all plans, and what limits them."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from threading import Event
from typing import Any

import numpy as np
import pytest
from routing_truth import KINDS, optimum, random_problem

from voltmile.check.routing import check_routing
from voltmile.problem.routing import Battery, Route, RoutingProblem, Vehicle
from voltmile.routes import incumbents
from voltmile.routes.effort import Effort
from voltmile.routes.incumbent_runs import Desk, search_within
from voltmile.routes.incumbents import Found, fleet_search, improve_types, long_fleet_search, search
from voltmile.routes.round_trips import RoundTrips
from voltmile.solve.routing.recombine import recombine

ITERATIONS = 150


def drawn(seed: int, kind: str = "capacity", n: int = 6) -> RoutingProblem:
    rng = np.random.default_rng([31, seed, KINDS.index(kind)])
    problem = random_problem(rng, n, kind)
    if rng.random() < 0.5:
        fleet = [replace(v, count=int(rng.integers(1, 4))) for v in problem.vehicles]
        problem = replace(problem, vehicles=tuple(fleet))
    return problem


def spread(n: int = 12, seed: int = 0, **changes: Any) -> RoutingProblem:
    """Customers on a plane with real distances, demands 1 to 5, vans of 10 without limit."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 100, (n + 1, 2))
    away = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    settled: dict[str, Any] = {
        "labels": tuple(map(str, range(n + 1))),
        "distance": away,
        "time": away,
        "demand": np.r_[0, rng.integers(1, 6, n)].astype(float),
        "service": np.zeros(n + 1),
        "earliest": np.zeros(n + 1),
        "latest": np.full(n + 1, np.inf),
        "vehicles": (Vehicle("van", 10.0),),
    }
    return RoutingProblem("spread", "", "CVRP", **{**settled, **changes})


def confirm(problem: RoutingProblem, found: Found) -> None:
    """The plan is one, and every route of the pool can be driven and is elementary."""
    assert check_routing(problem, found.routes, found.cost) == []
    assert set(found.routes) <= set(found.pool)
    alone = replace(problem, vehicles=tuple(replace(v, count=None, least=0) for v in problem.vehicles))
    for route in found.pool:
        faults = check_routing(alone, [route], RoundTrips(problem).cost(route.vehicle, route.nodes))
        assert [fault for fault in faults if not fault.endswith("is not served")] == []
    keys = Counter((route.vehicle, frozenset(route.nodes)) for route in found.pool)
    assert max(keys.values()) == 1


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(6))
def test_a_small_problem_is_solved_to_optimality(seed: int, kind: str) -> None:
    problem = drawn(seed, kind)
    best = optimum(problem)
    found = fleet_search(problem, iterations=ITERATIONS, seed=seed, recombine=recombine)
    if math.isinf(best):
        assert found.routes == ()
        assert math.isinf(found.cost)
    else:
        confirm(problem, found)
        assert found.cost == pytest.approx(best)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(3))
def test_so_it_is_by_long_runs(seed: int, kind: str) -> None:
    problem = drawn(seed, kind)
    best = optimum(problem)
    found = long_fleet_search(problem, iterations=4 * ITERATIONS, seed=seed, recombine=recombine)
    if math.isinf(best):
        assert found.routes == ()
        return
    confirm(problem, found)
    assert found.cost == pytest.approx(best)


def test_a_mix_gets_a_long_run_where_it_carries_the_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = spread(vehicles=(Vehicle("small", 5.0, fixed=100.0), Vehicle("large", 100.0, fixed=5000.0)))
    runs: list[tuple[int, ...]] = []
    starts: list[object] = []

    def noting(desk: Desk, counts: Sequence[int], start: Sequence[Route] | None, effort: Effort) -> None:
        runs.append(tuple(counts))
        starts.append(start)
        search_within(desk, counts, start, effort)

    monkeypatch.setattr(incumbents, "search_within", noting)
    found = long_fleet_search(problem, mixes=[(1, 0), (0, 1)], iterations=200)
    confirm(problem, found)
    used = Counter(route.vehicle for route in found.routes)
    assert runs[1:] == [(used[0], used[1]), (0, 1)]  # one small one does not carry the demand
    assert set(starts) == {None}


def test_more_time_makes_more_rounds_of_long_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = spread(vehicles=(Vehicle("small", 5.0, fixed=100.0), Vehicle("large", 100.0, fixed=5000.0)))
    runs: list[tuple[int, ...]] = []

    def noting(desk: Desk, counts: Sequence[int], start: Sequence[Route] | None, effort: Effort) -> None:
        runs.append(tuple(counts))
        search_within(desk, counts, start, effort)

    monkeypatch.setattr(incumbents, "search_within", noting)
    monkeypatch.setattr(incumbents, "_SECONDS_A_ROUND", 0.1 / problem.size)
    began = time.perf_counter()
    confirm(problem, long_fleet_search(problem, time_limit_s=0.35, recombine=recombine))
    assert time.perf_counter() - began < 5
    assert runs.count(runs[0]) >= 2  # with any vehicles: the first of each round


def test_a_search_by_iterations_can_be_repeated() -> None:
    one, other = (search(spread(), iterations=ITERATIONS, seed=3) for _ in range(2))
    assert one == other
    assert search(spread(), iterations=ITERATIONS, seed=4).pool != one.pool


def test_a_search_without_a_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a limit"):
        search(spread())


def test_a_search_ends_in_time_and_when_told() -> None:
    stop = Event()
    stop.set()
    confirm(spread(), search(spread(), iterations=10**9, stop=stop))
    confirm(spread(), search(spread(), time_limit_s=0.05))
    confirm(spread(), fleet_search(spread(), time_limit_s=0.2, recombine=recombine))


def test_a_search_begins_where_it_is_told() -> None:
    good = search(spread(), iterations=ITERATIONS)
    again = search(spread(), iterations=0, start=good.routes)
    assert again.cost == pytest.approx(good.cost)


def test_a_start_may_be_unfit() -> None:
    """Customers are left out, and there are fewer vehicles than routes."""
    problem = spread(vehicles=(Vehicle("van", 10.0), Vehicle("truck", 20.0, count=2)))
    start = [Route(0, (1, 2)), Route(1, (3,)), Route(1, (4,)), Route(1, (5,))]
    confirm(problem, search(problem, iterations=ITERATIONS, start=start))


def test_available_vehicles_are_a_limit() -> None:
    problem = spread(vehicles=(Vehicle("van", 10.0), Vehicle("truck", 20.0, per_distance=3.0)))
    found = search(problem, iterations=ITERATIONS, available=(0, 9))
    confirm(problem, found)
    assert {route.vehicle for route in found.routes} == {1}
    assert search(problem, iterations=ITERATIONS, available=(0, 0)).routes == ()


@pytest.mark.parametrize("types", [1, 2])
def test_most_routes_are_a_limit(types: int) -> None:
    """Vans of 20 are cheap for nothing but many short routes."""
    vehicles = (Vehicle("truck", 20.0, fixed=50.0), Vehicle("van", 10.0))[:types]
    free = spread(vehicles=vehicles)
    fewest = math.ceil(free.demand.sum() / 20)
    problem = replace(free, max_routes=fewest)
    found = fleet_search(problem, iterations=600, recombine=recombine)
    confirm(problem, found)
    assert len(found.routes) == fewest


@pytest.mark.parametrize("types", [1, 2])
def test_fewest_vehicles_come_first_where_asked(types: int) -> None:
    vehicles = (Vehicle("van", 20.0), Vehicle("small", 10.0, per_distance=0.3))[:types]
    problem = spread(vehicles=vehicles, vehicles_first=True)
    found = search(problem, iterations=600)
    confirm(problem, found)
    assert len(found.routes) == math.ceil(problem.demand.sum() / 20)


def test_a_type_that_has_to_drive_does() -> None:
    dear = Vehicle("dear", 10.0, fixed=1000.0, least=2)
    problem = spread(vehicles=(Vehicle("van", 10.0), dear))
    found = fleet_search(problem, iterations=ITERATIONS, recombine=recombine)
    confirm(problem, found)
    assert Counter(route.vehicle for route in found.routes)[1] == 2


def test_a_range_limits_routes() -> None:
    """The limit is what the longest route of the best plan needs, less a little."""
    free = search(spread(), iterations=ITERATIONS)
    longest = max(RoundTrips(spread()).cost(0, route.nodes) for route in free.routes)
    battery = Battery(2 * longest - 0.1, per_distance=2.0, charging={})
    problem = spread(vehicles=(Vehicle("ev", 10.0, battery=battery),))
    found = search(problem, iterations=ITERATIONS)
    confirm(problem, found)
    assert found.cost > free.cost


def test_a_route_may_take_as_long_as_allowed() -> None:
    """Rounding up times must not forbid the only plan."""
    at = np.array([0.0, 1 / 3, np.pi])
    away = np.abs(at[:, None] - at[None])
    problem = spread(
        2,
        distance=away,
        time=away,
        service=np.array([0, 0.1, 0.7]),
        vehicles=(Vehicle("van", 20.0, count=1, max_duration=2 * np.pi + 0.8 + 1e-6),),
    )
    confirm(problem, search(problem, iterations=10))


def test_driving_time_has_a_price() -> None:
    rng = np.random.default_rng(0)
    problem = spread(time=rng.uniform(1, 100, (13, 13)), vehicles=(Vehicle("van", 10.0, per_time=2.0),))
    confirm(problem, search(problem, iterations=ITERATIONS))


def test_stations_are_refused() -> None:
    battery = Battery(1.0, 1.0, {"s": ((0.0, 0.0), (1.0, 1.0))})
    problem = spread(stations=("s",), vehicles=(Vehicle("ev", 10.0, battery=battery),))
    with pytest.raises(ValueError, match="knows no stations"):
        search(problem, iterations=1)


# -- types and recombination ----------------------------------------------------------------------------


def two_types(**limits: int) -> RoutingProblem:
    vans = Vehicle("van", 10.0, fixed=1.0, count=limits.get("vans"))
    trucks = Vehicle("truck", 20.0, fixed=9.0, count=limits.get("trucks"))
    return spread(4, demand=np.array([0.0, 9, 9, 9, 9]), vehicles=(vans, trucks))


def test_each_route_gets_its_cheapest_type() -> None:
    routes = [Route(1, (1,)), Route(1, (2, 3)), Route(0, (4,))]
    assert [r.vehicle for r in improve_types(two_types(), routes)] == [0, 1, 0]


def test_limited_types_are_exchanged() -> None:
    routes = [Route(1, (1,)), Route(1, (2, 3)), Route(0, (4,))]
    improved = improve_types(two_types(vans=1), routes)
    assert sorted(r.vehicle for r in improved) == [0, 1, 1]
    assert improve_types(two_types(vans=0, trucks=2), routes) == tuple(routes)


def test_routes_of_different_plans_are_put_together() -> None:
    problem = two_types()
    pool = [Route(0, (i,)) for i in range(1, 5)] + [Route(1, (1, 2)), Route(1, (3, 4))]
    trips = RoundTrips(problem)
    best = recombine(problem, pool)
    assert check_routing(problem, best, trips.total(best)) == []
    choices = [pool[:4], pool[4:], [pool[4], pool[2], pool[3]], [pool[5], pool[0], pool[1]]]
    assert trips.total(best) == pytest.approx(min(map(trips.total, choices)))
    assert recombine(problem, pool, trips.total(best)) == ()
    assert recombine(problem, pool[:3]) == ()
    assert recombine(problem, ()) == ()


def test_mixes_are_tried() -> None:
    """Trucks alone cost less than PyVRP's own choice would show; the mix names them."""
    problem = two_types(vans=4, trucks=2)
    found = fleet_search(problem, mixes=[(0, 2), (9, 9), (0, 0)], iterations=ITERATIONS)
    confirm(problem, found)
    assert any(route.vehicle == 1 and len(route.nodes) == 2 for route in found.pool)
