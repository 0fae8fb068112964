"""LKH-3's .vrptw files: Solomon's instances and their first 25 and 50 customers."""

from __future__ import annotations

import numpy as np

from voltmile.problem.benchmarks.assemble import Nodes, assemble
from voltmile.problem.benchmarks.cvrplib import check_kind
from voltmile.problem.benchmarks.distances import euclidean
from voltmile.problem.benchmarks.errors import shown
from voltmile.problem.benchmarks.sets import solomon_family
from voltmile.problem.benchmarks.source import Source
from voltmile.problem.benchmarks.vrplib_text import parse
from voltmile.problem.routing import RoutingProblem, Vehicle

_KEYS = ("DIMENSION", "VEHICLES", "CAPACITY", "SERVICE_TIME", "SCALE", "EDGE_WEIGHT_TYPE")
_SECTIONS = ("NODE_COORD_SECTION", "DEMAND_SECTION", "TIME_WINDOW_SECTION", "DEPOT_SECTION")


def read_lkh_vrptw(source: Source) -> list[RoutingProblem]:
    """Read an LKH file: least distance with at most VEHICLES routes.

    LKH multiplies by SCALE, rounds down and never divides again; here SCALE 10 is one decimal kept, of
    distance and of driving time, so that windows and service times stay as they stand in the file.

    Raises
    ------
    BenchmarkError
    """
    text = parse(source)
    check_kind(text, ("CVRPTW", "VRPTW"))
    text.check_known(_KEYS, _SECTIONS)
    kind = text.key("EDGE_WEIGHT_TYPE").upper()
    if kind != "FLOOR_2D":
        raise source.error("EDGE_WEIGHT_TYPE", f"is {shown(kind)}; valid: FLOOR_2D")
    order = text.depot_first()
    points = text.nodes("NODE_COORD_SECTION", "x", "y")[order]
    service = np.full(len(order), text.number("SERVICE_TIME"))
    service[0] = 0.0
    scale = source.whole(text.keys.get("SCALE", "1"), "SCALE", "it", least=1)
    nodes = Nodes(
        labels=tuple(str(node + 1) for node in order),
        coordinates=points,
        demand=text.nodes("DEMAND_SECTION", "demand")[order, 0],
        service=service,
        windows=text.nodes("TIME_WINDOW_SECTION", "earliest", "latest")[order],
    )
    vehicle = Vehicle(
        name="vehicle",
        capacity=text.number("CAPACITY"),
        count=text.whole("VEHICLES"),
    )
    return [
        assemble(
            source,
            nodes,
            [vehicle],
            euclidean(source, points, "down", scale),
            family=solomon_family(text.keys.get("NAME", ""), len(order) - 1),
            variant="VRPTW, min distance",
            cost_unit=1 / scale,
        )
    ]
