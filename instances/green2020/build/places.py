"""Hubs and villages: where they are and what the villages order."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from .cities import City, County
from .divisions import Register, Village
from .gazetteer import Gazetteer
from .geometry import drawn, km, moved
from .names import SEAT_KM, Join, Points, seat_of

COORDINATE_DIGITS = 5
SCATTER_SHARE = 0.5
"""A village lies within half the distance to the nearest other located township ..."""
SCATTER_MIN_KM, SCATTER_MAX_KM = 1.5, 6.0
"""... but at least and at most so far from its own township."""

PARCELS_MEAN = 20
PARCELS_SIGMA = 0.5
PARCELS_MAX = 100

GENERIC_COUNTIES = {"城关区", "城区", "郊区", "矿区", "市中区", "城中区", "新城区", "东区", "西区"}
"""Names so common that a place of that name nearby says nothing about the county."""


@dataclass(frozen=True)
class HubSite:
    """A hub; `how` tells whether it stands at the county's seat, its townships' median or in the city."""

    id: str
    city: str
    name: str
    point: tuple[float, float]
    how: str


@dataclass(frozen=True)
class VillageSite:
    """A village of the instance."""

    id: str
    hub: str
    name: str
    township: str
    point: tuple[float, float]
    parcels: int


def hub_of(county: County, register: Register, join: Join, gazetteer: Gazetteer) -> HubSite:
    """Return the hub of a county: at its seat if GeoNames has it by name, else at the townships' median."""
    name = register.counties[county.code]
    median = join.county_median[county.code]
    seat = None
    if name not in GENERIC_COUNTIES:
        seat = seat_of(name, county.code[:2], median, gazetteer, SEAT_KM)
    point = median if seat is None else seat.point
    return HubSite(county.code, county.city, name, rounded(point), "median" if seat is None else "seat")


def rounded(point: tuple[float, float]) -> tuple[float, float]:
    """Return coordinates as they are written."""
    return round(point[0], COORDINATE_DIGITS), round(point[1], COORDINATE_DIGITS)


def parts(total: int, weights: dict[str, int]) -> dict[str, int]:
    """Divide a number by weights (largest remainder; no part exceeds its weight)."""
    whole = sum(weights.values())
    exact = {key: total * weight / whole for key, weight in weights.items()}
    part = {key: math.floor(value) for key, value in exact.items()}
    by_rest = sorted(weights, key=lambda key: (part[key] - exact[key], key))
    for key in by_rest[: total - sum(part.values())]:
        part[key] += 1
    return part


def sampled(county: County, quota: int, register: Register) -> list[tuple[str, Village]]:
    """Return the county's villages with their township: every township gives its share, drawn by code."""
    weights = {code: len(register.townships[code].villages) for code in county.townships}
    chosen = []
    for code, count in sorted(parts(quota, weights).items()):
        order = sorted(register.townships[code].villages, key=lambda v: drawn("sample", v.code))
        chosen += [(code, village) for village in sorted(order[:count], key=lambda v: v.code)]
    return chosen


def scatter_radii(join: Join) -> dict[str, float]:
    """Return how far the villages of each located township lie from it at most (km)."""
    codes = list(join.place_of)
    points = np.radians([join.place_of[code].point for code in codes])
    radii = {}
    for code, point in zip(codes, points, strict=True):
        nearest = nearest_other(point, points)
        radii[code] = min(max(SCATTER_SHARE * nearest, SCATTER_MIN_KM), SCATTER_MAX_KM)
    return radii


def nearest_other(point: npt.NDArray[np.float64], points: npt.NDArray[np.float64]) -> float:
    """Return the distance in km from a point to the nearest of the others (radians)."""
    difference = points - point
    difference[:, 1] *= math.cos(point[0])
    square = np.partition((difference**2).sum(axis=1), 1)[1]
    return float(math.sqrt(square)) * km(0, 0, 0, math.degrees(1))


def scattered(code: str, centre: tuple[float, float], radius_km: float) -> tuple[float, float]:
    """Return a village's point, uniform in the disc around its township, drawn by its code."""
    distance = radius_km * math.sqrt(drawn("distance", code))
    angle = 2 * math.pi * drawn("angle", code)
    return rounded(moved(*centre, distance * math.sin(angle), distance * math.cos(angle)))


def parcels(code: str) -> int:
    """Return a village's parcels a day: lognormal with the book's mean, drawn by its code."""
    normal = NormalDist().inv_cdf(drawn("parcels", code))
    value = PARCELS_MEAN * math.exp(PARCELS_SIGMA * normal - PARCELS_SIGMA**2 / 2)
    return min(max(round(value), 1), PARCELS_MAX)


def villages_of(
    county: County, quota: int, register: Register, join: Join, radii: dict[str, float]
) -> list[VillageSite]:
    """Return the villages of a county's hub."""
    sites = []
    for code, village in sampled(county, quota, register):
        point = scattered(village.code, join.place_of[code].point, radii[code])
        township = register.townships[code].name
        sites.append(
            VillageSite(village.code, county.code, village.name, township, point, parcels(village.code))
        )
    return sites


def urban_hub_of(city: City) -> HubSite:
    """Return the hub of the city's urban service, at the city's place in GeoNames."""
    return HubSite(f"{city.code}-urban", city.code, f"{city.name}城区", rounded(city.place.point), "city")


def township_points(counties: Iterable[County], join: Join) -> Points:
    """Return the located townships of counties."""
    return {code: join.place_of[code].point for county in counties for code in county.townships}
