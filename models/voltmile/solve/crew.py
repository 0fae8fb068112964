"""Work spread over processes or machines: the same results, whoever does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice
from types import TracebackType
from typing import Any, Self, TypeVar, overload

from voltmile.problem.nation import Nation
from voltmile.solve.interrupt import Abandoned, abandoning
from voltmile.solve.pools import Cluster, Pool, Processes

Result = TypeVar("Result")

Enough = Callable[[], bool]
"""Asked now and then whether to go on."""

_POLL_S = 0.2
#: Times in a row that workers may die before any further task is done.
_TRIES = 3
#: Tasks handed out for each worker: their arguments are in memory twice.
_AHEAD = 2


class WorkerError(RuntimeError):
    """Worker processes died again and again on the same work (killed, or out of memory)."""


class Crew:
    """Runs work ``function(nation, *arguments)`` in this process, in others, or on a cluster.

    Parameters
    ----------
    workers : int
        1 works in this process unless there is a cluster; more start that many processes.
    cluster : str, optional
        As :class:`voltmile.solve.pools.Cluster` takes it.
    """

    def __init__(self, nation: Nation, workers: int, cluster: str | None = None) -> None:
        self._nation = nation
        self._workers = workers
        self._cluster = cluster
        self._pool: Pool | None = None
        self._left_running = False

    def __enter__(self) -> Self:
        if self._workers > 1 or self._cluster is not None:
            self._pool = self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.close(at_once=kind is not None or self._left_running)

    def run(
        self, function: Callable[..., Result], tasks: Sequence[tuple[Any, ...]], enough: Enough
    ) -> Iterator[tuple[int, Result]]:
        """Yield (position of the task, result) as results arrive; fewer once ``enough`` says so, or Ctrl-C.

        A task is looked up when it is handed out, so that ``tasks`` may make its arguments then.

        Raises
        ------
        WorkerError
            When workers died three times in a row before any task was done.
        """
        if self._pool is None:
            yield from self._here(function, tasks, enough)
            return
        left = list(range(len(tasks)))
        deaths = 0
        while left and not enough():
            before = len(left)
            try:
                for position, result in self._once(function, tasks, left, enough):
                    left.remove(position)
                    yield position, result
                return
            except self._pool.died:
                deaths = 1 if len(left) < before else deaths + 1
                self._pool.close(at_once=True)
                if deaths == _TRIES:
                    raise WorkerError(
                        f"worker processes died {_TRIES} times (killed, or out of memory) with {len(left)} "
                        "tasks left; run with fewer workers or on a machine with more memory"
                    ) from None
                self._pool = self._start()

    def _here(
        self, function: Callable[..., Result], tasks: Sequence[tuple[Any, ...]], enough: Enough
    ) -> Iterator[tuple[int, Result]]:
        """Work in this process, where Ctrl-C ends the task under way, as it does those of other processes."""
        for position in range(len(tasks)):
            if enough():
                return
            try:
                with abandoning():
                    result = function(self._nation, *tasks[position])
            except Abandoned:
                if enough():
                    return
                raise  # inside a task of another crew, whose it is
            yield position, result

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
        for i in islice(ahead, _AHEAD * self._pool.workers):
            running[self._pool.submit(function, tasks[i])] = i
        while running and not enough():
            done, _ = wait(running, timeout=_POLL_S, return_when=FIRST_COMPLETED)
            for future in sorted(done, key=running.__getitem__):
                position = running.pop(future)
                result = future.result()
                for i in islice(ahead, 1):
                    running[self._pool.submit(function, tasks[i])] = i
                yield position, result
        cancelled = [future.cancel() for future in running]
        self._left_running |= not all(cancelled)

    def _start(self) -> Pool:
        if self._cluster is not None:
            return Cluster(self._nation, self._cluster, self._workers)
        return Processes(self._nation, self._workers)


class CityTasks(Sequence[tuple[Any, ...]]):
    """A task a city: its id and arguments that are made when they are asked for; together they are large."""

    def __init__(self, cities: Sequence[str], arguments: Callable[[str], tuple[Any, ...]]) -> None:
        self._cities, self._arguments = cities, arguments

    def __len__(self) -> int:
        return len(self._cities)

    @overload
    def __getitem__(self, place: int) -> tuple[Any, ...]: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[tuple[Any, ...]]: ...
    def __getitem__(self, place: int | slice) -> Any:
        if isinstance(place, slice):
            return CityTasks(self._cities[place], self._arguments)
        city = self._cities[place]
        return (city, *self._arguments(city))
