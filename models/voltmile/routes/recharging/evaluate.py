"""Routes whose customers are in a fixed order: charged, or with stations put in, at least cost."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voltmile.problem.routing import Route, RoutingProblem
from voltmile.routes.recharging.curves import (
    CURVE,
    POINTS,
    Records,
    above,
    charge,
    drive,
    level_at,
    records,
    room_of,
    since_empty,
)
from voltmile.routes.recharging.follow import follow
from voltmile.routes.recharging.terrain import Terrain
from voltmile.routes.recharging.types import vehicle_type

#: What a schedule may exceed a limit by, relative to the battery and the longest time.
TOLERANCE = 1e-7
_RELATIVE_TO_PRICING = 100.0


@dataclass(frozen=True, eq=False)
class _Curve:
    """A curve at a node, and where it comes from.

    Attributes
    ----------
    at : int
        Position in the sequence, -1 for the depot at the start.
    before : _Curve or None
        For a charge, or a stop without one, the curve on arrival; else the curve at the node before.
    lag : float
        Time since ``before``.
    begin : int
        Point of ``before`` at which the charge begins; -1 without one.
    """

    rec: Records
    cost: float = 0.0
    at: int = -1
    before: _Curve | None = None
    lag: float = 0.0
    begin: int = -1

    @property
    def points(self) -> int:
        """Number of points."""
        return int(self.rec[0, POINTS])

    def point(self, p: int) -> tuple[float, float]:
        """Time and level of a point."""
        return float(self.rec[0, CURVE + p]), float(self.rec[0, CURVE + room_of(self.rec) + p])


def schedule(
    problem: RoutingProblem, vehicle: int, nodes: Sequence[int]
) -> tuple[float, tuple[float, ...]] | None:
    """Cheapest way to charge on a fixed sequence of customers and stations.

    Parameters
    ----------
    vehicle : int
        Position of the type in ``problem.vehicles``.
    nodes : sequence of int
        In driving order, the depot left out.

    Returns
    -------
    cost : float
        Fixed cost, distance, driving and charging time.
    charged : tuple of float
        As in :class:`Route`.

    None where the sequence is infeasible by more than ``TOLERANCE``.
    """
    made = vehicle_type(problem, vehicle)
    ground = made.ground
    place = {int(node): at for at, node in enumerate(made.resources.nodes)}
    customers = [node for node in nodes if 0 < node <= problem.size]
    load, capacity = math.fsum(problem.demand[customers]), problem.vehicles[vehicle].capacity
    if load > capacity + TOLERANCE * max(1.0, abs(capacity)) or any(node not in place for node in nodes):
        return None
    fronts, here = [_Curve(_record(ground, ground.start, ground.battery))], 0
    for at, node in enumerate([*nodes, 0]):
        to = place[node]
        fronts = _undominated([c for front in fronts for c in _go(ground, front, here, to, at)])
        here = to
    if not fronts:
        return None
    last = min(fronts, key=lambda c: c.cost + ground.time_cost * c.point(0)[0])
    charged = _amounts(last, len(nodes))
    route = Route(vehicle, tuple(nodes), charged if max(nodes) > problem.size else ())
    return route_cost(problem, route), route.charged


def best_route(
    problem: RoutingProblem, vehicle: int, order: Sequence[int], *, charges: bool = True
) -> Route | None:
    """Put stations into a sequence of customers at least cost; None where there is no feasible way.

    Without ``charges`` they are left out where they cost nothing, which is quicker.
    """
    capacity = problem.vehicles[vehicle].capacity
    if math.fsum(problem.demand[list(order)]) > capacity + TOLERANCE * max(1.0, abs(capacity)):
        return None
    made = vehicle_type(problem, vehicle)
    cost, stops = follow(made.ground, made.hops, np.array(order, dtype=np.int64), math.inf)
    if not math.isfinite(cost):
        return None
    route = Route(vehicle, tuple(int(made.resources.nodes[at]) for at in stops))
    return with_charges(problem, route) if charges else with_priced_charges(problem, route)


def with_charges(problem: RoutingProblem, route: Route) -> Route | None:
    """Return the route with what it charges, at least cost if not given; None where it is infeasible."""
    if route.charged or max(route.nodes) <= problem.size:
        return route
    done = schedule(problem, route.vehicle, route.nodes)
    return None if done is None else Route(route.vehicle, route.nodes, done[1])


def with_priced_charges(problem: RoutingProblem, route: Route) -> Route | None:
    """Return the route as ``with_charges``, or as it is where charging costs nothing."""
    return route if problem.vehicles[route.vehicle].per_time == 0 else with_charges(problem, route)


def route_cost(problem: RoutingProblem, route: Route) -> float:
    """Cost of a route with its charges: fixed cost, distance, driving and charging time."""
    v, legs = problem.vehicles[route.vehicle], list(zip((0, *route.nodes), (*route.nodes, 0), strict=True))
    cost = v.fixed + v.per_distance * math.fsum(problem.distance[i, j] for i, j in legs)
    if v.per_time == 0:
        return float(cost)
    moving = math.fsum(problem.time[i, j] for i, j in legs)
    return float(cost + v.per_time * (moving + _charging_time(problem, route, legs)))


def _record(ground: Terrain, time: float = 0.0, level: float = 0.0) -> Records:
    """One record with a curve of one point and room for all it may become."""
    rec = records(1, ground.points)
    rec[0, POINTS], rec[0, CURVE], rec[0, CURVE + ground.points] = 1, time, level
    return rec


def _go(ground: Terrain, front: _Curve, here: int, to: int, at: int) -> list[_Curve]:
    """Curves at a node, after the charge if it is a station."""
    lag, arrived = float(ground.legs[here, to, 0]), _record(ground)
    if not drive(
        front.rec, 0, ground.legs, here, to, ground.limits, ground.slack_time * _RELATIVE_TO_PRICING,
        ground.slack_energy * _RELATIVE_TO_PRICING, arrived, 0,
    ):  # fmt: skip
        return []
    curve = _Curve(arrived, front.cost, at, front, lag)
    if to <= ground.customers:
        return [curve]
    kind = int(ground.kind[to - ground.customers - 1])
    fronts = [_charged(ground, curve, kind, p) for p in range(curve.points)]
    return fronts if ground.full else [*fronts, _Curve(arrived, front.cost, at, curve)]


def _charged(ground: Terrain, arrived: _Curve, kind: int, p: int) -> _Curve:
    """Curve of a charge that begins at a point of the curve on arrival."""
    (time, level), rec = arrived.point(p), _record(ground)
    charge(ground.power, kind, time, level, ground.full, 0.0, rec, 0)
    price = since_empty(ground.power, kind, ground.battery) - since_empty(ground.power, kind, level)
    return _Curve(rec, arrived.cost + ground.charge_cost * price, arrived.at, arrived, 0.0, p)


def _undominated(fronts: list[_Curve]) -> list[_Curve]:
    """Drop curves that another one is nowhere below, at no more cost; of equal ones the first stays."""
    kept: list[_Curve] = []
    for curve in sorted(fronts, key=lambda c: (c.cost, c.point(0)[0])):
        if not any(above(other.rec, 0, 0.0, curve.rec, 0, 0.0, 0.0) for other in kept):
            kept.append(curve)
    return kept


def _amounts(last: _Curve, visits: int) -> tuple[float, ...]:
    """Follow the earliest return back to the start and read off the charges."""
    charged = [0.0] * visits
    curve, time = last, last.point(0)[0]
    while curve.before is not None:
        before = curve.before
        if curve.begin < 0:
            # After its last point the vehicle waits: at the node, or as well at the next one.
            time = min(max(time - curve.lag, before.point(0)[0]), before.point(before.points - 1)[0])
        else:
            begin, level = before.point(curve.begin)
            charged[curve.at] = max(level_at(curve.rec, 0, time) - level, 0.0)
            time = begin
        curve = before
    return tuple(charged)


def _charging_time(problem: RoutingProblem, route: Route, legs: Sequence[tuple[int, int]]) -> float:
    battery, total = problem.vehicles[route.vehicle].battery, 0.0
    if battery is None:
        return total
    level = battery.capacity
    for (i, j), amount in zip(legs, route.charged, strict=False):
        level = max(level - battery.per_distance * float(problem.distance[i, j]), 0.0)
        if amount > 0:
            times, levels = zip(*battery.charging[problem.stations[j - problem.size - 1]], strict=True)
            after = min(level + amount, battery.capacity)
            total += float(np.interp(after, levels, times) - np.interp(level, levels, times))
            level = after
    return total
