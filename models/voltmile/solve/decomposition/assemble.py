"""From cities to the nation: one plan, one list of costs, one certificate."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from voltmile.problem.plan import CostRow, Plan, Route, Violation
from voltmile.routes.columns import Column
from voltmile.solve.certificate import Certificate, DualValue, HubDayProof
from voltmile.solve.decomposition.choice import NationalPlan
from voltmile.solve.decomposition.frames import CityFrame
from voltmile.solve.decomposition.national import National, slack_columns
from voltmile.solve.decomposition.work import CityBound
from voltmile.solve.frame import Frame, Vector, names_of

_LISTS = ("buy", "sell", "build", "upgrade", "urban", "charge", "public", "green")
_LEAST_SLACK = 1e-9


def plan_of(national: National, decided: NationalPlan) -> tuple[Plan, list[CostRow], list[Column]]:
    """Put the cities' plans and the nation's own decisions together.

    Returns
    -------
    plan
        Sorted as that of a nation solved whole.
    costs
        Terms of all cities and years, and of the nation.
    routes
        The driven ones, in the order of the plan.
    """
    nation = national.nation
    own_costs, campaign = national.decided(decided.x)
    cities = [decided.cities[city.id] for city in nation.cities]
    lists = {
        name: sorted((row for one in cities for row in getattr(one.plan, name)), key=_sort_key)
        for name in _LISTS
    }
    driven = sorted((column for one in cities for column in one.routes), key=_route_key)
    boxes = sorted(
        (row for one in cities for row in one.plan.measures.boxes), key=lambda row: (row.city, row.year)
    )
    content = {
        **lists,
        "instance": nation.name,
        "slack": tuple(sorted(_violations(national, decided), key=lambda one: one.limit)),
        "routes": tuple(_route(number, column) for number, column in enumerate(driven, start=1)),
        "measures": campaign.model_copy(
            update={"boxes": tuple(sorted(boxes, key=lambda b: (b.city, b.year)))}
        ),
    }
    return Plan.model_validate(content), [row for one in cities for row in one.costs] + own_costs, driven


def _route_key(column: Column) -> tuple[object, ...]:
    return column.hub, column.year, column.day_type, column.vehicle_type, column.stops


def _route(number: int, column: Column) -> Route:
    return Route(
        id=f"r{number}",
        hub=column.hub,
        vehicle_type=column.vehicle_type,
        year=column.year,
        day_type=column.day_type,
        stops=column.stops,
    )


def _violations(national: National, decided: NationalPlan) -> Iterator[Violation]:
    """Return by how much priced limits are exceeded."""
    for j, (r, _) in slack_columns(national.frame).items():
        if decided.x[j] >= _LEAST_SLACK:
            yield Violation(limit=str(national.frame.keys[r][1][0]), amount=float(decided.x[j]))


def _sort_key(row: object) -> tuple[object, ...]:
    """Index letters of a record in the order of its fields, as the program's variables are sorted."""
    values = tuple(row.__dict__.values())
    return values[:-1] if isinstance(values[-1], int | float) else values


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
