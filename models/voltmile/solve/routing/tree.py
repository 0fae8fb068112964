"""Branch-cut-and-price: the node with the lowest bound is solved next."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Route, Vector
from voltmile.routes.pricing import Pricer
from voltmile.solve.routing.branching import Branch, choose, choose_count, is_symmetric
from voltmile.solve.routing.cutting import Limits, bar_second_visits, cut_rounds
from voltmile.solve.routing.generation import Converged, converge
from voltmile.solve.routing.master import Duals, Master
from voltmile.solve.routing.partition import partition
from voltmile.solve.routing.plans import PlanSearch
from voltmile.solve.routing.pool import PoolPricer
from voltmile.solve.routing.rows import ArcRow, Row, VehicleRow, pack
from voltmile.solve.routing.search import OutOfTimeError, Search
from voltmile.solve.routing.seeds import Seeds
from voltmile.solve.routing.starts import recharges
from voltmile.solve.status import SolverError

#: Enumerated routes that go to the MIP at once, and those that go when cuts gain no more.
_MIP_SOON, _MIP_LATE = 400, 600
#: Routes up to which they are enumerated, by the number of tries.
_POOL_ROUTES = (40_000, 100_000, 200_000)
#: Relative gap above which enumeration is not tried, and the shrinkage before it is tried again.
_ENUMERATE_GAP = 0.03
_RETRY = 0.85
#: Dives at the root after each set of rounds of cuts; nodes that are cut between those that look for plans.
_DIVES, _PLANS_EVERY = 2, 10
#: Share of the gap both children of a branch on numbers of vehicles have to close to come before cuts.
_EARLY = 0.2
#: Labels of a pricing call with which nodes take so long that cuts come before any branch.
_FEW_LABELS = 300_000
#: Share of the gap a set of rounds of cuts has to close to be followed by another one.
_WORTH = 0.05


@dataclass(eq=False)
class Node:
    """A part of the problem.

    Attributes
    ----------
    bound : float
    rows : list of Row
        Branching rows and cuts to begin with.
    allowed : array of bool, shape (K, n + 1, n + 1)
    pricer : Pricer
        A ``PoolPricer`` once the node's routes are enumerated.
    failed_gap : float
        Gap at which enumeration gave up last.
    """

    bound: float
    depth: int
    rows: list[Row]
    allowed: NDArray[np.bool_]
    routes: list[Route]
    cost: Vector
    pricer: Pricer
    failed_gap: float = math.inf
    tries: int = field(default=0)


class Tree:
    """Search tree over one problem.

    Parameters
    ----------
    search
    pricer
        Without recharging or with.
    routes
        Columns to begin with; with those of a feasible plan the master starts well.
    seed
        Of searches for plans.
    count_first
        Branch on the number of routes before anything else: where routes are dearer than all they do.
    begins
        Cuts of the root, and dual values to look near.
    """

    def __init__(
        self,
        search: Search,
        pricer: Pricer,
        routes: Sequence[Route],
        seed: int = 0,
        count_first: bool = False,
        begins: Seeds | None = None,
    ) -> None:
        problem = search.problem
        self._count_first = count_first
        self._cut_nodes = 0
        self._looked: Node | None = None
        self.search, self.symmetric = search, is_symmetric(problem)
        self._plans = PlanSearch(search, seed, bounded=begins is not None and begins.ended)
        kinds, n = len(problem.vehicles), problem.size
        rows: list[Row] = []
        for k, v in enumerate(problem.vehicles):
            if v.count is not None:
                rows.append(VehicleRow(np.eye(kinds)[k], -np.inf, float(v.count)))
            if v.least:
                rows.append(VehicleRow(np.eye(kinds)[k], float(v.least), np.inf))
        if search.counts.together < n:
            rows.append(VehicleRow(np.ones(kinds), -np.inf, search.counts.together))
        self._start = begins and Duals(begins.cover, np.r_[np.zeros(len(rows)), begins.each])
        rows += begins.rows if begins is not None else []
        cost = np.array([search.cost_of(r) for r in routes])
        self._penalty = 2.0 * min(search.cost, search.dearest)
        allowed = np.ones((kinds, n + 1, n + 1), dtype=np.bool_)
        root = Node(search.bound, 0, rows, allowed, list(routes), cost, pricer)
        self._order = count()
        self._open: list[tuple[float, int, Node]] = [(root.bound, next(self._order), root)]

    def run(self) -> None:
        """Solve nodes until none is open below the goal, or it is time to stop."""
        while self._open:
            bound, _, node = heapq.heappop(self._open)
            if bound >= self.search.goal:
                self._open = []
                break
            try:
                children = self._solve(node)
            except OutOfTimeError:
                heapq.heappush(self._open, (node.bound, next(self._order), node))
                self._raise_bound()
                raise
            for child in children:
                if child.bound < self.search.goal:
                    heapq.heappush(self._open, (child.bound, next(self._order), child))
            self._raise_bound()
        self.search.raise_bound(self.search.goal if self.search.plan else math.inf, self._by())

    def _by(self) -> str:
        if not self.search.nodes:
            return self.search.bound_by
        return "branching" if self.search.nodes > 1 else "column generation"

    def _raise_bound(self, least: float = math.inf) -> None:
        lowest = min([least, *(b for b, _, _ in self._open)], default=math.inf)
        self.search.raise_bound(min(lowest, self.search.goal), self._by())

    def _solve(self, node: Node) -> list[Node]:
        search = self.search
        search.nodes += 1
        master = self._plans.master = Master(search.problem, node.rows, node.routes, node.cost, self._penalty)
        start, self._start = self._start, None
        reached = partial(self._reached, node)
        solved = converge(search, master, node.pricer, node.allowed, reached=reached, start=start)
        if self._count_first and solved.bound < search.goal:
            routes = solved.point.x.sum()
            if abs(routes - round(routes)) > 1e-4:  # cuts would raise a bound that branching replaces
                return self._branch(node, master, solved)
        if solved.bound < search.goal and node.pricer.labels <= _FEW_LABELS:
            early = choose_count(master, solved.point, search.goal, _EARLY)
            if early is not None:
                return self._children(node, master, solved, early)
        self._cut_nodes += solved.bound < search.goal
        if recharges(search.problem) and solved.bound < search.goal:  # cuts multiply the labels
            self._fix(node, solved)
            if self._closed_by_enumeration(node, solved, _MIP_SOON):
                return []
        while solved.bound < search.goal:
            self._plans.take_integral(master, solved)
            before = solved.bound
            solved = self._cut(node, master, solved)
            self._reached(node, solved)
            self._look_for_plans(node, master, solved)
            self._fix(node, solved)
            if self._closed_by_enumeration(node, solved, _MIP_SOON):
                return []
            if solved.bound - before <= _WORTH * (search.goal - before):
                break
        if solved.bound >= search.goal:
            return []
        self._plans.take_integral(master, solved)
        if self._closed_by_enumeration(node, solved, _MIP_LATE):
            return []
        return self._branch(node, master, solved)

    def _reached(self, node: Node, solved: Converged) -> None:
        self._plans.reached(solved)
        node.bound = max(node.bound, solved.bound)
        self._raise_bound(node.bound)

    def _cut(self, node: Node, master: Master, solved: Converged) -> Converged:
        pooled = isinstance(node.pricer, PoolPricer)
        limits = Limits(full_memory=pooled, most_subsets=400 if pooled else 180)
        rounds = 20 if pooled else 8 if node.depth == 0 else 4
        return cut_rounds(
            self.search,
            master,
            node.pricer,
            node.allowed,
            solved,
            limits,
            rounds,
            partial(self._reached, node),
        )

    def _below(self, solved: Converged) -> Vector:
        """Reduced costs from which on a route is in no better plan."""
        kinds = len(self.search.problem.vehicles)
        gap = self.search.goal - solved.bound
        return np.full(kinds, gap + 1e-7 * max(1.0, abs(solved.bound)))

    def _fix(self, node: Node, solved: Converged) -> None:
        """Drop arcs, or enumerated routes, that no better plan uses."""
        if solved.bound >= self.search.goal:
            return
        below = self._below(solved)
        if isinstance(node.pricer, PoolPricer):
            node.pricer = node.pricer.filtered(solved.prices, below)
            return
        self.search.check_time()
        slack = node.pricer.slack(solved.prices, below)
        if slack is not None:
            node.allowed = slack

    def _look_for_plans(self, node: Node, master: Master, solved: Converged) -> None:
        """Search when due; dive and recombine then, at the root after cuts, and at some nodes below it."""
        if solved.bound >= self.search.goal:
            return
        searched = self._plans.search(solved)
        often = node.depth == 0 or (self._cut_nodes % _PLANS_EVERY == 1 and self._looked is not node)
        if not (often or searched):
            return
        self._looked = node
        dives = _DIVES if node.depth == 0 else 1
        self._plans.look(master, node.pricer, node.allowed, solved, dives)

    def _closed_by_enumeration(self, node: Node, solved: Converged, most_in_mip: int) -> bool:
        """Enumerate what routes can still matter; true when the MIP over them closed the node."""
        search = self.search
        gap = search.goal - solved.bound
        if not math.isfinite(gap) or gap <= 0:
            return gap <= 0
        if not isinstance(node.pricer, PoolPricer):
            if gap > _ENUMERATE_GAP * abs(search.goal) or gap > _RETRY * node.failed_gap:
                return False
            search.check_time()
            most = _POOL_ROUTES[min(node.tries, len(_POOL_ROUTES) - 1)]
            prices = replace(solved.prices, allowed=node.allowed)
            routes = node.pricer.enumerate(prices, self._below(solved), most)
            if routes is None and search.halt[0]:
                search.check_time()
                return False
            if routes is None:
                node.failed_gap, node.tries = gap, node.tries + 1
                search.note("enumeration gave up")
                return False
            cost = np.array([search.cost_of(r) for r in routes])
            node.pricer = PoolPricer(search.problem, routes, cost)
            search.note(f"{len(routes)} routes enumerated")
        else:
            node.pricer = node.pricer.filtered(solved.prices, self._below(solved))
        if len(node.pricer) > most_in_mip:
            return False
        pool = node.pricer
        done = partition(search, pool.routes, pool.cost, most_seconds=search.left, node_limit=1_000)
        if done.routes:
            search.offer(done.routes, "enumeration")
        if done.complete:
            return True
        search.check_time()
        return False

    def _branch(self, node: Node, master: Master, solved: Converged) -> list[Node]:
        """Children of a node; none where a plan as good as its point is known.

        A point of whole edges may still mix walks that come to a customer twice: those are cut off first.
        """
        search = self.search
        while True:
            search.check_time()
            branch = choose(master, solved.point, search.goal, self.symmetric)
            if branch is not None:
                return self._children(node, master, solved, branch)
            if not math.isfinite(solved.bound):  # pricing gave up, and so does the tree
                if not search.ended():
                    search.hurry()
                raise OutOfTimeError
            near = solved.bound + 1e-6 * max(1.0, abs(solved.bound))
            if solved.point.serves_all and search.cost <= near:
                return []
            reached = partial(self._reached, node)
            further = bar_second_visits(search, master, node.pricer, node.allowed, solved, reached)
            if further is None:
                raise SolverError("a node of the tree is neither integral nor has it anything to branch on")
            if further.bound >= search.goal:
                return []
            self._plans.take_integral(master, further)
            solved = further

    def _children(self, node: Node, master: Master, solved: Converged, branch: Branch) -> list[Node]:
        duals = solved.point.duals.rows.tolist()
        rows = [
            row
            for row, dual in zip(master.rows, duals, strict=True)
            if dual or isinstance(row, VehicleRow) or (isinstance(row, ArcRow) and not row.members)
        ]
        children = []
        for row, floor in ((branch.below(), branch.down), (branch.above(), None)):
            allowed, extra = node.allowed, [row]
            if isinstance(row, ArcRow) and floor == 0:
                barred = (row.weight != 0)[:, None, None] & row.arcs
                allowed, extra = node.allowed & ~barred, []
            child = replace(node, depth=node.depth + 1, rows=[*rows, *extra], allowed=allowed)
            child.routes, child.cost = _usable(master, allowed)
            child.failed_gap = node.failed_gap
            children.append(child)
        return children


def _usable(master: Master, allowed: NDArray[np.bool_]) -> tuple[list[Route], Vector]:
    packed = pack(master.problem, master.routes)
    barred = ~allowed[packed.kind[packed.of], packed.tail, packed.head]
    held = np.flatnonzero(np.bincount(packed.of, barred, len(packed)) == 0)
    return [master.routes[j] for j in held], master.cost[held]


__all__ = ["Node", "Tree"]
