"""Shadow prices against arithmetic by hand, and the laws they obey."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_nation import small_nation
from test_decomposition import QUICK
from test_program_measures import campaign, fund
from toy_world import Data, limit, toy

import voltmile as vm
from voltmile.problem.nation import Nation
from voltmile.solve.plan import Effort, solve
from voltmile.solve.solution import Solution
from voltmile.solve.worth import LimitPrice
from voltmile.study.tables import make_tables

approx = pytest.approx
METHODS = ("joint", "cities")


def solved(nation: Nation, method: str, *, explain: bool = True) -> Solution:
    effort = Effort(tour_iterations=20)
    return solve(nation, method=method, effort=effort, city_effort=QUICK, explain=explain)  # type: ignore[arg-type]


def priced(nation: Nation, method: str) -> dict[str, LimitPrice]:
    return {price.limit: price for price in solved(nation, method).prices}


@pytest.mark.parametrize("method", METHODS)
def test_without_the_question_everything_else_is_the_same(method: str) -> None:
    asked, quiet = solved(toy(), method), solved(toy(), method, explain=False)
    assert "worth" in asked.seconds_by_phase
    assert "worth" not in quiet.seconds_by_phase
    assert (quiet.prices, quiet.vans) == ((), ())
    assert (quiet.plan, quiet.certificate) == (asked.plan, asked.certificate)


DARK_VAN = 17_660 + 2_900 * 7 / 32
"""What a mixture of plans saves by a van more in Dark Ridge: nowhere - Dark Ridge in the toy's README, and
25 of the 32 kWh a charger delivers are enough, so that 7/32 of its 2,900 CNY stay in the pocket."""

BRIGHT_VAN = 20_420 + 1_000 - 2.5 * 500 + 2_900 * 12 / 32
"""What the last slice of Bright River's van saves: nowhere - Bright River; of the charger 20/32; 2.5 kW a
van, each of them beyond the connection of 2 kW at 500 CNY."""


@pytest.mark.parametrize("method", METHODS)
def test_the_vans_of_the_toy_have_the_price_known_by_hand(method: str) -> None:
    found = priced(toy(), method)["e-vans-2018"]
    assert found.dual_cny_per_unit == approx(DARK_VAN)
    assert found.confirmed_cny_per_unit == approx(DARK_VAN)
    assert found.tightened_cny_per_unit == approx(BRIGHT_VAN)
    assert found.agrees


@pytest.mark.parametrize("method", METHODS)
def test_a_priced_limit_costs_its_price_in_the_money_of_the_first_year(method: str) -> None:
    found = priced(toy(), method)
    for name, price in (("carbon-2018", 2.0), ("carbon-2019", 0.8 * 2.0)):
        one = found[name]
        assert (one.dual_cny_per_unit, one.confirmed_cny_per_unit) == (approx(price), approx(price))


@pytest.mark.parametrize("method", METHODS)
def test_a_price_on_all_carbon_is_no_noise_though_one_kg_of_it_is(method: str) -> None:
    def cheap(data: Data) -> None:
        for name in ("carbon-2018", "carbon-2019"):
            limit(data, name).update(max_co2_kg=0.0, price_cny_per_unit=1e-4)

    one = priced(toy(cheap), method)["carbon-2018"]
    assert (one.dual_cny_per_unit, one.confirmed_cny_per_unit) == (approx(1e-4), approx(1e-4, rel=1e-2))
    assert one.agrees


@pytest.mark.parametrize("method", METHODS)
def test_a_fund_that_is_short_costs_what_its_measure_brings(method: str) -> None:
    """36,000 CNY too little cost 1.6 each (test_program_measures.py)."""
    found = priced(toy(campaign(fund(250_000))), method)["foundation"]
    assert found.dual_cny_per_unit == approx(1.6)
    assert found.confirmed_cny_per_unit == approx(1.6)
    assert found.tightened_cny_per_unit == approx(1.6)


@pytest.mark.parametrize("method", METHODS)
def test_a_limit_that_does_not_bind_has_no_price(method: str) -> None:
    found = priced(toy(), method)
    for name in ("budget-2018", "journey-2019"):
        one = found[name]
        assert (one.dual_cny_per_unit, one.confirmed_cny_per_unit, one.tightened_cny_per_unit) == (0, 0, 0)


@pytest.mark.parametrize("method", METHODS)
def test_where_no_plan_is_left_a_tighter_limit_has_no_price(method: str) -> None:
    """No van in 2019 is all there can be less; what one more would save is said all the same."""
    found = priced(toy(), method)["e-vans-2019"]
    assert found.tightened_cny_per_unit is None
    assert 0 < found.confirmed_cny_per_unit < DARK_VAN
    assert found.dual_cny_per_unit == approx(found.confirmed_cny_per_unit, rel=1e-6)
    assert found.agrees


@pytest.mark.parametrize("method", METHODS)
def test_every_dual_lies_between_what_a_wider_and_a_tighter_limit_change(method: str) -> None:
    found = priced(small_nation(), method)
    assert list(found) == [one.id for one in small_nation().limits]
    for one in found.values():
        assert one.agrees, one
        assert one.dual_cny_per_unit >= one.confirmed_cny_per_unit - 1e-3 * one.dual_cny_per_unit - 1e-6


@pytest.mark.parametrize("method", METHODS)
def test_the_city_without_a_van_gains_from_one_more(method: str) -> None:
    vans = solved(toy(), method).vans
    assert (vans[0].city, vans[0].limit, vans[0].gain_cny) == ("dark", "e-vans-2018", approx(DARK_VAN))
    assert "bright" not in {van.city for van in vans if van.limit == "e-vans-2018"}
    assert [van.gain_cny for van in vans] == sorted((van.gain_cny for van in vans), reverse=True)


def test_in_a_cold_coal_grid_a_van_that_carbon_makes_dear_saves_nothing() -> None:
    """At 20 CNY/kg and 2 kg/kWh a van more in Dark Ridge would emit 7,500 kg a year more than it saves."""

    def dearer(data: Data) -> None:
        for name in ("carbon-2018", "carbon-2019"):
            limit(data, name)["price_cny_per_unit"] = 20.0
        for row in data["grid"]:
            row["co2_kg_per_kwh"] *= 2

    assert "dark" not in {van.city for van in solved(toy(dearer), "joint").vans}


def test_the_tables_say_what_decides(instances: Path) -> None:
    tables = make_tables(solved(vm.read(instances / "toy"), "joint"))
    first = tables.vans.iloc[0]
    assert (first["name"], first["year"], first["grid_co2_kg_per_kwh"]) == ("Dark Ridge", 2018, 1.0)
    journey = tables.prices.set_index("limit").loc["journey-2019"]
    assert (journey["unit"], journey["allowed"]) == ("km", 40.0 * 300 * 5)
