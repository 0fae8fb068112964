"""Labels: how many parcels must have had an e-label by the end of a year."""

from __future__ import annotations

from voltmile.problem.limits import LabelsLimit
from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows
from voltmile.programs.limits import of_kind, slack


def labelled(m: Model, record: LabelsLimit) -> Expr:
    r"""Parcels with an e-label up to the year of a labels limit, those there are anyway among them (million).

    .. math:: \sum_{y \le y(l)} (base\_share\, parcels_y + L_y)
    """
    given = m.nation.campaign.e_label
    return sum(
        given.base_share * given.parcels_million_by_year[m.nation.position(y)] + m.Labels[y]
        for y in m.YEARS
        if y <= record.year
    )


def labels(m: Model, limit: str) -> Relation:
    r"""So many parcels at least have had an e-label by the end of a year (Eq. 15).

    .. math:: \sum_{y \le y(l)} (base\_share\, parcels_y + L_y) + Slack_l \ge min\_labels_l \quad \forall l
    """
    return m.Used[limit] + slack(m, limit) >= m.limit_record[limit].min_labels_million


FEATURE = Feature(uses={"labels": labelled}, constraints=(Rows(labels, of_kind("labels")),))
