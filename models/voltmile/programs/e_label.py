"""E-labels: printers bought for labels beyond those there are anyway, and the paper they save."""

from __future__ import annotations

import pyomo.environ as pyo

from voltmile.problem.measures import ELabel
from voltmile.problem.nation import Nation
from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows

MILLION, THOUSAND = 1e6, 1e3


def declare(m: Model) -> None:
    """Declare Printers and Labels, in thousands and millions; there are none without ``[e_label]``."""
    years = list(m.YEARS) if m.nation.campaign.e_label is not None else []
    m.Printers = pyo.Var(years, bounds=printers_bounds)
    m.Labels = pyo.Var(years, bounds=labels_bounds)


def labels_max(nation: Nation, given: ELabel, y: int) -> float:
    """E-labels there can be beyond those there are anyway (million)."""
    n = nation.position(y)
    return (given.share_max_by_year[n] - given.base_share) * given.parcels_million_by_year[n]


def labels_bounds(m: Model, y: int) -> tuple[float, float]:
    """Bounds of Labels: the share of the parcels that can have one, less the base."""
    return 0, labels_max(m.nation, m.nation.campaign.e_label, y)


def printers_bounds(m: Model, y: int) -> tuple[float, float]:  # noqa: ARG001
    """Bounds of Printers: as many as print all labels of any year."""
    given = m.nation.campaign.e_label
    return 0, max(labels_max(m.nation, given, year) for year in m.YEARS) / printed_million(given)


def printed_million(given: ELabel) -> float:
    """Labels a year that a thousand printers print (million)."""
    return given.labels_per_printer_year * THOUSAND / MILLION


def label_years(m: Model) -> list[int]:
    """Every y with e-labels."""
    return list(m.Labels)


def label_printing(m: Model, y: int) -> Relation:
    r"""Printers in their life print the labels of a year (Eq. 17).

    .. math:: L_y - printed \sum_{y - life < v \le y} P_v \le 0 \quad \forall y
    """
    given = m.nation.campaign.e_label
    working = sum(m.Printers[v] for v in m.Printers if 0 <= y - v < given.printer_life_years)
    return m.Labels[y] - printed_million(given) * working <= 0


def e_label(m: Model, y: int) -> Expr:
    r"""Label printers bought in a year.

    .. math:: 10^3\, price_y\, P_y \quad \forall y
    """
    if y not in m.Printers:
        return 0
    price = m.nation.campaign.e_label.printer_cny_by_year[m.nation.position(y)]
    return THOUSAND * price * m.Printers[y]


def savings(m: Model, y: int) -> Expr:
    r"""Paper labels that are not bought in a year.

    .. math:: -10^6\, saving\, L_y \quad \forall y
    """
    if y not in m.Labels:
        return 0
    return -MILLION * m.nation.campaign.e_label.saving_cny_per_label * m.Labels[y]


def paper_co2(m: Model, y: int) -> Expr:
    r"""CO2 of the paper labels that are not made (part of Eq. 12).

    .. math:: -10^6\, co2\_saved\, L_y \quad \forall y
    """
    if y not in m.Labels:
        return 0
    return -MILLION * m.nation.campaign.e_label.co2_saved_kg_per_label * m.Labels[y]


FEATURE = Feature(
    variables=declare,
    national_costs={"e_label": e_label, "savings": savings},
    national_emissions={"e_label": paper_co2},
    constraints=(Rows(label_printing, label_years),),
)
