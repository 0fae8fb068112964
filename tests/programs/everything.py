"""The toy with every feature on: what its own data leave out, so that no row of the program goes untested."""

from __future__ import annotations

from collections.abc import Callable

from toy_world import Data, route, toy

from voltmile.problem.nation import Nation
from voltmile.routes.columns import Column


def everything(change: Callable[[Data], None] = lambda data: None) -> Nation:
    """Two day types and tariff periods, urban tours, chargers of all kinds, all limits, campaign measures."""

    def both(data: Data) -> None:
        _everything_on(data)
        change(data)

    return toy(both)


def columns_of(nation: Nation) -> list[Column]:
    """Two routes a hub on every day: all villages by van, and all but one by e-van."""
    chosen: list[tuple[str, str, tuple[str, ...]]] = [
        ("bright-hub", "van", ("b1", "b2", "b3")),
        ("bright-hub", "e-van", ("b1", "b2")),
        ("dark-hub", "van", ("d1", "d2")),
        ("dark-hub", "e-van", ("d1",)),
    ]
    found = [
        route(nation, hub, k, y, d.id, stops)
        for y in nation.years
        for d in nation.day_types
        for hub, k, stops in chosen
    ]
    assert all(found)
    return [column for column in found if column is not None]


def _everything_on(data: Data) -> None:
    header, energy = data["header"], data["energy_book"]
    header["day_type"] = [
        {"id": "peak", "days_per_year": 65.0, "village_demand_factor": 1.1, "urban_demand_factor": 1.5},
        {"id": "regular", "days_per_year": 300.0, "village_demand_factor": 1.0, "urban_demand_factor": 1.0},
    ]
    header["demand"]["urban_factor_by_year"] = [1.0, 1.2]
    header["work"]["service_h_per_parcel"] = 0.001
    header["work"]["driver_cny_per_h_by_year"] = [20.0, 30.0]
    header["limit"] += _more_limits()
    e_van, van = data["vehicle_book"]["vehicle_type"]
    e_van |= {"urban_parcels_per_day": 500.0, "urban_km_per_day": 50.0, "urban_h_per_day": 10.0}
    e_van |= {"energy_load_kwh_per_km_kg": 0.0001, "rural_energy_factor": 0.5, "urban_energy_factor": 0.8}
    van |= {"urban_parcels_per_day": 400.0, "urban_km_per_day": 60.0, "urban_h_per_day": 8.0}
    van |= {"fuel_load_l_per_km_kg": 0.00002, "availability": 0.9}
    energy["tariff"][0]["period"] = [
        {"id": "noon", "depot_h_per_day": 2.0, "price_cny_per_kwh_by_year": [0.9, 1.0]},
        {"id": "night", "depot_h_per_day": 6.0, "price_cny_per_kwh_by_year": [0.3, 0.4]},
    ]
    energy["public_charging"] = {"price_cny_per_kwh_by_year": [1.5, 1.6], "efficiency": 0.95}
    bright, dark = data["cities"]
    bright |= {"urban_parcels_per_day": 600.0, "urban_productivity_factor": 0.5, "electric_share_min": 0.25}
    dark |= {"ev_only_from_year": 2019}
    data["hubs"][0]["serves_urban"] = True
    data["temperatures"] = [
        {"city": "bright", "day_type": "peak", "celsius": 0.0},
        {"city": "bright", "day_type": "regular", "celsius": 10.0},
        {"city": "dark", "day_type": "peak", "celsius": -10.0},
        {"city": "dark", "day_type": "regular", "celsius": 10.0},
    ]
    data["measures"] = measures()
    data["existing_fleet"].append({"city": "dark", "vehicle_type": "van", "age_years": 3, "count": 2})
    data["existing_chargers"] = [
        {"hub": "bright-hub", "charger_type": "ac4", "age_years": 3, "count": 1},
        {"hub": "dark-hub", "charger_type": "ac4", "age_years": 1, "count": 1},
    ]


def measures() -> Data:
    """All four campaign measures, in numbers that are easy to multiply."""
    return {
        "e_label": {
            "parcels_million_by_year": [10.0, 20.0],
            "base_share": 0.5,
            "share_max_by_year": [0.6, 0.8],
            "printer_cny_by_year": [800.0, 700.0],
            "printer_life_years": 2,
            "labels_per_printer_year": 50_000.0,
            "saving_cny_per_label": 0.2,
            "co2_saved_kg_per_label": 0.01,
            "sheets_saved_per_label": 4.0,
        },
        "packaging": [
            {
                "id": "market",
                "parcels_million_by_year": [5.0, 8.0],
                "rise_max_per_year": 0.25,
                "saving_cny_per_parcel": 0.15,
                "co2_saved_kg_per_parcel": 0.04,
                "step": [{"share": 0.2, "cny_per_parcel": 0.05}, {"share": 0.5, "cny_per_parcel": 0.17}],
            }
        ],
        "boxes": {
            "box_cny_by_year": [25.0, 20.0],
            "trips_per_box_year": 20.0,
            "loss_share": 0.05,
            "return_h": 0.01,
            "share_max": 0.1,
            "saving_cny_per_trip": 1.0,
            "co2_kg_per_box": 2.0,
            "co2_kg_per_return": 0.02,
            "co2_saved_kg_per_trip": 0.3,
            "end_value_share": 0.4,
        },
        "cutlery": {
            "orders_million_by_year": [3.0, 4.0],
            "saving_cny_per_set": 0.15,
            "co2_saved_kg_per_set": 0.04,
            "response": [
                {"cny_per_order": 0.0, "opt_out_share": 0.03},
                {"cny_per_order": 0.01, "opt_out_share": 0.23},
                {"cny_per_order": 0.03, "opt_out_share": 0.33},
            ],
        },
    }


def _more_limits() -> list[Data]:
    """The kinds of limit that the toy has hard, priced, and those it has priced, hard."""
    return [
        {
            "id": "cash-2018",
            "kind": "budget",
            "year": 2018,
            "max_cny": 1000.0,
            "counts": ["resale", "charger_upkeep", "fuel"],
            "price_cny_per_unit": 3.0,
        },
        {
            "id": "all-vans-2019",
            "kind": "supply",
            "year": 2019,
            "vehicle_types": ["van", "e-van"],
            "max_vehicles": 2.0,
            "price_cny_per_unit": 4.0,
        },
        {"id": "cap-2019", "kind": "carbon", "year": 2019, "max_co2_kg": 90000.0},
        {
            "id": "two-green-cities",
            "kind": "green_cities",
            "electric_share": 0.8,
            "min_cities": 2,
            "price_cny_per_unit": 5.0,
        },
        {
            "id": "short-2018",
            "kind": "journey",
            "year": 2018,
            "max_km_per_visit": 30.0,
            "price_cny_per_unit": 6.0,
        },
        {"id": "labels-2018", "kind": "labels", "year": 2018, "min_labels_million": 5.5},
        {
            "id": "labels-2019",
            "kind": "labels",
            "year": 2019,
            "min_labels_million": 20.0,
            "price_cny_per_unit": 7.0,
        },
        {
            "id": "foundation",
            "kind": "fund",
            "max_cny": 1000.0,
            "counts": ["e_label", "packaging", "boxes", "cutlery"],
        },
        {
            "id": "lent",
            "kind": "fund",
            "max_cny": 300.0,
            "counts": ["cutlery", "boxes"],
            "price_cny_per_unit": 8.0,
        },
    ]
