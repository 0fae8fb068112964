"""The arrays labelling works on: what a problem's vehicle types share, in both directions of travel."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Matrix, RoutingProblem, Vector
from voltmile.routes.labelling.kernel import Classes, Graph, Limits
from voltmile.routes.labelling.neighbourhoods import Neighbourhoods
from voltmile.routes.pricing import ROUGH, Prices, SubsetRow, grid_of, on_grid
from voltmile.routes.stop import Halt

#: Relative slack with which a resource counts as kept: sums of floats are not exact.
_SLACK = 1e-9
_SLICES = 400


@dataclass(frozen=True, eq=False)
class Family:
    """Vehicle types that differ in capacity and fixed cost only, so that one labelling serves them all.

    Attributes
    ----------
    types : tuple of int
        By rising capacity.
    cost : array, shape (n + 1, n + 1)
        What an arc really costs.
    upto : tuple of float
        Their capacities, rising, each once.
    by_class : tuple of tuple of int
        Types of each of these capacities.
    """

    problem: RoutingProblem
    types: tuple[int, ...]
    cost: Matrix
    upto: tuple[float, ...]
    by_class: tuple[tuple[int, ...], ...]

    def fixed(self, k: int, prices: Prices) -> float:
        """Return the fixed cost of a route of type k at the prices, on the grid."""
        own = on_grid(self.problem.vehicles[k].fixed, grid_of(self.problem))
        return float(own + prices.vehicle[k])

    def classes(self, prices: Prices) -> Classes:
        """Least fixed cost by load."""
        by_class = [min(self.fixed(k, prices) for k in types) for types in self.by_class]
        least = np.array(np.minimum.accumulate(by_class[::-1])[::-1])
        start, slope = _line_below(self.upto, least)
        margin = grid_of(self.problem) * 2.0**14
        return Classes(np.array(self.upto) * (1 + _SLACK), least, start, slope, margin)

    def cheapest(self, nodes: Sequence[int], prices: Prices) -> int:
        """Type of least fixed cost that carries the load of a route."""
        able = self.carriers(math.fsum(self.problem.demand[list(nodes)]))
        return min(able, key=lambda k: (self.fixed(k, prices), k))

    def carriers(self, load: float) -> list[int]:
        """Types that carry a load."""
        return [k for k in self.types if self.problem.vehicles[k].capacity * (1 + _SLACK) >= load]


def _line_below(upto: Sequence[float], fixed: Vector) -> tuple[float, float]:
    """Start and slope of a line under the steps of the fixed cost, high where most routes are."""
    corner = np.array(upto)
    best = (float(fixed.min()), 0.0)
    height = best[0]
    if not np.isfinite(corner).all():
        return best
    for a in range(len(fixed)):
        for b in range(a + 1, len(fixed)):
            slope = float((fixed[b] - fixed[a]) / (corner[b] - corner[a]))
            start = float((fixed - slope * corner).min())
            mean = start + slope * float(np.mean(upto)) * 0.9
            if mean > height:
                best, height = (start, slope), mean
    return best


def families(problem: RoutingProblem, prices: Prices) -> list[Family]:
    """Group the types whose arcs cost and take the same at the prices."""
    groups: dict[tuple[object, ...], list[int]] = {}
    for k, v in enumerate(problem.vehicles):
        if v.battery is not None and problem.stations:
            raise ValueError(f"vehicle type {v.name!r} recharges on the way; this labelling does not")
        if problem.has_windows and np.isfinite(v.max_duration):
            raise ValueError("time windows together with a limit on the duration are not supported")
        range_ = None if v.battery is None else (v.battery.capacity, v.battery.per_distance)
        key = (
            v.per_distance,
            v.per_time,
            v.max_duration,
            range_,
            prices.arc[k].tobytes(),
            prices.allowed[k].tobytes(),
        )
        groups.setdefault(key, []).append(k)
    return [_family(problem, types) for types in groups.values()]


def _family(problem: RoutingProblem, types: list[int]) -> Family:
    types = sorted(types, key=lambda k: (problem.vehicles[k].capacity, k))
    upto = sorted({problem.vehicles[k].capacity for k in types})
    return Family(
        problem=problem,
        types=tuple(types),
        cost=arc_cost(problem, types[0]),
        upto=tuple(upto),
        by_class=tuple(tuple(k for k in types if problem.vehicles[k].capacity == q) for q in upto),
    )


def arc_cost(problem: RoutingProblem, k: int) -> Matrix:
    """Cost of driving each arc between depot and customers with type k."""
    v, m = problem.vehicles[k], problem.size + 1
    cost = v.per_distance * problem.distance[:m, :m]
    return np.asarray(cost + v.per_time * problem.time[:m, :m] if v.per_time else cost, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class Direction:
    """Labelling of one direction of travel, and how it meets the other one.

    Attributes
    ----------
    crossing : array, shape (n + 1, n + 1)
        Cost of arc (i, j) without the prize of j.
    """

    graph: Graph
    limits: Limits
    crossing: Matrix


def directions(
    family: Family,
    prices: Prices,
    ng: Neighbourhoods,
    care: int,
    most: int,
    halt: Halt,
) -> tuple[Direction, Direction | None]:
    """Set up the labelling from the depot on, and backwards; None where one mirrors the other."""
    problem = family.problem
    vehicle, n = problem.vehicles[family.types[0]], problem.size
    k = family.types[0]
    crossing = on_grid(family.cost + prices.arc[k], grid_of(problem))
    allowed = prices.allowed[k] & ~np.eye(n + 1, dtype=np.bool_)
    load = problem.demand.astype(np.float64)
    capacity = family.upto[-1] * (1 + _SLACK)
    drain, battery = np.zeros((n + 1, n + 1)), math.inf
    if vehicle.battery is not None:
        drain = vehicle.battery.per_distance * problem.distance[: n + 1, : n + 1]
        battery = vehicle.battery.capacity * (1 + _SLACK)
    step, low, high, horizon = _times(problem, vehicle.max_duration)
    use_time = math.isfinite(horizon)
    by_time = use_time and (problem.has_windows or load.sum() <= capacity)
    whole = bool((load == np.round(load)).all())
    one_load = whole and capacity < 1e5  # to a slice
    width = horizon / _SLICES if by_time else 1.0 if one_load else capacity / 4000
    by_cost = one_load and not use_time and vehicle.battery is None and (ng.all_told or care == ROUGH)
    half = (horizon if by_time else capacity) / 2
    mirrored = not problem.has_windows and all(
        np.array_equal(a, a.T) for a in (crossing, allowed, step, drain)
    )

    def limits() -> Limits:
        return Limits(
            capacity,
            battery,
            use_time,
            vehicle.battery is not None,
            by_time,
            by_cost,
            half,
            width,
            care,
            most,
            halt,
        )

    def graph(cost: Matrix, may: NDArray[np.bool_], t: Matrix, e: Matrix, a: Vector, b: Vector) -> Graph:
        rows = subset_words(n, prices.rows)
        follow = [np.flatnonzero(may[i, 1:]) + 1 for i in range(n + 1)]
        first = np.zeros(n + 2, dtype=np.int64)
        first[1:] = np.cumsum([len(f) for f in follow])
        joined = np.concatenate(follow) if first[-1] else np.zeros(0, dtype=np.int64)
        prized = cost - np.r_[0.0, prices.customer[1:]][None, :]
        prized[~may] = np.inf
        return Graph(
            first, joined.astype(np.int64), prized, load, t, e, a, b, ng.bit, ng.common, ng.others, *rows
        )

    ahead = Direction(
        graph(crossing, allowed, step, drain, low, high), limits(), np.where(allowed, crossing, np.inf)
    )
    if mirrored:
        return ahead, None
    back = (crossing.T.copy(), allowed.T.copy(), step.T.copy(), drain.T.copy())
    opens, closes = (horizon - high, horizon - low) if use_time else (low, high)
    behind = Direction(graph(*back, opens, closes), limits(), np.where(back[1], back[0], np.inf))
    return ahead, behind


def _times(problem: RoutingProblem, max_duration: float) -> tuple[Matrix, Vector, Vector, float]:
    """Time from node to node, windows and horizon, counted from the opening of the depot.

    Without windows half of a service counts before it and half after, so that both directions are alike.
    """
    m = problem.size + 1
    service = problem.service
    if not problem.has_windows:
        step = problem.time[:m, :m] + (service[:, None] + service[None, :]) / 2
        horizon = max_duration * (1 + _SLACK)
        return step, np.zeros(m), np.full(m, horizon), horizon
    opens = float(problem.earliest[0])
    latest = float(problem.latest[0] - opens)
    if not math.isfinite(latest):
        home = service + problem.time[:m, 0]
        latest = float((problem.latest[1:m] - opens + home[1:]).max())
    slack = _SLACK * max(1.0, latest)
    step = problem.time[:m, :m] + service[:, None]
    low = np.maximum(problem.earliest[:m] - opens, 0.0)
    high = np.minimum(problem.latest[:m] - opens + slack, latest + slack)
    return step, low, high, latest + slack


def subset_words(n: int, rows: Sequence[SubsetRow]) -> tuple[NDArray[np.uint64], NDArray[np.uint64], Vector]:
    """Membership and memory of subset rows as words of 64 bits, and their prices."""
    words = -(-len(rows) // 64)
    hit = np.zeros((n + 1, words), dtype=np.uint64)
    keep = np.zeros((n + 1, words), dtype=np.uint64)
    price = np.zeros(64 * words)
    for r, row in enumerate(rows):
        word, bit = r // 64, np.uint64(1 << (r % 64))
        hit[list(row.members), word] |= bit
        keep[sorted(row.memory), word] |= bit
        price[r] = row.price
    return hit, keep, price
