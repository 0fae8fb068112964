"""Ctrl-C as a flag: the first one asks for an early end with the best plan so far, the second one insists."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn, cast

#: Events of the ``watching`` under way, the innermost last.
_watching: list[threading.Event] = []


class Abandoned(BaseException):
    """Ctrl-C came during work whose result is not worth waiting for."""


@contextmanager
def watching(stop: threading.Event) -> Iterator[None]:
    """Set ``stop`` on the first Ctrl-C, raise KeyboardInterrupt on the next; only in the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGINT)

    def heard(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    signal.signal(signal.SIGINT, heard)
    _watching.append(stop)
    try:
        yield
    finally:
        _watching.pop()
        signal.signal(signal.SIGINT, before)


@contextmanager
def abandoning() -> Iterator[None]:
    """Inside ``watching``: end the work at the first Ctrl-C, after it was heard, with ``Abandoned``.

    Elsewhere nothing changes: Ctrl-C raises KeyboardInterrupt, is ignored, or is the application's.
    """
    usual = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not _watching or not callable(usual):
        yield
        return
    handler = cast(Callable[[int, FrameType | None], object], usual)

    def heard(number: int, frame: FrameType | None) -> NoReturn:
        handler(number, frame)
        raise Abandoned

    signal.signal(signal.SIGINT, heard)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual)
