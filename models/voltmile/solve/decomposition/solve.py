"""A nation by decomposition: cities at prices, a bound that holds for all of them, one program over plans."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from voltmile.solve.decomposition.assemble import bound_of, certificate_of, plan_of
from voltmile.solve.decomposition.choice import NationalPlan
from voltmile.solve.decomposition.city_stages import CityStages, Keys
from voltmile.solve.decomposition.deciding import decide, prices_for_plans
from voltmile.solve.decomposition.effort import CityEffort
from voltmile.solve.decomposition.frames import CityFrame
from voltmile.solve.decomposition.lacking import refuse
from voltmile.solve.decomposition.market import Market, market_of
from voltmile.solve.decomposition.national import National, national_of, slack_columns
from voltmile.solve.decomposition.search import Found, Point
from voltmile.solve.decomposition.stages import Incomplete, Stages
from voltmile.solve.decomposition.work import CityBound, CityColumns, nothing_bounded
from voltmile.solve.decomposition.worth import Worth, worth_of
from voltmile.solve.frame import Frame, Vector
from voltmile.solve.progress import BoundImproved, Message
from voltmile.solve.run import NoPlanError, Run, relative_gap
from voltmile.solve.solution import Solution
from voltmile.solve.status import Status


def solve_by_cities(run: Run, stages: Stages, effort: CityEffort, gap: float) -> Solution:
    """Solve a nation city by city.

    Raises
    ------
    InfeasibleError
        When not even mixtures of plans keep all limits.
    NoPlanError
        When it was stopped before the first plan, or no plan in whole vehicles was found.
    """
    decomposition = Decomposition(run, CityStages(stages, effort, run.seed), effort)
    try:
        return decomposition.solve(gap)
    except Incomplete as stopped:
        raise NoPlanError(
            f"stopped before the first plan ({stopped}); the same run goes on from there"
        ) from stopped


@dataclass
class Decomposition:
    """One nation being solved city by city.

    Attributes
    ----------
    bounds : dict
        Of the cities: weak ones until a city's hubs are bounded.
    """

    run: Run
    cities: CityStages
    effort: CityEffort
    bounds: dict[str, CityBound] = field(default_factory=dict)

    def solve(self, gap: float) -> Solution:
        """Go through all stages: the plan first, then its bound, which a limit may end."""
        run = self.run
        national = national_of(run.nation)
        frame = national.frame
        with run.phase("tours"):
            tours = self.cities.tours()
        with run.phase("first prices"):
            framed = self.cities.framed(tours)
            frames = {city: found.frame for city, found in framed.items()}
            first = {city: found.proposals for city, found in framed.items()}
            market = market_of(run.nation, frame, frames, first)
            start = self._search(market, frame.clipped(_slack_prices(frame))).best.prices
        with run.phase("columns"):
            columns = self.cities.columns(frames, tours, start)
        with run.phase("prices"):
            known = {city: self.cities.columns_of(columns, city).proposals for city in frames}
            market = market_of(run.nation, frame, frames, known)
            found = self._search(market, start)
            whole = self._search(market, found.best.prices, whole=True) if market.counts else found
            refuse(market, whole, whole=market.counts)
            refuse(market, found)
        with run.phase("plan"):
            self._begin_bounds(frame, frames, found.best)
            decided = self._plan(frame, frames, columns, whole)
        with run.phase("bound"):
            self._bound(frame, frames, columns, found.best, decided)
        solution = self._solution(gap, national, frames, found.best, decided)
        solution = replace(solution, kept=lambda city: self.cities.columns_of(columns, city))
        return explained(run, solution, lambda: worth_of(market, whole, solution.plan, run.stop.is_set))

    @property
    def _limits(self) -> int:
        return len(self.run.nation.limits)

    # -- prices ---------------------------------------------------------------------------------------------

    def _search(self, market: Market, start: Vector, *, whole: bool = False) -> Found:
        found = market.search(start, self.effort.price_rounds, whole=whole)
        self.run.tell(
            Message(
                f"{len(found.seen)} prices{', green cities whole' if whole else ''}: a mixture of the plans "
                f"known costs {found.value:,.0f} CNY, none less than {found.best.bound:,.0f}"
            )
        )
        return found

    # -- plan and bound -------------------------------------------------------------------------------------

    def _plan(
        self, frame: Frame, frames: Mapping[str, CityFrame], columns: Keys, found: Found
    ) -> NationalPlan:
        prices = prices_for_plans(frame, self._limits, found, self.effort.kept_prices)
        offered = self.cities.plans(frames, columns, prices)
        bound = bound_of(frame, found.best.prices, self.bounds)

        def tell(plan: NationalPlan) -> None:
            self.run.tell(BoundImproved(bound, plan.cost, relative_gap(plan.cost, bound)))

        def columns_of(city: str) -> CityColumns:
            return self.cities.columns_of(columns, city)

        return decide(self.run, frame, offered, found.value, columns_of, self.effort, tell)

    def _begin_bounds(self, frame: Frame, frames: Mapping[str, CityFrame], point: Point) -> None:
        """Bound every city as if its routes cost nothing."""
        for city, own in frames.items():
            answer = point.answers[city]
            self.bounds[city] = nothing_bounded(self.run.nation, city, own, point.prices, answer.dual)
        self.run.tell(BoundImproved(bound_of(frame, point.prices, self.bounds)))

    def _bound(
        self,
        frame: Frame,
        frames: Mapping[str, CityFrame],
        columns: Keys,
        point: Point,
        decided: NationalPlan,
    ) -> None:
        def heard(city: str, found: CityBound) -> None:
            if found.value > self.bounds[city].value:
                self.bounds[city] = found
            bound = bound_of(frame, point.prices, self.bounds)
            self.run.tell(BoundImproved(bound, decided.cost, relative_gap(decided.cost, bound)))

        self.cities.bounds(frames, columns, point, lambda: self.run.over, heard)

    # -- the result -----------------------------------------------------------------------------------------

    def _solution(
        self,
        gap: float,
        national: National,
        frames: Mapping[str, CityFrame],
        point: Point,
        decided: NationalPlan,
    ) -> Solution:
        nation, frame = self.run.nation, national.frame
        plan, costs, routes = plan_of(national, decided)
        certificate = certificate_of(frame, point.prices, frames, self.bounds)
        return Solution(
            nation=nation,
            plan=plan,
            status=self._status(relative_gap(decided.cost, certificate.bound), gap),
            objective=decided.cost,
            bound=certificate.bound,
            costs=costs,
            routes=routes,
            columns=routes,
            certificate=certificate,
            seconds_by_phase=dict(self.run.seconds),
            sizes={
                "cities": len(nation.cities),
                "hubs": len(nation.hubs),
                "villages": len(nation.villages),
                "rows": sum(len(own.own.keys) for own in frames.values()) + len(frame.keys),
                "variables": sum(len(own.own.c) for own in frames.values()) + len(frame.c),
            },
        )

    def _status(self, reached: float | None, gap: float) -> Status:
        if reached is None or reached <= gap:
            return Status.OPTIMAL
        if self.run.stop.is_set():
            return Status.INTERRUPTED
        return Status.TIME_LIMIT if self.run.left_s <= 0 else Status.NODE_LIMIT


def _slack_prices(frame: Frame) -> Vector:
    """Prices to begin with: priced limits at their price, the others free."""
    dual = np.zeros(len(frame.keys))
    for j, (r, sign) in slack_columns(frame).items():
        dual[r] = frame.c[j] / sign
    return dual


def explained(run: Run, solution: Solution, worth: Callable[[], Worth | None]) -> Solution:
    """Add what limits and vans are worth, where it is asked and the run is not to end; its seconds count."""
    if run.stop.is_set() or not run.explain:
        return solution
    with run.phase("worth"):
        found = worth()
    if found is None:
        return solution
    return replace(solution, prices=found.prices, vans=found.vans, seconds_by_phase=dict(run.seconds))
