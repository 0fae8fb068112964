"""Urban tours: vehicle-days that deliver a city's own parcels, with the fleet and chargers of the routes."""

from __future__ import annotations

from collections.abc import Iterator

import pyomo.environ as pyo

from voltmile.problem.nation import Nation
from voltmile.problem.vehicles import BatteryVehicle, FuelVehicle
from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows
from voltmile.programs.route_sets import fuel_co2_kg_per_l, fuel_price
from voltmile.programs.sets import days, hub_days, hubs_of

Key = tuple[str, str, int, str]


def productivity(nation: Nation, c: str, k: str) -> float:
    """Parcels a vehicle-day of type k delivers on urban tours of city c."""
    return nation.city[c].urban_productivity_factor * nation.vehicle_type[k].urban_parcels_per_day


def vehicle_days_max(nation: Nation, c: str, k: str, y: int, d: str) -> float:
    """Vehicle-days with which type k alone delivers all urban parcels of a day; 0 if it delivers none."""
    per_day = productivity(nation, c, k)
    return nation.urban_parcels(c, y, d) / per_day if per_day else 0.0


def energy_kwh(nation: Nation, c: str, k: str, d: str) -> float:
    """Energy of an urban vehicle-day at half payload (E_urban); 0 for a fuel vehicle."""
    vehicle = nation.vehicle_type[k]
    if not isinstance(vehicle, BatteryVehicle):
        return 0.0
    per_km = vehicle.energy_empty_kwh_per_km + vehicle.energy_load_kwh_per_km_kg * vehicle.payload_kg / 2
    in_town = vehicle.urban_energy_factor * nation.temperature_factor(c, d)
    return per_km * vehicle.urban_km_per_day * in_town


def fuel_l(nation: Nation, k: str) -> float:
    """Fuel of an urban vehicle-day at half payload; 0 for a battery vehicle."""
    vehicle = nation.vehicle_type[k]
    if not isinstance(vehicle, FuelVehicle):
        return 0.0
    per_km = vehicle.fuel_empty_l_per_km + vehicle.fuel_load_l_per_km_kg * vehicle.payload_kg / 2
    return per_km * vehicle.urban_km_per_day


def declare(m: Model) -> None:
    """Declare Urban for the hubs, types and days that can deliver urban parcels; elsewhere it is 0."""
    n = m.nation
    keys = [(h, k, y, d) for h, y, d in hub_days(m) if n.hub[h].serves_urban for k in m.VEHICLE_TYPES]
    m.Urban = pyo.Var(sorted(key for key in keys if urban_bounds(m, *key)[1] > 0), bounds=urban_bounds)


def urban_bounds(m: Model, h: str, k: str, y: int, d: str) -> tuple[float, float]:
    """Bounds of Urban: all urban parcels of the city by type k from this hub."""
    return 0, vehicle_days_max(m.nation, m.nation.hub[h].city, k, y, d)


def urban_hubs(m: Model, c: str, k: str, y: int, d: str) -> list[str]:
    """Hubs of a city from which type k drives urban tours on day (y, d)."""
    return [h for h in hubs_of(m.nation, c) if (h, k, y, d) in m.Urban]


def urban_keys(m: Model, c: str, y: int) -> list[Key]:
    """Every (h, k, y, d) of the urban tours of a city in a year."""
    return [(h, k, y, d) for k in m.VEHICLE_TYPES for d in m.DAY_TYPES for h in urban_hubs(m, c, k, y, d)]


def urban_days(m: Model) -> Iterator[tuple[str, int, str]]:
    """Every (c, y, d) with urban parcels."""
    keys = ((c, y, d) for c in m.CITIES for y in m.YEARS for d in m.DAY_TYPES)
    return (key for key in keys if m.nation.urban_parcels(*key) > 0)


def urban_service(m: Model, c: str, y: int, d: str) -> Relation:
    r"""Urban tours of a city deliver its urban parcels of the day (Eq. 4).

    .. math:: \sum_{h \in c} \sum_{k} f_c\, parcels_k\, u_{hkyd} \ge parcels_{cyd} \quad \forall c, y, d
    """
    delivered = sum(
        productivity(m.nation, c, k) * m.Urban[h, k, y, d]
        for k in m.VEHICLE_TYPES
        for h in urban_hubs(m, c, k, y, d)
    )
    return delivered >= m.nation.urban_parcels(c, y, d)


def drivers(m: Model, c: str, y: int) -> Expr:
    r"""Drivers of the urban tours of a year.

    .. math:: \sum_{d} w_d \sum_{h \in c,\, k} wage_y\, hours_k\, u_{hkyd} \quad \forall c, y
    """
    n = m.nation
    wage = n.header.work.driver_cny_per_h_by_year[n.position(y)]
    return sum(
        days(n, d) * wage * n.vehicle_type[k].urban_h_per_day * m.Urban[h, k, y, d]
        for h, k, y, d in urban_keys(m, c, y)
    )


def maintenance(m: Model, c: str, y: int) -> Expr:
    r"""Maintenance of the urban tours of a year.

    .. math:: \sum_{d} w_d \sum_{h \in c,\, k} maintenance_k\, km_k\, u_{hkyd} \quad \forall c, y
    """
    per_day = {k.id: k.maintenance_cny_per_km * k.urban_km_per_day for k in m.nation.vehicle_types}
    return sum(days(m.nation, d) * per_day[k] * m.Urban[h, k, y, d] for h, k, y, d in urban_keys(m, c, y))


def fuel(m: Model, c: str, y: int) -> Expr:
    r"""Fuel of the urban tours of a year.

    .. math:: \sum_{d} w_d \sum_{h \in c,\, k \in K_{ice}} price_{ky}\, litres_k\, u_{hkyd} \quad \forall c, y
    """
    n = m.nation
    return sum(
        days(n, d) * fuel_price(n, k, y) * fuel_l(n, k) * m.Urban[h, k, y, d]
        for h, k, y, d in urban_keys(m, c, y)
    )


def fuel_co2(m: Model, c: str, y: int) -> Expr:
    r"""CO2 of the fuel the urban tours of a year burn (part of Eq. 12).

    .. math:: \sum_{d} w_d \sum_{h \in c,\, k \in K_{ice}} co2_k\, litres_k\, u_{hkyd} \quad \forall c, y
    """
    n = m.nation
    return sum(
        days(n, d) * fuel_co2_kg_per_l(n, k) * fuel_l(n, k) * m.Urban[h, k, y, d]
        for h, k, y, d in urban_keys(m, c, y)
    )


FEATURE = Feature(
    variables=declare,
    costs={"drivers": drivers, "maintenance": maintenance, "fuel": fuel},
    emissions={"fuel": fuel_co2},
    constraints=(Rows(urban_service, urban_days),),
)
