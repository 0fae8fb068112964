"""Other ways to route the same villages: what the delivery journey is measured against (spec: baselines)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from voltmile.problem.nation import Nation
from voltmile.routes.day import HubDay, Ride, hub_day
from voltmile.routes.generate import Nodes
from voltmile.routes.network import Vector, network_of
from voltmile.routes.savings import savings_routes
from voltmile.routes.sweep import sweep_routes
from voltmile.routes.tours import tour_of

Router = Callable[[Nation, HubDay, Ride], list[Nodes]]


def km_per_visit(cities: Iterable[tuple[float, float]]) -> float:
    """Vehicle-km over village visits of all cities, from those of each; 0 without visits."""
    found = list(cities)
    visits = math.fsum(visits for _, visits in found)
    return math.fsum(km for km, _ in found) / visits if visits else 0.0


def km_of_city(nation: Nation, city: str, way: str, carriers: int) -> tuple[float, float]:
    """Vehicle-km and village visits of a city over all years and days, with routes of a heuristic.

    The city drives the vehicle type it owns most of; where that cannot serve a hub, the next most common one
    that can.

    Parameters
    ----------
    way : str
        separate_carriers: carriers of equal shares, each visiting every village with its own savings routes;
        the kilometres of all count against one visit a village and day, the visit that a pooled delivery
        needs. fixed_territories: every driver keeps a territory, villages by angle, cut where full.
        pooled_savings: one carrier that routes by the savings heuristic.
    carriers : int
        At least 1; 1 is the pooled savings baseline.
    """
    times, route = (carriers if way == "separate_carriers" else 1), _router(way, carriers)
    km = visits = 0.0
    for hub in nation.hubs_of[city]:
        network = network_of(nation, hub.id)
        for year in nation.years:
            for day_type in nation.day_types:
                day = hub_day(nation, network, year, day_type.id)
                tours = _route_with_common_type(nation, day, route) if network.size else []
                km += day_type.days_per_year * sum(tour_of(network, t).distance_km for t in tours)
                visits += day_type.days_per_year * network.size
    return times * km, visits


def pooled_savings_km(nation: Nation) -> float:
    """Km per village and day of one carrier that routes by the savings heuristic."""
    return km_per_visit(km_of_city(nation, city.id, "pooled_savings", 1) for city in nation.cities)


def _router(way: str, carriers: int) -> Router:
    def alone(nation: Nation, day: HubDay, ride: Ride) -> list[Nodes]:
        share = replace(
            day,
            factor=day.factor / carriers,
            kg=day.kg / carriers,
            m3=day.m3 / carriers,
            parcels=day.parcels / carriers,
            service_h=_service(nation, day, carriers),
        )
        return savings_routes(share, ride)

    def pooled(_nation: Nation, day: HubDay, ride: Ride) -> list[Nodes]:
        return savings_routes(day, ride)

    return {"separate_carriers": alone, "fixed_territories": sweep_routes, "pooled_savings": pooled}[way]


def _route_with_common_type(nation: Nation, day: HubDay, route: Router) -> list[Nodes]:
    reasons = []
    for ride in _by_commonness(nation, day):
        try:
            return route(nation, day, ride)
        except ValueError as error:
            reasons.append(str(error))
    raise ValueError("no vehicle type can serve the hub alone: " + "; ".join(reasons))


def _by_commonness(nation: Nation, day: HubDay) -> list[Ride]:
    """Rides in the order of what the city owns before the first year; where that is even, fuel first."""
    owned: Counter[str] = Counter()
    for row in nation.existing_fleet:
        if row.city == day.network.city:
            owned[row.vehicle_type] += row.count
    return sorted(day.rides, key=lambda ride: (-owned[ride.vehicle_type], ride.electric))


def _service(nation: Nation, day: HubDay, carriers: int) -> Vector:
    work = nation.header.work
    service = work.service_h_per_stop + work.service_h_per_parcel * day.parcels / carriers
    service[0] = 0.0
    return service
