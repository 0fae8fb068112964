"""Route pricing for vehicles that may recharge on the way, and for those without a battery beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Route, RoutingProblem, Vector
from voltmile.routes.pricing import EXACT, Priced, Prices, on_grid
from voltmile.routes.recharging.evaluate import schedule
from voltmile.routes.recharging.found import Found, new_found
from voltmile.routes.recharging.hops import Hops
from voltmile.routes.recharging.kernel import COMPLETE, Task, search
from voltmile.routes.recharging.labels import Labels, Queue, new_labels, new_queue
from voltmile.routes.recharging.memory import memory, nearest
from voltmile.routes.recharging.store import SAME, Chains, Store, new_store
from voltmile.routes.recharging.terrain import Terrain
from voltmile.routes.recharging.trace import trace
from voltmile.routes.recharging.types import VehicleType, vehicle_type

_LABELS = 3_000_000
#: Rows for labels that wait besides the kept ones.
_PENDING = 3_000_000
_CHAINS = 2**20
_MOST_NODES = 10_000


@dataclass(frozen=True, eq=False)
class _Result:
    """What :func:`search` found; the labels are overwritten by the next search."""

    complete: bool
    least: float
    made: VehicleType
    task: Task
    labels: Labels
    queue: Queue
    found: Found
    store: Store
    marks: NDArray[np.bool_]

    def routes(self) -> list[tuple[tuple[int, ...], float]]:
        """Nodes and reduced cost of the routes found, of each order of customers the best."""
        found: dict[tuple[int, ...], tuple[tuple[int, ...], float]] = {}
        made, nodes = self.made, np.empty(_MOST_NODES, dtype=np.int64)
        for x, total in zip(self.found.label[: self.found.size[0]], self.found.total, strict=False):
            at = trace(made.ground, self.task, self.labels, self.queue, made.hops, x, nodes)
            if at >= 0:
                stops = tuple(made.resources.nodes[nodes[at:]].tolist())
                order = tuple(node for node in stops if node <= made.ground.customers)
                found.setdefault(order, (stops, float(total)))
        return list(found.values())


@dataclass(frozen=True, eq=False)
class _Group:
    """Types that differ in count and fixed cost only, at the same prices of arcs."""

    types: tuple[int, ...]
    made: VehicleType
    fixed: Vector

    def cheapest(self) -> int:
        """Type of least fixed cost."""
        return self.types[int(np.argmin(self.fixed))]


class RechargingPricer:
    """Prices and enumerates routes of vehicles that may recharge at stations on the way.

    Types without a battery never visit a station; types with one may use the stations their battery has a
    charging function for.

    Parameters
    ----------
    problem
    neighbours
        Size of the ng-neighbourhoods.
    most_labels
        Labels kept of a type at which an exact call gives up.

    Attributes
    ----------
    labels : int
        Labels kept in the last call.

    Raises
    ------
    ValueError
        Where some type's resources are not supported, see :func:`resources_of`.
    """

    def __init__(self, problem: RoutingProblem, neighbours: int = 8, most_labels: int = _LABELS) -> None:
        m = problem.size + 1
        self.problem = problem
        self.most_labels = most_labels
        self.labels = 0
        self._room: dict[tuple[int, ...], tuple[Labels, Queue]] = {}
        self._made = [vehicle_type(problem, k) for k in range(len(problem.vehicles))]
        always = np.any([made.ground.always | made.back.always for made in self._made], axis=0)
        near = np.minimum(problem.distance[:m, :m], problem.distance[:m, :m].T)
        self.inside = nearest(near, neighbours, np.asarray(always, dtype=np.bool_))

    def price(self, prices: Prices, *, care: int, most: int) -> Priced:
        """Return up to ``most`` routes of negative reduced cost for each group of types alike."""
        least = np.zeros(len(self.problem.vehicles))
        routes: list[Route] = []
        reduced: list[float] = []
        self.labels = 0
        for group in self._groups(prices):
            fixed = float(group.fixed.min())
            task = self._task(group, prices, care, -fixed)
            result = self._run(group.made, task, None, most)
            low = result.least if care == EXACT and result.complete else -math.inf
            least[list(group.types)] = np.minimum(0.0, low + group.fixed)
            for nodes, total in result.routes():
                done = schedule(self.problem, group.cheapest(), nodes)
                if done is not None:
                    routes.append(Route(group.cheapest(), nodes, done[1]))
                    reduced.append(total + fixed)
        return Priced(least, routes, reduced)

    def enumerate(self, prices: Prices, below: Vector, most: int) -> list[Route] | None:
        """Return all elementary routes of reduced cost under ``below[k]``; None if over ``most``."""
        routes: list[Route] = []
        self.labels = 0
        for group in self._groups(prices):
            limits = below[list(group.types)] - group.fixed
            limit = float(limits.max())
            ends = self._ends(group, prices, limit)
            if ends is None:
                return None
            result = self._run(group.made, self._task(group, prices, SAME, limit), ends, most)
            if not result.complete:
                return None
            for nodes, total in result.routes():
                done = schedule(self.problem, group.types[0], nodes)
                if done is not None:
                    types = [k for k, own in zip(group.types, limits, strict=True) if total < own]
                    routes += [Route(k, nodes, done[1]) for k in types]
            if len(routes) > most:
                return None
        return routes

    def slack(self, prices: Prices, below: Vector) -> NDArray[np.bool_] | None:
        """Arcs (K, n + 1, n + 1) a route under the threshold may use; None where labelling gave up."""
        allowed = prices.allowed.copy()
        self.labels = 0
        for group in self._groups(prices):
            limit = float((below[list(group.types)] - group.fixed).max())
            ends = self._ends(group, prices, limit)
            if ends is None:
                return None
            result = self._run(group.made, self._task(group, prices, EXACT, limit), ends, 0)
            if not result.complete:
                return None
            allowed[list(group.types)] &= result.marks
        return allowed

    def _groups(self, prices: Prices) -> list[_Group]:
        """Group the types that share their labels."""
        alike: dict[tuple[object, ...], list[int]] = {}
        for k, made in enumerate(self._made):
            key = (id(made), prices.arc[k].tobytes(), prices.allowed[k].tobytes())
            alike.setdefault(key, []).append(k)
        fixed = (
            np.array([on_grid(v.fixed, self._made[0].ground.grid) for v in self.problem.vehicles])
            + prices.vehicle
        )
        return [_Group(tuple(types), self._made[types[0]], fixed[types]) for types in alike.values()]

    def _task(self, group: _Group, prices: Prices, how: int, below: float) -> Task:
        k, made = group.types[0], group.made
        inside = np.ones_like(self.inside) if how == SAME else self.inside
        kept = memory(inside, prices.rows)
        arc = on_grid(prices.arc[k], made.ground.grid)
        pair = arc + on_grid(-prices.customer, made.ground.grid)[None, :]
        pair[:, 0] = arc[:, 0]
        return Task(
            arc, pair, prices.allowed[k], *kept,
            how=how, below=below, bounded=False, horizon=float(made.resources.latest[0]),
            most_labels=self.most_labels,
        )  # fmt: skip

    def _ends(self, group: _Group, prices: Prices, below: float) -> Store | None:
        """Labels of the mirrored problem, without subset rows, which only ever cost."""
        made, task = group.made, self._task(group, prices, EXACT, below)
        free = memory(self.inside, ())
        task = task._replace(
            arc=np.ascontiguousarray(task.arc.T), pair=np.ascontiguousarray(task.pair.T),
            allowed=np.ascontiguousarray(task.allowed.T), counts=free.counts, keeps=free.keeps,
            price=free.price,
        )  # fmt: skip
        none = new_store(1, 1, task.bit.shape[1], 1, made.ground.points)
        result = self._search(made, made.back, task, none, made.back_hops, 0)
        return result.store if result.complete else None

    def _run(self, made: VehicleType, task: Task, ends: Store | None, most: int) -> _Result:
        """Label a group, with the ends of routes as bounds where there are some."""
        if ends is None:
            ends = new_store(1, 1, task.bit.shape[1], 1, made.back.points)
        else:
            task = task._replace(bounded=True)
        return self._search(made, made.ground, task, ends, made.hops, most)

    def _search(
        self, made: VehicleType, ground: Terrain, task: Task, ends: Store, hops: Hops, most: int
    ) -> _Result:
        same, n = task.how == SAME, ground.customers
        size = task.bit.shape[1], task.counts.shape[1], ground.points
        rows = self.most_labels + _PENDING
        if size not in self._room:
            self._room[size] = new_labels(rows, *size), new_queue(rows)
        labels, queue = self._room[size]
        queue.size[:] = 0
        store = new_store(1 if same else n + 1, 1 if same else 64, *size)
        chains = Chains(np.full(_CHAINS if same else 1, -1), np.empty(rows if same else 1, dtype=np.int64))
        found = new_found(most, _CHAINS if same else 1)
        marks = np.zeros((n + 1, n + 1), dtype=np.bool_)
        code, least, kept, store = search(
            ground, task, ends, labels, queue, store, chains, found, hops, marks
        )
        self.labels += kept
        return _Result(code == COMPLETE, float(least), made, task, labels, queue, found, store, marks)
