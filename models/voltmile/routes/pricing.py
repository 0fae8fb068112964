"""What route pricing is asked and what it answers, whichever labelling does the work."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol, overload

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Matrix, Route, RoutingProblem, Vector

#: How carefully to price: ``ROUGH`` and ``FAIR`` drop partial routes that might matter, and prove nothing.
ROUGH, FAIR, EXACT = 0, 1, 2


@dataclass(frozen=True, slots=True)
class SubsetRow:
    """A limited-memory subset row on three customers or one (Jepsen et al. 2008, doi:10.1287/opre.1070.0449).

    A route pays ``price`` for every second visit to ``members``; the count is forgotten whenever it visits a
    customer outside ``memory`` (Pecin et al. 2017, doi:10.1007/s12532-016-0108-8).
    """

    members: tuple[int, ...]
    memory: frozenset[int]
    price: float


@dataclass(frozen=True, eq=False)
class Prices:
    """Dual values, as what they add to or take off the cost of a route; K vehicle types, n customers.

    A route of type k that visits customers c1, ..., cm (stations in between left out) has the reduced cost
    ``cost + vehicle[k] + sum of arc[k, i, j] over its arcs 0-c1, c1-c2, ..., cm-0 - sum of customer[c]
    + what it pays for subset rows``.

    Attributes
    ----------
    customer : array, shape (n + 1,)
    vehicle : array, shape (K,)
    arc : array, shape (K, n + 1, n + 1)
    allowed : array of bool, shape (K, n + 1, n + 1)
        Arcs a route may use.
    rows : tuple of SubsetRow
    """

    customer: Vector
    vehicle: Vector
    arc: NDArray[np.float64]
    allowed: NDArray[np.bool_]
    rows: tuple[SubsetRow, ...] = ()


@dataclass(frozen=True, eq=False)
class Priced:
    """What a pricing call found.

    Attributes
    ----------
    least : array, shape (K,)
        For each type a lower bound on the reduced cost of all its feasible routes, 0 where none is negative;
        minus infinity where the call was heuristic or gave up.
    routes : list of Route
        Relaxed routes may visit a customer more than once.
    reduced : list of float
        Reduced cost of each route.
    """

    least: Vector
    routes: list[Route]
    reduced: list[float]


def grid_of(problem: RoutingProblem) -> float:
    """Return a power of two all prices are multiples of, and all costs are rounded down to.

    Sums of multiples of 2^e whose absolute values stay below 2^(e + 53) are exact in double precision, in any
    order. With 2^e at 2^-34 of the largest cost every sum of pricing stays far below that, so that the least
    reduced cost, and with it the bound, carries no rounding error: the snapped costs are never above the true
    ones.
    """
    m = problem.size + 1
    arcs = max(float(np.abs(problem.distance[:m, :m]).max()), float(np.abs(problem.time[:m, :m]).max()))
    largest = max(max(v.per_distance, v.per_time) * arcs + abs(v.fixed) for v in problem.vehicles)
    return float(2.0 ** (math.ceil(math.log2(max(largest, 1e-9))) - 34))


@overload
def on_grid(value: float, grid: float) -> float: ...
@overload
def on_grid(value: NDArray[np.float64], grid: float) -> NDArray[np.float64]: ...
def on_grid(value: float | NDArray[np.float64], grid: float) -> float | NDArray[np.float64]:
    """Round down to a multiple of the grid."""
    return np.floor(value / grid) * grid


class Pricer(Protocol):
    """Finds routes of least reduced cost for one problem.

    Attributes
    ----------
    labels : int
        Labels kept in the last call.
    """

    labels: int

    def price(self, prices: Prices, *, care: int, most: int) -> Priced:
        """Return up to ``most`` routes of negative reduced cost a type; with ``EXACT`` a bound too."""

    def enumerate(self, prices: Prices, below: Vector, most: int) -> list[Route] | None:
        """Return all elementary routes of reduced cost under ``below[k]``; None with over ``most`` of them.

        None, too, where the labelling gave up. k is the route's type. Of the routes of a type on the same
        customers only a cheapest one is returned.
        """

    def slack(self, prices: Prices, below: Vector) -> NDArray[np.bool_] | None:
        """Arcs, shape (K, n + 1, n + 1), that some route with a reduced cost under ``below[k]`` may use.

        None where the labelling gave up.
        """


__all__ = [
    "EXACT",
    "FAIR",
    "ROUGH",
    "Matrix",
    "Priced",
    "Pricer",
    "Prices",
    "SubsetRow",
    "grid_of",
    "on_grid",
]
