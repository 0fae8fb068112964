"""Ends a labelling under way when it is time to stop, or late: the compiled code never looks at the clock."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

from voltmile.solve.routing.search import Search

#: Seconds between two looks at the clock.
_EVERY_S = 0.05


@contextmanager
def alarm(search: Search) -> Iterator[None]:
    """Set ``search.halt`` from another thread once ``search.due()``; no thread where nothing can be due."""
    if math.isinf(search.left) and search.stop is None:
        yield
        return
    over = Event()
    thread = Thread(target=_watch, args=(search, over), daemon=True, name="voltmile alarm")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _watch(search: Search, over: Event) -> None:
    try:
        while not over.wait(_EVERY_S):
            if search.due():
                search.halt[0] = True
    except Exception as error:  # noqa: BLE001 - whatever ``stop`` raises ends the search, not this thread
        search.failure = error
        search.halt[0] = True
