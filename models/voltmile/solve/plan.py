"""Solve a nation whole: tours, prices with a certified bound, columns, one MIP."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from voltmile.problem.nation import Nation
from voltmile.routes.columns import Column
from voltmile.routes.generate import Serving
from voltmile.routes.rates import Rates
from voltmile.solve import hub_work
from voltmile.solve.bridge import compile_model
from voltmile.solve.canary import canary
from voltmile.solve.certificate import Certificate, DualValue
from voltmile.solve.crew import Crew
from voltmile.solve.frame import Frame, Vector, frame_of, names_of
from voltmile.solve.hub_bound import CutPool, HubDayBound
from voltmile.solve.choice import choose_plans
from voltmile.solve.hub_work import ColumnEffort, DayKey, FirstServings
from voltmile.solve.interrupt import watching
from voltmile.solve.joint import Decided, JointEffort, JointProgram
from voltmile.solve.linking import linking
from voltmile.solve.offers import Offers
from voltmile.solve.outcome import Outcome
from voltmile.solve.prices import Block, BlockKey, Master, lagrangian
from voltmile.solve.progress import (
    BoundImproved,
    HubPriced,
    Listener,
    Message,
    MipProgress,
    PhaseStarted,
    unheard,
)
from voltmile.solve.singles import InfeasibleError, single_columns
from voltmile.solve.solution import Solution
from voltmile.solve.status import Status
from voltmile.solve.use import RouteUse, price_of
from voltmile.solve.watch import Progress

__all__ = ["Effort", "InfeasibleError", "NoPlanError", "solve"]


Value = TypeVar("Value")

#: How far the prices move from where the bound was best towards the master's: all the way, its duals jump.
_TOWARDS = 0.5


class NoPlanError(RuntimeError):
    """A limit or Ctrl-C came before the first plan."""


@dataclass(frozen=True)
class Effort:
    """How hard each part works; counts, not seconds, so that a run can be repeated.

    Attributes
    ----------
    tour_iterations : int
        PyVRP iterations of a search with one vehicle type.
    offer_rounds : int
        Times the hubs are asked for plans at new prices.
    price_rounds, cut_rounds : int
        Prices at which bounds are computed, and rounds of cuts in each hub's bound.
    columns : ColumnEffort
    start_nodes, joint_nodes : int
        Branch-and-bound nodes of the MIP with fixed routes, and of the joint one.
    joint_gap : float
        Relative gap at which the joint MIP (over its columns) stops.
    """

    tour_iterations: int = 150
    offer_rounds: int = 5
    price_rounds: int = 3
    cut_rounds: int = 40
    columns: ColumnEffort = ColumnEffort(mixes=6, iterations=150, kept=80, plans=2, nodes=50)
    start_nodes: int = 300
    joint_nodes: int = 60
    joint_gap: float = 5e-3


@dataclass
class _Run:
    """What one call of :func:`solve` carries from phase to phase."""

    nation: Nation
    crew: Crew
    effort: Effort
    seed: int
    tell: Listener
    stop: threading.Event
    deadline: float
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        self.tell(PhaseStarted(name))
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begin

    @property
    def left_s(self) -> float:
        return self.deadline - time.perf_counter()

    @property
    def over(self) -> bool:
        return self.stop.is_set() or self.left_s <= 0


@dataclass(frozen=True)
class _Bounded:
    """The best bound so far, the prices it holds at and what the hubs proved there."""

    value: float
    dual: Vector
    hubs: Mapping[BlockKey, HubDayBound]


def solve(
    nation: Nation,
    *,
    gap: float = 0.01,
    time_limit_s: float = 600.0,
    workers: int = 1,
    seed: int = 1,
    effort: Effort | None = None,
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
    seed : int
        Everything random derives from it and from the names it belongs to.
    effort : Effort, optional
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
    SolverError
        When the solver is broken or gives up unexpectedly.
    """
    canary()
    stop = stop or threading.Event()
    effort = effort or Effort()
    with watching(stop), Crew(nation, workers) as crew:
        deadline = time.perf_counter() + time_limit_s
        run = _Run(nation, crew, effort, seed, on_progress, stop, deadline)
        return _solve(run, gap)


def _solve(run: _Run, gap: float) -> Solution:
    with run.phase("frame"):
        blocks, frame = _frame(run)
    with run.phase("tours"):
        first = _tours(run, sorted({key[0] for key in blocks}))
    with run.phase("columns"):
        offers, dual = _offers(run, blocks, frame, first)
    with run.phase("bound"):
        bounded = _bound(run, frame, offers, dual)
    with run.phase("plan"):
        program = JointProgram(run.nation, [c for offer in offers.values() for c in offer.columns])
        decided = _decide(run, frame, offers, program, bounded.value)
    return _solution(run, gap, decided, bounded, frame, program)


def _frame(run: _Run) -> tuple[dict[BlockKey, Block], Frame]:
    """Blocks of all hubs with villages, and the joint program without its routes."""
    nation = run.nation
    days = [
        day
        for hub in sorted(nation.hub)
        if nation.villages_of[hub]
        for day in hub_work.days_of(nation, hub).values()
    ]
    keys = [(day.network.hub, day.year, day.day_type) for day in days]
    blocks = {key: Block(key, day, linking(nation, day)) for key, day in zip(keys, days, strict=True)}
    model = JointProgram.statement(nation, single_columns(nation, days))
    return blocks, frame_of(compile_model(model))


def _tours(run: _Run, hubs: Sequence[str]) -> dict[str, FirstServings]:
    tasks = [(hub, run.effort.tour_iterations, run.seed) for hub in hubs]
    found: dict[str, FirstServings] = {}
    for position, first in run.crew.run(hub_work.first_servings, tasks, run.stop):
        found[hubs[position]] = first
        run.tell(Message(f"hub {hubs[position]}: {len(first.servings)} servings"))
    if len(found) < len(hubs):
        raise NoPlanError("stopped before the first plan: tours were still being searched")
    return {hub: found[hub] for hub in hubs}


def _offers(
    run: _Run, blocks: Mapping[BlockKey, Block], frame: Frame, first: Mapping[str, FirstServings]
) -> tuple[dict[BlockKey, Offers], Vector]:
    """Let hubs offer plans at prices, and price the offers, until no hub has a cheaper one."""
    master = Master(frame, blocks)
    for hub, found in first.items():
        for (y, d), uses in found.uses.items():
            for use in uses:
                master.propose((hub, y, d), use)
    dual = frame.clipped(master.solve().dual)
    offers = {key: Offers(block) for key, block in blocks.items()}
    servings = {hub: found.servings for hub, found in first.items()}
    master = Master(frame, blocks)
    effort = run.effort.columns
    for _ in range(run.effort.offer_rounds):
        rates = {key: block.rates(frame, dual) for key, block in blocks.items()}
        tasks = [(hub, _of_hub(hub, rates), servings[hub], effort, run.seed) for hub in servings]
        fresh = _collect(run, tasks, offers, servings, master, rates)
        prices = master.solve()
        cheaper = sum(
            price_of(use, rates[key]) < prices.convexity[key] - 1e-6 * abs(prices.convexity[key])
            for key, use in fresh
        )
        run.tell(Message(f"{sum(len(o.plans) for o in offers.values())} plans: {prices.value:,.0f} CNY"))
        dual = frame.clipped(prices.dual)
        if not fresh or run.over:
            break
        # Later rounds only recombine what the first one searched.
        effort = replace(effort, mixes=0)
        run.tell(Message(f"{cheaper} of {len(fresh)} new plans cheaper"))
    return offers, dual


def _collect(
    run: _Run,
    tasks: Sequence[tuple[Any, ...]],
    offers: Mapping[BlockKey, Offers],
    servings: dict[str, list[Serving]],
    master: Master,
    rates: Mapping[BlockKey, Sequence[Rates]],
) -> list[tuple[BlockKey, RouteUse]]:
    """Take in what every hub offers; return the new plans' uses."""
    found = dict(run.crew.run(hub_work.columns, tasks, run.stop))
    if len(found) < len(tasks):
        raise NoPlanError("stopped before the first plan: columns were still being chosen")
    fresh = []
    for position in range(len(tasks)):
        hub = tasks[position][0]
        servings[hub] = found[position].servings
        for (y, d), made in found[position].days.items():
            for use in offers[hub, y, d].add(made):
                master.propose((hub, y, d), use)
                fresh.append(((hub, y, d), use))
    return fresh


def _bound(run: _Run, frame: Frame, offers: Mapping[BlockKey, Offers], dual: Vector) -> _Bounded:
    """Bound at the prices of the offers, then move the prices to where the bounds meet."""
    blocks = {key: offer.block for key, offer in offers.items()}
    hubs = sorted({key[0] for key in blocks})
    pools = {hub: CutPool() for hub in hubs}
    master = Master(frame, blocks)
    for key, offer in offers.items():
        for use in offer.uses():
            master.propose(key, use)
    best: _Bounded | None = None
    for _ in range(run.effort.price_rounds):
        rates = {key: block.rates(frame, dual) for key, block in blocks.items()}
        hub_bounds = _bounds(run, hubs, rates, pools, best)
        if len(hub_bounds) < len(blocks):
            break
        value = lagrangian(frame, dual, [b.value for b in hub_bounds.values()])
        run.tell(Message(f"bound at these prices: {value:,.0f} CNY"))
        if best is None or value > best.value:
            best = _Bounded(value, dual, hub_bounds)
        run.tell(BoundImproved(best.value))
        for key, bound in hub_bounds.items():
            master.propose(key, bound.use)
        priced = master.solve()
        if priced.value - best.value <= 1e-3 * abs(priced.value) or run.over:
            break
        dual = frame.clipped(_TOWARDS * priced.dual + (1 - _TOWARDS) * best.dual)
    if best is None:
        raise NoPlanError("stopped before the first bound")
    return best


def _bounds(
    run: _Run,
    hubs: Sequence[str],
    rates: Mapping[BlockKey, Sequence[Rates]],
    pools: dict[str, CutPool],
    best: _Bounded | None,
) -> dict[BlockKey, HubDayBound]:
    tasks = []
    for hub in hubs:
        tasks.append((hub, _of_hub(hub, rates), pools[hub], run.effort.cut_rounds))
    found: dict[BlockKey, HubDayBound] = {}
    for position, (days, pool) in run.crew.run(hub_work.bounds, tasks, run.stop):
        hub = hubs[position]
        pools[hub] = pool
        found.update({(hub, y, d): bound for (y, d), bound in days.items()})
        city = run.nation.hub[hub].city
        for y, d in days:
            run.tell(HubPriced(city, hub, y, d, len(found), best.value if best else None))
    return {key: found[key] for key in rates if key in found}


def _of_hub(hub: str, values: Mapping[BlockKey, Value]) -> dict[DayKey, Value]:
    return {(y, d): value for (h, y, d), value in values.items() if h == hub}


def _decide(
    run: _Run, frame: Frame, offers: Mapping[BlockKey, Offers], program: JointProgram, bound: float
) -> Decided:
    """Choose one plan a day with the fleet that fits, then decide over all columns together."""
    effort = run.effort
    start = _start(run, frame, offers, program)
    if start is not None:
        run.tell(BoundImproved(bound, start.objective, _gap(start.objective, bound)))

    def progress(p: Progress) -> None:
        run.tell(MipProgress(p.primal, p.dual, p.gap, p.nodes, p.seconds))

    outcome = start
    if start is None or not run.over:
        whole = JointEffort(effort.joint_gap, effort.joint_nodes, max(run.left_s, 10.0))
        outcome = program.solve(start, whole, progress, run.stop)
        if not outcome.has_incumbent and start is not None:
            outcome = start
    assert outcome is not None
    if not outcome.has_incumbent:
        raise _no_plan(run, outcome.status)
    decided = program.decided(outcome)
    run.tell(BoundImproved(bound, decided.objective, _gap(decided.objective, bound)))
    return decided


def _start(
    run: _Run, frame: Frame, offers: Mapping[BlockKey, Offers], program: JointProgram
) -> Outcome | None:
    """Choose one of the offered plans for every day, then everything else for exactly these routes."""
    effort = run.effort
    blocks = {key: offer.block for key, offer in offers.items()}
    plans = {key: offer.uses() for key, offer in offers.items()}
    picked, _ = choose_plans(
        frame, blocks, plans, gap=2e-3, nodes=effort.start_nodes, time_limit_s=max(run.left_s, 10.0)
    )
    if picked is None:
        return None
    chosen, first = [], 0
    for key, offer in offers.items():
        chosen += [first + j for j in list(offer.plans)[picked[key]]]
        first += len(offer.columns)
    fixed = JointEffort(1e-4, effort.start_nodes, max(run.left_s, 10.0))
    outcome = program.with_routes(chosen, fixed)
    return outcome if outcome.has_incumbent else None


def _no_plan(run: _Run, status: Status) -> Exception:
    if status in (Status.INFEASIBLE, Status.INFEASIBLE_OR_UNBOUNDED):
        hard = ", ".join(limit.id for limit in run.nation.limits if limit.price_cny_per_unit is None)
        return InfeasibleError(
            "no plan over the generated routes keeps all hard limits; give a limit a price_cny_per_unit to see "
            f"what it lacks. Hard limits: {hard}"
        )
    return NoPlanError(f"the joint program ended without a plan: {status}")


def _solution(
    run: _Run, gap: float, decided: Decided, bounded: _Bounded, frame: Frame, program: JointProgram
) -> Solution:
    nation = run.nation
    status = Status.NODE_LIMIT
    if _gap(decided.objective, bounded.value) <= gap:
        status = Status.OPTIMAL
    elif run.stop.is_set():
        status = Status.INTERRUPTED
    elif run.left_s <= 0:
        status = Status.TIME_LIMIT
    return Solution(
        nation=nation,
        plan=decided.plan,
        status=status,
        objective=decided.objective,
        bound=bounded.value,
        costs=decided.costs,
        routes=decided.routes,
        columns=decided.columns,
        certificate=_certificate(bounded, frame),
        seconds_by_phase=dict(run.seconds),
        sizes={
            "cities": len(nation.cities),
            "hubs": len(nation.hubs),
            "villages": len(nation.villages),
            "columns": len(program.columns),
            "rows": program.compiled.n_rows,
            "variables": program.compiled.n_cols,
        },
    )


def _certificate(bounded: _Bounded, frame: Frame) -> Certificate:
    grouped = names_of(frame.as_mapping(bounded.dual))
    return Certificate(
        bound=bounded.value,
        duals={
            name: tuple(DualValue(row=row, value=value) for row, value in rows)
            for name, rows in sorted(grouped.items())
        },
        hub_days=tuple(bound.proof for bound in bounded.hubs.values()),
    )


def _gap(objective: float | None, bound: float) -> float | None:
    return None if not objective else (objective - bound) / abs(objective)
