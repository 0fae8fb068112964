"""Who does the work: processes of this machine or a Dask cluster; either gives futures, can be renewed."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Protocol

from voltmile.problem.nation import Nation

#: Seconds to reach the scheduler of a cluster.
_REACH_S = 20

_nation: Nation | None = None


class ClusterError(RuntimeError):
    """A cluster that is not there, or cannot be used from here."""


class Pool(Protocol):
    """Calls ``function(nation, *arguments)`` elsewhere."""

    workers: int
    died: tuple[type[BaseException], ...]
    """What a future raises when its worker died."""

    def submit(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Future[Any]:
        """Hand a call out."""

    def close(self, at_once: bool) -> None:
        """End; ``at_once`` without waiting for what is running."""


def children_of_one_thread() -> None:
    """Keep numpy in processes begun from now on to one thread: more only wait for the other processes.

    Children read this before they import numpy; what the user has set stays.
    """
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")


class Processes:
    """Processes of this machine, spawned, so that nothing is inherited."""

    died: tuple[type[BaseException], ...] = (BrokenProcessPool,)

    def __init__(self, nation: Nation, workers: int) -> None:
        children_of_one_thread()
        self.workers = workers
        self._pool = ProcessPoolExecutor(
            max_workers=workers,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_receive,
            initargs=(nation, os.getpid()),
        )

    def submit(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Future[Any]:
        """Hand a call out."""
        return self._pool.submit(_call, function, arguments)

    def close(self, at_once: bool) -> None:
        """End; ``at_once`` without waiting for what is running: not after an error, Ctrl-C or a limit."""
        if not at_once:
            self._pool.shutdown()
            return
        workers = list((self._pool._processes or {}).values())
        self._pool.shutdown(wait=False, cancel_futures=True)
        for worker in workers:
            worker.terminate()


def _receive(nation: Nation, parent: int) -> None:
    """Prepare a worker: Ctrl-C is the parent's business, and without a parent there is nothing to do.

    The parent may be gone by now: its number comes from itself.
    """
    global _nation
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _nation = nation


def _end_with(parent: int) -> None:
    """End this process soon after its parent: a killed parent cannot end its workers."""
    while os.getppid() == parent:
        time.sleep(1.0)
    os._exit(1)


def _call(function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    assert _nation is not None
    return function(_nation, *arguments)


class Cluster:
    """Workers of a Dask cluster, which has to have this version of voltmile on every machine.

    Parameters
    ----------
    where : str
        Address of a scheduler ("tcp://10.0.0.1:8786"), or "slurm" for workers as SLURM jobs of this call,
        with the defaults of ``~/.config/dask/jobqueue.yaml``.
    workers : int
        SLURM jobs to ask for; with an address, tasks handed out at once.

    Raises
    ------
    ClusterError
        Without the extra ``cluster``, and where no scheduler answers.
    """

    def __init__(self, nation: Nation, where: str, workers: int) -> None:
        try:
            from distributed import Client, KilledWorker
            from distributed.client import FutureCancelledError
        except ImportError as error:
            raise ClusterError(
                "--cluster needs Dask: pip install 'voltmile[cluster]' here and on the workers"
            ) from error
        self.died: tuple[type[BaseException], ...] = (KilledWorker, FutureCancelledError)
        self.workers = workers
        self._jobs = _slurm(workers) if where == "slurm" else None
        try:
            self._client: Any = Client(self._jobs or where, timeout=_REACH_S)
        except (OSError, ValueError, TimeoutError) as error:
            raise ClusterError(f"no Dask scheduler answers at {where}: {error}") from error
        self._nation = self._client.scatter(nation, broadcast=True, hash=False)
        self._executor: Executor = self._client.get_executor(pure=False)

    def submit(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Future[Any]:
        """Hand a call out."""
        return self._executor.submit(_call_on, self._nation, function, arguments)

    def close(self, at_once: bool) -> None:
        """End; ``at_once`` without waiting for what is running."""
        self._executor.shutdown(wait=not at_once)  # Dask's own cancels what waits
        self._client.close()
        if self._jobs is not None:
            self._jobs.close()


def _slurm(workers: int) -> Any:
    try:
        from dask_jobqueue import SLURMCluster
    except ImportError as error:
        raise ClusterError("--cluster slurm needs dask-jobqueue: pip install 'voltmile[cluster]'") from error
    jobs = SLURMCluster(cores=1, processes=1, memory="4GB", job_name="voltmile")
    jobs.scale(jobs=workers)
    return jobs


def _call_on(nation: Nation, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    return function(nation, *arguments)
