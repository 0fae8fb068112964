"""What is built once for a vehicle type of a problem and used by every call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from weakref import WeakKeyDictionary

import numpy as np

from voltmile.problem.routing import RoutingProblem
from voltmile.routes.pricing import grid_of, on_grid
from voltmile.routes.recharging.hops import Hops, hops_for
from voltmile.routes.recharging.resources import Resources, mirrored, resources_of
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
