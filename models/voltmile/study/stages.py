"""Decisions taken one after the other: what a stage decides is held in the next."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from voltmile.problem.nation import Nation
from voltmile.problem.vehicles import BatteryVehicle
from voltmile.routes.day import HubDay
from voltmile.solve.frame import Frame
from voltmile.solve.joint import JointProgram
from voltmile.solve.prices import Block, BlockKey
from voltmile.solve.use import RouteUse

#: A fleet planner takes vehicles to be this full on average (the share of capacity the joint plan reaches is
#: not known to somebody who plans fleets before routes).
PLANNED_LOAD_SHARE = 0.85

Name = tuple[str, object]
"""A variable and its index."""
Places = Mapping[Name, int]
"""Columns of a frame by variable."""
Holds = dict[Name, tuple[float, float]]
"""Bounds of variables."""


def planned(blocks: Mapping[BlockKey, Block], km_per_visit: float) -> dict[BlockKey, list[RouteUse]]:
    """Return what a planner without routes expects each type to take for each hub and day."""
    made = {
        key: [_planned(block.day, k, km_per_visit) for k in range(len(block.links))]
        for key, block in blocks.items()
    }
    return {key: [use for use in uses if use is not None] for key, uses in made.items()}


def _planned(day: HubDay, k: int, km_per_visit: float) -> RouteUse | None:
    """Return what serving a hub with type k alone takes in a fleet planner's eyes; None if it is endless."""
    ride, n = day.rides[k], day.network.size
    kg, m3 = float(day.kg.sum()), float(day.m3.sum())
    vehicles = max(kg / ride.payload_kg, m3 / ride.volume_m3) / PLANNED_LOAD_SHARE
    km = km_per_visit * n
    speed = float(day.network.distance_km.sum()) / max(float(day.network.drive_h.sum()), 1e-12)
    hours = km / speed + float(day.service_h.sum())
    units = ride.consumption(km, km * ride.payload_kg * PLANNED_LOAD_SHARE / 2)
    if not math.isfinite(vehicles):
        return None
    vehicles = max(vehicles, hours / day.shift_h, units / ride.usable_kwh)
    totals = np.zeros((4, len(day.rides)))
    totals[:, k] = (vehicles, km, hours, units)
    return RouteUse(*totals)


def bought(nation: Nation, places: Places, x: np.ndarray | None) -> Holds | None:
    """Hold what is bought: exactly those electric vehicles, at least those fuel vehicles."""
    if x is None:
        return None
    found: Holds = {}
    for (name, index), j in places.items():
        if name == "Buy" and isinstance(index, tuple):
            count = float(round(float(x[j])))
            electric = isinstance(nation.vehicle_type[index[1]], BatteryVehicle)
            found[name, index] = (count, count if electric else math.inf)
    return found


def chargers(places: Places, x: np.ndarray | None) -> Holds | None:
    """Hold exactly those chargers, and at least that much grid connection."""
    if x is None:
        return None
    found: Holds = {}
    for (name, index), j in places.items():
        if name == "Build":
            found[name, index] = (float(round(float(x[j]))),) * 2
        elif name == "Upgrade":
            found[name, index] = (float(x[j]), math.inf)
    return found


def held(frame: Frame, places: Places, holds: Holds) -> Frame:
    """Bound variables of a frame."""
    lower, upper = frame.lower.copy(), frame.upper.copy()
    for name, (least, most) in holds.items():
        j = places[name]
        upper[j] = min(most, upper[j])
        lower[j] = min(max(least, lower[j]), upper[j])
    return replace(frame, lower=lower, upper=upper)


def held_program(program: JointProgram, holds: Holds) -> None:
    """Bound variables of a program over routes."""
    compiled = program.compiled
    lower, upper = compiled.col_lower.copy(), compiled.col_upper.copy()
    for (name, index), (least, most) in holds.items():
        j = int(compiled.column_of[getattr(program.model, name)[index]])
        upper[j] = min(most, upper[j])
        lower[j] = min(max(least, lower[j]), upper[j])
    program.compiled = replace(compiled, col_lower=lower, col_upper=upper)


def free_of(frame: Frame, places: Places) -> Frame:
    """Let chargers and grid connections cost nothing, as to somebody who leaves them to others."""
    c = frame.c.copy()
    for (name, _), j in places.items():
        if name in ("Build", "Upgrade"):
            c[j] = 0.0
    return replace(frame, c=c)


def places_of(program: JointProgram) -> dict[Name, int]:
    """Return the columns of a program's frame by variable."""
    names = [(v.parent_component().local_name, v.index()) for v in program.compiled.variables]
    return {name: j for j, name in enumerate(name for name in names if name[0] != "Use")}
