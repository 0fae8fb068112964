"""What one point knows about another: plans that keep its caps, and dual values that bound it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from voltmile.problem.nation import Nation
from voltmile.problem.plan import CostRow
from voltmile.solve.solution import Solution
from voltmile.study.frontier.caps import Caps, cap_id, emissions

#: kg by which a plan may exceed a cap and still keep it: rounding of the sums.
_KG = 1e-6
#: Share of the sum of all terms by which a carried bound is lowered: more than rounding can have raised it.
_ROUNDING = 1e-12


def keeps(solution: Solution, caps: Caps | None) -> bool:
    """Whether a plan keeps caps."""
    return caps is None or all(kg <= caps[y] + _KG for y, kg in emissions(solution).items())


def plan_for(nation: Nation, solution: Solution) -> Solution:
    """Return a plan of the same nation under other carbon caps, without what it paid for its own.

    What limits are worth under its own caps stays behind, too.
    """
    solution = replace(solution, nation=nation, prices=(), vans=())
    priced = {limit.id for limit in nation.limits if limit.price_cny_per_unit is not None}
    slack = tuple(one for one in solution.plan.slack if one.limit in priced)
    if len(slack) == len(solution.plan.slack):
        return solution
    limits = {limit.id: limit for limit in nation.limits}
    paid = defaultdict[int, float](float)
    for one in slack:
        limit = limits[one.limit]
        paid[nation.year_of(limit)] += (limit.price_cny_per_unit or 0.0) * one.amount
    costs = list(_with_penalty(nation, solution.costs, paid))
    return replace(
        solution,
        plan=solution.plan.model_copy(update={"slack": slack}),
        costs=costs,
        objective=math.fsum(row.discounted_cny for row in costs),
    )


def _with_penalty(nation: Nation, costs: Iterable[CostRow], paid: Mapping[int, float]) -> Iterator[CostRow]:
    for row in costs:
        if row.term == "penalty" and row.year != "end":
            cash = paid.get(row.year, 0.0)
            yield replace(row, cash_cny=cash, discounted_cny=cash * nation.discount(row.year))
        else:
            yield row


def carbon_prices(solution: Solution) -> dict[int, float]:
    """Dual values (at most 0) of the frontier's caps by year, as the certificate has them (CNY a kg)."""
    found = dict.fromkeys(solution.nation.years, 0.0)
    names = {cap_id(year): year for year in found}
    for row in solution.certificate.duals.get("carbon", ()):
        if row.row in names:
            found[names[row.row]] = row.value
    return found


def bound_at(solution: Solution, own: Caps | None, caps: Caps) -> float:
    """Return what the dual values of one point prove about another (CNY).

    Only the right-hand sides of the caps differ, so that the bound changes by dual value times difference.

    Parameters
    ----------
    own : mapping of int to float, optional
        Caps the dual values were found under; none for the uncapped point, whose caps have no dual values.
    """
    if own is None:
        return solution.bound
    terms = [kappa * (caps[y] - own[y]) for y, kappa in carbon_prices(solution).items() if kappa]
    value = math.fsum([solution.bound, *terms])
    return value - _ROUNDING * math.fsum(map(abs, [solution.bound, *terms])) if terms else value
