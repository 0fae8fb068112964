"""Vehicle types as the files of heterogeneous fleets list them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from voltmile.problem.benchmarks.vrplib_text import VrplibText
from voltmile.problem.routing import Vehicle

STATION = "station"


@dataclass(frozen=True, slots=True)
class VehicleRow:
    """A type: capacity, cost of a route, cost of a unit of distance, number of vehicles."""

    capacity: float
    fixed: float
    per_distance: float
    count: int


def linear_charging(per_energy: float, capacity: float) -> dict[str, tuple[tuple[float, float], ...]]:
    """Return ``Battery.charging`` of files whose stations are all alike and equally fast at any level."""
    return {STATION: ((0.0, 0.0), (per_energy * capacity, capacity))}


def typed_rows(text: VrplibText, sections: Sequence[str]) -> list[VehicleRow]:
    """Read the vehicle types of a VRPLIB dialect that has VEHICLE_KINDS of them, one section per attribute.

    Parameters
    ----------
    text : VrplibText
    sections : sequence of str
        Names of those with capacities, fixed costs, costs of distance, numbers of vehicles.

    Raises
    ------
    BenchmarkError
        If a section does not have VEHICLE_KINDS numbers.
    """
    kinds = text.whole("VEHICLE_KINDS")
    source, columns = text.source, []
    for name in sections:
        words = [(word, row.line) for row in text.section(name) for word in row.words]
        if len(words) != kinds:
            raise source.error(name, f"has {len(words)} values; valid: {kinds}, one for each vehicle kind")
        columns.append(words)
    capacities, fixed, units = (
        [source.number(word, line, name, least=0) for word, line in column]
        for name, column in zip(sections, columns[:3], strict=False)
    )
    counts = [source.whole(word, line, sections[3]) for word, line in columns[3]]
    return [VehicleRow(*row) for row in zip(capacities, fixed, units, counts, strict=True)]


def merged(rows: Sequence[VehicleRow]) -> list[VehicleRow]:
    """Make one type of neighbouring rows that differ in the number of vehicles only."""
    groups = groupby(rows, key=lambda row: replace(row, count=0))
    return [replace(kind, count=sum(row.count for row in alike)) for kind, alike in groups]


def as_vehicles(rows: Sequence[VehicleRow], customers: int) -> list[Vehicle]:
    """Return the types; as many vehicles as customers is how these files write "as many as wanted"."""
    return [
        Vehicle(
            name=f"type {number}",
            capacity=row.capacity,
            count=None if row.count >= customers else row.count,
            fixed=row.fixed,
            per_distance=row.per_distance,
        )
        for number, row in enumerate(rows, start=1)
    ]


def variant_of(vehicles: Sequence[Vehicle]) -> str:
    """Return the class: FSM or HVRP by the number of vehicles; F and D by the costs that tell types apart."""
    fleet = "FSM" if all(vehicle.count is None for vehicle in vehicles) else "HVRP"
    fixed = any(vehicle.fixed > 0 for vehicle in vehicles)
    by_distance = any(vehicle.per_distance != 1 for vehicle in vehicles)
    return fleet + "F" * fixed + "D" * (by_distance or not fixed)
