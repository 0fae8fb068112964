"""One plan for every city: a multiple-choice program, then cities planned again in what the others leave."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from voltmile.solve.decomposition.frames import elastic_prices, slack_rows, softened
from voltmile.solve.decomposition.plans import CityPlan
from voltmile.solve.frame import Frame, Vector
from voltmile.solve.highs import solve_mip
from voltmile.solve.watch import Stop

#: Relative gap of the multiple-choice program.
_GAP = 1e-6
_NODES = 2000
#: Relative excess with which a hard limit counts as kept: sums of floats are not exact.
_KEPT = 1e-9


Refit = Callable[[CityPlan, Vector, Vector], CityPlan | None]
"""Plans a city again between least and most of every shared row."""


@dataclass(frozen=True)
class NationalPlan:
    """A plan of every city, and how far they exceed the limits together.

    Attributes
    ----------
    slack : array, shape (shared rows,)
    cost : float
        Discounted CNY, penalties of priced limits included.
    merit : float
        Cost with the price of violated hard limits: equal to the cost where they are kept.
    """

    cities: Mapping[str, CityPlan]
    slack: Vector
    cost: float
    merit: float

    @property
    def feasible(self) -> bool:
        """Whether the hard limits hold."""
        return self.merit == self.cost


class Choosing:
    """Chooses and improves plans of cities under the limits of a nation.

    Parameters
    ----------
    frame : Frame
        Of the nation.
    scale : float
        Cost of the nation, about.
    """

    def __init__(self, frame: Frame, scale: float) -> None:
        self.frame = frame
        self.elastic = elastic_prices(frame, scale)
        self._soft = softened(frame, self.elastic)

    def choose(
        self, offered: Mapping[str, Sequence[CityPlan]], stop: Stop | None = None
    ) -> NationalPlan | None:
        """Choose one of the plans of each city; hard limits are violated only where no choice keeps them."""
        listed = [(c, plan) for c, city in enumerate(offered) for plan in offered[city]]
        extra = []
        for c, plan in listed:
            entries = {r: float(v) for r, v in enumerate(plan.use) if v}
            extra.append((plan.cost, entries | {len(self.frame.keys) + c: 1.0}))
        whole = np.concatenate([self._soft.integrality, np.ones(len(listed), dtype=np.int32)])
        matrix = self._soft.beside(extra, len(offered), np.ones(len(listed)), whole)
        outcome = solve_mip(matrix, gap_rel=_GAP, node_limit=_NODES, stop=stop)
        if outcome.x is None:
            return None
        taken = outcome.x[len(self._soft.c) :] > 0.5
        return self.together({plan.city: plan for (_, plan), t in zip(listed, taken, strict=True) if t})

    def together(self, cities: Mapping[str, CityPlan]) -> NationalPlan:
        """Add cities up."""
        use, slack, penalty, violation = _total(self.frame, cities), np.zeros(len(self.frame.keys)), 0.0, 0.0
        for j, (r, sign) in enumerate(slack_rows(self._soft)):
            bound = self.frame.row_upper[r] if sign < 0 else self.frame.row_lower[r]
            over = -sign * (use[r] - bound)
            slack[r] = over if over > _KEPT * max(1.0, abs(bound)) else 0.0
            if j < len(self.frame.c):
                slack[r] = max(over, 0.0)
                penalty += float(self.frame.c[j]) * slack[r]
            else:
                violation += float(self._soft.c[j]) * slack[r]
        cost = math.fsum(plan.cost for plan in cities.values()) + penalty
        return NationalPlan(dict(cities), slack, cost, cost + violation)

    def room_for(self, plan: NationalPlan, city: str) -> tuple[Vector, Vector]:
        """Least and most that a city may use of every shared row beside the others' plans."""
        others = _total(self.frame, {name: p for name, p in plan.cities.items() if name != city})
        return self.frame.row_lower - others, self.frame.row_upper - others

    def improve(
        self, plan: NationalPlan, order: Sequence[str], refit: Refit, over: Callable[[], bool]
    ) -> NationalPlan:
        """Plan cities again, one after the other, each in what the others leave; keep what gains."""
        for city in order:
            if over():
                break
            again = refit(plan.cities[city], *self.room_for(plan, city))
            if again is None:
                continue
            other = self.together({**plan.cities, city: again})
            if other.merit < plan.merit:
                plan = other
        return plan


def _total(frame: Frame, cities: Mapping[str, CityPlan]) -> Vector:
    places = range(len(frame.keys))
    return np.array([math.fsum(float(plan.use[r]) for plan in cities.values()) for r in places])
