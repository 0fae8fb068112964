"""Laws: what must hold between the optima of an instance and those of its variants."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pyomo.environ as pyo
import pytest
from toy_world import Data, all_routes, limit, solve, toy

from voltmile.programs import report
from voltmile.programs.nation import build


def optimum(change: Callable[[Data], None] | None = None) -> float | None:
    nation = toy(change)
    return solve(build(nation, all_routes(nation)))


def solved(change: Callable[[Data], None] | None = None) -> pyo.ConcreteModel:
    nation = toy(change)
    model = build(nation, all_routes(nation))
    assert solve(model) is not None
    return model


def with_limit(name: str, **fields: object) -> Callable[[Data], None]:
    return lambda data: limit(data, name).update(fields)


def without_carbon_price(data: Data) -> None:
    for name in ("carbon-2018", "carbon-2019"):
        limit(data, name)["price_cny_per_unit"] = 0.0


def test_carbon_price_decides_where_the_electric_van_goes() -> None:
    with_price, without = solved(), solved(without_carbon_price)
    assert pyo.value(with_price.Buy["bright", "e-van", 2018]) == 1
    assert pyo.value(without.Buy["dark", "e-van", 2018]) == 1
    assert pyo.value(without.objective) == pytest.approx(149_300)


def never_rises(optima: list[float | None]) -> bool:
    """Whether the optima never rise, infeasible counting as infinitely dear."""
    costs = [float("inf") if cost is None else cost for cost in optima]
    return all(after <= before + 1e-6 for before, after in pairwise(costs))


def test_more_budget_never_costs_more() -> None:
    def poorer(budget: float) -> Callable[[Data], None]:
        def change(data: Data) -> None:
            limit(data, "budget-2018")["max_cny"] = budget
            limit(data, "one-green-city")["min_cities"] = 0

        return change

    optima = [optimum(poorer(budget)) for budget in (0, 50e3, 64_999, 65e3, 114e3, 129e3, 1e6)]
    assert never_rises(optima)
    assert optima[2] is not None
    assert optima[2] > optima[3]


def test_more_supply_never_costs_more() -> None:
    def supplied(vehicles: float) -> Callable[[Data], None]:
        def change(data: Data) -> None:
            limit(data, "e-vans-2018")["max_vehicles"] = vehicles
            limit(data, "budget-2018")["max_cny"] = 1e6

        return change

    optima = [optimum(supplied(vehicles)) for vehicles in (0.0, 0.9, 1.0, 2.0, 3.0)]
    assert never_rises(optima)
    assert optima[0] is None
    assert optima[2] > optima[3]  # both cities electric


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("budget-2018", {"max_cny": 64_999.0}),  # the optimum spends 65,000
        ("e-vans-2018", {"max_vehicles": 0.0}),
        ("carbon-2019", {"max_co2_kg": 13_000.0, "price_cny_per_unit": None}),
        ("one-green-city", {"min_cities": 1}),
        ("journey-2019", {"max_km_per_visit": 36.0}),
    ],
)
def test_a_limit_at_a_huge_price_is_a_hard_limit(name: str, fields: dict[str, object]) -> None:
    hard = optimum(with_limit(name, **fields))
    priced = solved(with_limit(name, **fields | {"price_cny_per_unit": 1e6}))
    (row,) = [row for row in report.limit_rows(priced) if row.limit == name]
    if hard is None:
        assert row.slack > 0
    else:
        assert row.slack == pytest.approx(0, abs=1e-6)
        assert pyo.value(priced.objective) == pytest.approx(hard)


@pytest.mark.parametrize(
    ("name", "fields", "missing"),
    [
        ("e-vans-2018", {"max_vehicles": 0.0}, 1.0),  # else no city is green
        ("one-green-city", {"min_cities": 2}, 1.0),
        ("journey-2019", {"max_km_per_visit": 35.0}, 1500.0),  # 36 km * 300 days * 5 villages, less 35
        ("carbon-2019", {"max_co2_kg": 8000.0}, 100.0),
        ("budget-2018", {"max_cny": 59_000.0}, 1_000.0),  # even an idle e-van, green on paper, costs 60,000
    ],
)
def test_an_impossible_limit_is_infeasible_and_priced_says_what_it_lacks(
    name: str, fields: dict[str, object], missing: float
) -> None:
    def change(price: float | None) -> Callable[[Data], None]:
        return with_limit(name, **fields, price_cny_per_unit=price)

    assert optimum(change(None)) is None
    model = solved(change(1e5))
    (row,) = [row for row in report.limit_rows(model) if row.limit == name]
    assert row.slack == pytest.approx(missing)
    (violation,) = [v for v in report.plan_of(model, model.nation, model.columns).slack if v.limit == name]
    assert violation.amount == pytest.approx(missing)


def test_villages_without_parcels_are_visited_all_the_same() -> None:
    def empty(data: Data) -> None:
        data["header"]["demand"]["village_factor_by_year"] = [0.0, 0.0]

    model = solved(empty)
    assert pyo.value(model.objective) == pytest.approx(195_140)  # the toy's routes do not depend on the load
    assert len(report.driven(model)) == 4


def test_without_terminal_resale_nothing_counts_after_the_last_year() -> None:
    def change(data: Data) -> None:
        data["header"]["horizon"]["terminal_resale"] = False

    model = solved(change)
    assert all(row.year != "end" for row in report.cost_rows(model))
    # now a van bought in 2019 is lost: the e-van goes to Dark Ridge, which needs none then (README of the
    # toy: 197,900, plus what the e-van, the old van of Bright River and the charger are worth at the end)
    assert pyo.value(model.Buy["dark", "e-van", 2018]) == 1
    assert pyo.value(model.objective) == pytest.approx(197_900 + 15_360 + 6_400 + 1_280)


def test_without_chargers_an_electric_van_stands_idle() -> None:
    def change(data: Data) -> None:
        data["energy_book"]["charger_type"] = []

    model = solved(change)  # one city is green on paper: half of its fleet is electric
    assert {r.vehicle_type for r in report.driven(model)} == {"van"}
    assert sum(pyo.value(model.Fleet[c, "e-van", 2019]) for c in model.CITIES) == 1


def test_without_limits_the_cheapest_plan_has_two_electric_vans() -> None:
    def change(data: Data) -> None:
        data["header"]["limit"] = []

    model = solved(change)
    # README of the toy: Dark Ridge as without a carbon price, Bright River 18,240 + 2,900 + 1,000 + 46,440
    # against - 2,800 + 72,360 with its petrol van
    assert pyo.value(model.objective) == pytest.approx(28_240 + 2_900 + 48_600 + 68_580)
    assert report.limit_rows(model) == []


def test_a_village_day_without_routes_is_named() -> None:
    nation = toy()
    routes = [r for r in all_routes(nation) if "d2" not in r.stops or r.year == 2018]
    with pytest.raises(
        ValueError, match="1 village days without a route that visits them: d2 in 2019 on regular"
    ):
        build(nation, routes)


def test_a_column_whose_cost_is_not_its_terms_is_refused() -> None:
    nation = toy()
    first, *others = all_routes(nation)
    wrong = type(first)(
        first.hub, first.vehicle_type, first.year, first.day_type, first.stops,
        first.distance_km, first.duration_h, first.energy_kwh, first.fuel_l, first.cost_cny + 1,
    )  # fmt: skip
    with pytest.raises(ValueError, match="column 0 costs"):
        build(nation, [wrong, *others])
