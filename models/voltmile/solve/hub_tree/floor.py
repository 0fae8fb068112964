"""What any plan of so many routes costs at least."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voltmile.routes.day import HubDay
from voltmile.routes.network import Matrix
from voltmile.routes.rates import Rates


def plan_floor(day: HubDay, rates: Sequence[Rates]) -> tuple[float, float]:
    """Return a, b such that no plan of m routes costs less than a + m b (models/ROUTING.md, *Hub-days*).

    a is the cheapest service of all villages and a spanning tree, b the least fixed cost and the cheapest
    edge at the hub.
    """
    rides = list(zip(rates, day.rides, strict=True))
    km, hours = day.network.distance_km, day.network.drive_h
    drive = np.min(
        [(r.per_km + r.per_unit * v.empty_per_km) * km + r.per_h * hours for r, v in rides], axis=0
    )
    drive = np.minimum(drive, drive.T)
    serve = min(r.per_h for r, _ in rides) * float(day.service_h[1:].sum())
    each = min(r.fixed for r, _ in rides) + float(drive[0, 1:].min())
    return (serve + _tree(drive)) * (1 - 1e-12), each * (1 - 1e-12)


def _tree(drive: Matrix) -> float:
    """Cost of a minimum spanning tree (Prim)."""
    joined, cost = np.arange(len(drive)) == 0, 0.0
    apart = drive[0].copy()
    for _ in range(len(drive) - 1):
        apart[joined] = np.inf
        new = int(apart.argmin())
        cost += float(apart[new])
        joined[new] = True
        apart = np.minimum(apart, drive[new])
    return cost
