"""A route driven again takes what it takes by hand, and by trying every departure."""

from __future__ import annotations

import math

import numpy as np
import pytest
from examples import Example
from hypothesis import given, settings
from hypothesis import strategies as st
from tours import best_duration, measure_tour

from voltmile.check import check
from voltmile.check.given import Given
from voltmile.check.report import Findings
from voltmile.check.roads import RoadBook, clock, consumption, great_circle_km, shortest_paths
from voltmile.check.routes import drive_all
from voltmile.problem.plan import Plan, Route


class Window:
    """What ``best_duration`` looks at."""

    def __init__(self, opens: float | None, closes: float | None) -> None:
        self.window_open_h, self.window_close_h = opens, closes


QUARTERS = st.integers(0, 16).map(lambda n: n / 4)
STOPS = st.lists(
    st.tuples(QUARTERS, QUARTERS, st.none() | QUARTERS, st.none() | QUARTERS), min_size=1, max_size=5
)


@given(stops=STOPS, home=QUARTERS, shift=st.integers(4, 40).map(lambda n: n / 4))
@settings(max_examples=300, deadline=None)
def test_the_clock_finds_the_best_departure(
    stops: list[tuple[float, float, float | None, float | None]], home: float, shift: float
) -> None:
    n = len(stops)
    hours = np.full((n + 1, n + 1), np.inf)
    for at, (drive, *_) in enumerate(stops):
        hours[at, at + 1] = drive
    hours[n, 0] = home
    service = np.array([work for _, work, _, _ in stops])
    opens = np.array([-math.inf if a is None else a for _, _, a, _ in stops])
    closes = np.array([math.inf if b is None else b for _, _, _, b in stops])
    day = clock(hours, service, opens, closes, range(n))
    windows = [Window(a, b) for _, _, a, b in stops]
    best = best_duration([*(drive for drive, *_ in stops), home], list(service), windows, shift)
    in_time = day.late is None and day.back_h <= shift + 1e-9
    assert in_time == (best is not None)
    if best is not None:
        assert day.duration_h == pytest.approx(best)


def test_a_route_waits_at_the_hub_rather_than_at_the_door() -> None:
    """1 h to a village that opens at 3 h, half an hour there, 1 h back: 2.5 h, not 4.5 h."""
    hours = np.array([[0.0, 1.0], [1.0, 0.0]])
    day = clock(hours, np.array([0.5]), np.array([3.0]), np.array([math.inf]), [0])
    assert day.duration_h == 2.5
    assert day.back_h == 4.5


def test_a_route_waits_where_the_village_before_cannot_wait() -> None:
    """The first closes at 1 h, the second opens at 3 h: an hour is spent between them."""
    hours = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]])
    day = clock(hours, np.array([0.0, 0.0]), np.array([-math.inf, 3.0]), np.array([1.0, math.inf]), [0, 1])
    assert day.duration_h == 4.0


def test_what_is_aboard_falls_on_the_way() -> None:
    """10 km with 30 kg, 20 km with 20 kg, 30 km empty: 60 km * 0.1 + 0.01 * (300 + 400) = 13."""
    km = np.array([[0.0, 10.0, 99.0], [99.0, 0.0, 20.0], [30.0, 99.0, 0.0]])
    assert consumption(km, np.array([10.0, 20.0]), [0, 1], (0.1, 0.01)) == pytest.approx((60.0, 13.0))


def test_a_degree_of_latitude_is_111_kilometres() -> None:
    km = great_circle_km(np.array([30.0, 31.0, 0.0, 0.0]), np.array([110.0, 110.0, 179.5, -179.5]))
    assert km[0, 1] == pytest.approx(6371.0088 * math.pi / 180)
    assert km[2, 3] == pytest.approx(6371.0088 * math.pi / 180)


def test_a_detour_can_be_shorter_than_a_given_distance() -> None:
    arcs = np.array([[0.0, 9.0, 2.0], [9.0, 0.0, 9.0], [2.0, 3.0, 0.0]])
    assert shortest_paths(arcs)[0, 1] == 5.0


#: Route, type: km, h, litres or kWh, CNY a day (instances/toy/README.md).
TOY_ROUTES = [
    ("b1", "van", 40.0, 1.5, 4.0, 62.0),
    ("b1 b2", "e-van", 70.0, 2.75, 14.0, 58.5),
    ("b1 b2 b3", "van", 80.0, 3.5, 8.0, 134.0),
    ("b1 b2 b3", "e-van", 80.0, 3.5, 16.0, 74.0),
    ("b2 b1 b3", "van", 110.0, 4.25, 11.0, 173.0),
    ("d1 d2", "van", 100.0, 3.5, 10.0, 150.0),
    ("d2 d1", "e-van", 100.0, 3.5, 20.0, 75.0),
]


@pytest.mark.parametrize(("stops", "kind", "km", "hours", "energy", "cost"), TOY_ROUTES)
def test_the_toy_routes_take_what_they_take_by_hand(
    stops: str, kind: str, km: float, hours: float, energy: float, cost: float, toy: Example
) -> None:
    hub = toy.nation.village[stops.split()[0]].hub
    route = Route(
        id="r", hub=hub, vehicle_type=kind, year=2018, day_type="regular", stops=tuple(stops.split())
    )
    given_ = Given(toy.nation)
    (one,) = drive_all(given_, RoadBook(given_), Plan(instance="toy", routes=(route,)), Findings())
    assert (one.km, one.hours, one.energy, one.cost_cny) == pytest.approx((km, hours, energy, cost))


def test_a_route_beyond_the_battery_is_found(toy: Example) -> None:
    """110 km take 22 kWh, the battery gives 21.25."""
    route = Route(
        id="far",
        hub="bright-hub",
        vehicle_type="e-van",
        year=2018,
        day_type="regular",
        stops=("b1", "b3", "b2"),
    )
    given_, findings = Given(toy.nation), Findings()
    drive_all(given_, RoadBook(given_), Plan(instance="toy", routes=(route,)), findings)
    (found,) = findings.violations
    assert str(found) == (
        "energy (route far): vehicle e-van on day type regular needs 22 kWh; at most 21.25 kWh allowed"
    )


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_feasible_here_is_feasible_there(small: Example, data: st.DataObject) -> None:
    """The checker and the enumeration agree on every route of the small nation, possible or not."""
    nation = small.nation
    hub = data.draw(st.sampled_from(sorted(nation.hub)))
    kind = data.draw(st.sampled_from(sorted(nation.vehicle_type)))
    year, day = data.draw(st.sampled_from(nation.years)), data.draw(st.sampled_from(sorted(nation.day_type)))
    villages = data.draw(st.permutations([i.id for i in nation.villages_of[hub]]))
    stops = tuple(villages[: data.draw(st.integers(1, len(villages)))])
    route = Route(id="r", hub=hub, vehicle_type=kind, year=year, day_type=day, stops=stops)
    given_, findings = Given(nation), Findings()
    (one,) = drive_all(given_, RoadBook(given_), Plan(instance="small", routes=(route,)), findings)
    tour = measure_tour(small.writer.p, hub, kind, year, day, stops)
    assert (tour is None) == bool(findings.violations)
    if tour is not None:
        assert (one.km, one.hours, one.kg, one.energy) == pytest.approx(
            (tour.km, tour.hours, tour.kg, tour.energy)
        )
        assert one.cost_cny == pytest.approx(tour.driver + tour.maintenance + tour.fuel)


#: instances/toy/README.md, The optimum, term by term.
TOY_COSTS = {
    "purchase": 100_000,
    "resale": -38_000,
    "insurance": 7_200,
    "chargers": 4_000,
    "charger_upkeep": 180,
    "grid_upgrade": 1_000,
    "electricity": 6_480,
    "public_charging": 0,
    "fuel": 37_800,
    "drivers": 75_600,
    "maintenance": 7_560,
    "vehicle_value": -34_560,
    "charger_value": -1_280,
    "penalty": 29_160,
}


def test_the_toy_optimum_costs_what_it_costs_by_hand(toy: Example) -> None:
    report = check(toy.nation, toy.folder)
    assert report.objective == pytest.approx(195_140)
    assert report.co2_kg == pytest.approx({2018: 8_100, 2019: 8_100})
    assert report.journey_km_per_visit == pytest.approx(36)
    assert toy.writer.summary()["costs"] == pytest.approx({k: v for k, v in TOY_COSTS.items() if v})
