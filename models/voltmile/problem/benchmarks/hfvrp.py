"""Heterogeneous fleets on the X instances (Pessoa, Sadykov and Uchoa 2018), in two dialects of VRPLIB.

Distances are not rounded in either.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voltmile.problem.benchmarks.assemble import Nodes, assemble
from voltmile.problem.benchmarks.cvrplib import check_kind
from voltmile.problem.benchmarks.distances import euclidean
from voltmile.problem.benchmarks.fleet import VehicleRow, as_vehicles, merged, typed_rows, variant_of
from voltmile.problem.benchmarks.sets import family_of
from voltmile.problem.benchmarks.source import Source
from voltmile.problem.benchmarks.vrplib_text import VrplibText, parse
from voltmile.problem.routing import RoutingProblem, Vector

_PESSOA = ("CAPACITIES", "FIXED_COSTS", "VARIABLE_COSTS", "NUMBER_OF_VEHICLES")
_PYVRP = ("CAPACITY_SECTION", "VEHICLES_FIXED_COST_SECTION", "VEHICLES_UNIT_DISTANCE_COST_SECTION")
_NODES = ("NODE_COORD_SECTION", "DEMAND_SECTION", "DEPOT_SECTION")
_KEYS = ("DIMENSION", "EDGE_WEIGHT_TYPE")
# PyVRP's solver is integer, so its files carry costs in hundredths.
_HUNDREDTHS = 100


def read_pessoa(source: Source) -> list[RoutingProblem]:
    """Read a file of the original authors: four lines with a value per vehicle type.

    Raises
    ------
    BenchmarkError
    """
    text = parse(source)
    text.check_known((*_KEYS, "VEHICLE_KINDS"), (*_NODES, *_PESSOA))
    return [_problem(text, typed_rows(text, _PESSOA))]


def read_pyvrp_hfvrp(source: Source) -> list[RoutingProblem]:
    """Read a file of PyVRP's dialect: a row per vehicle, costs in hundredths.

    Raises
    ------
    BenchmarkError
    """
    text = parse(source)
    text.check_known((*_KEYS, "VEHICLES"), (*_NODES, *_PYVRP))
    ids = range(1, text.whole("VEHICLES") + 1)
    capacity, fixed, unit = (_column(text, name, ids) for name in _PYVRP)
    fixed, unit = fixed / _HUNDREDTHS, unit / _HUNDREDTHS
    each = zip(capacity.tolist(), fixed.tolist(), unit.tolist(), strict=True)
    return [_problem(text, [VehicleRow(load, start, km, 1) for load, start, km in each])]


def _column(text: VrplibText, name: str, vehicles: range) -> Vector:
    if name == _PYVRP[1] and name not in text.sections:
        return np.zeros(len(vehicles))  # the dialect leaves fixed costs of 0 out
    return text.source.table(text.section(name), name, vehicles, ("value",))[:, 0]


def _problem(text: VrplibText, rows: Sequence[VehicleRow]) -> RoutingProblem:
    check_kind(text, ("HFVRP",))
    text.check_euc_2d()
    order = text.depot_first()
    points = text.nodes("NODE_COORD_SECTION", "x", "y")[order]
    nodes = Nodes(
        labels=tuple(str(node + 1) for node in order),
        coordinates=points,
        demand=text.nodes("DEMAND_SECTION", "demand")[order, 0],
    )
    vehicles = as_vehicles(merged(rows), len(order) - 1)
    name = text.keys.get("NAME", "")
    family = family_of(name)
    return assemble(
        text.source,
        nodes,
        vehicles,
        euclidean(text.source, points, "real"),
        family=family,
        variant=name.split("-")[1].upper() if family == "HFVRP X" else variant_of(vehicles),
    )
