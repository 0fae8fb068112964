"""The restricted master: a linear program in HiGHS that grows by routes and cuts, and drops some again."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from voltmile.problem.routing import Route, RoutingProblem, Vector
from voltmile.routes.pricing import Prices, SubsetRow, grid_of
from voltmile.solve.lp import LpModel
from voltmile.solve.matrix import MatrixModel
from voltmile.solve.routing.rows import (
    ArcRow,
    Packed,
    Row,
    SubsetCut,
    VehicleRow,
    coefficients,
    pack,
    visit_counts,
)
from voltmile.solve.status import SolverError

#: Artificial variables below which there are none.
_NONE = 1e-6


@dataclass(frozen=True, eq=False)
class Duals:
    """Dual values on the grid and of the right sign: of each cover row, then of each other row."""

    cover: Vector
    rows: Vector


@dataclass(frozen=True, eq=False)
class Point:
    """An optimal point of the restricted master.

    Attributes
    ----------
    value : float
    x : array, shape (columns,)
    missing : float
        Sum of the artificial variables; 0 for a point of the problem.
    reduced : array, shape (columns,)
        Reduced costs.
    """

    value: float
    x: Vector
    missing: float
    duals: Duals
    reduced: Vector

    @property
    def serves_all(self) -> bool:
        """Whether the routes alone keep all rows."""
        return self.missing <= _NONE


class Master:
    """Cover every customer with the columns at hand, at least cost, under the rows given.

    Columns are routes; an artificial variable for each row keeps the program feasible at ``penalty`` a unit.
    Where no detour over a customer is shorter than an arc and no type has a least number of routes, customers
    may be covered more than once: no plan is better for it, and the duals have one sign.

    Parameters
    ----------
    problem
    rows
        Beside the cover rows.
    routes, cost
        Columns to begin with.
    penalty : float
    """

    def __init__(
        self,
        problem: RoutingProblem,
        rows: Sequence[Row],
        routes: Sequence[Route],
        cost: Vector,
        penalty: float,
    ) -> None:
        self.problem, self.rows, self.penalty = problem, list(rows), penalty
        self.routes = list(routes)
        self.cost = np.array(cost, dtype=np.float64)
        self.grid = grid_of(problem)
        self._exactly = not obeys_triangle(problem) or any(v.least for v in problem.vehicles)
        self._lp = self._build(self.rows)

    def _build(self, rows: Sequence[Row], free: int = 0) -> LpModel:
        """Set up the linear program; the last ``free`` rows limit nothing yet."""
        n, m = self.problem.size, len(rows)
        low = np.r_[np.ones(n), [row.low for row in rows]]
        high = np.r_[np.full(n, 1.0 if self._exactly else np.inf), [row.high for row in rows]]
        sign = np.where(np.isfinite(low), 1.0, -1.0)
        upper = np.array([0.0 if isinstance(row, SubsetCut) else np.inf for row in rows])
        if free:
            low[-free:], high[-free:], upper[-free:] = -np.inf, np.inf, 0.0
        artificial = sp.diags_array(sign, format="csc")
        body = self._matrix(pack(self.problem, self.routes), rows)
        width = n + m + len(self.routes)
        options = {"simplex_strategy": 1} if free else None
        return LpModel(
            MatrixModel(
                c=np.r_[np.full(n + m, self.penalty), self.cost],
                A=sp.csc_array(sp.hstack([artificial, body], format="csc")),
                row_lower=low,
                row_upper=high,
                col_lower=np.zeros(width),
                col_upper=np.r_[np.full(n, np.inf), upper, np.full(len(self.routes), np.inf)],
                integrality=np.zeros(width, dtype=np.int32),
            ),
            options=options,
        )

    def _matrix(self, packed: Packed, rows: Sequence[Row]) -> sp.csc_array:
        n = self.problem.size
        covers = visit_counts(packed, n)
        if not rows:
            return covers
        return sp.csc_array(sp.vstack([covers, sp.csc_array(coefficients(rows, packed, n))], format="csc"))

    def add(self, routes: Sequence[Route], cost: Vector) -> None:
        """Add columns, warm."""
        matrix = self._matrix(pack(self.problem, routes), self.rows)
        self._lp.add_columns(cost, matrix.indptr, matrix.indices, matrix.data)
        self.routes += routes
        self.cost = np.r_[self.cost, cost]

    def set_bounds(self, columns: Sequence[int], low: float, high: float) -> None:
        """Bound the values of some columns."""
        if len(columns):
            first = self.problem.size + len(self.rows)
            index = np.asarray(columns, dtype=np.int64) + first
            self._lp.set_column_bounds(index, np.full(len(index), low), np.full(len(index), high))

    def change_rows(self, rows: Sequence[Row], keep: NDArray[np.bool_] | None = None) -> None:
        """Replace the rows, and drop the columns that are not to be kept."""
        if keep is not None:
            self.routes = [r for r, k in zip(self.routes, keep, strict=True) if k]
            self.cost = self.cost[keep]
        self.rows = list(rows)
        self._lp = self._build(self.rows)

    def solve(self) -> Point:
        """Solve the restricted master from its last basis.

        Raises
        ------
        SolverError
            HiGHS cannot solve it.
        """
        result = self._lp.solve()
        x, duals, reduced = result.x, result.row_duals, result.reduced_costs
        if x is None or duals is None or reduced is None or result.objective is None:
            raise SolverError(f"the restricted master ended {result.status}")
        n, m = self.problem.size, len(self.rows)
        raw = np.round(duals / self.grid) * self.grid
        rows = raw[n:]
        at_least = np.array([math.isfinite(row.low) for row in self.rows], dtype=np.bool_)
        cover = raw[:n] if self._exactly else np.maximum(raw[:n], 0.0)
        signed = Duals(cover, np.where(at_least, np.maximum(rows, 0.0), np.minimum(rows, 0.0)))
        return Point(result.objective, x[n + m :], float(x[: n + m].sum()), signed, reduced[n + m :])

    def trim(self, point: Point, most: int) -> tuple[Point, list[Route]]:
        """Drop the columns of largest reduced cost, warm, so that about ``most`` are left of more.

        Returns
        -------
        point : Point
            The same one, over the columns that are left.
        dropped : list of Route
        """
        positive = point.reduced > 1e-6 * max(1.0, abs(point.value))  # not basic
        limit = np.partition(point.reduced, most)[most]
        keep = ~positive | (point.reduced <= limit) | (point.x > 0.0)
        dropped = [r for r, k in zip(self.routes, keep, strict=True) if not k]
        first = self.problem.size + len(self.rows)
        self._lp.delete_columns(np.flatnonzero(~keep) + first)
        self.routes = [r for r, k in zip(self.routes, keep, strict=True) if k]
        self.cost = self.cost[keep]
        return replace(point, x=point.x[keep], reduced=point.reduced[keep]), dropped

    def on_grid(self, duals: Duals) -> Duals:
        """Round dual values of any origin to the grid."""
        return Duals(*(np.round(part / self.grid) * self.grid for part in (duals.cover, duals.rows)))

    def between(self, one: Duals | None, other: Duals, weight: float) -> Duals:
        """Return a weighted mean of dual values, on the grid; the other where the one is missing."""
        if one is None or one is other or weight == 0.0:
            return other
        return self.on_grid(
            Duals(
                weight * one.cover + (1 - weight) * other.cover, weight * one.rows + (1 - weight) * other.rows
            )
        )

    def prices(self, duals: Duals, allowed: NDArray[np.bool_]) -> Prices:
        """Turn dual values into what routes pay and earn."""
        n, kinds = self.problem.size, len(self.problem.vehicles)
        vehicle = np.zeros(kinds)
        arc = np.zeros((kinds, n + 1, n + 1))
        subsets = []
        for row, dual in zip(self.rows, duals.rows.tolist(), strict=True):
            if dual == 0.0:
                continue
            if isinstance(row, VehicleRow):
                vehicle -= np.ceil(dual * row.weight / self.grid) * self.grid
            elif isinstance(row, ArcRow):
                for k, w in enumerate(row.weight.tolist()):
                    if w:
                        arc[k][row.arcs] -= math.ceil(dual * w / self.grid) * self.grid
            else:
                subsets.append(SubsetRow(row.members, row.memory, -dual))
        return Prices(np.r_[0.0, duals.cover], vehicle, arc, allowed, tuple(subsets))

    def charges_subsets(self, duals: Duals) -> bool:
        """Whether routes pay for a subset row at the dual values."""
        return any(
            dual and isinstance(row, SubsetCut)
            for row, dual in zip(self.rows, duals.rows.tolist(), strict=True)
        )

    def numbers(self, point: Point) -> Vector:
        """Routes of each type in a point, shape (K,); those added since are not in it."""
        kinds = np.array([route.vehicle for route in self.routes[: len(point.x)]], dtype=np.int64)
        return np.asarray(np.bincount(kinds, point.x, len(self.problem.vehicles)))

    def dual_value(self, duals: Duals) -> float:
        """Sum of right-hand side times dual: the bound when no route has a negative reduced cost."""
        rhs = np.array([row.low if math.isfinite(row.low) else row.high for row in self.rows])
        return float(duals.cover.sum() + (rhs * duals.rows).sum())

    def probe(self, rows: Sequence[Row], bounds: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        """Solve with each row at most the first, or at least the second of its bounds; return both values.

        No columns are generated, so the values guide branching and prove nothing.
        """
        lp = self._build([*self.rows, *rows], free=len(rows))
        first = self.problem.size + len(self.rows)
        values = []
        for r, (most, least) in enumerate(bounds):
            pair = []
            for low, high in ((-math.inf, most), (least, math.inf)):
                lp.set_row_bounds([first + r], [low], [high])
                result = lp.solve()
                pair.append(math.inf if result.objective is None else result.objective)
            lp.set_row_bounds([first + r], [-math.inf], [math.inf])
            values.append((pair[0], pair[1]))
        return values


def obeys_triangle(problem: RoutingProblem) -> bool:
    """Whether no detour over a customer is shorter or quicker than the way without it, stations included."""
    for table in (problem.distance, problem.time):
        slack = 1e-9 * max(1.0, float(table.max()))
        for via in range(1, problem.size + 1):
            if (table[:, via, None] + table[None, via, :] < table - slack).any():
                return False
    return True
