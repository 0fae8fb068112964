"""The facts section of instances/quickstart/README.md."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from .demand import Need, Yardstick
from .divisions import rows
from .vehicles import YEARS
from .write import Cell, markdown, replace_facts


def city_lines(folder: Path, needs: Mapping[str, Need]) -> list[str]:
    """Return the three cities."""
    tables = {
        name: list(rows(folder / f"{name}.csv"))
        for name in ("cities", "hubs", "villages", "temperatures", "grid")
    }
    city_of = {row["id"]: row["city"] for row in tables["hubs"]}
    villages = Counter(city_of[row["hub"]] for row in tables["villages"])
    hubs = Counter(row["city"] for row in tables["hubs"] if row["serves_urban"] == "false")
    winter = {
        row["city"]: float(row["celsius"]) for row in tables["temperatures"] if row["day_type"] == "winter"
    }
    carbon = {(row["grid"], row["kind"], row["year"]): float(row["co2_kg_per_kwh"]) for row in tables["grid"]}
    found: list[Sequence[Cell]] = [
        (
            row["id"],
            row["name"],
            row["province"],
            row["terrain"],
            winter[row["id"]],
            carbon[row["grid"], "average", str(YEARS[0])],
            hubs[row["id"]],
            villages[row["id"]],
            float(row["urban_parcels_per_day"]),
            round(needs[row["id"]].by_year[0], 1),
            round(needs[row["id"]].by_year[-1], 1),
        )
        for row in tables["cities"]
    ]
    heads = (
        "id", "city", "province", "terrain", "winter C:", "kg CO2/kWh 2018:", "county hubs:", "villages:",
        "urban parcels/day:", "need 2018, vans:", "need 2020, vans:",
    )  # fmt: skip
    return markdown(heads, found)


def service_lines(folder: Path, measure: Yardstick) -> list[str]:
    """Return how much of the need is routes and how much urban service, in 2018 on peak days."""
    villages: Counter[str] = Counter()
    city_of = {row["id"]: row["city"] for row in rows(folder / "hubs.csv")}
    parcels: dict[str, Counter[str]] = {}
    for row in rows(folder / "villages.csv"):
        parcels.setdefault(city_of[row["hub"]], Counter())[row["hub"]] += int(row["parcels_per_day"])
        villages[city_of[row["hub"]]] += int(row["parcels_per_day"])
    found: list[Sequence[Cell]] = []
    for row in rows(folder / "cities.csv"):
        rural = measure.need(0.0, list(parcels[row["id"]].values())).by_year[0]
        urban = measure.need(float(row["urban_parcels_per_day"]), []).by_year[0]
        found.append((row["name"], villages[row["id"]], round(rural, 1), round(urban, 1)))
    return markdown(("city", "village parcels/day:", "vans on routes:", "vans in town:"), found)


def limit_lines(folder: Path) -> list[str]:
    """Return budget and supply by year."""
    with (folder / "instance.toml").open("rb") as file:
        limits = {limit["id"]: limit for limit in tomllib.load(file)["limit"]}
    found: list[Sequence[Cell]] = [
        (str(year), limits[f"budget-{year}"]["max_cny"], limits[f"supply-{year}"]["max_vehicles"])
        for year in YEARS
    ]
    return markdown(("year", "budget, CNY:", "electric vehicles:"), found)


def write(folder: Path, needs: Mapping[str, Need], measure: Yardstick) -> None:
    """Write the facts into the README."""
    lines = ["### The cities", "", *city_lines(folder, needs)]
    lines += ["", "### Routes and town, 2018 on peak days", "", *service_lines(folder, measure)]
    lines += ["", "### Budget and supply", "", *limit_lines(folder)]
    replace_facts(folder / "README.md", lines)
