"""The grid connection of a hub and its upgrade."""

from __future__ import annotations

from collections.abc import Iterator

import pyomo.environ as pyo

from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows
from voltmile.programs.sets import hubs_of


def declare(m: Model) -> None:
    """Declare Upgrade."""
    m.Upgrade = pyo.Var(m.HUBS, m.YEARS, bounds=upgrade_bounds)


def upgrade_bounds(m: Model, h: str, y: int) -> tuple[float, float]:  # noqa: ARG001
    """Bounds of Upgrade: what the hub can be upgraded by."""
    return 0, m.nation.hub[h].grid_upgrade_max_kw


def hub_years(m: Model) -> Iterator[tuple[str, int]]:
    """Every (h, y)."""
    return ((h, y) for h in m.HUBS for y in m.YEARS)


def grid(m: Model, h: str, y: int) -> Relation:
    r"""Chargers of a hub together draw no more than its grid connection, upgrades included (Eq. 7).

    .. math:: \sum_{s} power_s\, m_{hsy} - \sum_{y' \le y} G_{hy'} \le grid\_kw_h \quad \forall h, y
    """
    drawn = sum(m.nation.charger_type[s].power_kw * m.Chargers[h, s, y] for s in m.CHARGER_TYPES)
    return drawn - sum(m.Upgrade[h, before] for before in m.YEARS if before <= y) <= m.nation.hub[h].grid_kw


def all_hubs(m: Model) -> list[str]:
    """Every h."""
    return list(m.HUBS)


def upgrade_limit(m: Model, h: str) -> Relation:
    r"""Upgrades of a grid connection go only so far (Eq. 7).

    .. math:: \sum_{y} G_{hy} \le grid\_upgrade\_max\_kw_h \quad \forall h
    """
    return sum(m.Upgrade[h, y] for y in m.YEARS) <= m.nation.hub[h].grid_upgrade_max_kw


def grid_upgrade(m: Model, c: str, y: int) -> Expr:
    r"""Grid connection bought in a year.

    .. math:: \sum_{h \in c} cost_y\, G_{hy} \quad \forall c, y
    """
    offer = m.nation.energy_book.grid_upgrade
    if offer is None:
        return 0
    per_kw = offer.cost_cny_per_kw_by_year[m.nation.position(y)]
    return sum(per_kw * m.Upgrade[h, y] for h in hubs_of(m.nation, c))


FEATURE = Feature(
    variables=declare,
    costs={"grid_upgrade": grid_upgrade},
    constraints=(Rows(grid, hub_years), Rows(upgrade_limit, all_hubs)),
)
