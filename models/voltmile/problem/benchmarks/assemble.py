"""What every reader ends with: nodes in order, a record filled, nonsense refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from voltmile.problem.benchmarks.distances import integral
from voltmile.problem.benchmarks.source import Source
from voltmile.problem.routing import Matrix, RoutingProblem, Vector, Vehicle


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes of a file: the depot, the customers, the stations.

    Attributes
    ----------
    labels : tuple of str
    coordinates : array, shape (nodes, 2), or None
    demand : array, shape (n + 1,)
    service : array, shape (n + 1,), or None
        None for no service time.
    windows : array, shape (nodes, 2), or None
        Earliest and latest; None for no windows.
    stations : tuple of str
        Kind of each.
    """

    labels: tuple[str, ...]
    coordinates: Matrix | None
    demand: Vector
    service: Vector | None = None
    windows: Matrix | None = None
    stations: tuple[str, ...] = field(default=())


def assemble(
    source: Source,
    nodes: Nodes,
    vehicles: Sequence[Vehicle],
    distance: Matrix,
    *,
    family: str,
    variant: str,
    name: str = "",
    time: Matrix | None = None,
    cost_unit: float = 0.0,
    vehicles_first: bool = False,
) -> RoutingProblem:
    """Fill the record; the name is the file's unless given, the time the distance unless given.

    Arrays may be shared within a problem and between the problems of a file, so they are made read-only.

    Raises
    ------
    BenchmarkError
        If the numbers make no sense.
    """
    windows = nodes.windows
    if windows is None:
        windows = np.column_stack([np.zeros(len(nodes.labels)), np.full(len(nodes.labels), np.inf)])
    problem = RoutingProblem(
        name=name or source.path.stem,
        family=family,
        variant=variant,
        labels=nodes.labels,
        distance=distance,
        time=distance if time is None else time,
        demand=nodes.demand,
        service=np.zeros(len(nodes.demand)) if nodes.service is None else nodes.service,
        earliest=windows[:, 0].copy(),
        latest=windows[:, 1].copy(),
        vehicles=tuple(vehicles),
        stations=nodes.stations,
        vehicles_first=vehicles_first,
        cost_unit=cost_unit,
        coordinates=nodes.coordinates,
    )
    _check_vehicles(source, problem)
    _check_nodes(source, problem)
    arrays = (problem.distance, problem.time, problem.demand, problem.service, problem.coordinates)
    for array in (*arrays, problem.earliest, problem.latest):
        if array is not None:
            array.flags.writeable = False
    return problem


def whole_unit(distance: Matrix, vehicles: Sequence[Vehicle]) -> float:
    """Return 1 when every route costs a whole number, 0 when that is not known."""
    prices = np.array([[v.fixed, v.per_distance, v.per_time] for v in vehicles])
    return 1.0 if integral(prices) and integral(distance) else 0.0


def _check_vehicles(source: Source, problem: RoutingProblem) -> None:
    for vehicle in problem.vehicles:
        where = f"vehicle {vehicle.name}" if len(problem.vehicles) > 1 else "vehicle"
        if not vehicle.capacity > 0:
            raise source.error(where, f"its capacity is {vehicle.capacity:g}; valid: more than 0")
        if not vehicle.max_duration > 0:
            raise source.error(where, f"its limit on a route is {vehicle.max_duration:g}; valid: more than 0")
        if min(vehicle.fixed, vehicle.per_distance, vehicle.per_time) < 0:
            raise source.error(where, "a cost is negative; valid: 0 or more")


def _check_nodes(source: Source, problem: RoutingProblem) -> None:
    if problem.size < 1:
        raise source.error("", "has no customers; valid: one or more")
    if problem.demand[0] != 0 or problem.service[0] != 0:
        message = f"the depot has demand {problem.demand[0]:g} and service time {problem.service[0]:g}"
        raise source.error("depot", f"{message}; valid: 0")
    largest = max(vehicle.capacity for vehicle in problem.vehicles)
    demand, service = problem.demand, problem.service
    for values, wrong, valid in (
        (demand, demand < 0, "demand is {:g}; valid: 0 or more"),
        (demand, demand > largest, f"demand is {{:g}}; valid: {largest:g} or less, the largest capacity"),
        (service, service < 0, "service time is {:g}; valid: 0 or more"),
        (
            problem.latest,
            problem.earliest > problem.latest,
            "must start by {:g}; valid: not before it may start",
        ),
    ):
        if wrong.any():
            node = int(wrong.argmax())
            raise source.error(f"node {problem.labels[node]}", valid.format(values[node]))
