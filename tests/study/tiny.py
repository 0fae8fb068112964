"""Two cities, four villages, two years, and a plan whose every number is worked out by hand.

North burns coal and fuel, South has water power. 300 regular and 10 peak days a year; the discount rate of
25 % makes the second year count 0.8 and what is left at the end 0.64. Ids that look like something else (0012
and NA) and a Chinese name are there on purpose. The plan is no optimum and does not even serve every day: it
only has to add up.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from voltmile.problem.nation import EnergyBook, Header, Nation, VehicleBook
from voltmile.problem.places import (
    City,
    CityTemperature,
    ExistingChargers,
    ExistingVehicles,
    GridFactor,
    Hub,
    Village,
)
from voltmile.problem.plan import CostRow, Plan
from voltmile.routes.columns import Column
from voltmile.solve.certificate import Certificate
from voltmile.solve.solution import Solution
from voltmile.solve.status import Status

HEADER = {
    "format": 1,
    "name": "tiny",
    "title": "Two cities, four villages",
    "horizon": {"years": [2018, 2019], "discount_rate": 0.25, "terminal_resale": True},
    "day_type": [
        {"id": "regular", "days_per_year": 300.0, "village_demand_factor": 1.0, "urban_demand_factor": 1.0},
        {"id": "peak", "days_per_year": 10.0, "village_demand_factor": 2.0, "urban_demand_factor": 2.0},
    ],
    "demand": {"village_factor_by_year": [1.0, 1.5], "urban_factor_by_year": [1.0, 1.5]},
    "work": {
        "shift_h": 10.0,
        "service_h_per_stop": 0.1,
        "service_h_per_parcel": 0.0,
        "driver_cny_per_h_by_year": [25.0, 25.0],
    },
    "carbon": {"grid_factor": "average"},
    "limit": [
        {
            "id": "money",
            "kind": "budget",
            "year": 2018,
            "max_cny": 250000.0,
            "counts": ["purchase", "chargers"],
        },
        {"id": "vans", "kind": "supply", "year": 2018, "vehicle_types": ["ev"], "max_vehicles": 3.0},
        {"id": "co2", "kind": "carbon", "year": 2018, "max_co2_kg": 5000.0, "price_cny_per_unit": 0.5},
        {"id": "green", "kind": "green_cities", "electric_share": 0.5, "min_cities": 1},
        {
            "id": "short",
            "kind": "journey",
            "year": 2018,
            "max_km_per_visit": 10.0,
            "price_cny_per_unit": 1.0,
        },
    ],
}
COMMON = {
    "payload_kg": 1000.0,
    "volume_m3": 5.0,
    "life_years": 4,
    "price_cny_by_year": [120000.0, 110000.0],
    "subsidy_cny_by_year": [20000.0, 10000.0],
    "resale_share_by_age": [1.0, 0.5, 0.25, 0.1, 0.0],
    "insurance_cny_per_year": 4000.0,
    "maintenance_cny_per_km": 0.1,
    "availability": 1.0,
    "urban_parcels_per_day": 800.0,
    "urban_km_per_day": 50.0,
    "urban_h_per_day": 8.0,
}
BATTERY = {
    "powertrain": "bev",
    "battery_kwh": 40.0,
    "soc_min": 0.0,
    "soc_max": 1.0,
    "energy_empty_kwh_per_km": 0.2,
    "energy_load_kwh_per_km_kg": 0.0,
    "rural_energy_factor": 1.0,
    "urban_energy_factor": 1.0,
}
TANK = {"powertrain": "ice", "fuel": "petrol", "fuel_empty_l_per_km": 0.1, "fuel_load_l_per_km_kg": 2e-4}
VEHICLES = {
    "vehicle_type": [
        {"id": "ev", "name": "Electric van", **COMMON, **BATTERY},
        {"id": "van", "name": "Petrol van", **COMMON, **TANK},
    ]
}
ENERGY = {
    "fuel": [{"id": "petrol", "price_cny_per_l_by_year": [7.0, 7.0], "co2_kg_per_l": 2.5}],
    "tariff": [
        {
            "id": "t",
            "period": [{"id": "valley", "depot_h_per_day": 8.0, "price_cny_per_kwh_by_year": [0.5, 0.5]}],
        }
    ],
    "charger_type": [
        {
            "id": "ac7",
            "power_kw": 7.0,
            "efficiency": 0.9,
            "life_years": 2,
            "cost_cny_by_year": [4000.0, 4000.0],
            "resale_share_by_age": [1.0, 0.5, 0.0],
            "upkeep_cny_per_year": 100.0,
        }
    ],
    "public_charging": {"price_cny_per_kwh_by_year": [1.0, 1.0], "efficiency": 0.8},
}


def _city(key: str, name: str, grid: str, latitude: float) -> dict[str, Any]:
    return {
        "id": key,
        "name": name,
        "province": "P",
        "latitude": latitude,
        "longitude": 120.0,
        "population": 1e6,
        "terrain": "plain",
        "detour_factor": 1.3,
        "speed_km_per_h": 40.0,
        "tariff": "t",
        "grid": grid,
        "urban_parcels_per_day": 400.0,
        "urban_productivity_factor": 1.0,
        "electric_share_min": 0.0,
    }


def _hub(key: str, city: str, latitude: float) -> dict[str, Any]:
    grid = {"grid_kw": 50.0, "grid_upgrade_max_kw": 0.0, "serves_urban": True}
    return {"id": key, "city": city, "name": f"Hub {key}", "latitude": latitude, "longitude": 120.0, **grid}


def _village(key: str, hub: str, north: float, east: float) -> dict[str, Any]:
    demand = {"parcels_per_day": 20.0, "demand_kg_per_day": 30.0, "demand_m3_per_day": 0.2}
    return {"id": key, "hub": hub, "name": "村", "latitude": north, "longitude": 120.0 + east, **demand}


def _rows(row_type: Any, *rows: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row_type.model_validate(row) for row in rows)


@cache
def nation() -> Nation:
    """Return the nation."""
    grids = [("coal", 0.8), ("water", 0.1)]
    return Nation(
        header=Header.model_validate(HEADER),
        vehicle_book=VehicleBook.model_validate(VEHICLES),
        energy_book=EnergyBook.model_validate(ENERGY),
        cities=_rows(City, _city("north", "北城", "coal", 45.0), _city("south", "South", "water", 25.0)),
        hubs=_rows(Hub, _hub("n", "north", 45.0), _hub("s", "south", 25.0)),
        villages=_rows(
            Village,
            _village("a", "n", 45.1, 0.0),
            _village("b", "n", 45.1, 0.1),
            _village("0012", "s", 25.1, 0.0),
            _village("NA", "s", 25.0, 0.1),
        ),
        temperatures=_rows(
            CityTemperature,
            *(
                {"city": city, "day_type": day, "celsius": 10.0}
                for city in ("north", "south")
                for day in ("regular", "peak")
            ),
        ),
        grid=_rows(
            GridFactor,
            *(
                {"grid": grid, "kind": "average", "year": year, "co2_kg_per_kwh": factor}
                for grid, factor in grids
                for year in (2018, 2019)
            ),
        ),
        existing_fleet=_rows(
            ExistingVehicles, {"city": "north", "vehicle_type": "van", "age_years": 2, "count": 2}
        ),
        existing_chargers=_rows(
            ExistingChargers, {"hub": "n", "charger_type": "ac7", "age_years": 1, "count": 1}
        ),
    )


PLAN: dict[str, Any] = {
    "instance": "tiny",
    "buy": [
        {"city": "south", "vehicle_type": "ev", "year": 2018, "count": 2},
        {"city": "north", "vehicle_type": "ev", "year": 2019, "count": 1},
    ],
    "sell": [{"city": "north", "vehicle_type": "van", "vintage": 2016, "year": 2019, "count": 2}],
    "build": [{"hub": "s", "charger_type": "ac7", "year": 2018, "count": 1}],
    "urban": [
        {"hub": "n", "vehicle_type": "van", "year": 2018, "day_type": "regular", "vehicle_days": 0.5},
        {"hub": "s", "vehicle_type": "ev", "year": 2018, "day_type": "regular", "vehicle_days": 0.5},
    ],
    "charge": [
        {
            "hub": "s",
            "charger_type": "ac7",
            "period": "valley",
            "year": 2018,
            "day_type": "regular",
            "kwh": 20.0,
        }
    ],
    "public": [{"hub": "s", "year": 2018, "day_type": "regular", "kwh": 10.0}],
    "green": [{"limit": "green", "city": "south"}],
    "slack": [{"limit": "short", "amount": 600.0}],
    "routes": [
        {
            "id": "r1",
            "hub": "n",
            "vehicle_type": "van",
            "year": 2018,
            "day_type": "regular",
            "stops": ["a", "b"],
        },
        {
            "id": "r2",
            "hub": "s",
            "vehicle_type": "ev",
            "year": 2018,
            "day_type": "regular",
            "stops": ["0012", "NA"],
        },
        {
            "id": "r3",
            "hub": "n",
            "vehicle_type": "van",
            "year": 2019,
            "day_type": "peak",
            "stops": ["b", "a"],
        },
    ],
}
ROUTES = (
    Column("n", "van", 2018, "regular", ("a", "b"), 60.0, 2.0, 0.0, 6.0, 98.0),
    Column("s", "ev", 2018, "regular", ("0012", "NA"), 40.0, 1.5, 13.0, 0.0, 41.5),
    Column("n", "van", 2019, "peak", ("b", "a"), 60.0, 2.0, 0.0, 6.5, 101.5),
)
COSTS = (
    CostRow("south", 2018, "purchase", 200000.0, 200000.0),
    CostRow("north", 2019, "purchase", 100000.0, 80000.0),
    CostRow("north", 2019, "resale", -20000.0, -16000.0),
    CostRow("south", 2018, "chargers", 4000.0, 4000.0),
    CostRow("north", 2018, "drivers", 15000.0, 15000.0),
    CostRow("north", 2018, "grid_upgrade", 0.0, 0.0),
    CostRow("south", "end", "vehicle_value", -50000.0, -32000.0),
    CostRow(None, 2018, "penalty", 600.0, 600.0),
)
OBJECTIVE = 251600.0


@cache
def solution() -> Solution:
    """Return the plan as the solver would."""
    return Solution(
        nation=nation(),
        plan=Plan.model_validate(PLAN),
        status=Status.OPTIMAL,
        objective=OBJECTIVE,
        bound=0.995 * OBJECTIVE,
        costs=COSTS,
        routes=ROUTES,
        columns=ROUTES,
        certificate=Certificate(bound=0.995 * OBJECTIVE, duals={}, hub_days=()),
        seconds_by_phase={"tours": 1.5, "plan": 0.5},
        sizes={"cities": 2, "hubs": 2, "villages": 4, "columns": 3},
    )


def interrupted() -> Solution:
    """Return the same plan, found when Ctrl-C came."""
    return replace(solution(), status=Status.INTERRUPTED)
