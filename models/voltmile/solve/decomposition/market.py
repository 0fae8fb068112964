"""A nation's own program and what its cities answer to prices: searched, and solved again as limits move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from voltmile.problem.nation import Nation
from voltmile.solve.decomposition.city_lacking import city_words
from voltmile.solve.decomposition.frames import CityFrame, city_frame, city_of
from voltmile.solve.decomposition.national import national_of, shared_rows
from voltmile.solve.decomposition.proposals import Answer, CityOracle, Proposals, proposals_of
from voltmile.solve.decomposition.search import Found, NationalMaster, Point, search
from voltmile.solve.frame import Frame, Vector
from voltmile.solve.infeasible import InfeasibleError
from voltmile.solve.linking import RowKey
from voltmile.solve.prices import BlockKey
from voltmile.solve.status import SolverError, Status
from voltmile.solve.use import RouteUse

#: Relative distance of master and bound at which a limit that was moved counts as solved.
_CLOSE = 1e-7
#: Prices asked for after a limit moved: the plans known are nearly all there is to know.
_ROUNDS = 6


#: Days of hubs that may stay unserved by rounding.
_IDLE = 1e-6


class CityMarket(CityOracle):
    """A city's answers, and its cost when one shared row is bounded instead of priced."""

    def __init__(self, frame: CityFrame, proposals: Proposals, shared: Sequence[RowKey]) -> None:
        super().__init__(frame, proposals, shared)
        self.frame = frame
        self.proposals = proposals
        self._bounded: dict[int, int] = {}

    def cost_within(self, prices: Vector, row: int, most: float) -> float | None:
        """Return the least cost with at most so much of a shared row, the others at prices; None without."""
        priced = prices[: len(self._constant)].copy()
        priced[row] = 0.0
        self._lp.set_costs(self._everything, self._cost - self._shared.T @ priced)
        bounded = self._row(row)
        self._lp.set_row_bounds([bounded], -np.inf, most - self._constant[row])
        try:
            answer = self._solved(priced)
        finally:
            self._lp.set_row_bounds([bounded], -np.inf, np.inf)
        return None if answer is None else answer.value

    def extreme_use(self, row: int, sign: float) -> float:
        """Return the least use of a shared row (sign 1) or the most (-1) with all work done; 0 without."""
        costs = self._shared.tocsr()[[row], :].toarray().ravel()
        self._lp.set_costs(self._everything, sign * costs)
        self.serve_all()
        result = self._lp.solve()
        if result.status is not Status.OPTIMAL or result.x is None:
            return 0.0
        return float(costs @ result.x) + float(self._constant[row])

    def serve_all(self) -> None:
        """Leave no hub's day unserved from now on, whatever the prices."""
        self._lp.set_column_bounds(range(self._artificial.start, self._artificial.stop), 0.0, 0.0)

    def is_able(self) -> bool:
        """Whether the city can do all its work under its own rows."""
        idle = np.zeros(len(self._cost))
        idle[self._artificial] = 1.0
        self._lp.set_costs(self._everything, idle)
        result = self._lp.solve()
        return result.status is Status.OPTIMAL and result.objective is not None and result.objective < _IDLE

    def has_part(self, row: int) -> bool:
        """Whether anything the city decides counts in a shared row."""
        return bool(self._shared.tocsr()[[row], :].nnz)

    def contradicts(self) -> bool:
        """Whether the city's own rows contradict each other, whatever its routes are."""
        return self._lp.solve().status is Status.INFEASIBLE

    def words(self, nation: Nation, city: str) -> str:
        """Say why the city cannot do its work; empty where it can. It answers no prices afterwards."""
        columns = range(self._artificial.start, self._artificial.stop)
        blocks = dict(zip(columns, self.proposals.blocks, strict=True))
        return city_words(nation, city, self.frame.own, self._lp, blocks)

    def _row(self, row: int) -> int:
        if row not in self._bounded:
            entries = sp.csr_array(self._shared.tocsr()[[row], :])
            (self._bounded[row],) = self._lp.add_rows(
                entries.indptr, entries.indices, entries.data, -np.inf, np.inf
            )
        return self._bounded[row]


@dataclass(frozen=True)
class Resolved:
    """The nation after a limit moved: mixtures cost between ``best.bound`` and ``value``.

    Attributes
    ----------
    lacking : array, shape (shared rows,)
        By how much hard rows are violated all the same.
    points : tuple of Point
        Those known before and those asked since.
    """

    value: float
    best: Point
    lacking: Vector
    points: tuple[Point, ...]

    @property
    def open_cny(self) -> float:
        """What the search left open."""
        return max(0.0, self.value - self.best.bound)


@dataclass(frozen=True)
class Market:
    """A nation as a frame of shared rows and one oracle a city."""

    nation: Nation
    frame: Frame
    cities: Mapping[str, CityMarket]

    @property
    def limits(self) -> int:
        """How many rows, the first ones, are those of limits."""
        return len(self.nation.limits)

    @property
    def counts(self) -> bool:
        """Whether cities are counted: something a linear program cannot see."""
        return any(name == "green_count" for name, _ in self.frame.keys)

    def ask(self, prices: Vector, *, whole: bool = False) -> dict[str, Answer]:
        """Return what all cities answer.

        Raises
        ------
        InfeasibleError
            Naming a city whose own rows contradict each other.
        """
        return {city: self._answer(city, prices, whole) for city in self.cities}

    def _answer(self, city: str, prices: Vector, whole: bool) -> Answer:
        try:
            return self.cities[city].answer(prices, whole=whole)
        except SolverError as error:
            if self.cities[city].contradicts():
                raise InfeasibleError(self.city_words(city)) from error
            raise

    def city_words(self, city: str) -> str:
        """Say why a city cannot do its work; empty where it can."""
        return self.cities[city].words(self.nation, city)

    def search(self, start: Vector, rounds: int, *, whole: bool = False) -> Found:
        """Search prices of the shared rows."""

        def ask(prices: Vector) -> dict[str, Answer]:
            return self.ask(prices, whole=whole)

        return search(self.frame, self.limits, ask, start, rounds=rounds)

    def resolved(
        self,
        frame: Frame,
        known: Sequence[Point],
        *,
        whole: bool = False,
        elastic: Vector | None = None,
        rounds: int = _ROUNDS,
    ) -> Resolved:
        """Solve with other limits, beginning with what is known of the cities.

        Parameters
        ----------
        frame : Frame
            The market's own with other sides.
        elastic : array, optional
            Costs of violating hard rows instead of the usual ones; then no hub's day stays unserved.
        """
        points = [bound_at(frame, point) for point in known]
        master = NationalMaster(frame, self.limits, list(self.cities), elastic)
        if elastic is not None:
            for city in self.cities.values():
                city.serve_all()
            master.propose(self.ask(max(points, key=lambda point: point.bound).prices, whole=whole))
        for point in points:
            served = {c: a for c, a in point.answers.items() if elastic is None or a.unserved <= _IDLE}
            master.propose(served)
        while True:
            value, dual, lacking = master.solve()
            best = max(points, key=lambda point: point.bound)
            asked = len(points) - len(known)
            if value - best.bound <= _CLOSE * abs(value) or asked >= rounds:
                break
            prices = frame.clipped(dual)
            if any(np.array_equal(prices, point.prices) for point in points):
                break
            answers = self.ask(prices, whole=whole)
            points.append(bound_at(frame, Point(prices, answers, 0.0)))
            master.propose(answers)
        return Resolved(value, best, lacking, tuple(points))


def bound_at(frame: Frame, point: Point) -> Point:
    """Bound a frame from below with answers known."""
    prices = frame.clipped(point.prices)
    if not np.array_equal(prices, point.prices):  # the answers are those of other prices
        return replace(point, bound=-np.inf)
    return replace(point, bound=frame.value(prices, sum(a.value for a in point.answers.values())))


def market_of(
    nation: Nation, frame: Frame, frames: Mapping[str, CityFrame], proposals: Mapping[str, Proposals]
) -> Market:
    """Put frames and plans of cities together."""
    keys = shared_rows(nation)
    return Market(nation, frame, {c: CityMarket(frames[c], proposals[c], keys) for c in frames})


def market_of_uses(nation: Nation, uses: Mapping[BlockKey, Sequence[RouteUse]]) -> Market:
    """Cut a nation that is solved whole into its cities, with what the plans known of each day take."""
    frames, proposals = dict[str, CityFrame](), dict[str, Proposals]()
    for place in nation.cities:
        city = city_of(nation, place.id)
        frames[place.id] = city_frame(city)
        proposals[place.id] = proposals_of(city, frames[place.id], uses)
    return market_of(nation, national_of(nation).frame, frames, proposals)


def moved(frame: Frame, row: int, by: float) -> Frame:
    """Allow so much more of a row, or ask for so much less."""
    lower, upper = frame.row_lower.copy(), frame.row_upper.copy()
    lower[row] -= by
    upper[row] += by
    if np.isposinf(upper[row]):
        return replace(frame, row_lower=lower)
    return replace(frame, row_upper=upper)
