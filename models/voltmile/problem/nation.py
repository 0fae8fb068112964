"""The given problem as one frozen record."""

from __future__ import annotations

import hashlib
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal, Self

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from voltmile.problem.energy import (
    ChargerType,
    Fuel,
    GridUpgrade,
    PublicCharging,
    Tariff,
    TemperaturePoint,
    temperature_factor,
)
from voltmile.problem.limits import Limit
from voltmile.problem.measures import Measures
from voltmile.problem.places import (
    City,
    CityTemperature,
    ExistingChargers,
    ExistingVehicles,
    GridFactor,
    Hub,
    ParameterSource,
    RoadDistance,
    Village,
)
from voltmile.problem.records import (
    AsTuple,
    ByYear,
    Identifier,
    NonNegative,
    Positive,
    Record,
    Text,
)
from voltmile.problem.vehicles import BatteryVehicle, FuelVehicle, VehicleType


class Horizon(Record):
    """The years planned for and how their money is compared."""

    years: Annotated[tuple[int, ...], AsTuple, Field(min_length=1)]
    discount_rate: Annotated[float, Field(gt=-1)]
    terminal_resale: bool

    @model_validator(mode="after")
    def _years_follow_each_other(self) -> Self:
        if any(later != earlier + 1 for earlier, later in pairwise(self.years)):
            raise ValueError(f"years {list(self.years)} are not consecutive; valid: e.g. [2018, 2019, 2020]")
        return self


class DayType(Record):
    """A representative day and how many days of a year it stands for."""

    id: Identifier
    days_per_year: Positive
    village_demand_factor: NonNegative
    urban_demand_factor: NonNegative


class Demand(Record):
    """How demand grows over the years."""

    village_factor_by_year: ByYear
    urban_factor_by_year: ByYear


class Work(Record):
    """The working day of a driver and what an hour costs."""

    shift_h: Positive
    service_h_per_stop: NonNegative
    service_h_per_parcel: NonNegative
    driver_cny_per_h_by_year: ByYear


class Carbon(Record):
    """Which grid factor the carbon account uses."""

    grid_factor: Literal["average", "operating_margin"]


class Header(Record):
    """What ``instance.toml`` holds."""

    format: Literal[1]
    name: Identifier
    title: Text
    horizon: Horizon
    day_type: Annotated[tuple[DayType, ...], AsTuple, Field(min_length=1)]
    demand: Demand
    work: Work
    carbon: Carbon
    limit: Annotated[tuple[Limit, ...], AsTuple] = ()


class VehicleBook(Record):
    """What ``vehicles.toml`` holds."""

    vehicle_type: Annotated[tuple[VehicleType, ...], AsTuple, Field(min_length=1)]


class EnergyBook(Record):
    """What ``energy.toml`` holds."""

    fuel: Annotated[tuple[Fuel, ...], AsTuple] = ()
    tariff: Annotated[tuple[Tariff, ...], AsTuple, Field(min_length=1)]
    charger_type: Annotated[tuple[ChargerType, ...], AsTuple] = ()
    public_charging: PublicCharging | None = None
    grid_upgrade: GridUpgrade | None = None
    temperature: Annotated[tuple[TemperaturePoint, ...], AsTuple] = ()

    @model_validator(mode="after")
    def _temperatures_rise(self) -> Self:
        points = [point.celsius for point in self.temperature]
        if any(later <= earlier for earlier, later in pairwise(points)):
            raise ValueError(f"temperature.celsius {points} does not rise; valid: strictly rising points")
        return self


class Nation(Record):
    """Everything given: an instance folder in memory.

    The records stay as they were read; the methods below only look things up or apply the definitions of
    ``instances/README.md``. Build one with :func:`voltmile.read`.
    """

    header: Header
    vehicle_book: VehicleBook
    energy_book: EnergyBook
    cities: tuple[City, ...]
    hubs: tuple[Hub, ...]
    villages: tuple[Village, ...]
    temperatures: tuple[CityTemperature, ...]
    grid: tuple[GridFactor, ...]
    existing_fleet: tuple[ExistingVehicles, ...] = ()
    existing_chargers: tuple[ExistingChargers, ...] = ()
    distances: tuple[RoadDistance, ...] = ()
    parameters: tuple[ParameterSource, ...] = ()
    measures: Measures | None = None

    @model_serializer(mode="wrap")
    def _without_absent_measures(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Leave measures out where there are none: the digest of such an instance does not know of them."""
        data: dict[str, Any] = dump(self)
        if self.measures is None:
            data.pop("measures", None)
        return data

    # -- sets -------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """Short name of the instance."""
        return self.header.name

    @property
    def years(self) -> tuple[int, ...]:
        """The planned years, consecutive."""
        return self.header.horizon.years

    @property
    def day_types(self) -> tuple[DayType, ...]:
        """The representative days."""
        return self.header.day_type

    @property
    def vehicle_types(self) -> tuple[BatteryVehicle | FuelVehicle, ...]:
        """All vehicle types."""
        return self.vehicle_book.vehicle_type

    @property
    def charger_types(self) -> tuple[ChargerType, ...]:
        """All depot charger types."""
        return self.energy_book.charger_type

    @property
    def limits(self) -> tuple[Limit, ...]:
        """The national limits."""
        return self.header.limit

    @property
    def campaign(self) -> Measures:
        """The campaign measures; empty where there is no ``measures.toml``."""
        return self.measures or Measures()

    # -- look-ups ---------------------------------------------------------------------------------------

    @cached_property
    def city(self) -> dict[str, City]:
        """City by id."""
        return {city.id: city for city in self.cities}

    @cached_property
    def hub(self) -> dict[str, Hub]:
        """Hub by id."""
        return {hub.id: hub for hub in self.hubs}

    @cached_property
    def village(self) -> dict[str, Village]:
        """Village by id."""
        return {village.id: village for village in self.villages}

    @cached_property
    def vehicle_type(self) -> dict[str, BatteryVehicle | FuelVehicle]:
        """Vehicle type by id."""
        return {vehicle.id: vehicle for vehicle in self.vehicle_types}

    @cached_property
    def charger_type(self) -> dict[str, ChargerType]:
        """Charger type by id."""
        return {charger.id: charger for charger in self.charger_types}

    @cached_property
    def day_type(self) -> dict[str, DayType]:
        """Day type by id."""
        return {day.id: day for day in self.day_types}

    @cached_property
    def fuel(self) -> dict[str, Fuel]:
        """Fuel by id."""
        return {fuel.id: fuel for fuel in self.energy_book.fuel}

    @cached_property
    def tariff(self) -> dict[str, Tariff]:
        """Tariff by id."""
        return {tariff.id: tariff for tariff in self.energy_book.tariff}

    @cached_property
    def hubs_of(self) -> dict[str, tuple[Hub, ...]]:
        """Hubs by city id, in file order."""
        return {city.id: tuple(h for h in self.hubs if h.city == city.id) for city in self.cities}

    @cached_property
    def villages_of(self) -> dict[str, tuple[Village, ...]]:
        """Villages by hub id, in file order."""
        found: dict[str, list[Village]] = {hub.id: [] for hub in self.hubs}
        for village in self.villages:
            found[village.hub].append(village)
        return {hub: tuple(villages) for hub, villages in found.items()}

    @cached_property
    def distances_of(self) -> dict[str, tuple[RoadDistance, ...]]:
        """Road distances by hub id, only for hubs that have any."""
        found: dict[str, list[RoadDistance]] = {}
        for row in self.distances:
            found.setdefault(row.hub, []).append(row)
        return {hub: tuple(rows) for hub, rows in found.items()}

    @cached_property
    def _celsius(self) -> dict[tuple[str, str], float]:
        return {(row.city, row.day_type): row.celsius for row in self.temperatures}

    @cached_property
    def _grid_factor(self) -> dict[tuple[str, int], float]:
        kind = self.header.carbon.grid_factor
        return {(row.grid, row.year): row.co2_kg_per_kwh for row in self.grid if row.kind == kind}

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the whole instance: equal records give equal digests, whatever their files look like."""
        return hashlib.sha256(self.model_dump_json(by_alias=True).encode()).hexdigest()

    # -- definitions ------------------------------------------------------------------------------------

    def position(self, year: int) -> int:
        """Index of a year in the ``..._by_year`` lists; negative before the first year."""
        return year - self.years[0]

    def discount(self, year: int) -> float:
        """Weight of the money of a year in the objective; ``years[-1] + 1`` is the end of the horizon."""
        return float((1.0 + self.header.horizon.discount_rate) ** -self.position(year))

    def year_of(self, limit: Limit) -> int:
        """Year a limit counts in, and whose money its price is in: its own, or the last one."""
        return int(getattr(limit, "year", self.years[-1]))

    def village_factor(self, year: int, day_type: str) -> float:
        """Multiplier of every village's daily demand on a day (year, day type)."""
        by_year = self.header.demand.village_factor_by_year[self.position(year)]
        return by_year * self.day_type[day_type].village_demand_factor

    def urban_parcels(self, city: str, year: int, day_type: str) -> float:
        """Parcels that urban tours of a city must deliver on a day (year, day type)."""
        by_year = self.header.demand.urban_factor_by_year[self.position(year)]
        factor = by_year * self.day_type[day_type].urban_demand_factor
        return self.city[city].urban_parcels_per_day * factor

    @cached_property
    def _village_parcels(self) -> dict[str, float]:
        """Daily parcels of all villages of a city, by city."""
        return {
            city.id: sum(v.parcels_per_day for hub in self.hubs_of[city.id] for v in self.villages_of[hub.id])
            for city in self.cities
        }

    def parcels_of_year(self, city: str, year: int) -> float:
        """Parcels delivered in a city in a year, to villages and on urban tours."""
        return sum(
            day.days_per_year
            * (
                self.urban_parcels(city, year, day.id)
                + self.village_factor(year, day.id) * self._village_parcels[city]
            )
            for day in self.day_types
        )

    def temperature_factor(self, city: str, day_type: str) -> float:
        """Multiplier of a battery vehicle's energy in a city on a day type."""
        return temperature_factor(self.energy_book.temperature, self._celsius[city, day_type])

    def grid_factor(self, city: str, year: int) -> float:
        """CO2 per kWh drawn from the grid in a city and year (kg)."""
        return self._grid_factor[self.city[city].grid, year]

    def net_price_cny(self, vehicle_type: str, vintage: int) -> float:
        """Price less subsidy of a vintage; vintages before the first year count at the first year's."""
        return self.vehicle_type[vehicle_type].net_price_cny(max(0, self.position(vintage)))

    def charger_cost_cny(self, charger_type: str, vintage: int) -> float:
        """Installed cost of a charger vintage; vintages before the first year count at the first year's."""
        return self.charger_type[charger_type].cost_cny_by_year[max(0, self.position(vintage))]
