"""Array arguments, checked before they reach C++, where a wrong length reads foreign memory."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from voltmile.solve.matrix import FloatArray, IntArray


def float_array(numbers: ArrayLike, length: int | None = None) -> FloatArray:
    """Return a one-dimensional float array without NaN, a scalar repeated ``length`` times."""
    array = np.asarray(numbers, dtype=np.float64)
    if length is not None:
        array = np.broadcast_to(array, (length,))
    if array.ndim != 1 or np.isnan(array).any():
        raise ValueError("expected a one-dimensional array without NaN")
    return np.ascontiguousarray(array)


def index_array(numbers: ArrayLike, size: int) -> IntArray:
    """Return a one-dimensional index array, all within 0..size - 1; a scalar becomes one index."""
    index = np.atleast_1d(np.asarray(numbers, dtype=np.int32))
    if index.size and (index.min() < 0 or index.max() >= size):
        raise ValueError(f"an index is outside 0..{size - 1}")
    return index


def check_columns(cost: FloatArray, start: IntArray, index: IntArray, value: FloatArray, n_rows: int) -> None:
    """Check k new columns in CSC form (starts of length k + 1) against a program of n_rows rows."""
    if not (np.isfinite(cost).all() and np.isfinite(value).all()):
        raise ValueError("a cost or coefficient is not finite")
    if start.shape != (len(cost) + 1,) or index.shape != value.shape:
        raise ValueError(
            f"{len(cost)} costs need {len(cost) + 1} starts, and every entry an index and a value"
        )
    if start[0] != 0 or start[-1] != len(value) or (np.diff(start) < 0).any():
        raise ValueError(f"starts have to rise from 0 to the number of entries, {len(value)}")
    index_array(index, n_rows)
