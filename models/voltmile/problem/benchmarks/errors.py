"""The one error that a benchmark file which cannot be used raises."""

from __future__ import annotations

from voltmile.problem.faults import Fault


class BenchmarkError(ValueError):
    """A benchmark file that cannot be used: one line with the place, what is wrong and what would be valid.

    Attributes
    ----------
    fault : Fault
    """

    def __init__(self, file: str, where: str, message: str) -> None:
        self.fault = Fault(file, where, message)
        super().__init__(str(self.fault))


def shown(text: str) -> str:
    """Quote what stands in a file, cut to a readable length."""
    return repr(text if len(text) <= 40 else f"{text[:37]}...")
