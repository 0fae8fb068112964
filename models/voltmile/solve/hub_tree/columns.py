"""The bound of column generation: the linear program over all ng-routes of a hub-day (models/ROUTING.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from highspy import Highs

from voltmile.routes.network import Vector
from voltmile.routes.rates import Rates
from voltmile.routes.tours import tour_of
from voltmile.solve.highs import pass_model
from voltmile.solve.hub_tree.nodes import Work
from voltmile.solve.hub_tree.ruin import Nodes
from voltmile.solve.hub_tree.trips import Trips
from voltmile.solve.matrix import MatrixModel
from voltmile.solve.options import new_highs

#: Weight of the dual values tried last in those tried next.
_SMOOTH = 0.5
#: Labels kept a node and slice, from level to level; 0 keeps all. Routes taken in from one labelling.
_PER_SLICE, _ROUTES = (3, 12, 60, 0), 60
#: A round whose least reduced cost, as a share of the plan's cost, is less gives way to the next level; a
#: smaller one is 0.
_LITTLE, _NOTHING = 5e-4, 1e-6
#: Rounds a type without routes is left out in.
_REST = 4
#: Rounds at most.
_ROUNDS = 300


@dataclass(frozen=True)
class ColumnBound:
    """What column generation proves.

    Attributes
    ----------
    value : float
        No plan costs less; 0 when no labelling was completed.
    routes : tuple of tuple of int
        Routes on the way that visit no village twice.
    rounds : int
    """

    value: float
    routes: tuple[Nodes, ...]
    rounds: int


class _Master:
    """The covering of all villages by the routes so far; dual values from the middle, not from a corner."""

    def __init__(self, n: int, unit: float) -> None:
        self._unit = unit / 100
        self._n = n
        self._highs: Highs = new_highs(
            {"solver": "ipm", "run_crossover": "off", "presolve": "off", "threads": 1,
             "ipm_optimality_tolerance": 1e-5}
        )  # fmt: skip
        whole = MatrixModel(
            c=np.array([1000.0]),  # one column that covers everything: never infeasible
            A=sp.csc_array(np.ones((n, 1))),
            row_lower=np.ones(n),
            row_upper=np.full(n, np.inf),
            col_lower=np.zeros(1),
            col_upper=np.full(1, np.inf),
            integrality=np.zeros(1, dtype=np.int32),
        )
        pass_model(self._highs, whole, whole.integrality)

    def add(self, routes: Sequence[Nodes], costs: Sequence[float]) -> None:
        """Add routes."""
        if not routes:
            return
        parts = [np.unique(np.array(nodes) - 1, return_counts=True) for nodes in routes]
        starts = np.cumsum([0, *(len(at) for at, _ in parts)])[:-1].astype(np.int32)
        index = np.concatenate([at for at, _ in parts]).astype(np.int32)
        value = np.concatenate([many for _, many in parts]).astype(np.float64)
        k = len(routes)
        cost = np.array(costs) / self._unit
        self._highs.addCols(k, cost, np.zeros(k), np.full(k, np.inf), len(value), starts, index, value)

    def duals(self) -> Vector:
        """Dual value of each village, not negative; shape (n + 1,)."""
        self._highs.run()
        values = np.array(self._highs.getSolution().row_dual, dtype=np.float64)
        values = values if len(values) == self._n and np.isfinite(values).all() else np.zeros(self._n)
        return np.asarray(np.r_[0.0, np.maximum(values, 0.0)] * self._unit)


def column_bound(
    trips: Trips, start: Sequence[tuple[Nodes, float]], cost: float, work: Work, goal: float
) -> ColumnBound:
    """Generate columns until the bound cannot grow, reaches the goal, or the time is over.

    Parameters
    ----------
    start : sequence of (nodes, cost)
        Routes to begin with.
    cost : float
        Of the best plan.
    """
    state = _Generation(trips, _Master(trips.day.network.size, cost), cost)
    state.master.add([nodes for nodes, _ in start], [paid for _, paid in start])
    rounds = 0
    while rounds < _ROUNDS and not work.over() and not state.done and state.value < goal:
        rounds += 1
        state.round(work)
    return ColumnBound(state.value, tuple(state.simple), rounds)


class _Generation:
    """Rounds of column generation; rough labelling as long as it finds much."""

    def __init__(self, trips: Trips, master: _Master, cost: float) -> None:
        self._trips, self.master, self._cost = trips, master, cost
        self.value, self.done = 0.0, False
        self.simple: dict[Nodes, None] = {}
        self._level = 0
        self._prize: Vector | None = None
        self._asleep = dict.fromkeys(trips.types, 0)

    def round(self, work: Work) -> None:
        """Solve the master, price every type that may have routes, add them."""
        exact = _PER_SLICE[self._level] == 0
        with work.on("columns"):
            duals = self.master.duals()
        last = self._prize
        prize = duals if last is None else _SMOOTH * last + (1 - _SMOOTH) * duals
        self._prize = prize
        least, many = 0.0, 0
        for kind in self._trips.types:
            if work.over():
                return
            if self._asleep[kind] > 0 and not exact:
                self._asleep[kind] -= 1
                continue
            with work.on("labels"):
                low, found = self._price(kind, prize)
            least, many = min(least, low), many + found
            self._asleep[kind] = 0 if found else _REST
            if least == -np.inf:  # labelling gave up
                self.done = True
                return
        if exact:
            self._prove(prize, least)
            self.done = not many or -least * 20 < _LITTLE * self._cost
            self._level -= 1
        elif -least < _LITTLE * self._cost:
            self._next_level()

    def _next_level(self) -> None:
        """Wake all types; look closer when none has been left out."""
        if not any(self._asleep[kind] in range(1, _REST) for kind in self._asleep):
            self._level += 1
        self._asleep = dict.fromkeys(self._asleep, 0)

    def _price(self, kind: int, prize: Vector) -> tuple[float, int]:
        trips = self._trips
        below = -_NOTHING * self._cost
        found, low = trips.price(kind, prize, below, _PER_SLICE[self._level])
        routes = trips.routes(found, _ROUTES)
        self.master.add(routes, [self._cost_of(kind, nodes, trips.rates[kind]) for nodes in routes])
        self.simple |= dict.fromkeys(nodes for nodes in routes if len(set(nodes)) == len(nodes))
        if _PER_SLICE[self._level]:
            low = float(found.reduced.min(initial=0.0))
        return low, len(routes)

    def _prove(self, prize: Vector, least: float) -> None:
        """Raise the bound to where that of the dual values meets the floor, whatever the number of routes."""
        total = float(prize.sum())
        total -= (len(prize) + 10) * 2.0**-52 * total
        base, each = self._trips.floor
        low = max(-least, 0.0)
        if each > 0 or low == 0:
            met = (total * each + base * low) / (each + low) if low else total
            self.value = max(self.value, met * (1 - 1e-14))

    def _cost_of(self, kind: int, nodes: Nodes, rate: Rates) -> float:
        """Cost of a route, which may visit a village twice."""
        day, ride = self._trips.day, self._trips.day.rides[kind]
        tour = tour_of(day.network, nodes)
        used = ride.consumption(tour.distance_km, tour.kg_km * day.factor)
        hours = tour.drive_h + float(day.service_h[list(nodes)].sum())
        return rate.fixed + rate.per_km * tour.distance_km + rate.per_h * hours + rate.per_unit * used
