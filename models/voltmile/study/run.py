"""From an experiment to a result folder."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event

from voltmile.problem.folder import read
from voltmile.solve import progress
from voltmile.solve.progress import Listener, Message, PhaseStarted, unheard
from voltmile.solve.solution import Solution
from voltmile.solve.status import Status
from voltmile.study import engines
from voltmile.study.baseline_note import BaselineNote
from voltmile.study.config import Experiment, ExperimentFile
from voltmile.study.folder import drop_work, explained, replacing, work_folder
from voltmile.study.provenance import describe
from voltmile.study.results import ResultFolder, read_results, save
from voltmile.study.summary import summarise
from voltmile.study.tables import Tables, make_tables


@dataclass(frozen=True)
class Finished:
    """A run that left results; ``interrupted`` when Ctrl-C or ``stop`` ended it early."""

    results: ResultFolder
    interrupted: bool


@dataclass
class _Clock:
    """Wall seconds by phase, and whoever wants to hear of them."""

    tell: Listener
    started: float = field(default_factory=time.perf_counter)
    by_phase: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Measure a block under a name."""
        self.tell(PhaseStarted(name))
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.by_phase[name] = time.perf_counter() - begin

    @property
    def seconds(self) -> float:
        """Since the run began."""
        return time.perf_counter() - self.started


def run(
    file: ExperimentFile,
    *,
    output: Path | None = None,
    command: str | None = None,
    on_progress: Listener = unheard,
    stop: Event | None = None,
) -> Finished:
    """Run an experiment and write its result folder.

    Parameters
    ----------
    file : ExperimentFile
        See :func:`voltmile.study.config.read_experiment`.
    output : Path, optional
        Write here instead of where the experiment says.
    command : str, optional
        What the user typed, for the provenance.
    on_progress : callable
        Hears the events of ``voltmile.solve.progress``.
    stop : Event, optional
        Set it to end the run early with the best plan known.

    Raises
    ------
    FaultyInputError
        When the instance has faults.
    OutputError
        When the results cannot be written; older ones stay as they were.
    NoPlanError
        When there is no plan to write.
    Exception
        What went wrong in baselines or figures, after the plan is written without them.
    """
    stop = stop or Event()
    started = datetime.now(UTC)
    clock = _Clock(on_progress)
    target = (output or file.output_folder).resolve()
    with replacing(target) as staging:
        with clock.phase("read"):
            nation = read(file.instance_folder)
            provenance = describe(file, nation, target, command, started)
        solution = engines.solve(nation, file.experiment, on_progress, stop, work_folder(target))
        clock.by_phase.update(solution.seconds_by_phase)
        if solution.status == Status.INTERRUPTED:
            stop.set()
        extras = _Extras(file.experiment, clock, stop)
        baselines = extras.baselines(solution)
        with explained(target):
            tables = make_tables(solution)
            extras.figures(staging / "figures", solution, tables)
            summary = summarise(solution, baselines, clock.by_phase, clock.seconds, extras.notes)
            save(staging, solution, tables, summary, provenance)
    for error in extras.errors:
        raise error
    if not stop.is_set() and solution.status != Status.TIME_LIMIT:
        drop_work(target)
    return Finished(read_results(target), stop.is_set())


@dataclass
class _Extras:
    """What is made from a plan; whatever goes wrong there, the plan in hand is written first."""

    experiment: Experiment
    clock: _Clock
    stop: Event
    errors: list[Exception] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)

    @contextmanager
    def _phase(self, name: str) -> Iterator[None]:
        with self.clock.phase(name):
            try:
                yield
            except KeyboardInterrupt:
                self.stop.set()
                self.clock.tell(Message(f"{name} left out"))
            except Exception as error:  # noqa: BLE001  (run raises it once the plan is on the disk)
                self.errors.append(error)

    def baselines(self, solution: Solution) -> dict[str, float]:
        """Other ways to route and to decide; none when the run is to end."""
        if self.experiment.output.baselines and not self.stop.is_set():
            with self._phase("baselines"):
                return engines.baselines(solution.nation, solution, self.experiment, self._hear, self.stop)
        return {}

    def _hear(self, event: progress.Event) -> None:
        if isinstance(event, BaselineNote):
            self.notes[event.name] = event.text
        self.clock.tell(event)

    def figures(self, folder: Path, solution: Solution, tables: Tables) -> None:
        """Figures, as many as there is time for."""
        from voltmile.study.figures import draw_all

        if self.experiment.output.figures and not self.stop.is_set():
            with self._phase("figures"):
                draw_all(folder, solution, tables, self.stop)
