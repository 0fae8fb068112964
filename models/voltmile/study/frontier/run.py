"""From an experiment to the folder of a frontier, written anew after every point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from voltmile.problem.faults import Fault, FaultyInputError
from voltmile.problem.folder import read
from voltmile.problem.nation import Nation
from voltmile.routes.columns import Column
from voltmile.solve.progress import Listener, Message, unheard
from voltmile.solve.solution import Solution
from voltmile.study.cases import Desk, Stopped
from voltmile.study.config import ExperimentFile
from voltmile.study.engines import NoPlanError
from voltmile.study.folder import FRONTIER, explained, replacement, taken, work_folder
from voltmile.study.frontier.book import Book, Row
from voltmile.study.frontier.caps import (
    Caps,
    capped,
    caps_below,
    emissions,
    least_carbon,
    needs_least,
    uncapped,
)
from voltmile.study.frontier.points import Solved
from voltmile.study.kept_plans import PlanFolders, drop_work
from voltmile.study.provenance import describe
from voltmile.study.study_settings import FrontierSettings

LEAST = "least"
"""Name of the search for the least carbon, which is no point itself."""


@dataclass(frozen=True)
class Finished:
    """A frontier on the disk.

    Attributes
    ----------
    faults : list of str
        What the checks of the plans found; none, as it should be.
    """

    path: Path
    rows: list[Row]
    interrupted: bool
    faults: list[str]


def run_frontier(
    file: ExperimentFile,
    *,
    output: Path | None = None,
    command: str | None = None,
    on_progress: Listener = unheard,
    stop: Event | None = None,
) -> Finished:
    """Trace cost against carbon and write the folder of the frontier.

    The folder is replaced whole after every point. A run that was ended goes on with the points it has not
    solved when it is started again with the same experiment, instance and code.

    Raises
    ------
    FaultyInputError
        When the instance has faults, or the caps are not those of its years.
    NoPlanError
        When there is no plan even without caps.
    OutputError
        When the folder cannot be written.
    """
    started, stop = datetime.now(UTC), stop or Event()
    target = (output or file.output_folder).resolve()
    with taken(target, FRONTIER) as alone:
        nation = read(file.instance_folder)
        _refuse_other_years(file, nation)
        desk = Desk(file.experiment, work_folder(target), on_progress, stop)
        folders = PlanFolders(file, target, command, started)
        book = Book(describe(file, nation, target, command, started), folders, file.experiment.output.figures)
        trace = Trace(desk, nation, file.experiment.frontier)
        rows: list[Row] = []
        try:
            for _ in trace.points():
                with replacement(target, alone) as staging, explained(target):
                    rows = book.write(staging, nation.name, trace)
                on_progress(Message(book.worded(rows[-1])))
        except Stopped:
            if not rows:
                raise NoPlanError("stopped before the first point", infeasible=False) from None
            return Finished(target, rows, True, folders.faults)
    drop_work(work_folder(target))
    return Finished(target, rows, False, folders.faults)


def _refuse_other_years(file: ExperimentFile, nation: Nation) -> None:
    rows, years = file.experiment.frontier.caps_kg_by_year, len(nation.years)
    if rows and len(rows[0]) != years:
        message = f"has {len(rows[0])} caps a point; valid: one for each of the {years} years"
        raise FaultyInputError(str(file.path), [Fault(file.path.name, "frontier.caps_kg_by_year", message)])


@dataclass
class Trace:
    """The points solved so far.

    Attributes
    ----------
    ends : list of Solved
        The search for the least carbon, where there was one.
    planned : int
        How many points there are to be.
    """

    desk: Desk
    nation: Nation
    settings: FrontierSettings
    solves: list[Solved] = field(default_factory=list)
    ends: list[Solved] = field(default_factory=list)
    planned: int = 0

    def points(self) -> Iterator[Solved]:
        """Solve point after point, the loosest cap first.

        Raises
        ------
        Stopped
            When it was stopped in the middle of a point.
        NoPlanError
            When there is no plan even without caps.
        """
        nation = uncapped(self.nation)
        first = self.desk.answer("0", nation)
        if first.solution is None:
            raise NoPlanError(f"without carbon caps: {first.words}", first.infeasible)
        self.solves.append(Solved("0", nation, None, first))
        least = self._least(first.solution) if needs_least(self.settings) else None
        below = caps_below(self.settings, emissions(first.solution), least)
        self.planned = 1 + len(below)
        yield self.solves[0]
        for number, caps in enumerate(below, start=1):
            nation = capped(self.nation, caps)
            answer = self.desk.answer(str(number), nation, self._plans())
            self.solves.append(Solved(str(number), nation, caps, answer))
            yield self.solves[-1]

    def _least(self, cheapest: Solution) -> Caps | None:
        """CO2 by year of a plan with the least carbon; the cheapest one's where no other was found."""
        nation = least_carbon(self.nation, cheapest)
        answer = self.desk.answer(LEAST, nation, self._plans())
        caps = {limit.year: limit.max_co2_kg for limit in nation.limits if limit.kind == "carbon"}
        if answer.solution is None:
            return emissions(cheapest)
        self.ends.append(Solved(LEAST, nation, caps, answer))
        return emissions(answer.solution)

    def _plans(self) -> list[list[Column]]:
        """Routes of every plan so far."""
        plans = [one.answer.solution for one in [*self.solves, *self.ends]]
        return [list(plan.routes) for plan in plans if plan is not None]
