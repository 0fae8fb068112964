"""Work spread over processes: the same results in the same order, whoever does it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from types import TracebackType
from typing import Any, Self, TypeVar

from voltmile.problem.nation import Nation

Result = TypeVar("Result")

Enough = Callable[[], bool]
"""Asked now and then whether to go on."""

_POLL_S = 0.2
#: Times in a row that workers may die before any further task is done.
_TRIES = 3
#: Tasks handed out for each worker: their arguments are in memory twice.
_AHEAD = 2

_nation: Nation | None = None


class WorkerError(RuntimeError):
    """Worker processes died again and again on the same work (killed, or out of memory)."""


class Crew:
    """Runs hub work ``function(nation, *arguments)`` in this process or in several others.

    Parameters
    ----------
    workers : int
        1 works in this process; more start that many processes (spawned, so that nothing is inherited).
    """

    def __init__(self, nation: Nation, workers: int) -> None:
        self._nation = nation
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._left_running = False

    def __enter__(self) -> Self:
        if self._workers > 1:
            self._pool = self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is None:
            return
        if kind is None and not self._left_running:
            self._pool.shutdown()
            return
        # Nobody waits for what is still running: not after an error, not after Ctrl-C or a limit.
        workers = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.terminate()

    def run(
        self, function: Callable[..., Result], tasks: Sequence[tuple[Any, ...]], enough: Enough
    ) -> Iterator[tuple[int, Result]]:
        """Yield (position of the task, result) as results arrive; fewer when ``enough`` says so meanwhile.

        Raises
        ------
        WorkerError
            When workers died three times during the same call.
        """
        if self._pool is None:
            for position, arguments in enumerate(tasks):
                if enough():
                    return
                yield position, function(self._nation, *arguments)
            return
        yield from self._spread(function, tasks, enough)

    def _spread(
        self, function: Callable[..., Result], tasks: Sequence[tuple[Any, ...]], enough: Enough
    ) -> Iterator[tuple[int, Result]]:
        left = list(range(len(tasks)))
        deaths = 0
        while left and not enough():
            before = len(left)
            try:
                for position, result in self._once(function, tasks, left, enough):
                    left.remove(position)
                    yield position, result
                return
            except BrokenProcessPool:
                deaths = 1 if len(left) < before else deaths + 1
                assert self._pool is not None
                self._pool.shutdown(wait=False, cancel_futures=True)
                if deaths == _TRIES:
                    raise WorkerError(
                        f"worker processes died {_TRIES} times (killed, or out of memory) with {len(left)} "
                        "tasks left; run with fewer workers or on a machine with more memory"
                    ) from None
                self._pool = self._start()

    def _once(
        self,
        function: Callable[..., Result],
        tasks: Sequence[tuple[Any, ...]],
        order: Sequence[int],
        enough: Enough,
    ) -> Iterator[tuple[int, Result]]:
        """Hand tasks out, a few more than there are workers, until all are done or somebody says enough."""
        assert self._pool is not None
        ahead, running = iter(list(order)), dict[Future[Result], int]()
        for i in islice(ahead, _AHEAD * self._workers):
            running[self._pool.submit(_call, function, tasks[i])] = i
        while running and not enough():
            done, _ = wait(running, timeout=_POLL_S, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=running.__getitem__):
                position = running.pop(future)
                result = future.result()
                for i in islice(ahead, 1):
                    running[self._pool.submit(_call, function, tasks[i])] = i
                yield position, result
        cancelled = [future.cancel() for future in running]
        self._left_running |= not all(cancelled)

    def _start(self) -> ProcessPoolExecutor:
        # The programs of a hub are small: threads inside numpy only wait for each other, and for the other
        # workers. The children read this before they import numpy.
        for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, "1")
        return ProcessPoolExecutor(
            max_workers=self._workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_receive,
            initargs=(self._nation,),
        )


def _receive(nation: Nation) -> None:
    """Prepare a worker: Ctrl-C is the parent's business, and without a parent there is nothing to do."""
    global _nation
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    _nation = nation


def _end_with(parent: int) -> None:
    """End this process soon after its parent: a killed parent cannot end its workers."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def _call(function: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
    assert _nation is not None
    return function(_nation, *arguments)
