"""Bounds on the numbers of vehicles of every type (*mixes*), each from what the others taught.

Each mix is a two-index program of its own, of few types. Its dual values bound all mixes at once, as a
number and a cost for each route of a type (:mod:`voltmile.solve.hub_tree.prices`): Benders' decomposition,
its master the list of all mixes. models/ROUTING.md, *Hub-days*, has the proof.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from voltmile.routes.day import HubDay
from voltmile.routes.network import Vector
from voltmile.routes.pool_prices import pool_prices
from voltmile.routes.rates import Rates
from voltmile.solve.hub_tree.ascent import Ascent, Routes
from voltmile.solve.hub_tree.branching import Limits
from voltmile.solve.hub_tree.cuts import Count, Enter, Fleet, Row
from voltmile.solve.hub_tree.floor import plan_floor
from voltmile.solve.hub_tree.nodes import NodeSolver, Work
from voltmile.solve.hub_tree.prices import Multipliers, RouteFloor, multipliers
from voltmile.solve.hub_tree.program import SLACK, TreeProgram, tree_program
from voltmile.solve.hub_tree.records import Effort
from voltmile.solve.hub_tree.ruin import Nodes
from voltmile.solve.hub_tree.strict import StrictFloor, strict_floor
from voltmile.solve.hub_tree.strict_ascent import StrictAscent
from voltmile.solve.matrix import FloatArray
from voltmile.solve.two_index import Bools, Ints

#: More mixes than so many are too many to list.
_MOST = 400_000
#: Cuts that a mix begins with.
_BEGIN = 150
#: Rounds without gain before cutting a mix ends.
_PATIENCE = 4
#: Gaps that all mixes are to reach before any is worked on for the next one.
_AIMS = tuple(0.06 * 0.9**k for k in range(30))
#: Parts of a mix at most.
_PARTS = 200
#: Steps of an ascent at a time.
_STEPS = 40


@dataclass(frozen=True, eq=False)
class MixBounds:
    """What is known of all mixes that may be in a plan cheaper than the best one.

    Attributes
    ----------
    rides : tuple of int
        Positions of the types in ``day.rides``.
    counts : array of int, shape (m, T)
    bound : array, shape (m,)
        No plan with these numbers of vehicles costs less.
    done : array of bool, shape (m,)
        There is no more to be had.
    rest : float
        No plan with any other mix costs less.
    """

    rides: tuple[int, ...]
    counts: Ints
    bound: Vector
    done: Bools
    rest: float

    @property
    def least(self) -> float:
        """No plan at all costs less."""
        return float(self.bound.min(initial=self.rest))


@dataclass(eq=False)
class _Mix:
    """A mix under way: its two-index program, the ascent over walks, then that over routes, in parts."""

    own: list[int]
    rides: list[int]
    solver: NodeSolver
    ascent: Ascent | None = None
    parts: list[StrictAscent] = field(default_factory=list)

    @property
    def least(self) -> StrictAscent:
        """The part of least bound."""
        return min(self.parts, key=lambda part: part.bound)


class MixSolver:
    """Solves mixes, always the one of least bound next.

    Parameters
    ----------
    program : TreeProgram
        Of all types.
    cost : float
        Of the best plan.
    tours : sequence of tuple of int
        That may be routes of good plans.

    Attributes
    ----------
    mixes : MixBounds or None
        None where there are too many, or nothing to begin with.
    """

    def __init__(
        self,
        day: HubDay,
        rates: Sequence[Rates],
        program: TreeProgram,
        cost: float,
        effort: Effort,
        work: Work,
        tours: Sequence[Nodes] = (),
    ) -> None:
        self._day, self._rates, self._cost = day, list(rates), cost
        self._effort, self._work, self._tours = effort, work, tours
        self._floor = RouteFloor(program, day, rates)
        self._strict = strict_floor(program, day, self._floor, cost)
        self._known: dict[tuple[int | None, Fleet | Enter], None] = {}
        self._begun: dict[int, _Mix] = {}
        self.mixes = self._listed(program) if self._floor.possible else None

    def _listed(self, program: TreeProgram) -> MixBounds | None:
        rides = program.layout.types
        base, each = plan_floor(self._day, self._rates)
        if each <= 0 or not base < self._cost < math.inf:
            return None
        carries = program.day_program.carries["kg"][list(rides)]
        most = min(self._day.network.size, math.floor((self._cost - base) / each * (1 + 1e-9)))
        counts = all_mixes(carries * SLACK, float(self._day.kg.sum()), most)
        if counts is None:
            return None
        _, serves, _ = program.split(program.upper)
        counts = counts[((counts > 0) @ (serves > 0).astype(np.int64) > 0).all(axis=1)]
        bound = base + each * counts.sum(axis=1)
        return MixBounds(rides, counts, bound, np.zeros(len(counts), dtype=np.bool_), self._cost)

    def solve(self, first: Sequence[int], gap: float) -> None:
        """Raise the least bound until it is within the gap, or the mix that has it gives no more.

        Parameters
        ----------
        first : sequence of int
            The mix to begin with.
        """
        mixes = self.mixes
        if mixes is None or not len(mixes.counts):
            return
        same = np.flatnonzero((mixes.counts == np.array(first)).all(axis=1))
        at = int(same[0]) if len(same) else int(mixes.bound.argmin())
        for aim in [a for a in _AIMS if a > gap] + [gap]:
            while mixes.bound[at] < self._cost * (1 - aim):
                if self._work.over() or mixes.done[at]:
                    return
                self._visit(mixes, at, self._cost * (1 - aim))
                at = int(mixes.bound.argmin())

    def _visit(self, mixes: MixBounds, at: int, target: float) -> None:
        """Work on a mix, and learn from it about all others."""
        mix = self._begun.get(at)
        if mix is None:
            mix = self._begun[at] = self._begin(mixes, at)
        master = mix.solver.master
        if mix.ascent is None:
            done = mix.solver.bound(
                float(mixes.bound[at]), target, self._effort.mix_rounds, _PATIENCE, set[Row]()
            )
            _, _, duals, _ = master.solve()
            found = multipliers(master, duals, mix.rides)
            mixes.bound[at] = max(mixes.bound[at], done.bound)
            self._remember(mix, duals)
            if done.x is not None and not self._work.over():
                mix.ascent = self._ascent(mixes, at, mix, duals)
        elif mix.ascent.done and self._strict is not None:
            self._visit_strictly(mixes, at, mix, mix.ascent, self._strict, target)
            return
        else:
            mix.ascent.run(target, _STEPS, self._work)
            found = mix.ascent.best
            mixes.bound[at] = max(mixes.bound[at], mix.ascent.bound)
            mixes.done[at] = mix.ascent.done and self._strict is None
        self._learn(mixes, self._floor, found, at, target)

    def _visit_strictly(
        self, mixes: MixBounds, at: int, mix: _Mix, walks: Ascent, strict: StrictFloor, target: float
    ) -> None:
        """Work on the part of least bound; where it gives no more, part it or search harder."""
        if not mix.parts:
            mix.parts = [self._strict_ascent(mix, walks, strict)]
        part = mix.least
        if not part.done:
            part.run(target, _STEPS, self._work)
        else:
            with self._work.on("ascent"):
                if not part.harder(cut_off=True):
                    halves = part.halves() if len(mix.parts) < _PARTS else []
                    mixes.done[at] = not (halves or part.longer() or part.harder(cut_off=False))
                    mix.parts = [*(one for one in mix.parts if one is not part), *(halves or [part])]
        mixes.bound[at] = max(mixes.bound[at], mix.least.bound)
        if len(mix.parts) == 1:  # dual values of a part say little of other mixes
            self._learn(mixes, strict, part.best, at, target)

    def _learn(
        self, mixes: MixBounds, floor: RouteFloor | StrictFloor, found: Multipliers, at: int, target: float
    ) -> None:
        """Raise the bounds of other mixes to what dual values of one prove for all.

        Only types that it has, or a mix under the target, are priced; all mixes of these types learn.
        """
        with self._work.on("mixes"):
            low = mixes.bound < target
            low[at] = True
            types = np.flatnonzero(mixes.counts[low].any(axis=0))
            fixed, each = floor.bound(found, types)
            rest = np.setdiff1d(np.arange(len(mixes.rides)), types)
            able = np.flatnonzero(~mixes.counts[:, rest].any(axis=1))
            value = value_of(fixed, each, mixes.counts[np.ix_(able, types)])
            mixes.bound[able] = np.maximum(mixes.bound[able], value)

    def _begin(self, mixes: MixBounds, at: int) -> _Mix:
        own = [t for t in range(len(mixes.rides)) if mixes.counts[at, t]]
        rides = [mixes.rides[t] for t in own]
        program = self._program(rides)
        solver = NodeSolver(program, self._cost, self._effort, self._work, carriage=False)
        solver.master.add(self._handed(rides))
        limits: Limits = {
            Count(program.everyone, q): (float(mixes.counts[at, t]),) * 2 for q, t in enumerate(own)
        }
        solver.enter(limits)
        return _Mix(own, rides, solver)

    def _ascent(self, mixes: MixBounds, at: int, mix: _Mix, duals: Vector) -> Ascent:
        routes = self._no_routes(mix)
        counts = mixes.counts[at, mix.own].tolist()
        brief = self._strict is not None
        mixed = mix.solver.master, duals, routes, self._floor, mix.rides, counts
        with self._work.on("ascent"):
            return Ascent(*mixed, self._cost, brief=brief)

    def _strict_ascent(self, mix: _Mix, before: Ascent, strict: StrictFloor) -> StrictAscent:
        """Begin where walks end, from the tours that the types of the mix can drive."""
        routes = self._no_routes(mix)
        for nodes, drives in self._drives:
            for q, k in enumerate(mix.rides):
                if drives[k]:
                    routes.add(q, nodes, feasible=True)
        strictly = mix.solver.master, before.duals, routes, self._floor, strict, mix.rides, before.counts
        with self._work.on("ascent"):
            return StrictAscent(*strictly, self._cost)

    def _no_routes(self, mix: _Mix) -> Routes:
        program = mix.solver.program
        rates = [self._rates[k] for k in mix.rides]
        return Routes(program, program.day_program.day, rates, self._floor)

    @cached_property
    def _drives(self) -> list[tuple[Nodes, Bools]]:
        """Tours known, and which types can drive each."""
        if not self._tours:
            return []
        prices = pool_prices(self._day, self._tours, self._rates)
        able = np.isfinite(prices.cost)
        return [(tour.nodes, able[j]) for j, tour in enumerate(prices.tours)]

    def _program(self, rides: Sequence[int]) -> TreeProgram:
        day = replace(self._day, rides=tuple(self._day.rides[k] for k in rides))
        return tree_program(day, [self._rates[k] for k in rides])

    def _remember(self, mix: _Mix, duals: Vector) -> None:
        """Keep the cuts that have a dual value, with the type they are of."""
        for cut, row in mix.solver.master.row.items():
            if duals[row] > 0 and isinstance(cut, (Fleet, Enter)):
                key = (mix.rides[cut.type] if isinstance(cut, Enter) else None, cut)
                self._known.pop(key, None)
                self._known[key] = None

    def _handed(self, rides: Sequence[int]) -> list[Row]:
        """Return the newest cuts known that a mix of these types can use."""
        found: dict[Row, None] = {}
        for ride, cut in reversed(self._known):
            if isinstance(cut, Fleet):
                found[cut] = None
            elif ride in rides:
                found[Enter(cut.members, rides.index(ride), cut.anchor)] = None
        return list(found)[:_BEGIN]


def value_of(fixed: float, each: Vector, counts: Ints) -> FloatArray:
    """Return fixed + counts @ each, less what rounding can add."""
    number = counts.astype(np.float64)
    size = abs(fixed) + number @ np.abs(each)
    return np.asarray(fixed + number @ each - (len(each) + 4) * 2.0**-52 * size)


def all_mixes(carries: Vector, demand: float, routes: int) -> Ints | None:
    """All mixes of at most so many routes that carry the demand, shape (m, T); None for too many."""
    kinds = len(carries)
    if math.comb(routes + kinds, kinds) > _MOST:
        return None
    found = [np.zeros((0, kinds), dtype=np.int64)]
    for number in range(1, routes + 1):
        some = np.array(list(itertools.combinations_with_replacement(range(kinds), number)))
        mix = np.stack([(some == t).sum(axis=1) for t in range(kinds)], axis=1)
        found.append(mix[mix @ carries >= demand])
    return np.concatenate(found)
