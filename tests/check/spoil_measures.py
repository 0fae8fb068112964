"""Corruptions of what is decided and reported about the campaign measures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from spoiling import NotApplicableError, breaks, edit, first, table

from voltmile.problem.nation import Nation


@contextmanager
def entries(folder: Path, nation: Nation, measure: str) -> Iterator[list[dict[str, Any]]]:
    """Change what plan.json says about a measure."""
    if nation.measures is None:
        raise NotApplicableError
    with edit(folder, "plan") as plan:
        yield plan["measures"][measure]


@breaks("label_printing")
def printers_not_bought(folder: Path, nation: Nation) -> None:
    with entries(folder, nation, "e_label") as found:
        for entry in found:
            entry["printers_thousand"] /= 2


@breaks("labels")
def labels_not_made(folder: Path, nation: Nation) -> None:
    with entries(folder, nation, "e_label") as found:
        for entry in found:
            entry["labels_million"] = 0.0


@breaks("packaging_rise")
def packaging_risen_too_fast(folder: Path, nation: Nation) -> None:
    with entries(folder, nation, "packaging") as found:
        first(found, lambda entry: entry["year"] == nation.years[0])["parcels_million"] *= 10


@breaks("packaging_kept")
def packaging_given_up(folder: Path, nation: Nation) -> None:
    with entries(folder, nation, "packaging") as found:
        first_year, last_year = nation.years[0], nation.years[-1]
        platform = first(found, lambda entry: entry["year"] == first_year)["platform"]
        for entry in found:
            if (entry["platform"], entry["year"]) == (platform, last_year):
                entry["parcels_million"] = 0.0


@breaks("box_pool")
def boxes_from_nowhere(folder: Path, nation: Nation) -> None:
    with entries(folder, nation, "boxes") as found:
        first(found, lambda entry: entry["bought_thousand"] > 0.1)["bought_thousand"] *= 0.9


@breaks("box_pool")
def lost_boxes_kept(folder: Path, nation: Nation) -> None:
    with entries(folder, nation, "boxes") as found:
        first(found, lambda entry: entry["year"] == nation.years[-1])["owned_thousand"] += 0.01


@breaks("box_trips")
def boxes_that_travel_too_often(folder: Path, nation: Nation) -> None:
    with entries(folder, nation, "boxes") as found:
        first(found, lambda entry: entry["trips_thousand"] > 1)["trips_thousand"] *= 1.01


@breaks("cutlery_response")
def more_opt_out_than_respond(folder: Path, nation: Nation) -> None:
    with entries(folder, nation, "cutlery") as found:
        first(found, lambda entry: entry["orders_million"] > 0.01)["orders_million"] *= 1.01


@breaks("fund")
def fund_overdrawn(folder: Path, nation: Nation) -> None:
    """By more than there is in it."""
    limit = first(nation.limits, lambda limit: limit.kind == "fund" and "cutlery" in limit.counts)
    with entries(folder, nation, "cutlery") as found:
        first(found)["spent_thousand_cny"] += limit.max_cny / 1000


@breaks("cost_term")
def packaging_in_a_cheaper_step(folder: Path, nation: Nation) -> None:
    with entries(folder, nation, "packaging") as found:
        first(found, lambda entry: entry["step"] > 0)["step"] = 0


@breaks("bounds")
def step_that_is_none(folder: Path, nation: Nation) -> None:
    with entries(folder, nation, "packaging") as found:
        first(found)["step"] = 17


@breaks("reference")
def platform_that_is_none(folder: Path, nation: Nation) -> None:
    with entries(folder, nation, "packaging") as found:
        first(found)["platform"] = "agora"


@breaks("duplicate")
def year_of_labels_listed_twice(folder: Path, nation: Nation) -> None:
    with entries(folder, nation, "e_label") as found:
        found.append(first(found))


@breaks("objective")
def fewer_labels_than_paid_for(folder: Path, nation: Nation) -> None:
    with entries(folder, nation, "e_label") as found:
        first(found)["labels_million"] *= 0.99


@breaks("co2")
def carbon_of_packaging_forgotten(folder: Path, nation: Nation) -> None:
    with entries(folder, nation, "packaging") as found:
        found.clear()


@breaks("bound")
def dual_of_a_fund_altered(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        funds = certificate["duals"].get("fund", [])
        first(funds, lambda dual: dual["value"] < -1e-3)["value"] *= 0.5


@breaks("bound")
def dual_of_a_pool_altered(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        first(certificate["duals"].get("box_pool", []))["value"] *= 1.5


@breaks("measures_table")
def measure_changed(folder: Path, nation: Nation) -> None:
    if nation.measures is None:
        raise NotApplicableError
    with table(folder, "measures") as rows:
        row = first(rows, lambda row: row["what"] == "paper_saved")
        row["value"] = repr(float(row["value"]) * 1.001)


@breaks("measures_table")
def unit_of_a_measure_changed(folder: Path, nation: Nation) -> None:
    if nation.measures is None:
        raise NotApplicableError
    with table(folder, "measures") as rows:
        first(rows, lambda row: row["unit"] == "kg")["unit"] = "t"


@breaks("format")
def measures_table_missing(folder: Path, nation: Nation) -> None:
    if nation.measures is None:
        raise NotApplicableError
    (folder / "measures.csv").unlink()
