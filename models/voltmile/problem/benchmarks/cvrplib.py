"""CVRPLIB's .vrp files: one vehicle type, perhaps a limit on the length of a route.

**Is EUC_2D rounded?** TSPLIB says yes, to the nearest whole number, and CVRPLIB's sets A, B, E, F, M, P, X,
XML100 and the Belgian ones follow it. Christofides-Mingozzi-Toth (CMT), Golden, Li and Taillard do not round,
and their files look the same. Decided in this order:

1. by the set, when the name in the header is one of a known set (F-n135-k7 is rounded in spite of its
   fractional coordinates);
2. real, when there is a key DISTANCE or SERVICE_TIME, the comment is a bare number with a fraction (the best
   known value), or a coordinate has a fraction;
3. rounded otherwise.
"""

from __future__ import annotations

import re

import numpy as np

from voltmile.problem.benchmarks.assemble import Nodes, assemble, whole_unit
from voltmile.problem.benchmarks.distances import Rounding, euclidean, integral
from voltmile.problem.benchmarks.errors import shown
from voltmile.problem.benchmarks.sets import family_of, rounding_of
from voltmile.problem.benchmarks.source import Source
from voltmile.problem.benchmarks.vrplib_text import VrplibText, parse
from voltmile.problem.benchmarks.vrplib_weights import explicit
from voltmile.problem.routing import Matrix, RoutingProblem, Vehicle

_KEYS = (
    "DIMENSION",
    "EDGE_WEIGHT_TYPE",
    "EDGE_WEIGHT_FORMAT",
    "CAPACITY",
    "DISTANCE",
    "SERVICE_TIME",
    "VEHICLES",
)
_SECTIONS = ("NODE_COORD_SECTION", "EDGE_WEIGHT_SECTION", "DEMAND_SECTION", "DEPOT_SECTION")
_FIXED: dict[str, Rounding] = {"CEIL_2D": "up", "FLOOR_2D": "down"}


def read_cvrplib(source: Source) -> list[RoutingProblem]:
    """Read a CVRPLIB file: CVRP, or DCVRP when routes have a limit.

    DISTANCE limits driving and service together; driving time is the distance. The number after "k" in a name
    is not a limit; a key VEHICLES is, and so is a number of trucks in the comment, as the classical sets have
    it: their published optima keep to it, and P-n50-k8 is cheaper with a ninth truck (629 instead of 631).

    Raises
    ------
    BenchmarkError
    """
    text = parse(source)
    check_kind(text, ("CVRP", "DCVRP"))
    text.check_known(_KEYS, _SECTIONS)
    order = text.depot_first()
    points = text.nodes("NODE_COORD_SECTION", "x", "y") if "NODE_COORD_SECTION" in text.sections else None
    demand = text.nodes("DEMAND_SECTION", "demand")[order, 0]
    limited = "DISTANCE" in text.keys
    vehicle = Vehicle(
        name="vehicle",
        capacity=text.number("CAPACITY"),
        count=text.whole("VEHICLES") if "VEHICLES" in text.keys else _trucks(text),
        max_duration=text.number("DISTANCE") if limited else float("inf"),
    )
    service = np.full(len(order), text.number("SERVICE_TIME") if "SERVICE_TIME" in text.keys else 0.0)
    service[0] = 0.0
    distance = _distance(text, points)[np.ix_(order, order)] if order[0] else _distance(text, points)
    nodes = Nodes(
        labels=tuple(str(node + 1) for node in order),
        coordinates=None if points is None else points[order],
        demand=demand,
        service=service,
    )
    return [
        assemble(
            source,
            nodes,
            [vehicle],
            distance,
            family=family_of(text.keys.get("NAME", "")),
            variant="DCVRP" if limited else "CVRP",
            cost_unit=whole_unit(distance, [vehicle]),
        )
    ]


def check_kind(text: VrplibText, valid: tuple[str, ...]) -> None:
    """Refuse a file whose TYPE is a problem of another kind.

    Raises
    ------
    BenchmarkError
    """
    kind = text.key("TYPE").upper()
    if kind not in valid:
        raise text.source.error("TYPE", f"{shown(kind)} is not supported here; valid: {' or '.join(valid)}")


def _trucks(text: VrplibText) -> int | None:
    """Return the number of trucks in a comment such as "(Augerat et al, Min no of trucks: 5, ...)"."""
    found = re.search(r"\bno of trucks:\s*([1-9][0-9]*)\b", text.keys.get("COMMENT", ""), re.IGNORECASE)
    return None if found is None else int(found.group(1))


def _distance(text: VrplibText, points: Matrix | None) -> Matrix:
    kind = text.key("EDGE_WEIGHT_TYPE").upper()
    if kind == "EXPLICIT":
        return explicit(text)
    if kind != "EUC_2D" and kind not in _FIXED:
        message = f"is {shown(kind)}; valid: EUC_2D, {', '.join(_FIXED)}, EXPLICIT"
        raise text.source.error("EDGE_WEIGHT_TYPE", message)
    if points is None:
        raise text.source.error("NODE_COORD_SECTION", "is missing")
    return euclidean(text.source, points, _FIXED.get(kind) or euc_2d_rounding(text.keys, points))


def euc_2d_rounding(keys: dict[str, str], points: Matrix) -> Rounding:
    """Decide whether EUC_2D is rounded in a file, by the rule at the top of this module.

    Parameters
    ----------
    keys : dict of str to str
        The file's keys.
    points : array, shape (nodes, 2)
    """
    known = rounding_of(keys.get("NAME", ""))
    if known:
        return known
    published = re.fullmatch(r"\d+\.\d+", keys.get("COMMENT", ""))
    if "DISTANCE" in keys or "SERVICE_TIME" in keys or published or not integral(points):
        return "real"
    return "nearest"
