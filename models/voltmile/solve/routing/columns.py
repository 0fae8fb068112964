"""Routes become columns of the restricted master: new ones of negative reduced cost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Route
from voltmile.solve.routing.master import Duals, Master
from voltmile.solve.routing.rows import Packed, coefficients, pack
from voltmile.solve.routing.search import Search


def take(
    search: Search, master: Master, duals: Duals, routes: Sequence[Route], known: set[tuple[int, ...]]
) -> bool:
    """Add the new routes that have a negative reduced cost at the duals of the restricted master."""
    new = []
    for route in routes:
        key = key_of(route)
        if key not in known:
            known.add(key)
            new.append(route)
    if not new:
        return False
    cost = np.array([search.cost_of(r) for r in new])
    reduced = reduced_costs(master, duals, pack(master.problem, new), cost)
    gains = reduced < -1e-9 * max(1.0, abs(float(cost.max())))
    chosen = np.flatnonzero(gains)
    for j in np.flatnonzero(~gains):
        known.discard(key_of(new[j]))
    if not len(chosen):
        return False
    master.add([new[j] for j in chosen], cost[chosen])
    search.columns += len(chosen)
    return True


def reduced_costs(
    master: Master, duals: Duals, packed: Packed, cost: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Reduced costs of routes at dual values."""
    prizes = np.bincount(
        np.repeat(np.arange(len(packed)), np.diff(packed.first)),
        duals.cover[packed.node - 1],
        len(packed),
    )
    held = np.flatnonzero(duals.rows)
    table = coefficients([master.rows[r] for r in held], packed, master.problem.size)
    return np.asarray(cost - prizes - duals.rows[held] @ table)


def key_of(route: Route) -> tuple[int, ...]:
    """Return what a route is known by."""
    return (route.vehicle, *route.nodes)
