"""Problems handed out to be solved, by this process or by several others."""

from __future__ import annotations

import contextlib
import math
import multiprocessing
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from multiprocessing.synchronize import Event as ProcessEvent
from pathlib import Path
from threading import Event
from typing import cast

from voltmile.problem.routing import RoutingProblem, RoutingResult
from voltmile.solve.pools import children_of_one_thread
from voltmile.study.benchmark import engine
from voltmile.study.benchmark.engine import TraceRow
from voltmile.study.benchmark.settings import Settings

Solved = tuple[RoutingProblem, "RoutingResult | Crash"]

_POLL_S = 0.2
_GRACE_S = 60.0
"""After Ctrl-C: what other processes have to end with what they found."""


@dataclass(frozen=True)
class Crash:
    """A solve that ended without a result, and why, in one line."""

    message: str


class Watcher:
    """Is told what is being solved; does nothing about it."""

    def started(self, problem: RoutingProblem) -> None:
        """Hear that a problem is begun."""

    def traced(self, problem: RoutingProblem, row: TraceRow) -> None:
        """Hear how far it is."""


def solve_all(
    problems: Iterator[RoutingProblem], settings: Settings, workers: int, stop: Event, watcher: Watcher
) -> Iterator[Solved]:
    """Yield problems with what came of them, as they finish; none is begun once ``stop`` is set.

    Parameters
    ----------
    problems : iterator of RoutingProblem
        Asked for the next one only when it can be begun.
    workers : int
        1 solves in this process; more start that many others, which inherit nothing.
    """
    if workers > 1:
        yield from _Crew(settings, workers, stop, watcher).solve_all(problems)
        return
    while not stop.is_set() and (problem := next(problems, None)) is not None:
        watcher.started(problem)
        yield problem, _solve(problem, settings, stop.is_set, partial(watcher.traced, problem))


def _solve(
    problem: RoutingProblem,
    settings: Settings,
    stop: Callable[[], bool],
    on_event: Callable[[TraceRow], object],
) -> RoutingResult | Crash:
    try:
        return engine.solve(problem, settings, stop, on_event)
    except Exception as error:  # noqa: BLE001 - whatever it is, the other problems go on
        place = traceback.extract_tb(error.__traceback__)[-1]
        said = (str(error).splitlines() or [""])[0]
        return Crash(f"{type(error).__name__}: {said} ({Path(place.filename).name}:{place.lineno})")


# -- other processes ------------------------------------------------------------------------------------


@dataclass
class _Worker:
    process: SpawnProcess
    connection: Connection
    problem: RoutingProblem | None = None


class _Crew:
    """Processes that solve a problem each at a time; one that dies is replaced."""

    def __init__(self, settings: Settings, workers: int, stop: Event, watcher: Watcher) -> None:
        self._settings, self._most, self._stop, self._watcher = settings, workers, stop, watcher
        self._context = multiprocessing.get_context("spawn")
        self._halt = self._context.Event()
        self._workers: list[_Worker] = []

    def solve_all(self, problems: Iterator[RoutingProblem]) -> Iterator[Solved]:
        try:
            until = math.inf
            while True:
                if self._stop.is_set():
                    self._halt.set()
                    until = min(until, time.monotonic() + _GRACE_S)
                else:
                    self._hand_out(problems)
                busy = {w.connection: w for w in self._workers if w.problem is not None}
                if not busy or time.monotonic() > until:
                    return
                for connection in wait(list(busy), timeout=_POLL_S):
                    yield from self._hear(busy[cast(Connection, connection)])
        finally:
            for worker in self._workers:
                worker.process.terminate()

    def _hand_out(self, problems: Iterator[RoutingProblem]) -> None:
        while sum(w.problem is not None for w in self._workers) < self._most:
            problem = next(problems, None)
            if problem is None:
                return
            worker = next((w for w in self._workers if w.problem is None), None) or self._start()
            worker.problem = problem
            self._watcher.started(problem)
            with contextlib.suppress(OSError):  # it has died: that is heard later
                worker.connection.send(problem)

    def _hear(self, worker: _Worker) -> Iterator[Solved]:
        assert worker.problem is not None
        try:
            kind, content = worker.connection.recv()
        except (EOFError, OSError):
            worker.process.join()
            self._workers.remove(worker)
            code = worker.process.exitcode
            yield worker.problem, Crash(f"its process died with exit code {code} (killed, or out of memory)")
            return
        if kind == "event":
            self._watcher.traced(worker.problem, content)
        else:
            problem, worker.problem = worker.problem, None
            yield problem, content

    def _start(self) -> _Worker:
        children_of_one_thread()
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_serve, args=(theirs, self._settings, self._halt), daemon=True)
        with _deaf():
            process.start()
        theirs.close()
        worker = _Worker(process, ours)
        self._workers.append(worker)
        return worker


@contextlib.contextmanager
def _deaf() -> Iterator[None]:
    """Start processes that do not hear Ctrl-C, not even before they can say so; ours is not lost."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(connection: Connection, settings: Settings, halt: ProcessEvent) -> None:
    """Solve what comes until nothing more does; Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EOFError, OSError):  # the parent is gone
        while True:
            problem = connection.recv()
            found = _solve(problem, settings, halt.is_set, lambda row: connection.send(("event", row)))
            connection.send(("done", found))
