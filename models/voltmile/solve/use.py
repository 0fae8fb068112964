"""What serving a hub on a day takes, vehicle type by vehicle type."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voltmile.routes.columns import Column
from voltmile.routes.day import HubDay
from voltmile.routes.rates import Rates


@dataclass(frozen=True, eq=False)
class RouteUse:
    """Totals of a set of routes of a hub on a day; arrays over ``HubDay.rides``.

    Attributes
    ----------
    routes, km, hours : array
        Number, kilometres, hours of driving and service.
    units : array
        kWh from the battery, or litres.
    """

    routes: NDArray[np.float64]
    km: NDArray[np.float64]
    hours: NDArray[np.float64]
    units: NDArray[np.float64]


def use_of(day: HubDay, columns: Iterable[Column]) -> RouteUse:
    """Total the columns of a hub on a day."""
    position = {ride.vehicle_type: k for k, ride in enumerate(day.rides)}
    totals = np.zeros((4, len(position)))
    for c in columns:
        totals[:, position[c.vehicle_type]] += (1.0, c.distance_km, c.duration_h, c.energy_kwh + c.fuel_l)
    return RouteUse(*totals)


def price_of(use: RouteUse, rates: Sequence[Rates]) -> float:
    """Cost of a use at rates."""
    return float(
        sum(
            r.fixed * use.routes[k]
            + r.per_km * use.km[k]
            + r.per_h * use.hours[k]
            + r.per_unit * use.units[k]
            for k, r in enumerate(rates)
        )
    )
