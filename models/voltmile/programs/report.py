"""What a solved program says: its named expressions as rows, and its variables as a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from voltmile.problem import plan as records
from voltmile.problem.limits import (
    BudgetLimit,
    CarbonLimit,
    FundLimit,
    GreenCitiesLimit,
    JourneyLimit,
    LabelsLimit,
    Limit,
    SupplyLimit,
)
from voltmile.problem.nation import Nation
from voltmile.problem.plan import CostRow, Plan
from voltmile.programs.costs import NATIONAL, discount
from voltmile.programs.feature import Model
from voltmile.programs.journey import visits
from voltmile.programs.limits import slack
from voltmile.routes.columns import Column

TINY = 1e-9
"""Continuous values below this are solver noise and left out of a plan."""


@dataclass(frozen=True, slots=True)
class LimitRow:
    """How far a national limit is used, in its own unit (a journey limit: km per visit).

    Attributes
    ----------
    slack : float
        Violation of a priced limit in the unit its price is for (a journey limit: km).
    price_cny_per_unit : float or None
        None for a hard limit.
    """

    limit: str
    kind: str
    year: int
    unit: str
    used: float
    allowed: float
    slack: float
    price_cny_per_unit: float | None


def cost_rows(model: Model) -> list[CostRow]:
    """Return every cost term that is not zero, from the named expressions of the program.

    Parameters
    ----------
    model : ConcreteModel
        From ``build``, with values loaded.
    """
    rows = []
    for c, y, term in model.Cost:
        cash = pyo.value(model.Cost[c, y, term]) + 0.0  # no -0.0
        if cash:
            discounted = discount(model.nation, y) * cash
            rows.append(CostRow(None if c == NATIONAL else c, y, term, cash, discounted))
    return rows


def co2_by_city(model: Model) -> dict[tuple[str | None, int], float]:
    """CO2 by city (None: national measures) and year (kg)."""
    total: dict[tuple[str | None, int], float] = {}
    for c, y, source in model.Emission:
        key = (None if c == NATIONAL else c, y)
        total[key] = total.get(key, 0.0) + pyo.value(model.Emission[c, y, source])
    return total


def co2_by_year(model: Model) -> dict[int, float]:
    """CO2 by year (kg)."""
    total = dict.fromkeys(model.nation.years, 0.0)
    for (_, y), kg in co2_by_city(model).items():
        total[y] += kg
    return total


def limit_rows(model: Model) -> list[LimitRow]:
    """Return how far each national limit is used."""
    return [_limit_row(model, model.limit_record[limit]) for limit in model.Used]


def _limit_row(model: Model, record: Limit) -> LimitRow:
    unit, allowed = _allowed(record)
    used = pyo.value(model.Used[record.id])
    if isinstance(record, JourneyLimit):
        used /= visits(model.nation) or 1.0
    violation = pyo.value(slack(model, record.id))
    year, price = model.nation.year_of(record), record.price_cny_per_unit
    return LimitRow(record.id, record.kind, year, unit, used, allowed, violation, price)


def _allowed(record: Limit) -> tuple[str, float]:
    match record:
        case BudgetLimit():
            return "CNY", record.max_cny
        case SupplyLimit():
            return "vehicle", record.max_vehicles
        case CarbonLimit():
            return "kg", record.max_co2_kg
        case GreenCitiesLimit():
            return "city", record.min_cities
        case JourneyLimit():
            return "km/visit", record.max_km_per_visit
        case LabelsLimit():
            return "million labels", record.min_labels_million
        case FundLimit():
            return "CNY", record.max_cny


def driven(model: Model) -> list[Column]:
    """Columns in use, in the order of the routes of the plan."""
    used = [model.columns[r] for r in model.Use if _value(model.Use[r]) > 0.5]
    return sorted(used, key=lambda r: (r.hub, r.year, r.day_type, r.vehicle_type, r.stops))


def plan_of(model: Model, nation: Nation, columns: Sequence[Column]) -> Plan:
    """Return the plan the variables hold: what is not zero, sorted by key.

    Parameters
    ----------
    model : ConcreteModel
        From ``build(nation, columns)``, with values loaded and integers rounded.
    nation, columns
        What the program was built from.
    """
    if len(columns) != len(model.columns):
        raise ValueError(f"the program has {len(model.columns)} columns, not {len(columns)}")
    return Plan(
        instance=nation.name,
        buy=tuple(
            records.Bought(city=c, vehicle_type=k, year=y, count=count)
            for (c, k, y), count in _counts(model.Buy)
        ),
        sell=tuple(
            records.Sold(city=c, vehicle_type=k, vintage=v, year=y, count=count)
            for (c, k, v, y), count in _counts(model.Sell)
        ),
        build=tuple(
            records.Built(hub=h, charger_type=s, year=y, count=count)
            for (h, s, y), count in _counts(model.Build)
        ),
        upgrade=tuple(records.Upgraded(hub=h, year=y, kw=kw) for (h, y), kw in _amounts(model.Upgrade)),
        urban=tuple(
            records.UrbanTours(hub=h, vehicle_type=k, year=y, day_type=d, vehicle_days=number)
            for (h, k, y, d), number in _amounts(model.Urban)
        ),
        charge=tuple(
            records.Charged(hub=h, charger_type=s, period=p, year=y, day_type=d, kwh=kwh)
            for (h, s, p, y, d), kwh in _amounts(model.Charge)
        ),
        public=tuple(
            records.ChargedInPublic(hub=h, year=y, day_type=d, kwh=kwh)
            for (h, y, d), kwh in _amounts(model.Public)
        ),
        green=tuple(records.GreenCity(limit=limit, city=c) for (limit, c), _ in _counts(model.Green)),
        slack=tuple(records.Violation(limit=limit, amount=amount) for limit, amount in _amounts(model.Slack)),
        routes=tuple(_route(number, column) for number, column in enumerate(driven(model), start=1)),
        measures=campaign_of(model),
    )


def campaign_of(model: Model) -> records.Campaign:
    """Return what the variables say about the campaign measures."""
    return records.Campaign(
        e_label=tuple(
            records.Labelled(year=y, printers_thousand=printers, labels_million=labels)
            for y, (printers, labels) in _together(model.Printers, model.Labels)
        ),
        packaging=tuple(
            records.Packed(platform=o, step=n, year=y, parcels_million=parcels)
            for (o, n, y), (parcels,) in _together(model.Packed)
        ),
        boxes=tuple(
            records.BoxLoop(
                city=c, year=y, bought_thousand=bought, owned_thousand=owned, trips_thousand=trips
            )
            for (c, y), (bought, owned, trips) in _together(model.Boxes, model.Pool, model.Trips)
        ),
        cutlery=tuple(
            records.WithoutCutlery(year=y, spent_thousand_cny=spent, orders_million=orders)
            for y, (spent, orders) in _together(model.Spent, model.Declined)
        ),
    )


def _route(number: int, column: Column) -> records.Route:
    return records.Route(
        id=f"r{number}",
        hub=column.hub,
        vehicle_type=column.vehicle_type,
        year=column.year,
        day_type=column.day_type,
        stops=column.stops,
    )


def _value(variable: pyo.Var) -> float:
    """Value of a variable; 0 for one that no row and no cost mentions, which the solver never saw."""
    return float(variable.value or 0.0)


def _counts(variables: pyo.Var) -> list[tuple[Any, int]]:
    counts = [(key, round(_value(variables[key]))) for key in sorted(variables)]
    return [(key, count) for key, count in counts if count]


def _amounts(variables: pyo.Var) -> list[tuple[Any, float]]:
    amounts = [(key, _value(variables[key])) for key in sorted(variables)]
    return [(key, amount) for key, amount in amounts if amount >= TINY]


def _together(*variables: pyo.Var) -> list[tuple[Any, list[float]]]:
    """Return the values of several variables over one set, where they are not all zero.

    Nothing is too small to count: these are thousands and millions, and their cost is compared to the cent.
    """
    rows = [(key, [_value(v[key]) + 0.0 for v in variables]) for key in sorted(variables[0])]
    return [(key, values) for key, values in rows if any(values)]
