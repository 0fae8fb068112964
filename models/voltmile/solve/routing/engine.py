"""Solve one routing problem: a plan, a safe bound, and how far they are apart."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from voltmile.problem.routing import Route, RoutingProblem, RoutingResult, Status
from voltmile.routes.labelling.pricer import LabelPricer
from voltmile.solve.routing.search import OutOfTimeError, Search, TraceRow
from voltmile.solve.routing.tree import Tree

_NEIGHBOURS = 10


def solve_routing(
    problem: RoutingProblem,
    *,
    time_limit_s: float = math.inf,
    gap: float = 0.0,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
    on_event: Callable[[TraceRow], object] | None = None,
) -> RoutingResult:
    """Solve a routing problem by branch-cut-and-price.

    Parameters
    ----------
    problem
    time_limit_s
        Wall seconds after which the best plan and bound are returned; a labelling or a solve under way is finished
        first.
    gap
        Relative gap at which to stop.
    seed
    stop
        Asked often; True ends the solve like the time limit.
    on_event
        Called with every line of the trace.
    """
