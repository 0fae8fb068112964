"""The dual values behind a bound, in the form the checker reads."""

from __future__ import annotations

from typing import Annotated, Literal

from voltmile.problem.records import AsTuple, Record


class RouteCount(Record):
    """A rounded capacity cut over a whole hub and day.

    With X_k routes of type k: sum over k of ceil(capacity_k / divisor) X_k >= ceil(demand / divisor).
    """

    hub: str
    year: int
    day_type: str
    dimension: Literal["kg", "m3"]
    divisor: float
    dual: float


class MinReducedCost(Record):
    """A lower bound on the reduced cost of every feasible route of (hub, vehicle type, year, day type)."""

    hub: str
    vehicle_type: str
    year: int
    day_type: str
    value: float


class DualValue(Record):
    """Dual value of one row: the row's index letters in the order of models/README.md, joined by '|'."""

    row: str
    value: float


class Certificate(Record):
    """Dual values that prove a lower bound (models/README.md, section The bound)."""

    format: Literal[1] = 1
    bound: float
    duals: dict[str, Annotated[tuple[DualValue, ...], AsTuple]]
    route_count: Annotated[tuple[RouteCount, ...], AsTuple] = ()
    min_reduced_cost: Annotated[tuple[MinReducedCost, ...], AsTuple] = ()
