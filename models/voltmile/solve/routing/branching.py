"""Where to branch: on numbers of vehicles first, then on edges, by trial solves of the restricted master."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from voltmile.problem.routing import Matrix, RoutingProblem, Vector
from voltmile.solve.routing.cutting import positive
from voltmile.solve.routing.master import Master, Point
from voltmile.solve.routing.rows import ArcRow, Packed, VehicleRow, coefficients

_INTEGRAL = 1e-5
_TRIALS = 12


@dataclass(frozen=True, eq=False)
class Branch:
    """A row to be at most ``down`` in one child and at least ``up`` in the other."""

    row: VehicleRow | ArcRow
    down: float
    up: float
    value: float

    def below(self) -> VehicleRow | ArcRow:
        """Row of the first child."""
        return _bounded(self.row, -np.inf, self.down)

    def above(self) -> VehicleRow | ArcRow:
        """Row of the second child."""
        return _bounded(self.row, self.up, np.inf)


def _bounded(row: VehicleRow | ArcRow, low: float, high: float) -> VehicleRow | ArcRow:
    if isinstance(row, VehicleRow):
        return VehicleRow(row.weight, low, high)
    return ArcRow(row.weight, row.arcs, low, high)


def choose(master: Master, point: Point, goal: float, symmetric: bool) -> Branch | None:
    """Branch whose two children move the restricted master most; None at a point that is integral."""
    found = _candidates(master, point, symmetric)
    if len(found) < 2:
        return found[0] if found else None
    most = max(goal - point.value, 1e-6) if math.isfinite(goal) else math.inf
    gains = _gains(master, point, found, 2 * most)
    best = max(range(len(found)), key=lambda b: ((gains[b][0] + 1e-3) * (gains[b][1] + 1e-3), -b))
    return found[best]


def choose_count(master: Master, point: Point, goal: float, share: float) -> Branch | None:
    """Branch on a number of vehicles that closes at least a share of the gap in both children, if any.

    Where one child is likely to close all of it, no second node is to be solved: a quarter is enough.
    """
    packed, x = positive(master, point)
    found = [b for b in _counts(master, packed, x) if 0.02 < b.value - b.down < 0.98]
    gap = goal - point.value
    if not found or not math.isfinite(gap):
        return None
    worth = [(4 if max(pair) >= gap else 1) * min(pair) for pair in _gains(master, point, found, gap)]
    best = int(np.argmax(worth))
    return found[best] if worth[best] >= share * gap else None


def _gains(master: Master, point: Point, found: list[Branch], most: float) -> list[tuple[float, float]]:
    """How far the restricted master rises in both children, ``most`` at most."""
    values = master.probe([b.row for b in found], [(b.down, b.up) for b in found])
    return [
        (min(max(down - point.value, 0.0), most), min(max(up - point.value, 0.0), most))
        for down, up in values
    ]


def _counts(master: Master, packed: Packed, x: Vector) -> list[Branch]:
    """Branches on the number of vehicles, of all types and of each."""
    problem, found = master.problem, []
    kinds = len(problem.vehicles)
    weights = [np.ones(kinds)] + ([np.eye(kinds)[k] for k in range(kinds)] if kinds > 1 else [])
    rows = [VehicleRow(w, -np.inf, np.inf) for w in weights]
    for row, value in zip(rows, coefficients(rows, packed, problem.size) @ x, strict=True):
        found += _split(row, float(value))
    return found


def _candidates(master: Master, point: Point, symmetric: bool) -> list[Branch]:
    problem = master.problem
    kinds = len(problem.vehicles)
    packed, x = positive(master, point)
    found = _counts(master, packed, x)
    if any(0.05 < b.value - b.down < 0.95 for b in found):
        return found[:1] if found[0].row.weight.all() else found
    by_kind = np.zeros((kinds, problem.size + 1, problem.size + 1))
    np.add.at(by_kind, (packed.kind[packed.of], packed.tail, packed.head), x[packed.of])
    found += _edges(np.ones(kinds), by_kind.sum(axis=0), symmetric)
    if not found:  # types share what is whole in all
        for k in range(kinds):
            found += _edges(np.eye(kinds)[k], by_kind[k], symmetric)
    return found


def _edges(weight: Vector, flow: Matrix, symmetric: bool) -> list[Branch]:
    """Branches on the edges, or arcs, that are farthest from whole."""
    if symmetric:
        flow = np.triu(flow + flow.T)
    part = np.abs(flow - np.round(flow))
    found: list[Branch] = []
    for at in np.argsort(-part, axis=None, kind="stable")[:_TRIALS].tolist():
        i, j = divmod(at, len(flow))
        arcs = np.zeros(flow.shape, dtype=np.bool_)
        arcs[i, j] = True
        if symmetric:
            arcs[j, i] = True
        found += _split(ArcRow(weight, arcs, -np.inf, np.inf), float(flow[i, j]))
    return found


def _split(row: VehicleRow | ArcRow, value: float) -> list[Branch]:
    if abs(value - round(value)) <= _INTEGRAL:
        return []
    return [Branch(row, math.floor(value), math.ceil(value), value)]


def is_symmetric(problem: RoutingProblem) -> bool:
    """Whether every route can be driven the other way round."""
    d, t = problem.distance, problem.time
    return not problem.has_windows and np.array_equal(d, d.T) and np.array_equal(t, t.T)
