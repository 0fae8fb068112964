"""Best-first search over the nodes of a hub-day, with plans looked for on the way."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field

import numpy as np

from voltmile.solve.hub_tree.branching import Limits, halves
from voltmile.solve.hub_tree.cuts import Count, NotAgain, Row
from voltmile.solve.hub_tree.mix_bounds import MixBounds
from voltmile.solve.hub_tree.nodes import Bounded, NodeSolver, Work
from voltmile.solve.hub_tree.plans import Plans
from voltmile.solve.hub_tree.records import Effort, TracePoint
from voltmile.solve.hub_tree.ruin import Nodes
from voltmile.solve.matrix import FloatArray
from voltmile.solve.status import Status

#: Rounds without gain before cutting ends: at the root, elsewhere.
_PATIENCE = (6, 3)
#: Mixes of vehicles that become nodes at most.
_MIXES = 300


@dataclass(order=True)
class Node:
    """What is left of the plans, and a bound on them; ties by number."""

    bound: float
    number: int
    limits: Limits = field(compare=False)


class Tree:
    """The open nodes; together with the best plan they hold every plan.

    Parameters
    ----------
    mixes : MixBounds, optional
        Bounds at hand: the mixes that matter are the first nodes, unless there are many.

    Attributes
    ----------
    bound : float
        No plan undercuts it.
    nodes : int
    trace : list of TracePoint
    """

    def __init__(
        self,
        solver: NodeSolver,
        plans: Plans,
        gap: float,
        effort: Effort,
        work: Work,
        mixes: MixBounds | None = None,
    ) -> None:
        self._solver, self._plans, self._gap, self._effort, self._work = solver, plans, gap, effort, work
        program = solver.program
        routes: Limits = {
            Count(program.everyone, t): (0.0, float(program.n)) for t in range(-1, program.kinds)
        }
        self.bound = min(mixes.least, plans.cost) if mixes else 0.0
        self._open = [Node(self.bound, 0, routes)]
        self._closed = math.inf  # least bound of the nodes given up
        if mixes:
            self._begin(mixes, routes)
        self._made = len(self._open)
        self._searched: set[tuple[int, ...]] = set()
        self.nodes = 0
        self.trace: list[TracePoint] = []

    def _begin(self, mixes: MixBounds, routes: Limits) -> None:
        """Open a node for each mix below the target, if they are few."""
        below = np.flatnonzero(mixes.bound < self._target)
        if len(below) > _MIXES:
            return
        everyone = self._solver.program.everyone
        self._open = []
        for number, at in enumerate(below):
            own: Limits = {Count(everyone, t): (float(c),) * 2 for t, c in enumerate(mixes.counts[at])}
            self._open.append(Node(float(mixes.bound[at]), number, {**routes, **own}))
        heapq.heapify(self._open)
        self._closed = min(mixes.rest, float(np.delete(mixes.bound, below).min(initial=math.inf)))

    @property
    def _target(self) -> float:
        """Bound from which on a node cannot matter."""
        return self._plans.cost * (1 - self._gap) if math.isfinite(self._plans.cost) else math.inf

    def run(self, most: int | None) -> Status:
        """Search until the gap is closed, the time or the nodes are used up; why it ended."""
        while self._open and self._open[0].bound < self._target:
            if self._work.over():
                return Status.TIME_LIMIT
            if most is not None and self.nodes >= most:
                return Status.NODE_LIMIT
            self._visit(heapq.heappop(self._open))
            self._record()
        return Status.OPTIMAL if self.bound >= self._target else Status.UNKNOWN

    def _visit(self, node: Node) -> None:
        rounds = self._effort.node_rounds if self.nodes else self._effort.root_rounds
        self._solver.enter(node.limits)
        kept: set[Row] = {count for other in (node, *self._open) for count in other.limits}
        done = self._solver.bound(node.bound, self._target, rounds, _PATIENCE[self.nodes > 0], kept)
        self.nodes += 1
        self._search_on()
        node.bound = max(node.bound, done.bound)
        if done.x is not None:
            self._look_for_plan(done.x)
        if done.x is None or node.bound >= self._target or self._work.over():
            self._keep(node)
            return
        chosen = self._solver.branching(done, node.limits)
        if chosen is None:
            self._end(node, done)
            return
        for limits in halves(chosen, node.limits):
            heapq.heappush(self._open, Node(node.bound, self._made, {**node.limits, chosen.count: limits}))
            self._made += 1

    def _keep(self, node: Node) -> None:
        """Close a node that reached the target, or put it back with what is known of it by now."""
        if node.bound >= self._target:
            self._closed = min(self._closed, node.bound)
        else:
            heapq.heappush(self._open, node)

    def _end(self, node: Node, done: Bounded) -> None:
        """Try the plan an integral point is; leave it, or what of it no type can drive, out from now on."""
        routes = routes_of(self._solver, done.x) if done.x is not None else None
        if routes is None:
            self._closed = min(self._closed, node.bound)
            return
        rides = self._solver.program.layout.types
        bad = [(t, nodes) for t, nodes in routes if self._plans.cheapest(rides[t], nodes) == math.inf]
        self._plans.remember([nodes for _, nodes in routes])
        self._plans.choose()
        new: list[Row] = [NotAgain((route,)) for route in bad] or [NotAgain(tuple(routes))]
        new = [cut for cut in new if cut not in self._solver.master.row]
        if new:  # the point itself is now violated, or is a plan at hand
            self._solver.master.add(new)
            heapq.heappush(self._open, node)
        else:
            self._closed = min(self._closed, node.bound)

    def _search_on(self) -> None:
        """Search with any vehicles now and then, from other seeds."""
        number, left = divmod(self.nodes, self._effort.every)
        if left or number > self._effort.more_seeds:
            return
        with self._work.on("plans"):
            self._plans.search(self._effort.seeds + number, self._work.over)

    def _look_for_plan(self, x: FloatArray) -> None:
        """Search with the numbers of vehicles of a point, where they are whole and new."""
        program = self._solver.program
        routes, _, _ = program.split(x)
        mix = [0] * len(self._plans.day.rides)
        for t, k in enumerate(program.layout.types):
            mix[k] = round(float(routes[t]))
        if np.abs(routes - np.round(routes)).max() > 0.1 or tuple(mix) in self._searched or not sum(mix):
            return
        if len(self._searched) >= self._effort.guided:
            return
        self._searched.add(tuple(mix))
        with self._work.on("plans"):
            self._plans.search_mix(mix, self._work.over)

    def _record(self) -> None:
        least = min([self._closed, *(node.bound for node in self._open[:1])])
        self.bound = max(self.bound, min(least, self._plans.cost))
        now = self._work.clock()
        self.trace.append(TracePoint(now, self.nodes, self._plans.cost, self.bound))


def routes_of(solver: NodeSolver, x: FloatArray) -> list[tuple[int, Nodes]] | None:
    """Routes (type, villages in order) of an integral point; None where it is none, or not from the hub."""
    program = solver.program
    layout = program.layout
    _, y, z = program.split(x)
    found: list[tuple[int, Nodes]] = []
    for t in range(program.kinds):
        left: dict[tuple[int, int], int] = {}
        for e in np.flatnonzero(z[t] > 0.5):
            left[int(layout.tail[e]), int(layout.head[e])] = round(float(z[t, e]))
        while starts := [pair for pair in left if pair[0] == 0]:
            found.append((t, _walk(left, starts[0][1])))
        if left:
            return None
    visited = sorted(i for _, nodes in found for i in nodes)
    return found if visited == list(program.everyone) and y.sum() > 0 else None


def _walk(left: dict[tuple[int, int], int], at: int) -> Nodes:
    """Take one closed walk from the hub out of the edges left."""
    before, nodes = 0, [at]
    _take(left, 0, at)
    while True:
        ways = [pair for pair in left if at in pair]
        onward = next((pair for pair in ways if pair[0] != 0), ways[0] if ways else None)
        if onward is None:
            return tuple(nodes)
        before, at = at, onward[0] + onward[1] - at
        _take(left, before, at)
        if at == 0:
            return tuple(nodes)
        nodes.append(at)


def _take(left: dict[tuple[int, int], int], i: int, j: int) -> None:
    pair = (min(i, j), max(i, j))
    left[pair] -= 1
    if not left[pair]:
        del left[pair]
