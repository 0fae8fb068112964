"""From an experiment with scenarios to a folder, written anew after every scenario."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from voltmile.problem.faults import Fault, FaultyInputError
from voltmile.problem.folder import read
from voltmile.problem.nation import Nation
from voltmile.problem.scenarios import Scenario, apply
from voltmile.solve.progress import Listener, Message, PhaseStarted, unheard
from voltmile.solve.robust import TooLargeError, refuse_large
from voltmile.study import engines
from voltmile.study.cases import Desk, Stopped
from voltmile.study.config import ExperimentFile
from voltmile.study.engines import NoPlanError
from voltmile.study.folder import SCENARIOS, explained, replacement, taken, work_folder
from voltmile.study.kept_plans import PlanFolders, drop_work
from voltmile.study.provenance import describe
from voltmile.study.scenarios.book import Book
from voltmile.study.scenarios.rows import Choice, Row, Solved
from voltmile.study.study_settings import BASE


@dataclass(frozen=True)
class Finished:
    """Scenarios on the disk.

    Attributes
    ----------
    choice : Choice or None
        One fleet for all, where it was asked for.
    faults : list of str
        What the checks of the plans found; none, as it should be.
    """

    path: Path
    rows: list[Row]
    choice: Choice | None
    interrupted: bool
    faults: list[str]


def run_scenarios(
    file: ExperimentFile,
    *,
    output: Path | None = None,
    command: str | None = None,
    on_progress: Listener = unheard,
    stop: Event | None = None,
) -> Finished:
    """Solve the instance as it is and in every scenario, and choose one fleet for all when asked.

    The folder is replaced whole after every scenario. A run that was ended goes on with those it has not
    solved when it is started again with the same experiment, instance and code.

    Raises
    ------
    FaultyInputError
        When the instance or a scenario has faults, there are no scenarios, or too many cities for one fleet.
    NoPlanError
        When it was stopped before the first plan.
    OutputError
        When the folder cannot be written.
    """
    started, stop = datetime.now(UTC), stop or Event()
    target = (output or file.output_folder).resolve()
    with taken(target, SCENARIOS) as alone:
        nation = read(file.instance_folder)
        cases = _cases(file, nation)
        desk = Desk(file.experiment, work_folder(target), on_progress, stop)
        folders = PlanFolders(file, target, command, started)
        book = Book(describe(file, nation, target, command, started), folders, file.experiment.output.figures)
        solved: list[Solved] = []
        rows: list[Row] = []
        choice = None
        try:
            for scenario, changed in cases:
                answer = desk.answer(scenario.name, changed)
                solved.append(Solved(scenario, answer))
                with replacement(target, alone) as staging, explained(target):
                    rows = book.write(staging, nation.name, solved)
                on_progress(Message(book.worded(rows[-1])))
            if file.experiment.robust is not None:
                choice = _choose(file, desk, solved)
                with replacement(target, alone) as staging, explained(target):
                    rows = book.write(staging, nation.name, solved, choice)
        except Stopped:
            if not rows:
                raise NoPlanError("stopped before the first plan", infeasible=False) from None
            return Finished(target, rows, None, True, folders.faults)
    drop_work(work_folder(target))
    return Finished(target, rows, choice, False, folders.faults)


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
