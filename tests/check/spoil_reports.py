"""Corruptions of what is reported, and of the files themselves."""

from __future__ import annotations

import math
from pathlib import Path

from spoiling import NotApplicableError, Spoil, breaks, edit, first, table

from voltmile.problem.nation import Nation


def _change(folder: Path, name: str, column: str) -> None:
    """Change the largest number of a column by 1 %, at least by 1."""
    with table(folder, name) as rows:
        row = max(rows, key=lambda row: abs(float(row[column] or 0)), default=None)
        if row is None:
            raise NotApplicableError
        value = float(row[column] or 0)
        row[column] = repr(value + max(1.0, abs(value) / 100))


@breaks("route_attributes")
def kilometres_changed(folder: Path, nation: Nation) -> None:
    _change(folder, "routes", "distance_km")


@breaks("route_attributes")
def cost_of_a_route_changed(folder: Path, nation: Nation) -> None:
    _change(folder, "routes", "cost_cny")


@breaks("route_attributes")
def carbon_of_a_route_changed(folder: Path, nation: Nation) -> None:
    _change(folder, "routes", "co2_kg")


@breaks("route_attributes")
def stops_of_a_route_swapped(folder: Path, nation: Nation) -> None:
    with table(folder, "routes") as rows:
        row = first(rows, lambda row: len(row["villages"].split()) > 1)
        row["villages"] = " ".join(reversed(row["villages"].split()))


@breaks("route_attributes")
def route_left_out(folder: Path, nation: Nation) -> None:
    with table(folder, "routes") as rows:
        rows.pop()


@breaks("cost_term")
def cost_changed(folder: Path, nation: Nation) -> None:
    _change(folder, "costs", "cash_cny")


@breaks("cost_term")
def cost_left_out(folder: Path, nation: Nation) -> None:
    with table(folder, "costs") as rows:
        rows.remove(max(rows, key=lambda row: float(row["cash_cny"])))


@breaks("cost_term")
def cost_invented(folder: Path, nation: Nation) -> None:
    with table(folder, "costs") as rows:
        rows.append(rows[0] | {"term": "bribes", "cash_cny": "5.0", "discounted_cny": "5.0"})


@breaks("fleet_table")
def fleet_table_changed(folder: Path, nation: Nation) -> None:
    with table(folder, "fleet") as rows:
        rows[0]["stock"] = str(int(rows[0]["stock"]) + 1)


@breaks("fleet_table")
def electric_by_name_only(folder: Path, nation: Nation) -> None:
    with table(folder, "fleet") as rows:
        rows[0]["electric"] = "false" if rows[0]["electric"] == "true" else "true"


@breaks("charger_table")
def charger_table_changed(folder: Path, nation: Nation) -> None:
    with table(folder, "chargers") as rows:
        row = first(rows)
        row["installed"] = str(int(row["installed"]) + 1)


@breaks("city_table")
def city_table_changed(folder: Path, nation: Nation) -> None:
    _change(folder, "cities", "co2_kg")


@breaks("limits_table")
def limits_table_changed(folder: Path, nation: Nation) -> None:
    _change(folder, "limits", "used")


def _scale(folder: Path, *path: str) -> None:
    with edit(folder, "summary") as part:
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = part[path[-1]] * 1.01 + 1


@breaks("objective")
def objective_changed(folder: Path, nation: Nation) -> None:
    _scale(folder, "objective")


@breaks("co2")
def carbon_changed(folder: Path, nation: Nation) -> None:
    _scale(folder, "co2_kg", str(nation.years[0]))


@breaks("co2")
def total_carbon_changed(folder: Path, nation: Nation) -> None:
    _scale(folder, "co2_kg_total")


@breaks("summary")
def cost_total_changed(folder: Path, nation: Nation) -> None:
    _scale(folder, "costs", "drivers")


@breaks("journey_summary")
def journey_changed(folder: Path, nation: Nation) -> None:
    _scale(folder, "journey_km_per_visit")


@breaks("gap")
def gap_changed(folder: Path, nation: Nation) -> None:
    with edit(folder, "summary") as summary:
        summary["gap"] = summary["gap"] / 2 + 0.001


@breaks("status")
def optimal_without_proof(folder: Path, nation: Nation) -> None:
    with edit(folder, "summary") as summary:
        if summary["gap"] <= 1e-4:
            raise NotApplicableError
        summary["status"] = "optimal"


@breaks("status")
def status_invented(folder: Path, nation: Nation) -> None:
    with edit(folder, "summary") as summary:
        summary["status"] = "splendid"


@breaks("provenance")
def result_of_another_instance(folder: Path, nation: Nation) -> None:
    with edit(folder, "provenance") as provenance:
        provenance["instance_sha256"] = "0" * 64


@breaks("format")
def not_a_number_in_the_plan(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        plan["upgrade"].append({"hub": nation.hubs[0].id, "year": nation.years[0], "kw": math.nan})


@breaks("format")
def truncated_plan(folder: Path, nation: Nation) -> None:
    path = folder / "plan.json"
    path.write_text(path.read_text(encoding="utf-8")[:-20], encoding="utf-8")


@breaks("format")
def unknown_key_in_the_plan(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        plan["wishes"] = []


@breaks("format")
def not_a_number_in_a_table(folder: Path, nation: Nation) -> None:
    with table(folder, "costs") as rows:
        rows[0]["cash_cny"] = "nan"


@breaks("format")
def word_in_a_table(folder: Path, nation: Nation) -> None:
    with table(folder, "fleet") as rows:
        rows[0]["stock"] = "many"


@breaks("format")
def not_utf_8(folder: Path, nation: Nation) -> None:
    (folder / "cities.csv").write_bytes(b"\xff\xfe\x00city")


@breaks("format")
def list_for_a_summary(folder: Path, nation: Nation) -> None:
    (folder / "summary.json").write_text("[1, 2]", encoding="utf-8")


@breaks("format")
def column_left_out(folder: Path, nation: Nation) -> None:
    path = folder / "limits.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("allowed", "permitted", 1), encoding="utf-8")


def _remove(name: str) -> Spoil:
    def spoil(folder: Path, nation: Nation) -> None:
        (folder / name).unlink()

    spoil.__name__ = f"missing_{name.replace('.', '_')}"
    return spoil


for _name in ("plan", "summary", "certificate", "provenance"):
    breaks("format")(_remove(f"{_name}.json"))
for _name in ("fleet", "chargers", "routes", "costs", "cities", "limits"):
    breaks("format")(_remove(f"{_name}.csv"))
