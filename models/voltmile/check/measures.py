"""The campaign measures: their equations (17 to 21), their cash and CO2, and their table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from voltmile.check.decisions import Decisions
from voltmile.check.given import Given
from voltmile.check.report import Findings
from voltmile.problem.measures import Cutlery

#: Change of a reported number: (city or None, year or "end", term) or (city or None, year).
Cash = Iterator[tuple[tuple[Any, Any, str], float]]
Carbon = Iterator[tuple[tuple[Any, int], float]]
Rows = Iterator[tuple[tuple[Any, ...], Mapping[str, Any]]]


def pieces(cutlery: Cutlery) -> list[tuple[float, float]]:
    """Return slope (share for a CNY an order) and gain at no spending of every piece of the response."""
    base, found = cutlery.response[0].opt_out_share, []
    for left, right in pairwise(cutlery.response):
        rise = right.opt_out_share - left.opt_out_share
        slope = rise / (right.cny_per_order - left.cny_per_order)
        found.append((slope, left.opt_out_share - base - slope * left.cny_per_order))
    return found


# -- equations ------------------------------------------------------------------------------------------


def check_measures(given: Given, plan: Decisions, findings: Findings) -> None:
    """Check what the measures can do with what is bought for them."""
    _check_printing(given, plan, findings)
    _check_packaging(given, plan, findings)
    _check_boxes(given, plan, findings)
    _check_cutlery(given, plan, findings)


def _check_printing(g: Given, plan: Decisions, findings: Findings) -> None:
    given = g.measures.e_label
    if given is None:
        return
    for y in g.years:
        working = sum(n for v, n in plan.printers.items() if v <= y < v + given.printer_life_years)
        most = working * 1e3 * given.labels_per_printer_year / 1e6
        found = plan.labels.get(y, 0.0)
        findings.at_most("label_printing", str(y), "e-labels are", found, most, "million")


def _check_packaging(g: Given, plan: Decisions, findings: Findings) -> None:
    for o, platform in g.platforms.items():
        before = 0.0
        for n, y in enumerate(g.years):
            parcels = platform.parcels_million_by_year[n]
            packed = sum(plan.packed.get((o, step, y), 0.0) for step in range(len(platform.step)))
            most = parcels * (before + platform.rise_max_per_year)
            where, unit = f"{o} {y}", "million parcels"
            findings.at_most("packaging_rise", where, "packed are", packed, most, unit)
            findings.at_least("packaging_kept", where, "packed are", packed, parcels * before, unit)
            before = packed / parcels


def _check_boxes(g: Given, plan: Decisions, findings: Findings) -> None:
    loop = g.measures.boxes
    if loop is None:
        return
    for c in g.cities:
        left = 0.0
        for y in g.years:
            where, owned, trips = f"{c} {y}", plan.pool.get((c, y), 0.0), plan.trips.get((c, y), 0.0)
            expected = left + plan.boxes.get((c, y), 0.0)
            findings.equal("box_pool", where, "the boxes of the city", owned, expected, "thousand")
            lost = loop.loss_share * trips
            most = loop.trips_per_box_year * (owned - lost / 2)
            findings.at_most("box_trips", where, "trips of boxes are", trips, most, "thousand")
            left = owned - lost


def _check_cutlery(g: Given, plan: Decisions, findings: Findings) -> None:
    given = g.measures.cutlery
    if given is None:
        return
    for n, y in enumerate(g.years):
        orders = given.orders_million_by_year[n]
        spent = plan.spent.get(y, 0.0) * 1e3 / 1e6  # million CNY, so that CNY an order = spent / orders
        most = min(slope * spent + orders * at_zero for slope, at_zero in pieces(given))
        found = plan.declined.get(y, 0.0)
        findings.at_most("cutlery_response", str(y), "orders gained are", found, most, "million")


# -- money and carbon -----------------------------------------------------------------------------------


def cash_of_measures(g: Given, plan: Decisions) -> Cash:
    """Yield every amount of cash with its account (CNY)."""
    label, boxes, cutlery = g.measures.e_label, g.measures.boxes, g.measures.cutlery
    if label is not None:
        for y, printers in plan.printers.items():
            yield (None, y, "e_label"), label.printer_cny_by_year[g.nth(y)] * printers * 1e3
        for y, labels in plan.labels.items():
            yield (None, y, "savings"), -label.saving_cny_per_label * labels * 1e6
    for (o, n, y), parcels in plan.packed.items():
        platform = g.platforms[o]
        if 0 <= n < len(platform.step):
            yield (None, y, "packaging"), platform.step[n].cny_per_parcel * parcels * 1e6
            yield (None, y, "savings"), -platform.saving_cny_per_parcel * parcels * 1e6
    if boxes is not None:
        yield from _cash_of_boxes(g, plan)
    if cutlery is not None:
        for y, thousand_cny in plan.spent.items():
            yield (None, y, "cutlery"), thousand_cny * 1e3
        for y, orders in plan.declined.items():
            yield (None, y, "savings"), -cutlery.saving_cny_per_set * orders * 1e6


def _cash_of_boxes(g: Given, plan: Decisions) -> Cash:
    loop = g.measures.boxes
    assert loop is not None
    last = g.years[-1]
    for (c, y), bought in plan.boxes.items():
        yield (c, y, "boxes"), loop.box_cny_by_year[g.nth(y)] * bought * 1e3
    for (c, y), trips in plan.trips.items():
        hours = loop.return_h * (trips - loop.loss_share * trips) * 1e3
        yield (c, y, "drivers"), g.driver_wage(y) * hours
        yield (c, y, "savings"), -loop.saving_cny_per_trip * trips * 1e3
    for c in g.cities if g.counts_terminal_value else ():
        left = plan.pool.get((c, last), 0.0) - loop.loss_share * plan.trips.get((c, last), 0.0)
        yield (c, "end", "box_value"), -loop.end_value_share * loop.box_cny_by_year[-1] * left * 1e3


def carbon_of_measures(g: Given, plan: Decisions) -> Carbon:
    """Yield every amount of CO2 by city (None: the nation) and year; negative where it is saved (kg)."""
    label, loop, cutlery = g.measures.e_label, g.measures.boxes, g.measures.cutlery
    if label is not None:
        for y, labels in plan.labels.items():
            yield (None, y), -label.co2_saved_kg_per_label * labels * 1e6
    for (o, _, y), parcels in plan.packed.items():
        yield (None, y), -g.platforms[o].co2_saved_kg_per_parcel * parcels * 1e6
    if loop is not None:
        for key, bought in plan.boxes.items():
            yield key, loop.co2_kg_per_box * bought * 1e3
        for key, trips in plan.trips.items():
            back = trips - loop.loss_share * trips
            yield key, (loop.co2_kg_per_return * back - loop.co2_saved_kg_per_trip * trips) * 1e3
    if cutlery is not None:
        for y, orders in plan.declined.items():
            yield (None, y), -cutlery.co2_saved_kg_per_set * orders * 1e6


def labels_until(g: Given, plan: Decisions, year: int) -> float:
    """Return the parcels with an e-label up to a year, those there are anyway among them (million)."""
    given = g.measures.e_label
    if given is None:
        return 0.0
    years = [y for y in g.years if y <= year]
    anyway = sum(given.base_share * given.parcels_million_by_year[g.nth(y)] for y in years)
    return anyway + sum(plan.labels.get(y, 0.0) for y in years)


# -- measures.csv ---------------------------------------------------------------------------------------


def table_rows(g: Given, plan: Decisions) -> Rows:
    """Yield the rows of measures.csv: (year, measure, part, what) and value and unit."""
    for y in g.years:
        for measure, part, numbers in _numbers(g, plan, y):
            for what, (value, unit) in numbers.items():
                yield (y, measure, part, what), {"value": value, "unit": unit}


Numbers = Mapping[str, tuple[float, str]]


def _numbers(g: Given, plan: Decisions, y: int) -> Iterator[tuple[str, str, Numbers]]:
    if g.measures.e_label is not None:
        yield "e_label", "", _label_numbers(g, plan, y)
    for o in g.platforms:
        yield "packaging", o, _packaging_numbers(g, plan, o, y)
    if g.measures.boxes is not None:
        yield "boxes", "", _box_numbers(g, plan, y)
    if g.measures.cutlery is not None:
        yield "cutlery", "", _cutlery_numbers(g, plan, y)


def _label_numbers(g: Given, plan: Decisions, y: int) -> Numbers:
    given = g.measures.e_label
    assert given is not None
    parcels, more = given.parcels_million_by_year[g.nth(y)], plan.labels.get(y, 0.0)
    all_labels, bought = given.base_share * parcels + more, plan.printers.get(y, 0.0)
    return {
        "parcels": (all_labels, "million"),
        "share": (all_labels / parcels if parcels else 0.0, "share"),
        "parcels_so_far": (labels_until(g, plan, y), "million"),
        "printers_bought": (bought, "thousand"),
        "paper_saved": (more * given.sheets_saved_per_label, "million sheets"),
        "co2_saved": (more * given.co2_saved_kg_per_label * 1e6, "kg"),
        "cost": (bought * given.printer_cny_by_year[g.nth(y)] * 1e3, "CNY"),
        "savings": (more * given.saving_cny_per_label * 1e6, "CNY"),
    }


def _packaging_numbers(g: Given, plan: Decisions, o: str, y: int) -> Numbers:
    platform = g.platforms[o]
    steps = [plan.packed.get((o, n, y), 0.0) for n in range(len(platform.step))]
    packed = sum(steps)
    cost = sum(step.cny_per_parcel * parcels for step, parcels in zip(platform.step, steps, strict=True))
    return {
        "parcels": (packed, "million"),
        "share": (packed / platform.parcels_million_by_year[g.nth(y)], "share"),
        "co2_saved": (packed * platform.co2_saved_kg_per_parcel * 1e6, "kg"),
        "cost": (cost * 1e6, "CNY"),
        "savings": (packed * platform.saving_cny_per_parcel * 1e6, "CNY"),
    }


def _box_numbers(g: Given, plan: Decisions, y: int) -> Numbers:
    loop = g.measures.boxes
    assert loop is not None
    bought, owned, trips = (
        sum(table.get((c, y), 0.0) for c in g.cities) for table in (plan.boxes, plan.pool, plan.trips)
    )
    lost = loop.loss_share * trips
    emitted = loop.co2_kg_per_box * bought + loop.co2_kg_per_return * (trips - lost)
    return {
        "bought": (bought, "thousand"),
        "owned": (owned, "thousand"),
        "trips": (trips, "thousand"),
        "returned": (trips - lost, "thousand"),
        "lost": (lost, "thousand"),
        "return_time": (loop.return_h * (trips - lost) * 1e3, "h"),
        "co2_saved": ((loop.co2_saved_kg_per_trip * trips - emitted) * 1e3, "kg"),
        "cost": (loop.box_cny_by_year[g.nth(y)] * bought * 1e3, "CNY"),
        "savings": (loop.saving_cny_per_trip * trips * 1e3, "CNY"),
    }


def _cutlery_numbers(g: Given, plan: Decisions, y: int) -> Numbers:
    given = g.measures.cutlery
    assert given is not None
    base, more = given.response[0].opt_out_share, plan.declined.get(y, 0.0)
    orders = given.orders_million_by_year[g.nth(y)]
    return {
        "orders": (base * orders + more, "million"),
        "share": (base + more / orders if orders else base, "share"),
        "co2_saved": (more * given.co2_saved_kg_per_set * 1e6, "kg"),
        "cost": (plan.spent.get(y, 0.0) * 1e3, "CNY"),
        "savings": (more * given.saving_cny_per_set * 1e6, "CNY"),
    }
