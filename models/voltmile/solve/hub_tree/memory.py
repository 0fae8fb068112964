"""What branchings gained where they were tried, and so promise elsewhere (pseudo-costs)."""

from __future__ import annotations

import math

import numpy as np

from voltmile.solve.hub_tree.branching import Candidate, Limits, is_open
from voltmile.solve.hub_tree.cuts import Count, row_of
from voltmile.solve.hub_tree.program import TreeProgram
from voltmile.solve.matrix import FloatArray

#: Weight of the better child against the worse one in the score of a branching.
_BETTER = 0.2
#: Least distance from an integer that is looked at again; sets looked at again; tries that are enough.
_FRACTIONAL, _AGAIN, _ENOUGH = 0.1, 40, 1
#: A smaller distance does not raise the gain a unit any more.
_NEAR = 0.1


class Memory:
    """Gains for each unit a branching moves its value by, down and up: the mean over the tries."""

    def __init__(self) -> None:
        self._gains: dict[Count, list[tuple[float, float]]] = {}
        self._rows: dict[Count, FloatArray] = {}

    def knows(self, count: Count) -> bool:
        """Whether it was tried often enough."""
        return len(self._gains.get(count, ())) >= _ENOUGH

    def learn(self, candidate: Candidate, gains: tuple[float, float]) -> None:
        """Remember a try."""
        down, up = _parts(candidate.value)
        each = gains[0] / max(down, _NEAR), gains[1] / max(up, _NEAR)
        self._gains.setdefault(candidate.count, []).append(each)

    def score(self, candidate: Candidate) -> float:
        """Return what a branching promises: the worse child, and a share of the better one."""
        tries = self._gains.get(candidate.count)
        if not tries:
            return 0.0
        down, up = np.mean(tries, axis=0)
        parts = _parts(candidate.value)
        gains = sorted((float(down) * parts[0], float(up) * parts[1]))
        return gains[0] + _BETTER * gains[1]

    def fractional(
        self, program: TreeProgram, x: FloatArray, limits: Limits, besides: list[Candidate]
    ) -> list[Candidate]:
        """Return those of the most promising branchings known that are fractional at a point."""
        taken = {candidate.count for candidate in besides}
        known = sorted(self._gains, key=lambda count: -self.score(Candidate(count, 0.5)))[:_AGAIN]
        found = []
        for count in known:
            if count not in self._rows:
                self._rows[count] = row_of(program, count)[0]
            candidate = Candidate(count, float(self._rows[count] @ x))
            if (
                count not in taken
                and is_open(candidate, limits)
                and min(_parts(candidate.value)) > _FRACTIONAL
            ):
                found.append(candidate)
        return sorted(found, key=self.score, reverse=True)[:2]


def _parts(value: float) -> tuple[float, float]:
    below = math.floor(value)
    return value - below, below + 1 - value
