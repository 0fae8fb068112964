"""The national instance: everything put together."""

from __future__ import annotations

import statistics
from dataclasses import dataclass
from pathlib import Path

from . import columns, horizon, measures
from .book import Book
from .cities import City, chosen_cities, quotas
from .climate import Climate, terrain_of
from .demand import Need, Yardstick, by_population, urban_parcels_total, yardstick
from .divisions import Register
from .energy import energy_book
from .fleet import fleet_rows, urban_grid_kw
from .gazetteer import Gazetteer, ascii_name
from .known import Tree, assume
from .names import Join
from .places import HubSite, VillageSite, hub_of, scatter_radii, urban_hub_of, villages_of
from .vehicles import AVAILABILITY, YEARS, vehicle_book
from .write import Row, write_parameters, write_table, write_toml

DETOUR = {"plain": 1.3, "hills": 1.5, "mountain": 1.8}
SPEED_KM_PER_H = 40.0
COUNTY_HUB_KW, COUNTY_HUB_MAX_KW = 80.0, 200.0
ELECTRIC_SHARE_MIN = 0.03
BUDGET_MARGIN = 1.05
EV_ONLY_FROM = {"4403": 2018}
OWN_TARIFF = {"1101": "beijing"}
SHOWN_NAME = {"4604": "Danzhou", "6302": "Haidong"}
"""Cities whose place GeoNames calls by the town in its middle."""


@dataclass(frozen=True)
class Sources:
    """What the builder reads."""

    register: Register
    gazetteer: Gazetteer
    join: Join
    climate: Climate
    book: Book


@dataclass(frozen=True)
class National:
    """The parts of the instance before they are written."""

    cities: list[City]
    hubs: list[HubSite]
    villages: list[VillageSite]
    urban_parcels: dict[str, float]
    needs: dict[str, Need]
    relief_m: dict[str, float]


def assemble(sources: Sources) -> National:
    """Choose cities, hubs and villages and size the cities' need."""
    cities = chosen_cities(sources.register, sources.join, sources.gazetteer)
    quota = quotas([county for city in cities for county in city.counties])
    radii = scatter_radii(sources.join)
    hubs, villages = [], []
    for city in cities:
        for county in city.counties:
            hubs.append(hub_of(county, sources.register, sources.join, sources.gazetteer))
            villages += villages_of(county, quota[county.code], sources.register, sources.join, radii)
        hubs.append(urban_hub_of(city))
    total = urban_parcels_total(sources.book).value
    urban = by_population(total, {city.code: city.place.population for city in cities})
    measure = yardstick(sources.book, AVAILABILITY)
    needs = {c.code: city_need(c.code, measure, urban[c.code], hubs, villages) for c in cities}
    relief = {city.code: relief_of(city, sources) for city in cities}
    return National(cities, hubs, villages, urban, needs, relief)


def city_need(
    city: str, measure: Yardstick, urban: float, hubs: list[HubSite], villages: list[VillageSite]
) -> Need:
    """Return the van-equivalents of a city."""
    parcels = {hub.id: 0 for hub in hubs if hub.city == city}
    for village in villages:
        if village.hub in parcels:
            parcels[village.hub] += village.parcels
    return measure.need(urban, list(parcels.values()))


def relief_of(city: City, sources: Sources) -> float:
    """Return the median relief of the city's townships (m); of its centre when it has none."""
    points = [sources.join.place_of[code].point for county in city.counties for code in county.townships]
    return statistics.median(sources.climate.relief_m(*point) for point in points or [city.place.point])


def city_rows(national: National) -> list[Row]:
    """Return cities.csv."""
    found: list[Row] = []
    for city in national.cities:
        terrain = terrain_of(national.relief_m[city.code])
        found.append(
            {
                "id": city.code,
                "name": SHOWN_NAME.get(city.code, ascii_name(city.place.name)),
                "province": city.province,
                "latitude": city.place.latitude,
                "longitude": city.place.longitude,
                "population": city.place.population,
                "terrain": terrain,
                "detour_factor": DETOUR[terrain],
                "speed_km_per_h": SPEED_KM_PER_H,
                "tariff": OWN_TARIFF.get(city.code, "national"),
                "grid": city.province,
                "urban_parcels_per_day": national.urban_parcels[city.code],
                "urban_productivity_factor": 1.0,
                "electric_share_min": ELECTRIC_SHARE_MIN,
                "ev_only_from_year": EV_ONLY_FROM.get(city.code),
            }
        )
    return found


def hub_rows(national: National) -> list[Row]:
    """Return hubs.csv."""
    found: list[Row] = []
    for hub in national.hubs:
        urban = hub.how == "city"
        power = urban_grid_kw(national.needs[hub.city]) if urban else COUNTY_HUB_KW
        found.append(
            {
                "id": hub.id,
                "city": hub.city,
                "name": hub.name,
                "latitude": hub.point[0],
                "longitude": hub.point[1],
                "grid_kw": power,
                "grid_upgrade_max_kw": power if urban else COUNTY_HUB_MAX_KW - COUNTY_HUB_KW,
                "serves_urban": urban,
            }
        )
    return found


def village_rows(villages: list[VillageSite], book: Book) -> list[Row]:
    """Return villages.csv."""
    weight, per_m3 = book("parcel_weight").value, book("parcels_per_m3").value
    return [
        {
            "id": village.id,
            "hub": village.hub,
            "name": village.name,
            "township": village.township,
            "latitude": village.point[0],
            "longitude": village.point[1],
            "parcels_per_day": village.parcels,
            "demand_kg_per_day": weight * village.parcels,
            "demand_m3_per_day": round(village.parcels / per_m3, 4),
        }
        for village in villages
    ]


def temperature_rows(cities: list[City], climate: Climate) -> list[Row]:
    """Return temperatures.csv."""
    months = {
        "regular": horizon.REGULAR_MONTHS,
        "winter": horizon.WINTER_MONTHS,
        "peak": horizon.PEAK_MONTHS,
    }
    return [
        {
            "city": city.code,
            "day_type": day,
            "celsius": round(climate.mean_celsius(months[day], *city.place.point), 1),
        }
        for city in cities
        for day in months
    ]


def grid_rows(book: Book, provinces: set[str]) -> list[Row]:
    """Return grid.csv: the average by year, the region's operating margin the same in all years."""
    found: list[Row] = []
    for province in sorted(provinces):
        row = book.provinces[province]
        for kind in ("average", "operating_margin"):
            for year in YEARS:
                factor = row[f"est_{year}"] if kind == "average" else row["om_2019_region"]
                found.append({"grid": province, "kind": kind, "year": year, "co2_kg_per_kwh": float(factor)})
    return found


def instance_book(national: National, book: Book, vehicles: dict[str, Tree]) -> dict[str, Tree]:
    """Return `instance.toml`."""
    plan = horizon.reference_plan(list(national.needs.values()), horizon.supply(book), BUDGET_MARGIN, 1e6)
    green = assume(
        horizon.GREEN_SHARE,
        "share",
        "the share Cainiao Express reported for March 2023 (book, cainiao_ev_share_2023)",
    )
    pilots = book("green_freight_demo_cities").whole()
    limit = [*horizon.limits(book, plan, vehicles, green, pilots), *measures.limits(book)]
    title = "100 cities and 40,000 villages of China, 2018-2020"
    return horizon.header(book, "green2020", title, limit)


def write(national: National, sources: Sources, folder: Path) -> None:
    """Write the instance folder, all but its README."""
    book = sources.book
    vehicles = vehicle_book(book)
    trees = {
        "instance.toml": instance_book(national, book, vehicles),
        "vehicles.toml": vehicles,
        "energy.toml": energy_book(book),
        "measures.toml": measures.measures_book(book),
    }
    for name, tree in trees.items():
        write_toml(folder / name, tree)
    write_table(folder / "cities.csv", city_rows(national))
    write_table(folder / "hubs.csv", hub_rows(national))
    write_table(folder / "villages.csv", village_rows(national.villages, book))
    write_table(folder / "temperatures.csv", temperature_rows(national.cities, sources.climate))
    write_table(folder / "grid.csv", grid_rows(book, {city.province for city in national.cities}))
    vehicles_owned, chargers_owned = fleet_rows(national.needs)
    write_table(folder / "existing_fleet.csv", vehicles_owned)
    write_table(folder / "existing_chargers.csv", chargers_owned)
    write_parameters(folder / "parameters.csv", columns.all_parameters(book, trees))
