"""What may happen while HiGHS runs: Ctrl-C, a stop asked for by the caller, and progress reports."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from types import FrameType
from typing import Any

import highspy
from highspy import HighsModelStatus, HighsStatus, cb

from voltmile.routes.stop import Stop, asked_of
from voltmile.solve.outcome import relative_gap
from voltmile.solve.status import SolverError

Handler = Callable[[int, FrameType | None], Any]
"""Of a signal, as Python calls it."""

_POLL_S = 0.05
"""How often ``stop`` is asked; HiGHS itself calls back up to thousands of times a second."""

_INTERRUPTIBLE = (
    cb.HighsCallbackType.kCallbackMipInterrupt,
    cb.HighsCallbackType.kCallbackSimplexInterrupt,
    cb.HighsCallbackType.kCallbackIpmInterrupt,
)
_IMPROVING = cb.HighsCallbackType.kCallbackMipImprovingSolution
_MIP_EVENTS = (int(cb.HighsCallbackType.kCallbackMipInterrupt), int(_IMPROVING))


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a MIP solve stands; the objective is minimised, so ``dual <= optimum <= primal``.

    Attributes
    ----------
    seconds : float
        Wall seconds since HiGHS was started.
    primal : float
        Objective of the incumbent, inf while there is none.
    dual : float
        Best lower bound proven so far, -inf while there is none; it never decreases.
    nodes : int
        Nodes of the search tree so far.
    """

    seconds: float
    primal: float
    dual: float
    nodes: int

    @property
    def gap(self) -> float:
        """Relative gap, inf while there is no incumbent or no bound."""
        return relative_gap(self.primal, self.dual)


class Watch:
    """Runs HiGHS once, so that it can be stopped and report, and whatever happens keeps what it found.

    Parameters
    ----------
    stop
        Asked about every 0.05 s, in the thread that solves.
    on_progress
        Called at every better incumbent, and every ``every_s`` seconds. MIPs only.
    every_s
        Wall seconds between two reports without a better incumbent.
    answers
        Whether Ctrl-C ends the solve quietly, for the caller to see in ``interrupted``. Where the application
        has a handler of its own, Ctrl-C is that handler's in any case, and the solve goes on unless ``stop``
        or an exception of the handler ends it.

    Attributes
    ----------
    interrupted
        Whether Ctrl-C was answered or ``stop`` said so while HiGHS ran, even if it ended before it noticed.

    Notes
    -----
    Nothing may raise through HiGHS, whose search would be left half-done. So an exception of ``stop``,
    ``on_progress`` or a handler of Ctrl-C ends the solve as an interruption would, and ``run`` raises it
    afterwards.
    """

    def __init__(
        self,
        stop: Stop | None = None,
        on_progress: Callable[[Progress], object] | None = None,
        every_s: float = 0.5,
        *,
        answers: bool = True,
    ) -> None:
        self.interrupted = False
        self._answers = answers
        self._stop = None if stop is None else asked_of(stop)
        self._on_progress = on_progress
        self._every_s = every_s
        self._error: BaseException | None = None
        self._next_poll = self._next_report = self._started = 0.0
        self._primal, self._dual = math.inf, -math.inf

    def run(self, highs: highspy.Highs) -> float:
        """Run ``highs`` to its end and return the wall seconds it took.

        Raises
        ------
        SolverError
            HiGHS could not start, e.g. with an option that contradicts another.
        BaseException
            Whatever ``stop``, ``on_progress`` or the handler of Ctrl-C raised.
        """
        self._attach(highs)
        self._started = time.perf_counter()
        self._next_report = self._started + self._every_s
        try:
            with _sigint_calls(self._heard):
                _run(highs)
        finally:
            highs.setCallback(None, None)
        seconds = time.perf_counter() - self._started
        if self._error is not None:
            raise self._error
        return seconds

    def _attach(self, highs: highspy.Highs) -> None:
        highs.setCallback(self._event, None)
        for kind in _INTERRUPTIBLE:
            highs.startCallback(kind)
        if self._on_progress is not None:
            highs.startCallback(_IMPROVING)

    def _heard(self, usual: Handler, number: int, frame: FrameType | None) -> None:
        if self._answers and usual is signal.default_int_handler:
            self.interrupted = True
            return
        try:
            usual(number, frame)
        except BaseException as error:  # noqa: BLE001  (see Notes: kept, and raised by run)
            self._error = error

    def _event(
        self,
        kind: cb.HighsCallbackType,
        _message: str,
        out: cb.HighsCallbackOutput,
        into: cb.HighsCallbackInput,
        _: Any,
    ) -> None:
        if self._error is None:
            try:
                self._ask()
                if self._on_progress is not None and int(kind) in _MIP_EVENTS:
                    self._report(self._on_progress, out)
            except BaseException as error:  # noqa: BLE001  (see Notes: kept, and raised by run)
                self._error = error
        if self.interrupted or self._error is not None:
            into.user_interrupt = True

    def _ask(self) -> None:
        if self._stop is None or self.interrupted or time.perf_counter() < self._next_poll:
            return
        self.interrupted = bool(self._stop())
        self._next_poll = time.perf_counter() + _POLL_S

    def _report(self, on_progress: Callable[[Progress], object], out: cb.HighsCallbackOutput) -> None:
        now = time.perf_counter()
        better = out.mip_primal_bound < self._primal
        # HiGHS restarts its tree with a new bound; every bound it ever proved still holds.
        self._primal = min(self._primal, out.mip_primal_bound)
        self._dual = max(self._dual, out.mip_dual_bound)
        if better or now >= self._next_report:
            self._next_report = now + self._every_s
            on_progress(Progress(now - self._started, self._primal, self._dual, max(0, out.mip_node_count)))


def _run(highs: highspy.Highs) -> None:
    """Run; once more if only the thread pool of an earlier solve with another ``threads`` was in the way."""
    if highs.run() == HighsStatus.kError and highs.getModelStatus() == HighsModelStatus.kNotset:
        # The pool belongs to the thread, not to the object. It is not reset before every run: that is a race
        # with solves of other threads (HiGHS PR #3141), and needed only when the number really changed.
        highspy.Highs.resetGlobalScheduler(True)
        if highs.run() == HighsStatus.kError and highs.getModelStatus() == HighsModelStatus.kNotset:
            raise SolverError(
                "HiGHS could not start the solve; set the option output_flag to see its message"
            )


@contextmanager
def _sigint_calls(heard: Callable[[Handler, int, FrameType | None], None]) -> Iterator[None]:
    """Let Ctrl-C call ``heard`` for a while, with the usual handler before its arguments.

    Only where Python lets us (the main thread), and not where Ctrl-C is ignored on purpose: in the workers of
    a pool whose parent decides.
    """
    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(usual):
        yield
        return
    signal.signal(signal.SIGINT, partial(heard, usual))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
