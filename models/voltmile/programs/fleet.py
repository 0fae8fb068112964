"""The fleet: buying, selling and owning vehicles by vintage, and what that costs."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

import pyomo.environ as pyo

from voltmile.problem.nation import Nation
from voltmile.problem.vehicles import FuelVehicle
from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows
from voltmile.programs.sets import WHOLE, hubs_of
from voltmile.programs.urban import vehicle_days_max

Key = tuple[str, str, int, int]


def existing_vehicles(nation: Nation) -> dict[tuple[str, str], dict[int, int]]:
    """(c, k) -> vintage -> vehicles owned before the first year."""
    found: dict[tuple[str, str], dict[int, int]] = {
        (c, k): {} for c in nation.city for k in nation.vehicle_type
    }
    for row in nation.existing_fleet:
        if row.count:
            found[row.city, row.vehicle_type][nation.years[0] - row.age_years] = row.count
    return found


def needed_max(nation: Nation, c: str, k: str) -> int:
    """Vehicles of a type a city can need besides the existing ones: one a village, and all urban tours."""
    villages = sum(len(nation.villages_of[h]) for h in hubs_of(nation, c))
    vehicle_days = max(
        villages + vehicle_days_max(nation, c, k, y, d.id) for y in nation.years for d in nation.day_types
    )
    return ceil(vehicle_days / nation.vehicle_type[k].availability - WHOLE)


def electric_only(nation: Nation, c: str, k: str, y: int) -> bool:
    r"""Whether the city has stopped buying fuel vehicles, so that the bound of Buy is 0 (Eq. 9).

    .. math:: B_{cky} = 0 \quad \forall c,\, k \in K_{ice},\, y \ge ev\_only\_from\_year_c
    """
    start = nation.city[c].ev_only_from_year
    return isinstance(nation.vehicle_type[k], FuelVehicle) and start is not None and start <= y


def retirement(nation: Nation, k: str, v: int, y: int) -> bool:
    r"""Whether vehicles of a vintage are too old to be owned, so that Stock is 0 (Eq. 3).

    .. math:: S_{ckvy} = 0 \quad \forall c, k, v,\, y \ge v + life_k
    """
    return y >= v + nation.vehicle_type[k].life_years


def declare(m: Model) -> None:
    """Declare Buy, Sell and Stock, and Fleet as the sum of Stock over the vintages."""
    n = m.nation
    m.existing_vehicles = existing_vehicles(n)
    m.fleet_max = {
        (c, k): sum(existing.values()) + needed_max(n, c, k)
        for (c, k), existing in m.existing_vehicles.items()
    }
    m.Buy = pyo.Var(m.CITIES, m.VEHICLE_TYPES, m.YEARS, domain=pyo.NonNegativeIntegers, bounds=buy_bounds)
    sold = [(c, k, v, y) for c, k, v, y in vintage_years(m) if v < y]
    owned = [(c, k, v, y) for c, k, v, y in vintage_years(m) if not retirement(n, k, v, y)]
    m.Sell = pyo.Var(sold, domain=pyo.NonNegativeIntegers, bounds=vintage_bounds)
    m.Stock = pyo.Var(owned, bounds=vintage_bounds)
    m.Fleet = pyo.Expression(m.CITIES, m.VEHICLE_TYPES, m.YEARS, rule=fleet)


def vintages(m: Model, c: str, k: str) -> list[int]:
    """Vintages (v) of a type a city owns or can buy, oldest first."""
    return [*sorted(m.existing_vehicles[c, k]), *m.YEARS]


def vintage_years(m: Model) -> Iterator[Key]:
    """Every (c, k, v, y) from the purchase, or the first year, to the end of the life of a vehicle."""
    for c in m.CITIES:
        for k in m.VEHICLE_TYPES:
            life = m.nation.vehicle_type[k].life_years
            for v in vintages(m, c, k):
                yield from ((c, k, v, y) for y in m.YEARS if v <= y <= v + life)


def buy_bounds(m: Model, c: str, k: str, y: int) -> tuple[float, float]:
    """Bounds of Buy: ``fleet_max``, or 0 where fuel vehicles are no longer bought."""
    return 0, 0 if electric_only(m.nation, c, k, y) else m.fleet_max[c, k]


def vintage_bounds(m: Model, c: str, k: str, v: int, y: int) -> tuple[float, float]:  # noqa: ARG001
    """Bounds of Sell and Stock: the existing number of the vintage, or the bound of its purchase."""
    return 0, buy_bounds(m, c, k, v)[1] if v in m.YEARS else m.existing_vehicles[c, k][v]


def fleet(m: Model, c: str, k: str, y: int) -> Expr:
    r"""Vehicles owned in a year.

    .. math:: n_{cky} = \sum_{v} S_{ckvy} \quad \forall c, k, y
    """
    return sum(m.Stock[c, k, v, y] for v in vintages(m, c, k) if (c, k, v, y) in m.Stock)


def stock(m: Model, c: str, k: str, v: int, y: int) -> Relation:
    r"""Of a vintage a city owns what it bought less what it sold, and nothing once it is too old (Eq. 3).

    .. math:: S_{ckvy} - \begin{cases} B_{cky} & v = y \\ S_{ckv,y-1} - Z_{ckvy} & v < y \end{cases} = 0
              \quad \forall c, k, v, y

    The stock before the first year is the existing fleet, a constant.
    """
    owned = 0 if retirement(m.nation, k, v, y) else m.Stock[c, k, v, y]
    if v == y:
        return owned - m.Buy[c, k, y] == 0
    if y == m.nation.years[0]:
        return owned + m.Sell[c, k, v, y] == m.existing_vehicles[c, k][v]
    return owned - m.Stock[c, k, v, y - 1] + m.Sell[c, k, v, y] == 0


def purchase(m: Model, c: str, y: int) -> Expr:
    r"""Vehicles bought in a year, subsidies deducted.

    .. math:: \sum_{k} (price_{ky} - subsidy_{ky})\, B_{cky} \quad \forall c, y
    """
    return sum(m.nation.net_price_cny(k, y) * m.Buy[c, k, y] for k in m.VEHICLE_TYPES)


def resale(m: Model, c: str, y: int) -> Expr:
    r"""Vehicles sold in a year, as a negative cost.

    .. math:: - \sum_{k, v} resale_{k,\,y-v}\; net\_price_{kv}\; Z_{ckvy} \quad \forall c, y
    """
    return -sum(
        resale_cny(m.nation, k, v, y) * m.Sell[c, k, v, y]
        for k in m.VEHICLE_TYPES
        for v in vintages(m, c, k)
        if (c, k, v, y) in m.Sell
    )


def insurance(m: Model, c: str, y: int) -> Expr:
    r"""Insurance of the vehicles owned in a year.

    .. math:: \sum_{k} insurance_k\, n_{cky} \quad \forall c, y
    """
    return sum(m.nation.vehicle_type[k].insurance_cny_per_year * m.Fleet[c, k, y] for k in m.VEHICLE_TYPES)


def vehicle_value(m: Model, c: str) -> Expr:
    r"""Value of the vehicles of the last year Y after it, as a negative cost.

    .. math:: - \sum_{k, v} resale_{k,\,Y+1-v}\; net\_price_{kv}\; S_{ckvY} \quad \forall c
    """
    last = m.nation.years[-1]
    return -sum(
        resale_cny(m.nation, k, v, last + 1) * m.Stock[c, k, v, last]
        for k in m.VEHICLE_TYPES
        for v in vintages(m, c, k)
        if (c, k, v, last) in m.Stock
    )


def resale_cny(nation: Nation, k: str, v: int, y: int) -> float:
    """Value of a vehicle of a vintage at the start of year y (CNY)."""
    return nation.vehicle_type[k].resale_share_by_age[y - v] * nation.net_price_cny(k, v)


FEATURE = Feature(
    variables=declare,
    costs={"purchase": purchase, "resale": resale, "insurance": insurance},
    terminal_costs={"vehicle_value": vehicle_value},
    constraints=(Rows(stock, vintage_years),),
)
