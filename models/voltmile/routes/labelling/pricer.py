"""Route pricing for vehicles that do not recharge on the way."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Matrix, Route, RoutingProblem, Vector
from voltmile.routes.labelling.completion import completion, levels_of
from voltmile.routes.labelling.enumeration import enumerate_routes
from voltmile.routes.labelling.graphs import Direction, Family, directions, families
from voltmile.routes.labelling.joining import Meeting, by_bin, by_key, join, through
from voltmile.routes.labelling.kernel import Classes, Completion
from voltmile.routes.labelling.labels import Labels
from voltmile.routes.labelling.neighbourhoods import Neighbourhoods, neighbourhoods, remembered
from voltmile.routes.labelling.promising import promising
from voltmile.routes.labelling.settle import COMPLETE, settle
from voltmile.routes.pricing import EXACT, ROUGH, Priced, Prices
from voltmile.routes.stop import Halt, lowered

_LABELS = 3_000_000
#: Most bins of the loads above the half, and kept labels for each of them.
_BINS, _EACH = 15, 5_000
#: Arcs whose best routes are found for each route asked for: where one direction mirrors the other, a route
#: is the best of two arcs.
_ARCS = 3
#: Arcs at each customer that a rough call looks at: of least reduced cost, and as many of least cost.
_PROMISING = 10


@dataclass(frozen=True, eq=False)
class _Settled:
    """Labels of both directions (the same ones where one mirrors the other)."""

    ahead: Direction
    behind: Direction | None
    first: Labels
    second: Labels
    complete: bool
    slope: float
    home: Completion

    def forward(self) -> tuple[Any, ...]:
        """Arguments of the kernels that go from the depot on."""
        meet = self._meeting(self.second, self.ahead)
        return self.ahead.graph, self.ahead.limits, self.first, meet

    def backward(self, behind: Direction) -> tuple[Any, ...]:
        """Arguments of the kernels that go from the end back."""
        return behind.graph, behind.limits, self.second, self._meeting(self.first, behind)

    def _meeting(self, other: Labels, way: Direction) -> Meeting:
        half = way.limits.capacity / 2
        order, key = by_key(other, self.slope)
        bins = 1 + min(_BINS, len(other.k_cost) // _EACH)
        least, per_bin = by_bin(other, self.slope, half, bins)
        turn = float(self.ahead.graph.high[0])
        return Meeting(other, order, key, least, half, per_bin, way.crossing, turn)

    def nodes(self, left: int, right: int) -> tuple[int, ...]:
        """Return the customers of a joined route in driving order."""
        start = walk(self.first.node, self.first.pred, left)[::-1]
        if right < 0:
            return start
        end = int(self.second.k_label[right])
        return start + walk(self.second.node, self.second.pred, end)


class LabelPricer:
    """Prices and enumerates routes of a problem whose vehicles do not recharge on the way.

    Parameters
    ----------
    problem
    neighbours
        Size of the ng-neighbourhoods to begin with.
    most_labels
        Labels at which an exact call gives up.
    halt : Halt, optional
        Once set, a call is cut short and answers as one that gave up.

    Attributes
    ----------
    labels : int
        Labels kept in the last call.
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
        self.ng = _neighbourhoods_of(problem, neighbours)

    def price(self, prices: Prices, *, care: int, most: int) -> Priced:
        """Return up to ``most`` routes of negative reduced cost a family of types, of each arc one."""
        least = np.zeros(len(self.problem.vehicles))
        routes: list[Route] = []
        reduced: list[float] = []
        self.labels = 0
        if care == ROUGH:
            prices = replace(prices, allowed=promising(self.problem, prices, _PROMISING))
        for family in families(self.problem, prices):
            if self.halt[0]:
                least[list(family.types)] = -math.inf
                continue
            settled = self._settle(family, prices, 0.0, care)
            total, left, right = _join(settled, family.classes(prices), most)
            proven = care == EXACT and settled.complete and not self.halt[0]
            low = float(total.min(initial=0.0)) if proven else -math.inf
            least[list(family.types)] = low
            for nodes, value in _distinct(settled, total, left, right, most):
                routes.append(Route(family.cheapest(nodes, prices), nodes))
                reduced.append(value)
        return Priced(least, routes, reduced)

    def slack(self, prices: Prices, below: Vector) -> NDArray[np.bool_] | None:
        """Arcs (K, n + 1, n + 1) a route under the threshold may use; None where labelling gave up."""
        allowed, self.labels = prices.allowed.copy(), 0
        for family in families(self.problem, prices):
            most = float(below[list(family.types)].max())
            settled = self._settle(family, prices, most)
            if not settled.complete:
                return None
            classes = family.classes(prices)
            arc = _through(settled.forward(), classes, most)
            if settled.behind is None:
                arc = np.minimum(arc, arc.T)
            else:
                arc = np.minimum(arc, _through(settled.backward(settled.behind), classes, most).T)
            if self.halt[0]:
                return None
            for k in family.types:
                allowed[k] &= arc < most
        return allowed

    def enumerate(self, prices: Prices, below: Vector, most: int) -> list[Route] | None:
        """Return all elementary routes of reduced cost under ``below[k]``; None if over ``most``."""
        found: list[Route] = []
        self.labels = 0
        for family in families(self.problem, prices):
            routes = self._enumerate(family, prices, below, most - len(found))
            if routes is None:
                return None
            found += routes
        return found

    def _enumerate(self, family: Family, prices: Prices, below: Vector, most: int) -> list[Route] | None:
        threshold = float(below[list(family.types)].max())
        settled = self._settle(family, prices, threshold)
        if not settled.complete:
            return None
        classes = family.classes(prices)
        g, lim, labels, meet = settled.forward()
        _, ends = through(g, lim, labels, meet, classes, threshold)
        complete, partial, last, real, reduced = enumerate_routes(
            g, lim, settled.home, labels, ends, meet, classes, threshold, family.cost, self.ng.near,
            3 * most + 60_000, 4 * most,
        )  # fmt: skip
        if not complete or self.halt[0]:
            return None
        routes: list[Route] = []
        for r in _cheapest_of_sets(partial.visited[last], real).tolist():
            nodes = walk(partial.node, partial.pred, int(last[r]))[::-1]
            low, load = float(reduced[r]), float(partial.load[last[r]])
            routes += [
                Route(k, nodes) for k in family.carriers(load) if low + family.fixed(k, prices) < below[k]
            ]
            if len(routes) > most:
                return None
        return routes

    def _settle(self, family: Family, prices: Prices, below: float, care: int = EXACT) -> _Settled:
        """Label in both directions; partial routes without an end under ``below`` may be left out."""
        ahead, behind = directions(family, prices, self.ng, care, self.most_labels, self.halt)
        classes = family.classes(prices)
        code, first, home = self._labels(ahead, classes, below)
        complete, second = code == COMPLETE, first
        if behind is not None:
            code, second, _ = self._labels(behind, classes, below)
            complete = complete and code == COMPLETE
        return _Settled(ahead, behind, first, second, complete, classes.slope, home)

    def _labels(self, way: Direction, classes: Classes, below: float) -> tuple[int, Labels, Completion]:
        level, levels, per_load = levels_of(self.problem.demand, way.limits.capacity)
        ends = completion(way.graph, level, levels, per_load, classes.slope)
        code, labels = settle(way.graph, way.limits, ends, classes, below)
        self.labels += len(labels.order)
        return code, labels, ends


def _neighbourhoods_of(problem: RoutingProblem, neighbours: int) -> Neighbourhoods:
    """Form neighbourhoods of the nearest customers, fewer where 64 bits do not do.

    Those without demand are in all, where neither load nor time bounds how often they are visited.
    """
    timed = problem.has_windows or all(math.isfinite(v.max_duration) for v in problem.vehicles)
    idle = (problem.demand == 0) & (not timed)
    for always in (idle, np.zeros_like(idle)):
        for size in range(neighbours, 0, -1):
            ng = neighbourhoods(remembered(problem, size, always))
            if ng is not None:
                return ng
    raise AssertionError("neighbourhoods of one customer need one bit")


def _join(
    settled: _Settled, classes: Classes, most: int
) -> tuple[Matrix, NDArray[np.int64], NDArray[np.int64]]:
    graph, limits, labels, meet = settled.forward()
    arcs = _ARCS * most
    total, left, right = join(graph, limits, labels, meet, classes, settled.home, 0.0, arcs, settled.complete)
    return total, left, right


def _through(sides: tuple[Any, ...], classes: Classes, below: float) -> Matrix:
    graph, limits, labels, meet = sides
    return np.asarray(through(graph, limits, labels, meet, classes, below)[0])


def walk(node: NDArray[np.int32], pred: NDArray[np.int32], label: int) -> tuple[int, ...]:
    """Return the customers of a label, the last one first."""
    nodes = []
    while label >= 0:
        nodes.append(int(node[label]))
        label = int(pred[label])
    return tuple(nodes)


def _distinct(
    settled: _Settled, total: Matrix, left: NDArray[np.int64], right: NDArray[np.int64], most: int
) -> list[tuple[tuple[int, ...], float]]:
    """Pick the best of the routes over each arc, no two alike."""
    found: dict[tuple[int, ...], tuple[tuple[int, ...], float]] = {}
    for at in np.argsort(total, axis=None, kind="stable").tolist():
        i, j = divmod(at, total.shape[1])
        if len(found) == most or not total[i, j] < 0.0:
            break
        nodes = settled.nodes(int(left[i, j]), int(right[i, j]))
        key = min(nodes, nodes[::-1]) if settled.behind is None else nodes
        found.setdefault(key, (nodes, float(total[i, j])))
    return list(found.values())


def _cheapest_of_sets(visited: NDArray[np.uint64], cost: Vector) -> NDArray[np.int64]:
    """Position of the cheapest route on each set of customers, in rising order of position."""
    if not len(cost):
        return np.zeros(0, dtype=np.int64)
    keys = [cost, *visited.T]
    order = np.lexsort(keys)
    sets = visited[order]
    new = np.ones(len(order), dtype=np.bool_)
    new[1:] = (sets[1:] != sets[:-1]).any(axis=1)
    return np.sort(order[new])
