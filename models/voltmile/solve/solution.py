"""What solving returns: the plan, the bound that certifies it, and where the time went."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voltmile.problem.nation import Nation
from voltmile.problem.plan import CostRow, Plan
from voltmile.routes.columns import Column
from voltmile.solve.certificate import Certificate
from voltmile.solve.status import Status
from voltmile.solve.worth import LimitPrice, VanGain

if TYPE_CHECKING:
    from voltmile.solve.decomposition.work import CityColumns


@dataclass(frozen=True)
class Solution:
    """A plan with its certified bound.

    Attributes
    ----------
    objective : float
        Discounted CNY, recomputed from the plan with rounded integers.
    bound : float
        Lower bound on the optimum over all routes (CNY), from ``certificate``.
    routes : sequence of Column
        The driven routes, in the order of ``plan.routes``.
    columns : sequence of Column
        All routes the joint program could choose from.
    seconds_by_phase : mapping of str to float
        Wall seconds.
    sizes : mapping of str to int
        Cities, hubs, villages, columns, rows ...
    prices : sequence of LimitPrice
        Of the national limits in file order; none when nobody asked or the solve was interrupted.
    vans : sequence of VanGain
        Cities that would gain from one more vehicle of a supply limit, the greatest gain first; likewise.
    kept : callable or None
        Routes and plans of a city that was planned alone, as long as its work folder is there; ``columns``
        holds only the driven routes then.
    """

    nation: Nation
    plan: Plan
    status: Status
    objective: float
    bound: float
    costs: Sequence[CostRow]
    routes: Sequence[Column]
    columns: Sequence[Column]
    certificate: Certificate
    seconds_by_phase: Mapping[str, float]
    sizes: Mapping[str, int]
    prices: Sequence[LimitPrice] = ()
    vans: Sequence[VanGain] = ()
    kept: Callable[[str], CityColumns] | None = None

    @property
    def gap(self) -> float:
        """Relative gap between plan and bound: (objective - bound) / |objective|."""
        return (self.objective - self.bound) / abs(self.objective) if self.objective else 0.0
