"""The toy and its routes, computed here and not by voltmile.routes: the tests of the program stand alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import permutations
from pathlib import Path
from typing import Any

import pyomo.environ as pyo

import voltmile
from voltmile.problem.nation import Nation
from voltmile.problem.references import reference_faults
from voltmile.routes.columns import Column

TOY = Path(__file__).parents[2] / "instances" / "toy"


Data = dict[str, Any]


def toy(change: Callable[[Data], None] | None = None) -> Nation:
    """The toy; ``change`` may edit its data, nested dicts and lists, before the records are made."""
    nation = voltmile.read(TOY)
    if change is None:
        return nation
    data = json.loads(nation.model_dump_json(by_alias=True))
    change(data)
    for table in ("cities", "hubs", "villages", "temperatures", "grid", "distances"):
        data[table] = tuple(data[table])
    for table in ("existing_fleet", "existing_chargers", "parameters"):
        data[table] = tuple(data[table])
    changed = Nation.model_validate(data)
    assert reference_faults(changed) == []
    return changed


def limit(data: Data, name: str) -> Data:
    """The record of a national limit in the data of an instance."""
    return next(record for record in data["header"]["limit"] if record["id"] == name)


def route(
    nation: Nation, hub: str, vehicle_type: str, year: int, day_type: str, stops: tuple[str, ...]
) -> Column | None:
    """A route by the definitions of models/README.md, or None when it is not feasible."""
    vehicle = nation.vehicle_type[vehicle_type]
    work = nation.header.work
    position = nation.position(year)
    factor = nation.village_factor(year, day_type)
    arcs = {(row.from_node, row.to_node): row for row in nation.distances if row.hub == hub}
    kg = {i: nation.village[i].demand_kg_per_day * factor for i in stops}
    m3 = sum(nation.village[i].demand_m3_per_day * factor for i in stops)
    if sum(kg.values()) > vehicle.payload_kg or m3 > vehicle.volume_m3:
        return None
    aboard, km, hours, kg_km = sum(kg.values()), 0.0, 0.0, 0.0
    for a, b in zip((hub, *stops), (*stops, hub), strict=True):
        km += arcs[a, b].distance_km
        hours += arcs[a, b].duration_h
        kg_km += aboard * arcs[a, b].distance_km
        aboard -= kg.get(b, 0.0)
    for i in stops:
        hours += (
            work.service_h_per_stop + work.service_h_per_parcel * nation.village[i].parcels_per_day * factor
        )
    if hours > work.shift_h + 1e-9:
        return None
    kwh = litres = price = 0.0
    if vehicle.powertrain == "bev":
        cold = nation.temperature_factor(nation.hub[hub].city, day_type) * vehicle.rural_energy_factor
        kwh = (vehicle.energy_empty_kwh_per_km * km + vehicle.energy_load_kwh_per_km_kg * kg_km) * cold
        if kwh > vehicle.battery_kwh * (vehicle.soc_max - vehicle.soc_min) + 1e-9:
            return None
    else:
        litres = vehicle.fuel_empty_l_per_km * km + vehicle.fuel_load_l_per_km_kg * kg_km
        price = nation.fuel[vehicle.fuel].price_cny_per_l_by_year[position]
    cny = (
        work.driver_cny_per_h_by_year[position] * hours + vehicle.maintenance_cny_per_km * km + price * litres
    )
    return Column(hub, vehicle_type, year, day_type, stops, km, hours, kwh, litres, cny)


def all_routes(nation: Nation) -> list[Column]:
    """Every feasible route."""
    found = [
        route(nation, hub.id, k.id, y, d.id, stops)
        for hub in nation.hubs
        for k in nation.vehicle_types
        for y in nation.years
        for d in nation.day_types
        for size in range(1, len(nation.villages_of[hub.id]) + 1)
        for stops in permutations([v.id for v in nation.villages_of[hub.id]], size)
    ]
    return [column for column in found if column is not None]


def solve(model: pyo.ConcreteModel) -> float | None:
    """Optimum of a program, whose integers are rounded afterwards; None when it is infeasible."""
    solver = pyo.SolverFactory("highs")
    result = solver.solve(
        model, load_solutions=False, raise_exception_on_nonoptimal_result=False, options={"mip_rel_gap": 0.0}
    )
    if result.solver.termination_condition != pyo.TerminationCondition.optimal:
        return None
    model.solutions.load_from(result)
    for variable in model.component_data_objects(pyo.Var):
        if variable.value is not None and not variable.is_continuous():
            variable.set_value(round(variable.value))
    return float(pyo.value(model.objective))
