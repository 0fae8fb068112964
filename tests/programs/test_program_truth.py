"""The program against the truth: every plan enumerated in plain Python (brute_force.py)."""

from __future__ import annotations

import random
import re

import pytest
from brute_force import optimum
from toy_world import TOY, Data, all_routes, limit, solve, toy

from voltmile.programs.nation import build


def test_toy_optimum_is_that_of_its_readme_and_of_all_plans() -> None:
    nation = toy()
    routes = all_routes(nation)
    written = re.search(r"\*\*([\d,]+) CNY\*\*", (TOY / "README.md").read_text(encoding="utf-8"))
    assert written is not None
    by_hand = float(written[1].replace(",", ""))
    assert optimum(nation, routes) == pytest.approx(by_hand, abs=1e-6)
    assert solve(build(nation, routes)) == pytest.approx(by_hand, abs=1e-6)


def shaken(seed: int) -> Data:
    """Return a function that changes prices, loads, distances, existing vehicles and limits of the toy."""
    chance = random.Random(f"toy {seed}")

    def change(data: Data) -> None:
        header = data["header"]
        header["horizon"]["discount_rate"] = chance.choice([0.0, 0.08, 0.25])
        header["horizon"]["terminal_resale"] = chance.random() < 0.7
        header["work"]["service_h_per_parcel"] = 0.002
        header["work"]["driver_cny_per_h_by_year"] = [chance.uniform(10, 30), chance.uniform(10, 30)]
        for kind in data["vehicle_book"]["vehicle_type"]:
            kind["price_cny_by_year"] = [chance.uniform(40e3, 90e3), chance.uniform(40e3, 90e3)]
            kind["subsidy_cny_by_year"] = [chance.uniform(0, 20e3), chance.uniform(0, 20e3)]
            kind["availability"] = chance.choice([1.0, 1.0, 0.6])
            kind["payload_kg"] = chance.choice([600.0, 1000.0])
            if kind["powertrain"] == "bev":
                kind["energy_load_kwh_per_km_kg"] = 0.0001
            else:
                kind["fuel_load_l_per_km_kg"] = 0.00003
        data["energy_book"]["fuel"][0]["price_cny_per_l_by_year"] = [
            chance.uniform(4, 10),
            chance.uniform(4, 10),
        ]
        for arc in data["distances"]:
            arc["distance_km"] *= chance.uniform(0.8, 1.2)
        data["cities"][chance.randrange(2)]["electric_share_min"] = chance.choice([0.0, 0.0, 0.3])
        data["cities"][chance.randrange(2)]["ev_only_from_year"] = chance.choice([None, None, 2019])
        data["existing_fleet"] = [
            existing("bright", "van", age=chance.randint(1, 3), count=chance.randint(0, 2)),
            existing("dark", "e-van", age=chance.randint(1, 3), count=chance.randint(0, 1)),
        ]
        data["hubs"][1]["grid_upgrade_max_kw"] = 5.0
        if chance.random() < 0.5:
            with_urban_tours(data, vehicle_type=chance.randrange(2), parcels=chance.uniform(50, 400))
        limit(data, "budget-2018")["max_cny"] = chance.uniform(90e3, 300e3)
        limit(data, "budget-2018")["price_cny_per_unit"] = chance.choice([None, 0.5])
        limit(data, "e-vans-2018")["max_vehicles"] = float(chance.randint(0, 2))
        limit(data, "e-vans-2019")["max_vehicles"] = float(chance.randint(1, 3))
        limit(data, "carbon-2018")["price_cny_per_unit"] = chance.uniform(0, 3)
        limit(data, "carbon-2019")["price_cny_per_unit"] = None
        limit(data, "carbon-2019")["max_co2_kg"] = chance.uniform(9e3, 25e3)
        limit(data, "one-green-city")["min_cities"] = chance.randint(0, 2)
        limit(data, "one-green-city")["price_cny_per_unit"] = chance.choice([None, 5e3])
        limit(data, "journey-2019")["max_km_per_visit"] = chance.uniform(36, 70)
        limit(data, "journey-2019")["price_cny_per_unit"] = chance.choice([None, 1.0])

    return change


def existing(city: str, vehicle_type: str, age: int, count: int) -> Data:
    return {"city": city, "vehicle_type": vehicle_type, "age_years": age, "count": count}


def with_urban_tours(data: Data, vehicle_type: int, parcels: float) -> None:
    """Give the city of Bright River urban parcels that only one vehicle type can deliver."""
    data["cities"][0] |= {"urban_parcels_per_day": parcels, "urban_productivity_factor": 0.9}
    data["hubs"][0]["serves_urban"] = True
    data["vehicle_book"]["vehicle_type"][vehicle_type] |= {
        "urban_parcels_per_day": 300.0,
        "urban_km_per_day": 40.0,
        "urban_h_per_day": 6.0,
    }


@pytest.mark.parametrize("seed", range(20))
def test_program_finds_the_best_of_all_plans(seed: int) -> None:
    nation = toy(shaken(seed))
    routes = all_routes(nation)
    truth, found = optimum(nation, routes), solve(build(nation, routes))
    assert found == (None if truth is None else pytest.approx(truth, rel=1e-7))
