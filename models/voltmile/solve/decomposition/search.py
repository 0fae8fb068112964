"""Prices of what the cities share: a restricted master over the cities' answers, and steps towards its duals.

Dantzig and Wolfe 1960, doi:10.1287/opre.8.1.101, with one convexity row a city; the steps are those of
Wentges 1997, doi:10.1016/S0969-6016(97)00001-4: prices between the best ones so far and the master's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from voltmile.solve.decomposition.national import elastic_prices, softened
from voltmile.solve.decomposition.proposals import Answer
from voltmile.solve.frame import Frame, Vector
from voltmile.solve.lp import LpModel
from voltmile.solve.status import SolverError, Status

Answers = Mapping[str, Answer]
"""By city."""

#: Share of the way from the best prices to the master's: measured, see models/NATION.md.
STEP = 0.5
#: Relative distance of master and bound at which the search ends.
CLOSE = 1e-6


@dataclass(frozen=True)
class Point:
    """Prices with what the cities answer to them.

    Attributes
    ----------
    bound : float
        Cost of the cheapest mixture of all known plans within the shared rows, from below.
    """

    prices: Vector
    answers: Answers
    bound: float


@dataclass(frozen=True)
class Found:
    """Where a search ended.

    Attributes
    ----------
    best : Point
        Of the largest bound.
    value : float
        Of the last master: a mixture of plans costs so much.
    lacking : array, shape (shared rows,)
        By how much the mixture violates each hard row; 0 where the limits can be kept together.
    seen : tuple of Point
        In order.
    """

    best: Point
    value: float
    lacking: Vector
    seen: tuple[Point, ...]


@dataclass
class NationalMaster:
    """The restricted master: the nation's own variables, and convex combinations of each city's answers.

    Attributes
    ----------
    elastic : array or None
        Costs of violating hard rows; the usual ones by default.
    """

    frame: Frame
    limits: int
    cities: Sequence[str]
    elastic: Vector | None = None
    _columns: list[tuple[float, dict[int, float]]] = field(default_factory=list)
    _lp: LpModel | None = None
    _hard: NDArray[np.intp] = field(default_factory=lambda: np.zeros(0, dtype=np.intp))

    def propose(self, answers: Answers) -> None:
        """Add answers of cities, at first one of each."""
        first = len(self._columns)
        for number, city in enumerate(self.cities):
            if city not in answers:
                continue
            answer = answers[city]
            entries = {r: float(v) for r, v in enumerate(answer.use) if abs(v) > 1e-9}
            entries[len(self.frame.keys) + number] = 1.0
            self._columns.append((answer.cost, entries))
        if self._lp is not None:
            self._add(self._columns[first:])

    def solve(self) -> tuple[float, Vector, Vector]:
        """Return value, dual values of the shared rows and how far hard rows are violated."""
        if self._lp is None:
            self._start()
        assert self._lp is not None
        result = self._lp.solve()
        if result.status is not Status.OPTIMAL or result.row_duals is None or result.x is None:
            raise SolverError(f"the master over the cities ended {result.status}")
        rows = len(self.frame.keys)
        lacking = np.zeros(rows)
        first = len(self.frame.c)
        lacking[self._hard] = result.x[first : first + len(self._hard)]
        assert result.objective is not None
        return result.objective, result.row_duals[:rows], lacking

    def _start(self) -> None:
        prices = self.elastic
        if prices is None:
            total = sum(abs(cost) for cost, _ in self._columns[: len(self.cities)])
            prices = elastic_prices(self.frame, self.limits, total)
        soft = softened(self.frame, prices)
        self._hard = np.flatnonzero(prices > 0).astype(np.intp)
        relaxed = np.zeros(len(soft.c) + len(self._columns), dtype=np.int32)
        upper = np.full(len(self._columns), np.inf)
        self._lp = LpModel(soft.beside(self._columns, len(self.cities), upper, relaxed))

    def _add(self, columns: Sequence[tuple[float, Mapping[int, float]]]) -> None:
        assert self._lp is not None
        starts, rows, values = [0], list[int](), list[float]()
        for _, entries in columns:
            order = sorted(entries)
            rows += order
            values += [entries[r] for r in order]
            starts.append(len(rows))
        self._lp.add_columns([cost for cost, _ in columns], starts, rows, values)


def search(
    frame: Frame,
    limits: int,
    ask: Callable[[Vector], Answers],
    start: Vector,
    *,
    rounds: int,
    step: float = STEP,
    close: float = CLOSE,
    over: Callable[[], bool] = lambda: False,
) -> Found:
    """Move prices until no city's answer improves the master, or the rounds are over.

    Parameters
    ----------
    frame : Frame
        Of the nation.
    limits : int
        How many of its rows, the first ones, are those of limits.
    ask : callable
        Answers of all cities at prices.
    start : array
        First prices.
    over : callable
        Asked after each round whether to end early.
    """
    seen: list[Point] = []
    master: NationalMaster | None = None
    prices = frame.clipped(start)
    while True:
        answers = ask(prices)
        bound = frame.value(prices, sum(answer.value for answer in answers.values()))
        seen.append(Point(prices, answers, bound))
        best = max(seen, key=lambda point: point.bound)
        master = master or NationalMaster(frame, limits, list(answers))
        master.propose(answers)
        value, dual, lacking = master.solve()
        if value - best.bound <= close * abs(value) or len(seen) >= rounds or over():
            return Found(best, value, lacking, tuple(seen))
        prices = frame.clipped(best.prices + step * (dual - best.prices))
        if any(np.array_equal(prices, point.prices) for point in seen):
            prices = frame.clipped(dual)
            if any(np.array_equal(prices, point.prices) for point in seen):
                return Found(best, value, lacking, tuple(seen))
