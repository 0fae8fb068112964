"""One node of the tree: cutting planes, and branchings tried out."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Collection
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from voltmile.routes.network import Vector
from voltmile.solve.hub_tree.branching import Candidate, Limits, candidates, halves
from voltmile.solve.hub_tree.carriage import shortest_ways
from voltmile.solve.hub_tree.cuts import Row
from voltmile.solve.hub_tree.master import Master
from voltmile.solve.hub_tree.memory import Memory
from voltmile.solve.hub_tree.program import TreeProgram
from voltmile.solve.hub_tree.records import Effort
from voltmile.solve.hub_tree.separate import Finder
from voltmile.solve.matrix import FloatArray

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Rounds between two looks at the edges that are missing.
_EDGE_ROUNDS = 6
#: Penalties hold something when their columns sum to more.
_HELD = 1e-6


@dataclass
class Work:
    """What the parts of a solve share: the end of the time, and where it goes."""

    over: Callable[[], bool]
    clock: Callable[[], float]
    parts: dict[str, float] = field(default_factory=lambda: defaultdict(float))

    @contextmanager
    def on(self, part: str) -> Iterator[None]:
        """Count the seconds of a block."""
        began = self.clock()
        try:
            yield
        finally:
            self.parts[part] += self.clock() - began


@dataclass(frozen=True)
class Bounded:
    """A node after its cutting planes: a safe bound, and the point unless the bound settles the node."""

    bound: float
    objective: float
    x: FloatArray | None


class NodeSolver:
    """Bounds nodes one after the other with one linear program.

    Parameters
    ----------
    scale : float
        What a plan costs, about; penalties are ten times as much.
    carriage : bool
        Look for cuts on the load carried, which takes as long as everything else.
    """

    def __init__(
        self, program: TreeProgram, scale: float, effort: Effort, work: Work, *, carriage: bool = True
    ) -> None:
        self.program, self.effort, self.work = program, effort, work
        self.master = Master(program, 10 * scale, effort.neighbours)
        self.master.add([shortest_ways(program, t) for t in range(program.kinds)])
        self._finder, self._carriage = Finder(program), carriage
        self._scale = scale
        self._limits: Limits = {}
        self._memory = Memory()

    def enter(self, limits: Limits) -> None:
        """Take the bounds of a node."""
        for count in self._limits:
            if count not in limits and count in self.master.row:
                self.master.limit(count, -math.inf, math.inf)
        for count, (low, high) in limits.items():
            self.master.limit(count, low, high)
        self._limits = limits

    def bound(
        self,
        known: float,
        target: float,
        rounds: int,
        patience: int,
        kept: Collection[Row],
        behind: int | None = None,
    ) -> Bounded:
        """Cut until the bound reaches the target, nothing is violated, or little is gained.

        Parameters
        ----------
        known : float
            A bound already proven for the node.
        patience : int
            Rounds without gain before it ends.
        kept : collection of Row
            Rows that must not leave the linear program.
        behind : int, optional
            Rounds after which it also ends where as many more, each like the last, would not come up to what
            is known.
        """
        best, values, since, done = known, list[float](), 0, False
        for solved in range(1, rounds + 1):
            objective, x, duals, held = self._solve()
            values.append(objective)
            small = 1e-3 * abs(self._scale - objective) + 2e-5 * self._scale
            done = len(values) > patience and values[-1] - values[-1 - patience] < small
            done |= solved == rounds or self.work.over()
            if behind is not None and solved >= behind and len(values) > 1:
                done |= values[-1] + behind * (values[-1] - values[-2]) < known
            since += 1
            cuts: list[Row] = []
            if not done and held <= _HELD and objective < target and since < _EDGE_ROUNDS:
                cuts = self._violated(x, len(values) > 3 and objective - values[-4] < small)
            if not cuts:
                proven, added = self._price(duals, small)
                best, since = max(best, proven), 0
                if best >= target:
                    return Bounded(best, objective, None)
                if added and objective - proven > small and not self.work.over():
                    values.clear()
                    if done or held > _HELD:
                        continue
                elif done:
                    return Bounded(best, objective, x)
                cuts = self._violated(x, True)
                if not cuts and objective - proven <= small:
                    return Bounded(best, objective, x)
            if len(self.master.cuts) > self.effort.most_cuts:
                self.master.purge(duals, kept)
            self.master.add(cuts)
        return self._settled(best, target)

    def _settled(self, best: float, target: float) -> Bounded:
        """Bring in the edges that are missing, without further cuts."""
        for _ in range(10):
            objective, x, duals, _ = self._solve()
            small = 1e-4 * self._scale
            proven, added = self._price(duals, small)
            best = max(best, proven)
            if best >= target:
                return Bounded(best, objective, None)
            if not added or objective - proven <= small or self.work.over():
                break
        return Bounded(best, objective, x)

    def branching(self, node: Bounded, limits: Limits) -> Candidate | None:
        """Return the branching that raises both children most.

        New ones are tried out, each child solved once without new cuts; of those tried before the gains are
        known. The score is that of Linderoth and Savelsbergh (1999, doi:10.1287/ijoc.11.2.173).
        """
        if node.x is None:
            return None
        tried = candidates(self.program, node.x, limits, self.effort.candidates)
        tried += self._memory.fractional(self.program, node.x, limits, tried)
        best, chosen = -math.inf, None
        with self.work.on("branching"):
            for candidate in tried:
                if chosen is not None and self.work.over():
                    return chosen
                if len(tried) > 1 and not self._memory.knows(candidate.count):
                    self._memory.learn(candidate, self._gains(candidate, limits, node.objective))
                score = self._memory.score(candidate)
                if score > best:
                    best, chosen = score, candidate
        return chosen

    def _gains(self, candidate: Candidate, limits: Limits, objective: float) -> tuple[float, float]:
        gains = []
        for low, high in halves(candidate, limits):
            self.master.limit(candidate.count, low, high)
            value, _, _, _ = self.master.solve()
            gains.append(max(0.0, min(value - objective, 0.2 * self._scale)))
        self.master.limit(candidate.count, *limits.get(candidate.count, (-math.inf, math.inf)))
        return gains[0], gains[1]

    def _solve(self) -> tuple[float, FloatArray, Vector, float]:
        with self.work.on("programs"):
            return self.master.solve()

    def _price(self, duals: Vector, small: float) -> tuple[float, int]:
        """Safe bound of dual values; brings in the edges whose reduced costs keep it down."""
        with self.work.on("edges"):
            value, reduced = self.master.safe_value(duals)
            return value, self.master.add_edges(reduced, 0.01 * small / self.program.n)

    def _violated(self, x: FloatArray, stuck: bool) -> list[Row]:
        """Violated cuts; those that take longer to find only where the quick ones gain nothing."""
        with self.work.on("cuts"):
            most = self.effort.cuts_per_round
            found: dict[Row, None] = dict.fromkeys(self._finder.find(x, most, deep=False))
            if stuck or len(found) < 10:
                if self._carriage:
                    found |= dict.fromkeys(self._finder.carriage(x))
                found |= dict.fromkeys(self._finder.find(x, most, deep=True))
            return [cut for cut in found if cut not in self.master.row]
