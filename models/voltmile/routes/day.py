"""A hub on one day (year, day type): what each village takes and what each vehicle type can do there."""

from __future__ import annotations

from dataclasses import dataclass

from voltmile.problem.nation import Nation
from voltmile.problem.vehicles import BatteryVehicle, FuelVehicle
from voltmile.routes.columns import Column
from voltmile.routes.network import Network, Vector
from voltmile.routes.tours import Tour

#: Relative slack with which a capacity counts as kept: sums of floats are not exact.
TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Ride:
    """A vehicle type on a day at a hub, reduced to the numbers a route needs.

    Attributes
    ----------
    empty_per_km, load_per_km_kg : float
        kWh (bev, temperature and rural factor included) or litres (ice) per km, and per km and kg aboard.
    usable_kwh : float
        Infinity for a fuel vehicle.
    cny_per_km, cny_per_h, cny_per_l : float
        Maintenance, driver, fuel.
    """

    vehicle_type: str
    electric: bool
    payload_kg: float
    volume_m3: float
    empty_per_km: float
    load_per_km_kg: float
    usable_kwh: float
    cny_per_km: float
    cny_per_h: float
    cny_per_l: float

    def consumption(self, distance_km: float, kg_km: float) -> float:
        """Energy (kWh) or fuel (l) for a distance and the load carried over it (kg times km)."""
        return self.empty_per_km * distance_km + self.load_per_km_kg * kg_km


@dataclass(frozen=True)
class HubDay:
    """A hub on a day; arrays have shape (n + 1,), node 0 is the hub.

    Attributes
    ----------
    factor : float
        Demand of the day over that of a day with all factors 1.
    weight : float
        What a daily CNY counts in the objective: days a year times the discount of the year.
    service_h : array
        Service time at each village.
    """

    network: Network
    year: int
    day_type: str
    factor: float
    weight: float
    days_per_year: float
    shift_h: float
    kg: Vector
    m3: Vector
    parcels: Vector
    service_h: Vector
    rides: tuple[Ride, ...]

    def column(self, ride: Ride, tour: Tour) -> Column | None:
        """Turn a tour into a column of this day for a vehicle type, or None when it is not feasible.

        Parameters
        ----------
        ride : Ride
            One of ``rides``.
        tour : Tour
            Of this hub's network.
        """
        if not self.carries(ride, tour):
            return None
        duration_h = self.duration_h(tour)
        used = ride.consumption(tour.distance_km, tour.kg_km * self.factor)
        if duration_h > self.shift_h * (1 + TOLERANCE) or (
            ride.electric and used > ride.usable_kwh * (1 + TOLERANCE)
        ):
            return None
        fuel_l = 0.0 if ride.electric else used
        cost = ride.cny_per_h * duration_h + ride.cny_per_km * tour.distance_km + ride.cny_per_l * fuel_l
        return Column(
            hub=self.network.hub,
            vehicle_type=ride.vehicle_type,
            year=self.year,
            day_type=self.day_type,
            stops=tuple(self.network.villages[i - 1] for i in tour.nodes),
            distance_km=tour.distance_km,
            duration_h=duration_h,
            energy_kwh=used if ride.electric else 0.0,
            fuel_l=fuel_l,
            cost_cny=cost,
        )

    def carries(self, ride: Ride, tour: Tour) -> bool:
        """Whether the tour's load fits the vehicle by weight and by volume."""
        return (
            tour.kg * self.factor <= ride.payload_kg * (1 + TOLERANCE)
            and tour.m3 * self.factor <= ride.volume_m3 * (1 + TOLERANCE)
        )  # fmt: skip

    def duration_h(self, tour: Tour) -> float:
        """Hours from departure to return, waiting included; infinity when a time window is missed."""
        if self.network.has_windows:
            return self._duration_with_windows_h(tour)
        return tour.drive_h + float(sum(self.service_h[i] for i in tour.nodes))

    def _duration_with_windows_h(self, tour: Tour) -> float:
        """Shortest duration over all departure times, by forward slack (Savelsbergh 1992, ORSA JoC 4(2)).

        Leaving at 0 gives the earliest return; leaving later by at most ``slack`` keeps every window, and
        as long as it only eats waiting time it does not delay the return.
        """
        net = self.network
        clock, busy, slack, before = 0.0, 0.0, float("inf"), 0
        for node in tour.nodes:
            busy += net.drive_h[before, node]
            clock = max(clock + net.drive_h[before, node], net.open_h[node])
            if clock > net.close_h[node] * (1 + TOLERANCE):
                return float("inf")
            slack = min(slack, net.close_h[node] - busy)
            clock, busy, before = clock + self.service_h[node], busy + self.service_h[node], node
        clock, busy = clock + net.drive_h[before, 0], busy + net.drive_h[before, 0]
        if clock > self.shift_h * (1 + TOLERANCE):
            return float("inf")
        return float(max(busy, clock - slack))


def hub_day(nation: Nation, network: Network, year: int, day_type: str) -> HubDay:
    """Scale a hub's network to a day and reduce every vehicle type to what it can do there."""
    factor = nation.village_factor(year, day_type)
    work = nation.header.work
    parcels = network.parcels * factor
    service_h = work.service_h_per_stop + work.service_h_per_parcel * parcels
    service_h[0] = 0.0
    days = nation.day_type[day_type].days_per_year
    return HubDay(
        network=network,
        year=year,
        day_type=day_type,
        factor=factor,
        weight=days * nation.discount(year),
        days_per_year=days,
        shift_h=work.shift_h,
        kg=network.kg * factor,
        m3=network.m3 * factor,
        parcels=parcels,
        service_h=service_h,
        rides=tuple(_ride(nation, network.city, k, year, day_type) for k in nation.vehicle_types),
    )


def _ride(nation: Nation, city: str, vehicle: BatteryVehicle | FuelVehicle, year: int, day_type: str) -> Ride:
    driver = nation.header.work.driver_cny_per_h_by_year[nation.position(year)]
    if isinstance(vehicle, BatteryVehicle):
        multiplier = nation.temperature_factor(city, day_type) * vehicle.rural_energy_factor
        empty, load = vehicle.energy_empty_kwh_per_km, vehicle.energy_load_kwh_per_km_kg
        usable, cny_per_l = vehicle.usable_kwh, 0.0
    else:
        multiplier, usable = 1.0, float("inf")
        empty, load = vehicle.fuel_empty_l_per_km, vehicle.fuel_load_l_per_km_kg
        cny_per_l = nation.fuel[vehicle.fuel].price_cny_per_l_by_year[nation.position(year)]
    return Ride(
        vehicle_type=vehicle.id,
        electric=isinstance(vehicle, BatteryVehicle),
        payload_kg=vehicle.payload_kg,
        volume_m3=vehicle.volume_m3,
        empty_per_km=empty * multiplier,
        load_per_km_kg=load * multiplier,
        usable_kwh=usable,
        cny_per_km=vehicle.maintenance_cny_per_km,
        cny_per_h=driver,
        cny_per_l=cny_per_l,
    )
