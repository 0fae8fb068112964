"""The facts section of instances/green2020/README.md: figures of the join, tables, assumptions."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

from . import horizon
from .book import Book
from .cities import NAMED_CITIES, City
from .climate import terrain_of
from .demand import PEAK_FACTOR
from .divisions import rows
from .fleet import existing_vehicles
from .gazetteer import ascii_name
from .known import NO_SOURCE
from .national import ELECTRIC_SHARE_MIN, EV_ONLY_FROM, SHOWN_NAME, National, Sources
from .vehicles import YEARS, bodies, parcels_per_load
from .write import Cell, markdown, replace_facts

KEPT_TO_2020 = 4 / 7
"""Share of the 2018 need that vehicles owned before 2018 still meet in 2020 (ages 1 to 4 of the seven)."""


def join_lines(national: National, sources: Sources) -> list[str]:
    """Return how many names were found how."""
    register, figures = sources.register, sources.join.figures
    located = [register.townships[code] for code in sources.join.place_of]
    how = Counter(hub.how for hub in national.hubs)
    table: list[tuple[Cell, ...]] = [
        ("village-level divisions in the register", register.village_level_divisions),
        ("rural villages by the rule below", register.rural_villages),
        ("townships in the register", len(register.townships)),
        ("places of China in GeoNames", sources.gazetteer.places),
        ("townships whose name is that of a place in the province", figures["named"]),
        ("- by the full name", figures["full"]),
        ("- by the name without its rank (town, township, ...)", figures["base"]),
        ("townships with one place that no other township claims", figures["sole"]),
        ("- of these dropped: too far from the rest of the city or county", figures["sole_outliers"]),
        ("townships given the nearest of several places", figures["by_distance"]),
        ("dropped: fewer than three in the county and not near its seat", figures["unconfirmed"]),
        ("**townships located**", figures["located"]),
        ("**rural villages in them**", sum(len(township.villages) for township in located)),
        ("hubs at the county seat, found by name", how["seat"]),
        ("hubs at the median of the county's townships", how["median"]),
        ("urban hubs at the city's place", how["city"]),
    ]
    return markdown(("the join", "count:"), table)


def sum_lines(national: National, book: Book) -> list[str]:
    """Return the instance in numbers."""
    sizes = Counter(village.hub for village in national.villages)
    parcels = sum(village.parcels for village in national.villages)
    need = [sum(n.by_year[y] for n in national.needs.values()) for y in range(len(YEARS))]
    owned = [row for city, n in national.needs.items() for row in existing_vehicles(city, n)]
    electric = sum(count for kind, _, count in owned if kind.startswith("ev-"))
    supply = sum(known.value for known in horizon.supply(book))
    pilots = int(book("green_freight_demo_cities").value)
    with_villages = len({hub.city for hub in national.hubs if hub.id in sizes})
    table: list[tuple[Cell, ...]] = [
        ("cities", len(national.cities)),
        ("cities with villages", with_villages),
        ("county hubs", len(sizes)),
        ("villages", len(national.villages)),
        (
            "villages a hub: least, median, most",
            f"{min(sizes.values())}, {median(sizes)}, {max(sizes.values())}",
        ),
        ("village parcels a day, 2018", parcels),
        ("- a village", parcels / len(national.villages)),
        ("urban parcels a day, 2018", sum(national.urban_parcels.values())),
        *((f"need in {year}, van-equivalents on peak days", n) for year, n in zip(YEARS, need, strict=True)),
        ("vehicles owned before 2018", sum(count for _, _, count in owned)),
        ("- electric", electric),
        ("electric vehicles on sale to the cities, 2018-2020", supply),
        ("- share of the need of 2020, on peak days", supply / need[-1]),
        ("- share of the need of 2018 on a regular day (the book's 31 %)", supply / need[0] * PEAK_FACTOR),
        (
            "least electric vehicles that the quotas and the EV-only rule ask for",
            least_electric(national, pilots),
        ),
    ]
    return markdown(("green2020", "value:"), table)


def median(sizes: Counter[str]) -> int:
    """Return the median hub size."""
    return int(statistics.median(sizes.values()))


def least_electric(national: National, min_cities: int) -> float:
    """Return the van-equivalents that the quotas and the EV-only rule ask to be electric at least."""
    last = {city: need.by_year[-1] for city, need in national.needs.items()}
    only = {city: last[city] - KEPT_TO_2020 * national.needs[city].by_year[0] for city in EV_ONLY_FROM}
    rest = sorted(need for city, need in last.items() if city not in only)
    green, others = rest[:min_cities], rest[min_cities:]
    quota = horizon.GREEN_SHARE * sum(green) + ELECTRIC_SHARE_MIN * sum(others)
    return sum(only.values()) + quota


def province_lines(national: National, sources: Sources) -> list[str]:
    """Return the table by province."""
    cities_of: dict[str, list[City]] = defaultdict(list)
    for city in national.cities:
        cities_of[city.province].append(city)
    village_city = {hub.id: hub.city for hub in national.hubs}
    count = Counter(village_city[village.hub] for village in national.villages)
    parcels: Counter[str] = Counter()
    for village in national.villages:
        parcels[village_city[village.hub]] += village.parcels
    found: list[tuple[Cell, ...]] = []
    for province, cities in cities_of.items():
        row = sources.book.provinces[province]
        codes = [city.code for city in cities]
        winter = [sources.climate.mean_celsius(horizon.WINTER_MONTHS, *c.place.point) for c in cities]
        found.append(
            (
                row["grid_region"],
                province,
                len(cities),
                sum(len(city.counties) for city in cities),
                sum(count[code] for code in codes),
                sum(parcels[code] for code in codes),
                sum(national.urban_parcels[code] for code in codes),
                round(sum(national.needs[code].by_year[0] for code in codes)),
                float(row["est_2018"]),
                float(row["om_2019_region"]),
                round(statistics.mean(winter), 1),
            )
        )
    heads = (
        "grid region", "province", "cities:", "county hubs:", "villages:", "village parcels/day:",
        "urban parcels/day:", "need 2018, vans:", "kg CO2/kWh 2018:", "operating margin:", "winter C:",
    )  # fmt: skip
    return markdown(heads, sorted(found, key=str))


def city_lines(national: National, sources: Sources) -> list[str]:
    """Return the table of the 100 cities."""
    hub_city = {hub.id: hub.city for hub in national.hubs}
    count = Counter(hub_city[village.hub] for village in national.villages)
    found: list[tuple[Cell, ...]] = []
    for city in national.cities:
        notes = ["green freight"] if city.code in NAMED_CITIES else []
        notes += ["electric only from 2018"] if city.code in EV_ONLY_FROM else []
        notes += [] if count[city.code] else ["urban service only"]
        found.append(
            (
                city.code,
                SHOWN_NAME.get(city.code, ascii_name(city.place.name)),
                city.name,
                city.province,
                terrain_of(national.relief_m[city.code]),
                round(sources.climate.mean_celsius(horizon.WINTER_MONTHS, *city.place.point), 1),
                len(city.counties),
                count[city.code],
                int(national.urban_parcels[city.code]),
                ", ".join(notes),
            )
        )
    heads = (
        "id",
        "city",
        "",
        "province",
        "terrain",
        "winter C:",
        "hubs:",
        "villages:",
        "urban parcels/day:",
        "note",
    )
    return markdown(heads, found)


def terrain_lines(national: National) -> list[str]:
    """Return how many cities and villages lie in which terrain."""
    terrain = {city.code: terrain_of(national.relief_m[city.code]) for city in national.cities}
    cities = Counter(terrain.values())
    hub_city = {hub.id: hub.city for hub in national.hubs}
    villages = Counter(terrain[hub_city[village.hub]] for village in national.villages)
    return markdown(
        ("terrain", "cities:", "villages:"),
        [(kind, cities[kind], villages[kind]) for kind in ("plain", "hills", "mountain")],
    )


def limit_lines(folder: Path) -> list[str]:
    """Return budget and supply by year, with their reasoning."""
    notes = {row["field"]: row for row in rows(folder / "parameters.csv") if row["file"] == "instance.toml"}
    found: list[tuple[Cell, ...]] = []
    for year in YEARS:
        money, vans = notes[f"limit.budget-{year}.max_cny"], notes[f"limit.supply-{year}.max_vehicles"]
        found.append(
            (
                str(year),
                f"{float(money['value']) / 1e6:,.3f}",
                money["note"],
                float(vans["value"]),
                vans["note"],
            )
        )
    return markdown(("year", "budget, million CNY:", "how", "electric vehicles:", "how"), found)


def assumption_lines(folder: Path) -> list[str]:
    """Return the numbers for which no source was found, one line a field."""
    seen: dict[str, tuple[Cell, ...]] = {}
    for row in rows(folder / "parameters.csv"):
        if row["confidence"] == "assumption" and row["source"] == NO_SOURCE:
            field = row["field"].split("[")[0]
            file = row["file"]
            kind = (
                f"{file} {field}"
                if file.endswith(".csv")
                else f"{file} {'.'.join(p for p in field.split('.'))}"
            )
            value = f"{float(row['value']):g}" if row["value"] else ""
            seen.setdefault(kind, (f"`{file}`", f"`{field}`", value, row["unit"], row["note"]))
    grouped: dict[tuple[Cell, ...], list[tuple[Cell, ...]]] = defaultdict(list)
    for line in seen.values():
        grouped[line[0], line[4]].append(line)
    found = [merged(lines) for lines in grouped.values()]
    return markdown(("file", "field", "value:", "unit", "why"), found)


def merged(lines: list[tuple[Cell, ...]]) -> tuple[Cell, ...]:
    """Return one line for several fields with the same reasoning."""
    values = sorted({str(line[2]) for line in lines})
    fields = f"{lines[0][1]}" + (f" and {len(lines) - 1} more" if len(lines) > 1 else "")
    return (lines[0][0], fields, values[0] if len(values) == 1 else "various", lines[0][3], lines[0][4])


def measure_lines(folder: Path) -> list[str]:
    """Return the national numbers of the campaign measures by year."""
    notes = {row["field"]: row for row in rows(folder / "parameters.csv") if row["file"] == "measures.toml"}
    platforms = sorted({field.split(".")[1] for field in notes if field.startswith("packaging.")})
    fields = [
        ("parcels, million", "e_label.parcels_million_by_year"),
        ("share that can have an e-label", "e_label.share_max_by_year"),
        *((f"parcels of {o}, million", f"packaging.{o}.parcels_million_by_year") for o in platforms),
        ("meal orders, million", "cutlery.orders_million_by_year"),
    ]
    found: list[tuple[Cell, ...]] = []
    for what, field in fields:
        own = [notes[f"{field}[{number}]"] for number in range(len(YEARS))]
        labels = sorted({row["confidence"] for row in own})
        found.append((what, *(float(row["value"]) for row in own), ", ".join(labels)))
    return markdown(("measures", *(f"{year}:" for year in YEARS), "confidence"), found)


def confidence_lines(folder: Path) -> list[str]:
    """Return how many rows of parameters.csv bear which label."""
    count = Counter((row["file"], row["confidence"]) for row in rows(folder / "parameters.csv"))
    files = sorted({file for file, _ in count})
    labels = ("sourced", "derived", "assumption")
    return markdown(
        ("file", "sourced:", "derived:", "assumption:"), [(f, *(count[f, x] for x in labels)) for f in files]
    )


def vehicle_lines(book: Book) -> list[str]:
    """Return payload, volume and parcels per load by type."""
    return markdown(
        ("type", "kg:", "m3:", "parcels per load:"),
        [
            (k, b.payload_kg.value, b.volume_m3.value, round(parcels_per_load(book, b)))
            for k, b in bodies(book).items()
        ],
    )


def write_national(national: National, sources: Sources, folder: Path) -> None:
    """Write the facts into the README."""
    sections: list[tuple[str, Callable[[], list[str]]]] = [
        ("In numbers", lambda: sum_lines(national, sources.book)),
        ("By province", lambda: province_lines(national, sources)),
        ("Terrain", lambda: terrain_lines(national)),
        ("The join in numbers", lambda: join_lines(national, sources)),
        ("Vehicles", lambda: vehicle_lines(sources.book)),
        ("Budget and supply", lambda: limit_lines(folder)),
        ("Campaign measures", lambda: measure_lines(folder)),
        ("Labels in parameters.csv", lambda: confidence_lines(folder)),
        ("Numbers without a source", lambda: assumption_lines(folder)),
        ("The cities", lambda: city_lines(national, sources)),
    ]
    replace_facts(folder / "README.md", list(titled(sections)))


def titled(sections: Iterable[tuple[str, Callable[[], list[str]]]]) -> Iterable[str]:
    """Yield the lines of all sections under their titles."""
    for number, (title, lines) in enumerate(sections):
        yield from ([] if number == 0 else [""]) + [f"### {title}", "", *lines()]
