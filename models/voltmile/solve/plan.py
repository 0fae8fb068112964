"""Solve a nation: whole (tours, offers at moving prices, a certified bound, one MIP), or city by city."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np

from voltmile.problem.nation import Nation
from voltmile.routes.columns import Column
from voltmile.solve.blocks import blocks_of
from voltmile.solve.bounding import Bounded, bound, certificate
from voltmile.solve.bridge import compile_model
from voltmile.solve.canary import canary
from voltmile.solve.crew import Crew
from voltmile.solve.deciding import decide
from voltmile.solve.decomposition.effort import CityEffort
from voltmile.solve.decomposition.lacking import refuse
from voltmile.solve.decomposition.market import Market, market_of_uses
from voltmile.solve.decomposition.search import Found
from voltmile.solve.decomposition.solve import explained, solve_by_cities
from voltmile.solve.decomposition.stages import Stages
from voltmile.solve.decomposition.store import Store
from voltmile.solve.decomposition.worth import Worth, worth_of
from voltmile.solve.frame import Frame, frame_of
from voltmile.solve.hub_work import FirstServings
from voltmile.solve.infeasible import InfeasibleError
from voltmile.solve.interrupt import watching
from voltmile.solve.joint import Decided, JointProgram
from voltmile.solve.offers import first_servings, gather
from voltmile.solve.prices import Block, BlockKey
from voltmile.solve.progress import Listener, unheard
from voltmile.solve.run import Effort, NoPlanError, Run, relative_gap
from voltmile.solve.singles import single_columns
from voltmile.solve.solution import Solution
from voltmile.solve.status import Status
from voltmile.solve.use import RouteUse

__all__ = ["CityEffort", "Effort", "InfeasibleError", "Method", "NoPlanError", "solve"]

Method = Literal["auto", "joint", "cities"]

#: Cities up to which one MIP decides everything together unless told otherwise.
JOINT_CITIES = 4


def solve(
    nation: Nation,
    *,
    gap: float = 0.01,
    time_limit_s: float = 600.0,
    workers: int = 1,
    cluster: str | None = None,
    seed: int = 1,
    effort: Effort | None = None,
    method: Method = "auto",
    city_effort: CityEffort | None = None,
    work: Path | None = None,
    known: Sequence[Sequence[Column]] = (),
    explain: bool = True,
    on_progress: Listener = unheard,
    stop: threading.Event | None = None,
) -> Solution:
    """Plan fleets, chargers and routes of a nation together, with a certified bound.

    Parameters
    ----------
    gap : float
        Relative gap at which a plan counts as optimal.
    time_limit_s : float
        Wall seconds after which nothing more is improved. The first plan and the first bound are always
        finished, so that a very short limit is exceeded rather than answered by nothing.
    workers : int
        Processes that work on hubs side by side; the results do not depend on it.
    cluster : str, optional
        Address of a Dask scheduler, or "slurm", instead of processes of this machine.
    seed : int
        Everything random derives from it and from the names it belongs to.
    effort : Effort, optional
        How hard each part of the joint method works.
    method : {"auto", "joint", "cities"}
        ``joint``: one MIP over the columns of all cities. ``cities``: decomposition into cities at prices of
        the national limits, whose effort grows linearly in cities. ``auto``: joint up to ``JOINT_CITIES``.
    city_effort : CityEffort, optional
        How hard each part of the method by cities works.
    work : Path, optional
        Folder in which the method by cities keeps what is finished; a call with the same nation, seed, effort
        and code goes on from there. A temporary one by default.
    known : sequence of sequences of Column
        Routes of plans of the same nation found before, under other limits; the joint method may use them
        too, and begins with such a plan where it is the best it has.
    explain : bool
        Whether to find out, by solving again, what limits and one more van are worth. Without it the solution
        has no ``prices`` and no ``vans``; everything else is the same.
    on_progress : callable
        Hears the events of :mod:`voltmile.solve.progress`.
    stop : threading.Event, optional
        Set it, or press Ctrl-C, to end early with the best plan and bound.

    Returns
    -------
    Solution

    Raises
    ------
    InfeasibleError
        When no plan exists, with what stands in the way.
    NoPlanError
        When Ctrl-C came before the first plan.
    ClusterError
        When the cluster is not there.
    SolverError
        When the solver is broken or gives up unexpectedly.
    """
    stop = stop or threading.Event()
    with watching(stop), Crew(nation, workers, cluster) as crew:
        canary()
        deadline = time.perf_counter() + time_limit_s
        run = Run(nation, crew, effort or Effort(), seed, on_progress, stop, deadline, explain)
        if method == "joint" or (method == "auto" and len(nation.cities) <= JOINT_CITIES):
            return _solve(run, gap, known)
        with _folder(work) as folder:
            stages = Stages(nation, crew, Store(folder), on_progress, stop.is_set)
            solution = solve_by_cities(run, stages, city_effort or CityEffort(), gap)
    return solution if work is not None else replace(solution, kept=None)


@contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="voltmile-") as name:
        yield Path(name)


def _solve(run: Run, gap: float, known: Sequence[Sequence[Column]]) -> Solution:
    with run.phase("frame"):
        blocks, frame = _frame(run.nation)
    with run.phase("tours"):
        first = first_servings(run, sorted({key[0] for key in blocks}))
    with run.phase("columns"), in_words(run, _uses(first)):
        offers, dual = gather(run, blocks, frame, first)
    plans = {key: list(offer.plans.values()) for key, offer in offers.items()}
    with run.phase("bound"):
        bounded = bound(run, frame, offers, dual)
    with run.phase("plan"), in_words(run, plans):
        decided = decide(run, frame, offers, bounded.value, known)
    solution = _solution(run, gap, decided, bounded, frame)
    return explained(run, solution, lambda: _worth(run, plans, solution))


def _uses(first: Mapping[str, FirstServings]) -> dict[BlockKey, Sequence[RouteUse]]:
    """Return what the first plans of all days take."""
    return {(hub, y, d): uses for hub, one in first.items() for (y, d), uses in one.uses.items()}


@contextmanager
def in_words(run: Run, plans: Mapping[BlockKey, Sequence[RouteUse]]) -> Iterator[None]:
    """Explain an InfeasibleError city by city and limit by limit, where mixtures of plans see it too."""
    try:
        yield
    except InfeasibleError as error:
        market, found = _market(run.nation, plans)
        refuse(market, found, whole=market.counts)
        words = "with parts of vehicles, or with parts of green cities, all of them could be kept"
        raise InfeasibleError(f"{error}; {words}") from error


def _worth(run: Run, plans: Mapping[BlockKey, Sequence[RouteUse]], solution: Solution) -> Worth | None:
    """Price the limits and one more van, as the method by cities does, over the plans the hubs offered."""
    market, found = _market(run.nation, plans)
    return worth_of(market, found, solution.plan, run.stop.is_set)


def _market(nation: Nation, plans: Mapping[BlockKey, Sequence[RouteUse]]) -> tuple[Market, Found]:
    market = market_of_uses(nation, plans)
    start = market.frame.clipped(np.zeros(len(market.frame.keys)))
    return market, market.search(start, CityEffort().price_rounds, whole=market.counts)


def _frame(nation: Nation) -> tuple[dict[BlockKey, Block], Frame]:
    """Blocks of all hubs with villages, and the joint program without its routes."""
    blocks = blocks_of(nation)
    days = [block.day for block in blocks.values()]
    return blocks, frame_of(compile_model(JointProgram.statement(nation, single_columns(nation, days))))


def _solution(run: Run, gap: float, decided: Decided, bounded: Bounded, frame: Frame) -> Solution:
    nation = run.nation
    return Solution(
        nation=nation,
        plan=decided.plan,
        status=_status(run, relative_gap(decided.objective, bounded.value), gap),
        objective=decided.objective,
        bound=bounded.value,
        costs=decided.costs,
        routes=decided.routes,
        columns=decided.columns,
        certificate=certificate(bounded, frame),
        seconds_by_phase=dict(run.seconds),
        sizes={
            "cities": len(nation.cities),
            "hubs": len(nation.hubs),
            "villages": len(nation.villages),
            "columns": len(decided.columns),
            "rows": decided.rows,
            "variables": decided.variables,
        },
    )


def _status(run: Run, reached: float | None, gap: float) -> Status:
    """Return why the solve ended: the gap, Ctrl-C, the time limit, or the effort it was allowed."""
    if reached is None or reached <= gap:
        return Status.OPTIMAL
    if run.stop.is_set():
        return Status.INTERRUPTED
    return Status.TIME_LIMIT if run.left_s <= 0 else Status.NODE_LIMIT
