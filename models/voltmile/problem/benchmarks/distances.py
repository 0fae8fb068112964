"""Distance matrices from coordinates, in the rounding that a set of benchmarks prescribes."""

from __future__ import annotations

import os
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.benchmarks.source import Source
from voltmile.problem.routing import Matrix

Rounding = Literal["real", "nearest", "down", "up"]
_BLOCK = 1000
# Coordinates with decimals make 7 out of 6.999999999; between whole coordinates nothing comes so close.
_NOISE = 1e-9


def euclidean(source: Source, points: Matrix, rounding: Rounding, scale: int = 1) -> Matrix:
    r"""Return Euclidean distances, :math:`R(s \lVert p_i - p_j \rVert) / s`.

    Parameters
    ----------
    source : Source
        The file, for messages.
    points : array, shape (nodes, 2)
    rounding : str
        R: ``real`` leaves them; ``nearest`` is TSPLIB's nint, halves up; ``down`` and ``up`` truncate.
    scale : int
        s: 10 keeps one decimal.

    Returns
    -------
    array, shape (nodes, nodes)

    Raises
    ------
    BenchmarkError
        If the matrix does not fit into half of the machine's memory.
    """
    check_memory(source, len(points))
    out = np.empty((len(points), len(points)))
    for start in range(0, len(points), _BLOCK):
        rows = points[start : start + _BLOCK]
        squared = np.subtract.outer(rows[:, 0], points[:, 0]) ** 2
        squared += np.subtract.outer(rows[:, 1], points[:, 1]) ** 2
        out[start : start + _BLOCK] = _rounded(np.sqrt(squared * scale**2), rounding) / scale
    return out


def _rounded(values: Matrix, rounding: Rounding) -> Matrix:
    match rounding:
        case "nearest":
            return np.floor(values + 0.5)
        case "down":
            return np.floor(values + _NOISE)
        case "up":
            return np.ceil(values - _NOISE)
        case "real":
            return values


def check_memory(source: Source, nodes: int) -> None:
    """Refuse a matrix that would fill the machine instead of being killed on the way.

    Raises
    ------
    BenchmarkError
        If it needs more than half of the memory.
    """
    needed, there = 8 * nodes**2 / 1e9, memory_gb()
    if needed > there / 2:
        message = f"{nodes} nodes need a distance matrix of {needed:.1f} GB; valid: half of {there:.1f} GB"
        raise source.error("", message + " of memory, or less")


def memory_gb() -> float:
    """Return the memory of this machine, infinity where the system does not tell."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    except (AttributeError, ValueError, OSError):
        return float("inf")


def integral(values: NDArray[np.float64]) -> bool:
    """Return whether every value is a whole number, row by row: the matrix may fill half of the memory."""
    return all(bool((row == np.floor(row)).all()) for row in values)
