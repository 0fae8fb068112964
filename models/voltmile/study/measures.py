"""What a plan does with the campaign measures: what each brings, costs, saves and emits, by year."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from voltmile.problem.measures import Boxes, Cutlery, ELabel, Platform
from voltmile.problem.nation import Nation
from voltmile.problem.plan import BoxLoop, Campaign

MILLION, THOUSAND = 1e6, 1e3
NATION = ""
"""Stands where a city stands for the measures that belong to none."""


class MeasureRow(NamedTuple):
    """A number about a measure in a year; ``part`` is a platform or blank."""

    year: int
    measure: str
    part: str
    what: str
    value: float
    unit: str


def measure_rows(nation: Nation, plan: Campaign) -> Iterator[MeasureRow]:
    """Every number about the measures of a nation; none without measures."""
    given = nation.campaign
    if given.e_label is not None:
        yield from _e_label(nation, given.e_label, plan)
    for platform in given.packaging:
        yield from _packaging(nation, platform, plan)
    if given.boxes is not None:
        yield from _boxes(nation, given.boxes, plan)
    if given.cutlery is not None:
        yield from _cutlery(nation, given.cutlery, plan)


def co2_kg(nation: Nation, plan: Campaign) -> dict[tuple[str, int], float]:
    """CO2 of the measures by city (blank: national measures) and year (kg); negative where it is saved."""
    found: defaultdict[tuple[str, int], float] = defaultdict(float)
    for row in measure_rows(nation, plan):
        if row.what == "co2_saved" and row.measure != "boxes":
            found[NATION, row.year] -= row.value
    for loop in plan.boxes:
        if nation.campaign.boxes is not None:
            found[loop.city, loop.year] -= _box_co2_saved(nation.campaign.boxes, loop)
    return dict(found)


def _e_label(nation: Nation, given: ELabel, plan: Campaign) -> Iterator[MeasureRow]:
    labels = {entry.year: entry.labels_million for entry in plan.e_label}
    printers = {entry.year: entry.printers_thousand for entry in plan.e_label}
    so_far = 0.0
    for n, year in enumerate(nation.years):
        parcels, more = given.parcels_million_by_year[n], labels.get(year, 0.0)
        labelled = given.base_share * parcels + more
        so_far += labelled
        bought = printers.get(year, 0.0)
        numbers = {
            "parcels": (labelled, "million"),
            "share": (labelled / parcels if parcels else 0.0, "share"),
            "parcels_so_far": (so_far, "million"),
            "printers_bought": (bought, "thousand"),
            "paper_saved": (given.sheets_saved_per_label * more, "million sheets"),
            "co2_saved": (MILLION * given.co2_saved_kg_per_label * more, "kg"),
            "cost": (THOUSAND * given.printer_cny_by_year[n] * bought, "CNY"),
            "savings": (MILLION * given.saving_cny_per_label * more, "CNY"),
        }
        for what, (value, unit) in numbers.items():
            yield MeasureRow(year, "e_label", "", what, value, unit)


def _packaging(nation: Nation, platform: Platform, plan: Campaign) -> Iterator[MeasureRow]:
    for n, year in enumerate(nation.years):
        own = [entry for entry in plan.packaging if (entry.platform, entry.year) == (platform.id, year)]
        packed = sum(entry.parcels_million for entry in own)
        cost = sum(platform.step[entry.step].cny_per_parcel * entry.parcels_million for entry in own)
        numbers = {
            "parcels": (packed, "million"),
            "share": (packed / platform.parcels_million_by_year[n], "share"),
            "co2_saved": (MILLION * platform.co2_saved_kg_per_parcel * packed, "kg"),
            "cost": (MILLION * cost, "CNY"),
            "savings": (MILLION * platform.saving_cny_per_parcel * packed, "CNY"),
        }
        for what, (value, unit) in numbers.items():
            yield MeasureRow(year, "packaging", platform.id, what, value, unit)


def _box_co2_saved(given: Boxes, loop: BoxLoop) -> float:
    made = given.co2_kg_per_box * loop.bought_thousand
    returned = (1 - given.loss_share) * loop.trips_thousand
    return THOUSAND * (
        given.co2_saved_kg_per_trip * loop.trips_thousand - made - given.co2_kg_per_return * returned
    )


def _boxes(nation: Nation, given: Boxes, plan: Campaign) -> Iterator[MeasureRow]:
    for n, year in enumerate(nation.years):
        own = [loop for loop in plan.boxes if loop.year == year]
        bought = sum(loop.bought_thousand for loop in own)
        trips = sum(loop.trips_thousand for loop in own)
        numbers = {
            "bought": (bought, "thousand"),
            "owned": (sum(loop.owned_thousand for loop in own), "thousand"),
            "trips": (trips, "thousand"),
            "returned": ((1 - given.loss_share) * trips, "thousand"),
            "lost": (given.loss_share * trips, "thousand"),
            "return_time": (THOUSAND * given.return_h * (1 - given.loss_share) * trips, "h"),
            "co2_saved": (sum(_box_co2_saved(given, loop) for loop in own), "kg"),
            "cost": (THOUSAND * given.box_cny_by_year[n] * bought, "CNY"),
            "savings": (THOUSAND * given.saving_cny_per_trip * trips, "CNY"),
        }
        for what, (value, unit) in numbers.items():
            yield MeasureRow(year, "boxes", "", what, value, unit)


def _cutlery(nation: Nation, given: Cutlery, plan: Campaign) -> Iterator[MeasureRow]:
    spent = {entry.year: entry.spent_thousand_cny for entry in plan.cutlery}
    gained = {entry.year: entry.orders_million for entry in plan.cutlery}
    for n, year in enumerate(nation.years):
        orders, more = given.orders_million_by_year[n], gained.get(year, 0.0)
        without = given.no_response * orders + more
        numbers = {
            "orders": (without, "million"),
            "share": (without / orders if orders else given.no_response, "share"),
            "co2_saved": (MILLION * given.co2_saved_kg_per_set * more, "kg"),
            "cost": (THOUSAND * spent.get(year, 0.0), "CNY"),
            "savings": (MILLION * given.saving_cny_per_set * more, "CNY"),
        }
        for what, (value, unit) in numbers.items():
            yield MeasureRow(year, "cutlery", "", what, value, unit)
