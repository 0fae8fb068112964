"""instances/quickstart: three cities cut out of green2020, with limits of their own size.

Needs only the committed green2020 and the parameter book. Hubs and villages are taken as they are; urban
parcels, the existing fleet and the national limits are scaled down, so that routes matter and electric vans
are scarce.
"""

from __future__ import annotations

import shutil
from collections import defaultdict
from pathlib import Path

from . import columns, horizon, readme_quickstart
from .book import Book, read_book
from .demand import Need, yardstick
from .divisions import rows
from .energy import energy_book
from .fleet import fleet_rows, urban_grid_kw
from .known import Known, Tree, assume
from .vehicles import AVAILABILITY, vehicle_book
from .write import Row, write_parameters, write_table, write_toml

HUBS = {
    "1507": ("150721", "150783"),
    "3304": ("330402", "330424", "330482"),
    "5108": ("510812", "510822", "510823"),
}
"""Hulunbuir (cold, coal), Jiaxing (coast, plain), Guangyuan (hydro power, mountain): their county hubs."""
URBAN_PER_VILLAGE_PARCEL = 6.0
"""Urban parcels a day for each village parcel a day, over the three cities (green2020 has 107)."""
SUPPLY_SHARE_OF_NEED = 1 / 3
BUDGET_MARGIN = 1.2
MIN_GREEN_CITIES = 1

Table = list[dict[str, str]]


def kept(folder: Path) -> dict[str, Table]:
    """Return the rows of the source's tables that belong to the three cities and the chosen hubs."""
    hubs = {hub for own in HUBS.values() for hub in own} | {f"{city}-urban" for city in HUBS}
    tables = {
        name: list(rows(folder / f"{name}.csv"))
        for name in ("cities", "hubs", "villages", "temperatures", "grid")
    }
    found = {
        "cities": [row for row in tables["cities"] if row["id"] in HUBS],
        "hubs": [row for row in tables["hubs"] if row["id"] in hubs],
        "villages": [row for row in tables["villages"] if row["hub"] in hubs],
        "temperatures": [row for row in tables["temperatures"] if row["city"] in HUBS],
    }
    grids = {row["grid"] for row in found["cities"]}
    return found | {"grid": [row for row in tables["grid"] if row["grid"] in grids]}


def hub_parcels(tables: dict[str, Table]) -> dict[str, dict[str, int]]:
    """Return the parcels a day of each city's hubs."""
    city_of = {row["id"]: row["city"] for row in tables["hubs"]}
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for village in tables["villages"]:
        found[city_of[village["hub"]]][village["hub"]] += int(village["parcels_per_day"])
    return found


def set_urban(tables: dict[str, Table], parcels: dict[str, dict[str, int]]) -> dict[str, float]:
    """Give every city the same share of its urban parcels, leave out its quota; return the parcels."""
    real = {row["id"]: float(row["urban_parcels_per_day"]) for row in tables["cities"]}
    villages = sum(sum(hubs.values()) for hubs in parcels.values())
    share = URBAN_PER_VILLAGE_PARCEL * villages / sum(real.values())
    urban = {city: float(round(share * number)) for city, number in real.items()}
    for row in tables["cities"]:
        row["urban_parcels_per_day"] = repr(urban[row["id"]])
        row["electric_share_min"] = "0.0"
    return urban


def set_urban_hubs(tables: dict[str, Table], needs: dict[str, Need]) -> None:
    """Give the urban hubs a connection by the rule of green2020."""
    for row in tables["hubs"]:
        if row["serves_urban"] == "true":
            row["grid_kw"] = row["grid_upgrade_max_kw"] = repr(urban_grid_kw(needs[row["city"]]))


def scarce_supply(needs: dict[str, Need], book: Book) -> list[Known]:
    """Return the electric vans of each year: a third of the need of the last year, as in the nation."""
    national = [known.value for known in horizon.supply(book)]
    total = SUPPLY_SHARE_OF_NEED * sum(need.by_year[-1] for need in needs.values())
    note = f"a third of the need of the last year ({total:.1f} vans), spread over the years as in green2020"
    return [assume(round(total * share / sum(national)), "vehicle", note) for share in national]


def instance_book(needs: dict[str, Need], book: Book, vehicles: dict[str, Tree]) -> dict[str, Tree]:
    """Return `instance.toml`."""
    supply = scarce_supply(needs, book)
    plan = horizon.reference_plan(list(needs.values()), supply, BUDGET_MARGIN, 1e3)
    green = assume(horizon.GREEN_SHARE, "share", "as in green2020")
    cities = assume(MIN_GREEN_CITIES, "city", "one of the three")
    limit = horizon.limits(book, plan, vehicles, green, cities)
    return horizon.header(book, "quickstart", "Three cities cut out of green2020", limit)


def build(source: Path, folder: Path) -> None:
    """Cut the instance out of a green2020 folder."""
    folder.mkdir(parents=True, exist_ok=True)
    book, tables = read_book(), kept(source)
    parcels = hub_parcels(tables)
    urban = set_urban(tables, parcels)
    measure = yardstick(book, AVAILABILITY)
    needs = {city: measure.need(urban[city], list(parcels[city].values())) for city in HUBS}
    set_urban_hubs(tables, needs)
    for name, table in tables.items():
        write_table(folder / f"{name}.csv", table)
    for name, own in zip(("existing_fleet", "existing_chargers"), fleet_rows(needs), strict=True):
        if own:
            write_table(folder / f"{name}.csv", own)
    vehicles = vehicle_book(book)
    trees = {"instance.toml": instance_book(needs, book, vehicles)}
    write_toml(folder / "instance.toml", trees["instance.toml"])
    for name in ("vehicles.toml", "energy.toml"):
        shutil.copyfile(source / name, folder / name)
    trees |= {"vehicles.toml": vehicles, "energy.toml": energy_book(book)}
    write_parameters(folder / "parameters.csv", quickstart_parameters(book, trees))
    readme_quickstart.write(folder, needs, measure)


def quickstart_parameters(book: Book, trees: dict[str, dict[str, Tree]]) -> list[Row]:
    """Return parameters.csv, with the columns that the cut scaled down."""
    own = {
        (
            "cities.csv",
            "urban_parcels_per_day",
        ): "the same share of every city's parcels: 6 for each village parcel",
        ("cities.csv", "electric_share_min"): "none; the green_cities limit asks for one city",
        (
            "existing_fleet.csv",
            "count",
        ): "six sevenths of this instance's own 2018 need on peak days; 2 % electric",
    }
    found: list[Row] = []
    for row in columns.all_parameters(book, trees):
        note = own.get((str(row["file"]), str(row["field"])))
        found.append(row if note is None else {**row, "note": note, "confidence": "assumption"})
    return found
