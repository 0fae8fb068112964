"""Budgets: what chosen cost terms may add up to in a year."""

from __future__ import annotations

from voltmile.problem.limits import BudgetLimit
from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows
from voltmile.programs.limits import of_kind, slack


def spending(m: Model, record: BudgetLimit) -> Expr:
    r"""Undiscounted cash of the counted terms in the year of a budget.

    .. math:: \sum_{c} \sum_{t \in counts_l} cash_{c\,y(l)\,t}
    """
    return sum(m.Cost[c, y, term] for c, y, term in m.Cost if y == record.year and term in record.counts)


def budget(m: Model, limit: str) -> Relation:
    r"""Cash of the counted terms stays within the budget of the year (Eq. 10).

    .. math:: \sum_{c} \sum_{t \in counts_l} cash_{c\,y(l)\,t} - Slack_l \le max\_cny_l \quad \forall l
    """
    return m.Used[limit] - slack(m, limit) <= m.limit_record[limit].max_cny


FEATURE = Feature(uses={"budget": spending}, constraints=(Rows(budget, of_kind("budget")),))
