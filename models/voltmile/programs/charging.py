"""Depot chargers: building them, the energy they deliver, and what both cost."""

from __future__ import annotations

from collections.abc import Iterator
from math import floor

import pyomo.environ as pyo

from voltmile.problem.energy import TariffPeriod
from voltmile.problem.nation import Nation
from voltmile.programs import urban
from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows
from voltmile.programs.sets import WHOLE, days, electric_types, hub_days, hubs_of

Key = tuple[str, str, str, int, str]


def existing_chargers(nation: Nation) -> dict[tuple[str, str], dict[int, int]]:
    """(h, s) -> vintage -> chargers installed before the first year."""
    found: dict[tuple[str, str], dict[int, int]] = {
        (h, s): {} for h in nation.hub for s in nation.charger_type
    }
    for row in nation.existing_chargers:
        if row.count:
            found[row.hub, row.charger_type][nation.years[0] - row.age_years] = row.count
    return found


def periods(nation: Nation, h: str) -> dict[str, TariffPeriod]:
    """Tariff periods (p) of a hub, sorted by id."""
    tariff = nation.tariff[nation.city[nation.hub[h].city].tariff]
    return {period.id: period for period in sorted(tariff.period, key=lambda period: period.id)}


def grid_kw_max(nation: Nation, h: str) -> float:
    """Grid connection of a hub with every upgrade it can have (kW)."""
    return nation.hub[h].grid_kw + nation.hub[h].grid_upgrade_max_kw


def declare(m: Model) -> None:
    """Declare Build, Charge and Chargers, the number there is in a year."""
    m.existing_chargers = existing_chargers(m.nation)
    m.Build = pyo.Var(m.HUBS, m.CHARGER_TYPES, m.YEARS, domain=pyo.NonNegativeIntegers, bounds=build_bounds)
    m.Chargers = pyo.Expression(m.HUBS, m.CHARGER_TYPES, m.YEARS, rule=chargers_there)
    m.Charge = pyo.Var(list(charger_days(m)), bounds=charge_bounds)


def charger_days(m: Model) -> Iterator[Key]:
    """Every (h, s, p, y, d)."""
    return (
        (h, s, p, y, d)
        for h in m.HUBS
        for s in m.CHARGER_TYPES
        for p in periods(m.nation, h)
        for y in m.YEARS
        for d in m.DAY_TYPES
    )


def build_bounds(m: Model, h: str, s: str, y: int) -> tuple[float, float]:  # noqa: ARG001
    """Bounds of Build: as many as the largest grid connection can power."""
    return 0, floor(grid_kw_max(m.nation, h) / m.nation.charger_type[s].power_kw + WHOLE)


def charge_bounds(m: Model, h: str, s: str, p: str, y: int, d: str) -> tuple[float, float]:  # noqa: ARG001
    """Bounds of Charge: the largest grid connection, all hours of the period."""
    return 0, periods(m.nation, h)[p].depot_h_per_day * grid_kw_max(m.nation, h)


def chargers_there(m: Model, h: str, s: str, y: int) -> Expr:
    r"""Chargers there are in a year: those younger than their life.

    .. math:: m_{hsy} = \sum_{v = y - life_s + 1}^{y} C_{hsv} \quad \forall h, s, y
    """
    return sum(number for v, number in vintages(m, h, s) if is_alive(m.nation, s, v, y))


def vintages(m: Model, h: str, s: str) -> list[tuple[int, Expr]]:
    """Vintages (v) of a charger type at a hub with their number: given before the first year, then Build."""
    return [*m.existing_chargers[h, s].items(), *((v, m.Build[h, s, v]) for v in m.YEARS)]


def is_alive(nation: Nation, s: str, v: int, y: int) -> bool:
    """Whether a charger of vintage v is there in year y."""
    return v <= y < v + nation.charger_type[s].life_years


def has_energy(m: Model) -> Iterator[tuple[str, int, str]]:
    """Every (h, y, d) on which energy is drawn or could be."""
    for h, y, d in hub_days(m):
        on_routes = (h, y, d) in m.routes.charging
        on_urban_tours = any((h, k, y, d) in m.Urban for k in electric_types(m.nation))
        if on_routes or on_urban_tours or len(m.CHARGER_TYPES) or (h, y, d) in m.Public:
            yield h, y, d


def energy_balance(m: Model, h: str, y: int, d: str) -> Relation:
    r"""Energy charged at a hub on a day, or for it in public, is what its vehicles use (Eq. 5).

    .. math:: \sum_{s, p} \eta_s\, e_{hspyd} + \eta\, e^{public}_{hyd}
              - \sum_{r \in R_{hyd}} E_r\, x_r - \sum_{k \in K_{bev}} E^{urban}_{ckd}\, u_{hkyd} = 0
              \quad \forall h, y, d
    """
    n = m.nation
    charged = sum(
        n.charger_type[s].efficiency * m.Charge[h, s, p, y, d] for s in m.CHARGER_TYPES for p in periods(n, h)
    )
    if (h, y, d) in m.Public:
        charged += n.energy_book.public_charging.efficiency * m.Public[h, y, d]
    on_routes = m.routes.total(m.routes.charging.get((h, y, d), ()), lambda r: r.energy_kwh)
    on_urban_tours = sum(
        urban.energy_kwh(n, n.hub[h].city, k, d) * m.Urban[h, k, y, d]
        for k in electric_types(n)
        if (h, k, y, d) in m.Urban
    )
    return charged - on_routes - on_urban_tours == 0


def charger_power(m: Model, h: str, s: str, p: str, y: int, d: str) -> Relation:
    r"""Chargers deliver their power during the hours of a period in which vehicles stand at the hub (Eq. 6).

    .. math:: e_{hspyd} - hours_p\, power_s\, m_{hsy} \le 0 \quad \forall h, s, p, y, d
    """
    kwh_per_charger = periods(m.nation, h)[p].depot_h_per_day * m.nation.charger_type[s].power_kw
    return m.Charge[h, s, p, y, d] - kwh_per_charger * m.Chargers[h, s, y] <= 0


def chargers(m: Model, c: str, y: int) -> Expr:
    r"""Chargers built in a year.

    .. math:: \sum_{h \in c,\, s} cost_{sy}\, C_{hsy} \quad \forall c, y
    """
    return sum(
        m.nation.charger_cost_cny(s, y) * m.Build[h, s, y]
        for h in hubs_of(m.nation, c)
        for s in m.CHARGER_TYPES
    )


def charger_upkeep(m: Model, c: str, y: int) -> Expr:
    r"""Upkeep of the chargers there are in a year.

    .. math:: \sum_{h \in c,\, s} upkeep_s\, m_{hsy} \quad \forall c, y
    """
    return sum(
        m.nation.charger_type[s].upkeep_cny_per_year * m.Chargers[h, s, y]
        for h in hubs_of(m.nation, c)
        for s in m.CHARGER_TYPES
    )


def electricity(m: Model, c: str, y: int) -> Expr:
    r"""Electricity drawn by the chargers in a year.

    .. math:: \sum_{d} w_d \sum_{h \in c,\, s, p} price_{py}\, e_{hspyd} \quad \forall c, y
    """
    position = m.nation.position(y)
    return sum(
        days(m.nation, d) * period.price_cny_per_kwh_by_year[position] * m.Charge[h, s, p, y, d]
        for h in hubs_of(m.nation, c)
        for p, period in periods(m.nation, h).items()
        for s in m.CHARGER_TYPES
        for d in m.DAY_TYPES
    )


def electricity_co2(m: Model, c: str, y: int) -> Expr:
    r"""CO2 of the electricity drawn by the chargers in a year (part of Eq. 12).

    .. math:: \sum_{d} w_d\, grid\_factor_{cy} \sum_{h \in c,\, s, p} e_{hspyd} \quad \forall c, y
    """
    factor = m.nation.grid_factor(c, y)
    return sum(
        days(m.nation, d) * factor * m.Charge[h, s, p, y, d]
        for h in hubs_of(m.nation, c)
        for p in periods(m.nation, h)
        for s in m.CHARGER_TYPES
        for d in m.DAY_TYPES
    )


def charger_value(m: Model, c: str) -> Expr:
    r"""Value of the chargers of the last year Y after it, as a negative cost.

    .. math:: - \sum_{h \in c,\, s, v} resale_{s,\,Y+1-v}\; cost_{sv}\; C_{hsv} \quad \forall c
    """
    last = m.nation.years[-1]
    return -sum(
        charger_value_cny(m.nation, s, v, last + 1) * number
        for h in hubs_of(m.nation, c)
        for s in m.CHARGER_TYPES
        for v, number in vintages(m, h, s)
        if is_alive(m.nation, s, v, last)
    )


def charger_value_cny(nation: Nation, s: str, v: int, y: int) -> float:
    """Value of a charger of a vintage at the start of year y (CNY)."""
    return nation.charger_type[s].resale_share_by_age[y - v] * nation.charger_cost_cny(s, v)


FEATURE = Feature(
    variables=declare,
    costs={"chargers": chargers, "charger_upkeep": charger_upkeep, "electricity": electricity},
    terminal_costs={"charger_value": charger_value},
    emissions={"electricity": electricity_co2},
    constraints=(Rows(energy_balance, has_energy), Rows(charger_power, charger_days)),
)
