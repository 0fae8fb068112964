"""One route of a routing problem driven again: its battery, its clock and its cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from voltmile.check.report import number
from voltmile.problem.routing import Battery, Route, RoutingProblem

TOLERANCE = 1e-6


@dataclass
class Drive:
    """What driving a route takes, and what is wrong with it.

    Attributes
    ----------
    cost : float
        Fixed cost, distance, driving and charging time.
    charging : dict of int to float
        Charging time by position in the route.
    """

    faults: list[str] = field(default_factory=list)
    cost: float = 0.0
    charging: dict[int, float] = field(default_factory=dict)


def drive(problem: RoutingProblem, route: Route) -> Drive:
    """Drive a route whose vehicle type and nodes exist."""
    done = Drive()
    battery = problem.vehicles[route.vehicle].battery
    if battery is None:
        done.faults += _without_battery(problem, route)
    else:
        _charge(problem, route, battery, done)
    _keep_time(problem, route, done)
    vehicle = problem.vehicles[route.vehicle]
    distance = math.fsum(float(problem.distance[i, j]) for i, j in _legs(route))
    moving = math.fsum(float(problem.time[i, j]) for i, j in _legs(route))
    busy = moving + math.fsum(done.charging.values())
    done.cost = vehicle.fixed + vehicle.per_distance * distance + vehicle.per_time * busy
    return done


def _legs(route: Route) -> Iterator[tuple[int, int]]:
    return zip((0, *route.nodes), (*route.nodes, 0), strict=True)


def _named(problem: RoutingProblem, node: int) -> str:
    if node == 0:
        return "the depot"
    return f"{'customer' if node < len(problem.demand) else 'station'} {problem.labels[node]}"


def above(found: float, most: float, size: float | None = None) -> bool:
    """Whether a number exceeds another by more than rounding of numbers of a size, its own by default.

    What is not a number exceeds everything.
    """
    scale = abs(most if size is None else size)
    return not found <= most + TOLERANCE * max(1.0, scale if math.isfinite(scale) else 0.0)


# -- battery --------------------------------------------------------------------------------------------


def _without_battery(problem: RoutingProblem, route: Route) -> list[str]:
    at = [node for node in route.nodes if node >= len(problem.demand)]
    faults = [f"visits {_named(problem, node)} without a battery" for node in at]
    return faults + (["charges without a battery"] if any(route.charged) else [])


def _charge(problem: RoutingProblem, route: Route, battery: Battery, done: Drive) -> None:
    """Follow the battery from full at departure; its level is put right after a fault is noted."""
    if not route.charged and any(node >= len(problem.demand) for node in route.nodes):
        done.faults.append("does not say how much it charges")
    charged = route.charged or (0.0,) * len(route.nodes)
    level = battery.capacity
    for position, (before, node) in enumerate(_legs(route)):
        level -= battery.per_distance * float(problem.distance[before, node])
        if above(-level, 0.0, battery.capacity):
            done.faults.append(f"reaches {_named(problem, node)} with {number(level)} in the battery")
        level = max(level, 0.0)
        if node == 0:
            return
        amount = charged[position]
        done.faults += _wrong_amount(problem, battery, node, level, amount)
        after = min(max(level + amount, level), battery.capacity)
        if node >= len(problem.demand):
            done.charging[position] = _time_to_charge(problem, battery, node, level, after)
        level = after


def _wrong_amount(
    problem: RoutingProblem, battery: Battery, node: int, level: float, amount: float
) -> list[str]:
    where, full = _named(problem, node), battery.capacity
    if above(-amount, 0.0, full):
        return [f"charges {number(amount)} at {where}"]
    if node < len(problem.demand):
        return [f"charges {number(amount)} at {where}"] if amount != 0 else []
    faults = []
    if problem.stations[node - len(problem.demand)] not in battery.charging:
        faults.append(f"cannot charge at {where}")
    if above(level + amount, full):
        faults.append(f"leaves {where} with {number(level + amount)} in a battery of {number(full)}")
    if battery.full and above(full, level + amount):
        faults.append(f"leaves {where} with {number(level + amount)} instead of a full {number(full)}")
    return faults


def _time_to_charge(
    problem: RoutingProblem, battery: Battery, node: int, level: float, after: float
) -> float:
    curve = battery.charging.get(problem.stations[node - len(problem.demand)], ())
    return _time_from_empty(curve, after) - _time_from_empty(curve, level)


def _time_from_empty(curve: Sequence[tuple[float, float]], level: float) -> float:
    """Time after which an empty battery has a level; the last piece goes on for ever."""
    time = 0.0
    for (start, low), (end, high) in pairwise(curve):
        if high <= low:
            continue  # a piece that adds nothing is never waited for
        time = start + (end - start) * (level - low) / (high - low)
        if level <= high:
            break
    return time


# -- clock ----------------------------------------------------------------------------------------------


def _keep_time(problem: RoutingProblem, route: Route, done: Drive) -> None:
    """Check windows along the earliest schedule, and the shortest duration that keeps them.

    Leaving later saves waiting, up to the least of (slack at a node + waiting until there) over the route:
    Savelsbergh 1992, doi:10.1287/ijoc.4.2.146.
    """
    begin = max(0.0, float(problem.earliest[0]))
    now, waited, can_wait = begin, 0.0, math.inf
    late = False
    for position, (before, node) in enumerate(_legs(route)):
        arrival = now + float(problem.time[before, node])
        opens = -math.inf if node == 0 else float(problem.earliest[node])
        closes = float(problem.latest[node])
        start = max(arrival, opens)
        if above(start, closes) and not late:
            late = True
            name = _named(problem, node)
            done.faults.append(f"begins at {name} at {number(start)}, its window closes at {number(closes)}")
        waited += start - arrival
        can_wait = min(can_wait, waited + max(0.0, closes - start))
        service = float(problem.service[node]) if node < len(problem.demand) else 0.0
        now = start + service + done.charging.get(position, 0.0)
    most = problem.vehicles[route.vehicle].max_duration
    shortest = now - begin - min(waited, can_wait)
    if above(shortest, most):
        done.faults.append(f"takes {number(shortest)}, at most {number(most)} allowed")
