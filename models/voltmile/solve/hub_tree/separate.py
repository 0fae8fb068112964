"""The search for violated cuts at a point: sets grown along the flow, and from minimum cuts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from voltmile.routes.network import Matrix, Vector
from voltmile.solve.hub_tree.carriage import carriage_cut
from voltmile.solve.hub_tree.cuts import Carriage, Enter, Fleet, Row, Star, fleet_terms
from voltmile.solve.hub_tree.growth import Sets, grow, single
from voltmile.solve.hub_tree.program import Resource, TreeProgram
from voltmile.solve.matrix import FloatArray
from voltmile.solve.separation import Members, cut_off_sets
from voltmile.solve.two_index import DIMENSIONS, Bools, Dimension

#: Least relative violation of a cut that is added.
_LEAST = 0.01
#: Two sets are nearly the same when they share more than this part of all their villages.
_ALIKE = 0.8
#: A type that serves no more than this of any village is not looked at.
_IDLE = 1e-3


@dataclass(frozen=True, eq=False)
class Family:
    """One kind of cut on many sets: violation and what else a cut needs (divisor, anchor), shape (c, s)."""

    short: FloatArray
    detail: FloatArray
    make: Callable[[Members, float], Row]


class Finder:
    """Finds cuts that a point violates; the same point gives the same cuts."""

    def __init__(self, program: TreeProgram) -> None:
        self.program = program
        loaded = [d for d in DIMENSIONS if program.day_program.demand(d).any()]
        self.dimensions = loaded[:1] if len(loaded) > 1 and _proportional(program) else loaded

    def find(self, x: FloatArray, most: int, *, deep: bool) -> list[Row]:
        """Most violated cuts on sets of villages.

        Parameters
        ----------
        deep : bool
            Look in the sets of minimum cuts, too.
        """
        program = self.program
        _, y, flow = program.split(x)
        z = program.layout.spread(flow)
        busy = [t for t in range(program.kinds) if y[t].max() > _IDLE]
        carries = self._carries(self.dimensions[0]) if self.dimensions else np.ones(program.kinds)
        together = z[:, 1:, 1:]
        found: list[tuple[float, Row]] = []
        for weight in (together.sum(axis=0), (carries[:, None, None] * together).sum(axis=0))[: len(busy)]:
            found += _worst(grow(weight, together), self._together(y, z, busy), most)
        for t in busy:
            forms = self._forms(z[t], t)
            found += _worst(grow(z[t, 1:, 1:], forms), self._of_type(y[t], z[t], t), most)
        if deep and (cut_off := cut_off_sets(y, z)).size:
            found += _worst(single(cut_off, together), self._together(y, z, busy), most)
            for t in busy:
                forms = self._forms(z[t], t)
                found += _worst(single(cut_off, forms), self._of_type(y[t], z[t], t), most)
        found.sort(key=lambda pair: pair[0])
        return list(dict.fromkeys(cut for _, cut in found))[:most]

    def carriage(self, x: FloatArray) -> list[Carriage]:
        """Return the most violated cut on the load carried, of each type."""
        program = self.program
        _, y, z = program.split(x)
        carried = x[program.carried]
        made = []
        for t, k in enumerate(program.layout.types):
            if y[t].max() > _IDLE and program.day_program.load[k] > 0:
                made.append(carriage_cut(program, t, y[t], z[t], float(carried[t])))
        return [cut for cut in made if cut is not None]

    def _carries(self, dimension: Dimension) -> Vector:
        return np.asarray(self.program.day_program.carries[dimension][list(self.program.layout.types)])

    def _resources(self, t: int) -> list[tuple[int, Resource]]:
        return [(index, r) for index, r in enumerate(self.program.resources) if r.type == t]

    def _forms(self, z: Matrix, t: int) -> FloatArray:
        """Forms whose sums over a set are z(S, S), and for each resource e(S, S) / 2 + h(S, S)."""
        forms = [z, *(z * (r.drive / 2 + r.reach) for _, r in self._resources(t))]
        return np.stack(forms)[:, 1:, 1:]

    def _together(self, y: Matrix, z: FloatArray, busy: list[int]) -> list[Callable[[Sets], Family]]:
        """Families on the sets that hang together in the flow of all types."""

        def across(of: Sets) -> FloatArray:
            return np.stack([of.total(z[t, 1:].sum(axis=1)) - of.within[t] for t in range(len(z))], axis=-1)

        def fleet(dimension: Dimension) -> Callable[[Sets], Family]:
            return lambda of: self._fleet(of, across(of), dimension)

        def enter(t: int) -> Callable[[Sets], Family]:
            return lambda of: _enter(of, across(of)[..., t], y[t], t)

        return [fleet(d) for d in self.dimensions] + [enter(t) for t in busy]

    def _of_type(self, y: Vector, z: Matrix, t: int) -> list[Callable[[Sets], Family]]:
        """Families on the sets that hang together in the flow of one type."""

        def across(of: Sets) -> FloatArray:
            return np.asarray(of.total(z[1:].sum(axis=1)) - of.within[0])

        def star(form: int, index: int, r: Resource) -> Callable[[Sets], Family]:
            each = (z * (r.drive + r.reach))[1:].sum(axis=1) + r.serve[1:] * y
            return lambda of: Family(
                (of.total(each) - of.within[form]) / r.most - across(of) / 2,
                np.zeros(of.within.shape[1:]),
                lambda members, _: Star(members, index),
            )

        found = [star(form, index, r) for form, (index, r) in enumerate(self._resources(t), start=1)]
        return [lambda of: _enter(of, across(of), y, t), *found]

    def _fleet(self, sets: Sets, across: FloatArray, dimension: Dimension) -> Family:
        carries = self._carries(dimension)
        demand = sets.total(self.program.day_program.demand(dimension))
        divisors = _divisors(carries, demand)
        weights, rhs = fleet_terms(carries, demand[..., None], divisors)
        lhs = np.sum([weights[..., k] * across[..., None, k] for k in range(len(carries))], axis=0)
        short = np.where(rhs > 0, 1 - lhs / np.maximum(rhs, 1), 0.0)
        best = short.argmax(axis=-1)[..., None]
        return Family(
            np.take_along_axis(short, best, axis=-1)[..., 0],
            np.take_along_axis(divisors, best, axis=-1)[..., 0],
            lambda members, divisor: Fleet(members, dimension, divisor),
        )


def _enter(sets: Sets, across: FloatArray, y: Vector, t: int) -> Family:
    served, anchor = sets.largest(y)
    return Family(
        served - across / 2, anchor.astype(np.float64) + 1, lambda members, i: Enter(members, t, int(i))
    )


def _worst(sets: Sets, made: list[Callable[[Sets], Family]], most: int) -> list[tuple[float, Row]]:
    """Most violated set of each chain and family, none on nearly the villages of an earlier one."""
    taken: list[tuple[float, Row]] = []
    for family in (make(sets) for make in made):
        at = family.short.argmax(axis=1)
        short = family.short[np.arange(len(at)), at]
        worst = [c for c in np.argsort(-short, kind="stable")[:most].tolist() if short[c] > _LEAST]
        inside = [sets.inside(c, int(at[c])) for c in worst]
        for j in unlike(inside, _ALIKE):
            c = worst[j]
            cut = family.make(members_of(inside[j]), float(family.detail[c, at[c]]))
            taken.append((-float(short[c]), cut))
    return taken


def unlike(sets: Sequence[Bools] | Bools, share: float, kinds: Sequence[int] | None = None) -> list[int]:
    """Take sets in their order, none that shares more than this part of all villages with one before.

    With ``kinds`` sets are only compared with those of the same kind.
    """
    if not len(sets):
        return []
    member = np.array(sets, dtype=np.float64)
    size, both = member.sum(axis=1), member @ member.T
    alike = both > share * (size[:, None] + size[None] - both)
    if kinds is not None:
        alike &= np.equal.outer(kinds, kinds)
    taken, left_out = list[int](), np.zeros(len(sets), dtype=np.bool_)
    for j in range(len(sets)):
        if not left_out[j]:
            taken.append(j)
            left_out |= alike[j]
    return taken


def members_of(inside: Bools) -> Members:
    """Village numbers of a row of booleans."""
    return tuple((np.flatnonzero(inside) + 1).tolist())


def _divisors(carries: Vector, demand: FloatArray) -> FloatArray:
    """Divisors worth trying, shape (c, s, g): where a coefficient or the right-hand side steps."""
    own = np.unique(carries)
    least = np.maximum(demand[..., None], 1e-9) * ((1 - 1e-6) / np.array([1.0, 2.0, 3.0]))
    return np.concatenate([np.broadcast_to(own, (*demand.shape, len(own))), least], axis=-1)


def _proportional(program: TreeProgram) -> bool:
    kg, m3 = (program.day_program.demand(d) for d in DIMENSIONS)
    return bool(np.allclose(kg * m3.sum(), m3 * kg.sum(), rtol=1e-9, atol=0))
