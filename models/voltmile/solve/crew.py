"""Work spread over processes: the same results in the same order, whoever does it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, Self, TypeVar

from voltmile.problem.nation import Nation

Result = TypeVar("Result")

Enough = Callable[[], bool]
"""Asked now and then whether to go on."""

_POLL_S = 0.2
_TRIES = 3

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
        left = set(range(len(tasks)))
        for _ in range(_TRIES):
            assert self._pool is not None
            try:
                futures: dict[Future[Result], int] = {
                    self._pool.submit(_call, function, tasks[i]): i for i in sorted(left)
                }
                waiting = set(futures)
                while waiting and not enough():
                    done, waiting = wait(waiting, timeout=_POLL_S, return_when=FIRST_COMPLETED)
                    for future in sorted(done, key=futures.__getitem__):
                        result = future.result()
                        left.discard(futures[future])
                        yield futures[future], result
                cancelled = [future.cancel() for future in waiting]
                self._left_running |= not all(cancelled)
                return
            except BrokenProcessPool:
                self._pool.shutdown(wait=False, cancel_futures=True)
                self._pool = self._start()
        raise WorkerError(
            f"worker processes died {_TRIES} times (killed, or out of memory) with {len(left)} tasks left; "
            "run with fewer workers or on a machine with more memory"
        )

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
    """Prepare a worker: Ctrl-C is the parent's business."""
    global _nation
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _nation = nation


def _call(function: Callable[..., Result], arguments: tuple[Any, ...]) -> Result:
    assert _nation is not None
    return function(_nation, *arguments)
