"""How a caller ends what takes long."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import numpy as np
from numpy.typing import NDArray

Stop = Event | Callable[[], bool]
"""An event that gets set, or a function that starts to return True."""


Halt = NDArray[np.bool_]
"""A flag, shape (1,), that compiled code reads: set by another thread, it ends the work under way."""


def lowered() -> Halt:
    """Return a flag that is not set."""
    return np.zeros(1, dtype=np.bool_)


def asked_of(stop: Stop | None) -> Callable[[], bool]:
    """Return what says whether to stop; never without a ``stop``."""
    if isinstance(stop, Event):
        return stop.is_set
    return (lambda: False) if stop is None else stop
