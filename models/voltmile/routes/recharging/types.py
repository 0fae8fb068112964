"""What is built once for a vehicle type of a problem and used by every call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from voltmile.problem.routing import RoutingProblem
from voltmile.routes.pricing import grid_of, on_grid
from voltmile.routes.recharging.hops import Hops, hops_for
from voltmile.routes.recharging.resources import Resources, mirrored, resources_of, shortest
from voltmile.routes.recharging.terrain import Terrain, terrain


@dataclass(frozen=True, eq=False)
class VehicleType:
    """A vehicle type on a problem's nodes.

    Attributes
    ----------
    ground : Terrain
        The cost of a leg is on the grid; where time is paid at the end, less the service at its start.
    """

    resources: Resources
    ground: Terrain

    @cached_property
    def hops(self) -> Hops:
        """Room for the ways from a label."""
        return hops_for(self.ground)

    @cached_property
    def back(self) -> Terrain:
        """Resources of the mirrored problem."""
        return terrain(mirrored(self.resources), self.ground.legs[:, :, 2].T, self.ground.grid)

    @cached_property
    def relaxed(self) -> VehicleType:
        """The type with energy for nothing, on the shortest ways over stations: no route costs less."""
        made, n = self.resources, len(self.resources.demand) - 1
        customers = slice(0, n + 1)
        free = replace(
            made,
            nodes=made.nodes[customers],
            time=shortest(made.time)[customers, customers].copy(),
            distance=np.zeros((n + 1, n + 1)),
            energy=np.zeros((n + 1, n + 1)),
            earliest=made.earliest[customers],
            latest=made.latest[customers],
            functions=(),
            kind=made.kind[:0],
            full=True,
            time_cost=0.0,
            charge_cost=0.0,
        )
        grid = self.ground.grid
        return VehicleType(free, terrain(free, on_grid(self.ground.least, grid), grid))

    @property
    def reversible(self) -> bool:
        """Whether the mirrored problem has the same routes at the same costs, and both end in time."""
        made = self.resources
        linear = made.battery == 0 or (not made.full and all(len(f) == 2 for f in made.functions))
        limited = bool(np.isfinite(made.latest[0])) and self.ground.by_time and self.back.by_time
        return linear and limited and made.time_cost == 0

    @cached_property
    def back_hops(self) -> Hops:
        """Room for the ways from a label of the mirrored problem."""
        return hops_for(self.back)


_BUILT: WeakKeyDictionary[RoutingProblem, dict[int, VehicleType]] = WeakKeyDictionary()


def vehicle_type(problem: RoutingProblem, k: int) -> VehicleType:
    """Vehicle type k of a problem; types that differ in name, count and fixed cost only share one.

    Raises
    ------
    ValueError
        See :func:`resources_of`.
    """
    built = _BUILT.setdefault(problem, {})
    if k not in built:
        plain = _plain(problem, k)
        twin = next((t for t in built if _plain(problem, t) == plain), None)
        built[k] = _build(problem, k) if twin is None else built[twin]
    return built[k]


def _plain(problem: RoutingProblem, k: int) -> object:
    return replace(problem.vehicles[k], name="", count=None, fixed=0.0)


def _build(problem: RoutingProblem, k: int) -> VehicleType:
    made, grid, vehicle = resources_of(problem, k), grid_of(problem), problem.vehicles[k]
    at = np.ix_(made.nodes, made.nodes)
    cost = vehicle.per_distance * problem.distance[at]
    if made.time_cost > 0:
        cost[: problem.size + 1] -= made.time_cost * problem.service[:, None]
    else:
        cost = cost + vehicle.per_time * problem.time[at]
    return VehicleType(made, terrain(made, on_grid(np.asarray(cost, dtype=np.float64), grid), grid))
