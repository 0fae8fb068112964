"""Scenarios change what they name, by how much they say, and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from small_nation import small_nation

from voltmile.problem.faults import FaultyInputError
from voltmile.problem.scenarios import Assumptions, Scenario, apply

PACKS = Assumptions(battery_pack_cny_per_kwh_by_year=(1000.0, 900.0), source="a test")


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Every number and word of a nation by its path."""
    if isinstance(value, dict):
        return {k: v for name, part in value.items() for k, v in leaves(part, f"{path}.{name}").items()}
    if isinstance(value, list | tuple):
        return {k: v for n, part in enumerate(value) for k, v in leaves(part, f"{path}[{n}]").items()}
    return {path: value}


def changes(**overrides: Any) -> dict[str, tuple[Any, Any]]:
    """What a scenario changes in the small nation: path to (before, after)."""
    before = leaves(small_nation().model_dump())
    after = leaves(apply(small_nation(), Scenario(name="x", **overrides), PACKS).model_dump())
    assert before.keys() == after.keys()
    return {path: (before[path], after[path]) for path in before if before[path] != after[path]}


@pytest.mark.parametrize(
    ("key", "fields"),
    [
        ("village_demand_factor", {"village_factor_by_year"}),
        ("urban_demand_factor", {"urban_factor_by_year"}),
        ("ev_price_factor", {"price_cny_by_year"}),
        ("subsidy_factor", {"subsidy_cny_by_year"}),
        ("fuel_price_factor", {"price_cny_per_l_by_year"}),
        ("electricity_price_factor", {"price_cny_per_kwh_by_year"}),
    ],
)
def test_a_factor_scales_its_fields_alone(key: str, fields: set[str]) -> None:
    found = changes(**{key: 0.9})
    assert found
    assert {path.split(".")[-1].split("[")[0] for path in found} == fields
    for before, after in found.values():
        assert after == pytest.approx(0.9 * before)


def test_prices_of_electric_vehicles_are_not_those_of_others() -> None:
    paths = changes(ev_price_factor=1.1)
    assert {path.split("vehicle_type[")[1][0] for path in paths} == {"0", "1"}
    assert len(paths) == 4


def test_a_dearer_battery_adds_its_pack_to_the_price() -> None:
    found = changes(battery_price_factor=1.2)
    assert found[".vehicle_book.vehicle_type[0].price_cny_by_year[0]"] == (60000.0, 60000.0 + 0.2 * 25 * 1000)
    assert found[".vehicle_book.vehicle_type[1].price_cny_by_year[1]"] == (75000.0, 75000.0 + 0.2 * 45 * 900)
    assert len(found) == 4


def test_villages_get_their_parcels_with_weight_and_size_along() -> None:
    found = changes(village_parcels_per_day=40.0)
    assert found[".villages[0].parcels_per_day"] == (20.0, 40.0)
    assert found[".villages[0].demand_kg_per_day"] == (100.0, 200.0)
    assert found[".villages[0].demand_m3_per_day"] == (0.5, 1.0)
    assert not any(path.startswith(".villages[7]") for path in found)  # it has no parcels at all
    assert not any(path.startswith(".villages[3]") for path in found)  # it has 40 already


def test_the_cold_and_the_grid() -> None:
    cold = changes(celsius_shift=-12.0)
    assert len(cold) == 4
    assert cold[".temperatures[0].celsius"] == (10.0, -2.0)
    assert changes(grid_factor="average") == {}


def test_look_up_tables_are_those_of_the_scenario() -> None:
    nation = small_nation()
    assert nation.temperature_factor("east", "regular") > 1  # fills the tables of the nation
    colder = apply(nation, Scenario(name="winter", celsius_shift=-12.0))
    assert colder.temperature_factor("east", "regular") > nation.temperature_factor("east", "regular")


def test_nothing_to_change_changes_nothing() -> None:
    nation = small_nation()
    assert apply(nation, Scenario(name="same", probability=0.5)) is nation


@pytest.mark.parametrize(
    ("overrides", "packs", "said"),
    [
        ({"battery_price_factor": 1.2}, None, "needs assumptions.battery_pack_cny_per_kwh_by_year"),
        (
            {"battery_price_factor": 1.2},
            Assumptions(battery_pack_cny_per_kwh_by_year=(1.0,), source="x"),
            "has 1 entries; valid: one for each of the 2 years",
        ),
        ({"celsius_shift": -55.0}, None, "celsius"),
        ({"subsidy_factor": 9.0}, None, "more than the price"),
        ({"grid_factor": "operating_margin"}, None, "south"),
    ],
)
def test_a_scenario_that_cannot_be_is_named(overrides: Any, packs: Assumptions | None, said: str) -> None:
    with pytest.raises(FaultyInputError, match="scenario odd") as caught:
        apply(small_nation(), Scenario(name="odd", **overrides), packs)
    assert said in str(caught.value)


def test_two_prices_of_one_thing_are_refused() -> None:
    with pytest.raises(ValueError, match="valid: one of the two"):
        Scenario(name="x", battery_price_factor=1.1, ev_price_factor=1.1)
