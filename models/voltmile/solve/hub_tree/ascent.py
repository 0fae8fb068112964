"""Better dual values for the two-index program of a mix, from routes in place of roads.

The Lagrangian bound of a mix, with routes as what is left, is at least that of its two-index program. It is
raised by column generation over walks without 2-cycles, the dual values held in a box around the best ones
known (Marsten, Hogan, Blankenship 1975, doi:10.1287/opre.23.3.389; du Merle et al. 1999,
doi:10.1016/S0012-365X(98)00213-1).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp

from voltmile.routes.network import Vector
from voltmile.solve.hub_tree.cuts import Enter, Fleet, Row, Star
from voltmile.solve.hub_tree.master import Master
from voltmile.solve.hub_tree.nodes import Work
from voltmile.solve.hub_tree.prices import Multipliers, RouteFloor, multipliers
from voltmile.solve.hub_tree.routes import Routes
from voltmile.solve.hub_tree.separate import Finder
from voltmile.solve.lp import LpModel, LpResult
from voltmile.solve.matrix import FloatArray, MatrixModel
from voltmile.solve.status import SolverError, Status
from voltmile.solve.two_index import Bools, Ints

#: Walks of a type that come in at once; how much dearer than the cheapest, as a share of a plan's cost.
_WALKS, _WITHIN = 20, 3e-3
#: First half-width of the box, as a share of what the bound lacks for each village.
_BOX = 0.15
#: A step is taken when it gains so much of what the linear program promises.
_GAIN = 0.1
#: What the box grows by after a step, and shrinks by after a miss; a distance to its side that is at it.
_WIDER, _NARROWER, _AT = 1.3, 0.6, 0.999
#: Share of the promise that is much, and what the box grows by after it.
_MUCH, _MUCH_WIDER = 0.5, 2.0
#: What the box shrinks by when a search is cut off.
_CUT_OFF = 0.5
#: Promise, as a share of a plan's cost, under which the dual values are the best there are.
_LITTLE = 3e-4
#: The same where an ascent over feasible routes follows, which does the rest in less time.
_BRIEF = 3e-3
#: Cuts that come in at once, and rounds of them.
_CUTS, _ROUNDS = 60, 6
#: Walks that a linear program begins with at most.
_NEAR = 1_000
#: Cost of a route too few or too many, in thousandths of a plan's cost.
_PENALTY = 1e4


class Evaluated(NamedTuple):
    """What dual values say of a mix, with routes of each type at so much.

    Attributes
    ----------
    bound : float
    each : array, shape (kinds,)
    cut_off : bool
        Whether a search was.
    proven : bool
        False: they are known to be no better than the best ones, by estimates that prove nothing.
    """

    bound: float
    each: Vector
    cut_off: bool = False
    proven: bool = True


class Ascent:
    """Raises the bound of a mix.

    Parameters
    ----------
    rides : sequence of int
        What the program's types are in the whole day.
    counts : sequence of float
        Routes of each type.
    cost : float
        Of the best plan.
    brief : bool
        End early: another ascent goes on.
    barred : sequence of frozenset of int
        Villages that each type does not serve, where this is a part of the mix.

    Attributes
    ----------
    bound : float
    each : array, shape (kinds,)
        No route of a type costs less at the best dual values.
    done : bool
        Nothing more is to be had.
    """

    #: Bound and promise when the box was made wider last.
    _widened: tuple[float, float]
    #: Promise, as a share of what the bound lacks, under which other means bring more.
    _lacking = 0.0

    def __init__(
        self,
        master: Master,
        duals: Vector,
        routes: Routes,
        floor: RouteFloor,
        rides: Sequence[int],
        counts: Sequence[float],
        cost: float,
        *,
        brief: bool = False,
        barred: Sequence[frozenset[int]] = (),
    ) -> None:
        self._barred = tuple(barred)
        self._brief, self._little = brief, _BRIEF if brief else _LITTLE
        self._master, self._routes, self._floor = master, routes, floor
        self._rides, self._counts, self._cost = list(rides), np.array(counts, dtype=np.float64), cost
        self._finder = Finder(master.program)
        self.done = False
        self._center = np.where(of_routes(master), _of_all_rows(master, duals), 0.0)
        self.bound, self._promise = -math.inf, 0.0
        self.bound, self.each, _, _ = self._evaluate(self._center)
        self._start_over()

    @property
    def best(self) -> Multipliers:
        """The best dual values."""
        return self._meaning(self._center)

    @property
    def duals(self) -> Vector:
        """The best dual values, by row of the master."""
        return self._center

    def run(self, target: float, steps: int, work: Work) -> None:
        """Take steps until the bound reaches the target."""
        self._center = _of_all_rows(self._master, self._center)
        for _ in range(steps):
            if self.bound >= target or self.done or work.over():
                return
            with work.on("ascent"):
                self._step()

    def _start_over(self) -> None:
        """Begin with a box of the first width around the best dual values."""
        self._center = _of_all_rows(self._master, self._center)
        lacks = max(self._cost - self.bound, 1e-3 * self._cost)
        self._rounds, self._before, self._width = 0, -math.inf, _BOX * lacks / self._master.program.n
        self._begin(np.zeros(0, dtype=np.int64))

    def _step(self) -> None:
        """Solve the linear program within the box, price, and move the box."""
        solved = self._solved()
        if solved is None or solved.row_duals is None or solved.x is None:
            self.done = True
            return
        duals = np.zeros_like(self._center)
        duals[self._rows] = solved.row_duals[: len(self._rows)] * self._unit
        self._promise = promise = float(solved.objective or 0.0) * self._unit - self.bound
        if promise < 0 and self._dismiss():
            return
        value, each, cut_off, proven = self._evaluate(duals)
        new = self._take_in()
        inner = np.abs(duals - self._center)[self._rows] < self._width * _AT
        if proven and value >= self._worth_having:
            self._width *= _MUCH_WIDER if value - self.bound > _MUCH * promise else _WIDER
            self.bound, self.each, self._center = max(self.bound, value), each, duals
        elif value < self.bound - promise:
            self._width *= _NARROWER
        if cut_off:
            self._width *= _CUT_OFF
        little = self._small
        if promise < little or not new:
            enough = self._brief or inner.all() or promise < little / 10
            if enough or not self._wider_promises(promise):
                self._cut(solved.x)
                return
            self._width *= 3
        self._width = min(self._width, self._cost)
        self._set_box()

    def _solved(self) -> LpResult | None:
        """Solve the linear program; None where HiGHS cannot, which leaves what is proven."""
        try:
            solved = self._lp.solve()
        except SolverError:
            return None
        return solved if solved.status is Status.OPTIMAL else None

    def _wider_promises(self, promise: float) -> bool:
        """Whether the last widening of the box raised the promise, if the dual values are still the same."""
        at, before = self._widened
        self._widened = self.bound, promise
        return at != self.bound or promise > before + 0.1 * self._small

    @property
    def _small(self) -> float:
        """Promise that is not worth its time."""
        return max(self._little * self._cost, self._lacking * (self._cost - self.bound))

    def _dismiss(self) -> bool:
        """Take columns out that hold the linear program below the bound; say whether there were any."""
        return False

    @property
    def _worth_having(self) -> float:
        """Bound from which on dual values become the best ones."""
        return self.bound + _GAIN * self._promise

    def _evaluate(self, duals: Vector) -> Evaluated:
        """Bound the mix at dual values, safely; walks found come in."""
        found, each = self._meaning(duals), np.zeros(len(self._rides))
        for t, ride in enumerate(self._rides):
            each[t], walks = self._floor.routes(found, ride, _WALKS, _WITHIN * self._cost)
            self._routes.add_all(t, walks)
        return Evaluated(self._sum(self._floor.sides(found), each), each)

    def _meaning(self, duals: Vector) -> Multipliers:
        """Return what dual values of the master's rows say of single routes."""
        return multipliers(self._master, duals, self._rides, self._barred)

    def _sum(self, sides: float, each: Vector) -> float:
        """Bound of the mix where routes of each type cost so much, less what rounding can add."""
        parts = [sides, *(self._counts * each).tolist()]
        return math.fsum(parts) - (len(parts) + 10) * 2.0**-52 * math.fsum(abs(p) for p in parts)

    def _begin(self, new: Ints) -> None:
        """Build the linear program over the rows that matter, the new ones with them, and near walks."""
        master, kinds = self._master, len(self._rides)
        useful = of_routes(master)
        alive = useful & (self._center != 0)
        alive[: master.program.n] = True
        alive[master.program.resource_rows] = useful[master.program.resource_rows]
        alive[new] = useful[new]
        self._rows = np.flatnonzero(alive)
        lower, upper = master.sides(self._rows)
        self._least = np.where(np.isfinite(upper), -np.inf, 0.0)
        self._most = np.where(np.isfinite(lower), np.inf, 0.0)
        columns, costs = self._columns(range(len(self._routes.cost))), np.array(self._routes.cost)
        self._routes.found.clear()
        reduced = costs - columns[: len(self._rows)].T @ self._center[self._rows]
        of = np.array(self._routes.type, dtype=np.int64)
        able = self._able()
        least = np.array([reduced[able & (of == t)].min(initial=math.inf) for t in range(kinds)])
        dearer = np.where(able, reduced - least[of], math.inf)
        order = np.argsort(dearer, kind="stable")[:_NEAR]
        near = np.sort(order[dearer[order] <= self._cost - self.bound])
        m = len(self._rows)
        ones = sp.eye_array(m + kinds, format="csc")
        width = 2 * (m + kinds) + len(near)
        side = np.r_[np.where(np.isfinite(lower), lower, upper), self._counts]
        self._unit, self._held = self._cost / 1000, near
        self._widened = -math.inf, 0.0
        self._lp = LpModel(
            MatrixModel(
                c=np.r_[np.zeros(2 * m), np.full(2 * kinds, _PENALTY), costs[near] / self._unit],
                A=sp.hstack([ones[:, :m], -ones[:, :m], ones[:, m:], -ones[:, m:], columns[:, near]]).tocsc(),
                row_lower=side,
                row_upper=side,
                col_lower=np.zeros(width),
                col_upper=np.full(width, np.inf),
                integrality=np.zeros(width, dtype=np.int32),
            ),
            # Dual simplex, though columns come in: three hubs of n = 80 end 0.1 to 0.5 points nearer.
            options={"presolve": "off", "simplex_strategy": 1},
        )
        self._set_box()

    def _able(self) -> Bools:
        """Return which walks a linear program may begin with, where they are near."""
        return np.ones(len(self._routes.cost), dtype=np.bool_)

    def _set_box(self) -> None:
        """Price what a row lacks and exceeds at the sides of the box: its dual value keeps to them."""
        center = self._center[self._rows]
        high = np.clip(center + self._width, self._least, self._most)
        low = np.clip(center - self._width, self._least, self._most)
        self._lp.set_costs(np.arange(2 * len(center)), np.r_[high, -low] / self._unit)

    @property
    def _first_walk(self) -> int:
        """Column of the linear program that is the first walk held; the others follow."""
        return self._lp.n_cols - len(self._held)

    def _take_in(self) -> int:
        """Add the walks found that the linear program lacks; how many."""
        new = np.setdiff1d(sorted(self._routes.found), self._held).astype(np.int64)
        self._routes.found.clear()
        if len(new):
            columns = self._columns(new)
            costs = np.array(self._routes.cost)[new] / self._unit
            self._lp.add_columns(costs, columns.indptr, columns.indices, columns.data)
            self._held = np.r_[self._held, new]
        return len(new)

    def _columns(self, numbers: Ints | range) -> sp.csc_array:
        """Return walks as columns over the rows of the linear program."""
        points = self._routes.points(numbers)
        types = np.array(self._routes.type, dtype=np.int64)[np.asarray(numbers, dtype=np.int64)]
        one = sp.csr_array(
            (np.ones(len(types)), (types, np.arange(len(types)))), (len(self._rides), len(types))
        )
        return sp.csc_array(sp.vstack([self._master.rows(self._rows) @ points.T, one]))

    def _cut(self, x: FloatArray) -> None:
        """Add cuts that the walks of the linear program violate; done when there are none."""
        little = self.bound - self._before < self._small
        self._rounds, self._before = self._rounds + 1, self.bound
        part = x[self._first_walk :]  # walks that came in since have no value there
        point = self._routes.points(self._held[: len(part)]).T @ part
        cuts: dict[Row, None] = {}
        if self._rounds <= _ROUNDS and not little:
            cuts = dict.fromkeys(self._finder.find(point, _CUTS, deep=True))
        held = set(self._rows.tolist())
        new = [cut for cut in cuts if self._master.row.get(cut) not in held]  # or it had no dual value
        if not new:
            self.done = True
            return
        self._master.add([cut for cut in new if cut not in self._master.row])
        self._center = _of_all_rows(self._master, self._center)
        self._begin(np.array([self._master.row[cut] for cut in new]))


def _of_all_rows(master: Master, duals: Vector) -> Vector:
    """Give rows that came in since a dual value of 0."""
    return np.asarray(np.r_[duals, np.zeros(master.n_rows - len(duals))])


def of_routes(master: Master) -> Bools:
    """Rows that say something of single routes: not degree, kg and m3, Carriage, Count and NotAgain."""
    program, n = master.program, master.program.n
    useful = np.zeros(master.n_rows, dtype=np.bool_)
    useful[:n] = True
    useful[program.resource_rows] = [resource.row in ("shift", "range") for resource in program.resources]
    for cut, row in master.row.items():
        useful[row] = isinstance(cut, (Enter, Fleet, Star))
    return useful
