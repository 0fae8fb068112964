"""The two-index lower bound of a hub on a day, by cutting planes (models/README.md, *The bound*)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voltmile.routes.day import HubDay
from voltmile.routes.rates import Rates
from voltmile.solve.certificate import HubDayProof
from voltmile.solve.hub_master import HubMaster, dominators
from voltmile.solve.hub_proof import Duals, proof_of, proof_value, safe_value, weigh
from voltmile.solve.lp import LpResult
from voltmile.solve.matrix import FloatArray
from voltmile.solve.separation import Cut, CutPool, Separator, masks
from voltmile.solve.status import SolverError
from voltmile.solve.two_index import (
    LIMITS,
    Costs,
    DayProgram,
    Layout,
    day_program,
    near_edges,
    use_of,
)
from voltmile.solve.use import RouteUse

__all__ = ["CutPool", "Effort", "HubDayBound", "hub_day_bound", "nothing_proven", "proof_value"]


@dataclass(frozen=True)
class HubDayBound:
    """A lower bound on what serving a hub on a day costs at given rates.

    Attributes
    ----------
    value : float
        ``proof_value`` of the proof; holds over all routes.
    proof : HubDayProof
    use : RouteUse
        What the solution of the linear program takes; it costs ``value`` at the rates, up to the tolerance of
        the solver and what the edges outside the linear program would save.
    cuts, rounds : int
        Cuts in the last linear program, and linear programs solved.
    seconds : float
        Wall time.
    """

    value: float
    proof: HubDayProof
    use: RouteUse
    cuts: int
    rounds: int
    seconds: float


def nothing_proven(day: HubDay, rates: Sequence[Rates]) -> HubDayBound:
    """Return the bound of dual values that are all zero: what there is before any work was done."""
    kinds, n = len(day.rides), day.network.size
    duals = Duals(np.zeros(n), np.zeros((kinds, n + 1)), np.zeros((len(LIMITS), kinds)), (), np.zeros(0))
    value = proof_value(day, rates, proof_of(day, duals, 0.0))
    return HubDayBound(value, proof_of(day, duals, value), RouteUse(*np.zeros((4, kinds))), 0, 0, 0.0)


@dataclass(frozen=True)
class Effort:
    """How hard to try; the defaults were tuned on the three largest hubs of the quickstart instance.

    Attributes
    ----------
    neighbours : int
        Edges from each village to begin with, those at the hub apart.
    cuts_per_round : int
    rounds_per_program : int
        After so many rounds the cuts without a dual value leave and the edges that are missing come in.
    gain : float
        Relative gain between two such programs that is worth going on for.
    completions : int
        Programs at most in which missing edges come in after the last round of cuts.
    """

    neighbours: int = 8
    cuts_per_round: int = 120
    rounds_per_program: int = 8
    gain: float = 1e-4
    completions: int = 20


DEFAULT = Effort()


def hub_day_bound(
    day: HubDay, rates: Sequence[Rates], pool: CutPool, *, max_rounds: int = 40, effort: Effort = DEFAULT
) -> HubDayBound:
    """Bound the cost of serving a hub on a day from below.

    Parameters
    ----------
    day
    rates
        Of each of ``day.rides``; not negative.
    pool
        Of the hub; read, and added to. The same pool and arguments give the same bound.
    max_rounds
        Rounds of cuts at most; programs in which only edges come in are solved beyond, as without them the
        dual values prove little.

    Raises
    ------
    ValueError
        For a village no vehicle type can carry, and a hub-day that no set of routes can serve.
    """
    began = time.perf_counter()
    program = day_program(day)
    search = _Search(program, program.costs(rates), pool, effort)
    cuts = pool.start((day.year, day.day_type))
    last, rounds, best = -np.inf, 0, None
    while True:
        master = search.master(cuts)
        left = max_rounds - rounds
        result, used, complete = search.improve(master, min(effort.rounds_per_program, max(left, 1)))
        rounds += used
        duals = master.duals(result)
        weighed = weigh(program, search.costs, duals)
        value, objective = safe_value(program, weighed), _objective(result)
        if best is None or value > best.value:
            best = proof_of(day, duals, value)
        small = effort.gain * abs(objective)
        settled = objective - value <= small and (complete or objective - last <= small)
        last, cuts = objective, master.binding(result)
        proven = objective - value <= small
        if settled or (rounds >= max_rounds and (proven or rounds >= max_rounds + effort.completions)):
            break
        search.add_edges(weighed.reduced.drive, small)
    pool.remember((day.year, day.day_type), cuts)
    use = use_of(program, master.layout, _point(result))
    proof = best.model_copy(update={"value": proof_value(day, rates, best)})  # by its record alone
    return HubDayBound(proof.value, proof, use, len(master.cuts), rounds, time.perf_counter() - began)


class _Search:
    """What stays between the linear programs of one bound: types, edges, known sets."""

    def __init__(self, program: DayProgram, costs: Costs, pool: CutPool, effort: Effort) -> None:
        self.program, self.costs, self.pool, self.effort = program, costs, pool, effort
        self.stand_in = dominators(program, costs)
        self.types = tuple(sorted(set(self.stand_in)))
        self.known = masks(pool.sets, program.size)
        self.separator = Separator(program, self.types)
        # Trips to single villages use edges at the hub only; where these do not do, any edge may be needed.
        neighbours = effort.neighbours if program.serves_alone() else program.size
        near = near_edges(costs.drive[list(self.types)].min(axis=0), neighbours)
        for tail, head in pool.edges:
            near[tail, head] = True
        self.edges = near

    def master(self, cuts: Sequence[Cut]) -> HubMaster:
        """Return the linear program with these cuts and the edges so far."""
        tail, head = np.nonzero(self.edges)
        layout = Layout(self.program.size, self.types, tail, head)
        return HubMaster(self.program, self.costs, layout, self.stand_in, cuts)

    def improve(self, master: HubMaster, most: int) -> tuple[LpResult, int, bool]:
        """Solve and cut at most so many times; also how often, and whether no violated cut was left."""
        for solved in range(1, most + 1):
            result = master.solve()
            if solved == most:
                break
            new = self._violated(master, _point(result))
            if not new:
                return result, solved, True
            master.add(new)
        return result, most, False

    def _violated(self, master: HubMaster, x: FloatArray) -> list[Cut]:
        _, y, z = master.layout.split(x)
        flow = master.layout.spread(z)
        for deep in (False, True):
            found = self.separator.find(y, flow, self.known, self.effort.cuts_per_round, deep)
            new = [cut for cut in found if cut not in master.row_of]
            if new:
                return new
        return []

    def add_edges(self, reduced: FloatArray, small: float) -> None:
        """Add the edges whose reduced cost is, for some type, further below zero than rounding explains."""
        missing = np.triu(reduced.min(axis=0) < -0.01 * small / self.program.size, 1) & ~self.edges
        self.edges |= missing
        tail, head = np.nonzero(missing)
        self.pool.edges.update(dict.fromkeys(zip(tail.tolist(), head.tolist(), strict=True)))


def _point(result: LpResult) -> FloatArray:
    if result.x is None:
        raise SolverError("the two-index program has no solution")
    return result.x


def _objective(result: LpResult) -> float:
    return float("-inf") if result.objective is None else result.objective
