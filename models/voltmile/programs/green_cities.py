"""Electric shares of the last year's fleet: a city's own, and that which so many cities must reach."""

from __future__ import annotations

import pyomo.environ as pyo

from voltmile.problem.limits import GreenCitiesLimit
from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows
from voltmile.programs.limits import of_kind, slack
from voltmile.programs.sets import electric_types

limits = of_kind("green_cities")


def declare(m: Model) -> None:
    """Declare Green, one binary per green_cities limit and city."""
    m.Green = pyo.Var(limits(m), m.CITIES, domain=pyo.Binary)


def electric_less(m: Model, c: str, share: float) -> Expr:
    r"""Electric vehicles in the last year Y less a share of all vehicles.

    .. math:: \sum_{k \in K_{bev}} n_{ckY} - share \sum_{k} n_{ckY}
    """
    last = m.nation.years[-1]
    electric = sum(m.Fleet[c, k, last] for k in electric_types(m.nation))
    return electric - share * sum(m.Fleet[c, k, last] for k in m.VEHICLE_TYPES)


def cities_with_share(m: Model) -> list[str]:
    """Every c that must reach a share of its own."""
    return [c for c in m.CITIES if m.nation.city[c].electric_share_min > 0]


def electric_share(m: Model, c: str) -> Relation:
    r"""Electric vehicles make up the share of the fleet that a city must reach (Eq. 8).

    .. math:: \sum_{k \in K_{bev}} n_{ckY} - electric\_share\_min_c \sum_{k} n_{ckY} \ge 0
              \quad \forall c:\, electric\_share\_min_c > 0
    """
    return electric_less(m, c, m.nation.city[c].electric_share_min) >= 0


def limits_and_cities(m: Model) -> list[tuple[str, str]]:
    """Every (l, c)."""
    return [(limit, c) for limit in limits(m) for c in m.CITIES]


def green_share(m: Model, limit: str, c: str) -> Relation:
    r"""Only a city with the electric share counts for a green_cities limit (Eq. 13).

    .. math:: \sum_{k \in K_{bev}} n_{ckY} - share_l \sum_{k} n_{ckY} - M_{lc}\, Green_{lc} \ge -M_{lc},
              \quad M_{lc} = share_l \sum_{k} fleet\_max_{ck} \quad \forall l, c
    """
    share = m.limit_record[limit].electric_share
    most = share * sum(m.fleet_max[c, k] for k in m.VEHICLE_TYPES)
    return electric_less(m, c, share) - most * m.Green[limit, c] >= -most


def green(m: Model, record: GreenCitiesLimit) -> Expr:
    r"""Cities that reach the electric share.

    .. math:: \sum_{c} Green_{lc}
    """
    return sum(m.Green[record.id, c] for c in m.CITIES)


def green_count(m: Model, limit: str) -> Relation:
    r"""So many cities at least reach the electric share (Eq. 13).

    .. math:: \sum_{c} Green_{lc} + Slack_l \ge min\_cities_l \quad \forall l
    """
    return m.Used[limit] + slack(m, limit) >= m.limit_record[limit].min_cities


FEATURE = Feature(
    variables=declare,
    uses={"green_cities": green},
    constraints=(
        Rows(electric_share, cities_with_share),
        Rows(green_share, limits_and_cities),
        Rows(green_count, limits),
    ),
)
