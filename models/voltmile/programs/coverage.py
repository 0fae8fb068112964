"""Coverage: which routes are driven, so that every village is visited, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator

import pyomo.environ as pyo

from voltmile.programs import route_sets
from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows
from voltmile.programs.urban import urban_hubs


def declare(m: Model) -> None:
    """Declare Use, one binary per column, and the sets of columns the equations sum over."""
    route_sets.check_costs(m.nation, m.columns)
    m.Use = pyo.Var(pyo.RangeSet(0, len(m.columns) - 1), domain=pyo.Binary)
    m.routes = route_sets.RouteSets(m.nation, m.columns, list(m.Use.values()))


def villages_on_days(m: Model) -> list[tuple[str, int, str]]:
    """Every (i, y, d); ValueError when a village has no column that could visit it."""
    keys = [(i, y, d) for i in sorted(m.nation.village) for y in m.YEARS for d in m.DAY_TYPES]
    missing = [key for key in keys if key not in m.routes.visiting]
    if missing:
        shown = "; ".join(f"{i} in {y} on {d}" for i, y, d in missing[:20])
        more = f"; and {len(missing) - 20} more" if len(missing) > 20 else ""
        raise ValueError(f"{len(missing)} village days without a route that visits them: {shown}{more}")
    return keys


def cover(m: Model, i: str, y: int, d: str) -> Relation:
    r"""Exactly one used route visits village i on day (y, d) (Eq. 1).

    .. math:: \sum_{r \in R_{yd}:\, i \in r} x_r = 1 \quad \forall i, y, d
    """
    return m.routes.number(m.routes.visiting[i, y, d]) == 1


def fleet_days(m: Model) -> Iterator[tuple[str, str, int, str]]:
    """Every (c, k, y, d)."""
    return ((c, k, y, d) for c in m.CITIES for k in m.VEHICLE_TYPES for y in m.YEARS for d in m.DAY_TYPES)


def vehicle_days(m: Model, c: str, k: str, y: int, d: str) -> Relation:
    r"""Routes and urban tours of type k on day (y, d) need vehicles that exist and can drive (Eq. 2).

    .. math:: \sum_{r \in R_{ckyd}} x_r + \sum_{h \in c} u_{hkyd} - a_k\, n_{cky} \le 0
              \quad \forall c, k, y, d
    """
    on_routes = m.routes.number(m.routes.driving.get((c, k, y, d), ()))
    on_urban_tours = sum(m.Urban[h, k, y, d] for h in urban_hubs(m, c, k, y, d))
    return on_routes + on_urban_tours - m.nation.vehicle_type[k].availability * m.Fleet[c, k, y] <= 0


def drivers(m: Model, c: str, y: int) -> Expr:
    r"""Drivers of the routes of a year.

    .. math:: \sum_{d} w_d \sum_{r \in R_{cyd}} wage_y\, hours_r\, x_r \quad \forall c, y
    """
    routes = m.routes.of_city.get((c, y), ())
    return m.routes.total_of_year(routes, lambda r: route_sets.driver_cny(m.nation, r))


def maintenance(m: Model, c: str, y: int) -> Expr:
    r"""Maintenance of the routes of a year.

    .. math:: \sum_{d} w_d \sum_{r \in R_{cyd}} maintenance_{k(r)}\, km_r\, x_r \quad \forall c, y
    """
    routes = m.routes.of_city.get((c, y), ())
    return m.routes.total_of_year(routes, lambda r: route_sets.maintenance_cny(m.nation, r))


def fuel(m: Model, c: str, y: int) -> Expr:
    r"""Fuel of the routes of a year.

    .. math:: \sum_{d} w_d \sum_{r \in R_{cyd}} price_{k(r)y}\, litres_r\, x_r \quad \forall c, y
    """
    routes = m.routes.of_city.get((c, y), ())
    return m.routes.total_of_year(routes, lambda r: route_sets.fuel_cny(m.nation, r))


def fuel_co2(m: Model, c: str, y: int) -> Expr:
    r"""CO2 of the fuel the routes of a year burn (part of Eq. 12).

    .. math:: \sum_{d} w_d \sum_{r \in R_{cyd}} co2_{k(r)}\, litres_r\, x_r \quad \forall c, y
    """
    routes = m.routes.of_city.get((c, y), ())
    per_litre = {k: route_sets.fuel_co2_kg_per_l(m.nation, k) for k in m.VEHICLE_TYPES}
    return m.routes.total_of_year(routes, lambda r: per_litre[r.vehicle_type] * r.fuel_l)


FEATURE = Feature(
    variables=declare,
    costs={"drivers": drivers, "maintenance": maintenance, "fuel": fuel},
    emissions={"fuel": fuel_co2},
    constraints=(Rows(cover, villages_on_days), Rows(vehicle_days, fleet_days)),
)
