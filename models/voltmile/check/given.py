"""The definitions of models/README.md, computed from the raw fields of the instance and from nothing else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from voltmile.problem.energy import ChargerType, Fuel, TariffPeriod
from voltmile.problem.limits import Limit
from voltmile.problem.measures import Measures, Platform
from voltmile.problem.nation import DayType, Nation
from voltmile.problem.places import City, Hub, Village
from voltmile.problem.vehicles import BatteryVehicle, FuelVehicle

Vehicle = BatteryVehicle | FuelVehicle


@dataclass(frozen=True)
class Given:
    """Look-ups and definitions; letters as in models/README.md: c, h, i, k, s, p, y, d, v."""

    nation: Nation

    # -- sets -----------------------------------------------------------------------------------------------

    @cached_property
    def years(self) -> tuple[int, ...]:
        """The planned years."""
        return self.nation.header.horizon.years

    @property
    def end(self) -> int:
        """The year after the last one."""
        return self.years[-1] + 1

    @cached_property
    def days(self) -> dict[str, DayType]:
        """Day type by id."""
        return {day.id: day for day in self.nation.header.day_type}

    @cached_property
    def cities(self) -> dict[str, City]:
        """City by id."""
        return {city.id: city for city in self.nation.cities}

    @cached_property
    def hubs(self) -> dict[str, Hub]:
        """Hub by id."""
        return {hub.id: hub for hub in self.nation.hubs}

    @cached_property
    def villages(self) -> dict[str, Village]:
        """Village by id."""
        return {village.id: village for village in self.nation.villages}

    @cached_property
    def vehicles(self) -> dict[str, Vehicle]:
        """Vehicle type by id."""
        return {vehicle.id: vehicle for vehicle in self.nation.vehicle_book.vehicle_type}

    @cached_property
    def chargers(self) -> dict[str, ChargerType]:
        """Charger type by id."""
        return {charger.id: charger for charger in self.nation.energy_book.charger_type}

    @cached_property
    def fuels(self) -> dict[str, Fuel]:
        """Fuel by id."""
        return {fuel.id: fuel for fuel in self.nation.energy_book.fuel}

    @cached_property
    def hubs_of(self) -> dict[str, list[Hub]]:
        """Hubs of each city."""
        found: dict[str, list[Hub]] = {c: [] for c in self.cities}
        for hub in self.nation.hubs:
            found[hub.city].append(hub)
        return found

    @cached_property
    def villages_of(self) -> dict[str, list[Village]]:
        """Villages of each hub, in file order."""
        found: dict[str, list[Village]] = {h: [] for h in self.hubs}
        for village in self.nation.villages:
            found[village.hub].append(village)
        return found

    @cached_property
    def periods_of(self) -> dict[str, dict[str, TariffPeriod]]:
        """Tariff periods of each city, by id."""
        tariffs = {tariff.id: tariff for tariff in self.nation.energy_book.tariff}
        return {c: {p.id: p for p in tariffs[city.tariff].period} for c, city in self.cities.items()}

    @cached_property
    def existing_vehicles(self) -> dict[tuple[str, str], dict[int, int]]:
        """Vehicles owned before the first year: count by vintage, by (c, k)."""
        found: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
        for row in self.nation.existing_fleet:
            found[row.city, row.vehicle_type][self.years[0] - row.age_years] = row.count
        return found

    @cached_property
    def existing_chargers(self) -> dict[tuple[str, str], dict[int, int]]:
        """Chargers installed before the first year: count by vintage, by (h, s)."""
        found: dict[tuple[str, str], dict[int, int]] = defaultdict(dict)
        for row in self.nation.existing_chargers:
            found[row.hub, row.charger_type][self.years[0] - row.age_years] = row.count
        return found

    def existing_alive(self, h: str, s: str, y: int) -> int:
        """Existing chargers younger than their life."""
        life = self.chargers[s].life_years
        return sum(count for v, count in self.existing_chargers.get((h, s), {}).items() if y - v < life)

    @cached_property
    def measures(self) -> Measures:
        """The campaign measures; empty where the instance has none."""
        return self.nation.measures or Measures()

    @cached_property
    def platforms(self) -> dict[str, Platform]:
        """Market platform by id."""
        return {platform.id: platform for platform in self.measures.packaging}

    def limit_year(self, limit: Limit) -> int:
        """Year whose money a limit's price is in: its own, or the last one."""
        return int(getattr(limit, "year", self.years[-1]))

    # -- money ----------------------------------------------------------------------------------------------

    def nth(self, y: int) -> int:
        """Place of a year in the ``..._by_year`` lists; an older vintage counts as of the first year."""
        return max(0, y - self.years[0])

    @cached_property
    def delta(self) -> dict[int, float]:
        """Weight of a year's money in the objective, for every year and the end."""
        rate = self.nation.header.horizon.discount_rate
        return {y: (1.0 + rate) ** (self.years[0] - y) for y in (*self.years, self.end)}

    @property
    def counts_terminal_value(self) -> bool:
        """Whether what is owned at the end counts."""
        return self.nation.header.horizon.terminal_resale

    def net_price(self, k: str, v: int) -> float:
        """Price less subsidy of a vintage (CNY)."""
        vehicle = self.vehicles[k]
        return vehicle.price_cny_by_year[self.nth(v)] - vehicle.subsidy_cny_by_year[self.nth(v)]

    def resale(self, k: str, v: int, y: int) -> float:
        """Resale value of a vehicle of a vintage at the start of a year (CNY)."""
        return self.vehicles[k].resale_share_by_age[y - v] * self.net_price(k, v)

    def charger_resale(self, s: str, v: int) -> float:
        """Resale value of a charger of a vintage at the end (CNY)."""
        charger = self.chargers[s]
        return charger.resale_share_by_age[self.end - v] * charger.cost_cny_by_year[self.nth(v)]

    def driver_wage(self, y: int) -> float:
        """CNY an hour."""
        return self.nation.header.work.driver_cny_per_h_by_year[self.nth(y)]

    def fuel_price(self, k: str, y: int) -> float:
        """CNY a litre; 0 for a battery vehicle."""
        vehicle = self.vehicles[k]
        if isinstance(vehicle, BatteryVehicle):
            return 0.0
        return self.fuels[vehicle.fuel].price_cny_per_l_by_year[self.nth(y)]

    def upgrade_price(self, y: int) -> float:
        """CNY a kW of grid connection."""
        upgrade = self.nation.energy_book.grid_upgrade
        return upgrade.cost_cny_per_kw_by_year[self.nth(y)] if upgrade else 0.0

    def public_price(self, y: int) -> float:
        """CNY a kWh at public chargers."""
        public = self.nation.energy_book.public_charging
        return public.price_cny_per_kwh_by_year[self.nth(y)] if public else 0.0

    @property
    def public_efficiency(self) -> float:
        """Battery kWh for each kWh bought in public; 0 without public charging."""
        public = self.nation.energy_book.public_charging
        return public.efficiency if public else 0.0

    # -- demand ---------------------------------------------------------------------------------------------

    def growth(self, y: int, d: str) -> float:
        """Factor on the villages' daily demand."""
        by_year = self.nation.header.demand.village_factor_by_year
        return by_year[self.nth(y)] * self.days[d].village_demand_factor

    def urban_demand(self, c: str, y: int, d: str) -> float:
        """Parcels a day that urban tours must deliver."""
        by_year = self.nation.header.demand.urban_factor_by_year
        factor = by_year[self.nth(y)] * self.days[d].urban_demand_factor
        return self.cities[c].urban_parcels_per_day * factor

    def yearly_parcels(self, c: str, y: int) -> float:
        """Parcels of a city in a year: its villages' and those of its urban tours."""
        daily = sum(i.parcels_per_day for hub in self.hubs_of[c] for i in self.villages_of[hub.id])
        return sum(
            day.days_per_year * (self.growth(y, d) * daily + self.urban_demand(c, y, d))
            for d, day in self.days.items()
        )

    def productivity(self, c: str, k: str) -> float:
        """Urban parcels that a vehicle-day delivers."""
        return self.cities[c].urban_productivity_factor * self.vehicles[k].urban_parcels_per_day

    # -- energy and carbon ----------------------------------------------------------------------------------

    @cached_property
    def cold(self) -> dict[tuple[str, str], float]:
        """Temperature factor by (c, d)."""
        return {(row.city, row.day_type): self._factor_at(row.celsius) for row in self.nation.temperatures}

    def _factor_at(self, celsius: float) -> float:
        points = self.nation.energy_book.temperature
        if not points:
            return 1.0
        if celsius <= points[0].celsius:
            return points[0].factor
        for left, right in pairwise(points):
            if celsius <= right.celsius:
                share = (celsius - left.celsius) / (right.celsius - left.celsius)
                return left.factor + share * (right.factor - left.factor)
        return points[-1].factor

    def per_km(self, k: str) -> tuple[float, float]:
        """Energy a km, empty and for each kg aboard: kWh before temperature and road factor, or litres."""
        vehicle = self.vehicles[k]
        if isinstance(vehicle, BatteryVehicle):
            return vehicle.energy_empty_kwh_per_km, vehicle.energy_load_kwh_per_km_kg
        return vehicle.fuel_empty_l_per_km, vehicle.fuel_load_l_per_km_kg

    def rural_per_km(self, c: str, k: str, d: str) -> tuple[float, float]:
        """Energy a km on a village route, empty and for each kg aboard (kWh or litres)."""
        empty, load = self.per_km(k)
        vehicle = self.vehicles[k]
        factor = 1.0
        if isinstance(vehicle, BatteryVehicle):
            factor = self.cold[c, d] * vehicle.rural_energy_factor
        return empty * factor, load * factor

    def urban_energy(self, c: str, k: str, d: str) -> float:
        """Energy of an urban vehicle-day: at half payload (kWh or litres)."""
        empty, load = self.per_km(k)
        vehicle = self.vehicles[k]
        energy = (empty + load * vehicle.payload_kg / 2) * vehicle.urban_km_per_day
        if isinstance(vehicle, BatteryVehicle):
            energy *= self.cold[c, d] * vehicle.urban_energy_factor
        return energy

    def range_kwh(self, k: str) -> float:
        """Energy a route may take from the battery; 0 for a fuel vehicle."""
        vehicle = self.vehicles[k]
        if isinstance(vehicle, BatteryVehicle):
            return vehicle.battery_kwh * (vehicle.soc_max - vehicle.soc_min)
        return 0.0

    def is_electric(self, k: str) -> bool:
        """Whether a type is a battery vehicle."""
        return isinstance(self.vehicles[k], BatteryVehicle)

    def fuel_co2(self, k: str) -> float:
        """Kg of CO2 a litre; 0 for a battery vehicle."""
        vehicle = self.vehicles[k]
        return 0.0 if isinstance(vehicle, BatteryVehicle) else self.fuels[vehicle.fuel].co2_kg_per_l

    @cached_property
    def _grid_co2(self) -> dict[tuple[str, int], float]:
        kind = self.nation.header.carbon.grid_factor
        return {(row.grid, row.year): row.co2_kg_per_kwh for row in self.nation.grid if row.kind == kind}

    def grid_co2(self, c: str, y: int) -> float:
        """Kg of CO2 for each kWh from the grid."""
        return self._grid_co2[self.cities[c].grid, y]
