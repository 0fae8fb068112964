"""Solve one routing problem: a plan, a safe bound, and how far they are apart."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import replace

from voltmile.problem.routing import Route, RoutingProblem, RoutingResult, Status
from voltmile.routes.labelling.pricer import LabelPricer
from voltmile.routes.pricing import Pricer
from voltmile.routes.recharging.pricer import RechargingPricer
from voltmile.routes.stop import Halt
from voltmile.solve.routing.alarm import alarm
from voltmile.solve.routing.dominated import needed_types, only, renamed
from voltmile.solve.routing.search import OutOfTimeError, Search, TraceRow, dearest_drive
from voltmile.solve.routing.seeds import seeds, seeds_pay
from voltmile.solve.routing.starts import first_routes, recharges
from voltmile.solve.routing.tree import Tree
from voltmile.solve.status import SolverError

_NEIGHBOURS = 10
#: Relative difference of cost and bound that is rounding.
_EQUAL = 1e-6


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
        Wall seconds after which the best plan and bound are returned; a linear program under way is
        finished first, and in a labelling what is done for all labels at once.
    gap
        Relative gap at which to stop.
    seed
        Of the searches for plans.
    stop
        Asked often, by another thread too, until it says True, which ends the solve like the time limit.
    on_event
        Called with every line of the trace.
    """
    types = needed_types(problem)
    useful = only(problem, types)
    priced = _vehicles_first(useful)
    search = Search(priced, time.perf_counter() + time_limit_s, stop, on_event, gap)
    failure = ""
    try:
        routes = first_routes(search, seed)
        pricer = pricer_of(priced, search.halt)
        with alarm(search):
            begins = seeds(search) if seeds_pay(priced) else None
            Tree(search, pricer, routes, seed, useful.vehicles_first, begins).run()
    except OutOfTimeError:
        search.note("stopped")
    except SolverError as error:  # what is proven stays proven
        search.note("failed")
        failure = str(error)
    return _result(useful, search, renamed(search.plan, types), failure)


def pricer_of(problem: RoutingProblem, halt: Halt | None = None) -> Pricer:
    """Return the pricing that knows what the problem's vehicles do, cut short once ``halt`` is set."""
    if recharges(problem):
        return RechargingPricer(problem, halt=halt)
    return LabelPricer(problem, _NEIGHBOURS, halt=halt)


def _vehicles_first(problem: RoutingProblem) -> RoutingProblem:
    """Make one route dearer than any plan, where fewest routes come first."""
    if not problem.vehicles_first:
        return problem
    surcharge = _surcharge(problem)
    vehicles = tuple(replace(v, fixed=v.fixed + surcharge) for v in problem.vehicles)
    return replace(problem, vehicles=vehicles, vehicles_first=False)


def _surcharge(problem: RoutingProblem) -> float:
    """Return a power of two above what any sensible plan costs."""
    if not problem.vehicles_first:
        return 0.0
    most = problem.size * max(v.fixed for v in problem.vehicles) + dearest_drive(problem)
    return float(2.0 ** math.ceil(math.log2(max(most, 1.0))))


def _result(problem: RoutingProblem, search: Search, plan: tuple[Route, ...], failure: str) -> RoutingResult:
    extra = _surcharge(problem) * len(plan)
    cost, bound = search.cost - extra, search.bound - extra
    if problem.vehicles_first and bound < 0:
        bound = -math.inf  # fewer routes are not excluded, so that no distance is
    return RoutingResult(
        status=_status(search),
        routes=plan,
        cost=cost if plan else math.inf,
        bound=min(bound, cost),
        bound_by=search.bound_by,
        columns=search.columns,
        cuts=search.cuts,
        nodes=search.nodes,
        time_s=search.seconds,
        trace=tuple(search.trace),
        failure=failure,
    )


def _status(search: Search) -> Status:
    if search.plan:
        near = search.cost - search.bound <= max(_EQUAL, search.gap) * max(1.0, abs(search.cost))
        return "optimal" if near else "feasible"
    if math.isinf(search.bound):
        return "infeasible" if search.bound > 0 else "nothing"
    return "bound only"
