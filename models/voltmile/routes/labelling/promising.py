"""The arcs that routes of low reduced cost are likely to use."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Matrix, RoutingProblem
from voltmile.routes.labelling.graphs import arc_cost
from voltmile.routes.pricing import Prices, grid_of, on_grid


def promising(problem: RoutingProblem, prices: Prices, most: int) -> NDArray[np.bool_]:
    """Mark allowed arcs (K, n + 1, n + 1): those at the depot, and the cheapest at every customer.

    An arc costs what driving it does, and less half of the prizes at its ends: vehicles that are cheap to
    drive find all routes over dear customers cheap, and need the near ones.

    Parameters
    ----------
    most : int
        Arcs out of a customer, and into it, that are left, of either cost.
    """
    grid = grid_of(problem)  # sums are exact on it, so that what is symmetric stays so
    prize = on_grid(np.r_[0.0, prices.customer[1:]] / 2, grid)
    kept = np.zeros_like(prices.allowed)
    for k in range(len(problem.vehicles)):
        cost = on_grid(arc_cost(problem, k) + prices.arc[k], grid)
        cost[~prices.allowed[k]] = np.inf
        np.fill_diagonal(cost, np.inf)
        for of in (cost, cost - prize[:, None] - prize[None, :]):
            kept[k] |= _lowest(of, most) | _lowest(of.T, most).T
        kept[k, 0], kept[k, :, 0] = True, True
    return kept & prices.allowed


def _lowest(cost: Matrix, most: int) -> NDArray[np.bool_]:
    """Mark the lowest entries of every row, without the first column; all where they are few."""
    inner, low = cost[:, 1:], np.ones(cost.shape, dtype=np.bool_)
    if inner.shape[1] > most:
        border = np.partition(inner, most - 1, axis=1)[:, most - 1 : most]
        low[:, 1:] = inner <= border
    return low
