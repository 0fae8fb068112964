"""What limits the routes of a vehicle type, forward and mirrored (from the end of the route to its start)."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Battery, Matrix, RoutingProblem, Vector

Function = tuple[tuple[float, float], ...]


@dataclass(frozen=True, eq=False)
class Resources:
    """Resources of a vehicle type on the nodes it can use: depot 0, customers 1..n, stations.

    Attributes
    ----------
    nodes : array of int
        Number of each node in the problem.
    time : array, shape (N, N)
        Of each leg, the service at its start included.
    distance, energy : array, shape (N, N)
    earliest, latest : array, shape (N,)
        ``latest[0]`` is the time to be back; infinity when nothing limits it.
    start : float
        Departure from the depot.
    battery : float
        0 without one.
    functions : tuple
        Charging functions in use.
    kind : array of int
        Function of each station.
    full : bool
        Every charge is to the full.
    time_cost : float
        Cost of a unit of time on the route, where that is not part of the cost of legs.
    charge_cost : float
        Cost of a unit of charging time, where charges are to the full.
    demand : array, shape (n + 1,)
    capacity : float
        Infinity where an elementary route cannot exceed it.
    """

    nodes: NDArray[np.int64]
    time: Matrix
    distance: Matrix
    energy: Matrix
    earliest: Vector
    latest: Vector
    start: float
    battery: float
    functions: tuple[Function, ...]
    kind: NDArray[np.int64]
    full: bool
    time_cost: float
    charge_cost: float
    demand: Vector
    capacity: float

    @property
    def timed(self) -> bool:
        """Whether time limits or costs anything."""
        return self.time_cost > 0 or self.charge_cost > 0 or bool(np.isfinite(self.latest).any())


def resources_of(problem: RoutingProblem, k: int) -> Resources:
    """Resources of a vehicle type.

    Raises
    ------
    ValueError
        Where time windows make vehicles wait and the duration is limited, or charging time costs money and
        any part may be charged; where a station has a window of its own; where a charging function is not
        increasing and concave from (0, 0) to the capacity.
    """
    vehicle, n = problem.vehicles[k], problem.size
    battery = vehicle.battery
    usable = () if battery is None else tuple(
        s for s, kind in enumerate(problem.stations) if kind in battery.charging
    )  # fmt: skip
    nodes = np.array([*range(n + 1), *(n + 1 + s for s in usable)], dtype=np.int64)
    grid = np.ix_(nodes, nodes)
    time = problem.time[grid].astype(np.float64)
    time[: n + 1] += problem.service[:, None]
    np.fill_diagonal(time, 0.0)
    distance = problem.distance[grid].astype(np.float64)
    start = float(max(problem.earliest[0], 0.0))
    earliest, latest = problem.earliest[nodes].astype(np.float64), problem.latest[nodes].astype(np.float64)
    _refuse_station_windows(problem, earliest[n + 1 :], latest[n + 1 :])
    earliest[n + 1 :], latest[n + 1 :] = start, math.inf
    partial = battery is not None and not battery.full and vehicle.per_time > 0
    waits = _waits(time, start, earliest[: n + 1])
    limit = start + vehicle.max_duration
    if waits and limit < latest[0]:
        raise ValueError(f"{vehicle.name}: windows to wait for and a limited duration are not supported")
    if waits and partial:
        raise ValueError(f"{vehicle.name}: windows to wait for and priced partial charging are not supported")
    latest[0] = min(latest[0], limit)
    earliest[0] = start
    kinds = tuple(dict.fromkeys(problem.stations[s] for s in usable))
    needed = float(problem.demand.sum())
    made = Resources(
        nodes=nodes, time=time, distance=distance,
        energy=distance * (battery.per_distance if battery else 0.0),
        earliest=earliest, latest=latest, start=start,
        battery=battery.capacity if battery else 0.0,
        functions=tuple(_checked(battery, kind, vehicle.name) for kind in kinds) if battery else (),
        kind=np.array([kinds.index(problem.stations[s]) for s in usable], dtype=np.int64),
        full=battery is None or battery.full,
        time_cost=vehicle.per_time if partial else 0.0,
        charge_cost=vehicle.per_time if battery and battery.full else 0.0,
        demand=problem.demand.astype(np.float64),
        capacity=vehicle.capacity if vehicle.capacity < needed else math.inf,
    )  # fmt: skip
    return made if made.timed else _timeless(made)


def mirrored(ahead: Resources) -> Resources:
    """Resources of the routes driven backwards, relaxed where that makes them symmetric.

    Times run back from ``latest[0]``, levels count what the battery may lack: a route that needs at least b
    on arrival has capacity - b in the mirror, and charging raises it. There a concave charging function is
    convex; each is replaced by a line at its fastest rate, and charging to the full by charging any part.
    So each
    route of a vehicle is a route of the mirror that costs no more, and with linear charging of any part the
    converse holds as well.
    """
    turned = replace(
        ahead,
        time=np.ascontiguousarray(ahead.time.T),
        distance=np.ascontiguousarray(ahead.distance.T),
        energy=np.ascontiguousarray(ahead.energy.T),
    )
    if not ahead.timed:
        return turned
    earliest, latest = np.zeros_like(ahead.earliest), np.full_like(ahead.latest, math.inf)
    end = float(ahead.latest[0])
    if math.isfinite(end):  # else there is nothing to count back from: only the cost of time is left
        customers = slice(0, len(ahead.demand))
        earliest[customers] = end - ahead.latest[customers]
        latest[customers] = end - ahead.earliest[customers]
        earliest[0], latest[0] = 0.0, end - ahead.start
    made = replace(
        turned,
        earliest=earliest,
        latest=latest,
        start=0.0,
        functions=tuple(_line(function) for function in ahead.functions),
        full=ahead.battery == 0,
        charge_cost=0.0,
    )
    return made if made.timed else _timeless(made)


def _timeless(made: Resources) -> Resources:
    """Where time is free and unlimited, every charge may as well be to the full at once."""
    free = tuple(((0.0, 0.0), (0.0, made.battery)) for _ in made.functions)
    nothing = np.zeros_like(made.time)
    return replace(
        made, time=nothing, functions=free, full=True, charge_cost=0.0, start=0.0,
        earliest=np.zeros_like(made.earliest), latest=np.full_like(made.latest, math.inf),
    )  # fmt: skip


def _line(function: Function) -> Function:
    (_, _), (time, level), *_ = function
    return ((0.0, 0.0), (function[-1][1] * time / level, function[-1][1]))


def _waits(time: Matrix, start: float, earliest: Vector) -> bool:
    """Whether a vehicle can be at a customer before its window."""
    return bool((earliest[1:] > start + shortest(time)[0, 1 : len(earliest)]).any())


def shortest(length: Matrix) -> Matrix:
    """Lengths of shortest paths between all pairs of nodes (Floyd 1962, doi:10.1145/367766.368168)."""
    path = length.copy()
    for via in range(len(path)):
        np.minimum(path, path[:, via, None] + path[None, via, :], out=path)
    return path


def _refuse_station_windows(problem: RoutingProblem, earliest: Vector, latest: Vector) -> None:
    if (earliest > max(problem.earliest[0], 0.0)).any() or (latest < problem.latest[0]).any():
        raise ValueError("stations with windows narrower than the depot's are not supported")


def _checked(battery: Battery, kind: str, name: str) -> Function:
    points = tuple((float(t), float(b)) for t, b in battery.charging[kind])
    rates = [
        (high - low) / (end - begin) if end > begin else math.nan
        for (begin, low), (end, high) in itertools.pairwise(points)
    ]
    concave = all(0 < b <= a * (1 + 1e-9) for a, b in itertools.pairwise(rates))
    ends = points[:1] == ((0.0, 0.0),) and math.isclose(points[-1][1], battery.capacity, rel_tol=1e-9)
    if not (rates and rates[0] > 0 and concave and ends):
        raise ValueError(f"{name}: charging at {kind} is no increasing, concave function from (0, 0) to full")
    return points
