"""From an experiment to the folder of a frontier, written anew after every point."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import ClassVar

from voltmile.problem.faults import Fault, FaultyInputError
from voltmile.problem.nation import Nation
from voltmile.routes.columns import Column
from voltmile.solve.progress import Listener, unheard
from voltmile.solve.solution import Solution
from voltmile.study.casebook import Finished, Given, run_study
from voltmile.study.cases import Desk
from voltmile.study.config import ExperimentFile
from voltmile.study.engines import NoPlanError
from voltmile.study.folder import FRONTIER
from voltmile.study.frontier.book import Book
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
from voltmile.study.kept_plans import Row
from voltmile.study.study_settings import FrontierSettings

LEAST = "least"
"""Name of the search for the least carbon, which is no point itself."""


def run_frontier(
    file: ExperimentFile,
    *,
    output: Path | None = None,
    command: str | None = None,
    on_progress: Listener = unheard,
    stop: Event | None = None,
) -> Finished[Trace]:
    """Trace cost against carbon and write the folder of the frontier, see :func:`run_study`.

    Raises
    ------
    FaultyInputError
        When the instance has faults, or the caps are not those of its years.
    NoPlanError
        When there is no plan even without caps, or it was stopped before there was one.
    OutputError
        When the folder cannot be written.
    """
    return run_study(
        file, FRONTIER, _begun, output=output, command=command, on_progress=on_progress, stop=stop
    )


def _begun(given: Given) -> Trace:
    _refuse_other_years(given.file, given.nation)
    experiment = given.file.experiment
    book = Book(given.provenance, given.folders, experiment.output.figures)
    return Trace(given.desk, given.nation, experiment.frontier, book)


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

    case: ClassVar[str] = "point"

    desk: Desk
    nation: Nation
    settings: FrontierSettings
    book: Book
    solves: list[Solved] = field(default_factory=list)
    ends: list[Solved] = field(default_factory=list)
    planned: int = 0

    def steps(self) -> Iterator[None]:
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
        yield
        for number, caps in enumerate(below, start=1):
            nation = capped(self.nation, caps)
            answer = self.desk.answer(str(number), nation, self._plans())
            self.solves.append(Solved(str(number), nation, caps, answer))
            yield

    def write(self, staging: Path) -> list[Row]:
        """Write every file for the points there are; return the rows of frontier.csv."""
        return self.book.write(staging, self.nation.name, self)

    def worded(self, row: Row) -> str:
        """Return a row in a line."""
        return self.book.worded(row)

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
