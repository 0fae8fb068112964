"""Cutlery: meal orders that go without it, in response to the default and to what is spent on incentives."""

from __future__ import annotations

from collections.abc import Iterator

import pyomo.environ as pyo

from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows

MILLION, THOUSAND = 1e6, 1e3


def declare(m: Model) -> None:
    """Declare Spent (thousand CNY) and Declined (million orders beyond the base), if any.

    The response is concave, so that its pieces bound it from above and no integer is needed.
    """
    years = list(m.YEARS) if m.nation.campaign.cutlery is not None else []
    m.Spent = pyo.Var(years, bounds=spent_bounds)
    m.Declined = pyo.Var(years, bounds=declined_bounds)


def orders(m: Model, y: int) -> float:
    """Meal orders of a year (million)."""
    return float(m.nation.campaign.cutlery.orders_million_by_year[m.nation.position(y)])


def spent_bounds(m: Model, y: int) -> tuple[float, float]:
    """Bounds of Spent: what the last point of the response costs."""
    return 0, orders(m, y) * m.nation.campaign.cutlery.response[-1].cny_per_order * MILLION / THOUSAND


def declined_bounds(m: Model, y: int) -> tuple[float, float]:
    """Bounds of Declined: what the last point of the response brings."""
    given = m.nation.campaign.cutlery
    return 0, orders(m, y) * (given.response[-1].opt_out_share - given.no_response)


def response_pieces(m: Model) -> Iterator[tuple[int, int]]:
    """Every (n, y) with a piece n of the response."""
    given = m.nation.campaign.cutlery
    pieces = range(len(given.slopes)) if given is not None else ()
    return ((n, y) for n in pieces for y in m.Spent)


def cutlery_response(m: Model, n: int, y: int) -> Relation:
    r"""Orders without cutlery lie below every piece of the response (Eq. 21).

    .. math:: D_y - 10^{-3}\, slope_n\, A_y \le orders_y\, (share_n - share_0 - slope_n\, cny_n)
              \quad \forall n, y
    """
    given = m.nation.campaign.cutlery
    start, slope = given.response[n], given.slopes[n]
    at_zero = start.opt_out_share - given.no_response - slope * start.cny_per_order
    return m.Declined[y] - slope * THOUSAND / MILLION * m.Spent[y] <= orders(m, y) * at_zero


def cutlery(m: Model, y: int) -> Expr:
    r"""Spending of a year on the default and on incentives.

    .. math:: 10^3\, A_y \quad \forall y
    """
    return THOUSAND * m.Spent[y] if y in m.Spent else 0


def savings(m: Model, y: int) -> Expr:
    r"""Cutlery that is not bought in a year.

    .. math:: -10^6\, saving\, D_y \quad \forall y
    """
    if y not in m.Declined:
        return 0
    return -MILLION * m.nation.campaign.cutlery.saving_cny_per_set * m.Declined[y]


def cutlery_co2(m: Model, y: int) -> Expr:
    r"""CO2 of the sets of cutlery that are not made (part of Eq. 12).

    .. math:: -10^6\, co2\_saved\, D_y \quad \forall y
    """
    if y not in m.Declined:
        return 0
    return -MILLION * m.nation.campaign.cutlery.co2_saved_kg_per_set * m.Declined[y]


FEATURE = Feature(
    variables=declare,
    national_costs={"cutlery": cutlery, "savings": savings},
    national_emissions={"cutlery": cutlery_co2},
    constraints=(Rows(cutlery_response, response_pieces),),
)
