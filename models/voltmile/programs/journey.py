"""The journey: vehicle-km of village routes per village visit."""

from __future__ import annotations

from voltmile.problem.limits import JourneyLimit
from voltmile.problem.nation import Nation
from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows
from voltmile.programs.limits import of_kind, slack


def visits(nation: Nation) -> float:
    """Village visits of a year: every village on every day."""
    return sum(day.days_per_year for day in nation.day_types) * len(nation.villages)


def route_km(m: Model, record: JourneyLimit) -> Expr:
    r"""Kilometres of all routes in the year of a journey limit.

    .. math:: \sum_{d} w_d \sum_{r \in R_{y(l)\,d}} km_r\, x_r
    """
    routes = (r for c in m.CITIES for r in m.routes.of_city.get((c, record.year), ()))
    return m.routes.total_of_year(routes, lambda r: r.distance_km)


def journey(m: Model, limit: str) -> Relation:
    r"""Routes of a year are no longer than so many km per village visit (Eq. 14).

    .. math:: \sum_{d} w_d \sum_{r \in R_{y(l)\,d}} km_r\, x_r - Slack_l
              \le max\_km\_per\_visit_l \sum_{d} w_d\, |I| \quad \forall l
    """
    return m.Used[limit] - slack(m, limit) <= m.limit_record[limit].max_km_per_visit * visits(m.nation)


FEATURE = Feature(uses={"journey": route_km}, constraints=(Rows(journey, of_kind("journey")),))
