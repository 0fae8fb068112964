"""Rows of the tree's linear programs: valid inequalities, and what is branched on.

models/README.md states and proves each. A record holds what identifies its row; :func:`row_of` writes it
over all columns, so that linear programs and safe bounds cannot differ.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from voltmile.routes.network import Vector
from voltmile.solve.hub_tree.program import KG_KM, SLACK, TreeProgram
from voltmile.solve.matrix import FloatArray
from voltmile.solve.separation import Members
from voltmile.solve.two_index import Bools, Dimension, Ints

#: As in ``separation``: ratios are rounded where they exceed an integer by more than this.
_ROUNDING, _EXCESS = 1e-12, 1e-7
#: With a smaller fractional part of the demand any fractional capacity counts whole: 1 / part amplifies.
_LEAST_PART = 1e-3


@dataclass(frozen=True, slots=True, order=True)
class Fleet:
    """Capacity cut by mixed-integer rounding: the routes into a set carry its demand."""

    members: Members
    dimension: Dimension
    divisor: float


@dataclass(frozen=True, slots=True, order=True)
class Enter:
    """A type (position in the layout) that serves the anchor enters the set."""

    members: Members
    type: int
    anchor: int


@dataclass(frozen=True, slots=True, order=True)
class Star:
    """What a type does in and around a set fits into as many routes as enter it (``resources`` index)."""

    members: Members
    resource: int


@dataclass(frozen=True, slots=True, order=True)
class Carriage:
    """Load carried by a type, from potentials of the villages.

    Attributes
    ----------
    group : tuple of int
        Group of each village, from 0.
    reach : tuple of tuple of float
        By group the potential of each village in km.
    turn : tuple of float
        In kg km; what is gained in one driving direction is lost in the other.
    """

    type: int
    group: tuple[int, ...]
    reach: tuple[tuple[float, ...], ...]
    turn: tuple[float, ...]


@dataclass(frozen=True, slots=True, order=True)
class NotAgain:
    """These routes (type, villages in order) are not driven all together once more."""

    routes: tuple[tuple[int, Members], ...]


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """How often a type (-1: all of them) enters a set of villages; of all villages, how many routes.

    An integer, so that it can be branched on; a row without bounds until then.
    """

    members: Members
    type: int


Row = Fleet | Enter | Star | Carriage | NotAgain | Count


def fleet_terms(carries: Vector, demand: FloatArray, divisor: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Coefficients floor(a) + min(1, frac(a) / r) of z(delta(S)) and right-hand sides of capacity cuts.

    a = cap_k / g, r = demand / g - ceil(demand / g) + 1: mixed-integer rounding (Nemhauser and Wolsey 1990,
    doi:10.1007/BF01585752) in place of ceil(a).

    Parameters
    ----------
    carries : array, shape (T,)
    demand, divisor : array, any one shape

    Returns
    -------
    coefficients : array, shape (..., T)
    rhs : array, shape (...)
    """
    ratio, wanted = carries / divisor[..., None], demand / divisor
    rhs = np.ceil(wanted - _EXCESS)
    part = np.minimum(wanted - rhs + 1, 1.0)[..., None] - _EXCESS
    whole = np.floor(ratio + _ROUNDING)
    over = np.maximum(ratio - whole, 0.0)
    share = np.where(part > _LEAST_PART, over * (1 + 1e-9) / np.maximum(part, _LEAST_PART), over > 0)
    return whole + np.minimum(1.0, share), 2 * rhs


def row_of(program: TreeProgram, cut: Row) -> tuple[FloatArray, float]:
    """Coefficients of all columns, and the least value (-inf for a ``Count``)."""
    row = np.zeros(len(program.upper))
    table = row[: program.carried.start].reshape(program.kinds, -1)
    if isinstance(cut, Carriage):
        _carriage(program, cut, row, table)
        return row, 0.0
    if isinstance(cut, NotAgain):
        return row, _not_again(program, cut, table)
    inside = np.zeros(program.n + 1, dtype=np.bool_)
    inside[list(cut.members)] = True
    if isinstance(cut, Star):
        _star(program, cut, inside, table)
        return row, 0.0
    if isinstance(cut, Count):
        share = np.ones(program.kinds) if cut.type < 0 else np.eye(program.kinds)[cut.type]
        if len(cut.members) == program.n:
            table[:, 0] = share
        else:
            _across(program, inside, share / 2, table)
        return row, -math.inf
    if isinstance(cut, Enter):
        _across(program, inside, np.eye(program.kinds)[cut.type], table)
        table[cut.type, cut.anchor] -= 2.0
        return row, 0.0
    weights, least = fleet_weights(program, cut)
    _across(program, inside, weights, table)
    return row, least


def fleet_weights(program: TreeProgram, cut: Fleet) -> tuple[Vector, float]:
    """Coefficient of each type's z(delta(S)) and right-hand side of a capacity cut."""
    day = program.day_program
    carries = day.carries[cut.dimension][list(program.layout.types)]
    demand = day.demand(cut.dimension)[np.array(cut.members) - 1].sum()
    weights, least = fleet_terms(carries, np.array(demand), np.array(cut.divisor))
    return weights, float(least)


def carriage_weights(program: TreeProgram, cut: Carriage, tail: Ints, head: Ints) -> Vector:
    """Weight of edges in a ``Carriage`` cut, in kg km: the larger one of the two driving directions."""
    day = program.day_program
    room, loads = carriage_room(program, cut.type, cut.group)
    reach = np.hstack([np.zeros((len(cut.reach), 1)), np.array(cut.reach)])
    turn = np.r_[0.0, cut.turn]
    km = day.km[tail, head]
    rise = reach[:, head] - reach[:, tail]
    gain = turn[tail] - turn[head]
    ahead = _lifted(np.maximum(rise - km, 0.0), room[tail], loads) + gain
    back = _lifted(np.maximum(-rise - km, 0.0), room[head], loads) - gain
    return np.asarray(np.maximum(ahead, back))


def carriage_room(program: TreeProgram, kind: int, group: tuple[int, ...]) -> tuple[Vector, Vector]:
    """Most a vehicle has aboard when it leaves each node, and most of each group, in kg."""
    kg = program.day_program.day.kg
    room = float(program.day_program.carries["kg"][program.layout.types[kind]]) * SLACK - kg
    return room, np.minimum(np.bincount(group, weights=kg[1:]), float(room[0])) * SLACK


def _lifted(over: FloatArray, room: Vector, loads: Vector) -> Vector:
    """Least room * s + sum over g of loads_g * max(0, over_g - s) over s >= 0; over (G, m), room (m,)."""
    steps = np.concatenate([np.zeros((1, over.shape[1])), over])
    rest = np.maximum(over[None] - steps[:, None], 0.0)
    return np.asarray((room * steps + np.einsum("g,sgm->sm", loads, rest)).min(axis=0))


def _across(program: TreeProgram, inside: Bools, weights: Vector, table: FloatArray) -> None:
    """Write weights times z(delta(S)), by the degree rows as 2 y(S) - 2 z(E(S)) where that is shorter."""
    layout, n = program.layout, program.n
    a, b = inside[layout.tail], inside[layout.head]
    if (a & b).sum() + inside.sum() < (a ^ b).sum():
        table[:, 1 + n :] = -2 * weights[:, None] * (a & b)
        table[:, 1 : 1 + n] = 2 * weights[:, None] * inside[1:]
    else:
        table[:, 1 + n :] = weights[:, None] * (a ^ b)


def _star(program: TreeProgram, cut: Star, inside: Bools, table: FloatArray) -> None:
    layout, n, resource = program.layout, program.n, program.resources[cut.resource]
    a, b = inside[layout.tail], inside[layout.head]
    took = resource.drive[layout.tail, layout.head]
    before = np.where(a, resource.reach[layout.head], resource.reach[layout.tail])
    row = table[resource.type]
    row[1 + n :] = np.where(a & b, -took, np.where(a ^ b, resource.most / 2 - took - before, 0.0))
    row[1 : 1 + n] = -resource.serve[1:] * inside[1:]
    row /= resource.most


def _carriage(program: TreeProgram, cut: Carriage, row: FloatArray, table: FloatArray) -> None:
    layout, n = program.layout, program.n
    own = np.array(cut.reach)[np.array(cut.group), np.arange(n)]
    row[program.carried.start + cut.type] = 1.0
    table[cut.type, 1 : 1 + n] = -program.day_program.day.kg[1:] * own / KG_KM
    table[cut.type, 1 + n :] = carriage_weights(program, cut, layout.tail, layout.head) / KG_KM


def _not_again(program: TreeProgram, cut: NotAgain, table: FloatArray) -> float:
    """Write minus (edges between villages + a quarter of those at the hub); at most a quarter less."""
    edge = {pair: e for e, pair in enumerate(zip(program.layout.tail, program.layout.head, strict=True))}
    value = 0.0
    for kind, route in cut.routes:
        row = table[kind, 1 + program.n :]
        for i, j in itertools.pairwise(route):
            row[edge[min(i, j), max(i, j)]] -= 1.0
        row[edge[0, route[0]]] -= 0.25
        if len(route) > 1:
            row[edge[0, route[-1]]] -= 0.25
        value += len(route) - 0.5
    return 0.25 - value
