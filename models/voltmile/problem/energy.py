"""Fuels, electricity tariffs, chargers and the cold."""

from __future__ import annotations

from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from voltmile.problem.records import (
    AsTuple,
    ByAge,
    ByYear,
    Identifier,
    NonNegative,
    Positive,
    Record,
)
from voltmile.problem.vehicles import check_resale


class Fuel(Record):
    """A liquid fuel: price by year and carbon content."""

    id: Identifier
    price_cny_per_l_by_year: ByYear
    co2_kg_per_l: NonNegative


class TariffPeriod(Record):
    """Hours of the day with one electricity price; only those in which vehicles stand at the hub count."""

    id: Identifier
    depot_h_per_day: Annotated[float, Field(ge=0, le=24)]
    price_cny_per_kwh_by_year: ByYear


class Tariff(Record):
    """An electricity tariff by time of use."""

    id: Identifier
    period: Annotated[tuple[TariffPeriod, ...], AsTuple, Field(min_length=1)]

    @model_validator(mode="after")
    def _a_day_has_24_hours(self) -> Self:
        hours = sum(period.depot_h_per_day for period in self.period)
        if hours > 24:
            raise ValueError(f"depot_h_per_day sums to {hours} over the periods; valid: at most 24")
        return self


class ChargerType(Record):
    """A depot charger; ``power_kw`` is drawn from the grid, ``efficiency`` is battery kWh per grid kWh."""

    id: Identifier
    power_kw: Positive
    efficiency: Annotated[float, Field(gt=0, le=1)]
    life_years: Annotated[int, Field(ge=1)]
    cost_cny_by_year: ByYear
    resale_share_by_age: ByAge
    upkeep_cny_per_year: NonNegative

    @model_validator(mode="after")
    def _resale_falls(self) -> Self:
        check_resale(self.resale_share_by_age, self.life_years)
        return self


class PublicCharging(Record):
    """Charging away from the hub, without own chargers or grid connection; the price includes the fee."""

    price_cny_per_kwh_by_year: ByYear
    efficiency: Annotated[float, Field(gt=0, le=1)]


class GridUpgrade(Record):
    """What a kW of additional grid connection costs at a hub."""

    cost_cny_per_kw_by_year: ByYear


class TemperaturePoint(Record):
    """One point of the piecewise-linear energy factor over outside temperature."""

    celsius: float
    factor: Positive


def temperature_factor(points: tuple[TemperaturePoint, ...], celsius: float) -> float:
    """Energy multiplier at a temperature: linear between the points, constant beyond them.

    Parameters
    ----------
    points : tuple of TemperaturePoint
        In rising order of temperature; may be empty, then the factor is 1.
    celsius : float
        Outside temperature (degrees C).
    """
    if not points:
        return 1.0
    return float(np.interp(celsius, [p.celsius for p in points], [p.factor for p in points]))
