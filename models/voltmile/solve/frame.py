"""The joint program without its routes: rows, the other variables, and what dual values leave of them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from voltmile.solve.bridge import CompiledModel
from voltmile.solve.linking import RowKey
from voltmile.solve.matrix import MatrixModel

Vector = NDArray[np.float64]

#: Rows that name single routes; the frame leaves them to the hubs.
_ROUTE_ROWS = frozenset({"cover"})


@dataclass(frozen=True)
class Frame:
    """Rows but ``cover`` and variables but ``Use`` of a compiled joint program.

    Attributes
    ----------
    keys : tuple of RowKey
        Row r is ``keys[r]``.
    A : csc_array, shape (rows, columns)
    c, lower, upper : array, shape (columns,)
    row_lower, row_upper : array, shape (rows,)
    integrality : array of int, shape (columns,)
    offset : float
        Constant of the objective.
    """

    keys: tuple[RowKey, ...]
    A: sp.csc_array[np.float64]
    c: Vector
    lower: Vector
    upper: Vector
    row_lower: Vector
    row_upper: Vector
    integrality: NDArray[np.int32]
    offset: float

    @cached_property
    def row(self) -> dict[RowKey, int]:
        """Row number by key."""
        return {key: r for r, key in enumerate(self.keys)}

    def clipped(self, dual: Vector) -> Vector:
        """Nearest dual values of valid sign: by the rows' senses, by the price of a slack, energy >= 0."""
        fixed = np.where(np.isneginf(self.row_lower), np.minimum(dual, 0.0), dual)
        fixed = np.where(np.isposinf(self.row_upper), np.maximum(fixed, 0.0), fixed)
        energy = np.array([name == "energy_balance" for name, _ in self.keys], dtype=bool)
        fixed = np.where(energy, np.maximum(fixed, 0.0), fixed)
        for j in np.flatnonzero(np.isposinf(self.upper)):
            rows, values = self._column(int(j))
            # A slack stands alone in one row: c - a * dual >= 0.
            for r, a in zip(rows, values, strict=True):
                limit = self.c[j] / a
                fixed[r] = min(fixed[r], limit) if a > 0 else max(fixed[r], limit)
        return np.asarray(fixed, dtype=float)

    def value(self, dual: Vector, hubs: float) -> float:
        """Lagrangian bound at valid dual values, lowered by what rounding could have added.

        Parameters
        ----------
        dual : array, shape (rows,)
            As :meth:`clipped` returns them.
        hubs : float
            Sum of the bounds of all hubs and days at the rates these duals imply.
        """
        rhs = np.where(dual > 0, self.row_lower, self.row_upper)
        priced = np.where(dual == 0, 0.0, dual * np.where(dual == 0, 0.0, rhs))
        reduced = self.c - self.A.T @ dual
        spread = np.abs(self.c) + abs(self.A).T @ np.abs(dual)
        with np.errstate(invalid="ignore"):
            least = np.where(reduced > 0, reduced * self.lower, reduced * self.upper)
            worst = np.where(np.isfinite(self.upper), np.maximum(np.abs(self.lower), np.abs(self.upper)), 0.0)
        least = np.where(reduced == 0, 0.0, least)
        unbounded = np.isposinf(self.upper)
        if np.any(reduced[unbounded] < -1e-9 * spread[unbounded]):
            return -math.inf
        least = np.where(unbounded, 0.0, least)
        total = math.fsum(priced) + math.fsum(least) + hubs + self.offset
        size = math.fsum(np.abs(priced)) + math.fsum(spread * worst) + abs(hubs) + abs(self.offset)
        terms = self.A.nnz + 2 * len(self.c) + len(dual) + 10
        return total - terms * 2.0**-52 * size

    def beside(
        self,
        extra: Sequence[tuple[float, Mapping[int, float]]],
        blocks: int,
        upper: Vector,
        integrality: NDArray[np.int32],
    ) -> MatrixModel:
        """Return the frame with further columns and a convexity row (= 1) for each block below its own rows.

        Parameters
        ----------
        extra : sequence of (cost, {row: coefficient})
            Row ``len(keys) + b`` is the convexity row of block b.
        upper : array, shape (len(extra),)
            The lower bounds are 0.
        integrality : array of int, shape (columns + len(extra),)
        """
        data = [(r, j, v) for j, (_, entries) in enumerate(extra) for r, v in entries.items()]
        r, j, v = zip(*data, strict=True) if data else ((), (), ())
        right = sp.csc_array((v, (r, j)), shape=(len(self.keys) + blocks, len(extra)))
        left = sp.vstack([self.A, sp.csc_array((blocks, len(self.c)))])
        return MatrixModel(
            c=np.concatenate([self.c, [cost for cost, _ in extra]]),
            A=sp.csc_array(sp.hstack([left, right])),
            row_lower=np.concatenate([self.row_lower, np.ones(blocks)]),
            row_upper=np.concatenate([self.row_upper, np.ones(blocks)]),
            col_lower=np.concatenate([self.lower, np.zeros(len(extra))]),
            col_upper=np.concatenate([self.upper, upper]),
            integrality=integrality,
            offset=self.offset,
        )

    def _column(self, j: int) -> tuple[NDArray[np.int32], Vector]:
        a, b = self.A.indptr[j], self.A.indptr[j + 1]
        return self.A.indices[a:b], self.A.data[a:b]

    def as_mapping(self, dual: Vector) -> dict[RowKey, float]:
        """Dual values by row key, zeros left out."""
        return {key: float(v) for key, v in zip(self.keys, dual, strict=True) if v}


def frame_of(compiled: CompiledModel) -> Frame:
    """Cut the routes out of a compiled joint program."""
    keys = [key_of(constraint) for constraint in compiled.constraints]
    rows = [r for r, (name, _) in enumerate(keys) if name not in _ROUTE_ROWS]
    columns = [j for j, v in enumerate(compiled.variables) if v.parent_component().local_name != "Use"]
    return cut(compiled, rows, columns)


def cut(compiled: CompiledModel, rows: Sequence[int], columns: Sequence[int]) -> Frame:
    """Return some rows and columns of a compiled program."""
    return Frame(
        keys=tuple(key_of(compiled.constraints[r]) for r in rows),
        A=sp.csc_array(sp.csr_array(compiled.A)[rows, :][:, columns]),
        c=compiled.c[columns],
        lower=compiled.col_lower[columns],
        upper=compiled.col_upper[columns],
        row_lower=compiled.row_lower[rows],
        row_upper=compiled.row_upper[rows],
        integrality=compiled.integrality[columns],
        offset=compiled.offset,
    )


def key_of(constraint: Any) -> RowKey:
    """Name of a constraint and its index letters."""
    index = constraint.index()
    letters = index if isinstance(index, tuple) else (index,)
    return constraint.parent_component().local_name, letters


def names_of(duals: Mapping[RowKey, float]) -> dict[str, list[tuple[str, float]]]:
    """Dual values grouped by constraint, each row named by its letters joined with '|'."""
    grouped: dict[str, list[tuple[str, float]]] = {}
    for (name, letters), value in duals.items():
        grouped.setdefault(name, []).append(("|".join(map(str, letters)), value))
    return grouped
