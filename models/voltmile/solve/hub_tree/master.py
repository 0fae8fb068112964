"""The linear program of the tree: one for all nodes, of which bounds, rows and edges change."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import scipy.sparse as sp

from voltmile.routes.network import Vector
from voltmile.solve.hub_tree.basis import hand_over
from voltmile.solve.hub_tree.cuts import Count, Fleet, Row, row_of
from voltmile.solve.hub_tree.program import TreeProgram
from voltmile.solve.lp import LpModel
from voltmile.solve.matrix import FloatArray, MatrixModel
from voltmile.solve.status import SolverError, Status
from voltmile.solve.two_index import Bools, Ints, near_edges

#: Smaller coefficients are left out of a row: HiGHS drops them, and our arithmetic is to see what it sees.
_ZERO = 1e-9
#: Edges that come in at once.
_MOST_EDGES = 1000


class Master:
    """Rows over all columns, of which the linear program holds some.

    Two kinds of columns exist in the linear program only and keep it feasible: one that serves a share of
    everything, and one for each side of a ``Count``. They cost ``penalty``. Without them the dual values
    would have no limit where a node has no plan; with them every solve ends in dual values that prove
    something.

    Attributes
    ----------
    cuts : list of Row
    row : dict
        Row number of each cut.
    solves : int
    """

    def __init__(self, program: TreeProgram, penalty: float, neighbours: int) -> None:
        self.program, self.penalty = program, penalty
        self.cuts: list[Row] = []
        self.row: dict[Row, int] = {}
        self.solves = 0
        self._base = program.matrix.n_rows
        self._a: sp.csr_array[np.float64] = sp.csr_array(program.matrix.A)
        self._lower, self._upper = program.matrix.row_lower.copy(), program.matrix.row_upper.copy()
        self._columns = np.flatnonzero(self._first_columns(neighbours) & (program.upper > 0))
        self._lp, self._at, self._lack = self._build()

    @property
    def n_rows(self) -> int:
        """Rows now."""
        return len(self._lower)

    def rows(self, at: Ints) -> sp.csr_array[np.float64]:
        """Coefficients of some rows over all columns."""
        return self._a[at, :]

    def sides(self, at: Ints) -> tuple[Vector, Vector]:
        """Lower and upper bounds of some rows."""
        return self._lower[at], self._upper[at]

    def add(self, cuts: Sequence[Row]) -> None:
        """Add rows."""
        if not cuts:
            return
        made = [row_of(self.program, cut) for cut in cuts]
        rows, least = _sparse([row for row, _ in made]), np.array([low for _, low in made])
        self.row.update({cut: self.n_rows + j for j, cut in enumerate(cuts)})
        self.cuts += cuts
        self._a = sp.csr_array(sp.vstack([self._a, rows], format="csr"))
        self._lower = np.r_[self._lower, least]
        self._upper = np.r_[self._upper, np.full(len(cuts), np.inf)]
        lack = np.where([isinstance(cut, Fleet) for cut in cuts], least, 0.0)
        self._lp.add_rows(*self._held_part(rows, lack), least)
        for cut in cuts:
            if isinstance(cut, Count):
                at = self.row[cut]
                self._lp.add_columns([self.penalty] * 2, [0, 1, 2], [at, at], [1.0, -1.0])
                self._at = np.r_[self._at, -1, -1]

    def _held_part(self, rows: sp.csr_array[np.float64], lack: Vector) -> tuple[Ints, Ints, Vector]:
        """Rows over the columns of the linear program, in compressed form, with what the share counts."""
        place = np.full(len(self.program.upper), -1, dtype=np.int64)
        place[self._at[self._at >= 0]] = np.flatnonzero(self._at >= 0)
        of = np.r_[np.repeat(np.arange(len(lack)), np.diff(rows.indptr)), np.flatnonzero(lack)]
        at = np.r_[place[rows.indices], np.full(np.count_nonzero(lack), self._lack)]
        value = np.r_[rows.data, lack[lack != 0]]
        of, at, value = of[at >= 0], at[at >= 0], value[at >= 0]
        order = np.argsort(of, kind="stable")
        return np.cumsum(np.r_[0, np.bincount(of, minlength=len(lack))]), at[order], value[order]

    def limit(self, cut: Count, lower: float, upper: float) -> None:
        """Bound a ``Count``."""
        if cut not in self.row:
            self.add([cut])
        r = self.row[cut]
        if (self._lower[r], self._upper[r]) != (lower, upper):
            self._lower[r], self._upper[r] = lower, upper
            self._lp.set_row_bounds([r], [lower], [upper])

    def solve(self) -> tuple[float, FloatArray, Vector, float]:
        """Solve from the last basis: objective, point over all columns, dual values, what the penalties hold.

        Raises
        ------
        SolverError
            HiGHS cannot solve it.
        """
        self.solves += 1
        result = self._lp.solve()
        if result.status is not Status.OPTIMAL or result.x is None or result.row_duals is None:
            raise SolverError(f"the program of a node ends with status {result.status}")
        real = self._at >= 0
        x = np.zeros(len(self.program.upper))
        x[self._at[real]] = result.x[real]
        return float(result.objective or 0.0), x, result.row_duals, float(result.x[~real].sum())

    def safe_value(self, duals: Vector) -> tuple[float, FloatArray]:
        """Bound that dual values prove for the bounds of the rows now, less rounding; reduced costs.

        Each row at the side its dual value speaks of (those that speak of a missing side count as zero),
        each column of the model at the bound that is worst for us. See models/README.md, *Floating point*.
        """
        low, high = np.isfinite(self._lower), np.isfinite(self._upper)
        pi = np.where((duals > 0) & low, duals, np.where((duals < 0) & high, duals, 0.0))
        sides = np.where(pi > 0, np.where(low, self._lower, 0.0), np.where(high, self._upper, 0.0)) * pi
        costs, upper = self.program.matrix.c, self.program.upper
        reduced = costs - self._a.T @ pi
        sizes = np.abs(costs) + abs(self._a).T @ np.abs(pi)
        value = float(sides.sum()) + float((np.minimum(reduced, 0.0) * upper).sum())
        size = float(np.abs(sides).sum()) + float((sizes * upper).sum())
        return value - (len(pi) + len(costs) + 10) * 2.0**-52 * size, reduced

    def add_edges(self, reduced: FloatArray, least: float) -> int:
        """Add the missing columns of the smallest reduced costs, if below ``-least``; how many."""
        held = np.zeros(len(reduced), dtype=np.bool_)
        held[self._columns] = True
        missing = np.flatnonzero((reduced < -least) & ~held & (self.program.upper > 0))
        new = np.sort(missing[np.argsort(reduced[missing], kind="stable")[:_MOST_EDGES]])
        if len(new):
            part = sp.csc_array(self._a[:, new])
            self._lp.add_columns(self.program.matrix.c[new], part.indptr, part.indices, part.data)
            self._columns, self._at = np.r_[self._columns, new], np.r_[self._at, new]
        return len(new)

    def purge(self, duals: Vector, kept: Collection[Row]) -> None:
        """Build the program anew with the cuts that have a dual value, and those that are to be kept."""
        alive = [j for j, cut in enumerate(self.cuts) if abs(duals[self._base + j]) > _ZERO or cut in kept]
        rows = np.r_[np.arange(self._base), self._base + np.array(alive, dtype=np.int64)]
        self._a, self._lower, self._upper = self._a[rows, :], self._lower[rows], self._upper[rows]
        self.cuts = [self.cuts[j] for j in alive]
        self.row = {cut: self._base + j for j, cut in enumerate(self.cuts)}
        before, was_at = self._lp, self._at
        self._lp, self._at, self._lack = self._build()
        hand_over(before, self._lp, _places(was_at, self._at), rows)

    def _build(self) -> tuple[LpModel, Ints, int]:
        """Return the linear program, the model's column of each of its own (-1), and that of the share."""
        program, rows = self.program, self.n_rows
        lack = np.zeros(rows)
        lack[: program.n] = 1.0  # the assign rows
        fleets = [self._base + j for j, cut in enumerate(self.cuts) if isinstance(cut, Fleet)]
        lack[fleets] = self._lower[fleets]
        counts = np.array([self._base + j for j, cut in enumerate(self.cuts) if isinstance(cut, Count)], int)
        k = 2 * len(counts)
        sides = sp.csc_array((np.tile([1.0, -1.0], len(counts)), (np.repeat(counts, 2), range(k))), (rows, k))
        held = sp.csc_array(self._a[:, self._columns])
        width = len(self._columns) + 1 + k
        matrix = MatrixModel(
            c=np.r_[program.matrix.c[self._columns], np.full(1 + k, self.penalty)],
            A=sp.hstack([held, sp.csc_array(lack[:, None]), sides], format="csc"),
            row_lower=self._lower,
            row_upper=self._upper,
            col_lower=np.zeros(width),
            col_upper=np.full(width, np.inf),
            integrality=np.zeros(width, dtype=np.int32),
        )
        at: Ints = np.r_[self._columns, np.full(1 + k, -1)].astype(np.int64)
        return LpModel(matrix, options={"simplex_strategy": 1, "presolve": "off"}), at, len(self._columns)

    def _first_columns(self, neighbours: int) -> Bools:
        program, layout = self.program, self.program.layout
        costs = program.matrix.c[: program.carried.start].reshape(program.kinds, -1)
        least = np.zeros((program.n + 1, program.n + 1))
        least[layout.tail, layout.head] = costs[:, 1 + program.n :].min(axis=0)
        near = near_edges(least + least.T, neighbours)[layout.tail, layout.head]
        first = np.ones(len(program.upper), dtype=np.bool_)
        table = first[: program.carried.start].reshape(program.kinds, -1)
        table[:, 1 + program.n :] = near
        return first


def _sparse(rows: Sequence[FloatArray]) -> sp.csr_array[np.float64]:
    """Rows without what is too small to count."""
    at = [np.flatnonzero(np.abs(row) >= _ZERO) for row in rows]
    value = np.concatenate([row[some] for row, some in zip(rows, at, strict=True)])
    starts = np.cumsum([0, *map(len, at)])
    return sp.csr_array((value, np.concatenate(at), starts), shape=(len(rows), len(rows[0])))


def _places(before: Ints, now: Ints) -> Ints:
    """Where each column was; -1 for penalties, which count as left out."""
    place = np.full(int(max(before.max(), now.max())) + 2, -1, dtype=np.int64)
    place[before[before >= 0]] = np.flatnonzero(before >= 0)
    return np.where(now >= 0, place[now], -1)
