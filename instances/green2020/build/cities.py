"""Which 100 cities, which counties, and how many villages each county has in the instance."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from .divisions import Register
from .gazetteer import Gazetteer, Place
from .geometry import drawn
from .names import CITY_OUTLIER_KM, Join, seat_of
from .provinces import PROVINCE

CITIES = 100
VILLAGES = 40_000
HUB_MIN, HUB_MAX = 25, 80
HUBS_PER_CITY = 12
BEST_OF_PROVINCE = 2
BEST_FROM_VILLAGES = 60
NAMED_CITIES = {
    "1201": "Tianjin", "1301": "Shijiazhuang", "1311": "Hengshui", "1506": "Ordos", "3205": "Suzhou",
    "3502": "Xiamen", "4105": "Anyang", "4206": "Xiangyang", "4203": "Shiyan", "4301": "Changsha",
    "4401": "Guangzhou", "4403": "Shenzhen", "5101": "Chengdu", "5105": "Luzhou", "6201": "Lanzhou",
    "6401": "Yinchuan",
}  # fmt: skip
"""The 16 cities named for demonstrating green freight distribution (book: green_freight_demo_cities)."""


@dataclass(frozen=True)
class County:
    """A county with at least HUB_MIN located rural villages."""

    code: str
    city: str
    townships: tuple[str, ...]
    villages: int


@dataclass(frozen=True)
class City:
    """A chosen city with its place and its counties."""

    code: str
    name: str
    place: Place
    counties: tuple[County, ...]

    @property
    def province(self) -> str:
        """Name of the province in the book."""
        return PROVINCE[self.code[:2]]


def is_city(code: str, name: str) -> bool:
    """Return whether a second-level division is a city of a province the book knows."""
    return name.endswith("市") and code[:2] in PROVINCE


def counties(register: Register, join: Join) -> list[County]:
    """Return the counties with enough located rural villages to have a hub."""
    townships: dict[str, list[str]] = defaultdict(list)
    for code in join.place_of:
        if register.townships[code].villages:
            townships[register.townships[code].county].append(code)
    found = []
    for county, codes in sorted(townships.items()):
        villages = sum(len(register.townships[code].villages) for code in codes)
        if villages >= HUB_MIN:
            found.append(County(county, register.townships[codes[0]].city, tuple(sorted(codes)), villages))
    return found


def largest(of_city: list[County]) -> list[County]:
    """Return the city's counties with most located villages, at most HUBS_PER_CITY of them."""
    by_size = sorted(of_city, key=lambda county: (-county.villages, county.code))
    return sorted(by_size[:HUBS_PER_CITY], key=lambda county: county.code)


def choose(room: dict[str, int]) -> list[str]:
    """Choose the cities by the villages there is room for.

    The 16 named cities; each province's best two with BEST_FROM_VILLAGES villages (its best one in any
    case); then the best of all.
    """
    ranked = sorted((code for code in room if room[code]), key=lambda code: (-room[code], code))
    chosen = set(NAMED_CITIES)
    for province in PROVINCE:
        own = [code for code in ranked if code.startswith(province)][:BEST_OF_PROVINCE]
        chosen |= {code for code in own if code == own[0] or room[code] >= BEST_FROM_VILLAGES}
    rest = (code for code in ranked if code not in chosen)
    return sorted(chosen) + [next(rest) for _ in range(CITIES - len(chosen))]


def chosen_cities(register: Register, join: Join, gazetteer: Gazetteer) -> list[City]:
    """Return the cities of the instance, by code."""
    of_city: dict[str, list[County]] = defaultdict(list)
    for county in counties(register, join):
        of_city[county.city].append(county)
    kept = {code: largest(of_city[code]) for code, name in register.cities.items() if is_city(code, name)}
    room = {code: sum(min(c.villages, HUB_MAX) for c in own) for code, own in kept.items()}
    cities = []
    for code in sorted(choose(room)):
        place = seat_of(register.cities[code], code[:2], None, gazetteer, CITY_OUTLIER_KM)
        if place is None:
            raise LookupError(f"GeoNames has no place named {register.cities[code]}")
        cities.append(City(code, register.cities[code], place, tuple(kept[code])))
    return cities


def quotas(chosen: list[County]) -> dict[str, int]:
    """Return the number of villages of each county's hub, VILLAGES in all.

    The same share of every county's located villages, but at least HUB_MIN and at most HUB_MAX; the rest that
    rounding leaves goes one by one to the counties with room, in an order drawn from their codes.
    """
    if sum(min(county.villages, HUB_MAX) for county in chosen) < VILLAGES:
        raise ValueError(f"the chosen counties have no room for {VILLAGES} villages")
    low, high = 0.0, 100.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(shares(chosen, middle).values()) <= VILLAGES else (low, middle)
    quota = shares(chosen, low)
    left = VILLAGES - sum(quota.values())
    order = sorted(chosen, key=lambda county: drawn("quota", county.code))
    for county in [c for c in order if quota[c.code] < min(c.villages, HUB_MAX)][:left]:
        quota[county.code] += 1
    return quota


def shares(chosen: list[County], share: float) -> dict[str, int]:
    """Return the bounded share of every county's villages, rounded down."""
    return {c.code: min(max(int(share * c.villages), HUB_MIN), HUB_MAX, c.villages) for c in chosen}
