"""How routes enter the joint program: cost and row coefficients per route, km, hour and kWh or litre.

Every row but cover sees a route only through these four numbers, so that the same table gives the rates of
a vehicle type at dual prices and the column of a whole set of routes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.limits import BudgetLimit, CarbonLimit, JourneyLimit
from voltmile.problem.nation import Nation
from voltmile.problem.vehicles import FuelVehicle
from voltmile.routes.day import HubDay
from voltmile.routes.rates import Rates
from voltmile.solve.use import RouteUse

#: A row of the joint program: the constraint's name and its index letters.
RowKey = tuple[str, tuple[object, ...]]

_ROUTE, _KM, _HOUR, _UNIT = range(4)


@dataclass(frozen=True)
class Linking:
    """Coefficients of one vehicle type of a hub on a day.

    Attributes
    ----------
    cost : tuple of 4 floats
        Objective per route, km, hour, unit.
    rows : tuple of (RowKey, attribute, coefficient)
        Attribute 0: route, 1: km, 2: hour, 3: kWh or litre.
    """

    cost: tuple[float, float, float, float]
    rows: tuple[tuple[RowKey, int, float], ...]

    def rates(self, dual: Mapping[RowKey, float]) -> Rates:
        """Rates at dual prices; a negative price of energy counts as zero (Certificate duals are clipped)."""
        priced = list(self.cost)
        for key, attribute, coefficient in self.rows:
            priced[attribute] -= coefficient * dual.get(key, 0.0)
        return Rates(priced[_ROUTE], priced[_KM], priced[_HOUR], priced[_UNIT])


def linking(nation: Nation, day: HubDay) -> tuple[Linking, ...]:
    """Coefficients of every vehicle type, in the order of ``day.rides``."""
    return tuple(_of_type(nation, day, k) for k in range(len(day.rides)))


def _of_type(nation: Nation, day: HubDay, k: int) -> Linking:
    ride, net, w = day.rides[k], day.network, day.days_per_year
    vehicle = nation.vehicle_type[ride.vehicle_type]
    y, d = day.year, day.day_type
    cash = {"drivers": (_HOUR, ride.cny_per_h), "maintenance": (_KM, ride.cny_per_km)}
    rows: list[tuple[RowKey, int, float]] = [
        (("vehicle_days", (net.city, ride.vehicle_type, y, d)), _ROUTE, 1.0)
    ]
    co2_per_l = 0.0
    if isinstance(vehicle, FuelVehicle):
        cash["fuel"] = (_UNIT, ride.cny_per_l)
        co2_per_l = nation.fuel[vehicle.fuel].co2_kg_per_l
    else:
        rows.append((("energy_balance", (net.hub, y, d)), _UNIT, -1.0))
    cost = [0.0] * 4
    for attribute, cny in cash.values():
        cost[attribute] += day.weight * cny
    for limit in nation.limits:
        if getattr(limit, "year", None) != y:
            continue
        if isinstance(limit, BudgetLimit):
            rows += [
                (("budget", (limit.id,)), a, w * cny) for t, (a, cny) in cash.items() if t in limit.counts
            ]
        elif isinstance(limit, CarbonLimit) and co2_per_l:
            rows.append((("carbon", (limit.id,)), _UNIT, w * co2_per_l))
        elif isinstance(limit, JourneyLimit):
            rows.append((("journey", (limit.id,)), _KM, w))
    return Linking((cost[0], cost[1], cost[2], cost[3]), tuple(rows))


def column_of(links: Sequence[Linking], use: RouteUse) -> tuple[float, dict[RowKey, float]]:
    """Cost and row coefficients of a set of routes taken together."""
    totals: Sequence[NDArray[np.float64]] = (use.routes, use.km, use.hours, use.units)
    cost, rows = 0.0, dict[RowKey, float]()
    for k, link in enumerate(links):
        cost += sum(c * float(t[k]) for c, t in zip(link.cost, totals, strict=True))
        for key, attribute, coefficient in link.rows:
            amount = coefficient * float(totals[attribute][k])
            if amount:
                rows[key] = rows.get(key, 0.0) + amount
    return cost, rows
