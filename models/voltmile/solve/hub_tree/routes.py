"""Routes, and walks that are hardly more than that, as points of the two-index program of a mix."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from voltmile.routes.day import HubDay
from voltmile.routes.network import Vector
from voltmile.routes.rates import Rates
from voltmile.solve.hub_tree.prices import RouteFloor
from voltmile.solve.hub_tree.program import KG_KM, TreeProgram
from voltmile.solve.hub_tree.ruin import Nodes
from voltmile.solve.matrix import FloatArray
from voltmile.solve.two_index import Ints


class Walk(NamedTuple):
    """A walk of a vehicle type.

    Attributes
    ----------
    nodes : tuple of int
    cost : float
    at : array of int
        Its columns, counted from the first one of its type; twice what it drives or serves twice.
    kg_km : float
    """

    nodes: Nodes
    cost: float
    at: Ints
    kg_km: float


class Routes:
    """Walks of the types of a mix, numbered as they come.

    Attributes
    ----------
    walks : list of Walk
    cost : list of float
    type : list of int
    feasible : list of bool
        Whether it is known to keep the type's range or shift.
    found : set of int
        Numbers of the walks added, once more or for the first time, since it was emptied.
    """

    def __init__(self, program: TreeProgram, day: HubDay, rates: Sequence[Rates], floor: RouteFloor) -> None:
        self._program, self._day, self._rates, self._floor = program, day, list(rates), floor
        n, layout = program.n, program.layout
        self._edge = np.zeros((n + 1, n + 1), dtype=np.int64)
        self._edge[layout.tail, layout.head] = self._edge[layout.head, layout.tail] = np.arange(
            len(layout.tail)
        )
        self._number: dict[tuple[int, Nodes], int] = {}
        self.walks: list[Walk] = []
        self.cost: list[float] = []
        self.type: list[int] = []
        self.feasible: list[bool] = []
        self.found: set[int] = set()
        self._all = sp.csr_array((0, len(program.upper)))

    def add(self, t: int, nodes: Nodes, *, feasible: bool = False) -> None:
        """Add a walk of the program's type t, once; ``feasible``: it keeps the type's range or shift."""
        number = self._number.get((t, nodes))
        walk = self._measured(t, nodes) if number is None else self.walks[number]
        self.take(t, walk, feasible=feasible)

    def take(self, t: int, walk: Walk, *, feasible: bool = False) -> None:
        """Add a walk of the program's type t, once, that other routes of the same vehicle type hold."""
        number = self._number.setdefault((t, walk.nodes), len(self.walks))
        self.found.add(number)
        if number < len(self.walks):
            self.feasible[number] |= feasible
            return
        self.walks.append(walk)
        self.cost.append(walk.cost)
        self.type.append(t)
        self.feasible.append(feasible)

    def _measured(self, t: int, nodes: Nodes) -> Walk:
        loads, n = self._floor.loads, self._program.n
        ride, rate = self._day.rides[t], self._rates[t]
        way = np.array((0, *nodes, 0))
        aboard = loads.units[way[::-1]].cumsum()[::-1][1:] - loads.spare
        km = self._day.network.distance_km[way[:-1], way[1:]]
        kg_km = float(np.maximum(aboard, 0) @ km) * loads.unit_kg
        hours = float(self._floor.step[way[:-1], way[1:]].sum())
        used = ride.consumption(float(km.sum()), kg_km)
        cost = rate.fixed + rate.per_km * float(km.sum()) + rate.per_h * hours + rate.per_unit * used
        return Walk(nodes, cost, np.r_[0, nodes, 1 + n + self._edge[way[:-1], way[1:]]], kg_km)

    def add_all(self, t: int, walks: Iterable[Nodes], *, feasible: bool = False) -> None:
        """Add walks of a type."""
        for nodes in walks:
            self.add(t, nodes, feasible=feasible)

    def feasible_walks(self) -> Iterator[tuple[int, Walk]]:
        """Iterate over the walks known to be routes, with their types."""
        for t, walk, feasible in zip(self.type, self.walks, self.feasible, strict=True):
            if feasible:
                yield t, walk

    def without(self, barred: Sequence[frozenset[int]]) -> Routes:
        """Return the walks on which no type serves a village it is barred from."""
        kept = Routes(self._program, self._day, self._rates, self._floor)
        for t, walk, feasible in zip(self.type, self.walks, self.feasible, strict=True):
            if barred[t].isdisjoint(walk.nodes):
                kept.take(t, walk, feasible=feasible)
        return kept

    def points(self, numbers: Iterable[int]) -> sp.csr_array:
        """Return walks as rows over the program's columns."""
        some = list(numbers)
        width, columns = self._program.layout.width, len(self._program.upper)
        at = [self.walks[number].at + self.type[number] * width for number in some]
        last = [self._program.carried.start + self.type[number] for number in some]
        carried = [self.walks[number].kg_km / KG_KM for number in some]
        ends = np.cumsum([0, *map(len, at)])
        served = (np.ones(ends[-1]), np.concatenate([*at, np.zeros(0, dtype=np.int64)]), ends)
        loaded = (np.array(carried), np.array(last, dtype=np.int64), np.arange(len(some) + 1))
        shape = len(some), columns
        return sp.csr_array(sp.csr_array(served, shape=shape) + sp.csr_array(loaded, shape=shape))

    def least_feasible(self, of_columns: FloatArray, kinds: int) -> Vector:
        """Least cost of a feasible walk of each type less what columns are worth; infinity without one.

        Where directions differ, rows see the shorter one: it can be too low then. These walks count as found.
        """
        if self._all.shape[0] < len(self.walks):
            more = self.points(range(self._all.shape[0], len(self.walks)))
            self._all = sp.csr_array(sp.vstack([self._all, more], format="csr"))
        reduced = np.array(self.cost) - self._all @ of_columns
        of, least = np.where(self.feasible, self.type, -1), np.full(kinds, math.inf)
        for t in range(kinds):
            if len(own := np.flatnonzero(of == t)):
                number = int(own[reduced[own].argmin()])
                least[t] = reduced[number]
                self.found.add(number)
        return least
