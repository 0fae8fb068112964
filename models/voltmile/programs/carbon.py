"""Carbon: a cap on the CO2 of a year, or a price of it."""

from __future__ import annotations

from voltmile.problem.limits import CarbonLimit
from voltmile.programs import emissions
from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows
from voltmile.programs.limits import of_kind, slack


def co2(m: Model, record: CarbonLimit) -> Expr:
    r"""CO2 of the year of a carbon limit, from all registered sources.

    .. math:: \sum_{d} w_d \Big( \sum_{k \in K_{ice}} co2_k\, litres_{k\,y(l)\,d}
              + \sum_{c} grid\_factor_{c\,y(l)} \sum_{h \in c} \big( \sum_{s, p} e_{hsp\,y(l)\,d}
              + e^{public}_{h\,y(l)\,d} \big) \Big)
    """
    return emissions.of_year(m, record.year)


def carbon(m: Model, limit: str) -> Relation:
    r"""CO2 of a year stays below its limit (Eq. 12).

    .. math:: CO2_{y(l)} - Slack_l \le max\_co2\_kg_l \quad \forall l
    """
    return m.Used[limit] - slack(m, limit) <= m.limit_record[limit].max_co2_kg


FEATURE = Feature(uses={"carbon": co2}, constraints=(Rows(carbon, of_kind("carbon")),))
