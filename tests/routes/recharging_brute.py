"""Small recharging problems, and all their routes by looking at every order and every stop.

Nothing here is shared with the optimiser. A vehicle's possibilities at a node are the best battery levels by
time, a list of points between which they are linear; a charge may begin at any of them. Beginning in between
is never better: there the level is linear in time, so the time a station needs from empty to it, less the
time itself, is convex.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np

from voltmile.problem.routing import Battery, RoutingProblem, Vehicle
from voltmile.routes.pricing import Prices, SubsetRow, grid_of, on_grid

#: Stations in a row that are tried.
STOPS = 3
_SLACK = 1e-9
Points = tuple[tuple[float, float], ...]
LIMITS = ("windows", "duration", "horizon", "none")


def random_problem(seed: int, customers: tuple[int, int] = (2, 5)) -> RoutingProblem:
    """1 to 3 stations, 1 to 3 types, some plain; every feature appears in some seeds."""
    rng = np.random.default_rng([7, seed])
    n, stations = int(rng.integers(customers[0], customers[1] + 1)), int(rng.integers(1, 4))
    points = rng.integers(0, 41, (1 + n + stations, 2)).astype(float)
    if rng.random() < 0.2:  # some places coincide
        points = np.round(points / 13) * 13
    distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    if rng.random() < 0.3:
        distance = np.floor(distance)
    if rng.random() < 0.3:  # one way streets
        distance = distance + np.triu(rng.integers(0, 6, distance.shape), 1)
    time = distance * rng.choice([0.5, 1.0])
    service = np.r_[0.0, rng.integers(0, 8, n).astype(float)]
    limit = LIMITS[int(rng.integers(4))]
    earliest, latest = np.zeros(len(points)), np.full(len(points), np.inf)
    if limit in ("windows", "horizon"):
        latest[:] = float(rng.integers(100, 260))
    if limit == "windows":
        opens = rng.integers(0, 120, n)
        earliest[1 : n + 1], latest[1 : n + 1] = opens, opens + rng.integers(20, 140, n)
        earliest[[0, *range(n + 1, len(points))]] = 5.0 if rng.random() < 0.3 else 0.0
    kinds = tuple(str(k) for k in rng.choice(["slow", "fast"], stations))
    vehicles = [
        _random_vehicle(rng, k, electric=k == 0 or bool(rng.random() < 0.5), limit=limit)
        for k in range(int(rng.integers(1, 4)))
    ]
    if rng.random() < 0.2:  # two types that differ in the fixed cost only
        vehicles.append(_like(vehicles[0], fixed=float(rng.integers(0, 30))))
    return RoutingProblem(
        name=f"tiny {seed}", family="", variant="", labels=tuple(map(str, range(len(points)))),
        distance=distance, time=time, demand=np.r_[0.0, rng.integers(0, 6, n).astype(float)], service=service,
        earliest=earliest, latest=latest, vehicles=tuple(vehicles), stations=kinds,
        max_routes=int(rng.integers(1, 4)) if rng.random() < 0.2 else None,
        vehicles_first=bool(rng.random() < 0.15) and all(v.per_time == 0 for v in vehicles),
    )  # fmt: skip


def _like(v: Vehicle, fixed: float) -> Vehicle:
    return Vehicle(
        name=f"{v.name} again", capacity=v.capacity, fixed=fixed, per_distance=v.per_distance,
        per_time=v.per_time, max_duration=v.max_duration, battery=v.battery,
    )  # fmt: skip


def _random_vehicle(rng: np.random.Generator, k: int, electric: bool, limit: str) -> Vehicle:
    battery = None
    if electric:
        capacity, full = float(rng.integers(35, 90)), bool(rng.random() < 0.4)
        charging = {
            kind: _random_function(rng, capacity, pace) for kind, pace in (("slow", 1.5), ("fast", 0.4))
        }
        if rng.random() < 0.15:
            del charging["slow"]
        battery = Battery(capacity, float(rng.choice([1.0, 0.7])), charging, full)
    priced = rng.random() < 0.4 and (limit != "windows" or battery is None or battery.full)
    count = int(rng.integers(1, 4)) if rng.random() < 0.3 else None
    return Vehicle(
        name=f"type {k}",
        capacity=float(rng.integers(6, 16)),
        count=count,
        fixed=float(rng.integers(0, 30)),
        per_distance=float(rng.choice([1.0, 0.0 if priced else 2.0])),
        per_time=float(rng.choice([1.0, 2.0])) if priced else 0.0,
        max_duration=float(rng.integers(80, 200)) if limit == "duration" else math.inf,
        battery=battery,
        least=int(rng.random() < 0.3) if count else 0,
    )


def _random_function(rng: np.random.Generator, capacity: float, pace: float) -> Points:
    pieces = int(rng.integers(1, 4))
    levels = np.r_[0.0, np.sort(rng.uniform(0.2, 0.95, pieces - 1)), 1.0] * capacity
    rates = pace * np.sort(rng.uniform(0.5, 4.0, pieces))
    times = np.r_[0.0, np.cumsum(rates * np.diff(levels))]
    return tuple(zip(times.tolist(), levels.tolist(), strict=True))


def random_prices(problem: RoutingProblem, seed: int, rows: int = 2) -> Prices:
    """Prices on the grid, some arcs forbidden."""
    rng = np.random.default_rng([11, seed])
    n, types, grid = problem.size, len(problem.vehicles), grid_of(problem)
    shape = (types, n + 1, n + 1)
    arc = np.where(rng.random(shape) < 0.3, rng.uniform(-8.0, 8.0, shape), 0.0)
    allowed = rng.random(shape) < 0.93
    if rng.random() < 0.5:  # the same for all types
        arc, allowed = np.repeat(arc[:1], types, axis=0), np.repeat(allowed[:1], types, axis=0)
    cuts = []
    for _ in range(rows if n >= 3 else 0):
        a, b, c = (int(i) + 1 for i in rng.permutation(n)[:3])
        memory = frozenset(i for i in range(1, n + 1) if rng.random() < 0.6) | {a, b, c}
        members = (a,) if rng.random() < 0.25 else (a, b, c)
        cuts.append(SubsetRow(members, memory, float(on_grid(rng.uniform(0.0, 25.0), grid))))
    return Prices(
        customer=on_grid(np.r_[0.0, rng.uniform(10.0, 90.0, n)], grid),
        vehicle=on_grid(rng.uniform(-10.0, 20.0, types), grid),
        arc=on_grid(arc, grid),
        allowed=allowed,
        rows=tuple(cuts),
    )


@dataclass(frozen=True)
class BruteRoute:
    """The cheapest feasible way through customers in an order."""

    vehicle: int
    order: tuple[int, ...]
    cost: float


@dataclass(frozen=True)
class _State:
    """A vehicle at a node: cost so far and level by time, from the first point on; then it waits."""

    cost: float
    points: Points


def surcharge(prices: Prices, k: int, order: tuple[int, ...]) -> float:
    """What prices add to the cost of an order of customers; infinity over a forbidden arc."""
    total, steps = prices.vehicle[k], list(itertools.pairwise((0, *order, 0)))
    if not all(prices.allowed[k, i, j] for i, j in steps):
        return math.inf
    total += sum(prices.arc[k, i, j] for i, j in steps) - sum(prices.customer[c] for c in order)
    for row in prices.rows:
        count = 0
        for c in order:
            if c not in row.memory:
                count = 0
            if c in row.members:
                count += 1
                total += row.price if count % 2 == 0 else 0.0
    return float(total)


def brute_routes(problem: RoutingProblem) -> list[BruteRoute]:
    """Every feasible order of every set of customers."""
    found = []
    for k, v in enumerate(problem.vehicles):
        begun: list[tuple[tuple[int, ...], list[_State]]] = [((), [_departure(problem, k)])]
        while begun:
            order, states = begun.pop()
            here = order[-1] if order else 0
            if order:
                ends = _ways(problem, k, states, here, 0)
                if ends:
                    found.append(BruteRoute(k, order, _final(problem, k, order, ends)))
            for j in range(1, problem.size + 1):
                if j not in order and problem.demand[[*order, j]].sum() <= v.capacity + _SLACK:
                    after = _ways(problem, k, states, here, j)
                    if after:
                        begun.append(((*order, j), after))
    return found


def sequence_cost(problem: RoutingProblem, k: int, nodes: tuple[int, ...]) -> float:
    """Least cost of a fixed sequence of customers and stations, infinity without a schedule."""
    states = [_departure(problem, k)]
    for i, j in itertools.pairwise((0, *nodes, 0)):
        states = [s for state in states for s in _drive(problem, k, state, i, j)]
    order = tuple(i for i in nodes if i <= problem.size)
    return _final(problem, k, order, states) if states else math.inf


def _departure(problem: RoutingProblem, k: int) -> _State:
    battery = problem.vehicles[k].battery
    start = max(float(problem.earliest[0]), 0.0)
    return _State(problem.vehicles[k].fixed, ((start, battery.capacity if battery else 0.0),))


def _final(problem: RoutingProblem, k: int, order: tuple[int, ...], states: list[_State]) -> float:
    """Cost of the best state back at the depot; where charging time is chosen, all time but service costs."""
    v = problem.vehicles[k]
    if v.battery is None or v.battery.full:
        return min(s.cost for s in states)
    idle = max(float(problem.earliest[0]), 0.0) + float(problem.service[list(order)].sum())
    return min(s.cost + v.per_time * (s.points[0][0] - idle) for s in states)


def _ways(problem: RoutingProblem, k: int, states: list[_State], here: int, to: int) -> list[_State]:
    """States at a node, over any stations on the way."""
    battery, n = problem.vehicles[k].battery, problem.size
    stations = () if battery is None else tuple(
        n + 1 + s for s, kind in enumerate(problem.stations) if kind in battery.charging
    )  # fmt: skip
    at, arrived = {here: states}, []
    for stop in range(STOPS + 1):
        arrived += [s for i, some in at.items() for state in some for s in _drive(problem, k, state, i, to)]
        if stop < STOPS:
            left = [(i, state) for i, some in at.items() for state in some]
            at = {
                a: _best([s for i, state in left if i != a for s in _drive(problem, k, state, i, a)])
                for a in stations
            }
    return _best(arrived)


def _drive(problem: RoutingProblem, k: int, state: _State, i: int, j: int) -> list[_State]:
    """States at the end of a leg, at a station after the charge, or without one."""
    v, n = problem.vehicles[k], problem.size
    battery = v.battery
    spent = float(problem.time[i, j]) + (float(problem.service[i]) if i <= n else 0.0)
    used = battery.per_distance * float(problem.distance[i, j]) if battery else 0.0
    opens, closes = (
        (float(problem.earliest[j]), float(problem.latest[j])) if 0 < j <= n else (-math.inf, math.inf)
    )
    if j == 0:
        closes = min(float(problem.latest[0]), max(float(problem.earliest[0]), 0.0) + v.max_duration)
    points = _arrival(state.points, spent, used, opens, closes)
    if not points:
        return []
    cost = state.cost + v.per_distance * float(problem.distance[i, j])
    if battery is None or battery.full:
        cost += v.per_time * float(problem.time[i, j])
    if j <= n or battery is None:
        return [_State(cost, points)]
    function = battery.charging[problem.stations[j - n - 1]]
    full = function[-1][0]
    if battery.full:
        ((time, level),) = points
        lasts = full - _time_at(function, level)
        return [_State(cost + v.per_time * lasts, ((time + lasts, battery.capacity),))]
    charges = []
    for time, level in points:
        since = time - _time_at(function, level)
        rest = tuple((since + t, b) for t, b in function if b > level + _SLACK)
        charges.append(_State(cost, ((time, level), *rest)))
    return [_State(cost, points), *charges]


def _arrival(points: Points, spent: float, used: float, opens: float, closes: float) -> Points:
    """Move levels along a leg and cut off what is empty, too early or too late."""
    if points[-1][1] < used - _SLACK:
        return ()
    if points[0][1] < used:
        begin = _time_at(points, min(used, points[-1][1]))
        points = ((begin, used), *(p for p in points if p[1] > used + _SLACK))
    begin = max(points[0][0] + spent, opens)
    if begin > closes + _SLACK:
        return ()
    first = (begin, max(_level_at(points, begin - spent) - used, 0.0))
    rest = [(t + spent, b - used) for t, b in points if t + spent > begin + _SLACK]
    within = [p for p in rest if p[0] <= closes]
    if len(within) < len(rest) and closes > (within[-1] if within else first)[0] + _SLACK:
        within.append((closes, _level_at(points, closes - spent) - used))
    return (first, *within)


def _time_at(points: Points, level: float) -> float:
    """Find the earliest time of a level that is reached."""
    for (t, b), (u, c) in itertools.pairwise(points):
        if level <= b:
            return t
        if level < c:
            return t + (u - t) * (level - b) / (c - b)
    return points[-1][0] if level > points[0][1] else points[0][0]


def _level_at(points: Points, time: float) -> float:
    p = bisect_right(points, (time, math.inf))
    if p == 0:
        return points[0][1]
    if p == len(points):
        return points[-1][1]
    (t, b), (u, c) = points[p - 1], points[p]
    return b + (c - b) * (time - t) / (u - t)


def _best(states: list[_State]) -> list[_State]:
    """Leave out what costs no less than another state that has as high a level at any time."""
    kept: list[_State] = []
    for state in sorted(states, key=lambda s: (s.cost, s.points[0][0])):
        if not any(_above(other.points, state.points) for other in kept):
            kept.append(state)
    return kept


def _above(points: Points, than: Points) -> bool:
    """Compare at all points of both lists, between which both are linear."""
    if points[0][0] > than[0][0]:
        return False
    times = [t for t, _ in (*points, *than) if t >= than[0][0]]
    return all(_level_at(points, t) >= _level_at(than, t) for t in times)


def brute_optimum(problem: RoutingProblem, routes: list[BruteRoute]) -> tuple[int, float]:
    """Number of routes, 0 where it does not come first, and cost of the best plan; infinity without one."""
    n, kinds = problem.size, len(problem.vehicles)
    best: dict[tuple[int, int], float] = {}
    for route in routes:
        key = route.vehicle, sum(1 << (i - 1) for i in route.order)
        best[key] = min(best.get(key, math.inf), route.cost)
    states: dict[tuple[int, tuple[int, ...]], float] = {(0, (0,) * kinds): 0.0}
    whole = (1 << n) - 1
    for done in range(whole):
        lowest = ~done & -~done
        for (_, used), value in [item for item in states.items() if item[0][0] == done]:
            for (k, members), price in best.items():
                if members & lowest and not members & done:
                    then = (done | members, tuple(u + (j == k) for j, u in enumerate(used)))
                    states[then] = min(states.get(then, math.inf), value + price)
    plans = [
        (sum(used) * problem.vehicles_first, value)
        for (done, used), value in states.items()
        if done == whole and _fleet_fits(problem, used)
    ]
    return min(plans, default=(0, math.inf))


def _fleet_fits(problem: RoutingProblem, used: tuple[int, ...]) -> bool:
    pairs = list(zip(used, problem.vehicles, strict=True))
    most = problem.size if problem.max_routes is None else problem.max_routes
    return sum(used) <= most and all(v.least <= u <= (u if v.count is None else v.count) for u, v in pairs)
