"""Golden's and Taillard's heterogeneous fleets (and Brandao's and Li's) in the two formats they are kept in.

Distances are not rounded. Five problems are known on a base:

========  ======================  ===========  ================
variant   vehicles of a type      fixed costs  costs of distance
========  ======================  ===========  ================
FSMF      as many as wanted       yes          1
FSMD      as many as wanted       no           by type
FSMFD     as many as wanted       yes          by type
HVRPD     the number in the file  no           by type
HVRPFD    the number in the file  yes          by type
========  ======================  ===========  ================
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from voltmile.problem.benchmarks.assemble import Nodes, assemble
from voltmile.problem.benchmarks.cvrplib import check_kind
from voltmile.problem.benchmarks.distances import euclidean
from voltmile.problem.benchmarks.fleet import VehicleRow, as_vehicles, typed_rows, variant_of
from voltmile.problem.benchmarks.sets import family_of
from voltmile.problem.benchmarks.source import Row, Source
from voltmile.problem.benchmarks.vrplib_text import VrplibText, parse
from voltmile.problem.routing import RoutingProblem, Vehicle

_TYPES = ("CAPACITIES", "FIXED_COSTS", "COST_COEFFICIENTS", "VEHICLES_AVAILABLE")
_NODES = ("NODE_COORD_SECTION", "DEMAND_SECTION", "DEPOT_SECTION")
_KEYS = ("DIMENSION", "EDGE_WEIGHT_TYPE", "VEHICLE_KINDS", "CAPACITY", "VEHICLES")


def read_ails(source: Source) -> list[RoutingProblem]:
    """Read a base in the format of AILS-HVRP and return every problem it defines.

    CAPACITY and VEHICLES are left over from the CVRP the base was made of and are not used. Bases without
    fixed costs (Brandao's N) have no F variants; Li's H have the published HVRPD only, their fixed costs
    being left over too; bases with as many vehicles of each type as customers have no HVRP variants.

    Raises
    ------
    BenchmarkError
    """
    text = parse(source)
    text.check_known(_KEYS, (*_NODES, *_TYPES))
    check_kind(text, ("HVRP", "CVRP"))
    text.check_euc_2d()
    order = text.depot_first()
    first = _first_number(text)
    points = text.nodes("NODE_COORD_SECTION", "x", "y", first=first)[order]
    labels = tuple(str(node + first) for node in order)
    nodes = Nodes(labels, points, text.nodes("DEMAND_SECTION", "demand", first=first)[order, 0])
    types = as_vehicles(typed_rows(text, _TYPES), len(order) - 1)
    family = family_of(text.keys.get("NAME", ""))
    distance = euclidean(source, points, "real")
    return [
        assemble(source, nodes, _fleet(types, variant), distance, family=family, variant=variant)
        for variant in _variants(types, family)
    ]


def _first_number(text: VrplibText) -> int:
    """Return 0 for Li's bases, which number their nodes from 0 and still mean the first by depot 1."""
    rows = text.section("NODE_COORD_SECTION")
    return 0 if rows and rows[0].words[0] == "0" else 1


def _variants(types: Sequence[Vehicle], family: str) -> list[str]:
    if family == "HVRP Li":
        return ["HVRPD"]
    fixed = any(vehicle.fixed > 0 for vehicle in types)
    limited = any(vehicle.count is not None for vehicle in types)
    free = ["FSMF", "FSMD", "FSMFD"] if fixed else ["FSMD"]
    return free + (["HVRPD", "HVRPFD"] if fixed else ["HVRPD"]) * limited


def _fleet(types: Sequence[Vehicle], variant: str) -> list[Vehicle]:
    kept = variant.removeprefix("FSM").removeprefix("HVRP")
    return [
        replace(
            vehicle,
            count=None if variant.startswith("FSM") else vehicle.count,
            fixed=vehicle.fixed if "F" in kept else 0.0,
            per_distance=vehicle.per_distance if "D" in kept else 1.0,
        )
        for vehicle in types
    ]


def read_queiroga(source: Source) -> list[RoutingProblem]:
    """Read a file with numbers only: customers, nodes, vehicle types; one variant.

    The file c50_13fsmd.txt is variant FSMD of Taillard_13; other names are kept as they are.

    Raises
    ------
    BenchmarkError
    """
    rows = source.rows
    customers = _only_number(source, rows, 0, "number of customers")
    nodes = source.table(rows[1 : customers + 2], "nodes", range(customers + 1), ("x", "y", "demand"))
    kinds = _only_number(source, rows, customers + 2, "number of vehicle types")
    lines = rows[customers + 3 :]
    if len(lines) != kinds:
        raise source.error("vehicle types", f"there are {len(lines)} rows; valid: {kinds}")
    vehicles = as_vehicles([_vehicle_row(source, row) for row in lines], customers)
    known = re.fullmatch(r"c\d+_(\d+)(fsmf|fsmd|fsmfd|hd|hvrp)", source.path.stem)
    points = nodes[:, :2].copy()
    return [
        assemble(
            source,
            Nodes(tuple(map(str, range(customers + 1))), points, nodes[:, 2].copy()),
            vehicles,
            euclidean(source, points, "real"),
            name=f"Taillard_{known[1]}" if known else "",
            family="Golden-Taillard" if known else "",
            variant=variant_of(vehicles),
        )
    ]


def _only_number(source: Source, rows: Sequence[Row], position: int, what: str) -> int:
    if position >= len(rows):
        raise source.error("end of file", f"the {what} is missing; the file ends after line {rows[-1].line}")
    row = rows[position]
    if len(row.words) != 1:
        raise source.error(row.line, f"has {len(row.words)} values; valid: one, the {what}")
    return source.whole(row.words[0], row.line, f"the {what}", least=1)


def _vehicle_row(source: Source, row: Row) -> VehicleRow:
    fields = ("capacity", "fixed cost", "cost of distance", "fewest vehicles", "most vehicles")
    capacity, fixed, unit, fewest, _ = source.numbers(row, fields)
    if fewest != 0:
        raise source.error(row.line, f"{fewest:g} vehicles must be used; valid: 0")
    return VehicleRow(capacity, fixed, unit, source.whole(row.words[4], row.line, "most vehicles"))
