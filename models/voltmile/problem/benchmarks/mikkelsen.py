"""Mikkelsen's mixed fleets of electric and combustion vehicles with a limit on the duration of a route.

Twelve numbers or lists, each on its line: customers n, stations s, electric vehicles, combustion vehicles, 0
(green zones in the author's program, which no file has), longest duration, battery, consumption per distance,
recharging time per energy, load capacity, n + 1 demands, n + 1 service times. Then the coordinates of the
depot, of n customers and of s stations, the first of which stands at the depot.

Distances are rounded down: the author's notes say up, but his optima are below what that allows.
"""

from __future__ import annotations

import numpy as np

from voltmile.problem.benchmarks.assemble import Nodes, assemble, whole_unit
from voltmile.problem.benchmarks.distances import euclidean
from voltmile.problem.benchmarks.fleet import STATION, linear_charging
from voltmile.problem.benchmarks.source import Source
from voltmile.problem.routing import Battery, RoutingProblem, Vector, Vehicle

_COUNTS = ("customers", "stations", "electric vehicles", "combustion vehicles", "green zones")
_VALUES = (
    "longest duration",
    "battery capacity",
    "consumption",
    "recharging time per energy",
    "load capacity",
)
_LISTS = ("demands", "service times")


def read_mikkelsen(source: Source) -> list[RoutingProblem]:
    """Read a file: variant MFGVRP, or EVRP when all vehicles are electric.

    Any part of the battery may be charged. As in the author's program, every vehicle of the file drives a
    route: his optima are above what fewer routes cost.

    Raises
    ------
    BenchmarkError
    """
    customers, stations, electric, combustion, zones = (
        source.whole(_alone(source, i, name), source.rows[i].line, name) for i, name in enumerate(_COUNTS)
    )
    values = [
        source.number(_alone(source, i, name), source.rows[i].line, name, least=0)
        for i, name in enumerate(_VALUES, start=len(_COUNTS))
    ]
    if zones:
        raise source.error(
            source.rows[4].line, f"there are {zones} green zones; valid: 0 (they are not supported)"
        )
    if electric + combustion == 0:
        raise source.error(source.rows[2].line, "there are no vehicles; valid: one or more")
    demand, service = (_list(source, i, name, customers + 1) for i, name in enumerate(_LISTS, start=10))
    places = source.rows[12:]
    if len(places) != 1 + customers + stations:
        message = f"there are {len(places)}; valid: {1 + customers + stations}, depot, customers and stations"
        raise source.error("coordinates", message)
    points = np.array([source.numbers(row, ("x", "y")) for row in places])
    labels = [str(i) for i in range(customers + 1)] + [f"S{i}" for i in range(stations)]
    nodes = Nodes(tuple(labels), points, demand, service, stations=(STATION,) * stations)
    vehicles = _fleet(values, electric, combustion)
    distance = euclidean(source, points, "down")
    variant = "MFGVRP" if combustion else "EVRP"
    return [
        assemble(
            source,
            nodes,
            vehicles,
            distance,
            family=f"{variant} {customers}",
            variant=variant,
            cost_unit=whole_unit(distance, vehicles),
        )
    ]


def _fleet(values: list[float], electric: int, combustion: int) -> list[Vehicle]:
    duration, energy, consumption, per_energy, capacity = values
    charging = linear_charging(per_energy, energy)
    battery = Battery(capacity=energy, per_distance=consumption, charging=charging)
    fleet = [
        Vehicle("electric", capacity, electric, max_duration=duration, battery=battery, least=electric),
        Vehicle("combustion", capacity, combustion, max_duration=duration, least=combustion),
    ]
    return [vehicle for vehicle in fleet if vehicle.count]


def _alone(source: Source, position: int, name: str) -> str:
    if position >= len(source.rows):
        raise source.error("end of file", f"{name} is missing")
    row = source.rows[position]
    if len(row.words) != 1:
        raise source.error(row.line, f"has {len(row.words)} values; valid: one, {name}")
    return row.words[0]


def _list(source: Source, position: int, name: str, length: int) -> Vector:
    if position >= len(source.rows):
        raise source.error("end of file", f"{name} are missing")
    row = source.rows[position]
    if len(row.words) != length:
        raise source.error(row.line, f"has {len(row.words)} {name}; valid: {length}, the depot's first")
    return np.array([source.number(word, row.line, name, least=0) for word in row.words])
