"""National limits, each hard or priced."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from voltmile.problem.records import AsTuple, Count, Identifier, Identifiers, NonNegative, Record, Share

CashTerm = Literal[
    "purchase",
    "resale",
    "insurance",
    "chargers",
    "charger_upkeep",
    "grid_upgrade",
    "electricity",
    "public_charging",
    "fuel",
    "drivers",
    "maintenance",
    "e_label",
    "packaging",
    "boxes",
    "cutlery",
    "savings",
]

MeasureTerm = Literal["e_label", "packaging", "boxes", "cutlery"]


class _Limit(Record):
    """A limit of the nation; with a price it may be exceeded at that many CNY a unit."""

    id: Identifier
    price_cny_per_unit: NonNegative | None = None


class BudgetLimit(_Limit):
    """Undiscounted cash of the counted cost terms in a year (unit: CNY)."""

    kind: Literal["budget"]
    year: int
    max_cny: NonNegative
    counts: Annotated[tuple[CashTerm, ...], AsTuple, Field(min_length=1)]


class SupplyLimit(_Limit):
    """Vehicles of the named types that all cities together can buy in a year (unit: vehicles)."""

    kind: Literal["supply"]
    year: int
    vehicle_types: Identifiers
    max_vehicles: NonNegative


class CarbonLimit(_Limit):
    """CO2 of a year (unit: kg); ``max_co2_kg = 0`` with a price is a carbon price.

    Measures can save more than vehicles emit: a cap below 0 asks for that.
    """

    kind: Literal["carbon"]
    year: int
    max_co2_kg: float


class GreenCitiesLimit(_Limit):
    """At least so many cities reach the electric share of their fleet in the last year (unit: cities)."""

    kind: Literal["green_cities"]
    electric_share: Share
    min_cities: Count


class JourneyLimit(_Limit):
    """Vehicle-km of village routes per village visit in a year (unit: km driven a year, see Eq. 14)."""

    kind: Literal["journey"]
    year: int
    max_km_per_visit: NonNegative


class LabelsLimit(_Limit):
    """At least so many parcels with an e-label up to the end of a year (unit: million labels)."""

    kind: Literal["labels"]
    year: int
    min_labels_million: NonNegative


class FundLimit(_Limit):
    """Undiscounted cash of the counted measures in all years together (unit: CNY)."""

    kind: Literal["fund"]
    max_cny: NonNegative
    counts: Annotated[tuple[MeasureTerm, ...], AsTuple, Field(min_length=1)]


Limit = Annotated[
    BudgetLimit | SupplyLimit | CarbonLimit | GreenCitiesLimit | JourneyLimit | LabelsLimit | FundLimit,
    Field(discriminator="kind"),
]
