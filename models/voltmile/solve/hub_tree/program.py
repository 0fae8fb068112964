"""The two-index program of a hub-day over all its edges, with the load carried as a variable of its own.

Beside X, y and z of :mod:`voltmile.solve.two_index` there is F[k], the kg km (in ``KG_KM``) that type k
carries: it costs per_unit * b and uses the battery. Rows say how small it can be; the first one is
F[k] >= sum of q_i D_i y[k,i], which is all the plain program knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from voltmile.routes.day import HubDay, Ride
from voltmile.routes.network import Matrix, Vector
from voltmile.routes.rates import Rates
from voltmile.solve.matrix import FloatArray, MatrixModel
from voltmile.solve.two_index import DIMENSIONS, LIMITS, DayProgram, Layout, base_matrix, day_program

#: Load carried is counted in so many kg km, which keeps coefficients near 1.
KG_KM = 1000.0
#: A feasible route may exceed a limit by 1e-9, and sums are not exact.
SLACK = 1 + 1e-8


@dataclass(frozen=True, eq=False)
class Resource:
    """A row of ``LIMITS`` for one type: what a route has, what edges and villages take.

    Attributes
    ----------
    type : int
        Position in ``Layout.types``.
    most : float
    drive : array, shape (n + 1, n + 1)
    serve, reach : array, shape (n + 1,)
        0 at the hub. ``reach`` is the least a route has taken when it leaves a village: the shortest way
        there, and the village itself.
    """

    row: str
    type: int
    most: float
    drive: Matrix
    serve: Vector
    reach: Vector


@dataclass(frozen=True, eq=False)
class TreeProgram:
    """The program over the types that can matter: T types, n villages, m = n (n + 1) / 2 edges.

    Attributes
    ----------
    day_program : DayProgram
    layout : Layout
        Of X, y and z; the T columns of F come after them.
    matrix : MatrixModel
        Rows without cuts; its upper bounds are not those of the model.
    resources : tuple of Resource
    upper : array, shape (columns,)
        Upper bound of every variable.
    """

    day_program: DayProgram
    layout: Layout
    matrix: MatrixModel
    resources: tuple[Resource, ...]
    upper: FloatArray

    @property
    def n(self) -> int:
        """Number of villages."""
        return self.layout.n

    @property
    def kinds(self) -> int:
        """Number of types T."""
        return len(self.layout.types)

    @property
    def everyone(self) -> tuple[int, ...]:
        """All villages."""
        return tuple(range(1, self.n + 1))

    @property
    def resource_rows(self) -> slice:
        """Rows of ``resources``."""
        first = self.n + self.kinds * (self.n + 1)
        return slice(first, first + len(self.resources))

    @property
    def carried(self) -> slice:
        """Columns of F."""
        return slice(self.kinds * self.layout.width, None)

    def split(self, x: FloatArray) -> tuple[Vector, Matrix, Matrix]:
        """X (T,), y (T, n) and z (T, m) of a point."""
        return self.layout.split(x[: self.kinds * self.layout.width])


def tree_program(day: HubDay, rates: Sequence[Rates]) -> TreeProgram:
    """Build the program; types that another one does better in everything are left out.

    Raises
    ------
    ValueError
        For a village no vehicle type can carry.
    """
    full = day_program(day)
    types = worth_having(day, rates)
    bare = replace(full, kg_km=np.zeros(full.size))  # F counts what is carried
    tail, head = np.triu_indices(full.size + 1, 1)
    layout = Layout(full.size, types, tail, head)
    rows = [(row, k) for k in types for row in LIMITS if _needed(full, row, k)]
    base = base_matrix(bare, bare.costs(rates), layout, rows)
    matrix = _with_carried(full, base, rates, types, rows)
    resources = tuple(_resource(full, row, k, types.index(k)) for row, k in rows)
    return TreeProgram(full, layout, matrix, resources, _upper(full, layout, resources))


def worth_having(day: HubDay, rates: Sequence[Rates]) -> tuple[int, ...]:
    """Types that no other one can stand in for on every route, at no more cost; the first of two alike."""
    beats = np.array(
        [
            [_beats(a, b, ra, rb) for b, rb in zip(day.rides, rates, strict=True)]
            for a, ra in zip(day.rides, rates, strict=True)
        ]
    )
    first = np.triu(np.ones_like(beats), 1)
    return tuple(np.flatnonzero(~(beats & (~beats.T | first)).any(axis=0)).tolist())


def _beats(a: Ride, b: Ride, of_a: Rates, of_b: Rates) -> bool:
    """Whether type a drives every route of type b, and each at no more cost."""
    far_a, far_b = ((r.usable_kwh if r.electric else np.inf) for r in (a, b))
    farther = far_a == np.inf or (
        far_b * a.empty_per_km <= far_a * b.empty_per_km
        and far_b * a.load_per_km_kg <= far_a * b.load_per_km_kg
    )
    cheaper = (
        of_a.fixed <= of_b.fixed
        and of_a.per_km + of_a.per_unit * a.empty_per_km <= of_b.per_km + of_b.per_unit * b.empty_per_km
        and of_a.per_h <= of_b.per_h
        and of_a.per_unit * a.load_per_km_kg <= of_b.per_unit * b.load_per_km_kg
    )
    return a is not b and farther and cheaper and a.payload_kg >= b.payload_kg and a.volume_m3 >= b.volume_m3


def _needed(program: DayProgram, row: str, k: int) -> bool:
    """Whether a row says something: a battery, and loads that are there; m3 not where it follows from kg."""
    if row not in DIMENSIONS:
        return bool(np.isfinite(program.limit[row][k]))
    kg, m3 = program.demand("kg") * program.limit["m3"][k], program.demand("m3") * program.limit["kg"][k]
    kg_implied = bool((kg <= m3).all())
    return not kg_implied if row == "kg" else kg_implied or not bool((m3 <= kg).all())


def _with_carried(
    program: DayProgram,
    base: MatrixModel,
    rates: Sequence[Rates],
    types: Sequence[int],
    rows: Sequence[tuple[str, int]],
) -> MatrixModel:
    """Add the columns of F: cost, and use of the battery in the range rows."""
    first, count = base.n_rows - len(rows), len(types)
    extra = np.zeros((base.n_rows, count))
    for r, (row, k) in enumerate(rows):
        if row == "range":
            extra[first + r, types.index(k)] = program.load[k] * KG_KM
    cost = [rates[k].per_unit * float(program.load[k]) * KG_KM for k in types]
    return MatrixModel(
        c=np.r_[base.c, cost],
        A=sp.hstack([base.A, sp.csc_array(extra)]),
        row_lower=base.row_lower,
        row_upper=base.row_upper,
        col_lower=np.zeros(base.n_cols + count),
        col_upper=np.r_[base.col_upper, np.full(count, np.inf)],
        integrality=np.zeros(base.n_cols + count, dtype=np.int32),
    )


def _resource(program: DayProgram, row: str, k: int, t: int) -> Resource:
    driving, n = program.limit_of_driving(row), program.size
    drive = np.zeros((n + 1, n + 1)) if driving is None else np.asarray(driving[k], dtype=np.float64)
    serve = np.r_[0.0, program.limit_of_serving(row)[k]]
    reach = shortest_ways_out(drive) + serve
    return Resource(row, t, float(program.limit[row][k]) * (1 + 1e-12), drive, serve, reach)


def shortest_ways_out(drive: Matrix) -> Vector:
    """Shortest ways from the hub to every node, shape (n + 1,); lengths are not negative."""
    way: Vector = drive[0]
    while True:
        shorter = np.asarray(np.minimum(way, (way[:, None] + drive).min(axis=0)))
        if (shorter == way).all():
            return way
        way = shorter


def _upper(program: DayProgram, layout: Layout, resources: Sequence[Resource]) -> FloatArray:
    """Upper bounds; 0 for a village out of a type's reach, and for an edge no route of it can hold."""
    n, types, day = layout.n, list(layout.types), program.day
    upper = np.empty((len(types), layout.width))
    upper[:, 0] = n
    upper[:, 1 : 1 + n] = program.can[types]
    upper[:, 1 + n :] = np.where(layout.tail == 0, 2.0, 1.0)
    for resource in resources:
        _bar(resource, layout, upper[resource.type])
    # No load travels further than a walk through all nodes.
    farthest = float(day.kg.sum()) / KG_KM * (n + 1) * float(day.network.distance_km.max())
    return np.asarray(np.r_[upper.reshape(-1), np.full(len(types), farthest)])


def _bar(resource: Resource, layout: Layout, upper: FloatArray) -> None:
    """Close what takes more of a resource than a route has, there and back by the shortest ways."""
    n, tail, head, most = layout.n, layout.tail, layout.head, resource.most * SLACK
    reach = resource.reach
    alone = 2 * reach[1:] - resource.serve[1:]
    upper[1 : 1 + n][alone > most] = 0.0
    over = reach[tail] + resource.drive[tail, head] + reach[head] > most
    upper[1 + n :][over] = 0.0
