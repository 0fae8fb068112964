"""A study of many cases: its folder is written anew after each, and a run that was ended goes on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import ClassVar, Generic, Protocol, TypeVar

from voltmile.problem.folder import read
from voltmile.problem.nation import Nation
from voltmile.solve.progress import Listener, Message, unheard
from voltmile.study.cases import Desk, Stopped
from voltmile.study.config import ExperimentFile
from voltmile.study.engines import NoPlanError
from voltmile.study.folder import Kind, drop_work, explained, replacement, taken, work_folder
from voltmile.study.kept_plans import PlanFolders, Row
from voltmile.study.provenance import Provenance, describe


@dataclass(frozen=True)
class Given:
    """What a study begins with: the instance as it is, and what solves its cases and writes their plans."""

    file: ExperimentFile
    nation: Nation
    desk: Desk
    folders: PlanFolders
    provenance: Provenance


class Study(Protocol):
    """What is a study's own."""

    case: ClassVar[str]
    """What it calls a case, in a word."""

    def steps(self) -> Iterator[None]:
        """Solve case after case; after each step the folder is written anew.

        Raises
        ------
        Stopped
            When it was stopped in the middle of a case.
        NoPlanError
            When there is nothing to go on with.
        """

    def write(self, staging: Path) -> list[Row]:
        """Write every file for what there is; return a row for each case."""

    def worded(self, row: Row) -> str:
        """Return a row in a line."""


StudyT = TypeVar("StudyT", bound=Study)


@dataclass(frozen=True)
class Finished(Generic[StudyT]):
    """A study on the disk.

    Attributes
    ----------
    interrupted : bool
        Whether cases are missing because Ctrl-C or ``stop`` came.
    faults : list of str
        What the checks of the plans found; none, as it should be.
    """

    study: StudyT
    path: Path
    rows: list[Row]
    interrupted: bool
    faults: list[str]


def run_study(
    file: ExperimentFile,
    kind: Kind,
    begin: Callable[[Given], StudyT],
    *,
    output: Path | None = None,
    command: str | None = None,
    on_progress: Listener = unheard,
    stop: Event | None = None,
) -> Finished[StudyT]:
    """Run a study and write its folder.

    The folder is replaced whole after every case. A run that was ended goes on with the cases it has not
    solved when it is started again with the same experiment, instance and code.

    Parameters
    ----------
    kind : Kind
        Of the folder.
    begin : callable
        Makes the study once the instance is read; it may refuse it with a FaultyInputError.

    Raises
    ------
    FaultyInputError
        When the instance has faults, or the study refuses it.
    NoPlanError
        When it was stopped before the first case was done, or the study has nothing to go on with.
    OutputError
        When the folder cannot be written.
    """
    started, stop = datetime.now(UTC), stop or Event()
    target = (output or file.output_folder).resolve()
    with taken(target, kind) as alone:
        nation = read(file.instance_folder)
        desk = Desk(file.experiment, work_folder(target), on_progress, stop)
        folders = PlanFolders(file, target, command, started)
        provenance = describe(file, nation, target, command, started)
        study = begin(Given(file, nation, desk, folders, provenance))
        rows, whole = _written(study, target, alone, on_progress)
    if whole:
        drop_work(target)
    return Finished(study, target, rows, not whole, folders.faults)


def _written(study: Study, target: Path, alone: bool, tell: Listener) -> tuple[list[Row], bool]:
    """Write the folder after every step; return the last rows, and whether no case is missing."""
    rows: list[Row] = []
    try:
        for _ in study.steps():
            known = len(rows)
            with replacement(target, alone) as staging, explained(target):
                rows = study.write(staging)
            for row in rows[known:]:
                tell(Message(study.worded(row)))
    except Stopped:
        if not rows:
            raise NoPlanError(f"stopped before the first {study.case}", infeasible=False) from None
        return rows, False
    return rows, True
