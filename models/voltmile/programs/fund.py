"""Funds: what chosen measures may cost in all years together."""

from __future__ import annotations

from voltmile.problem.limits import FundLimit
from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows
from voltmile.programs.limits import of_kind, slack


def drawn(m: Model, record: FundLimit) -> Expr:
    r"""Undiscounted cash of the counted measures in all years.

    .. math:: \sum_{c, y} \sum_{t \in counts_l} cash_{cyt}
    """
    return sum(m.Cost[c, y, term] for c, y, term in m.Cost if term in record.counts)


def fund(m: Model, limit: str) -> Relation:
    r"""Cash of the counted measures stays within the fund over all years (Eq. 16).

    .. math:: \sum_{c, y} \sum_{t \in counts_l} cash_{cyt} - Slack_l \le max\_cny_l \quad \forall l
    """
    return m.Used[limit] - slack(m, limit) <= m.limit_record[limit].max_cny


FEATURE = Feature(uses={"fund": drawn}, constraints=(Rows(fund, of_kind("fund")),))
