"""Arrays and sums the checker computes with."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def exact_sum(values: Iterable[float]) -> float:
    """Sum rounded once; not a number where the values are beyond all bounds."""
    try:
        return math.fsum(values)
    except (OverflowError, ValueError):  # infinities of both signs, or a sum beyond the largest float
        return math.nan
