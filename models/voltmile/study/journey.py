"""Other ways to route the same villages: what the delivery journey is measured against (spec: baselines)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace

from voltmile.problem.nation import Nation
from voltmile.routes.day import HubDay, Ride, hub_day
from voltmile.routes.generate import Nodes
from voltmile.routes.network import Vector, network_of
from voltmile.routes.savings import savings_routes
from voltmile.routes.sweep import sweep_routes
from voltmile.routes.tours import tour_of

Router = Callable[[Nation, HubDay, Ride], list[Nodes]]


def separate_carriers_km(nation: Nation, carriers: int) -> float:
    """Km per village and day when carriers of equal shares each drive their own savings routes.

    Every carrier visits every village with its share of the demand; the kilometres of all carriers count
    against one visit a village and day, the visit that a pooled delivery needs.

    Parameters
    ----------
    carriers : int
        At least 1; 1 is the pooled savings baseline.
    """

    def route(_nation: Nation, day: HubDay, ride: Ride) -> list[Nodes]:
        share = replace(
            day,
            factor=day.factor / carriers,
            kg=day.kg / carriers,
            m3=day.m3 / carriers,
            parcels=day.parcels / carriers,
            service_h=_service(nation, day, carriers),
        )
        return savings_routes(share, ride)

    return carriers * km_per_visit(nation, route)


def fixed_territories_km(nation: Nation) -> float:
    """Km per village and day when every driver keeps a territory: villages by angle, cut where full."""
    return km_per_visit(nation, sweep_routes)


def pooled_savings_km(nation: Nation) -> float:
    """Km per village and day of one carrier that routes by the savings heuristic."""
    return km_per_visit(nation, lambda _nation, day, ride: savings_routes(day, ride))


def km_per_visit(nation: Nation, route: Router) -> float:
    """Vehicle-km over village visits, over all years and days, with routes of a heuristic.

    Every city drives the vehicle type it owns most of; where that cannot serve a hub, the next most common
    one that can.
    """
    km = visits = 0.0
    for hub in nation.hubs:
        network = network_of(nation, hub.id)
        for year in nation.years:
            for day_type in nation.day_types:
                day = hub_day(nation, network, year, day_type.id)
                tours = _route_with_common_type(nation, day, route) if network.size else []
                km += day_type.days_per_year * sum(tour_of(network, t).distance_km for t in tours)
                visits += day_type.days_per_year * network.size
    return km / visits if visits else 0.0


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
