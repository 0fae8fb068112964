"""The vehicles and chargers the cities have before the first year."""

from __future__ import annotations

import math

from .demand import Need
from .write import Row

LIFE_YEARS = 7
AGES = range(1, LIFE_YEARS)
"""One seventh of the 2018 need at each age 1 to 6; the last seventh is due for replacement in 2018."""
ELECTRIC_AGES = range(1, 4)
FUEL_MIX = {"gasoline-microvan": 0.7, "diesel-light-van": 0.2, "diesel-light-truck": 0.1}
ELECTRIC_TYPE = "ev-microvan"
ELECTRIC_SHARE = 0.02
ELECTRIC_SHARE_OF = {"5101": 0.15, "4403": 0.2}
"""Chengdu: 15 % of express vehicles in 2017 (book, chengdu_express_nev_share). Shenzhen: an assumption; 35 %
is read for mid-2019."""
VANS_PER_CHARGER = 3
CHARGER_TYPE = "ac7"
URBAN_KW_PER_DEPOT, VANS_PER_DEPOT = 200.0, 200


def electric_share(city: str) -> float:
    """Return the electric share of a city's vehicles before 2018."""
    return ELECTRIC_SHARE_OF.get(city, ELECTRIC_SHARE)


def existing_vehicles(city: str, need: Need) -> list[tuple[str, int, int]]:
    """Return (vehicle type, age, count) rows of a city; rounding errors are carried on from row to row."""
    owned = need.by_year[0] * len(AGES) / LIFE_YEARS
    electric = electric_share(city)
    cells = [(ELECTRIC_TYPE, age, owned * electric / len(ELECTRIC_AGES)) for age in ELECTRIC_AGES]
    cells += [
        (kind, age, owned * (1 - electric) * share / len(AGES))
        for kind, share in FUEL_MIX.items()
        for age in AGES
    ]
    found, exact, given = [], 0.0, 0
    for kind, age, count in cells:
        exact += count
        whole = math.floor(exact + 0.5) - given
        given += whole
        if whole:
            found.append((kind, age, whole))
    return found


def existing_chargers(vehicles: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Return (charger type, age, count) rows: a wall box for every three electric vans."""
    vans = sum(count for kind, _, count in vehicles if kind == ELECTRIC_TYPE)
    return [(CHARGER_TYPE, 2, math.ceil(vans / VANS_PER_CHARGER))] if vans else []


def urban_grid_kw(need: Need) -> float:
    """Return the connection of a city's urban depots together."""
    return URBAN_KW_PER_DEPOT * math.ceil(need.by_year[0] / VANS_PER_DEPOT)


def fleet_rows(needs: dict[str, Need]) -> tuple[list[Row], list[Row]]:
    """Return existing_fleet.csv and existing_chargers.csv."""
    vehicles: list[Row] = []
    chargers: list[Row] = []
    for city, need in needs.items():
        owned = existing_vehicles(city, need)
        vehicles += [
            {"city": city, "vehicle_type": kind, "age_years": age, "count": count}
            for kind, age, count in owned
        ]
        chargers += [
            {"hub": f"{city}-urban", "charger_type": kind, "age_years": age, "count": count}
            for kind, age, count in existing_chargers(owned)
        ]
    return vehicles, chargers
