"""Pricing by inspection: once all routes that can matter are enumerated, they are all there is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voltmile.problem.routing import Route, RoutingProblem, Vector
from voltmile.routes.labelling.bits import price_of
from voltmile.routes.labelling.graphs import subset_words
from voltmile.routes.pricing import EXACT, Priced, Prices, grid_of, on_grid
from voltmile.solve.routing.rows import Ints, pack


class PoolPricer:
    """Prices the routes of a list.

    Parameters
    ----------
    problem
    routes
        Elementary.
    cost : array, shape (r,)

    Attributes
    ----------
    labels : int
        None are kept.
    """

    labels = 0

    def __init__(self, problem: RoutingProblem, routes: Sequence[Route], cost: Vector) -> None:
        self.problem = problem
        self.routes = list(routes)
        self.cost = np.asarray(cost, dtype=np.float64)
        self._low = on_grid(self.cost, grid_of(problem))
        self._packed = pack(problem, self.routes)

    def __len__(self) -> int:
        return len(self.routes)

    def reduced(self, prices: Prices) -> Vector:
        """Reduced cost of every route; infinity for those over arcs that are not allowed."""
        p = self._packed
        hit, keep, price = subset_words(self.problem.size, prices.rows)
        reduced = _reduced(
            p.kind, p.first, p.node, self._low, prices.customer, prices.vehicle, prices.arc, prices.allowed,
            hit, keep, price,
        )  # fmt: skip
        return np.asarray(reduced)

    def price(self, prices: Prices, *, care: int, most: int) -> Priced:
        """Return the routes of least reduced cost; rough calls return none, as the exact one is as fast."""
        kinds = len(self.problem.vehicles)
        if care != EXACT:
            return Priced(np.full(kinds, -np.inf), [], [])
        reduced = self.reduced(prices)
        least = np.zeros(kinds)
        np.minimum.at(least, self._packed.kind, reduced)
        order = np.argsort(reduced, kind="stable")[:most]
        chosen = [int(j) for j in order if reduced[j] < 0]
        return Priced(least, [self.routes[j] for j in chosen], reduced[chosen].tolist())

    def slack(self, prices: Prices, below: Vector) -> NDArray[np.bool_] | None:
        """Arcs that a route under the threshold uses."""
        p = self._packed
        near = (self.reduced(prices) < below[p.kind])[p.of]
        arcs = np.zeros_like(prices.allowed)
        arcs[p.kind[p.of][near], p.tail[near], p.head[near]] = True
        return arcs & prices.allowed

    def enumerate(self, prices: Prices, below: Vector, most: int) -> list[Route] | None:
        """Return the routes under the threshold."""
        near = np.flatnonzero(self.reduced(prices) < below[self._packed.kind])
        return None if len(near) > most else [self.routes[j] for j in near]

    def filtered(self, prices: Prices, below: Vector) -> PoolPricer:
        """Keep the routes under the threshold only."""
        near = np.flatnonzero(self.reduced(prices) < below[self._packed.kind])
        return PoolPricer(self.problem, [self.routes[j] for j in near], self.cost[near])


@njit(cache=True)
def _reduced(
    kind: Ints,
    first: Ints,
    node: Ints,
    cost: Vector,
    customer: Vector,
    vehicle: Vector,
    arc: NDArray[np.float64],
    allowed: NDArray[np.bool_],
    hit: NDArray[np.uint64],
    keep: NDArray[np.uint64],
    price: Vector,
) -> Vector:
    words = hit.shape[1]
    result = np.empty(len(kind))
    state = np.zeros(words, np.uint64)
    for r in range(len(kind)):
        k = kind[r]
        total = cost[r] + vehicle[k]
        state[:] = np.uint64(0)
        before = 0
        for t in range(first[r], first[r + 1]):
            i = node[t]
            if not allowed[k, before, i]:
                total = np.inf
            total += arc[k, before, i] - customer[i]
            for w in range(words):
                held = state[w] & keep[i, w]
                total += price_of(held & hit[i, w], price, 64 * w)
                state[w] = held ^ hit[i, w]
            before = i
        if not allowed[k, before, 0]:
            total = np.inf
        result[r] = total + arc[k, before, 0]
    return result
