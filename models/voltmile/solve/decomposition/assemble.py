"""From cities to the nation: one plan, one list of costs, one certificate."""

from __future__ import annotations

import math
from collections.abc import Mapping

from voltmile.problem.nation import Nation
from voltmile.problem.plan import CostRow, Plan, Route, Violation
from voltmile.routes.columns import Column
from voltmile.solve.certificate import Certificate, DualValue, HubDayProof
from voltmile.solve.decomposition.choice import NationalPlan
from voltmile.solve.decomposition.frames import CityFrame
from voltmile.solve.decomposition.work import CityBound
from voltmile.solve.frame import Frame, Vector, names_of

_LISTS = ("buy", "sell", "build", "upgrade", "urban", "charge", "public", "green")
_LEAST_SLACK = 1e-9


def plan_of(nation: Nation, frame: Frame, decided: NationalPlan) -> tuple[Plan, list[Column]]:
    """Put the cities' plans together, sorted as those of a nation solved whole; and the driven routes."""
    cities = [decided.cities[city.id].plan for city in nation.cities]
    driven = [column for city in nation.cities for column in decided.cities[city.id].routes]
    driven.sort(key=lambda r: (r.hub, r.year, r.day_type, r.vehicle_type, r.stops))
    routes = tuple(
        Route(
            id=f"r{number}",
            hub=column.hub,
            vehicle_type=column.vehicle_type,
            year=column.year,
            day_type=column.day_type,
            stops=column.stops,
        )
        for number, column in enumerate(driven, start=1)
    )
    slack = tuple(
        Violation(limit=str(letters[0]), amount=float(amount))
        for (_, letters), amount in sorted(zip(frame.keys, decided.slack, strict=True), key=lambda x: x[0][1])
        if amount >= _LEAST_SLACK
    )
    lists = {
        name: sorted((row for plan in cities for row in getattr(plan, name)), key=_sort_key)
        for name in _LISTS
    }
    content = {**lists, "instance": nation.name, "slack": slack, "routes": routes}
    return Plan.model_validate(content), driven


def _sort_key(row: object) -> tuple[object, ...]:
    """Index letters of a record in the order of its fields, as the program's variables are sorted."""
    values = tuple(row.__dict__.values())
    return values[:-1] if isinstance(values[-1], int | float) else values


def costs_of(nation: Nation, decided: NationalPlan) -> list[CostRow]:
    """Cost terms of all cities and years, and the penalties of the nation."""
    rows = [row for city in nation.cities for row in decided.cities[city.id].costs]
    penalty = dict.fromkeys(nation.years, 0.0)
    for limit, amount in zip(nation.limits, decided.slack.tolist(), strict=True):
        if amount and limit.price_cny_per_unit is not None:
            penalty[getattr(limit, "year", nation.years[-1])] += limit.price_cny_per_unit * amount
    for year, cash in penalty.items():
        if cash:
            rows.append(CostRow(None, year, "penalty", cash, nation.discount(year) * cash))
    return rows


def bound_of(frame: Frame, prices: Vector, bounds: Mapping[str, CityBound]) -> float:
    """Lagrangian bound on the nation at prices: the cities' bounds and what the limits are worth."""
    return frame.value(prices, math.fsum(found.value for found in bounds.values()))


def certificate_of(
    frame: Frame, prices: Vector, frames: Mapping[str, CityFrame], bounds: Mapping[str, CityBound]
) -> Certificate:
    """Dual values of all rows, and the proofs of all hub-days."""
    duals = frame.as_mapping(prices)
    proofs: list[HubDayProof] = []
    for city, found in bounds.items():
        duals |= frames[city].own.as_mapping(found.dual)
        proofs += found.proofs
    return Certificate(
        bound=bound_of(frame, prices, bounds),
        duals={
            name: tuple(DualValue(row=row, value=value) for row, value in rows)
            for name, rows in sorted(names_of(duals).items())
        },
        hub_days=tuple(sorted(proofs, key=lambda proof: (proof.hub, proof.year, proof.day_type))),
    )
