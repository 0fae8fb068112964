"""What other processes do in the tests instead of solving; in a module, so that they can import it."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event

from small_benchmarks import answer

from voltmile.study.benchmark.settings import Settings
from voltmile.study.benchmark.tasks import Crash


def serve(connection: Connection, settings: Settings, halt: Event) -> None:
    """Answer at once, but for names that say otherwise."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(EOFError, OSError):
        while True:
            problem = connection.recv()
            if problem.name.startswith("A-n9"):
                os._exit(3)
            if problem.name.startswith("A-n8"):
                connection.send(("done", Crash("ValueError: eight")))
                continue
            if problem.name.startswith("A-n7"):
                connection.send(("event", (0.0, "waiting", 0.0, 0.0, 0, 0)))
                while not halt.is_set():
                    time.sleep(0.01)
            connection.send(("event", (0.1, "here", 1.0, 2.0, 3, 4)))
            connection.send(("done", answer(problem)))


def serve_deaf(connection: Connection, settings: Settings, halt: Event) -> None:
    """Never end."""
    connection.recv()
    connection.send(("event", (0.0, "deaf", 0.0, 0.0, 0, 0)))
    time.sleep(600)
