"""How much is delivered: urban parcels of the cities, growth, and the fleet that takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from .book import Book
from .known import Known, assume, derive
from .vehicles import bodies, parcels_per_load, reference_urban_parcels

DAYS_PER_YEAR = 365
URBAN_SHARE_OF_CITIES = 0.7
PEAK_FACTOR = 1.3
RURAL_LOAD_USED = 0.9
"""Share of a load that a route uses when the reference fleet is sized."""


def urban_parcels_total(book: Book) -> Known:
    """Return the urban parcels a day of the 100 cities together, in 2018."""
    parcels, touches = book("national_parcels_2018"), book("rural_touches_2018")
    share = assume(URBAN_SHARE_OF_CITIES, "share", "book, section 1")
    value = share.value * (parcels.value - touches.value / 2) * 1e9 / DAYS_PER_YEAR
    note = "70 % (assumption) of the parcels that are not rural: (50.71 bn - 12 bn touches / 2) / 365 days"
    return derive(value, "parcel/d", note, share, parcels, touches)


def urban_growth(book: Book) -> list[Known]:
    """Return the urban demand factor by year, from the national parcel series."""
    first = book("national_parcels_2018")
    series = [book(f"national_parcels_{year}") for year in (2018, 2019, 2020)]
    note = "national parcels of the year / those of 2018"
    return [derive(round(p.value / first.value, 4), "x", note, p, first) for p in series]


def village_growth(book: Book) -> list[Known]:
    """Return the village demand factor by year: 20, 25, 35 parcels a village and day."""
    first, last = book("village_demand_2018"), book("village_demand_2020")
    middle = assume(25.0, "parcel/village/d", "book, note of village_demand_2020: 2019: 25 (8-82)", 8, 82)
    note = "parcels a village and day of the year / those of 2018 (20, 25, 35)"
    return [derive(round(p.value / first.value, 4), "x", note, p, first) for p in (first, middle, last)]


def by_population(total: float, population: dict[str, int]) -> dict[str, float]:
    """Divide the urban parcels by population, in whole parcels."""
    people = sum(population.values())
    return {code: float(round(total * count / people)) for code, count in population.items()}


@dataclass(frozen=True)
class Need:
    """Vehicles a city needs by year on the peak days, if all were gasoline microvans (van-equivalents)."""

    by_year: tuple[float, ...]


@dataclass(frozen=True)
class Yardstick:
    """The gasoline microvan as a measure of fleets."""

    urban_parcels: float
    load_parcels: float
    availability: float
    urban_factor: tuple[float, ...]
    village_factor: tuple[float, ...]

    def need(self, urban_parcels: float, hub_parcels: list[int]) -> Need:
        """Return the need of a city with these urban parcels and these parcels of its hubs' villages."""
        by_year = []
        for urban, village in zip(self.urban_factor, self.village_factor, strict=True):
            tours = urban_parcels * urban * PEAK_FACTOR / self.urban_parcels
            load = self.load_parcels * RURAL_LOAD_USED
            routes = sum(math.ceil(parcels * village * PEAK_FACTOR / load) for parcels in hub_parcels)
            by_year.append((tours + routes) / self.availability)
        return Need(tuple(by_year))


def yardstick(book: Book, availability: float) -> Yardstick:
    """Return the measure with the book's numbers."""
    return Yardstick(
        reference_urban_parcels(book),
        parcels_per_load(book, bodies(book)["gasoline-microvan"]),
        availability,
        tuple(k.value for k in urban_growth(book)),
        tuple(k.value for k in village_growth(book)),
    )
