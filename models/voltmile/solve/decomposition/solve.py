"""A nation by decomposition: cities at prices, a bound that holds for all of them, one program over plans."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from voltmile.solve.decomposition import plans as city_plans
from voltmile.solve.decomposition import work
from voltmile.solve.decomposition.assemble import bound_of, certificate_of, costs_of, plan_of
from voltmile.solve.decomposition.choice import Choosing, NationalPlan
from voltmile.solve.decomposition.effort import CityEffort
from voltmile.solve.decomposition.frames import (
    CityFrame,
    elastic_prices,
    national_frame,
    shared_rows,
    slack_rows,
)
from voltmile.solve.decomposition.plans import CityPlan
from voltmile.solve.decomposition.proposals import Answer, CityOracle, Proposals
from voltmile.solve.decomposition.search import Found, search
from voltmile.solve.decomposition.stages import Stages
from voltmile.solve.decomposition.work import CityBound, CityColumns
from voltmile.solve.frame import Frame, Vector
from voltmile.solve.infeasible import contradiction
from voltmile.solve.progress import BoundImproved, Message
from voltmile.solve.run import Run, relative_gap
from voltmile.solve.solution import Solution
from voltmile.solve.status import SolverError, Status

#: Share of what a hard limit allows that a mixture may exceed it by and still count as keeping it.
_LACKING = 1e-6
#: Times over all cities that they are planned again at most.
_PASSES = 3
#: Prices of hard limits at which cities plan too, as multiples of the best ones.
_DEARER = (0.7, 1.5, 4.0)


@dataclass
class Decomposition:
    """One nation being solved city by city."""

    run: Run
    stages: Stages
    effort: CityEffort

    def solve(self, gap: float) -> Solution:
        """Go through all stages."""
        run, nation = self.run, self.run.nation
        frame = national_frame(nation)
        with run.phase("tours"):
            tours = self._tours()
        with run.phase("first prices"):
            framed = self.stages.run(
                "frames",
                work.framed,
                lambda city: (self.stages.store.get(tours[city]),),
                lambda city: [tours[city]],
            )
            frames = {city: found.frame for city, found in self.stages.results(framed)}
            first = {city: found.proposals for city, found in self.stages.results(framed)}
            start = self._search(frame, self._oracles(frames, first), frame.clipped(_nothing(frame)))
        with run.phase("columns"):
            columns = self._columns(frames, tours, start.best.prices)
            known = {city: found.proposals for city, found in self.stages.results(columns)}
        with run.phase("prices"):
            oracles = self._oracles(frames, known)
            found = self._search(frame, oracles, start.best.prices)
            self._refuse_lacking(frame, found)
            whole = self._search(frame, oracles, found.best.prices, whole=True) if _counts(frame) else found
        with run.phase("bound"):
            bounds = self._bounds(frames, columns, found)
            bound = bound_of(frame, found.best.prices, bounds)
            run.tell(BoundImproved(bound))
        with run.phase("plan"):
            offered = self._plans(frame, frames, columns, whole)
            decided = self._decide(frame, offered, columns, bound)
        return self._solution(gap, frame, frames, found, bounds, decided)

    # -- stages ---------------------------------------------------------------------------------------------

    def _tours(self) -> dict[str, str]:
        def arguments(_: str) -> tuple[object, ...]:
            return self.effort, self.run.seed

        def depends(_: str) -> Sequence[object]:
            return self.effort, self.run.seed

        return self.stages.run("tours", work.tours, arguments, depends, limits=False)

    def _columns(
        self, frames: Mapping[str, CityFrame], tours: Mapping[str, str], prices: Vector
    ) -> dict[str, str]:
        def arguments(city: str) -> tuple[object, ...]:
            return frames[city], self.stages.store.get(tours[city]), prices, self.effort, self.run.seed

        return self.stages.run(
            "columns", work.columns, arguments, lambda city: [tours[city], _digest(prices)]
        )

    def _oracles(
        self, frames: Mapping[str, CityFrame], proposals: Mapping[str, Proposals]
    ) -> dict[str, CityOracle]:
        keys = shared_rows(self.run.nation)
        return {city: CityOracle(frames[city], proposals[city], keys) for city in frames}

    def _search(
        self, frame: Frame, oracles: Mapping[str, CityOracle], start: Vector, *, whole: bool = False
    ) -> Found:
        def ask(prices: Vector) -> dict[str, Answer]:
            return {city: oracle.answer(prices, whole=whole) for city, oracle in oracles.items()}

        found = search(frame, ask, start, rounds=self.effort.price_rounds)
        self.run.tell(
            Message(
                f"{len(found.seen)} prices{', green cities whole' if whole else ''}: a mixture of the plans "
                f"known costs {found.value:,.0f} CNY, none less than {found.best.bound:,.0f}"
            )
        )
        return found

    def _refuse_lacking(self, frame: Frame, found: Found) -> None:
        if (found.lacking <= _LACKING * abs(found.lacking).max(initial=1.0)).all():
            return
        words = _words(frame, found.lacking)
        raise contradiction(self.run.nation, f"no mixture of plans keeps all limits: {words}")

    def _bounds(
        self, frames: Mapping[str, CityFrame], columns: Mapping[str, str], found: Found
    ) -> dict[str, CityBound]:
        prices, answers = found.best.prices, found.best.answers

        def arguments(city: str) -> tuple[object, ...]:
            known: CityColumns = self.stages.store.get(columns[city])
            return frames[city], known, prices, answers[city].dual, self.effort

        keys = self.stages.run(
            "bound",
            work.bound,
            arguments,
            lambda city: [columns[city], _digest(prices), _digest(answers[city].dual)],
        )
        return dict(self.stages.results(keys))

    def _plans(
        self, frame: Frame, frames: Mapping[str, CityFrame], columns: Mapping[str, str], found: Found
    ) -> dict[str, list[CityPlan]]:
        prices = _prices_for_plans(frame, found, self.effort.kept_prices)

        def arguments(city: str) -> tuple[object, ...]:
            return frames[city], self.stages.store.get(columns[city]), prices, self.effort

        digests = [_digest(p) for p in prices]
        keys = self.stages.run("plans", city_plans.plans, arguments, lambda city: [columns[city], *digests])
        return dict(self.stages.results(keys))

    def _decide(
        self,
        frame: Frame,
        offered: Mapping[str, Sequence[CityPlan]],
        columns: Mapping[str, str],
        bound: float,
    ) -> NationalPlan:
        run, effort = self.run, self.effort
        choosing = Choosing(frame, bound)
        decided = choosing.choose(offered, run.patience())
        if decided is None:
            raise SolverError("the choice of one plan a city ended without one")
        self._told(bound, decided)
        cost = {city: plan.cost for city, plan in decided.cities.items()}
        order = sorted(offered, key=lambda city: (-cost[city], city))

        def refit(now: CityPlan, least: Vector, most: Vector) -> CityPlan | None:
            return city_plans.refit(run.nation, now, least, most, choosing.elastic, effort)

        def rejoin(now: CityPlan, least: Vector, most: Vector) -> CityPlan | None:
            every = work.all_columns(self.stages.store.get(columns[now.city]))
            return city_plans.refit(run.nation, now, least, most, choosing.elastic, effort, every)

        for again, count in ((refit, effort.refits), (rejoin, effort.rejoins)):
            decided = choosing.improve(decided, _around(order, count), again, lambda: run.over)
            self._told(bound, decided)
        if not decided.feasible:
            lacking = decided.slack * (choosing.elastic > 0)
            raise contradiction(run.nation, f"no plan in whole vehicles was found: {_words(frame, lacking)}")
        return decided

    def _told(self, bound: float, decided: NationalPlan) -> None:
        if decided.feasible:
            self.run.tell(BoundImproved(bound, decided.cost, relative_gap(decided.cost, bound)))

    # -- the result -----------------------------------------------------------------------------------------

    def _solution(
        self,
        gap: float,
        frame: Frame,
        frames: Mapping[str, CityFrame],
        found: Found,
        bounds: Mapping[str, CityBound],
        decided: NationalPlan,
    ) -> Solution:
        nation = self.run.nation
        plan, routes = plan_of(nation, frame, decided)
        certificate = certificate_of(frame, found.best.prices, frames, bounds)
        reached = relative_gap(decided.cost, certificate.bound)
        return Solution(
            nation=nation,
            plan=plan,
            status=Status.OPTIMAL if reached is None or reached <= gap else Status.NODE_LIMIT,
            objective=decided.cost,
            bound=certificate.bound,
            costs=costs_of(nation, decided),
            routes=routes,
            columns=routes,
            certificate=certificate,
            seconds_by_phase=dict(self.run.seconds),
            sizes={
                "cities": len(nation.cities),
                "hubs": len(nation.hubs),
                "villages": len(nation.villages),
                "rows": sum(len(f.own.keys) for f in frames.values()) + len(frame.keys),
                "variables": sum(len(f.own.c) for f in frames.values()) + len(frame.c),
            },
        )


def _nothing(frame: Frame) -> Vector:
    """Prices to begin with: priced limits at their price, the others free."""
    dual = np.zeros(len(frame.keys))
    for j, (r, sign) in enumerate(slack_rows(frame)):
        dual[r] = frame.c[j] / sign
    return dual


def _counts(frame: Frame) -> bool:
    """Whether cities are counted: something a linear program cannot see."""
    return any(name == "green_count" for name, _ in frame.keys)


def _prices_for_plans(frame: Frame, found: Found, kept: int) -> list[Vector]:
    """Return the best prices, others of the search, dearer ones, and such as pay a city to be green.

    Linear prices leave a city free between plans of the same priced cost; limits are filled with whole plans
    at prices around the best ones.
    """
    ranked = sorted(found.seen, key=lambda point: -point.bound)
    prices = [point.prices for point in ranked[:kept]]
    best = prices[0]
    hard = elastic_prices(frame, found.value) > 0
    prices += [np.where(hard, best * factor, best) for factor in _DEARER]
    green = np.array([name == "green_count" for name, _ in frame.keys], dtype=bool)
    if green.any():
        paid = found.value / len(found.best.answers)
        prices += [np.where(green, paid, p) for p in (best, prices[-1])]
    return [frame.clipped(p) if not green.any() else p for p in prices]


def _words(frame: Frame, lacking: Vector) -> str:
    """Say which limits lack how much."""
    pairs = zip(frame.keys, lacking.tolist(), strict=True)
    return "; ".join(f"{key[1][0]} lacks {amount:,.6g}" for key, amount in pairs if amount > 0)


def _around(order: Sequence[str], count: int) -> list[str]:
    """Return so many, from the beginning again where they are fewer."""
    return [order[j % len(order)] for j in range(min(count, _PASSES * len(order)))]


def _digest(values: Vector) -> str:
    return hashlib.sha256(values.tobytes()).hexdigest()
