"""Distances on the sphere and numbers drawn from a name."""

from __future__ import annotations

import hashlib
import math
import statistics

EARTH_RADIUS_KM = 6371.0088


def km(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in km between two points in degrees."""
    a, b = math.radians(lat1), math.radians(lat2)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))


def moved(lat: float, lon: float, north_km: float, east_km: float) -> tuple[float, float]:
    """Return the point some km north and east of another one (small distances)."""
    degree = math.radians(1) * EARTH_RADIUS_KM
    return lat + north_km / degree, lon + east_km / (degree * math.cos(math.radians(lat)))


def median_point(points: list[tuple[float, float]]) -> tuple[float, float]:
    """Return the median latitude and the median longitude."""
    return statistics.median(p[0] for p in points), statistics.median(p[1] for p in points)


def drawn(*names: str) -> float:
    """Return a number in (0, 1) that depends on nothing but the names (blake2b)."""
    digest = hashlib.blake2b("/".join(names).encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") + 0.5) / 2**64
