"""Ways to spoil a result folder, each with the rule that must notice. They work on any result of any nation.

A corruption takes a result folder and its nation, changes files in place, and raises ``NotApplicableError`` where
the result has nothing to spoil in this way.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voltmile.problem.nation import Nation

Spoil = Callable[[Path, Nation], None]


class NotApplicableError(Exception):
    """The result has nothing to spoil in this way."""


@dataclass(frozen=True)
class Corruption:
    """How to spoil a result, and the rule that must name it."""

    name: str
    rule: str
    spoil: Spoil


CORRUPTIONS: list[Corruption] = []


def breaks(rule: str) -> Callable[[Spoil], Spoil]:
    """Register a corruption under the rule that must notice."""

    def register(spoil: Spoil) -> Spoil:
        CORRUPTIONS.append(Corruption(spoil.__name__, rule, spoil))
        return spoil

    return register


@contextmanager
def edit(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Change a JSON file in place."""
    path = folder / f"{name}.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    yield data
    path.write_text(json.dumps(data), encoding="utf-8")


@contextmanager
def table(folder: Path, name: str) -> Iterator[list[dict[str, str]]]:
    """Change a CSV file in place."""
    path = folder / f"{name}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows, header = list(reader), reader.fieldnames or []
    yield rows
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def first(items: Any, wanted: Callable[[Any], bool] = lambda _: True) -> Any:
    """First of the items that is wanted."""
    for item in items:
        if wanted(item):
            return item
    raise NotApplicableError


def is_electric(nation: Nation, k: str) -> bool:
    return nation.vehicle_type[k].powertrain == "bev"


# -- routes ---------------------------------------------------------------------------------------------------


@breaks("cover")
def village_dropped(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        first(plan["routes"], lambda r: len(r["stops"]) > 1)["stops"].pop()


@breaks("cover")
def village_on_two_routes(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        route = plan["routes"][0]
        plan["routes"].append(route | {"id": "again", "stops": route["stops"][:1]})


@breaks("elementary")
def village_twice_on_a_route(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        route = plan["routes"][0]
        route["stops"].append(route["stops"][0])


@breaks("empty_route")
def route_without_a_stop(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        plan["routes"].append(plan["routes"][0] | {"id": "nowhere", "stops": []})


@breaks("membership")
def route_at_the_wrong_hub(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        route = plan["routes"][0]
        route["hub"] = first(nation.hub, lambda h: h != route["hub"])


@breaks("reference")
def unknown_village(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        plan["routes"][0]["stops"][0] = "atlantis"


@breaks("reference")
def unknown_vehicle_type(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        plan["routes"][0]["vehicle_type"] = "zeppelin"


def _round_and_round(route: dict[str, Any]) -> None:
    route["stops"] = route["stops"] * 200


@breaks("load_kg")
def overloaded_by_weight(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        _round_and_round(first(plan["routes"], lambda r: any(nation.village[i].demand_kg_per_day for i in r["stops"])))


@breaks("load_m3")
def overloaded_by_volume(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        _round_and_round(first(plan["routes"], lambda r: any(nation.village[i].demand_m3_per_day for i in r["stops"])))


@breaks("shift")
def shift_too_long(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        _round_and_round(plan["routes"][0])


@breaks("energy")
def battery_too_small(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        _round_and_round(first(plan["routes"], lambda r: is_electric(nation, r["vehicle_type"])))


@breaks("time_window")
def window_missed(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        for route in plan["routes"]:
            closing = [i for i in route["stops"] if nation.village[i].window_close_h is not None]
            if closing:
                route["stops"] = route["stops"] * 200 + closing
                return
    raise NotApplicableError


@breaks("journey")
def too_many_kilometres(folder: Path, nation: Nation) -> None:
    years = {limit.year for limit in nation.limits if limit.kind == "journey"}
    with edit(folder, "plan") as plan:
        _round_and_round(first(plan["routes"], lambda r: r["year"] in years))


# -- vehicles -------------------------------------------------------------------------------------------------


@breaks("vehicle_days")
def fleet_short_by_one(folder: Path, nation: Nation) -> None:
    """Take one away where the vehicles just suffice."""
    with edit(folder, "plan") as plan:
        for entry in plan["buy"]:
            c, k, y = entry["city"], entry["vehicle_type"], entry["year"]
            life = nation.vehicle_type[k].life_years
            stock = sum(e["count"] for e in plan["buy"] if (e["city"], e["vehicle_type"]) == (c, k) and e["year"] <= y)
            stock += sum(e.count for e in nation.existing_fleet if (e.city, e.vehicle_type) == (c, k) and e.age_years <= life)
            stock -= sum(e["count"] for e in plan["sell"] if (e["city"], e["vehicle_type"]) == (c, k) and e["year"] <= y)
            for day in nation.day_types:
                on = {"vehicle_type": k, "year": y, "day_type": day.id}
                needed = sum(1 for r in plan["routes"] if nation.hub[r["hub"]].city == c and on.items() <= r.items())
                needed += sum(
                    u["vehicle_days"] for u in plan["urban"] if nation.hub[u["hub"]].city == c and on.items() <= u.items()
                )
                if needed > nation.vehicle_type[k].availability * (stock - 1) + 1e-3:
                    entry["count"] -= 1
                    return
    raise NotApplicableError


@breaks("stock")
def vehicle_from_nowhere(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        sold = {"city": nation.cities[0].id, "vehicle_type": nation.vehicle_types[0].id, "count": 1}
        plan["sell"].append(sold | {"vintage": nation.years[0] - 1, "year": nation.years[0], "count": 1000})


@breaks("stock")
def vehicle_sold_twice(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        first(plan["sell"])["count"] += 1000


@breaks("retirement")
def retired_vehicle_kept(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        life = {k.id: k.life_years for k in nation.vehicle_types}
        plan["sell"].remove(first(plan["sell"], lambda s: s["year"] - s["vintage"] == life[s["vehicle_type"]]))


@breaks("urban_service")
def urban_parcels_left(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        first(plan["urban"])["vehicle_days"] *= 0.9


@breaks("urban_hub")
def urban_tours_from_a_county_hub(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        hub = first(nation.hubs, lambda h: not h.serves_urban)
        day = {"year": nation.years[0], "day_type": nation.day_types[0].id}
        plan["urban"].append(day | {"hub": hub.id, "vehicle_type": nation.vehicle_types[0].id, "vehicle_days": 1.0})


def _combustion_only(plan: dict[str, Any], nation: Nation, cities: set[str]) -> None:
    """Buy a fuel vehicle for every electric one."""
    fuel = first(k.id for k in nation.vehicle_types if k.powertrain == "ice")
    changed = False
    for entry in plan["buy"]:
        if entry["city"] in cities and is_electric(nation, entry["vehicle_type"]):
            entry["vehicle_type"], changed = fuel, True
    if not changed:
        raise NotApplicableError


@breaks("electric_share")
def electric_share_missed(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        _combustion_only(plan, nation, {c.id for c in nation.cities if c.electric_share_min > 0})


@breaks("electric_only")
def fuel_vehicle_bought_too_late(folder: Path, nation: Nation) -> None:
    fuel = first(k.id for k in nation.vehicle_types if k.powertrain == "ice")
    city = first(nation.cities, lambda c: c.ev_only_from_year is not None and c.ev_only_from_year <= nation.years[-1])
    with edit(folder, "plan") as plan:
        plan["buy"].append({"city": city.id, "vehicle_type": fuel, "year": nation.years[-1], "count": 1})


@breaks("integrality")
def half_a_vehicle(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        first(plan["buy"])["count"] += 0.5


@breaks("bounds")
def negative_number_of_vehicles(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        first(plan["buy"])["count"] = -1


@breaks("duplicate")
def purchase_listed_twice(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        plan["buy"].append(first(plan["buy"]))


# -- chargers, energy -----------------------------------------------------------------------------------------


@breaks("charger_power")
def charger_missing(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        built = {(e["hub"], e["charger_type"]) for e in plan["build"]}
        used = {(e["hub"], e["charger_type"]) for e in plan["charge"]}
        gone = first(sorted(built & used))
        plan["build"] = [e for e in plan["build"] if (e["hub"], e["charger_type"]) != gone]


@breaks("grid")
def grid_overloaded(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        first(plan["build"])["count"] += 10_000


@breaks("upgrade_limit")
def grid_extended_too_far(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        plan["upgrade"].append({"hub": nation.hubs[0].id, "year": nation.years[0], "kw": 1e6})


@breaks("energy_balance")
def energy_from_nothing(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        first(plan["charge"])["kwh"] *= 0.9


@breaks("energy_balance")
def more_charged_than_used(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        first([*plan["public"], *plan["charge"]])["kwh"] += 1.0


# -- national limits ------------------------------------------------------------------------------------------


@breaks("supply")
def more_bought_than_supplied(folder: Path, nation: Nation) -> None:
    limit = first(nation.limits, lambda limit: limit.kind == "supply")
    with edit(folder, "plan") as plan:
        bought = {"city": nation.cities[0].id, "vehicle_type": limit.vehicle_types[0], "year": limit.year}
        plan["buy"].append(bought | {"count": math.ceil(limit.max_vehicles) + 1})


@breaks("budget")
def over_budget(folder: Path, nation: Nation) -> None:
    limit = first(nation.limits, lambda limit: limit.kind == "budget" and "purchase" in limit.counts)
    with edit(folder, "plan") as plan:
        bought = {"city": nation.cities[0].id, "vehicle_type": nation.vehicle_types[0].id, "year": limit.year}
        plan["buy"].append(bought | {"count": 10_000})


@breaks("carbon")
def too_much_carbon(folder: Path, nation: Nation) -> None:
    limits = {limit.id for limit in nation.limits if limit.kind == "carbon"}
    with edit(folder, "plan") as plan:
        first(plan["slack"], lambda s: s["limit"] in limits)["amount"] *= 0.5


@breaks("green_cities")
def false_green_city(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        _combustion_only(plan, nation, {first(plan["green"])["city"]})


@breaks("green_cities")
def too_few_green_cities(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        limit = first(plan["green"])["limit"]
        plan["green"] = [g for g in plan["green"] if g["limit"] != limit]


@breaks("hard_limit")
def hard_limit_bought_off(folder: Path, nation: Nation) -> None:
    limit = first(nation.limits, lambda limit: limit.price_cny_per_unit is None)
    with edit(folder, "plan") as plan:
        plan["slack"].append({"limit": limit.id, "amount": 1.0})


# -- what is reported -----------------------------------------------------------------------------------------


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


# -- the bound ------------------------------------------------------------------------------------------------


@breaks("bound")
def bound_raised(folder: Path, nation: Nation) -> None:
    """Everywhere it is written, with a gap to match."""
    with edit(folder, "certificate") as certificate, edit(folder, "summary") as summary:
        bound = certificate["bound"] + abs(certificate["bound"]) / 1000
        certificate["bound"] = summary["bound"] = bound
        summary["gap"] = (summary["objective"] - bound) / abs(summary["objective"])


@breaks("bound")
def bound_above_the_objective(folder: Path, nation: Nation) -> None:
    with edit(folder, "summary") as summary:
        summary["bound"] = summary["objective"] * 1.01
        summary["gap"] = -0.01


@breaks("hub_day")
def claim_raised(folder: Path, nation: Nation) -> None:
    """The claim of a hub-day, and the bound with it."""
    with edit(folder, "certificate") as certificate, edit(folder, "summary") as summary:
        proof = first(certificate["hub_days"])
        more = max(1.0, abs(proof["value"]) / 1000)
        proof["value"] += more
        certificate["bound"] = summary["bound"] = certificate["bound"] + more
        summary["gap"] = (summary["objective"] - summary["bound"]) / abs(summary["objective"])


@breaks("bound")
def dual_altered(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        duals = certificate["duals"].get("stock", [])
        max(duals, key=lambda dual: abs(dual["value"]), default=first(duals))["value"] *= 1.5


@breaks("hub_day")
def village_dual_altered(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        first(certificate["hub_days"])["assign"][0] += 100.0


@breaks("hub_day")
def cut_dual_altered(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        cuts = [cut for day in certificate["hub_days"] for cut in (*day["capacity_cuts"], *day["connectivity_cuts"])]
        max(cuts, key=lambda cut: cut["dual"], default=first(cuts))["dual"] *= 3.0


@breaks("hub_day")
def cut_made_stronger(folder: Path, nation: Nation) -> None:
    """Another divisor makes another cut, whose dual value this is not."""
    with edit(folder, "certificate") as certificate:
        cuts = [cut for day in certificate["hub_days"] for cut in day["capacity_cuts"]]
        max(cuts, key=lambda cut: cut["dual"], default=first(cuts))["divisor"] /= 7.0


@breaks("dual_sign")
def dual_of_the_wrong_sign(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        dual = first(certificate["duals"].get("vehicle_days", []), lambda dual: dual["value"] < -1e-3)
        dual["value"] *= -1


@breaks("dual_sign")
def cut_dual_of_the_wrong_sign(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        cuts = [cut for day in certificate["hub_days"] for cut in (*day["capacity_cuts"], *day["connectivity_cuts"])]
        first(cuts, lambda cut: cut["dual"] > 1e-3)["dual"] *= -1


@breaks("dual_sign")
def dual_above_the_price(folder: Path, nation: Nation) -> None:
    limit = first(nation.limits, lambda limit: limit.price_cny_per_unit is not None and limit.kind != "green_cities")
    with edit(folder, "certificate") as certificate:
        duals = [dual for dual in certificate["duals"].get(limit.kind, []) if dual["row"] != limit.id]
        certificate["duals"][limit.kind] = [*duals, {"row": limit.id, "value": -2 * limit.price_cny_per_unit - 1}]


@breaks("certificate")
def dual_of_no_row(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        certificate["duals"].setdefault("grid", []).append({"row": "atlantis|2018", "value": -1.0})


@breaks("certificate")
def hub_day_left_out(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        certificate["hub_days"].pop()


@breaks("certificate")
def cut_of_another_hub(folder: Path, nation: Nation) -> None:
    with edit(folder, "certificate") as certificate:
        day = first(certificate["hub_days"])
        other = first(i.id for i in nation.villages if i.hub != day["hub"])
        cut = {"villages": [other], "dimension": "kg", "divisor": 1.0, "dual": 1.0}
        day["capacity_cuts"] = [*day["capacity_cuts"], cut]


# -- broken files ---------------------------------------------------------------------------------------------


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
