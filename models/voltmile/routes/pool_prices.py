"""All tours of a pool priced at once for every vehicle type on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voltmile.routes.day import TOLERANCE, HubDay
from voltmile.routes.rates import Rates
from voltmile.routes.tours import Tour, tour_of


@dataclass(frozen=True)
class PoolPrices:
    """Priced cost of t tours for k vehicle types.

    Attributes
    ----------
    tours : list of Tour
        Length t.
    cost : array, shape (t, k)
        Priced cost; infinity where the type cannot drive the tour.
    visits : array of bool, shape (t, n + 1)
        Which nodes a tour visits.
    """

    tours: list[Tour]
    cost: NDArray[np.float64]
    visits: NDArray[np.bool_]


def pool_prices(day: HubDay, sequences: Sequence[tuple[int, ...]], rates: Sequence[Rates]) -> PoolPrices:
    """Price tours, each node sequence as it is driven (its reverse is another sequence)."""
    net = day.network
    tours = [tour_of(net, nodes) for nodes in sequences]
    visits = np.zeros((len(tours), net.size + 1), dtype=bool)
    for t, tour in enumerate(tours):
        visits[t, list(tour.nodes)] = True
    km, kg_km = _column(tours, "distance_km"), _column(tours, "kg_km") * day.factor
    kg, m3 = _column(tours, "kg") * day.factor, _column(tours, "m3") * day.factor
    if net.has_windows:
        hours = np.array([day.duration_h(tour) for tour in tours])
    else:
        hours = _column(tours, "drive_h") + visits @ day.service_h
    cost = np.full((len(tours), len(rates)), np.inf)
    slack = 1 + TOLERANCE
    for k, (ride, rate) in enumerate(zip(day.rides, rates, strict=True)):
        used = ride.empty_per_km * km + ride.load_per_km_kg * kg_km
        fits = (kg <= ride.payload_kg * slack) & (m3 <= ride.volume_m3 * slack)
        fits &= (hours <= day.shift_h * slack) & (used <= ride.usable_kwh * slack)
        priced = rate.fixed + rate.per_km * km + rate.per_h * hours + rate.per_unit * used
        cost[fits, k] = priced[fits]
    return PoolPrices(tours=tours, cost=cost, visits=visits)


def _column(tours: Sequence[Tour], name: str) -> NDArray[np.float64]:
    return np.array([getattr(tour, name) for tour in tours], dtype=float)
