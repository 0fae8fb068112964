"""Baselines city by city: the numbers of the whole program, and those of the toy by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

import voltmile as vm
from voltmile.problem.nation import Nation
from voltmile.solve.decomposition.effort import CityEffort
from voltmile.solve.plan import Effort, solve
from voltmile.solve.progress import Message
from voltmile.solve.solution import Solution
from voltmile.study.allotted import by_plan, by_population, used_by_city
from voltmile.study.baselines import CARRIERS, compute
from voltmile.study.config import BASELINES, COST_BASELINES, JOURNEY_BASELINES

approx = pytest.approx


@pytest.fixture(scope="module")
def nation(instances: Path) -> Nation:
    return vm.read(instances / "toy")


@pytest.fixture(scope="module")
def whole(nation: Nation) -> Solution:
    return solve(nation, method="joint", effort=Effort(tour_iterations=20))


@pytest.fixture(scope="module")
def by_cities(nation: Nation, tmp_path_factory: pytest.TempPathFactory) -> Solution:
    effort = CityEffort(solve=Effort(tour_iterations=20, offer_rounds=3, cut_rounds=20))
    return solve(nation, method="cities", city_effort=effort, work=tmp_path_factory.mktemp("work"))


def test_all_names_are_known() -> None:
    assert set(BASELINES) == {*JOURNEY_BASELINES, *COST_BASELINES}
    assert "sequential" in COST_BASELINES


def test_the_journeys_of_the_toy_are_known_by_hand(nation: Nation, whole: Solution) -> None:
    """One tour of 80 and one of 100 km for 5 villages: 36 km; with three carriers every one drives them."""
    found = compute(nation, whole, JOURNEY_BASELINES)
    assert CARRIERS == 3
    assert found == {"separate_carriers": 108.0, "fixed_territories": 36.0, "pooled_savings": 36.0}


@pytest.mark.long
def test_two_workers_find_what_one_finds(nation: Nation, by_cities: Solution) -> None:
    names = ["pooled_savings", "fleet_first"]
    assert compute(nation, by_cities, names, workers=2) == compute(nation, by_cities, names)


@pytest.mark.parametrize("name", ["fleet_first", "sequential"])
def test_city_by_city_costs_what_the_whole_program_costs(
    nation: Nation, whole: Solution, by_cities: Solution, name: str
) -> None:
    """The limits leave no choice but where the van goes, which is as in the plan."""
    (one,) = compute(nation, whole, [name]).values()
    (other,) = compute(nation, by_cities, [name]).values()
    assert other == approx(one)
    assert other >= by_cities.bound


def test_cities_that_cannot_keep_their_share_are_named(nation: Nation, by_cities: Solution) -> None:
    """Half a van is no van: 215,560 CNY (the toy's README, nowhere).

    Bright River is not green then, and Dark Ridge's 50 km per visit are more than 40.
    """
    heard: list[object] = []
    found = compute(nation, by_cities, ["city_alone"], on_progress=heard.append)
    assert found == {"city_alone": approx(215_560)}
    (note,) = heard
    assert isinstance(note, Message)
    assert note.text == (
        "baseline city_alone: 2 of 2 cities (Bright River, Dark Ridge) beyond their part of the limits, "
        "not counted"
    )


def test_an_interrupted_baseline_is_left_out(nation: Nation, by_cities: Solution) -> None:
    stop = Event()
    stop.set()
    assert compute(nation, by_cities, BASELINES, stop=stop) == {}


def test_the_parts_of_a_plan_add_up_to_the_limits(nation: Nation, by_cities: Solution) -> None:
    parts = by_plan(by_cities)
    for position, limit in enumerate(nation.limits):
        used, allowed = used_by_city(by_cities, limit)
        name = {"budget": "max_cny", "supply": "max_vehicles", "carbon": "max_co2_kg"}.get(limit.kind)
        if name is not None:
            total = sum(getattr(limits[position], name) for limits in parts.values()) + used.get("", 0.0)
            assert total == approx(allowed, abs=1e-6), limit.id
    assert parts["bright"][1].max_vehicles == 1.0  # type: ignore[union-attr]
    assert parts["dark"][1].max_vehicles == 0.0  # type: ignore[union-attr]


def test_shares_of_the_population_add_up(nation: Nation) -> None:
    bright, dark = by_population(nation, "bright"), by_population(nation, "dark")
    assert [one.max_cny for one in (bright[0], dark[0])] == [35_000.0, 35_000.0]  # type: ignore[union-attr]
    assert [one.min_cities for one in (bright[5], dark[5])] == [1, 0]  # type: ignore[union-attr]


def test_without_a_work_folder_only_the_driven_routes_are_known(nation: Nation, by_cities: Solution) -> None:
    bare = replace(by_cities, kept=None)
    (cost,) = compute(nation, bare, ["fleet_first"]).values()
    assert cost >= by_cities.objective - 1e-6
