"""What all national limits share: a priced limit may be exceeded, at a price."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyomo.environ as pyo

from voltmile.problem.limits import Limit
from voltmile.programs.feature import Expr, Feature, Model


def declare(m: Model) -> None:
    """Declare Slack, the violation of each priced limit."""
    m.limit_record = {record.id: record for record in m.nation.limits}
    priced = [limit for limit in m.LIMITS if is_priced(m.limit_record[limit])]
    m.Slack = pyo.Var(priced, domain=pyo.NonNegativeReals)


def is_priced(record: Limit) -> bool:
    """Whether a limit may be exceeded at a price."""
    return record.price_cny_per_unit is not None


def slack(m: Model, limit: str) -> Expr:
    """Violation of a limit: its Slack, or 0 for a hard limit."""
    return m.Slack[limit] if is_priced(m.limit_record[limit]) else 0


def of_kind(kind: str) -> Callable[[Model], list[Any]]:
    """Return the function that lists the limits of a kind, as the keys of their rows."""

    def limits(m: Model) -> list[Any]:
        return [limit for limit in m.LIMITS if m.limit_record[limit].kind == kind]

    return limits


def penalty(m: Model, y: int) -> Expr:
    r"""Violation of the limits of a year at its price.

    .. math:: \sum_{l:\, y(l) = y} price_l\, Slack_l \quad \forall y
    """
    return sum(
        m.limit_record[limit].price_cny_per_unit * m.Slack[limit]
        for limit in m.Slack
        if m.nation.year_of(m.limit_record[limit]) == y
    )


FEATURE = Feature(variables=declare, national_costs={"penalty": penalty})
