"""The two-index program of a hub on a day, as arrays (models/README.md, *The two-index bound*)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from voltmile.routes.day import TOLERANCE, HubDay, Ride
from voltmile.routes.network import Matrix, Vector
from voltmile.routes.rates import Rates
from voltmile.solve.matrix import FloatArray, MatrixModel
from voltmile.solve.use import RouteUse

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Dimension = Literal["kg", "m3"]
DIMENSIONS: tuple[Dimension, ...] = ("kg", "m3")

#: Rows of one vehicle type over all its variables, beside hub_degree.
LIMITS = ("kg", "m3", "shift", "range")


@dataclass(frozen=True)
class Costs:
    """Cost of each variable: X[k], y[k,i] (village i at column i - 1) and z[k,e] as a symmetric matrix."""

    routes: Vector
    serve: Matrix
    drive: FloatArray


@dataclass(frozen=True, eq=False)
class DayProgram:
    """The numbers of the program that no rate changes; K types in the order of ``day.rides``, n villages.

    Attributes
    ----------
    km, drive_h : array, shape (n + 1, n + 1)
        The smaller of the two directions.
    kg_km : array, shape (n,)
        Each village's kg times its shortest distance from the hub: the least a plan carries.
    can : array of bool, shape (K, n)
        Whether the type can carry the village at all.
    limit : dict
        By row of ``LIMITS``, shape (K,): what one route has of it, the tolerance of a feasible route
        included; infinity where there is no such row.
    carries : dict
        By dimension, shape (K,): the most a route carries, the other dimension's limit included.
    """

    day: HubDay
    km: Matrix
    drive_h: Matrix
    kg_km: Vector
    can: Bools
    limit: dict[str, Vector]
    carries: dict[Dimension, Vector]
    empty: Vector
    load: Vector

    @property
    def size(self) -> int:
        """Number of villages n."""
        return self.day.network.size

    def demand(self, dimension: Dimension) -> Vector:
        """Load of each village in the dimension, shape (n,)."""
        return self.day.kg[1:] if dimension == "kg" else self.day.m3[1:]

    def serves_alone(self) -> bool:
        """Whether some type can serve each village on a trip of its own within shift and range."""
        out = 2 * self.km[0, 1:] * self.empty[:, None] + self.load[:, None] * self.kg_km
        hours = 2 * self.drive_h[0, 1:] + self.day.service_h[1:]
        in_time = (out <= self.limit["range"][:, None]) & (hours <= self.limit["shift"][:, None])
        return bool((self.can & in_time).any(axis=0).all())

    def costs(self, rates: Sequence[Rates]) -> Costs:
        """Cost of every variable at the rates of each type."""
        fixed, per_km, per_h, per_unit = _columns(rates)
        drive = (per_km + per_unit * self.empty)[:, None, None] * self.km + per_h[
            :, None, None
        ] * self.drive_h
        serve = per_h[:, None] * self.day.service_h[1:] + (per_unit * self.load)[:, None] * self.kg_km
        return Costs(fixed, serve, drive)

    def limit_of_serving(self, row: str) -> Matrix:
        """Coefficients of y in a row of ``LIMITS``, shape (K, n)."""
        day, shape = self.day, self.can.shape
        if row == "range":
            return self.load[:, None] * self.kg_km
        return np.broadcast_to({"kg": day.kg, "m3": day.m3, "shift": day.service_h}[row][1:], shape)

    def limit_of_driving(self, row: str) -> FloatArray | None:
        """Coefficients of z in a row of ``LIMITS``, shape (K, n + 1, n + 1); None for zeros."""
        if row == "shift":
            return np.broadcast_to(self.drive_h, (len(self.empty), *self.km.shape))
        return self.empty[:, None, None] * self.km if row == "range" else None


def day_program(day: HubDay) -> DayProgram:
    """Reduce a hub-day to its two-index program.

    Raises
    ------
    ValueError
        For a village that no vehicle type can carry.
    """
    net, rides, room = day.network, day.rides, 1 + TOLERANCE
    payload, volume = _of(rides, "payload_kg"), _of(rides, "volume_m3")
    usable = np.array([r.usable_kwh if r.electric else np.inf for r in rides])
    can = (day.kg[1:] <= payload[:, None] * room) & (day.m3[1:] <= volume[:, None] * room)
    _check_servable(day, can)
    kg, m3 = day.kg[1:], day.m3[1:]
    return DayProgram(
        day=day,
        km=np.minimum(net.distance_km, net.distance_km.T),
        drive_h=np.minimum(net.drive_h, net.drive_h.T),
        kg_km=kg * shortest_km(net.distance_km)[1:],
        can=can,
        limit={
            "kg": payload * room,
            "m3": volume * room,
            "shift": np.full(len(rides), day.shift_h * room),
            "range": usable * room,
        },
        carries={"kg": _carries(payload, volume, kg, m3), "m3": _carries(volume, payload, m3, kg)},
        empty=_of(rides, "empty_per_km"),
        load=_of(rides, "load_per_km_kg"),
    )


def shortest_km(distance_km: Matrix) -> Vector:
    """Shortest distance from the hub to every node, over other villages where that is shorter."""
    least = distance_km[0]
    while True:
        shorter = np.minimum(least, (least[:, None] + distance_km).min(axis=0))
        if (shorter == least).all():
            return np.asarray(shorter, dtype=float)
        least = shorter


@dataclass(frozen=True, eq=False)
class Layout:
    """Which variables a linear program holds: some types, some edges; columns X, y, z of one type together.

    Attributes
    ----------
    types : tuple of int
    tail, head : array of int, shape (m,)
        Ends of the edges, tail < head; node 0 is the hub.
    """

    n: int
    types: tuple[int, ...]
    tail: Ints
    head: Ints

    @property
    def width(self) -> int:
        """Columns of one type."""
        return 1 + self.n + len(self.tail)

    def split(self, x: FloatArray) -> tuple[Vector, Matrix, Matrix]:
        """Return X (T,), y (T, n) and z (T, m) of a point."""
        table = x.reshape(len(self.types), self.width)
        return table[:, 0], table[:, 1 : 1 + self.n], table[:, 1 + self.n :]

    def spread(self, z: Matrix) -> FloatArray:
        """Return z as symmetric matrices, shape (T, n + 1, n + 1)."""
        full = np.zeros((len(z), self.n + 1, self.n + 1))
        full[:, self.tail, self.head] = z
        full[:, self.head, self.tail] = z
        return full


def base_matrix(
    program: DayProgram, costs: Costs, layout: Layout, rows: Sequence[tuple[str, int]]
) -> MatrixModel:
    """Build the linear program without cuts.

    Rows: assign of each village; then for each type of the layout degree of each village and hub_degree; then
    ``rows``, pairs of a name in ``LIMITS`` and a type. No variable has an upper bound but 0 where a village
    is too large: assign, degree and the connectivity cuts of two villages imply them, and without them no
    reduced cost is negative at an optimum.
    """
    n, types = layout.n, list(layout.types)
    count, tail, head = len(types), layout.tail, layout.head
    nodes, m = np.arange(n), len(layout.tail)
    ends = sp.csr_array((np.ones(2 * m), (np.r_[tail, head], np.r_[np.arange(m), np.arange(m)])), (n + 1, m))
    twice = sp.csr_array((np.full(n + 1, -2.0), (np.r_[n, nodes], np.arange(n + 1))), (n + 1, n + 1))
    rolled = sp.vstack([ends[1:], ends[:1]])
    degree = sp.block_diag([sp.hstack([twice, rolled])] * count)
    one = sp.hstack([sp.csr_array((n, 1)), sp.eye_array(n), sp.csr_array((n, m))])
    limits = np.zeros((len(rows), count, layout.width))
    for r, (name, k) in enumerate(rows):
        limits[r, types.index(k)] = limit_row(program, layout, name, k)
    blocks = [sp.hstack([one] * count), degree, sp.csr_array(limits.reshape(len(rows), -1))]
    upper = np.full((count, layout.width), np.inf)
    upper[:, 1 : 1 + n] = np.where(program.can[types], np.inf, 0.0)
    equal = np.r_[np.ones(n), np.zeros(count * (n + 1))]
    columns = np.hstack([costs.routes[types, None], costs.serve[types], costs.drive[types][:, tail, head]])
    return MatrixModel(
        c=np.maximum(columns.reshape(-1), 0.0),  # a rate of -1e-15 would make the program unbounded
        A=sp.vstack(blocks),
        row_lower=np.r_[equal, np.full(len(rows), -np.inf)],
        row_upper=np.r_[equal, np.zeros(len(rows))],
        col_lower=np.zeros(upper.size),
        col_upper=upper.reshape(-1),
        integrality=np.zeros(upper.size, dtype=np.int32),
    )


def near_edges(cost: Matrix, neighbours: int) -> Bools:
    """Edges at the hub, and from every village to its nearest by cost; above the diagonal, (n + 1, n + 1)."""
    n = len(cost) - 1
    near = np.zeros((n + 1, n + 1), dtype=np.bool_)
    order = np.argsort(cost[1:, 1:] + np.diag(np.full(n, np.inf)), axis=1, kind="stable")
    near[np.arange(1, n + 1)[:, None], order[:, : min(neighbours, n - 1)] + 1] = True
    near[0] = True
    return np.asarray(np.triu(near | near.T, 1))


def limit_row(program: DayProgram, layout: Layout, name: str, k: int) -> Vector:
    """Coefficients of one row of ``LIMITS`` over the columns of type k."""
    driving = program.limit_of_driving(name)
    z = np.zeros(len(layout.tail)) if driving is None else driving[k, layout.tail, layout.head]
    row = np.r_[-program.limit[name][k], program.limit_of_serving(name)[k], z]
    return np.asarray(row, dtype=float)


def use_of(program: DayProgram, layout: Layout, x: FloatArray) -> RouteUse:
    """Measure what a point of the linear program takes."""
    use = np.zeros((4, len(program.empty)))
    for k, routes, y, z in zip(layout.types, *layout.split(x), strict=True):
        km = float(z @ program.km[layout.tail, layout.head])
        hours = float(z @ program.drive_h[layout.tail, layout.head] + y @ program.day.service_h[1:])
        units = program.empty[k] * km + program.load[k] * float(y @ program.kg_km)
        use[:, k] = routes, km, hours, units
    return RouteUse(*use)


def _columns(rates: Sequence[Rates]) -> tuple[Vector, ...]:
    return tuple(_of(rates, name) for name in ("fixed", "per_km", "per_h", "per_unit"))


def _of(things: Sequence[Ride] | Sequence[Rates], name: str) -> Vector:
    return np.array([getattr(thing, name) for thing in things], dtype=np.float64)


def _carries(own: Vector, other: Vector, loads: Vector, beside: Vector) -> Vector:
    """Most a route carries: with at least r of the other load to each of its own, at most other / r fit."""
    loaded = loads > 0
    least = float((beside[loaded] / loads[loaded]).min()) if loaded.any() else 0.0
    return np.minimum(own, other / least) if least > 0 else own


def _check_servable(day: HubDay, can: Bools) -> None:
    lost = np.flatnonzero(~can.any(axis=0))
    if not len(lost):
        return
    i = int(lost[0]) + 1
    payload, volume = _of(day.rides, "payload_kg").max(), _of(day.rides, "volume_m3").max()
    raise ValueError(
        f"no vehicle type can carry village {day.network.villages[i - 1]!r} of hub {day.network.hub!r} on "
        f"({day.year}, {day.day_type}): {day.kg[i]:g} kg and {day.m3[i]:g} m3, where the largest payload is "
        f"{payload:g} kg and the largest volume {volume:g} m3"
    )
