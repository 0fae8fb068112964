"""Other ways to decide: fleets before routes, and every city for itself."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Event

import numpy as np

from voltmile.problem.limits import GreenCitiesLimit, Limit
from voltmile.problem.nation import Nation
from voltmile.problem.parts import part
from voltmile.problem.vehicles import BatteryVehicle
from voltmile.routes.columns import Column
from voltmile.routes.day import HubDay
from voltmile.solve.choice import choose_plans
from voltmile.solve.frame import frame_of
from voltmile.solve.joint import JointEffort, JointProgram
from voltmile.solve.linking import linking
from voltmile.solve.prices import Block
from voltmile.solve.use import RouteUse
from voltmile.study.journey import pooled_savings_km

#: A fleet planner takes vehicles to be this full on average (the share of capacity the joint plan reaches is
#: not known to somebody who plans fleets before routes).
PLANNED_LOAD_SHARE = 0.85


@dataclass(frozen=True)
class Compared:
    """Cost of a way to decide (CNY, discounted), or None with the reason why it ends without a plan."""

    cost_cny: float | None
    reason: str | None = None


def fleet_first(
    nation: Nation, columns: Sequence[Column], days: Sequence[HubDay], effort: JointEffort, stop: Event
) -> Compared:
    """Buy by cost of ownership with average kilometres, then route with what was bought.

    First the fleet program without routes: the villages of a hub are served by vehicles of any mix, each
    loaded to ``PLANNED_LOAD_SHARE`` and every village costing the pooled savings baseline's kilometres. Then
    the joint program over the columns with those electric vehicles bought, no others, and at least those fuel
    vehicles; more of these may be bought where the routes need them.
    """
    program = JointProgram(nation, columns)
    frame = frame_of(program.compiled)
    blocks = {
        (d.network.hub, d.year, d.day_type): Block((d.network.hub, d.year, d.day_type), d, linking(nation, d))
        for d in days
    }
    km = pooled_savings_km(nation)
    uses = {
        key: [_planned(block.day, k, km) for k in range(len(block.links))] for key, block in blocks.items()
    }
    plans = {key: [u for u in made if u is not None] for key, made in uses.items()}
    _, outcome = choose_plans(
        frame,
        blocks,
        plans,
        gap=1e-3,
        nodes=effort.nodes,
        stop=stop,
        mixed=True,
    )
    if outcome.x is None:
        return Compared(None, f"the fleet program without routes ended {outcome.status}")
    bought = _bought(program, outcome.x[: len(frame.c)])
    lower, upper = program.compiled.col_lower.copy(), program.compiled.col_upper.copy()
    for column, electric, count in bought:
        lower[column] = min(count, upper[column])
        if electric:
            upper[column] = lower[column]
    program.compiled = replace(program.compiled, col_lower=lower, col_upper=upper)
    routed = program.solve(None, effort, stop=stop)
    if not routed.has_incumbent:
        return Compared(None, f"no routes for the fleets bought first: {routed.status}")
    return Compared(program.decided(routed).objective)


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


def _bought(program: JointProgram, x: np.ndarray) -> list[tuple[int, bool, int]]:
    """Column of every Buy variable, whether it is electric, and its value in a solution of the frame."""
    columns = [
        j for j, v in enumerate(program.compiled.variables) if v.parent_component().local_name != "Use"
    ]
    place = {j: position for position, j in enumerate(columns)}
    found = []
    for (_, k, _), variable in program.model.Buy.items():
        j = int(program.compiled.column_of[variable])
        electric = isinstance(program.nation.vehicle_type[k], BatteryVehicle)
        found.append((j, electric, round(float(x[place[j]]))))
    return found


def city_alone(nation: Nation, columns: Sequence[Column], effort: JointEffort, stop: Event) -> Compared:
    """Every city decides for itself under its population's share of every national limit and measure.

    A number of green cities has no shares: that many cities with the largest populations have to reach it.
    """
    people = sum(city.population for city in nation.cities)
    ranked = sorted(nation.cities, key=lambda city: (-city.population, city.id))
    total = 0.0
    for rank, city in enumerate(ranked):
        limits = [_share(limit, city.population / people, rank) for limit in nation.limits]
        measures = nation.measures and nation.measures.of_share(city.population / people)
        own = part(nation, {city.id}, limits, measures=measures)
        hubs = {hub.id for hub in own.hubs}
        program = JointProgram(own, [c for c in columns if c.hub in hubs])
        outcome = program.solve(None, effort, stop=stop)
        if not outcome.has_incumbent:
            return Compared(
                None, f"{city.name} alone has no plan under its share of the limits: {outcome.status}"
            )
        total += program.decided(outcome).objective
    return Compared(total)


def _share(limit: Limit, share: float, rank: int) -> Limit:
    if isinstance(limit, GreenCitiesLimit):
        return limit.model_copy(update={"min_cities": int(rank < limit.min_cities)})
    if limit.kind == "journey":
        return limit
    name = {
        "budget": "max_cny",
        "supply": "max_vehicles",
        "carbon": "max_co2_kg",
        "labels": "min_labels_million",
        "fund": "max_cny",
    }[limit.kind]
    return limit.model_copy(update={name: getattr(limit, name) * share})
