"""Supply: how many vehicles of some types the market has in a year."""

from __future__ import annotations

from voltmile.problem.limits import SupplyLimit
from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows
from voltmile.programs.limits import of_kind, slack


def purchases(m: Model, record: SupplyLimit) -> Expr:
    r"""Vehicles of the named types that all cities together buy in the year of a supply limit.

    .. math:: \sum_{c} \sum_{k \in K_l} B_{c\,k\,y(l)}
    """
    named = [k for k in m.VEHICLE_TYPES if k in record.vehicle_types]
    return sum(m.Buy[c, k, record.year] for c in m.CITIES for k in named)


def supply(m: Model, limit: str) -> Relation:
    r"""All cities together buy no more vehicles than there are (Eq. 11).

    .. math:: \sum_{c} \sum_{k \in K_l} B_{c\,k\,y(l)} - Slack_l \le max\_vehicles_l \quad \forall l
    """
    return m.Used[limit] - slack(m, limit) <= m.limit_record[limit].max_vehicles


FEATURE = Feature(uses={"supply": purchases}, constraints=(Rows(supply, of_kind("supply")),))
