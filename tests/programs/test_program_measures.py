"""Campaign measures of the toy, worked out by hand, and the laws they obey."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import pyomo.environ as pyo
import pytest
from everything import measures
from test_program_laws import never_rises
from toy_world import Data, all_routes, limit, solve, toy

from voltmile.problem.records import Record
from voltmile.programs import report
from voltmile.programs.nation import build

Change = Callable[[Data], None]
approx = pytest.approx

WITHOUT_MEASURES = 149_300.0
"""Optimum of the toy without a price on carbon (test_program_laws.py): what its fleet costs, apart."""

BY_HAND = WITHOUT_MEASURES - 344_000 - 0.8 * 1_370_000 - 2 * 1_638


def campaign(*changes: Change) -> Change:
    """The toy without a price on carbon, with all four measures; its boxes are lost on one trip in fifty."""

    def change(data: Data) -> None:
        for name in ("carbon-2018", "carbon-2019"):
            limit(data, name)["price_cny_per_unit"] = 0.0
        data["measures"] = measures()
        data["measures"]["boxes"] |= {"loss_share": 0.02, "trips_per_box_year": 25.0}
        data["measures"]["boxes"] |= {"share_max": 0.5, "end_value_share": 0.5}
        for further in changes:
            further(data)

    return change


def fund(max_cny: float, price: float | None = None, counts: Sequence[str] = ()) -> Change:
    record: Data = {"id": "foundation", "kind": "fund", "max_cny": max_cny, "price_cny_per_unit": price}
    record["counts"] = list(counts) or ["e_label", "packaging", "cutlery"]
    return lambda data: data["header"]["limit"].append(record)


def labels(millions: float, price: float | None = None, year: int = 2019) -> Change:
    record: Data = {"id": "labels", "kind": "labels", "year": year, "price_cny_per_unit": price}
    record["min_labels_million"] = millions
    return lambda data: data["header"]["limit"].append(record)


def cap(kg: float, price: float | None = None) -> Change:
    return lambda data: limit(data, "carbon-2019").update(max_co2_kg=kg, price_cny_per_unit=price)


def solved(*changes: Change) -> pyo.ConcreteModel:
    nation = toy(campaign(*changes))
    model = build(nation, all_routes(nation))
    assert solve(model) is not None
    return model


def optimum(*changes: Change) -> float | None:
    nation = toy(campaign(*changes))
    return solve(build(nation, all_routes(nation)))


def rows(records: Sequence[Record]) -> list[tuple[object, ...]]:
    return [tuple(record.model_dump().values()) for record in records]


def cost(model: pyo.ConcreteModel) -> float:
    return float(pyo.value(model.objective))


# -- by hand --------------------------------------------------------------------------------------------


def test_every_measure_is_taken_as_far_as_it_pays() -> None:
    """The optimum by hand; 2019 counts 0.8, the end 0.64.

    E-labels: (0.6 - 0.5) * 10 = 1 and (0.8 - 0.5) * 20 = 6 million, each saves 0.2 CNY. A thousand printers
    print 50 million: 20 are bought in 2018 for 800 CNY each, 100 more in 2019 for 700.

    Packaging: the first step costs 0.05 and saves 0.15 a parcel, the second costs 0.17. So 0.2 * 5 = 1 and
    0.2 * 8 = 1.6 million parcels.

    Cutlery: a CNY gets 20 orders to go without at first, which saves 3 CNY, later 5, which saves 0.75. So
    0.01 * 3 = 0.03 and 0.04 million CNY are spent for 0.2 * 3 = 0.6 and 0.8 million orders.

    Boxes: half of 140 parcels on 300 days, in 2019 1.25 times as many: 21 and 26.25 thousand trips in each
    city. A trip takes 1 / 25 + 0.02 / 2 = 0.05 boxes, so 1.05 and 1.3125 thousand are owned. 0.42 are lost in
    2018, 0.63 left: 1.05 are bought at 25 CNY, 0.6825 at 20. 0.525 are lost in 2019, 0.7875 left at half of
    20 CNY.
    The way back costs 20 CNY * 0.01 h * 0.98 = 0.196 a trip, a carton 1 CNY.

    =======  ========  =======  ========
    CNY          2018     2019       end
    =======  ========  =======  ========
    e-label    16,000   70,000
    packing    50,000   80,000
    cutlery    30,000   40,000
    saved     440,000   1,560,000          200,000 + 150,000 + 90,000; 1,200,000 + 240,000 + 120,000
    **net**   344,000   1,370,000
    a city:
    boxes      26,250   13,650   - 7,875
    drivers     4,116    5,145
    saved      21,000   26,250
    **net**   - 9,366    7,455     7,875   - 9,366 + 0.8 * 7,455 + 0.64 * 7,875 = 1,638
    =======  ========  =======  ========
    """
    model = solved()
    assert cost(model) == approx(BY_HAND)
    plan = report.plan_of(model, model.nation, model.columns).measures
    assert rows(plan.e_label) == [(2018, approx(0.02), approx(1)), (2019, approx(0.1), approx(6))]
    assert rows(plan.packaging) == [("market", 0, 2018, approx(1)), ("market", 0, 2019, approx(1.6))]
    assert rows(plan.cutlery) == [(2018, approx(30), approx(0.6)), (2019, approx(40), approx(0.8))]
    assert rows(plan.boxes) == [
        (city, year, approx(bought), approx(owned), approx(trips))
        for city in ("bright", "dark")
        for year, bought, owned, trips in ((2018, 1.05, 1.05, 21.0), (2019, 0.6825, 1.3125, 26.25))
    ]


def test_what_is_saved_counts_as_negative_carbon() -> None:
    """A measure's kg: 0.01 a label, 0.04 a parcel and a set; boxes 2 each, 0.02 back, 0.3 saved a trip.

    2018: - 1e4 - 4e4 - 2.4e4 + 2 * (2,100 + 0.0196 * 21,000 - 6,300) = - 81,576.8.
    """
    model = solved()
    by_city = report.co2_by_city(model)
    boxes = 2_100 + 411.6 - 6_300
    assert by_city[None, 2018] == approx(-74_000)
    bright = sum(pyo.value(model.Emission[key]) for key in model.Emission if key == ("bright", 2018, "boxes"))
    assert bright == approx(boxes)
    (row,) = [row for row in report.limit_rows(model) if row.limit == "carbon-2018"]
    assert row.used == approx(sum(kg for (_, year), kg in by_city.items() if year == 2018))


def test_a_fund_pays_for_the_best_measures() -> None:
    """The three cost 286,000; 36,000 less are missed where a CNY of 2019 brings 2, counted 0.8."""
    short = solved(fund(250_000))
    assert cost(short) == approx(BY_HAND + 36_000 * 1.6)
    (row,) = [row for row in report.limit_rows(short) if row.limit == "foundation"]
    assert (row.kind, row.unit, row.used) == ("fund", "CNY", approx(250_000))
    assert cost(solved(fund(286_000))) == approx(BY_HAND)


def test_a_fund_counts_the_boxes_of_every_city() -> None:
    """Two times 26,250 + 13,650 CNY."""
    model = solved(fund(1e6, counts=["boxes"]))
    (row,) = [row for row in report.limit_rows(model) if row.limit == "foundation"]
    assert row.used == approx(79_800)


def test_a_budget_can_count_measures() -> None:
    """Nothing of the 96,000 CNY of 2018 is left, so that nothing that costs something that year is done."""

    def nothing(data: Data) -> None:
        limit(data, "budget-2018").update(max_cny=0.0, counts=["e_label", "packaging", "cutlery", "boxes"])

    plan = report.plan_of(model := solved(nothing), model.nation, model.columns).measures
    assert {entry.year for entry in (*plan.e_label, *plan.packaging, *plan.cutlery, *plan.boxes)} == {2019}


def test_labels_are_counted_from_the_first_year_with_those_there_are_anyway() -> None:
    """15 million anyway, 7 million more; in 2018 5 and 1."""
    assert optimum(labels(22)) == approx(BY_HAND)
    assert optimum(labels(22.5)) is None
    assert optimum(labels(6, year=2018)) == approx(BY_HAND)
    assert optimum(labels(6.5, year=2018)) is None
    model = solved(labels(22.5, price=1_000.0))
    assert cost(model) == approx(BY_HAND + 0.8 * 500)
    (row,) = [row for row in report.limit_rows(model) if row.limit == "labels"]
    assert (row.used, row.allowed, row.slack) == (approx(22), 22.5, approx(0.5))


def test_printers_are_gone_after_their_life() -> None:
    """All 120 are bought in 2019: 84,000 instead of 70,000."""

    def short_life(data: Data) -> None:
        data["measures"]["e_label"]["printer_life_years"] = 1

    assert optimum(short_life) == approx(BY_HAND + 0.8 * 14_000)


def test_packaging_rises_only_so_fast() -> None:
    """A tenth of the parcels in 2018, two tenths in 2019: half a million parcels less, 0.1 CNY each."""

    def slow(data: Data) -> None:
        data["measures"]["packaging"][0]["rise_max_per_year"] = 0.1

    assert optimum(slow) == approx(BY_HAND + 50_000)


def test_packaging_once_adopted_stays() -> None:
    """60,000 CNY for packaging alone: the same share s of 5 and 8 million parcels at 0.05 CNY, s = 6 / 65.

    It saves s * (5 + 0.8 * 8) million * 0.1 CNY, instead of 100,000 + 0.8 * 160,000. To spend 50,000 of it
    in 2018 would save more, but then there were too little left for 2019.
    """
    model = solved(fund(60_000, counts=["packaging"]))
    assert cost(model) == approx(BY_HAND + 228_000 - 6 / 65 * 1_140_000)
    packed = [pyo.value(model.Packed["market", 0, year]) for year in (2018, 2019)]
    assert packed == approx([5 * 6 / 65, 8 * 6 / 65])


def test_a_price_on_carbon_pays_for_the_dearer_steps() -> None:
    """1 CNY a kg: the second step costs 0.02 CNY more than it saves, for 0.04 kg."""

    def priced(data: Data) -> None:
        for name in ("carbon-2018", "carbon-2019"):
            limit(data, name).update(max_co2_kg=-1e6, price_cny_per_unit=1.0)

    packaging = report.plan_of(model := solved(priced), model.nation, model.columns).measures.packaging
    assert {(entry.step, entry.year) for entry in packaging} == {(0, 2018), (1, 2018), (0, 2019), (1, 2019)}
    # a quarter a year: 0.2 in the first step, the rest in the second
    amounts = {(entry.step, entry.year): entry.parcels_million for entry in packaging}
    assert amounts == approx({(0, 2018): 1.0, (1, 2018): 0.25, (0, 2019): 1.6, (1, 2019): 2.4})


def test_in_the_long_run_a_trip_costs_its_share_of_a_box_and_one_return() -> None:
    """Two equal years: what is bought in the second is what was lost in the first, loss_share a trip."""

    def long(data: Data) -> None:
        data["measures"]["boxes"] |= {"box_cny_by_year": [25.0, 25.0], "saving_cny_per_trip": 9.0}
        data["header"]["demand"]["village_factor_by_year"] = [1.0, 1.0]

    model = solved(long)
    trips, bought = pyo.value(model.Trips["bright", 2019]), pyo.value(model.Boxes["bright", 2019])
    assert bought / trips == approx(0.02)
    a_trip = pyo.value(model.Cost["bright", 2019, "boxes"]) / trips / 1_000
    assert a_trip == approx(0.02 * 25)


def test_without_measures_nothing_is_there_to_decide() -> None:
    nation = toy()
    model = build(nation, all_routes(nation))
    measured = (model.Printers, model.Labels, model.Packed, model.Boxes, model.Spent, model.Declined)
    assert not any(len(variable) for variable in measured)


# -- laws -----------------------------------------------------------------------------------------------

FUNDS = (0.0, 10e3, 86e3, 150e3, 250e3, 286e3, 1e6)


def test_more_money_in_a_fund_never_costs_more() -> None:
    optima = [optimum(fund(money)) for money in FUNDS]
    assert never_rises(optima)
    assert optima[0] == approx(WITHOUT_MEASURES - 2 * 1_638)
    assert optima[-1] == approx(BY_HAND)


def test_a_fund_brings_less_and_less() -> None:
    costs = [cost(solved(fund(money))) for money in FUNDS]
    slopes = [(b - a) / (y - x) for (x, y), (a, b) in zip(pairwise(FUNDS), pairwise(costs), strict=True)]
    assert all(later >= earlier - 1e-9 for earlier, later in pairwise(slopes))


def test_a_tighter_carbon_cap_is_never_cheaper() -> None:
    """Down to what the fleet and every measure at its best cannot reach."""
    caps = (-1e6, -300e3, -255e3, -240e3, -200e3, -150e3, -100e3, 0.0, 1e6)
    optima = [optimum(cap(kg)) for kg in caps]
    assert never_rises(optima)
    assert optima[0] is None
    assert optima[3] is not None
    assert optima[3] > BY_HAND + 1
    assert optima[-1] == approx(BY_HAND)


def worthless_labels(data: Data) -> None:
    data["measures"]["e_label"]["saving_cny_per_label"] = 0.0


@pytest.mark.parametrize(
    ("limited", "prices"),
    [
        (lambda price: fund(100_000, price), (0.0, 0.5, 1.0, 1.8, 2.5, 5.0, 30.0)),
        (lambda price: cap(-240e3, price), (0.0, 0.2, 0.5, 1.0, 5.0, 20.0)),
        (lambda price: [worthless_labels, labels(22.0, price)], (0.0, 5e3, 12e3, 15e3, 20e3, 1e6)),
    ],
    ids=["fund", "carbon", "labels"],
)
def test_a_priced_limit_tends_to_the_hard_one(
    limited: Callable[[float | None], Change | list[Change]], prices: tuple[float, ...]
) -> None:
    def at(price: float | None) -> float:
        changes = limited(price)
        return cost(solved(*(changes if isinstance(changes, list) else [changes])))

    costs, hard = [at(price) for price in prices], at(None)
    assert all(before <= after + 1e-6 for before, after in pairwise(costs))
    assert costs[-1] == approx(hard)
    assert costs[0] < hard - 1


def test_a_measure_that_costs_and_saves_nothing_changes_nothing() -> None:
    def idle(data: Data) -> None:
        for part in (data["measures"]["e_label"], data["measures"]["packaging"][0]):
            part |= {field: 0.0 for field in part if field.startswith("saving")}
        data["measures"]["cutlery"]["saving_cny_per_set"] = 0.0
        data["measures"]["boxes"]["saving_cny_per_trip"] = 0.0

    assert optimum(idle) == approx(WITHOUT_MEASURES)


def test_twice_the_parcels_bring_twice_as_much() -> None:
    def doubled(data: Data) -> None:
        part = data["measures"]
        for record in (part["e_label"], part["packaging"][0], part["cutlery"]):
            for field in ("parcels_million_by_year", "orders_million_by_year"):
                if field in record:
                    record[field] = [2 * volume for volume in record[field]]

    assert optimum(doubled) == approx(2 * BY_HAND - WITHOUT_MEASURES + 2 * 1_638)


def test_the_plan_keeps_the_smallest_amounts_of_a_measure() -> None:
    """A ten-thousandth of a parcel costs 5e-6 CNY, which the checker would miss."""
    model = solved()
    model.Packed["market", 1, 2018].set_value(1e-10)
    (entry,) = [p for p in report.campaign_of(model).packaging if (p.step, p.year) == (1, 2018)]
    assert entry.parcels_million == 1e-10
