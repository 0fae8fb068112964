"""The stages a city goes through, each with what its result depends on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from voltmile.solve.decomposition import plans as city_plans
from voltmile.solve.decomposition import work
from voltmile.solve.decomposition.effort import CityEffort
from voltmile.solve.decomposition.frames import CityFrame
from voltmile.solve.decomposition.plans import CityPlan
from voltmile.solve.decomposition.search import Point
from voltmile.solve.decomposition.stages import Stages
from voltmile.solve.decomposition.work import CityBound, CityColumns, Framed
from voltmile.solve.frame import Vector

#: Rounds of cuts of a hub and day: the first ones bring most (models/NATION.md).
_CUT_ROUNDS = 2

Keys = Mapping[str, str]
"""Key of each city's result in the store."""


@dataclass
class CityStages:
    """Stages in the order of their dependence; a result that is kept is not made again."""

    stages: Stages
    effort: CityEffort
    seed: int

    def tours(self) -> Keys:
        """Tours of every hub: the nation's limits do not matter."""
        given = self.effort, self.seed
        return self.stages.run("tours", work.tours, lambda _: given, lambda _: given, limits=False)

    def framed(self, tours: Keys) -> dict[str, Framed]:
        """Programs of the cities without routes."""
        keys = self.stages.run(
            "frames", work.framed, lambda city: (self._kept(tours, city),), lambda city: [tours[city]]
        )
        return dict(self.stages.results(keys))

    def columns(self, frames: Mapping[str, CityFrame], tours: Keys, prices: Vector) -> Keys:
        """Routes and plans of days at prices."""

        def arguments(city: str) -> tuple[object, ...]:
            return frames[city], self._kept(tours, city), prices, self.effort, self.seed

        return self.stages.run(
            "columns", work.columns, arguments, lambda city: [tours[city], _digest(prices)]
        )

    def columns_of(self, columns: Keys, city: str) -> CityColumns:
        """Read a city's columns."""
        known: CityColumns = self._kept(columns, city)
        return known

    def plans(
        self, frames: Mapping[str, CityFrame], columns: Keys, prices: Sequence[Vector]
    ) -> dict[str, list[CityPlan]]:
        """Plans of the cities in whole vehicles at prices."""

        def arguments(city: str) -> tuple[object, ...]:
            return frames[city], self._kept(columns, city), prices, self.effort

        digests = [_digest(p) for p in prices]
        keys = self.stages.run("plans", city_plans.plans, arguments, lambda city: [columns[city], *digests])
        return dict(self.stages.results(keys))

    def bounds(
        self,
        frames: Mapping[str, CityFrame],
        columns: Keys,
        point: Point,
        over: Callable[[], bool],
        heard: Callable[[str, CityBound], None],
    ) -> None:
        """Bounds of the cities at a point, told one by one; fewer when ``over`` says so."""
        prices, answers = point.prices, point.answers
        effort = replace(self.effort, solve=replace(self.effort.solve, cut_rounds=_CUT_ROUNDS))

        def arguments(city: str) -> tuple[object, ...]:
            return frames[city], self._kept(columns, city), prices, answers[city].dual, effort

        def depends(city: str) -> Sequence[object]:
            return columns[city], _digest(prices), _digest(answers[city].dual), effort

        self.stages.run("bound", work.bound, arguments, depends, over=over, heard=heard)

    def _kept(self, keys: Keys, city: str) -> Any:
        return self.stages.store.get(keys[city])


def _digest(values: Vector) -> str:
    return hashlib.sha256(values.tobytes()).hexdigest()
