"""Route pricing for vehicles that may recharge on the way, and for those without a battery beside them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Route, RoutingProblem, Vector
from voltmile.routes.labelling.neighbourhoods import remembered
from voltmile.routes.pricing import EXACT, ROUGH, Priced, Prices, on_grid
from voltmile.routes.recharging.evaluate import best_route, with_priced_charges
from voltmile.routes.recharging.found import Found, new_found
from voltmile.routes.recharging.hops import Hops
from voltmile.routes.recharging.join import half_of, join, new_pairs, order_of
from voltmile.routes.recharging.kernel import COMPLETE, Task, search
from voltmile.routes.recharging.labels import Labels, Queue, new_labels, new_queue
from voltmile.routes.recharging.memory import memory
from voltmile.routes.recharging.store import SAME, Chains, Store, new_store
from voltmile.routes.recharging.terrain import Terrain
from voltmile.routes.recharging.trace import trace
from voltmile.routes.recharging.types import VehicleType, vehicle_type
from voltmile.routes.stop import Halt, lowered

_LABELS = 3_000_000
#: Rows for labels that wait besides the kept ones.
_PENDING = 3_000_000
_CHAINS = 2**20
#: Share of the day by which two directions overlap, and by which their border moves to where less is done.
_OVERLAP, _STEP = 1e-6, 0.05
#: How often the same route may be found by a join.
_DUPLICATES = 4
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
    kept: NDArray[np.int64]

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
    halt : Halt, optional
        Once set, a call is cut short and answers as one that gave up.

    Attributes
    ----------
    labels : int
        Labels kept in the last call.

    Raises
    ------
    ValueError
        Where some type's resources are not supported, see :func:`resources_of`.
    """

    def __init__(
        self,
        problem: RoutingProblem,
        neighbours: int = 8,
        most_labels: int = _LABELS,
        halt: Halt | None = None,
    ) -> None:
        self.halt = lowered() if halt is None else halt
        self.problem = problem
        self.most_labels = most_labels
        self.labels = 0
        self._room: dict[tuple[int, ...], tuple[Labels, Queue, NDArray[np.int64]]] = {}
        self._share: dict[int, float] = {}
        self._made = [vehicle_type(problem, k) for k in range(len(problem.vehicles))]
        always = np.any([made.ground.always | made.back.always for made in self._made], axis=0)
        self.inside = remembered(problem, neighbours, always)  # nothing else bounds visits of the latter

    def price(self, prices: Prices, *, care: int, most: int) -> Priced:
        """Return up to ``most`` routes of negative reduced cost for each group of types alike.

        What they charge is left out where that costs nothing, see ``with_charges``.

        Each is charged at least cost, which may save something over the label whose reduced cost it has: on
        the same stops, the label charged less at a fast station may outlive the one that charged more.
        """
        least = np.zeros(len(self.problem.vehicles))
        routes: list[Route] = []
        reduced: list[float] = []
        self.labels = 0
        for group in self._groups(prices):
            if self.halt[0]:
                least[list(group.types)] = -math.inf
                continue
            fixed = float(group.fixed.min())
            task = self._task(group, prices, care, -fixed)
            done = self._both(group, task, most) if care != ROUGH and group.made.reversible else None
            low, found = self._ahead(group, task, most) if done is None else done
            least[list(group.types)] = np.minimum(0.0, low + group.fixed)
            routes += [route for route, _ in found]
            reduced += [total + fixed for _, total in found]
        return Priced(least, routes, reduced)

    def _ahead(self, group: _Group, task: Task, most: int) -> tuple[float, list[tuple[Route, float]]]:
        """Price in one direction; a bound, and routes with their reduced cost less the fixed cost."""
        ends = self._bounds(group.made, task, back=True) if task.how != ROUGH else None
        result = self._run(group.made, task, ends, most)
        found = []
        for nodes, total in result.routes():
            route = with_priced_charges(self.problem, Route(group.cheapest(), nodes))
            if route is not None:
                found.append((route, total))
        return (result.least if task.how == EXACT and result.complete else -math.inf), found

    def _both(self, group: _Group, task: Task, most: int) -> tuple[float, list[tuple[Route, float]]] | None:
        """Price in both directions, as ``_ahead``; None where one gives up or no route comes of it."""
        made, n = group.made, self.problem.size
        begin, end = made.ground.start, float(made.resources.latest[0])
        share = self._share.get(id(made), 0.5)
        half, overlap = begin + share * (end - begin), _OVERLAP * (end - begin)
        ahead = self._run(made, task._replace(half=half), self._bounds(made, task, back=True), most)
        turned = _turned(task)._replace(half=end - half + overlap)
        behind = self._run_back(made, turned, self._bounds(made, task, back=False))
        if not (ahead.complete and behind.complete):
            return None
        more = (len(ahead.kept) > len(behind.kept)) - (len(ahead.kept) < len(behind.kept))
        self._share[id(made)] = min(max(share - _STEP * more, _STEP), 1 - _STEP)
        one, two = half_of(ahead.labels, ahead.kept, n), half_of(behind.labels, behind.kept, n)
        pairs = new_pairs(_DUPLICATES * max(most, 1))
        join(made.ground, task, one, two, pairs)
        if self.halt[0]:
            return None
        orders = {tuple(i for i in nodes if i <= n): total for nodes, total in ahead.routes()}
        for p in range(pairs.size[0]):
            order = order_of(one, int(pairs.ahead[p]), two, int(pairs.behind[p]))
            orders.setdefault(order, float(pairs.total[p]))
        best = sorted(orders.items(), key=lambda item: item[1])[:most]
        found = []
        for order, total in best:
            route = best_route(self.problem, group.cheapest(), order, charges=False)
            if route is not None:
                found.append((route, total))
        low = min([ahead.least, *pairs.total[: min(pairs.size[0], 1)].tolist()])
        if task.how != EXACT:
            return -math.inf, found
        return None if best and not found else (low, found)

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
                route = with_priced_charges(self.problem, Route(group.types[0], nodes))
                if route is not None:
                    types = [k for k, own in zip(group.types, limits, strict=True) if total < own]
                    routes += [Route(k, nodes, route.charged) for k in types]
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
            result = self._run(group.made, self._task(group, prices, EXACT, limit), ends, 0, mark=True)
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
            how=how, below=below, bounded=False, horizon=float(made.resources.latest[0]), half=math.inf,
            most_labels=self.most_labels, halt=self.halt,
        )  # fmt: skip

    def _ends(self, group: _Group, prices: Prices, below: float) -> Store | None:
        """Labels of the mirrored problem, without subset rows, which only ever cost."""
        made, task = group.made, self._free(self._task(group, prices, EXACT, below))
        bounds = self._bounds(made, task, back=False)
        result = self._run_back(made, _turned(task), bounds)
        return result.store if result.complete else None

    def _free(self, task: Task) -> Task:
        """Return the task without subset rows."""
        free = memory(self.inside, ())
        return task._replace(counts=free.counts, keeps=free.keeps, price=free.price)

    def _bounds(self, made: VehicleType, task: Task, *, back: bool) -> Store | None:
        """Labels of the relaxed type, from the end of the day or its start; None without or with too many."""
        if made.resources.battery == 0:
            return None
        way, task = made.relaxed, self._free(task)._replace(how=EXACT, half=math.inf, bounded=False)
        ends = new_store(1, 1, task.bit.shape[1], 1, 1)
        if back:
            result = self._search(way, way.back, _turned(task), ends, way.back_hops, 0)
        else:
            result = self._search(way, way.ground, task, ends, way.hops, 0)
        return result.store if result.complete else None

    def _run_back(self, made: VehicleType, task: Task, ends: Store | None) -> _Result:
        """Label the mirrored problem of a group."""
        if ends is None:
            ends = new_store(1, 1, task.bit.shape[1], 1, made.ground.points)
        else:
            task = task._replace(bounded=True)
        return self._search(made, made.back, task, ends, made.back_hops, 0)

    def _run(
        self, made: VehicleType, task: Task, ends: Store | None, most: int, *, mark: bool = False
    ) -> _Result:
        """Label a group, with the ends of routes as bounds where there are some."""
        if ends is None:
            ends = new_store(1, 1, task.bit.shape[1], 1, made.back.points)
        else:
            task = task._replace(bounded=True)
        return self._search(made, made.ground, task, ends, made.hops, most, mark=mark)

    def _search(
        self,
        made: VehicleType,
        ground: Terrain,
        task: Task,
        ends: Store,
        hops: Hops,
        most: int,
        *,
        mark: bool = False,
    ) -> _Result:
        same, n = task.how == SAME, ground.customers
        size = task.bit.shape[1], task.counts.shape[1], ground.points
        rows, use = self.most_labels + _PENDING, (made in self._made, ground is made.back, *size)
        if use not in self._room:
            self._room[use] = new_labels(rows, *size), new_queue(rows), np.empty(rows, dtype=np.int64)
        labels, queue, order = self._room[use]
        queue.size[:] = 0
        store = new_store(1 if same else n + 1, 1 if same else 64, *size)
        chains = Chains(np.full(_CHAINS if same else 1, -1), np.empty(rows if same else 1, dtype=np.int64))
        found = new_found(most, _CHAINS if same else 1)
        marks = np.full((n + 1, n + 1), not mark, dtype=np.bool_)
        code, least, kept, store = search(
            ground, task, ends, labels, queue, store, chains, found, hops, marks, order
        )
        self.labels += kept
        return _Result(
            code == COMPLETE, float(least), made, task, labels, queue, found, store, marks, order[:kept]
        )


def _turned(task: Task) -> Task:
    """Return the task of the mirrored problem."""
    return task._replace(
        arc=np.ascontiguousarray(task.arc.T),
        pair=np.ascontiguousarray(task.pair.T),
        allowed=np.ascontiguousarray(task.allowed.T),
    )
