"""Small random routing problems, and the truth about them by looking at every route."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import numpy as np

from voltmile.problem.routing import Battery, RoutingProblem, Vehicle
from voltmile.routes.pricing import Prices, SubsetRow, grid_of, on_grid

KINDS = ("capacity", "duration", "real", "windows")


def plain(distance: np.ndarray, demand: Sequence[float] | np.ndarray, *vehicles: Vehicle) -> RoutingProblem:
    """A problem of loads and distances only, without service and windows."""
    m = len(distance)
    return RoutingProblem(
        "plain", "", "CVRP", tuple(map(str, range(m))), distance, distance, np.array(demand, dtype=float),
        np.zeros(m), np.zeros(m), np.full(m, np.inf), vehicles,
    )  # fmt: skip


def apart(points: np.ndarray) -> np.ndarray:
    """Euclidean distances of points, shape (m, 2)."""
    return np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))


def on_a_plane(seed: int, *vehicles: Vehicle, n: int = 5, key: int = 21) -> RoutingProblem:
    """Customers anywhere on a square, with demands of 1 to 9."""
    rng = np.random.default_rng([key, seed])
    return plain(apart(rng.uniform(0.0, 100.0, (n + 1, 2))), [0, *rng.integers(1, 10, n)], *vehicles)


def even_prices(problem: RoutingProblem, prize: float) -> Prices:
    """The same prize for every customer and nothing else."""
    m, kinds = problem.size + 1, len(problem.vehicles)
    customer = np.r_[0.0, np.full(m - 1, prize)]
    return Prices(customer, np.zeros(kinds), np.zeros((kinds, m, m)), np.ones((kinds, m, m), dtype=np.bool_))


def random_problem(rng: np.random.Generator, n: int, kind: str, most_types: int = 3) -> RoutingProblem:
    """A problem of n customers with one to three vehicle types."""
    points = rng.integers(0, 30, (n + 1, 2)).astype(float)
    distance = apart(points)
    if kind != "real":
        distance = np.round(distance)
    windows, limited = kind == "windows", kind in ("duration", "real") and rng.random() < 0.7
    earliest, latest = np.zeros(n + 1), np.full(n + 1, np.inf)
    if windows:
        opens = rng.integers(0, 60, n)
        earliest[1:], latest[0] = opens, 120.0
        latest[1:] = np.minimum(opens + rng.integers(5, 60, n), 100)
        if rng.random() < 0.5:
            distance = distance + np.round(rng.random(distance.shape) * 3)
            np.fill_diagonal(distance, 0.0)
    service = np.r_[0, rng.integers(0, 5, n)].astype(float) * (windows or limited)
    demand = np.r_[0, rng.integers(1, 10, n)].astype(float)
    alike = rng.random() < 0.5
    vehicles = tuple(
        Vehicle(
            name=f"v{k}",
            capacity=float(rng.integers(9, 30)),
            fixed=float(rng.integers(0, 20)),
            per_distance=1.0 if alike else float(rng.integers(1, 4)),
            max_duration=float(rng.integers(60, 120)) if limited and (k == 0 or not alike) else math.inf,
            battery=Battery(float(rng.integers(60, 120)), 1.0, {}) if rng.random() < 0.3 else None,
        )
        for k in range(int(rng.integers(1, most_types + 1)))
    )
    labels = tuple(str(i) for i in range(n + 1))
    return RoutingProblem(
        "random", "", kind, labels, distance, distance, demand, service, earliest, latest, vehicles
    )


def random_prices(rng: np.random.Generator, problem: RoutingProblem) -> Prices:
    """Prizes, prices of arcs as cuts have them, forbidden arcs and subset rows."""
    n, kinds = problem.size, len(problem.vehicles)
    arc = np.zeros((kinds, n + 1, n + 1))
    for _ in range(2 if rng.random() < 0.5 else 0):
        inside = rng.random(n + 1) < 0.5
        inside[0] = False
        weight = rng.integers(1, 3, kinds)[:, None, None] if rng.random() < 0.3 else 1
        arc -= (inside[:, None] != inside[None]) * float(rng.integers(0, 8)) * weight
    allowed = np.ones((kinds, n + 1, n + 1), dtype=np.bool_)
    for _ in range(3 if rng.random() < 0.4 else 0):
        i, j = rng.integers(0, n + 1, 2)
        allowed[:, i, j] = False
        if rng.random() < 0.5:
            allowed[:, j, i] = False
    rows = []
    for _ in range(int(rng.integers(0, 4)) if n >= 3 else 0):
        members = tuple(sorted(int(c) + 1 for c in rng.choice(n, 3, replace=False)))
        members = members[:1] if rng.random() < 0.25 else members
        extra = (np.flatnonzero(rng.random(n) < 0.4) + 1).tolist()
        rows.append(SubsetRow(members, frozenset(members) | frozenset(extra), float(rng.integers(1, 20))))
    prize = on_grid(np.r_[0, rng.random(n) * 60], grid_of(problem))
    vehicle = rng.integers(-3, 4, kinds).astype(float)
    return Prices(prize, vehicle, arc, allowed, tuple(rows))


def is_feasible(problem: RoutingProblem, k: int, nodes: Sequence[int]) -> bool:
    """Load, range, duration and windows of a route, by the definitions."""
    vehicle, path = problem.vehicles[k], list(itertools.pairwise((0, *nodes, 0)))
    if problem.demand[list(nodes)].sum() > vehicle.capacity:
        return False
    length = sum(problem.distance[a, b] for a, b in path)
    if (
        vehicle.battery is not None
        and length * vehicle.battery.per_distance > vehicle.battery.capacity + 1e-9
    ):
        return False
    busy = sum(problem.time[a, b] for a, b in path) + problem.service[list(nodes)].sum()
    if busy > vehicle.max_duration + 1e-9:
        return False
    clock = 0.0
    for a, b in path:
        clock += problem.service[a] + problem.time[a, b]
        clock = max(clock, problem.earliest[b]) if b else clock
        if clock > problem.latest[b] + 1e-9:
            return False
    return True


def cost(problem: RoutingProblem, k: int, nodes: Sequence[int]) -> float:
    """What a route really costs."""
    vehicle = problem.vehicles[k]
    length = sum(problem.distance[a, b] for a, b in itertools.pairwise((0, *nodes, 0)))
    return vehicle.fixed + vehicle.per_distance * float(length)


def reduced_cost(problem: RoutingProblem, k: int, nodes: Sequence[int], prices: Prices) -> float:
    """Cost at the prices, by their definition."""
    arcs = sum(prices.arc[k, a, b] for a, b in itertools.pairwise((0, *nodes, 0)))
    paid = sum(_paid(row, nodes) for row in prices.rows)
    prize = sum(prices.customer[i] for i in nodes)
    return cost(problem, k, nodes) + float(prices.vehicle[k] + arcs - prize) + paid


def _paid(row: SubsetRow, nodes: Sequence[int]) -> float:
    half, paid = False, 0.0
    for i in nodes:
        half = half and i in row.memory
        if i in row.members:
            paid += row.price * half
            half = not half
    return paid


def all_routes(
    problem: RoutingProblem, allowed: np.ndarray | None = None
) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Every feasible elementary route."""
    customers = range(1, problem.size + 1)
    for k in range(len(problem.vehicles)):
        for length in customers:
            for nodes in itertools.permutations(customers, length):
                arcs = itertools.pairwise((0, *nodes, 0))
                if (allowed is None or all(allowed[k, a, b] for a, b in arcs)) and is_feasible(
                    problem, k, nodes
                ):
                    yield k, nodes


def optimum(problem: RoutingProblem, route_cost: float = 0.0) -> float:
    """Cost of the best plan, by sets of customers and numbers of vehicles; infinity without one."""
    n, kinds = problem.size, len(problem.vehicles)
    best: dict[tuple[int, int], float] = {}
    for k, nodes in all_routes(problem):
        key = k, sum(1 << (i - 1) for i in nodes)
        best[key] = min(best.get(key, math.inf), cost(problem, k, nodes) + route_cost)
    most = [n if v.count is None else v.count for v in problem.vehicles]
    states: dict[tuple[int, tuple[int, ...]], float] = {(0, (0,) * kinds): 0.0}
    whole, result = (1 << n) - 1, math.inf
    for done in range(whole):
        for (_, used), value in [item for item in states.items() if item[0][0] == done]:
            first = (~done & whole) & -(~done & whole)
            for (k, members), price in best.items():
                if members & first and not members & done and used[k] < most[k]:
                    then = (done | members, tuple(u + (j == k) for j, u in enumerate(used)))
                    states[then] = min(states.get(then, math.inf), value + price)
    for (done, used), value in states.items():
        enough = all(u >= v.least for u, v in zip(used, problem.vehicles, strict=True))
        if done == whole and enough and sum(used) <= (problem.max_routes or n):
            result = min(result, value)
    return result
