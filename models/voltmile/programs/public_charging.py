"""Public charging: energy for a hub's vehicles without its own chargers or grid connection."""

from __future__ import annotations

import pyomo.environ as pyo

from voltmile.programs import urban
from voltmile.programs.feature import Expr, Feature, Model
from voltmile.programs.sets import days, electric_types, hub_days, hubs_of


def declare(m: Model) -> None:
    """Declare Public; there is none without ``[public_charging]``."""
    is_offered = m.nation.energy_book.public_charging is not None
    m.Public = pyo.Var(list(hub_days(m)) if is_offered else [], bounds=public_bounds)


def public_bounds(m: Model, h: str, y: int, d: str) -> tuple[float, float]:
    """Bounds of Public: a full battery for every village, and all urban tours by every battery type."""
    n = m.nation
    c = n.hub[h].city
    fullest = max((n.vehicle_type[k].usable_kwh for k in electric_types(n)), default=0.0)
    on_urban_tours = sum(
        urban.urban_bounds(m, h, k, y, d)[1] * urban.energy_kwh(n, c, k, d)
        for k in electric_types(n)
        if n.hub[h].serves_urban
    )
    used = len(n.villages_of[h]) * fullest + on_urban_tours
    return 0, used / n.energy_book.public_charging.efficiency


def public_charging(m: Model, c: str, y: int) -> Expr:
    r"""Energy bought at public chargers in a year.

    .. math:: \sum_{d} w_d \sum_{h \in c} price_y\, e^{public}_{hyd} \quad \forall c, y
    """
    offer = m.nation.energy_book.public_charging
    if offer is None:
        return 0
    price = offer.price_cny_per_kwh_by_year[m.nation.position(y)]
    hubs = hubs_of(m.nation, c)
    return sum(days(m.nation, d) * price * m.Public[h, y, d] for h in hubs for d in m.DAY_TYPES)


def public_co2(m: Model, c: str, y: int) -> Expr:
    r"""CO2 of the energy bought at public chargers in a year (part of Eq. 12).

    .. math:: \sum_{d} w_d\, grid\_factor_{cy} \sum_{h \in c} e^{public}_{hyd} \quad \forall c, y
    """
    factor = m.nation.grid_factor(c, y)
    return sum(
        days(m.nation, d) * factor * m.Public[h, y, d]
        for h in hubs_of(m.nation, c)
        for d in m.DAY_TYPES
        if (h, y, d) in m.Public
    )


FEATURE = Feature(
    variables=declare,
    costs={"public_charging": public_charging},
    emissions={"electricity": public_co2},
)
