"""A nation by decomposition: cities at prices, a bound that holds for all of them, one program over plans."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from voltmile.problem.nation import Nation
from voltmile.solve.decomposition import plans as city_plans
from voltmile.solve.decomposition import work
from voltmile.solve.decomposition.assemble import bound_of, certificate_of, costs_of, plan_of
from voltmile.solve.decomposition.choice import Choosing, NationalPlan
from voltmile.solve.decomposition.effort import CityEffort
from voltmile.solve.decomposition.frames import CityFrame, national_frame, slack_rows
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
            tours = self.stages.run("tours", work.tours, lambda _: (self.effort, run.seed), lambda _: self._base)
            frames = {city: found.frame for city, found in self.stages.results(tours)}
            first = {city: found.proposals for city, found in self.stages.results(tours)}
        with run.phase("first prices"):
            start = self._search(frame, frames, first, frame.clipped(_nothing(frame))).best.prices
        with run.phase("columns"):
            columns = self.stages.run(
                "columns",
                work.columns,
                lambda city: (self.stages.store.get(tours[city]), start, self.effort, run.seed),
                lambda city: [tours[city], _digest(start)],
            )
            known = {city: found.proposals for city, found in self.stages.results(columns)}
        with run.phase("prices"):
            found = self._search(frame, frames, known, start)
            self._refuse_lacking(frame, found)
        with run.phase("bound"):
            bounds = self._bounds(frames, columns, found)
            bound = bound_of(frame, found.best.prices, bounds)
            run.tell(BoundImproved(bound))
        with run.phase("plan"):
            offered = self._plans(frames, columns, found)
            decided = self._decide(frame, offered, columns, bound)
        return self._solution(gap, frame, frames, found, bounds, decided)

    # -- stages ---------------------------------------------------------------------------------------------

    @property
    def _base(self) -> Sequence[object]:
        """What everything depends on."""
        return [self.run.seed, self.effort]

    def _search(
        self, frame: Frame, frames: Mapping[str, CityFrame], proposals: Mapping[str, Proposals], start: Vector
    ) -> Found:
        oracles = {city: CityOracle(frames[city], proposals[city]) for city in frames}

        def ask(prices: Vector) -> dict[str, Answer]:
            return {city: oracle.answer(prices) for city, oracle in oracles.items()}

        found = search(frame, ask, start, rounds=self.effort.price_rounds)
        self.run.tell(
            Message(
                f"{len(found.seen)} prices: a mixture of the plans known costs {found.value:,.0f} CNY, "
                f"none less than {found.best.bound:,.0f}"
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
        self, frames: Mapping[str, CityFrame], columns: Mapping[str, str], found: Found
    ) -> dict[str, list[CityPlan]]:
        prices = self._prices_for_plans(found)

        def arguments(city: str) -> tuple[object, ...]:
            return frames[city], self.stages.store.get(columns[city]), prices, self.effort

        digests = [_digest(p) for p in prices]
        keys = self.stages.run(
            "plans", city_plans.plans, arguments, lambda city: [columns[city], *digests]
        )
        return dict(self.stages.results(keys))

    def _prices_for_plans(self, found: Found) -> list[Vector]:
        """The best prices, then others of the search, those of the largest bounds first."""
        ranked = sorted(found.seen, key=lambda point: -point.bound)
        return [point.prices for point in ranked[: self.effort.kept_prices]]

    def _decide(
        self, frame: Frame, offered: Mapping[str, Sequence[CityPlan]], columns: Mapping[str, str], bound: float
    ) -> NationalPlan:
        run, effort = self.run, self.effort
        choosing = Choosing(frame, bound)
        decided = choosing.choose(offered, run.patience())
        if decided is None:
            raise SolverError("the choice of one plan a city ended without one")
        self._told(bound, decided)
        order = sorted(offered, key=lambda city: (-decided.cities[city].cost, city))

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


def _words(frame: Frame, lacking: Vector) -> str:
    """Say which limits lack how much."""
    pairs = zip(frame.keys, lacking.tolist(), strict=True)
    return "; ".join(f"{key[1][0]} lacks {amount:,.6g}" for key, amount in pairs if amount > 0)


def _around(order: Sequence[str], count: int) -> list[str]:
    """Return so many, from the beginning again where they are fewer."""
    return [order[j % len(order)] for j in range(min(count, _PASSES * len(order)))]


def _digest(values: Vector) -> str:
    return hashlib.sha256(values.tobytes()).hexdigest()


