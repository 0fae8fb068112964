"""The plan: one offered plan for every hub and day to start from, then one MIP over all columns."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from voltmile.routes.columns import Column
from voltmile.solve.choice import choose_plans
from voltmile.solve.frame import Frame
from voltmile.solve.infeasible import contradiction
from voltmile.solve.joint import Decided, JointEffort, JointProgram
from voltmile.solve.offers import Offers
from voltmile.solve.outcome import Outcome
from voltmile.solve.prices import BlockKey
from voltmile.solve.progress import BoundImproved, MipProgress
from voltmile.solve.run import NoPlanError, Run, relative_gap
from voltmile.solve.status import Status
from voltmile.solve.watch import Progress

#: Relative gap of the choice among plans, which is only a start.
_START_GAP = 2e-3


def decide(
    run: Run,
    frame: Frame,
    offers: Mapping[BlockKey, Offers],
    bound: float,
    known: Sequence[Sequence[Column]] = (),
) -> Decided:
    """Decide everything over the offered columns, and those of plans known from before.

    Raises
    ------
    InfeasibleError
        When no choice of columns keeps all limits.
    NoPlanError
        When a limit came before the first plan.
    """
    offered = [c for offer in offers.values() for c in offer.columns]
    before = [c for plan in known for c in plan]
    program = JointProgram(run.nation, list(dict.fromkeys([*offered, *before])))
    start = _best([_start(run, frame, offers, program), *_known_starts(run, program, known)])
    if start is not None:
        run.tell(BoundImproved(bound, start.objective, relative_gap(start.objective, bound)))

    def progress(p: Progress) -> None:
        run.tell(MipProgress(p.primal, p.dual, p.gap, p.nodes, p.seconds))

    outcome = start
    if outcome is None or not run.over:
        whole = JointEffort(run.effort.joint_gap, run.effort.joint_nodes)
        found = program.solve(start, whole, progress, run.patience())
        outcome = found if found.has_incumbent or start is None else start
    if not outcome.has_incumbent:
        if outcome.status in (Status.INFEASIBLE, Status.INFEASIBLE_OR_UNBOUNDED):
            raise contradiction(run.nation, "no plan over the generated routes keeps all limits")
        raise NoPlanError(f"the joint program ended without a plan: {outcome.status}")
    decided = program.decided(outcome)
    run.tell(BoundImproved(bound, decided.objective, relative_gap(decided.objective, bound)))
    return decided


def _start(
    run: Run, frame: Frame, offers: Mapping[BlockKey, Offers], program: JointProgram
) -> Outcome | None:
    """Choose one of the offered plans for every day, then everything else for exactly these routes."""
    blocks = {key: offer.block for key, offer in offers.items()}
    plans = {key: list(offer.plans.values()) for key, offer in offers.items()}
    nodes = run.effort.start_nodes
    picked, _ = choose_plans(frame, blocks, plans, gap=_START_GAP, nodes=nodes, stop=run.patience())
    if picked is None:
        return None
    chosen, first = [], 0
    for key, offer in offers.items():
        chosen += [first + j for j in list(offer.plans)[picked[key]]]
        first += len(offer.columns)
    outcome = program.with_routes(chosen, JointEffort(1e-4, nodes), run.patience())
    return outcome if outcome.has_incumbent else None


def _known_starts(
    run: Run, program: JointProgram, known: Sequence[Sequence[Column]]
) -> Iterator[Outcome | None]:
    """Decide everything else for exactly the routes of each plan known from before."""
    place = {column: j for j, column in enumerate(program.columns)}
    for plan in known:
        effort = JointEffort(1e-4, run.effort.start_nodes)
        outcome = program.with_routes([place[column] for column in plan], effort, run.patience())
        yield outcome if outcome.has_incumbent else None


def _best(starts: Sequence[Outcome | None]) -> Outcome | None:
    """Return the cheapest start, the first of those that cost the same."""
    there = [start for start in starts if start is not None]
    return min(
        there, key=lambda start: math.inf if start.objective is None else start.objective, default=None
    )
