"""What the report says of the toy's optimum, against the tables in the toy's README."""

from __future__ import annotations

from itertools import pairwise

import pyomo.environ as pyo
import pytest
from everything import columns_of, everything
from toy_world import TOY, all_routes, limit, route, solve, toy

from voltmile.problem.plan import Bought, Built, GreenCity, Plan, Sold
from voltmile.programs import report
from voltmile.programs.feature import Feature
from voltmile.programs.nation import FEATURES, build

README = (TOY / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def model() -> pyo.ConcreteModel:
    nation = toy()
    model = build(nation, all_routes(nation))
    assert solve(model) is not None
    return model


@pytest.fixture(scope="module")
def plan(model: pyo.ConcreteModel) -> Plan:
    return report.plan_of(model, model.nation, model.columns)


def rows_below(title: str) -> list[list[str]]:
    """Cells of the rows of the table below a heading of the README, without the header."""
    part = README.split(f"## {title}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    return [[cell.replace("*", "").replace(",", "").strip() for cell in cells] for cells in rows[2:]]


def number(cell: str) -> float:
    return float(cell) if cell else 0.0


def test_routes_of_the_readme() -> None:
    nation = toy()
    rows = rows_below("Every feasible route")
    for stops, km, h, litres, petrol, kwh, electric, electricity in rows:
        there = tuple(stops.split())
        hub = nation.village[there[0]].hub
        for year in nation.years:
            for way in (there, there[::-1]):
                van = route(nation, hub, "van", year, "regular", way)
                e_van = route(nation, hub, "e-van", year, "regular", way)
                assert (van.distance_km, van.duration_h) == (number(km), number(h))
                assert (van.fuel_l, van.cost_cny) == pytest.approx((number(litres), number(petrol)))
                if electric == "too far":
                    assert e_van is None
                    continue
                assert (e_van.energy_kwh, e_van.cost_cny) == pytest.approx((number(kwh), number(electric)))
                assert e_van.energy_kwh / 0.8 * 0.6 == pytest.approx(number(electricity))
    directed = {way for row in rows for way in (tuple(row[0].split()), tuple(row[0].split()[::-1]))}
    assert directed == {r.stops for r in all_routes(nation)}


def test_cost_terms_of_the_readme(model: pyo.ConcreteModel) -> None:
    *terms, (_, _, _, _, total) = rows_below("The optimum, term by term")
    rows = report.cost_rows(model)
    assert {row.term for row in rows} == {cells[0] for cells in terms}
    for term, *cash, discounted in terms:
        for year, cell in zip((2018, 2019, "end"), cash, strict=True):
            found = sum(row.cash_cny for row in rows if (row.term, row.year) == (term, year))
            assert found == pytest.approx(number(cell)), (term, year)
        assert sum(row.discounted_cny for row in rows if row.term == term) == pytest.approx(
            number(discounted)
        )
    assert sum(row.discounted_cny for row in rows) == pytest.approx(number(total))
    assert pyo.value(model.objective) == pytest.approx(number(total))


def test_penalty_belongs_to_no_city(model: pyo.ConcreteModel) -> None:
    assert {row.city for row in report.cost_rows(model) if row.term == "penalty"} == {None}
    assert {row.city for row in report.cost_rows(model) if row.term != "penalty"} == {"bright", "dark"}


def test_co2_of_the_readme(model: pyo.ConcreteModel) -> None:
    assert report.co2_by_year(model) == pytest.approx({2018: 8100.0, 2019: 8100.0})
    assert report.co2_by_city(model)["bright", 2019] == pytest.approx(600.0)


def test_use_of_the_limits(model: pyo.ConcreteModel) -> None:
    found = {row.limit: (row.unit, row.used, row.allowed, row.slack) for row in report.limit_rows(model)}
    assert found == {
        "budget-2018": ("CNY", pytest.approx(65_000), 70_000, 0),
        "carbon-2018": ("kg", pytest.approx(8_100), 0, pytest.approx(8_100)),
        "carbon-2019": ("kg", pytest.approx(8_100), 0, pytest.approx(8_100)),
        "e-vans-2018": ("vehicle", 1, 1, 0),
        "e-vans-2019": ("vehicle", 0, 0, 0),
        "journey-2019": ("km/visit", pytest.approx(36), 40, 0),
        "one-green-city": ("city", 1, 1, 0),
    }


def test_plan_of_the_toy(plan: Plan) -> None:
    assert plan.buy == (
        Bought(city="bright", vehicle_type="e-van", year=2018, count=1),
        Bought(city="dark", vehicle_type="van", year=2019, count=1),
    )
    assert plan.sell == (
        Sold(city="bright", vehicle_type="van", vintage=2017, year=2018, count=1),
        Sold(city="dark", vehicle_type="van", vintage=2016, year=2019, count=1),
    )
    assert plan.build == (Built(hub="bright-hub", charger_type="ac4", year=2018, count=1),)
    assert [(u.hub, u.year, u.kw) for u in plan.upgrade] == [("bright-hub", 2018, pytest.approx(2.0))]
    assert [(u.hub, u.charger_type, u.period, u.year, u.day_type, u.kwh) for u in plan.charge] == [
        ("bright-hub", "ac4", "night", year, "regular", pytest.approx(20.0)) for year in (2018, 2019)
    ]
    assert plan.green == (GreenCity(limit="one-green-city", city="bright"),)
    assert [(v.limit, v.amount) for v in plan.slack] == [
        (f"carbon-{year}", pytest.approx(8_100.0)) for year in (2018, 2019)
    ]
    assert plan.urban == plan.public == ()
    assert [(r.id, r.hub, r.vehicle_type, r.year) for r in plan.routes] == [
        ("r1", "bright-hub", "e-van", 2018),
        ("r2", "bright-hub", "e-van", 2019),
        ("r3", "dark-hub", "van", 2018),
        ("r4", "dark-hub", "van", 2019),
    ]
    assert {tuple(sorted(r.stops)) for r in plan.routes} == {("b1", "b2", "b3"), ("d1", "d2")}


def test_driven_columns_stand_in_the_order_of_the_plan(model: pyo.ConcreteModel, plan: Plan) -> None:
    assert [r.stops for r in report.driven(model)] == [r.stops for r in plan.routes]


def test_plan_leaves_solver_noise_out(model: pyo.ConcreteModel) -> None:
    before = model.Charge["dark-hub", "ac4", "night", 2018, "regular"].value
    model.Charge["dark-hub", "ac4", "night", 2018, "regular"].set_value(5e-10)
    model.Buy["bright", "e-van", 2018].set_value(0.9999999, skip_validation=True)
    plan = report.plan_of(model, model.nation, model.columns)
    model.Charge["dark-hub", "ac4", "night", 2018, "regular"].set_value(before)
    model.Buy["bright", "e-van", 2018].set_value(1)
    assert {charge.hub for charge in plan.charge} == {"bright-hub"}
    assert [bought.count for bought in plan.buy] == [1, 1]


def test_plan_of_other_columns_is_refused(model: pyo.ConcreteModel) -> None:
    with pytest.raises(ValueError, match="68 columns"):
        report.plan_of(model, model.nation, model.columns[:-1])


def test_plan_has_urban_tours_and_public_charging() -> None:
    nation = everything()
    columns = columns_of(nation)
    model = build(nation, columns)
    for variable in model.component_data_objects(pyo.Var):
        variable.set_value(0)
    model.Urban["bright-hub", "van", 2018, "peak"].set_value(1.5)
    model.Public["dark-hub", 2019, "regular"].set_value(2.5)
    plan = report.plan_of(model, nation, columns)
    assert [(u.vehicle_type, u.vehicle_days) for u in plan.urban] == [("van", 1.5)]
    assert [(p.hub, p.kwh) for p in plan.public] == [("dark-hub", 2.5)]


def test_equal_data_in_another_order_give_the_same_program() -> None:
    def names(model: pyo.ConcreteModel) -> list[str]:
        return [part.name for part in model.component_data_objects((pyo.Var, pyo.Constraint))]

    nation = toy()
    turned = toy(
        lambda data: [data[table].reverse() for table in ("cities", "hubs", "villages", "distances")]
    )
    columns = all_routes(nation)
    assert names(build(nation, columns)) == names(build(turned, columns))


def test_a_feature_can_be_added_from_outside() -> None:
    """Its cost enters the objective and the budget that counts it, its emission the carbon account."""

    def declare(m: pyo.ConcreteModel) -> None:
        m.Trees = pyo.Var(m.YEARS, bounds=(0, 100))

    measure = Feature(
        variables=declare,
        national_costs={"purchase": lambda m, y: 10 * m.Trees[y]},
        national_emissions={"trees": lambda m, y: -20 * m.Trees[y]},
    )
    nation = toy()
    model = build(nation, all_routes(nation), features=(*FEATURES, measure))
    # each tree costs 10 and saves 20 kg at 2 CNY; the budget of 2018 has 5,000 left
    assert solve(model) == pytest.approx(195_140 - 1.8 * 100 * (20 * 2 - 10))
    assert report.co2_by_year(model) == pytest.approx({2018: 6100.0, 2019: 6100.0})
    (budget,) = [row for row in report.limit_rows(model) if row.limit == "budget-2018"]
    assert budget.used == pytest.approx(66_000)
    assert {row.city for row in report.cost_rows(model) if row.term == "purchase"} == {None, "bright", "dark"}


def test_features_can_be_left_out() -> None:
    from voltmile.programs import journey

    nation = toy(lambda data: limit(data, "journey-2019").update(max_km_per_visit=1.0))
    routes = all_routes(nation)
    assert solve(build(nation, routes)) is None
    kept = [feature for feature in FEATURES if feature is not journey.FEATURE]
    model = build(nation, routes, features=kept)
    assert solve(model) == pytest.approx(195_140)
    assert all(earlier <= later for earlier, later in pairwise(row.limit for row in report.limit_rows(model)))
    assert "journey-2019" not in model.Used
