"""The seams to what solves and what checks: a function each, so that nothing else here knows them."""

from __future__ import annotations

from collections.abc import Callable

from voltmile.problem.routing import RoutingProblem, RoutingResult
from voltmile.study.benchmark.settings import Settings

TraceRow = tuple[float, str, float, float, int, int]
"""(time_s, step, bound, cost, columns, cuts)"""


def trust() -> None:
    """Refuse a solver that is known to be wrong.

    Raises
    ------
    SolverError
    """
    from voltmile.solve.canary import canary

    canary()


def solve(
    problem: RoutingProblem,
    settings: Settings,
    stop: Callable[[], bool],
    on_event: Callable[[TraceRow], object],
) -> RoutingResult:
    """Solve a problem; ends early with what there is when ``stop`` says so.

    The kernels are compiled before the clock of the solve starts.
    """
    from voltmile.solve.routing.engine import solve_routing
    from voltmile.solve.routing.starts import recharges
    from voltmile.solve.routing.warm_up import warm_up

    warm_up(recharges(problem))
    return solve_routing(
        problem,
        time_limit_s=settings.time_limit_s,
        gap=settings.gap,
        seed=settings.seed,
        stop=stop,
        on_event=on_event,
    )


def check(problem: RoutingProblem, result: RoutingResult) -> list[str]:
    """Check a plan with code that shares nothing with the solver; a line for each thing that is wrong."""
    from voltmile.check.routing import check_routing

    return check_routing(problem, result.routes, result.cost)
