"""Bounds on the numbers of vehicles of every type (*mixes*), each from what the others taught.

Each mix is a two-index program of its own, of few types. Its dual values bound all mixes at once, as a
number and a cost for each route of a type (:mod:`voltmile.solve.hub_tree.prices`): Benders' decomposition,
its master the list of all mixes. models/ROUTING.md, *Hub-days*, has the proof.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from voltmile.routes.day import HubDay
from voltmile.routes.network import Vector
from voltmile.routes.pool_prices import pool_prices
from voltmile.routes.rates import Rates
from voltmile.solve.hub_tree.ascent import Ascent
from voltmile.solve.hub_tree.branching import Limits
from voltmile.solve.hub_tree.cuts import Count, Enter, Fleet, Row
from voltmile.solve.hub_tree.lessons import Lesson
from voltmile.solve.hub_tree.mix_bounds import MixBounds, list_mixes, value_of
from voltmile.solve.hub_tree.nodes import NodeSolver, Work
from voltmile.solve.hub_tree.prices import Multipliers, RouteFloor, multipliers
from voltmile.solve.hub_tree.program import TreeProgram, tree_program
from voltmile.solve.hub_tree.records import Effort
from voltmile.solve.hub_tree.routes import Routes, Walk
from voltmile.solve.hub_tree.ruin import Nodes
from voltmile.solve.hub_tree.strict import StrictFloor, strict_floor
from voltmile.solve.hub_tree.strict_ascent import StrictAscent
from voltmile.solve.two_index import Bools

#: Cuts that a mix begins with.
_BEGIN = 150
#: Rounds without gain before cutting a mix ends.
_PATIENCE = 3
#: Rounds after which it ends where it stays behind what other mixes prove.
_BEHIND = 4
#: Gaps that all mixes are to reach before any is worked on for the next one.
_AIMS = tuple(0.06 * 0.9**k for k in range(30))
#: Parts of a mix at most.
_PARTS = 200
#: Steps of an ascent at a time.
_STEPS = 40


@dataclass(eq=False)
class _Mix:
    """A mix under way.

    Attributes
    ----------
    own : list of int
        Its types, as positions in the list of mixes.
    rides : list of int
        The same as positions in the day.
    solver : NodeSolver
        Of its two-index program, which comes first.
    ascent : Ascent or None
        Over walks.
    parts : list of StrictAscent
        Over routes, once there are any.
    taught : array or None
        What others learned last: least costs of its routes.
    """

    own: list[int]
    rides: list[int]
    solver: NodeSolver
    ascent: Ascent | None = None
    parts: list[StrictAscent] = field(default_factory=list)
    taught: Vector | None = None

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
        self.mixes = list_mixes(program, day, rates, cost) if self._floor.possible else None
        self._lessons: list[Lesson] = []
        self._lesson = np.full(len(self.mixes.counts) if self.mixes else 0, -1)  # that proved most for a mix
        self._pool: dict[int, dict[Nodes, Walk]] = {}  # routes known, by vehicle type

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
        if mix.parts and self._strict is not None:
            self._visit_strictly(mixes, at, mix, self._strict, target)
        elif mix.ascent is None:
            self._visit_program(mixes, at, mix, target)
        else:
            self._visit_walks(mixes, at, mix, mix.ascent, target)

    def _visit_program(self, mixes: MixBounds, at: int, mix: _Mix, target: float) -> None:
        """Cut the two-index program; where it gives no more, go on to an ascent."""
        known, behind = float(mixes.bound[at]), _BEHIND if self._lesson[at] >= 0 else None
        done = mix.solver.bound(known, target, self._effort.mix_rounds, _PATIENCE, set[Row](), behind)
        _, _, duals, _ = mix.solver.master.solve()
        self._remember(mix, duals)
        self._raise(mixes, at, done.bound)
        led = self._lesson[at] < 0
        if done.x is not None and not self._work.over():
            self._go_on(mixes, at, mix, duals)
        if led and mix.ascent is not None:
            self._teach(mixes, self._floor, at, mix, mix.ascent, target)
        elif led:
            found = multipliers(mix.solver.master, duals, mix.rides)
            self._learn(mixes, self._floor, found, at, target, {})

    def _visit_walks(self, mixes: MixBounds, at: int, mix: _Mix, ascent: Ascent, target: float) -> None:
        """Raise the bound over walks; where it gives no more, go on over routes."""
        if not self._taught_strictly(at):
            ascent.run(target, _STEPS, self._work)
            self._raise(mixes, at, ascent.bound)
            self._teach(mixes, self._floor, at, mix, ascent, target)
        if self._strict is None:
            mixes.done[at] = ascent.done
        elif (ascent.done or self._taught_strictly(at)) and not self._work.over():
            self._go_on(mixes, at, mix, ascent.duals)

    def _go_on(self, mixes: MixBounds, at: int, mix: _Mix, duals: Vector) -> None:
        """Begin the next ascent, at its own dual values or those of another mix that proved more for it."""
        counts = mixes.counts[at, mix.own].tolist()
        strictly = mix.ascent is not None or self._taught_strictly(at)
        if self._lesson[at] >= 0:
            duals = self._lessons[self._lesson[at]].put_into(mix.solver.master, mix.rides)
        with self._work.on("ascent"):
            if self._strict is not None and strictly:
                begins = mix.solver.master, duals, self._routes(mix), self._floor, self._strict
                mix.parts = [StrictAscent(*begins, mix.rides, counts, self._cost)]
                self._raise(mixes, at, mix.least.bound)
            else:
                walks = mix.solver.master, duals, self._no_routes(mix), self._floor, mix.rides, counts
                mix.ascent = Ascent(*walks, self._cost, brief=self._strict is not None)
                self._raise(mixes, at, mix.ascent.bound)

    def _taught_strictly(self, at: int) -> bool:
        """Whether what is known of a mix was proven over routes of another one."""
        return bool(self._lesson[at] >= 0) and self._lessons[self._lesson[at]].strict

    def _raise(self, mixes: MixBounds, at: int, bound: float) -> None:
        """Note what a mix proved itself: no lesson says more any longer."""
        if bound > mixes.bound[at]:
            mixes.bound[at], self._lesson[at] = bound, -1

    def _visit_strictly(
        self, mixes: MixBounds, at: int, mix: _Mix, strict: StrictFloor, target: float
    ) -> None:
        """Work on the part of least bound; where it gives no more, part it or search harder."""
        part = mix.least
        if not part.done:
            part.run(target, _STEPS, self._work)
        else:
            with self._work.on("ascent"):
                if not part.harder(cut_off=True):
                    halves = part.halves() if len(mix.parts) < _PARTS else []
                    mixes.done[at] = not (halves or part.longer() or part.harder(cut_off=False))
                    mix.parts = [*(one for one in mix.parts if one is not part), *(halves or [part])]
        self._raise(mixes, at, mix.least.bound)
        if len(mix.parts) == 1:  # dual values of a part say little of other mixes
            self._share(mix.rides, part.routes)
            self._teach(mixes, strict, at, mix, part, target)

    def _teach(
        self,
        mixes: MixBounds,
        floor: RouteFloor | StrictFloor,
        at: int,
        mix: _Mix,
        ascent: Ascent,
        target: float,
    ) -> None:
        """Let others learn from the best dual values of an ascent, if they are new."""
        if mix.taught is not ascent.each:
            mix.taught = ascent.each
            known = dict(zip(mix.own, ascent.each.tolist(), strict=True))
            self._learn(mixes, floor, ascent.best, at, target, known)

    def _learn(
        self,
        mixes: MixBounds,
        floor: RouteFloor | StrictFloor,
        found: Multipliers,
        at: int,
        target: float,
        known: Mapping[int, float],
    ) -> None:
        """Raise the bounds of other mixes to what dual values of one prove for all.

        Only types that it has, or a mix under the target, are priced; all mixes of these types learn.

        Parameters
        ----------
        known : mapping
            What the routes of types cost at least, where that is proven already.
        """
        with self._work.on("mixes"):
            low = mixes.bound < target
            low[at] = True
            types = np.flatnonzero(mixes.counts[low].any(axis=0))
            unknown = np.setdiff1d(types, list(known)).astype(np.int64)
            floors = floor.bound(found, unknown)
            least = dict(known) | dict(zip(unknown.tolist(), floors.each.tolist(), strict=True))
            rest = np.setdiff1d(np.arange(len(mixes.rides)), types)
            able = np.flatnonzero(~mixes.counts[:, rest].any(axis=1))
            each = np.array([least[t] for t in types.tolist()])
            value = value_of(floors.fixed, each, mixes.counts[np.ix_(able, types)])
            by = {mixes.rides[t]: mixes.rides[t] for t in known}
            by |= {mixes.rides[t]: ride for t, ride in zip(unknown.tolist(), floors.by.tolist(), strict=True)}
            self._lessons.append(Lesson(found, by, floor is self._strict))
            self._lesson[able[(value > mixes.bound[able]) & (able != at)]] = len(self._lessons) - 1
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

    def _routes(self, mix: _Mix) -> Routes:
        """Tours that the types of the mix can drive, and routes that other mixes found."""
        routes = self._no_routes(mix)
        for q, ride in enumerate(mix.rides):
            if ride not in self._pool:
                routes.add_all(q, [nodes for nodes, drives in self._drives if drives[ride]], feasible=True)
            for walk in self._pool.get(ride, {}).values():
                routes.take(q, walk, feasible=True)
        self._share(mix.rides, routes)
        return routes

    def _share(self, rides: Sequence[int], routes: Routes) -> None:
        """Let other mixes begin with the routes that one has."""
        for t, walk in routes.feasible_walks():
            self._pool.setdefault(rides[t], {}).setdefault(walk.nodes, walk)

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
