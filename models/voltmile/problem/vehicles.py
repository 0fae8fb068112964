"""Vehicle types: what they carry, what they burn, what they cost."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from voltmile.problem.records import ByAge, ByYear, Identifier, NonNegative, Positive, Record, Share, Text


class _Vehicle(Record):
    """What fuel and battery vehicles have in common.

    ``resale_share_by_age[a]`` is the share of the net price (price less subsidy) a vehicle of age ``a``
    years is worth; it has ``life_years + 1`` entries.
    """

    id: Identifier
    name: Text
    payload_kg: Positive
    volume_m3: Positive
    life_years: Annotated[int, Field(ge=1)]
    price_cny_by_year: ByYear
    subsidy_cny_by_year: ByYear
    resale_share_by_age: ByAge
    insurance_cny_per_year: NonNegative
    maintenance_cny_per_km: NonNegative
    availability: Annotated[float, Field(gt=0, le=1)]
    urban_parcels_per_day: NonNegative
    urban_km_per_day: NonNegative
    urban_h_per_day: NonNegative

    @model_validator(mode="after")
    def _prices_make_sense(self) -> Self:
        check_resale(self.resale_share_by_age, self.life_years)
        for price, subsidy in zip(self.price_cny_by_year, self.subsidy_cny_by_year, strict=False):
            if subsidy > price:
                raise ValueError(f"subsidy_cny_by_year has {subsidy}, more than the price {price}")
        return self

    def net_price_cny(self, position: int) -> float:
        """Price less subsidy in the year at this position of the horizon (CNY)."""
        return self.price_cny_by_year[position] - self.subsidy_cny_by_year[position]


class BatteryVehicle(_Vehicle):
    """A battery electric vehicle; energy per km = (empty + load * kg aboard) * temperature * road factor."""

    powertrain: Literal["bev"]
    battery_kwh: Positive
    soc_min: Share
    soc_max: Share
    energy_empty_kwh_per_km: Positive
    energy_load_kwh_per_km_kg: NonNegative
    rural_energy_factor: Positive
    urban_energy_factor: Positive

    @model_validator(mode="after")
    def _window_is_open(self) -> Self:
        if self.soc_min >= self.soc_max:
            raise ValueError(f"soc_min {self.soc_min} must be below soc_max {self.soc_max}")
        return self

    @property
    def usable_kwh(self) -> float:
        """Energy a route may draw between two charges at the hub (kWh)."""
        return self.battery_kwh * (self.soc_max - self.soc_min)


class FuelVehicle(_Vehicle):
    """A combustion vehicle; fuel per km = empty + load * kg aboard."""

    powertrain: Literal["ice"]
    fuel: Identifier
    fuel_empty_l_per_km: Positive
    fuel_load_l_per_km_kg: NonNegative


VehicleType = Annotated[BatteryVehicle | FuelVehicle, Field(discriminator="powertrain")]


def check_resale(shares: tuple[float, ...], life_years: int) -> None:
    """Raise ValueError unless the resale shares have ``life_years + 1`` entries and never rise."""
    if len(shares) != life_years + 1:
        raise ValueError(
            f"resale_share_by_age has {len(shares)} entries; valid: life_years + 1 = {life_years + 1}"
        )
    if any(later > earlier for earlier, later in pairwise(shares)):
        raise ValueError("resale_share_by_age rises with age; valid: shares that never rise")
