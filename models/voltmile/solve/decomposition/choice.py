"""One plan for every city: a multiple-choice program, then cities planned again in what the others leave."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from voltmile.routes.stop import Stop
from voltmile.solve.decomposition.national import elastic_prices, slack_columns, softened
from voltmile.solve.decomposition.plans import CityPlan
from voltmile.solve.frame import Frame, Vector
from voltmile.solve.highs import solve_lp, solve_mip
from voltmile.solve.status import SolverError

#: Relative gap of the multiple-choice program.
_GAP = 1e-6
_NODES = 2000
#: Use of a limit that is rounding; HiGHS would drop it and say so.
_NOTHING = 1e-9
#: Relative excess with which a hard limit counts as kept: sums of floats are not exact.
_KEPT = 1e-9


Refit = Callable[[CityPlan, Vector, Vector], CityPlan | None]
"""Plans a city again between least and most of every shared row."""


@dataclass(frozen=True)
class NationalPlan:
    """A plan of every city, what the nation decides beside it, and how far limits are exceeded.

    Attributes
    ----------
    x : array, shape (variables of the national frame,)
    lacking : array, shape (rows of the national frame,)
        By how much hard limits are violated.
    cost : float
        Discounted CNY, penalties of priced limits included.
    merit : float
        Cost with the price of violated hard limits: equal to the cost where they are kept.
    """

    cities: Mapping[str, CityPlan]
    x: Vector
    lacking: Vector
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
    limits : int
        Its first rows, those of limits.
    scale : float
        Cost of the nation, about.
    """

    def __init__(self, frame: Frame, limits: int, scale: float) -> None:
        self.frame = frame
        self.elastic = elastic_prices(frame, limits, scale)
        self._limits = limits
        self._soft = softened(frame, self.elastic)
        self._slacks = slack_columns(self._soft)

    def choose(
        self, offered: Mapping[str, Sequence[CityPlan]], stop: Stop | None = None
    ) -> NationalPlan | None:
        """Choose one of the plans of each city; hard limits are violated only where no choice keeps them."""
        listed = [(c, plan) for c, city in enumerate(offered) for plan in offered[city]]
        extra = []
        for c, plan in listed:
            entries = {r: float(v) for r, v in enumerate(plan.use) if abs(v) > _NOTHING}
            extra.append((plan.cost, entries | {len(self.frame.keys) + c: 1.0}))
        whole = np.concatenate([self._soft.integrality, np.ones(len(listed), dtype=np.int32)])
        matrix = self._soft.beside(extra, len(offered), np.ones(len(listed)), whole)
        outcome = solve_mip(matrix, gap_rel=_GAP, node_limit=_NODES, stop=stop)
        if outcome.x is None:
            return None
        taken = outcome.x[len(self._soft.c) :] > 0.5
        return self.together({plan.city: plan for (_, plan), t in zip(listed, taken, strict=True) if t})

    def together(self, cities: Mapping[str, CityPlan]) -> NationalPlan:
        """Add cities up, and decide what the nation decides."""
        soft, use = self._soft, np.zeros(len(self.frame.keys))
        use[: self._limits] = self._total(cities.values())
        matrix = soft.beside([], 0, np.zeros(0), np.zeros(len(soft.c), dtype=np.int32))
        held = replace(matrix, row_lower=matrix.row_lower - use, row_upper=matrix.row_upper - use)
        outcome = solve_lp(held, options={"primal_feasibility_tolerance": 1e-9})
        if outcome.x is None:
            raise SolverError(f"the nation's own program ended {outcome.status}")
        x = np.clip(outcome.x, soft.lower, soft.upper)
        self._settle(x, use)
        own, lacking = len(self.frame.c), np.zeros(len(self.frame.keys))
        for j, (r, _) in self._slacks.items():
            if j >= own:
                lacking[r] = x[j]
        cost = math.fsum(plan.cost for plan in cities.values()) + soft.offset
        cost += math.fsum((soft.c[:own] * x[:own]).tolist())
        return NationalPlan(
            dict(cities), x[:own], lacking, cost, cost + math.fsum((soft.c[own:] * x[own:]).tolist())
        )

    def _settle(self, x: Vector, use: Vector) -> None:
        """Set each slack to what its row lacks by our own arithmetic."""
        x[list(self._slacks)] = 0.0
        reached = use + self.frame.A @ x[: len(self.frame.c)]
        for j, (r, sign) in self._slacks.items():
            side = self.frame.row_upper[r] if sign < 0 else self.frame.row_lower[r]
            over = -sign * (reached[r] - side)
            allowed = 0.0 if j < len(self.frame.c) else _KEPT * max(1.0, abs(side))
            x[j] = over if over > allowed else 0.0

    def room_for(self, plan: NationalPlan, city: str) -> tuple[Vector, Vector]:
        """Least and most that a city may use of every shared row beside the others and the measures."""
        x = plan.x.copy()
        x[[j for j in self._slacks if j < len(x)]] = 0.0
        beside = np.asarray(self.frame.A @ x)
        beside[: self._limits] += self._total(p for name, p in plan.cities.items() if name != city)
        return self.frame.row_lower - beside, self.frame.row_upper - beside

    def improve(
        self, plan: NationalPlan, order: Sequence[str], refit: Refit, over: Callable[[], bool]
    ) -> NationalPlan:
        """Plan cities again, one after the other, each in what the others leave; keep what gains.

        It ends when the cities in ``order`` come round again and none of them gained since.
        """
        asked = set[str]()
        for city in order:
            if over() or city in asked:
                break
            asked.add(city)
            again = refit(plan.cities[city], *self.room_for(plan, city))
            if again is None:
                continue
            other = self.together({**plan.cities, city: again})
            if other.merit < plan.merit:
                plan, asked = other, {city}
        return plan

    def _total(self, plans: Iterable[CityPlan]) -> Vector:
        uses = [plan.use.tolist() for plan in plans]
        return np.array([math.fsum(use[r] for use in uses) for r in range(self._limits)])
