"""Plans of a city in whole vehicles: at prices of the shared rows, or within what the other cities leave."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from voltmile.problem.nation import Nation
from voltmile.problem.plan import CostRow, Plan
from voltmile.routes.columns import Column
from voltmile.solve.choice import choose_plans
from voltmile.solve.decomposition.effort import CityEffort
from voltmile.solve.decomposition.frames import City, CityFrame, alone, city_of
from voltmile.solve.decomposition.national import constant_of, shared_rows
from voltmile.solve.decomposition.work import CityColumns, all_columns, positions
from voltmile.solve.frame import Vector, key_of
from voltmile.solve.joint import JointEffort, JointProgram
from voltmile.solve.linking import RowKey
from voltmile.solve.outcome import Outcome


@dataclass(frozen=True)
class CityPlan:
    """Everything a city decides, in whole vehicles.

    Attributes
    ----------
    cost : float
        Discounted CNY, without penalties of national limits.
    use : array, shape (shared rows,)
    routes : tuple of Column
        In the order of ``plan.routes``.
    """

    city: str
    plan: Plan
    costs: tuple[CostRow, ...]
    routes: tuple[Column, ...]
    cost: float
    use: Vector


class CityProgram:
    """A city's joint program over given routes, with the shared rows priced or bounded.

    Parameters
    ----------
    nation : Nation
        The city as a nation of its own.
    shared : sequence of RowKey
        Rows of the whole nation's limits.
    """

    def __init__(self, nation: Nation, shared: Sequence[RowKey], columns: Sequence[Column]) -> None:
        self.program = JointProgram(nation, columns)
        compiled = self.program.compiled
        row = {key_of(constraint): r for r, constraint in enumerate(compiled.constraints)}
        self._rows = {place: row[key] for place, key in enumerate(shared) if key in row}
        self._slacks = [
            j for j, v in enumerate(compiled.variables) if v.parent_component().local_name == "Slack"
        ]
        self._as_stated = compiled
        kept = np.ones(compiled.n_cols)
        kept[self._slacks] = 0.0
        rows = sp.csr_array(compiled.A)[list(self._rows.values()), :]
        self._use = sp.csr_array(rows @ sp.diags_array(kept))
        self._constant = np.zeros(len(shared))
        limits = {limit.id: limit for limit in nation.limits}
        for place, r in self._rows.items():
            self._constant[place] = constant_of(compiled, r, nation, limits[str(shared[place][1][0])])

    def at(self, prices: Vector) -> None:
        """Let the shared rows cost their dual values, and limit nothing."""
        stated = self._as_stated
        lower, upper = stated.row_lower.copy(), stated.row_upper.copy()
        for r in self._rows.values():
            lower[r], upper[r] = -np.inf, np.inf
        col_upper = stated.col_upper.copy()
        col_upper[self._slacks] = 0.0
        paid = self._use.T @ prices[list(self._rows)]
        self.program.compiled = replace(
            stated, c=stated.c - paid, row_lower=lower, row_upper=upper, col_upper=col_upper
        )

    def within(self, least: Vector, most: Vector) -> None:
        """Let the shared rows stay between bounds, priced limits at their price."""
        stated = self._as_stated
        lower, upper = stated.row_lower.copy(), stated.row_upper.copy()
        for place, r in self._rows.items():
            lower[r] = least[place] - self._constant[place]
            upper[r] = most[place] - self._constant[place]
        self.program.compiled = replace(stated, row_lower=lower, row_upper=upper)

    def decided(self, outcome: Outcome) -> CityPlan:
        """Read a plan off a solution."""
        held = self.program.polished(outcome)
        assert held.x is not None
        use = self._constant.copy()
        use[list(self._rows)] += np.asarray(self._use @ held.x)
        made = self.program.decided(held)
        city = self.program.nation.cities[0].id
        costs = tuple(row for row in made.costs if row.city is not None)
        return CityPlan(
            city=city,
            plan=made.plan.model_copy(update={"slack": ()}),
            costs=costs,
            routes=tuple(made.routes),
            cost=math.fsum(row.discounted_cny for row in costs),
            use=use,
        )


def plans(
    nation: Nation,
    city_id: str,
    frame: CityFrame,
    known: CityColumns,
    prices: Sequence[Vector],
    effort: CityEffort,
) -> list[CityPlan]:
    """Plan a city at each of some prices of the shared rows; equal plans once, the first price's first.

    Routes are those of the plans of days that are best together at the first price; everything else is
    decided with them at every price.
    """
    city = city_of(nation, city_id)
    chosen = _routes_at(city, frame, known, prices[0], effort)
    if chosen is None:
        return []
    columns = all_columns(known)
    program = CityProgram(city.nation, city.shared, [columns[j] for j in chosen])
    unique: dict[tuple[float, ...], CityPlan] = {}
    before = list[Outcome]()
    for price in prices:
        program.at(price)
        outcome = _with_routes(program, len(chosen), effort, before)
        if outcome.has_incumbent:
            before.append(outcome)
            plan = program.decided(outcome)
            unique.setdefault((round(plan.cost, 2), *np.round(plan.use, 6).tolist()), plan)
    return list(unique.values())


def _routes_at(
    city: City, frame: CityFrame, known: CityColumns, price: Vector, effort: CityEffort
) -> Sequence[int] | None:
    picked, _ = choose_plans(
        frame.at(price),
        city.blocks_at(price),
        known.uses(city.blocks),
        gap=effort.choice_gap,
        nodes=effort.choice_nodes,
    )
    return None if picked is None else positions(known, picked)


def refit(
    nation: Nation,
    now: CityPlan,
    least: Vector,
    most: Vector,
    elastic: Vector,
    effort: CityEffort,
    columns: Sequence[Column] = (),
) -> CityPlan | None:
    """Plan a city again with the shared rows between bounds, which hard rows leave at elastic prices only.

    Parameters
    ----------
    now : CityPlan
        Its routes stay; with ``columns`` they are only where the search for better ones begins.
    """
    limits = [
        limit
        if not price
        else limit.model_copy(update={"price_cny_per_unit": price / nation.discount(nation.year_of(limit))})
        for limit, price in zip(nation.limits, elastic.tolist(), strict=False)
    ]
    routes = list(dict.fromkeys([*now.routes, *columns]))
    program = CityProgram(alone(nation, now.city, limits), shared_rows(nation), routes)
    program.within(least, most)
    outcome = _with_routes(program, len(now.routes), effort)
    if columns:
        outcome = program.program.solve(outcome, JointEffort(effort.joint_gap, effort.joint_nodes))
    return program.decided(outcome) if outcome.has_incumbent else None


def _with_routes(
    program: CityProgram, driven: int, effort: CityEffort, known: Sequence[Outcome] = ()
) -> Outcome:
    """Decide everything with the first routes driven."""
    within = JointEffort(effort.fleet_gap, effort.fleet_nodes)
    return program.program.with_routes(range(driven), within, known=known)
