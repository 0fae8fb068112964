"""Separation of ``Carriage`` cuts: potentials from flows of goods along the roads driven."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sp

from voltmile.routes.network import Vector
from voltmile.solve.highs import solve_lp
from voltmile.solve.hub_tree.cuts import Carriage, carriage_room, carriage_weights
from voltmile.solve.hub_tree.program import KG_KM, TreeProgram
from voltmile.solve.matrix import FloatArray, MatrixModel
from voltmile.solve.two_index import Ints

#: Least relative and absolute violation of a cut that is added.
_LEAST, _LEAST_KG_KM = 1e-3, 1e-6
#: Groups of villages whose goods are told apart, and the group apart that is hardly served.
_GROUPS, _HARDLY = 4, 0.05


def shortest_ways(program: TreeProgram, kind: int) -> Carriage:
    """Every kg travels at least the shortest way to its village."""
    kg, kg_km = program.day_program.day.kg[1:], program.day_program.kg_km
    reach = np.where(kg > 0, kg_km / np.where(kg > 0, kg, 1.0), 0.0)
    return Carriage(kind, (0,) * program.n, (tuple(reach.tolist()),), (0.0,) * program.n)


def carriage_cut(program: TreeProgram, kind: int, y: Vector, z: Vector, carried: float) -> Carriage | None:
    """Return a violated cut of a type at a point, the most violated one for groups that lie together.

    Potentials that maximise sum of q_i reach_i y_i less sum of weight_e z_e: the dual of sending every group
    its load over arcs that hold what a vehicle can have aboard, of each group and of all.
    """
    used = np.flatnonzero(z > 1e-7)
    group = _groups(program, y)
    room, loads = carriage_room(program, kind, group)
    if not len(used) or room[0] <= 0:
        return None
    tail, head = program.layout.tail[used], program.layout.head[used]
    km = program.day_program.km[tail, head]
    kg = program.day_program.day.kg[1:]
    n, count = program.n, len(loads)
    unit = float(room[0])
    x = _potentials(tail, head, km, z[used], (kg * y / unit, group), room / unit, loads / unit)
    if x is None:
        return None
    reach = x[: count * (n + 1)].reshape(count, n + 1)[:, 1:]
    turn = x[count * (n + 1) : (count + 1) * (n + 1)][1:] * unit
    cut = Carriage(kind, group, tuple(map(tuple, reach.tolist())), tuple(turn.tolist()))
    own = reach[np.array(group), np.arange(n)]
    needed = float(kg @ (own * y) - carriage_weights(program, cut, tail, head) @ z[used]) / KG_KM
    return cut if needed > carried * (1 + _LEAST) + _LEAST_KG_KM else None


def _groups(program: TreeProgram, y: Vector) -> tuple[int, ...]:
    """Group the villages served around centres far from each other; the others are the last one."""
    km, served = program.day_program.km, np.flatnonzero(y > _HARDLY) + 1
    group = np.zeros(program.n, dtype=np.int64)
    if not len(served):
        return tuple(group.tolist())
    centres = [int(served[km[0, served].argmax()])]
    while len(centres) < min(_GROUPS, len(served)):
        apart = km[centres][:, served].min(axis=0)
        if apart.max() <= 0:
            break
        centres.append(int(served[apart.argmax()]))
    group[:] = len(centres) if len(served) < program.n else 0
    group[served - 1] = km[centres][:, served].argmin(axis=0)
    _, group = np.unique(group, return_inverse=True)
    return tuple(group.tolist())


def _potentials(
    tail: Ints,
    head: Ints,
    km: Vector,
    z: Vector,
    wanted: tuple[Vector, tuple[int, ...]],
    room: Vector,
    loads: Vector,
) -> FloatArray | None:
    """Solve for reach (G, n + 1) and turn (n + 1,), flat; loads in units of the room at the hub.

    Columns: reach, turn, weight (m), then for each arc what it lifts for all groups and for each one.
    """
    g, nodes, m = len(loads), len(room), len(tail)
    load, group = wanted
    start, end = np.r_[tail, head], np.r_[head, tail]
    arcs, length = np.arange(2 * m), np.r_[km, km]
    at_turn, at_weight = g * nodes, (g + 1) * nodes
    at_all = at_weight + m
    at_each = at_all + 2 * m
    width = at_each + 2 * m * g
    blocks = []
    for j in range(g):  # lift + lift_j + reach_j(start) - reach_j(end) >= -km
        columns = np.r_[at_all + arcs, at_each + j * 2 * m + arcs, j * nodes + start, j * nodes + end]
        values = np.repeat([1.0, 1.0, 1.0, -1.0], 2 * m)
        blocks.append(sp.csc_array((values, (np.tile(arcs, 4), columns)), (2 * m, width)))
    each = [at_each + j * 2 * m + arcs for j in range(g)]
    columns = np.concatenate([at_weight + arcs % m, at_turn + start, at_turn + end, at_all + arcs, *each])
    values = np.r_[np.repeat([1.0, -1.0, 1.0], 2 * m), -room[start], -np.repeat(loads, 2 * m)]
    blocks.append(sp.csc_array((values, (np.tile(arcs, 4 + g), columns)), (2 * m, width)))
    far = 4 * float(km.max()) + 4 * float(length.sum() / max(m, 1)) + 100
    cost, low, high = np.zeros(width), np.zeros(width), np.full(width, np.inf)
    cost[np.array(group) * nodes + np.arange(1, nodes)] = -load
    cost[at_weight:at_all] = z
    high[:at_turn] = far * 4
    high[np.arange(g) * nodes] = 0.0
    low[at_turn:at_weight], high[at_turn:at_weight] = -far * 4, far * 4
    low[at_turn] = high[at_turn] = 0.0
    low[at_weight:at_all] = -far * 8
    lower = np.r_[np.tile(-length, g), np.zeros(2 * m)]
    outcome = solve_lp(
        MatrixModel(
            c=cost,
            A=sp.vstack(blocks),
            row_lower=lower,
            row_upper=np.full(len(lower), np.inf),
            col_lower=low,
            col_upper=high,
            integrality=np.zeros(width, dtype=np.int32),
        ),
        answers=False,
    )
    return outcome.x
