"""Corruptions of what is decided about routes, vehicles, chargers and limits."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from spoiling import NotApplicableError, breaks, edit, first, is_electric

from voltmile.problem.nation import Nation


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
        _round_and_round(
            first(plan["routes"], lambda r: any(nation.village[i].demand_kg_per_day for i in r["stops"]))
        )


@breaks("load_m3")
def overloaded_by_volume(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        _round_and_round(
            first(plan["routes"], lambda r: any(nation.village[i].demand_m3_per_day for i in r["stops"]))
        )


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


@breaks("vehicle_days")
def fleet_short_by_one(folder: Path, nation: Nation) -> None:
    """Take one away where the vehicles just suffice."""
    with edit(folder, "plan") as plan:
        for entry in plan["buy"]:
            c, k, y = entry["city"], entry["vehicle_type"], entry["year"]
            life = nation.vehicle_type[k].life_years
            stock = sum(
                e["count"] for e in plan["buy"] if (e["city"], e["vehicle_type"]) == (c, k) and e["year"] <= y
            )
            stock += sum(
                e.count
                for e in nation.existing_fleet
                if (e.city, e.vehicle_type) == (c, k) and e.age_years <= life
            )
            stock -= sum(
                e["count"]
                for e in plan["sell"]
                if (e["city"], e["vehicle_type"]) == (c, k) and e["year"] <= y
            )
            for day in nation.day_types:
                on = {"vehicle_type": k, "year": y, "day_type": day.id}
                needed = sum(
                    1 for r in plan["routes"] if nation.hub[r["hub"]].city == c and on.items() <= r.items()
                )
                needed += sum(
                    u["vehicle_days"]
                    for u in plan["urban"]
                    if nation.hub[u["hub"]].city == c and on.items() <= u.items()
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
        plan["sell"].remove(
            first(plan["sell"], lambda s: s["year"] - s["vintage"] == life[s["vehicle_type"]])
        )


@breaks("urban_service")
def urban_parcels_left(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        first(plan["urban"])["vehicle_days"] *= 0.9


@breaks("urban_hub")
def urban_tours_from_a_county_hub(folder: Path, nation: Nation) -> None:
    with edit(folder, "plan") as plan:
        hub = first(nation.hubs, lambda h: not h.serves_urban)
        day = {"year": nation.years[0], "day_type": nation.day_types[0].id}
        plan["urban"].append(
            day | {"hub": hub.id, "vehicle_type": nation.vehicle_types[0].id, "vehicle_days": 1.0}
        )


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
    city = first(
        nation.cities, lambda c: c.ev_only_from_year is not None and c.ev_only_from_year <= nation.years[-1]
    )
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
