"""One hub on one day to a proven gap: plans, bounds on every mix of vehicles, then branch and cut."""

from __future__ import annotations

import contextlib
import math
import time
from collections.abc import Callable, Sequence

from voltmile.routes.day import HubDay
from voltmile.routes.rates import Rates
from voltmile.routes.stop import Stop, asked_of
from voltmile.solve.hub_tree.mix_bounds import MixBounds
from voltmile.solve.hub_tree.mixes import MixSolver
from voltmile.solve.hub_tree.nodes import NodeSolver, Work
from voltmile.solve.hub_tree.plans import Plans
from voltmile.solve.hub_tree.program import TreeProgram, tree_program
from voltmile.solve.hub_tree.records import Effort, HubDayResult, TracePoint
from voltmile.solve.hub_tree.tree import Tree
from voltmile.solve.status import SolverError, Status

DEFAULT = Effort()


def solve_hub_day(
    day: HubDay,
    rates: Sequence[Rates],
    *,
    gap: float = 0.01,
    time_limit_s: float = math.inf,
    seed: int = 0,
    stop: Stop | None = None,
    max_nodes: int | None = None,
    effort: Effort = DEFAULT,
    clock: Callable[[], float] = time.perf_counter,
) -> HubDayResult:
    """Serve a hub on a day at least cost, any number of vehicles of each type, and prove how good it is.

    A limit or a stop never raises: the result has the best plan and bound so far. Without them the same
    arguments give the same result.

    Parameters
    ----------
    day
    rates
        Of each of ``day.rides``; not negative.
    gap
        Relative gap at which to end.
    time_limit_s
        Seconds by ``clock``. The linear program or plan search under way is finished first.
    seed
        Of the plan searches.
    stop
        An event or a function, asked between linear programs and searches.
    max_nodes
        Nodes of the tree at most.
    clock
        ``time.process_time`` counts the work instead of the wait.

    Raises
    ------
    ValueError
        For a negative rate, and a village no vehicle type can carry.
    """
    if any(min(r.fixed, r.per_km, r.per_h, r.per_unit) < 0 for r in rates):
        raise ValueError("a rate is negative: no bound holds")
    began = clock()
    ended, asked = _ends(began + time_limit_s, stop, clock)
    work = Work(ended, lambda: clock() - began)
    program = tree_program(day, rates)
    plans = Plans(day, rates, effort, seed)
    with work.on("plans"):
        _first_plans(plans, effort, work)
    searched, first = work.clock(), plans.cost
    scale = plans.cost if 0 < plans.cost < math.inf else 1 + 4 * float(program.matrix.c.max()) * program.n
    solver = NodeSolver(program, scale, effort, work)
    mixes = _mixes(plans, program, effort, gap, work)
    tree = Tree(solver, plans, gap, effort, work, mixes)
    known = tree.bound
    tree.trace += [TracePoint(searched, 0, first, 0.0), TracePoint(work.clock(), 0, plans.cost, tree.bound)]
    try:
        status = tree.run(max_nodes)
    except SolverError:  # what is proven stays proven
        status = Status.FAILED
    return HubDayResult(
        status=Status.INTERRUPTED if status is Status.TIME_LIMIT and asked() else status,
        routes=plans.routes,
        cost=plans.cost,
        bound=tree.bound,
        nodes=tree.nodes,
        cuts=len(solver.master.cuts),
        programs=solver.master.solves,
        bound_by="mixes" if 0 < known >= tree.bound else "branch and cut",
        seconds=work.clock(),
        parts=dict(work.parts),
        trace=tuple(tree.trace),
    )


def _first_plans(plans: Plans, effort: Effort, work: Work) -> None:
    """Search with any vehicles, from several seeds, and with one type at a time."""
    for number in range(effort.seeds):
        plans.search(number, work.over)
    plans.search_alone(work.over)
    plans.choose()


def _mixes(plans: Plans, program: TreeProgram, effort: Effort, gap: float, work: Work) -> MixBounds | None:
    """Bound all mixes of vehicles that may be in a better plan; None where they cannot be listed."""
    if not plans.routes or work.over():
        return None
    solver = MixSolver(plans.day, plans.rates, program, plans.cost, effort, work, plans.tours)
    first = [sum(route.ride == k for route in plans.routes) for k in program.layout.types]
    with contextlib.suppress(SolverError):  # what is proven stays proven
        solver.solve(first, gap)
    return solver.mixes


def _ends(
    at: float, stop: Stop | None, clock: Callable[[], float]
) -> tuple[Callable[[], bool], Callable[[], bool]]:
    """Return whether the time is over or a stop was asked for, and the latter alone."""
    asked = asked_of(stop)
    return lambda: clock() >= at or asked(), asked
