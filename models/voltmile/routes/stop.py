"""How a caller ends what takes long."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

Stop = Event | Callable[[], bool]
"""An event that gets set, or a function that starts to return True."""


def asked_of(stop: Stop | None) -> Callable[[], bool]:
    """Return what says whether to stop; never without a ``stop``."""
    if isinstance(stop, Event):
        return stop.is_set
    return (lambda: False) if stop is None else stop
