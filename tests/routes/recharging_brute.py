"""Small recharging problems, and all their routes by enumeration and mixed integer programs."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from voltmile.problem.routing import Battery, RoutingProblem, Vehicle
from voltmile.routes.pricing import Prices, SubsetRow, grid_of, on_grid

STOPS = 2


def random_problem(seed: int) -> RoutingProblem:
    """2 to 4 customers, 1 or 2 stations, 1 or 2 types; every feature appears in some seeds."""
    rng = np.random.default_rng(seed)
    n, stations = int(rng.integers(2, 5)), int(rng.integers(1, 3))
    points = rng.integers(0, 41, (1 + n + stations, 2)).astype(float)
    distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    if rng.random() < 0.3:
        distance = np.floor(distance)
    if rng.random() < 0.3:  # one way streets
        distance = distance + np.triu(rng.integers(0, 6, distance.shape), 1)
    time = distance * rng.choice([0.5, 1.0])
    service = np.r_[0.0, rng.integers(0, 8, n).astype(float)]
    limit = ("windows", "duration", "horizon", "none")[int(rng.integers(4))]
    earliest, latest = np.zeros(len(points)), np.full(len(points), np.inf)
    if limit in ("windows", "horizon"):
        latest[:] = float(rng.integers(100, 260))
    if limit == "windows":
        opens = rng.integers(0, 120, n)
        earliest[1 : n + 1], latest[1 : n + 1] = opens, opens + rng.integers(20, 140, n)
        earliest[[0, *range(n + 1, len(points))]] = 5.0 if rng.random() < 0.3 else 0.0
    kinds = tuple(str(k) for k in rng.choice(["slow", "fast"], stations))
    vehicles = tuple(
        _random_vehicle(rng, k, electric=k == 0 or bool(rng.random() < 0.5), limit=limit)
        for k in range(int(rng.integers(1, 3)))
    )
    return RoutingProblem(
        name=f"tiny {seed}", family="", variant="", labels=tuple(map(str, range(len(points)))),
        distance=distance, time=time, demand=np.r_[0.0, rng.integers(0, 6, n).astype(float)], service=service,
        earliest=earliest, latest=latest, vehicles=vehicles, stations=kinds,
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
    return Vehicle(
        name=f"type {k}",
        capacity=float(rng.integers(6, 16)),
        fixed=float(rng.integers(0, 30)),
        per_distance=float(rng.choice([1.0, 0.0 if priced else 2.0])),
        per_time=float(rng.choice([1.0, 2.0])) if priced else 0.0,
        max_duration=float(rng.integers(80, 200)) if limit == "duration" else math.inf,
        battery=battery,
    )


def _random_function(
    rng: np.random.Generator, capacity: float, pace: float
) -> tuple[tuple[float, float], ...]:
    pieces = int(rng.integers(1, 4))
    levels = np.r_[0.0, np.sort(rng.uniform(0.2, 0.95, pieces - 1)), 1.0] * capacity
    rates = pace * np.sort(rng.uniform(0.5, 4.0, pieces))
    times = np.r_[0.0, np.cumsum(rates * np.diff(levels))]
    return tuple(zip(times.tolist(), levels.tolist(), strict=True))


def random_prices(problem: RoutingProblem, seed: int, rows: int = 2) -> Prices:
    """Prices on the grid, some arcs forbidden."""
    rng = np.random.default_rng(seed)
    n, types, grid = problem.size, len(problem.vehicles), grid_of(problem)
    shape = (types, n + 1, n + 1)
    arc = np.where(rng.random(shape) < 0.3, rng.uniform(-8.0, 8.0, shape), 0.0)
    allowed = rng.random(shape) < 0.93
    cuts = [
        SubsetRow(
            tuple(int(c) for c in rng.permutation(n)[:3] + 1),
            frozenset(int(c) for c in range(1, n + 1) if rng.random() < 0.6),
            float(on_grid(rng.uniform(0.0, 25.0), grid)),
        )
        for _ in range(rows if n >= 3 else 0)
    ]
    cuts = [SubsetRow(c.members, c.memory | set(c.members), c.price) for c in cuts]
    return Prices(
        customer=on_grid(np.r_[0.0, rng.uniform(10.0, 90.0, n)], grid),
        vehicle=on_grid(rng.uniform(-10.0, 20.0, types), grid),
        arc=on_grid(arc, grid),
        allowed=allowed,
        rows=tuple(cuts),
    )


@dataclass(frozen=True)
class BruteRoute:
    vehicle: int
    order: tuple[int, ...]
    cost: float
    reduced: float


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


def brute_routes(problem: RoutingProblem, prices: Prices) -> list[BruteRoute]:
    """Every feasible order of every set of customers with its cheapest stops."""
    found = []
    for k, vehicle in enumerate(problem.vehicles):
        for size in range(1, problem.size + 1):
            for order in itertools.permutations(range(1, problem.size + 1), size):
                extra = surcharge(prices, k, order)
                if extra == math.inf or problem.demand[list(order)].sum() > vehicle.capacity:
                    continue
                cost = cheapest_cost(problem, k, order)
                if cost < math.inf:
                    found.append(BruteRoute(k, order, cost, cost + extra))
    return found


def cheapest_cost(problem: RoutingProblem, k: int, order: tuple[int, ...], stops: int = STOPS) -> float:
    """Cost of an order with the best stations put in, up to ``stops`` between two customers."""
    best = math.inf
    ways = sorted((least_cost(problem, k, nodes), nodes) for nodes in _with_stops(problem, k, order, stops))
    for least, nodes in ways:
        if least >= best - 1e-9:
            break
        best = min(best, sequence_cost(problem, k, nodes))
    return best


def least_cost(problem: RoutingProblem, k: int, nodes: tuple[int, ...]) -> float:
    """No schedule of the sequence costs less; infinity where there is plainly none.

    What a prefix of the sequence consumes beyond the battery has been charged, at the fastest pace of all.
    Where nothing is left to choose (no stations, or full charges) it is the cost.
    """
    vehicle = problem.vehicles[k]
    battery = vehicle.battery
    begin = now = sure = max(float(problem.earliest[0]), 0.0)
    level = battery.capacity if battery else 0.0
    charging = consumed = 0.0
    for i, j in itertools.pairwise((0, *nodes, 0)):
        spent = problem.time[i, j] + (problem.service[i] if i <= problem.size else 0.0)
        now, sure = now + spent, sure + spent
        if battery:
            level -= battery.per_distance * problem.distance[i, j]
            consumed += battery.per_distance * problem.distance[i, j]
            if battery.full and level < -1e-9:
                return math.inf
            if not battery.full:
                charging = max(consumed - battery.capacity, 0.0) * _fastest(problem, k)
        if j > 0:
            now = max(now, problem.earliest[j])
        if max(now, sure + (0.0 if battery and battery.full else charging)) > problem.latest[j] + 1e-9:
            return math.inf
        if battery and battery.full and j > problem.size:
            times, levels = zip(*battery.charging[problem.stations[j - problem.size - 1]], strict=True)
            took = times[-1] - float(np.interp(level, levels, times))
            now, charging, level = now + took, charging + took, battery.capacity
    lasted = now if battery and battery.full else max(now, sure + charging)
    if not problem.has_windows and lasted - begin > vehicle.max_duration + 1e-9:
        return math.inf
    return vehicle.fixed + _driving(problem, k, nodes) + vehicle.per_time * charging


def _fastest(problem: RoutingProblem, k: int) -> float:
    """Least time per energy of any station."""
    battery = problem.vehicles[k].battery
    assert battery is not None
    return min(function[1][0] / function[1][1] for function in battery.charging.values())


def _driving(problem: RoutingProblem, k: int, nodes: tuple[int, ...]) -> float:
    v, legs = problem.vehicles[k], list(itertools.pairwise((0, *nodes, 0)))
    return sum(v.per_distance * problem.distance[i, j] + v.per_time * problem.time[i, j] for i, j in legs)


def _with_stops(
    problem: RoutingProblem, k: int, order: tuple[int, ...], stops: int
) -> Iterator[tuple[int, ...]]:
    """Sequences with stations whose stretches the battery can drive."""
    battery = problem.vehicles[k].battery
    if battery is None:
        yield order
        return
    stations = [problem.size + 1 + s for s, kind in enumerate(problem.stations) if kind in battery.charging]
    between = [
        way
        for count in range(stops + 1)
        for way in itertools.product(stations, repeat=count)
        if all(a != b for a, b in itertools.pairwise(way))
    ]
    partial: list[tuple[tuple[int, ...], int, float]] = [((), 0, battery.capacity)]
    for customer in (*order, 0):
        longer = []
        for nodes, here, most in partial:
            for way in between:
                level, at = most, here
                for to in (*way, customer):
                    level = level - battery.per_distance * problem.distance[at, to]
                    if level < -1e-9:
                        break
                    level, at = (battery.capacity if to > problem.size else level), to
                else:
                    longer.append(((*nodes, *way, customer), customer, level))
        partial = longer
    for nodes, _, _ in partial:
        yield nodes[:-1]


def sequence_cost(problem: RoutingProblem, k: int, nodes: tuple[int, ...]) -> float:
    """Least cost of a fixed sequence; where there is a choice, by a MIP over times and levels."""
    vehicle, stops = problem.vehicles[k], [0, *nodes, 0]
    if vehicle.battery is None or vehicle.battery.full or max(nodes) <= problem.size:
        return least_cost(problem, k, nodes)
    last, n = len(stops) - 1, problem.size
    battery = vehicle.battery
    names: dict[tuple[str, int, int], int] = {}
    low: list[float] = []
    high: list[float] = []
    whole: list[int] = []
    rows: list[tuple[dict[int, float], float, float]] = []

    def var(name: str, p: int, q: int = 0, lo: float = 0.0, hi: float = math.inf, integer: int = 0) -> int:
        if (name, p, q) not in names:
            names[name, p, q] = len(names)
            low.append(lo)
            high.append(hi)
            whole.append(integer)
        return names[name, p, q]

    full = battery.capacity if battery else 0.0
    for p, node in enumerate(stops):
        opens = max(problem.earliest[0], 0.0) if p in (0, last) else problem.earliest[node]
        closes = opens if p == 0 and not problem.has_windows else problem.latest[node]
        var("time", p, lo=opens, hi=closes)
        var("level", p, hi=full)
        var("leave", p, hi=full)
        var("charge", p)
        if p == 0 and battery:
            rows.append(({var("leave", 0): 1.0}, full, full))
        if node <= n:
            rows.append(({var("charge", p): 1.0}, 0.0, 0.0))
            if p:
                rows.append(({var("leave", p): 1.0, var("level", p): -1.0}, 0.0, 0.0))
        else:
            assert battery is not None
            rows.append(({var("leave", p): 1.0, var("level", p): -1.0}, 0.0, math.inf))
            _charging_rows(battery.charging[problem.stations[node - n - 1]], p, var, rows)
    for p in range(last):
        i, j = stops[p], stops[p + 1]
        service = problem.service[i] if i <= n else 0.0
        step = {var("time", p + 1): 1.0, var("time", p): -1.0, var("charge", p): -1.0}
        rows.append((step, problem.time[i, j] + service, math.inf))
        if battery:
            used = battery.per_distance * problem.distance[i, j]
            rows.append(({var("level", p + 1): 1.0, var("leave", p): -1.0}, -used, -used))
    if math.isfinite(vehicle.max_duration):
        rows.append(({var("time", last): 1.0, var("time", 0): -1.0}, -math.inf, vehicle.max_duration))
    cost = np.zeros(len(names))
    cost[[var("charge", p) for p in range(last + 1)]] = vehicle.per_time
    matrix = np.zeros((len(rows), len(names)))
    for r, (terms, _, _) in enumerate(rows):
        for column, value in terms.items():
            matrix[r, column] = value
    done = milp(
        cost, integrality=np.array(whole), bounds=Bounds(np.array(low), np.array(high)),
        constraints=LinearConstraint(matrix, np.array([r[1] for r in rows]), np.array([r[2] for r in rows])),
    )  # fmt: skip
    return math.inf if done.status == 2 else vehicle.fixed + _driving(problem, k, nodes) + float(done.fun)


def _charging_rows(function, p, var, rows) -> None:
    """charge >= T(leave) - T(level): T is convex; on leaving lines will do, on arrival SOS 2."""
    times, levels = zip(*function, strict=True)
    points = range(len(function))
    share = [var("share", p, q, hi=1.0) for q in points]
    piece = [var("piece", p, q, hi=1.0, integer=1) for q in points[:-1]]
    rows.append((dict.fromkeys(share, 1.0), 1.0, 1.0))
    rows.append((dict.fromkeys(piece, 1.0), 1.0, 1.0))
    for q in points:
        beside = {piece[r]: -1.0 for r in (q - 1, q) if 0 <= r < len(piece)}
        rows.append(({share[q]: 1.0, **beside}, -math.inf, 0.0))
    rows.append(({**{share[q]: levels[q] for q in points}, var("level", p): -1.0}, 0.0, 0.0))
    for q in points[:-1]:
        slope = (times[q + 1] - times[q]) / (levels[q + 1] - levels[q])
        terms = {var("charge", p): 1.0, var("leave", p): -slope}
        for r in points:
            terms[share[r]] = times[r]
        rows.append((terms, times[q] - slope * levels[q], math.inf))
