"""A published table of rows of ``run_benchmark``."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from voltmile.problem.routing import RoutingProblem
from voltmile.study.benchmark.definitions import BenchmarkSet
from voltmile.study.benchmark.drawn import draw_problems, files_of
from voltmile.study.benchmark.engine import TraceRow
from voltmile.study.benchmark.origin import Run
from voltmile.study.benchmark.published import ROWS, Published
from voltmile.study.benchmark.rows import Row
from voltmile.study.benchmark.run import Listener, Tally, run_benchmark
from voltmile.study.benchmark.settings import Settings


def publish(
    name: str,
    settled: BenchmarkSet,
    digest: str,
    benchmarks: Path,
    out: Path,
    run: Run,
    *,
    recipe: str,
    stop: Event | None = None,
    listener: Listener | None = None,
) -> Tally:
    """Solve the problems of a published table into a folder; rows that are there are kept.

    Parameters
    ----------
    name : str
        Of the table; the draw depends on it.
    digest : str
        Of the file the table is settled in.
    benchmarks : Path
        Folder of the published files.
    recipe : str
        Command for the page.

    Raises
    ------
    NothingToDrawError
        When the folder has none of the files.
    OutputError
        When ``out`` holds other problems, or rows made with other settings.
    """
    drawn = draw_problems(settled, benchmarks, name)
    folder = Published(out, name, settled, digest, run, recipe, drawn)
    tally = run_benchmark(
        [benchmarks / file for file in files_of(drawn)],
        Settings(settled.time_limit_s, settled.gap, settled.seed),
        variant=settled.variant,
        best_known=benchmarks / settled.best_known,
        out=out / ROWS,
        workers=run.workers,
        stop=stop,
        listener=_Recorder(folder, Listener() if listener is None else listener),
    )
    folder.write()
    return tally


class _Recorder(Listener):
    """Keeps provenance and page up to date, and hands everything on."""

    def __init__(self, folder: Published, shown: Listener) -> None:
        self._folder, self._shown = folder, shown

    def finished(self, row: Row, bound_by: str) -> None:
        self._folder.row(f"{row['instance']} {row['variant']}")
        self._shown.finished(row, bound_by)

    def fault(self, line: str) -> None:
        self._folder.fault(line)
        self._shown.fault(line)

    def begun(self, files: int) -> None:
        self._shown.begun(files)

    def started(self, problem: RoutingProblem) -> None:
        self._shown.started(problem)

    def traced(self, problem: RoutingProblem, row: TraceRow) -> None:
        self._shown.traced(problem, row)

    def ended(self, problem: RoutingProblem) -> None:
        self._shown.ended(problem)

    def note(self, line: str) -> None:
        self._shown.note(line)
