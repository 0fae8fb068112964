"""Plans of a hub-day: tours from searches, and the best choice among all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from voltmile.routes.day import HubDay
from voltmile.routes.generate import seed_of
from voltmile.routes.pool_prices import pool_prices
from voltmile.routes.rates import Rates
from voltmile.routes.search import search
from voltmile.solve.cover import partition
from voltmile.solve.hub_tree.records import Effort, PlannedRoute
from voltmile.solve.hub_tree.ruin import Annealing, Nodes

#: Guesses of the mean share of the payload aboard, which sets the range PyVRP sees. A high one loses routes
#: a battery can drive, a low one ends in routes it cannot; the pool keeps what the true energy allows.
SHARES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)
#: The guesses of a search at given numbers of vehicles.
GUIDED_SHARES = (0.25, 0.35, 0.45)
#: Nodes of the integer program that chooses among tours.
_NODES = 2000


class Plans:
    """The tours known of a hub-day and the best plan made of them.

    Ruin and recreate measures routes as the model does but knows no time windows; with those PyVRP searches.

    Attributes
    ----------
    routes : tuple of PlannedRoute
        Empty while there is no plan.
    cost : float
    """

    def __init__(self, day: HubDay, rates: Sequence[Rates], effort: Effort, seed: int) -> None:
        self.day, self.rates, self._effort, self._seed = day, list(rates), effort, seed
        self.routes: tuple[PlannedRoute, ...] = ()
        self.cost = math.inf
        self._pool: dict[Nodes, None] = {(i,): None for i in range(1, day.network.size + 1)}
        self._chosen_from = 0
        self._annealing = None if day.network.has_windows else Annealing(day, rates)

    def search(self, number: int, over: Callable[[], bool]) -> None:
        """Search with any vehicles, unless the time is over."""
        if self._annealing is not None:
            if not over():
                self.remember(self._annealing.search(self._effort.annealing, self._seed_of(number)))
        else:
            self._search(number, SHARES, None, over)
        self.choose()

    def search_alone(self, over: Callable[[], bool]) -> None:
        """Search briefly with vehicles of each type alone, then longer with the best one.

        Annealing of all types settles on a fleet early, and may miss many small vehicles for few large ones.
        """
        rides = range(len(self.day.rides))
        if self._annealing is None or len(rides) < 2:
            return
        costs = [math.inf for _ in rides]
        for ride in rides:
            if not over():
                costs[ride] = self._search_alone(self._annealing, ride, self._effort.annealing_each)
        if not over():
            self._search_alone(self._annealing, int(np.argmin(costs)), self._effort.annealing_alone)
        self.choose()

    def _search_alone(self, annealing: Annealing, ride: int, iterations: int) -> float:
        tours, cost = annealing.search_alone(ride, iterations, self._seed_of(ride, iterations))
        self.remember(tours)
        return cost

    def search_mix(self, mix: Sequence[int], over: Callable[[], bool]) -> None:
        """Search with given numbers of vehicles, where that is of use: annealing finds its own."""
        if self._annealing is None:
            self._search(0, GUIDED_SHARES, mix, over)
            self.choose()

    def _search(
        self, number: int, shares: Sequence[float], mix: Sequence[int] | None, over: Callable[[], bool]
    ) -> None:
        for share in shares:
            if over():
                return
            found = search(
                self.day,
                self.rates,
                iterations=self._effort.iterations,
                seed=self._seed_of(number, share, *(mix or ())),
                available=mix,
                range_at_load=share,
            )
            self.remember([nodes for _, nodes in found.routes])

    def _seed_of(self, *name: float) -> int:
        return seed_of(self._seed, self.day.network.hub, self.day.year, self.day.day_type, *name)

    def remember(self, tours: Sequence[Nodes]) -> None:
        """Add tours, in both driving directions: the load makes them differ."""
        for nodes in tours:
            if nodes:
                self._pool[nodes] = None
                self._pool[nodes[::-1]] = None

    def choose(self) -> bool:
        """Take the best plan made of the tours known; whether it is a better one."""
        if len(self._pool) == self._chosen_from:
            return False
        self._chosen_from = len(self._pool)
        prices = pool_prices(self.day, list(self._pool), self.rates)
        kinds = prices.cost.argmin(axis=1)
        among = [(t, int(k)) for t, k in enumerate(kinds) if np.isfinite(prices.cost[t, k])]
        chosen = partition(prices, among, _NODES) if among else []
        cost = math.fsum(float(prices.cost[t, k]) for t, k in chosen)
        if not chosen or cost >= self.cost:
            return False
        self.cost = cost
        self.routes = tuple(PlannedRoute(k, prices.tours[t]) for t, k in sorted(chosen))
        return True

    @property
    def tours(self) -> list[Nodes]:
        """Tours known, drivable or not."""
        return list(self._pool)

    def priced(self) -> list[tuple[Nodes, float]]:
        """Return the tours that some type can drive, each with its least cost."""
        prices = pool_prices(self.day, list(self._pool), self.rates)
        least = prices.cost.min(axis=1)
        return [(prices.tours[t].nodes, float(least[t])) for t in np.flatnonzero(np.isfinite(least))]

    def cheapest(self, ride: int, nodes: Nodes) -> float:
        """Cost of a tour by a type in its better direction; infinity where it cannot drive it."""
        prices = pool_prices(self.day, [nodes, nodes[::-1]], self.rates)
        return float(prices.cost[:, ride].min())
