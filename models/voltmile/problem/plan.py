"""A plan: what is decided. Written to ``plan.json``, read by the checker and the reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from voltmile.problem.records import AsTuple, Identifier, Record


class Route(Record):
    """A round trip driven once a day, on every day of its day type in its year.

    Attributes
    ----------
    stops : tuple of str
        Village ids in driving order.
    """

    id: Identifier
    hub: Identifier
    vehicle_type: Identifier
    year: int
    day_type: Identifier
    stops: Annotated[tuple[Identifier, ...], AsTuple]


class Bought(Record):
    """Vehicles bought by a city at the start of a year."""

    city: Identifier
    vehicle_type: Identifier
    year: int
    count: int


class Sold(Record):
    """Vehicles of a vintage sold by a city at the start of a year."""

    city: Identifier
    vehicle_type: Identifier
    vintage: int
    year: int
    count: int


class Built(Record):
    """Chargers installed at a hub at the start of a year."""

    hub: Identifier
    charger_type: Identifier
    year: int
    count: int


class Upgraded(Record):
    """Grid connection bought for a hub in a year."""

    hub: Identifier
    year: int
    kw: float


class UrbanTours(Record):
    """Vehicle-days a day on urban tours from a hub."""

    hub: Identifier
    vehicle_type: Identifier
    year: int
    day_type: Identifier
    vehicle_days: float


class Charged(Record):
    """Energy a day drawn from the grid by the chargers of a type at a hub in a tariff period."""

    hub: Identifier
    charger_type: Identifier
    period: Identifier
    year: int
    day_type: Identifier
    kwh: float


class ChargedInPublic(Record):
    """Energy a day bought at public chargers for the vehicles of a hub."""

    hub: Identifier
    year: int
    day_type: Identifier
    kwh: float


class GreenCity(Record):
    """A city that counts towards a green_cities limit."""

    limit: Identifier
    city: Identifier


class Violation(Record):
    """By how much a priced limit is exceeded, in the limit's unit."""

    limit: Identifier
    amount: float


class Labelled(Record):
    """E-labels of a year beyond those there are anyway, and the printers bought for them at its start."""

    year: int
    printers_thousand: float
    labels_million: float


class Packed(Record):
    """Parcels of a platform in better packaging in a year, at the cost of a step (0 is the first one)."""

    platform: Identifier
    step: int
    year: int
    parcels_million: float


class BoxLoop(Record):
    """Reusable boxes of a city in a year: bought at its start, then owned, and the trips they make."""

    city: Identifier
    year: int
    bought_thousand: float
    owned_thousand: float
    trips_thousand: float


class WithoutCutlery(Record):
    """What is spent in a year on orders without cutlery, and the orders gained by it."""

    year: int
    spent_thousand_cny: float
    orders_million: float


class Campaign(Record):
    """Decisions about the campaign measures; what is not listed is zero."""

    e_label: Annotated[tuple[Labelled, ...], AsTuple] = ()
    packaging: Annotated[tuple[Packed, ...], AsTuple] = ()
    boxes: Annotated[tuple[BoxLoop, ...], AsTuple] = ()
    cutlery: Annotated[tuple[WithoutCutlery, ...], AsTuple] = ()


class Plan(Record):
    """Every decision of the joint program; what is not listed is zero."""

    format: Literal[1] = 1
    instance: Identifier
    buy: Annotated[tuple[Bought, ...], AsTuple] = ()
    sell: Annotated[tuple[Sold, ...], AsTuple] = ()
    build: Annotated[tuple[Built, ...], AsTuple] = ()
    upgrade: Annotated[tuple[Upgraded, ...], AsTuple] = ()
    urban: Annotated[tuple[UrbanTours, ...], AsTuple] = ()
    charge: Annotated[tuple[Charged, ...], AsTuple] = ()
    public: Annotated[tuple[ChargedInPublic, ...], AsTuple] = ()
    green: Annotated[tuple[GreenCity, ...], AsTuple] = ()
    slack: Annotated[tuple[Violation, ...], AsTuple] = ()
    routes: Annotated[tuple[Route, ...], AsTuple] = ()
    measures: Campaign = Campaign()


@dataclass(frozen=True, slots=True)
class CostRow:
    """One cost term of one city and year, as the program's named Expression has it.

    Attributes
    ----------
    city : str or None
        None for the national terms.
    year : int or "end"
        ``"end"`` for what is owned after the last year.
    cash_cny, discounted_cny : float
        In the money of the year, and as it counts in the objective.
    """

    city: str | None
    year: int | Literal["end"]
    term: str
    cash_cny: float
    discounted_cny: float
