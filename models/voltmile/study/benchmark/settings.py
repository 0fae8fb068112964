"""How the problems of a benchmark are solved."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What every problem is solved with.

    Attributes
    ----------
    time_limit_s : float
        For each problem.
    gap : float
        Relative gap at which a problem counts as solved.
    """

    time_limit_s: float = 60.0
    gap: float = 0.0
    seed: int = 0

    def __str__(self) -> str:
        return f"time limit {self.time_limit_s:g} s, gap {self.gap:g}, seed {self.seed}"
