"""The letters of models/README.md as sets of the program, sorted."""

from __future__ import annotations

from collections.abc import Iterator

import pyomo.environ as pyo

from voltmile.problem.nation import Nation
from voltmile.problem.vehicles import BatteryVehicle
from voltmile.programs.feature import Model

WHOLE = 1e-9
"""A quotient of decimal numbers this close to a whole number is that number when it is rounded."""


def declare(m: Model, nation: Nation) -> None:
    """Declare the sets; equal instances give equal sets, whatever the order of rows in their files."""
    m.CITIES = pyo.Set(initialize=sorted(nation.city))
    m.HUBS = pyo.Set(initialize=sorted(nation.hub))
    m.VEHICLE_TYPES = pyo.Set(initialize=sorted(nation.vehicle_type))
    m.CHARGER_TYPES = pyo.Set(initialize=sorted(nation.charger_type))
    m.YEARS = pyo.Set(initialize=nation.years)
    m.DAY_TYPES = pyo.Set(initialize=sorted(nation.day_type))
    m.LIMITS = pyo.Set(initialize=sorted(limit.id for limit in nation.limits))


def hubs_of(nation: Nation, c: str) -> list[str]:
    """Hubs of a city, sorted."""
    return sorted(hub.id for hub in nation.hubs_of[c])


def electric_types(nation: Nation) -> list[str]:
    """Battery vehicle types (K_bev), sorted."""
    return sorted(k.id for k in nation.vehicle_types if isinstance(k, BatteryVehicle))


def hub_days(m: Model) -> Iterator[tuple[str, int, str]]:
    """Every (h, y, d)."""
    return ((h, y, d) for h in m.HUBS for y in m.YEARS for d in m.DAY_TYPES)


def days(nation: Nation, d: str) -> float:
    """w_d: days a year a day type stands for."""
    return nation.day_type[d].days_per_year
