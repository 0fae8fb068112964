"""The dual values behind a bound, in the form the checker reads (models/README.md, *The bound*)."""

from __future__ import annotations

from typing import Annotated, Literal

from voltmile.problem.records import AsTuple, Record

Floats = Annotated[tuple[float, ...], AsTuple]
Names = Annotated[tuple[str, ...], AsTuple]


class CapacityCut(Record):
    """Dual value (>= 0) of a rounded capacity cut on a set of villages."""

    villages: Names
    dimension: Literal["kg", "m3"]
    divisor: float
    dual: float


class ConnectivityCut(Record):
    """Dual value (>= 0) of: a type that serves the anchor enters the set of villages around it."""

    vehicle_type: str
    villages: Names
    anchor: str
    dual: float


class HubDayProof(Record):
    """Dual values of the two-index program of a hub on a day; types that are left out have zeros.

    Attributes
    ----------
    value : float
        The bound they prove, at the rates the joint duals imply.
    assign, degree : floats
        One for each village of the hub, in file order; ``degree`` by vehicle type.
    """

    hub: str
    year: int
    day_type: str
    value: float
    assign: Floats
    degree: dict[str, Floats]
    hub_degree: dict[str, float]
    kg: dict[str, float]
    m3: dict[str, float]
    shift: dict[str, float]
    range: dict[str, float]
    capacity_cuts: Annotated[tuple[CapacityCut, ...], AsTuple] = ()
    connectivity_cuts: Annotated[tuple[ConnectivityCut, ...], AsTuple] = ()


class DualValue(Record):
    """Dual value of one row: the row's index letters in the order of models/README.md, joined by '|'."""

    row: str
    value: float


class Certificate(Record):
    """Dual values that prove a lower bound on the cost of every plan."""

    format: Literal[1] = 1
    bound: float
    duals: dict[str, Annotated[tuple[DualValue, ...], AsTuple]]
    hub_days: Annotated[tuple[HubDayProof, ...], AsTuple]
