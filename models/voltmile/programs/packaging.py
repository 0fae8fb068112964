"""Packaging on the market platforms: right-sized or recycled, each step of adoption at a higher cost."""

from __future__ import annotations

from collections.abc import Iterator

import pyomo.environ as pyo

from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows

MILLION = 1e6


def declare(m: Model) -> None:
    """Declare Packed, in million parcels, for every step of every platform.

    Steps cost more and more, so that a cheaper one is used up before a dearer one without being told to.
    """
    m.platform = m.nation.campaign.platform_by_id
    keys = [(o, n, y) for o in sorted(m.platform) for n in range(len(m.platform[o].step)) for y in m.YEARS]
    m.Packed = pyo.Var(keys, bounds=packed_bounds)


def packed_bounds(m: Model, o: str, n: int, y: int) -> tuple[float, float]:
    """Bounds of Packed: the share of the step in the platform's parcels."""
    return 0, m.platform[o].step[n].share * parcels(m, o, y)


def parcels(m: Model, o: str, y: int) -> float:
    """Parcels of a platform in a year (million)."""
    return float(m.platform[o].parcels_million_by_year[m.nation.position(y)])


def packed(m: Model, o: str, y: int) -> Expr:
    """Parcels of a platform in better packaging, all steps together (million)."""
    return sum(m.Packed[o, n, y] for n in range(len(m.platform[o].step)))


def platform_years(m: Model) -> Iterator[tuple[str, int]]:
    """Every (o, y)."""
    return ((o, y) for o in sorted(m.platform) for y in m.YEARS)


def packaging_rise(m: Model, o: str, y: int) -> Relation:
    r"""Better packaging rises by so much of a platform's parcels a year at most (Eq. 18).

    .. math:: \sum_{n} K_{ony} - \frac{parcels_{oy}}{parcels_{o\,y-1}} \sum_{n} K_{on\,y-1}
              \le rise\_max_o\, parcels_{oy} \quad \forall o, y

    Before the first year nothing is.
    """
    before = 0.0
    if y > m.nation.years[0]:
        before = parcels(m, o, y) / parcels(m, o, y - 1) * packed(m, o, y - 1)
    return packed(m, o, y) - before <= m.platform[o].rise_max_per_year * parcels(m, o, y)


def later_platform_years(m: Model) -> Iterator[tuple[str, int]]:
    """Every (o, y) but those of the first year."""
    return ((o, y) for o, y in platform_years(m) if y > m.nation.years[0])


def packaging_kept(m: Model, o: str, y: int) -> Relation:
    r"""Better packaging stays with the share of a platform's parcels that has it (Eq. 18).

    .. math:: \sum_{n} K_{ony} - \frac{parcels_{oy}}{parcels_{o\,y-1}} \sum_{n} K_{on\,y-1} \ge 0
              \quad \forall o, y > y_0
    """
    return packed(m, o, y) - parcels(m, o, y) / parcels(m, o, y - 1) * packed(m, o, y - 1) >= 0


def packaging(m: Model, y: int) -> Expr:
    r"""Cost of better packaging in a year, step by step.

    .. math:: 10^6 \sum_{o, n} cost_{on}\, K_{ony} \quad \forall y
    """
    return sum(
        MILLION * m.platform[o].step[n].cny_per_parcel * m.Packed[o, n, year]
        for o, n, year in m.Packed
        if year == y
    )


def savings(m: Model, y: int) -> Expr:
    r"""Material that better packaging of a year does without.

    .. math:: -10^6 \sum_{o} saving_o \sum_{n} K_{ony} \quad \forall y
    """
    return sum(-MILLION * m.platform[o].saving_cny_per_parcel * packed(m, o, y) for o in sorted(m.platform))


def packaging_co2(m: Model, y: int) -> Expr:
    r"""CO2 of the material that better packaging of a year does without (part of Eq. 12).

    .. math:: -10^6 \sum_{o} co2\_saved_o \sum_{n} K_{ony} \quad \forall y
    """
    return sum(-MILLION * m.platform[o].co2_saved_kg_per_parcel * packed(m, o, y) for o in sorted(m.platform))


FEATURE = Feature(
    variables=declare,
    national_costs={"packaging": packaging, "savings": savings},
    national_emissions={"packaging": packaging_co2},
    constraints=(Rows(packaging_rise, platform_years), Rows(packaging_kept, later_platform_years)),
)
