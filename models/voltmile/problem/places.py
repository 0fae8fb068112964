"""Cities, hubs, villages: the rows of the CSV files."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from voltmile.problem.records import (
    Count,
    Identifier,
    Latitude,
    Longitude,
    NonNegative,
    Positive,
    Record,
    Share,
    Text,
)


class City(Record):
    """A prefecture-level city (a row of cities.csv)."""

    id: Identifier
    name: Text
    province: Text
    latitude: Latitude
    longitude: Longitude
    population: Positive
    terrain: Text
    detour_factor: Annotated[float, Field(ge=1)]
    speed_km_per_h: Positive
    tariff: Identifier
    grid: Identifier
    urban_parcels_per_day: NonNegative
    urban_productivity_factor: Positive
    electric_share_min: Share
    ev_only_from_year: int | None = None


class Hub(Record):
    """A county distribution centre, where routes begin and end (a row of hubs.csv)."""

    id: Identifier
    city: Identifier
    name: Text
    latitude: Latitude
    longitude: Longitude
    grid_kw: NonNegative
    grid_upgrade_max_kw: NonNegative
    serves_urban: bool


class Village(Record):
    """A delivery point (a row of villages.csv); demand is that of a day with all factors 1."""

    id: Identifier
    hub: Identifier
    name: Text
    township: str | None = None
    latitude: Latitude
    longitude: Longitude
    parcels_per_day: NonNegative
    demand_kg_per_day: NonNegative
    demand_m3_per_day: NonNegative
    window_open_h: NonNegative | None = None
    window_close_h: NonNegative | None = None

    @model_validator(mode="after")
    def _window_opens_before_it_closes(self) -> Self:
        if self.window_open_h is not None and self.window_close_h is not None:
            if self.window_open_h > self.window_close_h:
                raise ValueError(
                    f"window_open_h {self.window_open_h} is after window_close_h {self.window_close_h}"
                )
        return self


class CityTemperature(Record):
    """Outside temperature of a city on a day type (a row of temperatures.csv)."""

    city: Identifier
    day_type: Identifier
    celsius: Annotated[float, Field(ge=-60, le=60)]


class GridFactor(Record):
    """Carbon content of grid electricity in a year (a row of grid.csv)."""

    grid: Identifier
    kind: Literal["average", "operating_margin"]
    year: int
    co2_kg_per_kwh: NonNegative


class ExistingVehicles(Record):
    """Vehicles a city owns before the first year; age counts in the first year (existing_fleet.csv)."""

    city: Identifier
    vehicle_type: Identifier
    age_years: Annotated[int, Field(ge=1)]
    count: Count


class ExistingChargers(Record):
    """Chargers a hub has before the first year; age counts in the first year (existing_chargers.csv)."""

    hub: Identifier
    charger_type: Identifier
    age_years: Annotated[int, Field(ge=1)]
    count: Count


class RoadDistance(Record):
    """A directed distance between two nodes of a hub that replaces the great circle (distances.csv)."""

    hub: Identifier
    from_node: Identifier = Field(alias="from")
    to_node: Identifier = Field(alias="to")
    distance_km: NonNegative
    duration_h: NonNegative


class ParameterSource(Record):
    """Where a number of the instance comes from (a row of parameters.csv)."""

    file: Text
    field: Text
    value: float | None = None
    low: float | None = None
    high: float | None = None
    unit: str | None = None
    confidence: Literal["sourced", "derived", "assumption"]
    source: Text
    note: str | None = None
