"""Scenarios: what may turn out otherwise than an instance says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal, Self

from pydantic import Field, ValidationError, model_validator

from voltmile.problem.changes import changed
from voltmile.problem.faults import Fault, FaultyInputError, faults_of
from voltmile.problem.nation import EnergyBook, Header, Nation, VehicleBook
from voltmile.problem.places import CityTemperature, Village
from voltmile.problem.records import ByYear, Identifier, NonNegative, Positive, Record, Share, Text
from voltmile.problem.references import reference_faults
from voltmile.problem.vehicles import BatteryVehicle, FuelVehicle


class Scenario(Record):
    """One way things may turn out; what is left out stays as the instance has it.

    Attributes
    ----------
    probability : float
        Weight of the scenario; all or none have one.
    village_demand_factor, urban_demand_factor : float
        On the demand of all years.
    village_parcels_per_day : float
        Of every village that has any, on a day with all factors 1; its kg and m3 change along.
    battery_price_factor : float
        On the pack alone: the price changes by (factor - 1) * battery_kwh * pack price.
    ev_price_factor : float
        On the whole price of electric vehicles, before subsidies.
    subsidy_factor : float
        0 is no subsidy.
    celsius_shift : float
        Added to every temperature.
    fuel_price_factor, electricity_price_factor : float
        On all fuels; on all tariffs and public charging.
    """

    name: Identifier
    probability: Share | None = None
    village_demand_factor: Positive | None = None
    urban_demand_factor: Positive | None = None
    village_parcels_per_day: Positive | None = None
    battery_price_factor: NonNegative | None = None
    ev_price_factor: NonNegative | None = None
    subsidy_factor: NonNegative | None = None
    grid_factor: Literal["average", "operating_margin"] | None = None
    celsius_shift: Annotated[float, Field(ge=-60, le=60)] | None = None
    fuel_price_factor: NonNegative | None = None
    electricity_price_factor: NonNegative | None = None

    @property
    def overrides(self) -> dict[str, object]:
        """What the scenario changes, by key."""
        given = self.model_dump(exclude={"name", "probability"})
        return {key: value for key, value in given.items() if value is not None}

    @model_validator(mode="after")
    def _one_price_of_vehicles(self) -> Self:
        if self.battery_price_factor is not None and self.ev_price_factor is not None:
            raise ValueError("has battery_price_factor and ev_price_factor; valid: one of the two")
        return self


class Assumptions(Record):
    """What overrides need beside the instance, and where it comes from."""

    battery_pack_cny_per_kwh_by_year: ByYear
    source: Text


def apply(nation: Nation, scenario: Scenario, assumptions: Assumptions | None = None) -> Nation:
    """Return the nation as it is in a scenario; what the scenario does not name is the same.

    Raises
    ------
    FaultyInputError
        When the nation has no such scenario: a pack price is missing, or a temperature or price leaves what
        is valid.
    """
    if not scenario.overrides:
        return nation
    pack = _pack_prices(nation, scenario, assumptions)
    try:
        made = changed(
            nation,
            header=_header(nation.header, scenario),
            vehicle_book=_vehicles(nation.vehicle_book, scenario, pack),
            energy_book=_energy(nation.energy_book, scenario),
            villages=tuple(_village(village, scenario) for village in nation.villages),
            temperatures=tuple(_temperature(row, scenario) for row in nation.temperatures),
            parameters=(),  # the sources are those of other numbers
        )
    except ValidationError as error:
        raise FaultyInputError(f"scenario {scenario.name}", faults_of(error, nation.name)) from error
    faults = reference_faults(made)
    if faults:
        raise FaultyInputError(f"scenario {scenario.name}", faults)
    return made


def _pack_prices(nation: Nation, scenario: Scenario, assumptions: Assumptions | None) -> tuple[float, ...]:
    """Pack prices by year, which only a change of them needs."""
    if scenario.battery_price_factor is None:
        return ()
    if assumptions is None:
        raise _fault(scenario, "needs assumptions.battery_pack_cny_per_kwh_by_year")
    prices, years = assumptions.battery_pack_cny_per_kwh_by_year, len(nation.years)
    if len(prices) != years:
        found = f"battery_pack_cny_per_kwh_by_year has {len(prices)} entries"
        raise _fault(scenario, f"{found}; valid: one for each of the {years} years")
    return prices


def _fault(scenario: Scenario, message: str) -> FaultyInputError:
    return FaultyInputError(
        f"scenario {scenario.name}", [Fault("assumptions", "battery_price_factor", message)]
    )


def _header(header: Header, scenario: Scenario) -> Header:
    village, urban = scenario.village_demand_factor, scenario.urban_demand_factor
    demand = changed(
        header.demand,
        village_factor_by_year=_scaled(header.demand.village_factor_by_year, village),
        urban_factor_by_year=_scaled(header.demand.urban_factor_by_year, urban),
    )
    grid_factor = scenario.grid_factor or header.carbon.grid_factor
    return changed(header, demand=demand, carbon=changed(header.carbon, grid_factor=grid_factor))


def _vehicles(book: VehicleBook, scenario: Scenario, pack: Sequence[float]) -> VehicleBook:
    return changed(
        book, vehicle_type=tuple(_vehicle(vehicle, scenario, pack) for vehicle in book.vehicle_type)
    )


def _vehicle(
    vehicle: BatteryVehicle | FuelVehicle, scenario: Scenario, pack: Sequence[float]
) -> BatteryVehicle | FuelVehicle:
    prices = vehicle.price_cny_by_year
    if isinstance(vehicle, BatteryVehicle):
        prices = _scaled(prices, scenario.ev_price_factor)
        if scenario.battery_price_factor is not None:
            more = (scenario.battery_price_factor - 1) * vehicle.battery_kwh
            prices = tuple(price + more * per_kwh for price, per_kwh in zip(prices, pack, strict=True))
    subsidies = _scaled(vehicle.subsidy_cny_by_year, scenario.subsidy_factor)
    return changed(vehicle, price_cny_by_year=prices, subsidy_cny_by_year=subsidies)


def _energy(book: EnergyBook, scenario: Scenario) -> EnergyBook:
    dearer = scenario.electricity_price_factor
    fuels = tuple(
        changed(f, price_cny_per_l_by_year=_scaled(f.price_cny_per_l_by_year, scenario.fuel_price_factor))
        for f in book.fuel
    )
    tariffs = tuple(
        changed(
            tariff,
            period=tuple(
                changed(p, price_cny_per_kwh_by_year=_scaled(p.price_cny_per_kwh_by_year, dearer))
                for p in tariff.period
            ),
        )
        for tariff in book.tariff
    )
    public = book.public_charging
    if public is not None:
        prices = _scaled(public.price_cny_per_kwh_by_year, dearer)
        public = changed(public, price_cny_per_kwh_by_year=prices)
    return changed(book, fuel=fuels, tariff=tariffs, public_charging=public)


def _village(village: Village, scenario: Scenario) -> Village:
    parcels = scenario.village_parcels_per_day
    if parcels is None or village.parcels_per_day == 0:
        return village
    times = parcels / village.parcels_per_day
    return changed(
        village,
        parcels_per_day=parcels,
        demand_kg_per_day=village.demand_kg_per_day * times,
        demand_m3_per_day=village.demand_m3_per_day * times,
    )


def _temperature(row: CityTemperature, scenario: Scenario) -> CityTemperature:
    if scenario.celsius_shift is None:
        return row
    return changed(row, celsius=row.celsius + scenario.celsius_shift)


def _scaled(values: tuple[float, ...], factor: float | None) -> tuple[float, ...]:
    return values if factor is None else tuple(value * factor for value in values)
