"""A nation's own program and what its cities answer to prices: searched, and solved again as limits move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from voltmile.problem.nation import Nation
from voltmile.solve.decomposition.frames import CityFrame, city_frame, city_of
from voltmile.solve.decomposition.national import national_of, shared_rows
from voltmile.solve.decomposition.proposals import Answer, CityOracle, Proposals, proposals_of
from voltmile.solve.decomposition.search import Found, NationalMaster, Point, search
from voltmile.solve.frame import Frame, Vector
from voltmile.solve.linking import RowKey
from voltmile.solve.offers import Offers
from voltmile.solve.prices import BlockKey
from voltmile.solve.status import Status

#: Relative distance of master and bound at which a limit that was moved counts as solved.
_CLOSE = 1e-9
#: Prices asked for after a limit moved: the plans known are nearly all there is to know.
_ROUNDS = 15


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

    def unserved_at(self, prices: Vector) -> dict[BlockKey, float]:
        """Return the share of each hub and day that no known plan serves within the city's own rows."""
        self._lp.set_costs(self._everything, self._cost - self._shared.T @ prices[: len(self._constant)])
        result = self._lp.solve()
        if result.status is not Status.OPTIMAL or result.x is None:
            return {}
        shares = zip(self.proposals.blocks, result.x[self._artificial].tolist(), strict=True)
        return {key: share for key, share in shares if share > _UNSERVED}

    def _row(self, row: int) -> int:
        if row not in self._bounded:
            entries = sp.csr_array(self._shared.tocsr()[[row], :])
            (self._bounded[row],) = self._lp.add_rows(
                entries.indptr, entries.indices, entries.data, -np.inf, np.inf
            )
        return self._bounded[row]


#: Share of a hub's day that counts as unserved.
_UNSERVED = 1e-6


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
        """Return what all cities answer."""
        return {city: one.answer(prices, whole=whole) for city, one in self.cities.items()}

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
            Costs of violating hard rows instead of the usual ones.
        """
        points = [_at(frame, point) for point in known]
        master = NationalMaster(frame, self.limits, list(known[0].answers), elastic)
        for point in points:
            master.propose(point.answers)
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
            points.append(_at(frame, Point(prices, answers, 0.0)))
            master.propose(answers)
        return Resolved(value, best, lacking, tuple(points))


def _at(frame: Frame, point: Point) -> Point:
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


def market_of_offers(nation: Nation, offers: Mapping[BlockKey, Offers]) -> Market:
    """Cut a nation that is solved whole into its cities, with the plans that its hubs offered."""
    frames, proposals = dict[str, CityFrame](), dict[str, Proposals]()
    for place in nation.cities:
        city = city_of(nation, place.id)
        frames[place.id] = city_frame(city)
        plans = {key: list(offers[key].plans.values()) for key in city.blocks}
        proposals[place.id] = proposals_of(city, frames[place.id], plans)
    return market_of(nation, national_of(nation).frame, frames, proposals)


def moved(frame: Frame, row: int, by: float) -> Frame:
    """Allow so much more of a row, or ask for so much less."""
    lower, upper = frame.row_lower.copy(), frame.row_upper.copy()
    lower[row] -= by
    upper[row] += by
    if np.isposinf(upper[row]):
        return replace(frame, row_lower=lower)
    return replace(frame, row_upper=upper)
