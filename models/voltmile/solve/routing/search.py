"""The state of one solve: the best plan, the columns and cuts known so far, the clock."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Route, RoutingProblem
from voltmile.routes.labelling.graphs import arc_cost
from voltmile.routes.recharging.evaluate import route_cost, with_charges
from voltmile.routes.stop import Halt, lowered
from voltmile.solve.routing.counts import RouteCounts

#: One line of the trace: seconds, step, bound, cost, columns, cuts.
TraceRow = tuple[float, str, float, float, int, int]


def dearest_drive(problem: RoutingProblem) -> float:
    """More than all driving and charging of a sensible plan costs.

    On the way to each customer and home it recharges three times at most, each time from empty to full.
    """
    leg = 0.0
    for v in problem.vehicles:
        curves = v.battery.charging.values() if v.battery is not None else ()
        charge = max((curve[-1][0] for curve in curves), default=0.0)
        time = v.per_time * (float(problem.time.max()) + charge)
        leg = max(leg, v.per_distance * float(problem.distance.max()) + time)
    return 2 * (problem.size + 1) * (1 + min(len(problem.stations), 3)) * leg


class OutOfTimeError(Exception):
    """The time limit is reached or somebody asked to stop."""


@dataclass(eq=False)
class Search:
    """What all parts of a solve share and change.

    Attributes
    ----------
    cost : float
        Of the best plan, infinity without one.
    bound : float
        Best proven bound of the whole problem.
    late : callable
        Whether something has to be done before the deadline, and the time for it has come.
    when_late : callable, optional
        Does it: called once, by the next ``check_time`` when it is late.
    halt : Halt
        Set by ``alarm`` to cut a labelling short, which proves nothing then; lowered by ``check_time``.
    failure : Exception, optional
        What ``stop`` raised when ``alarm`` asked it.
    counts : RouteCounts
    """

    problem: RoutingProblem
    deadline: float = math.inf
    stop: Callable[[], bool] | None = None
    on_event: Callable[[TraceRow], object] | None = None
    gap: float = 0.0
    plan: tuple[Route, ...] = ()
    cost: float = math.inf
    bound: float = -math.inf
    bound_by: str = "nothing"
    columns: int = 0
    cuts: int = 0
    nodes: int = 0
    late: Callable[[], bool] = lambda: False
    when_late: Callable[[], object] | None = None
    halt: Halt = field(default_factory=lowered)
    failure: Exception | None = None
    trace: list[TraceRow] = field(default_factory=list)
    began: float = field(default_factory=time.perf_counter)

    def __post_init__(self) -> None:
        self._stopped = False
        self.counts = RouteCounts(self.problem)
        self._arc_costs: dict[int, NDArray[np.float64]] = {}

    @property
    def dearest(self) -> float:
        """More than any plan costs."""
        p = self.problem
        return 1.0 + p.size * max(v.fixed for v in p.vehicles) + dearest_drive(p)

    @property
    def goal(self) -> float:
        """The most a better plan may cost."""
        unit = self.problem.cost_unit
        if not math.isfinite(self.cost):
            return self.dearest
        better = unit * (1 - 1e-4) if unit else 2e-8 * max(1.0, abs(self.cost))
        return self.cost - max(better, self.gap * abs(self.cost))

    def cost_of(self, route: Route) -> float:
        """Cost of a route."""
        if max(route.nodes) > self.problem.size:
            return route_cost(self.problem, route)
        costs = self._arc_costs.get(route.vehicle)
        if costs is None:
            costs = self._arc_costs[route.vehicle] = arc_cost(self.problem, route.vehicle)
        path = pairwise((0, *route.nodes, 0))
        return self.problem.vehicles[route.vehicle].fixed + math.fsum(costs[i, j] for i, j in path)

    def offer(self, routes: Sequence[Route], step: str) -> bool:
        """Take a plan that is better than the best one; the searches know no least number of routes.

        Routes over stations that do not say what they charge are charged at least cost.
        """
        used = Counter(r.vehicle for r in routes)
        if any(used[k] < v.least for k, v in enumerate(self.problem.vehicles)):
            return False
        if not routes:
            return False
        charged = [with_charges(self.problem, route) for route in routes]
        plan = tuple(route for route in charged if route is not None)
        cost = math.fsum(self.cost_of(r) for r in plan)
        if len(plan) < len(routes) or cost >= self.cost - 1e-9 * max(1.0, abs(cost)):
            return False
        self.plan, self.cost = plan, cost
        self.note(step)
        return True

    def raise_bound(self, bound: float, by: str) -> None:
        """Keep the best bound; costs that come in units round it up."""
        unit = self.problem.cost_unit
        if unit and math.isfinite(bound):
            bound = math.ceil(bound / unit - 1e-6) * unit
        bound = min(bound, self.cost)  # both infinite: proven infeasible
        if bound > self.bound:
            self.bound, self.bound_by = bound, by
            self.note(by)

    def note(self, step: str) -> None:
        """Write a line of the trace."""
        row = (self.seconds, step, self.bound, self.cost, self.columns, self.cuts)
        self.trace.append(row)
        if self.on_event is not None:
            self.on_event(row)

    @property
    def seconds(self) -> float:
        """Wall seconds since the solve began."""
        return time.perf_counter() - self.began

    @property
    def left(self) -> float:
        """Wall seconds until the deadline."""
        return self.deadline - time.perf_counter()

    def ended(self) -> bool:
        """Whether it is time to stop."""
        return self.left <= 0 or self.stopped()

    def stopped(self) -> bool:
        """Whether somebody asked to stop, now or before."""
        if not self._stopped and self.stop is not None and self.stop():
            self._stopped = True
        return self._stopped

    def due(self) -> bool:
        """Whether the next ``check_time`` has something to do."""
        return self.ended() or self._overdue()

    def check_time(self) -> None:
        """Raise when it is time to stop, or what ``stop`` raised; do what is to be done when it is late."""
        if self.failure is not None:
            raise self.failure
        if not self.ended() and self._overdue():
            self.hurry()
        if self.ended():
            raise OutOfTimeError
        self.halt[0] = False

    def _overdue(self) -> bool:
        return self.when_late is not None and self.late()

    def hurry(self) -> None:
        """Do what is to be done when it is late, unless it has been done."""
        do, self.when_late = self.when_late, None
        if do is not None:
            do()
