"""The E-VRPTW files of Schneider, Stenger and Goeke (2014)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from voltmile.problem.benchmarks.assemble import Nodes, assemble
from voltmile.problem.benchmarks.distances import euclidean
from voltmile.problem.benchmarks.errors import shown
from voltmile.problem.benchmarks.fleet import STATION, linear_charging
from voltmile.problem.benchmarks.source import Row, Source
from voltmile.problem.routing import Battery, Matrix, RoutingProblem, Vehicle

_FIELDS = ("x", "y", "demand", "ready time", "due date", "service time")
_HEAD = "StringID Type x y demand ReadyTime DueDate ServiceTime"
_CONSTANTS = {
    "Q": "battery capacity",
    "C": "load capacity",
    "r": "consumption",
    "g": "inverse refuelling rate",
    "v": "velocity",
}


def read_schneider(source: Source) -> list[RoutingProblem]:
    """Read a file with stations and windows: variants ``E-VRPTW full`` and ``E-VRPTW partial``.

    Fewest vehicles first, then distance; real distances; driving time is distance / v; charging takes g per
    unit of energy. A full recharge fills the battery at every visit, a partial one takes any part. The
    station at the depot is one like the others.

    Raises
    ------
    BenchmarkError
    """
    if " ".join(source.rows[0].words) != _HEAD:
        raise source.error(
            source.rows[0].line, f"reads {shown(' '.join(source.rows[0].words))}; valid: {_HEAD}"
        )
    places = [row for row in source.rows[1:] if "/" not in row.words[-1]]
    constants = _constants(source, [row for row in source.rows[1:] if "/" in row.words[-1]])
    places, kinds = _sorted(source, places)
    values = np.array([source.numbers(row, _FIELDS, skip=2) for row in places])
    served = kinds.count("d") + kinds.count("c")
    if values[served:, [2, 5]].any():
        raise source.error("stations", "a station has demand or service time; valid: 0")
    nodes = Nodes(
        labels=tuple(row.words[0] for row in places),
        coordinates=values[:, :2].copy(),
        demand=values[:served, 2].copy(),
        service=values[:served, 5].copy(),
        windows=values[:, 3:5],
        stations=(STATION,) * kinds.count("f"),
    )
    distance = euclidean(source, values[:, :2], "real")
    return [_problem(source, nodes, distance, constants, full) for full in (True, False)]


def _problem(
    source: Source, nodes: Nodes, distance: Matrix, constants: dict[str, float], full: bool
) -> RoutingProblem:
    energy = constants["Q"]
    charging = linear_charging(constants["g"], energy)
    vehicle = Vehicle(
        name="electric",
        capacity=constants["C"],
        battery=Battery(capacity=energy, per_distance=constants["r"], charging=charging, full=full),
    )
    return assemble(
        source,
        nodes,
        [vehicle],
        distance,
        time=distance / constants["v"],
        family=f"E-VRPTW {len(nodes.demand) - 1}",
        variant="E-VRPTW full" if full else "E-VRPTW partial",
        vehicles_first=True,
    )


def _sorted(source: Source, rows: Sequence[Row]) -> tuple[list[Row], str]:
    """Put the depot first and the stations last, and return the letter of each."""
    order = "dcf"
    names: set[str] = set()
    for row in rows:
        if len(row.words) < 2 or row.words[1] not in order:
            found = shown(row.words[1] if len(row.words) > 1 else "")
            raise source.error(row.line, f"type is {found}; valid: d (depot), c (customer), f (station)")
        if row.words[0] in names:
            raise source.error(row.line, f"{row.words[0]} is given twice")
        names.add(row.words[0])
    ordered = sorted(rows, key=lambda row: order.index(row.words[1]))
    kinds = "".join(row.words[1] for row in ordered)
    if kinds.count("d") != 1:
        raise source.error("Type", f"there are {kinds.count('d')} depots (d); valid: one")
    return ordered, kinds


def _constants(source: Source, rows: Sequence[Row]) -> dict[str, float]:
    found = {}
    for row in rows:
        match = re.fullmatch(r"([QCrgv]) .*?/\s*(\S+?)\s*/", " ".join(row.words))
        if not match:
            message = (
                f"reads {shown(' '.join(row.words))}; valid: one of {' '.join(_CONSTANTS)}, its name, /value/"
            )
            raise source.error(row.line, message)
        value = source.number(match[2], row.line, f"{match[1]} ({_CONSTANTS[match[1]]})", least=0)
        if value == 0:
            raise source.error(row.line, f"{match[1]} ({_CONSTANTS[match[1]]}) is 0; valid: more than 0")
        found[match[1]] = value
    for letter, name in _CONSTANTS.items():
        if letter not in found:
            raise source.error("end of file", f"{letter} ({name}) is missing; valid: {letter} {name} /value/")
    return found
