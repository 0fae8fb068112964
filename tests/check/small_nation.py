"""A nation of eight villages in which every equation of models/README.md has something to say."""

from __future__ import annotations

from typing import Any

from small_measures import LIMITS, MEASURES

from voltmile.problem.measures import Measures
from voltmile.problem.nation import EnergyBook, Header, Nation, VehicleBook

INSTANCE: dict[str, Any] = {
    "format": 1,
    "name": "small",
    "title": "Eight villages",
    "horizon": {"years": [2020, 2021], "discount_rate": 0.1, "terminal_resale": True},
    "day_type": [
        {"id": "regular", "days_per_year": 200.0, "village_demand_factor": 1.0, "urban_demand_factor": 1.0},
        {"id": "peak", "days_per_year": 50.0, "village_demand_factor": 1.5, "urban_demand_factor": 1.2},
    ],
    "demand": {"village_factor_by_year": [1.0, 1.2], "urban_factor_by_year": [1.0, 1.1]},
    "work": {
        "shift_h": 6.0,
        "service_h_per_stop": 0.1,
        "service_h_per_parcel": 0.01,
        "driver_cny_per_h_by_year": [25.0, 26.0],
    },
    "carbon": {"grid_factor": "average"},
    "limit": [
        {
            "id": "budget-2020",
            "kind": "budget",
            "year": 2020,
            "max_cny": 262000.0,
            "counts": ["purchase", "chargers", "grid_upgrade", "charger_upkeep", "drivers", "electricity"],
        },
        {
            "id": "evs-2020",
            "kind": "supply",
            "year": 2020,
            "vehicle_types": ["ev-s", "ev-l"],
            "max_vehicles": 3.0,
        },
        {
            "id": "carbon-2021",
            "kind": "carbon",
            "year": 2021,
            "max_co2_kg": 2000.0,
            "price_cny_per_unit": 1.5,
        },
        {
            "id": "green",
            "kind": "green_cities",
            "electric_share": 0.5,
            "min_cities": 2,
            "price_cny_per_unit": 9e4,
        },
        {
            "id": "journey-2020",
            "kind": "journey",
            "year": 2020,
            "max_km_per_visit": 30.0,
            "price_cny_per_unit": 0.4,
        },
        {"id": "journey-2021", "kind": "journey", "year": 2021, "max_km_per_visit": 200.0},
        *LIMITS,
    ],
}

_BEV = {
    "powertrain": "bev",
    "soc_min": 0.1,
    "soc_max": 0.9,
    "rural_energy_factor": 0.9,
    "urban_energy_factor": 1.1,
}
_ICE = {"powertrain": "ice", "fuel": "petrol"}

VEHICLES: dict[str, Any] = {
    "vehicle_type": [
        _BEV
        | {
            "id": "ev-s",
            "name": "Small electric van",
            "payload_kg": 400.0,
            "volume_m3": 2.0,
            "life_years": 3,
            "price_cny_by_year": [60000.0, 55000.0],
            "subsidy_cny_by_year": [10000.0, 5000.0],
            "resale_share_by_age": [1.0, 0.6, 0.35, 0.1],
            "insurance_cny_per_year": 2000.0,
            "maintenance_cny_per_km": 0.05,
            "availability": 0.95,
            "urban_parcels_per_day": 100.0,
            "urban_km_per_day": 40.0,
            "urban_h_per_day": 6.0,
            "battery_kwh": 25.0,
            "energy_empty_kwh_per_km": 0.12,
            "energy_load_kwh_per_km_kg": 0.0001,
        },
        _BEV
        | {
            "id": "ev-l",
            "name": "Large electric van",
            "payload_kg": 600.0,
            "volume_m3": 3.2,
            "life_years": 4,
            "price_cny_by_year": [80000.0, 75000.0],
            "subsidy_cny_by_year": [20000.0, 10000.0],
            "resale_share_by_age": [1.0, 0.7, 0.5, 0.3, 0.1],
            "insurance_cny_per_year": 2600.0,
            "maintenance_cny_per_km": 0.07,
            "availability": 0.9,
            "urban_parcels_per_day": 180.0,
            "urban_km_per_day": 50.0,
            "urban_h_per_day": 7.0,
            "battery_kwh": 45.0,
            "energy_empty_kwh_per_km": 0.18,
            "energy_load_kwh_per_km_kg": 0.00012,
        },
        _ICE
        | {
            "id": "van",
            "name": "Petrol van",
            "payload_kg": 500.0,
            "volume_m3": 3.0,
            "life_years": 5,
            "price_cny_by_year": [50000.0, 50000.0],
            "subsidy_cny_by_year": [0.0, 0.0],
            "resale_share_by_age": [1.0, 0.7, 0.5, 0.35, 0.2, 0.1],
            "insurance_cny_per_year": 2400.0,
            "maintenance_cny_per_km": 0.12,
            "availability": 0.92,
            "urban_parcels_per_day": 160.0,
            "urban_km_per_day": 50.0,
            "urban_h_per_day": 7.0,
            "fuel_empty_l_per_km": 0.08,
            "fuel_load_l_per_km_kg": 0.00003,
        },
    ]
}

ENERGY: dict[str, Any] = {
    "fuel": [{"id": "petrol", "price_cny_per_l_by_year": [9.0, 9.4], "co2_kg_per_l": 2.3}],
    "tariff": [
        {
            "id": "two",
            "period": [
                {"id": "valley", "depot_h_per_day": 6.0, "price_cny_per_kwh_by_year": [0.3, 0.31]},
                {"id": "flat", "depot_h_per_day": 4.0, "price_cny_per_kwh_by_year": [0.6, 0.62]},
            ],
        }
    ],
    "charger_type": [
        {
            "id": "ac3",
            "power_kw": 3.0,
            "efficiency": 0.9,
            "life_years": 2,
            "cost_cny_by_year": [2500.0, 2400.0],
            "resale_share_by_age": [1.0, 0.4, 0.0],
            "upkeep_cny_per_year": 80.0,
        },
        {
            "id": "dc10",
            "power_kw": 10.0,
            "efficiency": 0.94,
            "life_years": 6,
            "cost_cny_by_year": [9000.0, 8500.0],
            "resale_share_by_age": [1.0, 0.8, 0.65, 0.5, 0.35, 0.2, 0.0],
            "upkeep_cny_per_year": 300.0,
        },
    ],
    "public_charging": {"price_cny_per_kwh_by_year": [1.4, 1.4], "efficiency": 0.93},
    "grid_upgrade": {"cost_cny_per_kw_by_year": [900.0, 950.0]},
    "temperature": [
        {"celsius": -10.0, "factor": 1.5},
        {"celsius": 15.0, "factor": 1.0},
        {"celsius": 35.0, "factor": 1.2},
    ],
}


def _rows(header: str, *rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    names = header.split()
    return [{name: cell for name, cell in zip(names, row, strict=True) if cell is not None} for row in rows]


TABLES: dict[str, list[dict[str, Any]]] = {
    "cities": _rows(
        "id name province latitude longitude population terrain detour_factor speed_km_per_h tariff grid"
        " urban_parcels_per_day urban_productivity_factor electric_share_min ev_only_from_year",
        ("east", "East", "P", 30.0, 110.0, 1e5, "plain", 1.3, 36.0, "two", "north", 150.0, 0.9, 0.25, None),
        ("west", "West", "P", 31.0, 107.0, 1e5, "hills", 1.5, 30.0, "two", "south", 0.0, 1.0, 0.0, 2021),
    ),
    "hubs": _rows(
        "id city name latitude longitude grid_kw grid_upgrade_max_kw serves_urban",
        ("e1", "east", "E1", 30.0, 110.0, 6.0, 10.0, True),
        ("e2", "east", "E2", 30.3, 110.4, 3.0, 12.0, False),
        ("w1", "west", "W1", 31.0, 107.0, 0.0, 8.0, False),
    ),
    "villages": _rows(
        "id hub name latitude longitude parcels_per_day demand_kg_per_day demand_m3_per_day"
        " window_open_h window_close_h",
        ("e1a", "e1", "E1a", 30.05, 110.02, 20.0, 100.0, 0.5, None, None),
        ("e1b", "e1", "E1b", 30.08, 110.10, 30.0, 150.0, 0.75, 1.0, 3.0),
        ("e1c", "e1", "E1c", 29.95, 110.09, 24.0, 120.0, 0.6, None, 2.5),
        ("e2a", "e2", "E2a", 30.33, 110.48, 40.0, 180.0, 1.1, None, None),
        ("e2b", "e2", "E2b", 30.40, 110.42, 25.0, 110.0, 0.6, 2.0, None),
        ("w1a", "w1", "W1a", 31.06, 107.05, 30.0, 140.0, 0.8, None, None),
        ("w1b", "w1", "W1b", 31.09, 106.97, 35.0, 160.0, 0.9, None, None),
        ("w1c", "w1", "W1c", 30.94, 107.08, 0.0, 0.0, 0.0, None, None),
    ),
    "temperatures": _rows(
        "city day_type celsius",
        ("east", "regular", 10.0),
        ("east", "peak", -20.0),
        ("west", "regular", 22.0),
        ("west", "peak", 5.0),
    ),
    "grid": _rows(
        "grid kind year co2_kg_per_kwh",
        *(("north", "average", year, 0.8 - 0.05 * n) for n, year in enumerate((2020, 2021))),
        *(("south", "average", year, 0.4 - 0.02 * n) for n, year in enumerate((2020, 2021))),
        *(("north", "operating_margin", year, 0.9) for year in (2020, 2021)),
    ),
    "existing_fleet": _rows(
        "city vehicle_type age_years count",
        ("east", "van", 1, 2),
        ("east", "van", 5, 1),
        ("west", "van", 4, 1),
        ("west", "ev-s", 2, 1),
    ),
    "existing_chargers": _rows(
        "hub charger_type age_years count", ("e1", "ac3", 1, 1), ("e1", "ac3", 2, 1), ("e2", "ac3", 1, 1)
    ),
    "distances": _rows(
        "hub from to distance_km duration_h",
        ("w1", "w1", "w1a", 9.0, 0.4),
        ("w1", "w1a", "w1b", 14.0, 0.5),
    ),
}


def small_nation() -> Nation:
    """Build the nation through the records, as reading its folder would."""
    parts = {
        name: tuple(Nation.model_fields[name].annotation.__args__[0].model_validate(row) for row in rows)  # type: ignore[union-attr]
        for name, rows in TABLES.items()
    }
    return Nation(
        header=Header.model_validate(INSTANCE),
        vehicle_book=VehicleBook.model_validate(VEHICLES),
        energy_book=EnergyBook.model_validate(ENERGY),
        measures=Measures.model_validate(MEASURES),
        **parts,
    )
