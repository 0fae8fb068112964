"""From an experiment with scenarios to a folder, written anew after every scenario."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import ClassVar

from voltmile.problem.faults import Fault, FaultyInputError
from voltmile.problem.nation import Nation
from voltmile.problem.scenarios import Scenario, apply
from voltmile.solve.progress import Listener, PhaseStarted, unheard
from voltmile.solve.robust import TooLargeError, refuse_large
from voltmile.study import engines
from voltmile.study.casebook import Finished, Given, run_study
from voltmile.study.cases import Desk, Stopped
from voltmile.study.config import ExperimentFile
from voltmile.study.folder import SCENARIOS
from voltmile.study.kept_plans import Row
from voltmile.study.scenarios.book import Book
from voltmile.study.scenarios.rows import Choice, Solved
from voltmile.study.study_settings import BASE


def run_scenarios(
    file: ExperimentFile,
    *,
    output: Path | None = None,
    command: str | None = None,
    on_progress: Listener = unheard,
    stop: Event | None = None,
) -> Finished[Scenarios]:
    """Solve the instance as it is and in every scenario, and choose one fleet for all when asked.

    See :func:`run_study`.

    Raises
    ------
    FaultyInputError
        When the instance or a scenario has faults, there are no scenarios, or too many cities for one fleet.
    NoPlanError
        When it was stopped before the first plan.
    OutputError
        When the folder cannot be written.
    """
    return run_study(
        file, SCENARIOS, _begun, output=output, command=command, on_progress=on_progress, stop=stop
    )


def _begun(given: Given) -> Scenarios:
    book = Book(given.provenance, given.folders, given.file.experiment.output.figures)
    return Scenarios(given.file, given.desk, given.nation.name, _cases(given.file, given.nation), book)


def _cases(file: ExperimentFile, nation: Nation) -> list[tuple[Scenario, Nation]]:
    """Return the base and the scenarios with their nations, before anything is solved."""
    experiment = file.experiment
    if not experiment.scenario:
        raise _fault(file, "scenario", "there is none; valid: at least one [[scenario]] table")
    if experiment.robust is not None:
        try:
            refuse_large(len(nation.cities), experiment.solve.method)
        except TooLargeError as error:
            raise _fault(file, "robust", str(error)) from error
    made = [(one, apply(nation, one, experiment.assumptions)) for one in experiment.scenario]
    return [(Scenario(name=BASE), nation), *made]


def _fault(file: ExperimentFile, where: str, message: str) -> FaultyInputError:
    return FaultyInputError(str(file.path), [Fault(file.path.name, where, message)])


@dataclass
class Scenarios:
    """The scenarios solved so far, and the fleet chosen for all of them.

    Attributes
    ----------
    name : str
        Of the instance.
    cases : sequence
        The base and the scenarios with their nations.
    choice : Choice or None
        One fleet for all, where it was asked for and all are solved.
    """

    case: ClassVar[str] = "plan"

    file: ExperimentFile
    desk: Desk
    name: str
    cases: Sequence[tuple[Scenario, Nation]]
    book: Book
    solved: list[Solved] = field(default_factory=list)
    choice: Choice | None = None

    def steps(self) -> Iterator[None]:
        """Solve scenario after scenario; then choose one fleet for all when asked.

        Raises
        ------
        Stopped
            When it was stopped in the middle of one of them.
        """
        for scenario, nation in self.cases:
            self.solved.append(Solved(scenario, self.desk.answer(scenario.name, nation)))
            yield
        if self.file.experiment.robust is not None:
            self.choice = _choose(self.file, self.desk, self.solved)
            yield

    def write(self, staging: Path) -> list[Row]:
        """Write every file for the scenarios there are; return the rows of scenarios.csv."""
        return self.book.write(staging, self.name, self.solved, self.choice)

    def worded(self, row: Row) -> str:
        """Return a row in a line."""
        return self.book.worded(row)


def _choose(file: ExperimentFile, desk: Desk, solved: list[Solved]) -> Choice:
    """Choose one fleet; without one where a scenario has no plan of its own."""
    settings = file.experiment.robust
    assert settings is not None
    without = [one.name for one in solved if one.answer.solution is None and one.name != BASE]
    weights = {one.name: one.scenario.probability or 0.0 for one in solved if one.name != BASE}
    if without:
        words = f"there is none: no plan was found for {', '.join(without)} even with a fleet of its own"
        return Choice(settings.objective, weights, None, words)
    desk.tell(PhaseStarted("one fleet"))
    plans = {one.name: one.answer.solution for one in solved if one.answer.solution is not None}
    try:
        found = engines.robust(plans, weights, settings.objective, file.experiment, desk.stop)
    except TooLargeError as error:
        raise _fault(file, "robust", str(error)) from error
    if desk.stop.is_set():
        raise Stopped("one fleet")
    words = (
        "" if found is not None else "none of the fleets tried serves every scenario with the routes found"
    )
    return Choice(settings.objective, weights, found, words)
