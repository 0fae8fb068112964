"""A small plan worked out by hand, and what the checker says when one thing in it is spoiled.

On a line: depot at 0, customers a, b, c at 10, 20, 30, station s at 20. Speed 1; service 1 each.
Route 1 (van): a, 20 km, cost 5 + 20. Route 2 (ev): b, c, s; 60 km, 1 per km; its battery of 45 is at 15 in c
and at 5 in s, and needs 20 to get home.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from voltmile.check.routing import check_routing
from voltmile.problem.routing import Battery, Route, RoutingProblem, Vehicle

#: 2 per unit of time up to 30, then 1.
CURVE = ((0.0, 0.0), (15.0, 30.0), (30.0, 45.0))
BATTERY = Battery(capacity=45.0, per_distance=1.0, charging={"slow": CURVE})
VAN = Vehicle("van", capacity=3.0, count=1, fixed=5.0, max_duration=100.0)
EV = Vehicle("ev", capacity=2.0, count=1, per_time=0.5, max_duration=100.0, battery=BATTERY)
#: From 5 to 20 takes 7.5; 60 km, and 67.5 of time at 0.5.
ROUTES = (Route(0, (1,)), Route(1, (2, 3, 4), (0.0, 0.0, 15.0)))
COST = 5.0 + 20.0 + 60.0 + 0.5 * 67.5


def problem_(**changes: Any) -> RoutingProblem:
    at = np.array([0.0, 10.0, 20.0, 30.0, 20.0])
    away = np.abs(at[:, None] - at[None])
    settled = {
        "name": "line",
        "family": "",
        "variant": "E-VRPTW partial",
        "labels": ("0", "a", "b", "c", "s"),
        "distance": away,
        "time": away,
        "demand": np.array([0.0, 1, 1, 1]),
        "service": np.array([0.0, 1, 1, 1]),
        "earliest": np.zeros(5),
        "latest": np.full(5, np.inf),
        "vehicles": (VAN, EV),
        "stations": ("slow",),
    }
    return RoutingProblem(**{**settled, **changes})


def ev(**changes: Any) -> RoutingProblem:
    return problem_(vehicles=(VAN, replace(EV, **changes)))


def windows(*pairs: tuple[float, float], **changes: Any) -> RoutingProblem:
    earliest, latest = np.array(pairs).T
    return problem_(earliest=earliest, latest=latest, **changes)


OPEN = (0.0, np.inf)


def test_a_good_plan_passes() -> None:
    assert check_routing(problem_(), ROUTES, COST) == []


@pytest.mark.parametrize("digits", [1e-7, -1e-7])
def test_rounding_is_not_a_fault(digits: float) -> None:
    assert check_routing(problem_(), ROUTES, COST * (1 + digits)) == []
    routes = (ROUTES[0], Route(1, (2, 3, 4), (0.0, 0.0, 15.0 + digits)))
    assert check_routing(problem_(), routes, COST) == []


LOOP = Route(1, (2, 3, 4))


@pytest.mark.parametrize(
    ("problem", "routes", "message"),
    [
        (problem_(), ROUTES[1:], "customer a is not served"),
        (problem_(), (Route(0, (1, 1)), ROUTES[1]), "customer a is served 2 times (route 1)"),
        (problem_(), (Route(0, (1, 2)), ROUTES[1]), "customer b is served 2 times (route 1, 2)"),
        (problem_(), (Route(0, (1, 7)), ROUTES[1]), "route 1: there is no node 7, only 0 to 4"),
        (problem_(), (Route(0, (1, 0)), ROUTES[1]), "route 1: is at the depot on the way"),
        (problem_(), (Route(2, (1,)), ROUTES[1]), "route 1: there is no vehicle type 2, only 0 to 1"),
        (problem_(), (*ROUTES, Route(0, ())), "route 3: serves no customer"),
        (problem_(), (*ROUTES, Route(1, (4,), (0.0,))), "route 3: serves no customer"),
        (problem_(), (ROUTES[0], Route(1, (2, 3, 4), (15.0,))), "route 2: 1 charged amounts for 3 nodes"),
        (ev(capacity=1.5), ROUTES, "route 2 (ev): carries 2, capacity 1.5"),
        (ev(count=0), ROUTES, "1 routes of type ev, 0 vehicles"),
        (ev(least=2), ROUTES, "1 routes of type ev, at least 2 wanted"),
        (problem_(max_routes=1), ROUTES, "2 routes, at most 1 allowed"),
        (ev(max_duration=69.0), ROUTES, "route 2 (ev): takes 69.5, at most 69 allowed"),
        (
            windows(OPEN, OPEN, (0, 19), OPEN, OPEN),
            ROUTES,
            "route 2 (ev): begins at customer b at 20, its window closes at 19",
        ),
        (
            windows(OPEN, OPEN, (40, 45), (0, 50), OPEN),
            ROUTES,
            "route 2 (ev): begins at customer c at 51, its window closes at 50",
        ),
        (
            windows(OPEN, OPEN, OPEN, OPEN, (0, 41)),
            ROUTES,
            "route 2 (ev): begins at station s at 42, its window closes at 41",
        ),
        (
            windows((0, 69), OPEN, OPEN, OPEN, OPEN),
            ROUTES,
            "route 2 (ev): begins at the depot at 69.5, its window closes at 69",
        ),
        (
            problem_(),
            (ROUTES[0], Route(1, (2, 3, 4), (0.0, 0.0, 14.0))),
            "route 2 (ev): reaches the depot with -1 in the battery",
        ),
        (
            ev(battery=replace(BATTERY, per_distance=2.0)),
            ROUTES,
            "route 2 (ev): reaches customer c with -15 in the battery",
        ),
        (
            problem_(),
            (ROUTES[0], Route(1, (2, 3, 4), (0.0, 0.0, 41.0))),
            "route 2 (ev): leaves station s with 46 in a battery of 45",
        ),
        (
            ev(battery=replace(BATTERY, full=True)),
            ROUTES,
            "route 2 (ev): leaves station s with 20 instead of a full 45",
        ),
        (
            problem_(),
            (ROUTES[0], Route(1, (2, 3, 4), (1.0, 0.0, 15.0))),
            "route 2 (ev): charges 1 at customer b",
        ),
        (
            problem_(),
            (ROUTES[0], Route(1, (2, 3, 4), (0.0, 0.0, -1.0))),
            "route 2 (ev): charges -1 at station s",
        ),
        (
            problem_(),
            (ROUTES[0], Route(1, (2, 3, 4), (0.0, 0.0, np.nan))),
            "route 2 (ev): charges nan at station s",
        ),
        (problem_(), (ROUTES[0], LOOP), "route 2 (ev): does not say how much it charges"),
        (problem_(stations=("fast",)), ROUTES, "route 2 (ev): cannot charge at station s"),
        (
            problem_(vehicles=(VAN, replace(VAN, name="truck"))),
            ROUTES,
            "route 2 (truck): visits station s without a battery",
        ),
        (
            problem_(vehicles=(VAN, replace(VAN, name="truck"))),
            ROUTES,
            "route 2 (truck): charges without a battery",
        ),
    ],
)
def test_a_spoiled_plan_is_named(problem: RoutingProblem, routes: tuple[Route, ...], message: str) -> None:
    assert message in check_routing(problem, routes, COST)


@pytest.mark.parametrize("cost", [COST - 0.01, COST + 0.01, float("inf"), float("nan")])
def test_a_wrong_cost_is_named(cost: float) -> None:
    (message,) = check_routing(problem_(), ROUTES, cost)
    assert message.startswith("cost is given as ")
    assert message.endswith(", recomputed 118.75")


def test_no_plan_for_customers_is_no_plan() -> None:
    assert len(check_routing(problem_(), (), 0.0)) == 3


# -- charging time --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "time"), [(15.0, 7.5), (25.0, 12.5), (35.0, 22.5), (40.0, 27.5), (15.0 + 1e-9, 7.5)]
)
def test_charging_time_follows_the_curve(amount: float, time: float) -> None:
    """From a level of 5: 30 is reached after 12.5, then half as fast."""
    routes = (ROUTES[0], Route(1, (2, 3, 4), (0.0, 0.0, amount)))
    assert check_routing(problem_(), routes, 25.0 + 60.0 + 0.5 * (60.0 + time)) == []


def test_a_second_charge_goes_on_from_the_level_it_finds() -> None:
    """15 at first (5 to 20: 7.5), then nothing driven in between: 20 to 40 takes 5 + 10."""
    routes = (ROUTES[0], Route(1, (2, 3, 4, 4), (0.0, 0.0, 15.0, 20.0)))
    assert check_routing(problem_(), routes, 25.0 + 60.0 + 0.5 * (60.0 + 22.5)) == []


def test_a_flat_end_of_the_curve_is_not_waited_for() -> None:
    curve = (*CURVE, (99.0, 45.0))
    routes = (ROUTES[0], Route(1, (2, 3, 4), (0.0, 0.0, 40.0)))
    problem = ev(battery=replace(BATTERY, charging={"slow": curve}))
    assert check_routing(problem, routes, 25.0 + 60.0 + 0.5 * (60.0 + 27.5)) == []


def test_full_recharge_of_a_full_battery_takes_no_time() -> None:
    full = ev(battery=replace(BATTERY, full=True))
    routes = (ROUTES[0], Route(1, (2, 4, 3, 4), (0.0, 20.0, 0.0, 20.0)))
    (message,) = check_routing(full, routes, 0.0)
    assert message.endswith(f"recomputed {25.0 + 60.0 + 0.5 * (60.0 + 2 * 17.5):g}")


# -- duration -------------------------------------------------------------------------------------------


def shortest_by_trying(problem: RoutingProblem, order: tuple[int, ...]) -> float:
    """Duration of the best of many departures that keep all windows."""
    best = np.inf
    for depart in np.arange(0.0, 60.0, 0.25):
        now, before, kept = depart, 0, True
        for node in (*order, 0):
            now = max(now + problem.time[before, node], problem.earliest[node] if node else 0.0)
            kept = kept and now <= problem.latest[node]
            now += problem.service[node]
            before = node
        if kept:
            best = min(best, now - depart)
    return best


@pytest.mark.parametrize("seed", range(30))
def test_the_shortest_duration_is_that_of_the_best_departure(seed: int) -> None:
    rng = np.random.default_rng(seed)
    opens = np.concatenate([[0.0], rng.integers(0, 200, 4) / 4, [0.0]])
    closes = np.concatenate(
        [[rng.integers(400, 600) / 4], opens[1:5] + rng.integers(80, 200, 4) / 4, [np.inf]]
    )
    at = rng.integers(0, 40, 6) / 4
    away = np.abs(at[:, None] - at[None])
    order = tuple(int(i) for i in rng.permutation(4) + 1)

    def made(most: float) -> RoutingProblem:
        return problem_(
            labels=tuple("0abcds"),
            distance=away,
            time=away,
            demand=np.array([0.0, 1, 1, 1, 1]),
            service=np.array([0.0, 1, 2, 1, 2]),
            earliest=opens,
            latest=closes,
            vehicles=(Vehicle("van", 9.0, max_duration=most),),
        )

    def faults(most: float) -> list[str]:
        return [m for m in check_routing(made(most), [Route(0, order)], 0.0) if not m.startswith("cost")]

    shortest = shortest_by_trying(made(np.inf), order)
    if np.isinf(shortest):
        assert any("window closes" in message for message in faults(np.inf))
    else:
        assert faults(shortest) == []
        assert faults(shortest - 0.01) == [
            f"route 1 (van): takes {shortest:.10g}, at most {shortest - 0.01:.10g} allowed"
        ]
