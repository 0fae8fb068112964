"""How seconds grow with cities: a power law, and a fixed cost with a cost a city."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import nnls

from voltmile.study.growth.rows import Row


@dataclass(frozen=True)
class Fit:
    """Seconds as a function of cities, fitted with relative errors.

    Attributes
    ----------
    exponent : float
        Of the power law.
    fixed_s, city_s : float
        Seconds that do not depend on cities, and seconds a city; neither below zero.
    """

    exponent: float
    fixed_s: float
    city_s: float


def fit(rows: Sequence[Row], seconds: str = "wall_s") -> Fit | None:
    """Fit rows that differ in cities only; None for fewer than two."""
    x = np.array([row.cities for row in rows], dtype=np.float64)
    y = np.array([getattr(row, seconds) for row in rows], dtype=np.float64)
    if len(set(x.tolist())) < 2:
        return None
    exponent = float(np.polyfit(np.log(x), np.log(y), 1)[0])
    fixed, city = nnls(np.column_stack([1 / y, x / y]), np.ones(len(y)))[0].tolist()
    return Fit(exponent, fixed, city)
