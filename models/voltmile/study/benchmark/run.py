"""A benchmark from files to rows: read, solve, check, and only then write."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from voltmile.problem.benchmarks import BenchmarkError, BestKnown, lookup, read_best_known
from voltmile.problem.routing import RoutingProblem, RoutingResult
from voltmile.study.benchmark import engine
from voltmile.study.benchmark.files import Files, find_files, fingerprint, read_file
from voltmile.study.benchmark.record import make_record
from voltmile.study.benchmark.rows import Row, key_of, make_row
from voltmile.study.benchmark.settings import Settings
from voltmile.study.benchmark.store import Key, Store, key_in, opened
from voltmile.study.benchmark.surprises import surprises
from voltmile.study.benchmark.tasks import Crash, Watcher, solve_all

_ROUNDING = 1e-6


class Listener(Watcher):
    """Is told what happens; does nothing about it."""

    def begun(self, files: int) -> None:
        """Hear how many files there are."""

    def finished(self, row: Row, bound_by: str) -> None:
        """Hear of a row that has been written."""

    def note(self, line: str) -> None:
        """Hear what is good to know."""

    def fault(self, line: str) -> None:
        """Hear what is wrong."""

    def ended(self, problem: RoutingProblem) -> None:
        """Hear that a problem is no longer being solved."""


@dataclass
class Tally:
    """What came of a benchmark.

    Attributes
    ----------
    rows : list of Row
        Of all problems asked for, those solved before included.
    faults : int
        Files that cannot be read, solves that crashed, plans refused, contradictions to the literature.
    """

    rows: list[Row] = field(default_factory=list)
    faults: int = 0
    interrupted: bool = False


def run_benchmark(
    paths: Sequence[Path],
    settings: Settings,
    *,
    format: str | None = None,
    variant: str | None = None,
    best_known: Path | None = None,
    out: Path | None = None,
    workers: int = 1,
    stop: Event | None = None,
    listener: Listener | None = None,
) -> Tally:
    """Solve the problems of files and folders, and write a row for each.

    Parameters
    ----------
    format, variant : str, optional
        See :func:`voltmile.problem.benchmarks.read_benchmarks`.
    best_known : Path, optional
        Table of best known values.
    out : Path, optional
        Table of rows; what it holds already is not solved again. Routes go beside it.
    stop : Event, optional
        Set from elsewhere to end early: what is being solved ends with what it has found.

    Raises
    ------
    BenchmarkError
        For a faulty table of best known values.
    OutputError
        When ``out`` cannot be written or holds something else.
    SolverError
        When the version of HiGHS is known to be wrong.
    """
    engine.trust()
    table = {} if best_known is None else read_best_known(best_known)
    with opened(out, settings) as store:
        listener = Listener() if listener is None else listener
        stop = Event() if stop is None else stop
        run = _Run(settings, format, variant, table, store, stop, listener)
        files = find_files(paths, format)
        run.solve(files, workers)
        return run.tally()


@dataclass
class _Run:
    settings: Settings
    format: str | None
    variant: str | None
    table: Mapping[tuple[str, str], BestKnown]
    store: Store
    stop: Event
    listener: Listener
    faults: int = 0
    kept: int = 0
    seen: dict[Key, str] = field(default_factory=dict)

    def solve(self, files: Files, workers: int) -> None:
        for line in files.notes:
            self.listener.note(line)
        for line in files.faults:
            self._fault(line)
        self.listener.begun(len(files.paths))
        for problem, found in solve_all(
            self._problems(files), self.settings, workers, self.stop, self.listener
        ):
            self.listener.ended(problem)
            if isinstance(found, Crash):
                self._fault(f"{titled(problem)}: the solve crashed: {found.message}")
            else:
                self._take(problem, found)
        if self.kept:
            self.listener.note(f"{self.store.path}: {self.kept} rows were there and are kept")

    def tally(self) -> Tally:
        rows = [row for row in self.store.in_order() if key_in(row) in self.seen]
        return Tally(rows, self.faults, self.stop.is_set())

    def _problems(self, files: Files) -> Iterator[RoutingProblem]:
        """Read file by file; what is not to be solved is said and left out."""
        for path in files.paths:
            try:
                problems = read_file(path, self.format, self.variant, path in files.named)
            except BenchmarkError as error:
                self._fault(str(error))
                continue
            except MemoryError:
                self._fault(f"{path.name}: does not fit into memory")
                continue
            yield from (problem for problem in problems if self._is_new(problem, path))

    def _is_new(self, problem: RoutingProblem, path: Path) -> bool:
        key, digest = key_in(key_of(problem)), fingerprint(problem)
        before = self.seen.get(key)
        if before is not None:
            if before == digest:
                self.listener.note(f"{titled(problem)}: the same problem again in {path}, skipped")
            else:
                self._fault(f"{titled(problem)}: another problem of this name in {path}, skipped")
            return False
        done = self.store.finished(key)
        if done is not None and done != digest:
            self._fault(f"{titled(problem)}: is not the problem that {self.store.path} has a row of, skipped")
            return False
        self.seen[key] = digest
        self.kept += done is not None
        return done is None

    def _take(self, problem: RoutingProblem, result: RoutingResult) -> None:
        """Check a result, write its row, and compare it with the literature."""
        faults = _refusals(problem, result)
        if faults:
            more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
            self._fault(f"{titled(problem)}: the result is refused: {faults[0]}{more}")
            return
        cut_short = self.stop.is_set() and result.status not in ("optimal", "infeasible")
        if result.failure:
            self._fault(f"{titled(problem)}: the solve failed ({result.failure}); what it had found stands")
        if (cut_short or result.failure) and not result.routes and not math.isfinite(result.bound):
            return
        best = lookup(self.table, problem)
        row = make_row(problem, result, best)
        self.store.add(row, make_record(problem, result, self.settings, cut_short))
        self.listener.finished(row, result.bound_by)
        for line in surprises(problem, result, best):
            self._fault(f"!!! {titled(problem)}: {line}: one of the two is wrong")

    def _fault(self, line: str) -> None:
        self.faults += 1
        self.listener.fault(line)


def titled(problem: RoutingProblem) -> str:
    """Name a problem in a line."""
    return f"{problem.name} ({problem.variant})"


def _refusals(problem: RoutingProblem, result: RoutingResult) -> list[str]:
    has_plan = bool(result.routes) or math.isfinite(result.cost) or result.status in ("optimal", "feasible")
    faults = engine.check(problem, result) if has_plan else []
    if has_plan and result.bound > result.cost + _ROUNDING * max(1.0, abs(result.cost)):
        faults.append(f"bound {result.bound:.10g} is above the plan's cost {result.cost:.10g}")
    if math.isnan(result.bound):
        faults.append("the bound is not a number")
    return faults
