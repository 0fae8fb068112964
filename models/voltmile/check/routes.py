"""Every route driven again: what it visits, carries, takes and costs, and whether it may."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from voltmile.check.given import Given
from voltmile.check.report import Findings, number, slack_for
from voltmile.check.roads import Clock, RoadBook, clock, consumption, village_demand
from voltmile.problem.plan import Plan, Route


@dataclass(frozen=True)
class Driven:
    """A route and what a day of it takes.

    Attributes
    ----------
    energy : float
        kWh from the battery, or litres.
    driver_cny, maintenance_cny, fuel_cny : float
        Cash of one day in the money of the route's year.
    """

    route: Route
    city: str
    parcels: float
    kg: float
    m3: float
    km: float
    hours: float
    energy: float
    driver_cny: float
    maintenance_cny: float
    fuel_cny: float

    @property
    def cost_cny(self) -> float:
        """Driver, maintenance and fuel of one day."""
        return self.driver_cny + self.maintenance_cny + self.fuel_cny


def drive_all(given: Given, roads: RoadBook, plan: Plan, findings: Findings) -> list[Driven]:
    """Measure every route of the plan and note what is wrong with it; one with unknown ids is left out."""
    driven = []
    for route in plan.routes:
        where = f"route {route.id}"
        if not _is_known(given, route, where, findings):
            continue
        stops = _own_villages(roads, route, where, findings)
        if not stops:
            findings.require("empty_route", bool(route.stops), where, "visits no village")
            continue
        driven.append(_drive(given, roads, route, stops, findings))
    return driven


def _is_known(given: Given, route: Route, where: str, findings: Findings) -> bool:
    known: list[tuple[str, object, Iterable[object]]] = [
        ("hub", route.hub, given.hubs),
        ("vehicle type", route.vehicle_type, given.vehicles),
        ("year", route.year, given.years),
        ("day type", route.day_type, given.days),
    ]
    unknown = [f"{what} {value!r}" for what, value, valid in known if value not in valid]
    unknown += [f"village {i!r}" for i in route.stops if i not in given.villages]
    return findings.require(
        "reference", not unknown, where, f"names what the instance has not: {', '.join(unknown)}"
    )


def _own_villages(roads: RoadBook, route: Route, where: str, findings: Findings) -> list[int]:
    """Villages of the route's hub, by index; others are noted and passed over."""
    node = roads.of(route.hub).node
    strange = [i for i in route.stops if i not in node]
    message = f"starts at hub {route.hub!r} but visits villages of other hubs: {' '.join(strange)}"
    findings.require("membership", not strange, where, message)
    twice = [i for i, times in Counter(route.stops).items() if times > 1]
    findings.require("elementary", not twice, where, f"visits more than once: {' '.join(twice)}")
    return [node[i] - 1 for i in route.stops if i in node]


def _drive(given: Given, roads: RoadBook, route: Route, stops: list[int], findings: Findings) -> Driven:
    h, k, y, d = route.hub, route.vehicle_type, route.year, route.day_type
    city, vehicle, road, work = given.hubs[h].city, given.vehicles[k], roads.of(h), given.nation.header.work
    parcels, kg, m3 = village_demand(given.villages_of[h], given.growth(y, d))
    service_h = work.service_h_per_stop + work.service_h_per_parcel * parcels
    day = clock(road.hours, service_h, road.opens, road.closes, stops, room_h=slack_for(work.shift_h))
    aboard, aboard_m3 = float(kg[stops].sum()), float(m3[stops].sum())
    km, energy = consumption(road.km, kg, stops, given.rural_per_km(city, k, d))
    where = f"route {route.id}"
    findings.at_most("load_kg", where, f"vehicle {k} carries", aboard, vehicle.payload_kg, "kg")
    findings.at_most("load_m3", where, f"vehicle {k} carries", aboard_m3, vehicle.volume_m3, "m3")
    _check_times(given, route, stops, day, findings)
    if given.is_electric(k):
        findings.at_most(
            "energy", where, f"vehicle {k} on day type {d} needs", energy, given.range_kwh(k), "kWh"
        )
    return Driven(
        route=route,
        city=city,
        parcels=float(parcels[stops].sum()),
        kg=aboard,
        m3=aboard_m3,
        km=km,
        hours=day.duration_h,
        energy=energy,
        driver_cny=given.driver_wage(y) * day.duration_h,
        maintenance_cny=vehicle.maintenance_cny_per_km * km,
        fuel_cny=given.fuel_price(k, y) * energy,
    )


def _check_times(given: Given, route: Route, stops: list[int], day: Clock, findings: Findings) -> None:
    shift = given.nation.header.work.shift_h
    where = f"route {route.id}"
    village = given.villages_of[route.hub][stops[day.late]] if day.late is not None else None
    message = ""
    if village is not None:
        message = (
            f"cannot be at {village.id} before its window closes at {number(village.window_close_h or 0.0)} h"
        )
        message += f" after the shift's start; it is {number(day.late_by_h)} h late"
    findings.require("time_window", village is None, where, message)
    findings.at_most("shift", where, "is back at the hub after", day.back_h, shift, "h")
