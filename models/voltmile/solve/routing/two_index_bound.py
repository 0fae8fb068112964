"""A bound without routes, for problems whose routes are so long that pricing stalls.

It is the two-index relaxation with rounded capacity cuts (Laporte, Nobert and Desrochers 1985,
doi:10.1287/opre.33.5.1050). Vehicles of each type are counted, with their fixed costs and capacities; what
they drive is not told apart, and costs the least of any type. Windows and durations are left out. Both only
lower the bound. The linear program holds the edges between near customers, and those its dual values ask for;
what it ends with is made a bound over all edges, in exact sums (ROUTING.md, *Without routes*).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from voltmile.problem.routing import Matrix, RoutingProblem, Vector
from voltmile.routes.labelling.graphs import arc_cost
from voltmile.routes.pricing import grid_of, on_grid
from voltmile.routes.whole_numbers import vehicles_available
from voltmile.solve.lp import LpModel
from voltmile.solve.matrix import MatrixModel
from voltmile.solve.routing.capacity import capacity_cut, violated
from voltmile.solve.routing.rows import ArcRow
from voltmile.solve.status import Status

#: Edges of each customer to begin with, edges and cuts that come in at once.
_NEAR, _EDGES, _CUTS = 10, 400, 60
#: Rounds over which the linear program has to gain a share of what is missing; it ends else.
_PATIENCE, _LITTLE = 6, 0.02


class TwoIndex:
    """The linear program over edges, and over vehicles of each type; they do not recharge.

    Rows: the degree of customer i (i - 1), vehicles leaving the depot (n), load (n + 1), then cuts.

    Attributes
    ----------
    solved : int
        Linear programs solved.
    ended : bool
        It has reached its goal, or gains no more.
    """

    def __init__(self, problem: RoutingProblem) -> None:
        self.solved, self.ended = 0, False
        n = self._n = problem.size
        vehicles, self._grid = problem.vehicles, grid_of(problem)
        cost = np.min([arc_cost(problem, k) for k in range(len(vehicles))], axis=0)
        self._cost: Matrix = on_grid(np.minimum(cost, cost.T), self._grid)
        self._fixed = on_grid(np.array([v.fixed for v in vehicles]), self._grid)
        self._load = _relative(problem)
        self._least = np.array([float(v.least) for v in vehicles])
        self._most = np.array(vehicles_available(problem), dtype=np.float64)
        largest = max(v.capacity for v in vehicles)
        self._whole = problem
        self._problem = replace(problem, vehicles=(replace(vehicles[0], capacity=largest),))
        self._cuts: dict[tuple[int, ...], float] = {}  # most edges inside each set
        self._held = self._near()
        self._lp = self._program()
        self._x, self._duals = np.zeros(len(self._tail)), np.zeros(n + 2)

    def bound(
        self,
        goal: float = math.inf,
        over: Callable[[], bool] = lambda: False,
        reached: Callable[[float], object] = lambda _: None,
    ) -> float:
        """Bound the cost of all plans, cutting until the goal is reached, little is gained or it is over.

        Parameters
        ----------
        goal : float
            More need not be proven.
        over : callable
            Asked between linear programs; True ends the cutting.
        reached : callable
            Told of every better bound.

        Returns
        -------
        float
            minus infinity where nothing was proven in time.
        """
        best, values = -math.inf, list[float]()
        while not over():
            value = self.solve()
            if value is None:
                break
            values.append(value)
            proven, added = self.price()
            if proven > best:
                best = proven
                reached(best)
            gained = values[-1] - values[max(0, len(values) - 1 - _PATIENCE)]
            lacks = goal - value if math.isfinite(goal) else 0.0
            stalled = len(values) > _PATIENCE and gained < _LITTLE * lacks
            if added:
                values.clear()  # they fall when edges come in
            if over():
                break
            self.ended = best >= goal or ((stalled or not self.cut()) and not added)
            if self.ended:
                break
        return best

    def _near(self) -> NDArray[np.bool_]:
        """Edges to begin with, above the diagonal."""
        n = self._n
        held = np.zeros((n + 1, n + 1), dtype=np.bool_)
        held[0, 1:] = True
        order = np.argsort(self._cost[1:, 1:] + np.diag(np.full(n, np.inf)), axis=1)[:, :_NEAR] + 1
        held[np.repeat(np.arange(1, n + 1), order.shape[1]), order.ravel()] = True
        return np.triu(held | held.T, 1)

    def _program(self) -> LpModel:
        n, kinds = self._n, len(self._fixed)
        self._tail, self._head = np.nonzero(self._held)
        edges = self._columns(self._tail, self._head)
        vehicles = sp.csc_array(np.r_[np.zeros((n, kinds)), np.full((1, kinds), -2.0), self._load[None, :]])
        return LpModel(
            MatrixModel(
                c=np.r_[self._fixed, self._cost[self._tail, self._head]],
                A=sp.csc_array(sp.hstack([vehicles, edges], format="csc")),
                row_lower=np.r_[np.full(n, 2.0), 0.0, 1.0],
                row_upper=np.r_[np.full(n, 2.0), 0.0, np.inf],
                col_lower=np.r_[self._least, np.zeros(len(self._tail))],
                col_upper=np.r_[self._most, _most(self._tail)],
                integrality=np.zeros(kinds + len(self._tail), dtype=np.int32),
            ),
            options={"simplex_strategy": 1},
        )

    def _columns(self, tail: NDArray[np.intp], head: NDArray[np.intp]) -> sp.csc_array:
        """Return edges as columns; a cut counts the edges inside its set."""
        n, m = self._n, len(tail)
        row_of_tail = np.where(tail == 0, n, tail - 1)
        column = np.arange(m)
        rows, columns = [row_of_tail, head - 1], [column, column]
        for s, members in enumerate(self._cuts):
            both = _within(members, tail, head)
            rows.append(np.full(len(both), n + 2 + s))
            columns.append(both)
        row, col = np.concatenate(rows), np.concatenate(columns)
        return sp.csc_array((np.ones(len(row)), (row, col)), shape=(n + 2 + len(self._cuts), m))

    def solve(self) -> float | None:
        """Return the value of the linear program over the edges held; None where it has none."""
        solved = self._lp.solve()
        if solved.status is not Status.OPTIMAL or solved.x is None or solved.row_duals is None:
            return None
        self._x, self._duals = solved.x[len(self._fixed) :], solved.row_duals
        self.solved += 1
        return solved.objective

    def price(self) -> tuple[float, bool]:
        """Bound all plans by the dual values, and bring edges in; say whether any came."""
        n, grid = self._n, self._grid
        duals: Vector = on_grid(self._duals, grid)
        each, of_load = np.r_[duals[n], duals[:n]], max(float(duals[n + 1]), 0.0)
        cuts = np.minimum(duals[n + 2 :], 0.0)
        reduced = self._cost - each[:, None] - each[None, :]
        for members, mu in zip(self._cuts, cuts.tolist(), strict=True):
            if mu:
                reduced[np.ix_(members, members)] -= mu
        reduced = np.triu(reduced, 1)
        most = _most(np.arange(n + 1))[:, None]
        vehicle = self._fixed + 2.0 * duals[n] - on_grid(of_load * self._load, -grid)
        parts = [
            *(2.0 * duals[:n]).tolist(),
            of_load,
            *(cuts * np.array(list(self._cuts.values()))).tolist(),
            *(np.where(vehicle > 0, self._least, self._most) * vehicle).tolist(),
            *np.minimum(reduced * most, 0.0).sum(axis=1).tolist(),
        ]
        bound = math.fsum(parts)
        new = np.argwhere((reduced < -1e-7 * max(1.0, float(self._cost.max()))) & ~self._held)
        if len(new):
            new = new[np.argsort(reduced[new[:, 0], new[:, 1]], kind="stable")[:_EDGES]]
            self._bring_in(new[:, 0], new[:, 1])
        return bound - grid, len(new) > 0

    def _bring_in(self, tail: NDArray[np.intp], head: NDArray[np.intp]) -> None:
        columns = self._columns(tail, head)
        indices = columns.indices.astype(np.int32)
        self._lp.add_columns(self._cost[tail, head], columns.indptr, indices, columns.data, 0.0, _most(tail))
        self._held[tail, head] = True
        self._tail, self._head = np.r_[self._tail, tail], np.r_[self._head, head]
        self._x = np.r_[self._x, np.zeros(len(tail))]

    def as_routes_see_it(self) -> tuple[Vector, dict[tuple[int, ...], float]]:
        """Return dual values of customers, and of sets that a plan enters or leaves so often at least.

        What an edge between customers earns because none is driven twice, is a set of two; what routes earn,
        the set of all customers. A route with the least costs of driving has no reduced cost below 0, or what
        the rows of load and the edges at the depot leave, where the linear program was solved to the end.

        Returns
        -------
        prizes : array, shape (n,)
        sets : dict
            By members, of x(delta(S)).
        """
        n = self._n
        of_cuts = np.minimum(self._duals[n + 2 :], 0.0).tolist()
        inside = dict(zip(self._cuts, of_cuts, strict=False))  # those that came in since have none
        each = np.r_[self._duals[n], self._duals[:n]]
        left = self._cost[self._tail, self._head] - each[self._tail] - each[self._head]
        for members, mu in inside.items():
            if mu:
                left[_within(members, self._tail, self._head)] -= mu
        for e in np.flatnonzero((left < 0) & (self._tail > 0) & (self._x > 0.5)).tolist():
            pair = (int(self._tail[e]), int(self._head[e]))
            inside[pair] = inside.get(pair, 0.0) + float(left[e])
        prizes = 2.0 * self._duals[:n]
        for members, mu in inside.items():
            prizes[np.array(members) - 1] += mu
        sets = {members: -mu / 2 for members, mu in inside.items() if mu < 0}
        if self._duals[n] > 0:
            everyone = tuple(range(1, n + 1))
            sets[everyone] = sets.get(everyone, 0.0) + float(self._duals[n])
        return prizes, sets

    def row_of(self, members: tuple[int, ...]) -> ArcRow:
        """Return the row of a set: as many routes as its demand needs, one at least."""
        cut = capacity_cut(self._whole, members, self._problem.vehicles[0].capacity)
        if cut.low >= 2.0:
            return cut
        return ArcRow(np.ones(len(cut.weight)), cut.arcs, 2.0, np.inf, cut.members)

    def cut(self) -> bool:
        """Add violated capacity cuts; False when none is found."""
        if self._problem.vehicles[0].capacity <= 0:
            return False
        n, problem = self._n, self._problem
        flow = np.zeros((1, n + 1, n + 1))
        flow[0, self._tail, self._head] = self._x
        flow[0] += flow[0].T
        new: dict[tuple[int, ...], float] = {}
        for _, members, divisor in violated(problem, flow, _CUTS, seed=len(self._cuts)):
            if members not in self._cuts and len(members) > 1:
                new[members] = len(members) - capacity_cut(problem, members, divisor).low / 2
        if not new:
            return False
        edges = [len(self._fixed) + _within(members, self._tail, self._head) for members in new]
        starts, index = np.cumsum([0, *map(len, edges)]), np.concatenate(edges)
        self._lp.add_rows(starts, index, np.ones(len(index)), -np.inf, list(new.values()))
        self._cuts |= new
        return True


def _within(members: Sequence[int], tail: NDArray[np.intp], head: NDArray[np.intp]) -> NDArray[np.intp]:
    """Positions of the edges with both ends in a set."""
    return np.flatnonzero(np.isin(tail, members) & np.isin(head, members))


def _most(tail: NDArray[np.intp]) -> Vector:
    """How often a plan can drive edges: twice at the depot, for a customer alone."""
    return np.where(tail == 0, 2.0, 1.0)


def _relative(problem: RoutingProblem) -> Vector:
    """Capacities as shares of the demand, none of it below what it is; all 1 where there is no demand."""
    demand = math.fsum(problem.demand.tolist())
    capacity = np.array([v.capacity for v in problem.vehicles])
    return np.minimum(capacity / demand * (1 + 1e-9), 1.0) if demand > 0 else np.ones(len(capacity))
