"""What a solve of one hub-day is asked for and what it returns."""

from __future__ import annotations

import math
from dataclasses import dataclass

from voltmile.routes.tours import Tour
from voltmile.solve.status import Status


@dataclass(frozen=True)
class Effort:
    """How hard to work in each part of a solve; numbers, not seconds, so that a run can be repeated.

    Attributes
    ----------
    neighbours : int
        Edges from each village to begin with, those at the hub apart.
    root_rounds, node_rounds : int
        Linear programs at the root, and at every other node, at most.
    cuts_per_round, most_cuts : int
        Cuts added at once; with more than so many in all, those without a dual value leave.
    candidates : int
        Branchings tried out at a node before one is taken.
    annealing, iterations : int
        Ruins of each search; with time windows, iterations of each PyVRP search.
    annealing_each, annealing_alone : int
        Ruins with each type alone, and with the best one of them.
    seeds, more_seeds, every : int
        Searches of the free fleet: at first, and one more after every so many nodes.
    guided : int
        With time windows, nodes whose numbers of vehicles are searched for a plan.
    mix_rounds : int
        Linear programs of a mix of vehicles at a time, at most.
    """

    neighbours: int = 8
    root_rounds: int = 80
    node_rounds: int = 8
    cuts_per_round: int = 100
    most_cuts: int = 350
    candidates: int = 5
    annealing: int = 60_000
    iterations: int = 500
    annealing_each: int = 3_000
    annealing_alone: int = 30_000
    seeds: int = 1
    more_seeds: int = 8
    every: int = 4
    guided: int = 12
    mix_rounds: int = 40


@dataclass(frozen=True, slots=True)
class PlannedRoute:
    """A route of a plan: the vehicle type as position in ``HubDay.rides``, and what it drives."""

    ride: int
    tour: Tour


@dataclass(frozen=True, slots=True)
class TracePoint:
    """Where a solve stood: seconds and nodes since the start, cost of the best plan, bound."""

    seconds: float
    nodes: int
    cost: float
    bound: float


@dataclass(frozen=True)
class HubDayResult:
    """The best plan of a hub-day and a bound no plan undercuts.

    Attributes
    ----------
    status : Status
        OPTIMAL: proven within the gap asked for. Otherwise what ended the search; UNKNOWN when nothing was
        left to branch on (the bound prices loads more cheaply than roads do).
    routes : tuple of PlannedRoute
        Empty when no plan was found.
    cost : float
        Infinity without a plan.
    bound : float
        Holds over all plans, by safe arithmetic.
    nodes, cuts, programs : int
        Nodes of the tree, cuts in the last linear program, linear programs solved.
    bound_by : str
        What proved the bound: ``branch and cut`` or ``mixes``.
    seconds : float
        By the clock of the call.
    parts : dict
        Seconds by part of the work.
    """

    status: Status
    routes: tuple[PlannedRoute, ...]
    cost: float
    bound: float
    nodes: int
    cuts: int
    programs: int
    bound_by: str
    seconds: float
    parts: dict[str, float]
    trace: tuple[TracePoint, ...]

    @property
    def gap(self) -> float:
        """(cost - bound) / cost; 1 without a plan, 0 for a plan that costs nothing."""
        if not math.isfinite(self.cost):
            return 1.0
        return (self.cost - self.bound) / self.cost if self.cost > 0 else 0.0
