"""Set covering and partitioning of one hub on one day over a pool of tours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from voltmile.routes.pool_prices import PoolPrices
from voltmile.solve.highs import solve_lp, solve_mip
from voltmile.solve.matrix import MatrixModel
from voltmile.solve.status import SolverError

Choice = tuple[int, int]
"""A tour of the pool and a vehicle type: positions in PoolPrices.tours and HubDay.rides."""


@dataclass(frozen=True)
class Covered:
    """An optimal fractional covering.

    Attributes
    ----------
    value : float
    prize : array, shape (n + 1,)
        Dual value of each village, >= 0; 0 at the hub.
    chosen : list of (Choice, float)
        Tours in the covering with their weight.
    """

    value: float
    prize: NDArray[np.float64]
    chosen: list[tuple[Choice, float]]


def cover(prices: PoolPrices) -> Covered:
    """Cover all villages at least cost, fractionally; each tour is driven by its cheapest type."""
    tours, types, cost = _cheapest(prices)
    n = prices.visits.shape[1] - 1
    outcome = solve_lp(_matrix(prices, tours, cost, np.full(n, np.inf)), answers=False)
    if outcome.x is None or outcome.row_duals is None:
        raise SolverError(f"the covering of a hub ended {outcome.status}")
    chosen = [((int(tours[j]), int(types[j])), float(outcome.x[j])) for j in np.flatnonzero(outcome.x > 1e-9)]
    prize = np.concatenate(([0.0], np.maximum(outcome.row_duals, 0.0)))
    return Covered(value=float(outcome.objective or 0.0), prize=prize, chosen=chosen)


def partition(prices: PoolPrices, among: list[Choice], node_limit: int) -> list[Choice]:
    """Serve every village exactly once with tours of a list, at least cost within a node limit."""
    tours = np.array([t for t, _ in among])
    cost = np.array([prices.cost[t, k] for t, k in among])
    n = prices.visits.shape[1] - 1
    matrix = _matrix(prices, tours, cost, np.ones(n), integral=True)
    outcome = solve_mip(matrix, gap_rel=1e-4, node_limit=node_limit, answers=False)
    if outcome.x is None:
        return []
    return [among[j] for j in np.flatnonzero(outcome.x > 0.5)]


def reduced_costs(prices: PoolPrices, prize: NDArray[np.float64]) -> NDArray[np.float64]:
    """Priced cost less the prizes of the villages visited, shape (t, k)."""
    return np.asarray(prices.cost - (prices.visits @ prize)[:, None])


def _cheapest(prices: PoolPrices) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    types = np.argmin(prices.cost, axis=1)
    cost = prices.cost[np.arange(len(types)), types]
    tours = np.flatnonzero(np.isfinite(cost))
    return tours, types[tours], cost[tours]


def _matrix(
    prices: PoolPrices,
    tours: NDArray[np.intp],
    cost: NDArray[np.float64],
    most: NDArray[np.float64],
    *,
    integral: bool = False,
) -> MatrixModel:
    n, m = prices.visits.shape[1] - 1, len(tours)
    return MatrixModel(
        c=cost,
        A=sp.csc_array(prices.visits[tours, 1:].T.astype(float)),
        row_lower=np.ones(n),
        row_upper=most,
        col_lower=np.zeros(m),
        col_upper=np.ones(m),
        integrality=np.full(m, int(integral), dtype=np.int32),
    )
