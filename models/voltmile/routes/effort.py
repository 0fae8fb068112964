"""What a search may spend: iterations, which make it repeatable, or seconds, or both."""

from __future__ import annotations

import math
import time

from voltmile.routes.stop import Stop, asked_of


class Effort:
    """A limit on iterations and seconds that can be shared out; also PyVRP's stopping criterion.

    What a part spends is spent of the whole.
    """

    def __init__(self, iterations: int | None, seconds: float | None, stop: Stop | None = None) -> None:
        if iterations is None and seconds is None:
            raise ValueError("a search needs a limit: iterations or seconds")
        self._left = math.inf if iterations is None else iterations
        self._until = math.inf if seconds is None else time.perf_counter() + seconds
        self._stop = asked_of(stop)
        self._whole: Effort | None = None

    def part(self, share: float) -> Effort:
        """Return a share of what is left."""
        now = time.perf_counter()
        part = Effort(0, None, self._stop)
        part._left = self._left if math.isinf(self._left) else math.ceil(self._left * share)
        part._until = now + (self._until - now) * share
        part._whole = self
        return part

    @property
    def over(self) -> bool:
        """Whether nothing is left, or somebody said stop."""
        return self._stop() or self._left <= 0 or time.perf_counter() >= self._until

    def __call__(self, best_cost: int) -> bool:
        """Ask whether the search has to stop; it spends an iteration otherwise."""
        del best_cost
        if self.over or (self._whole is not None and self._whole.over):
            return True
        self._spend()
        return False

    def _spend(self) -> None:
        self._left -= 1
        if self._whole is not None:
            self._whole._spend()
