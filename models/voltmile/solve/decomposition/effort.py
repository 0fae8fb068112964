"""How hard a nation's cities are worked on; counts, not seconds, so that a run can be repeated."""

from __future__ import annotations

from dataclasses import dataclass, field

from voltmile.solve.hub_work import ColumnEffort
from voltmile.solve.run import Effort


def _solve_by_default() -> Effort:
    return Effort(
        tour_iterations=60,
        offer_rounds=2,
        columns=ColumnEffort(mixes=3, iterations=60, kept=40, plans=2, nodes=10),
        price_rounds=1,
        cut_rounds=2,
        rounds_by_worth=True,
    )


@dataclass(frozen=True)
class CityEffort:
    """How hard each part works.

    Attributes
    ----------
    solve : Effort
        On a city alone. Two rounds of cuts bring most of what twelve do, in a ninth of the time.
    price_rounds : int
        Prices asked of all cities in one search.
    choice_gap, fleet_gap : float
        Relative gaps of the MIPs of a city: one plan for every day; everything else with these routes.
    choice_nodes, fleet_nodes : int
        Their branch-and-bound nodes.
    kept_prices : int
        Prices of the search at which every city is planned in whole vehicles.
    joint_gap, joint_nodes : float, int
        Of the MIP of a city over all its routes.
    refits, rejoins : int
        Times a city is planned again in what the others leave: with its routes, over all routes.
    """

    solve: Effort = field(default_factory=_solve_by_default)
    price_rounds: int = 40
    choice_gap: float = 1e-4
    fleet_gap: float = 1e-5
    choice_nodes: int = 50
    fleet_nodes: int = 200
    kept_prices: int = 6
    joint_gap: float = 1e-4
    joint_nodes: int = 20
    refits: int = 40
    rejoins: int = 4

    @property
    def of_tours(self) -> tuple[object, ...]:
        """What tours depend on."""
        return (self.solve.tour_iterations,)

    @property
    def of_columns(self) -> tuple[object, ...]:
        """What columns depend on, the tours apart."""
        return self.solve.offer_rounds, self.solve.columns

    @property
    def of_plans(self) -> tuple[object, ...]:
        """What plans depend on, columns and prices apart."""
        return self.choice_gap, self.choice_nodes, self.fleet_gap, self.fleet_nodes

    @property
    def of_bounds(self) -> tuple[object, ...]:
        """What bounds depend on, columns, prices and dual values apart."""
        return self.solve.price_rounds, self.solve.cut_rounds, self.solve.rounds_by_worth
