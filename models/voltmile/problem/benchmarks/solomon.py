"""Solomon's text format for time windows, also used for the larger sets of Gehring and Homberger."""

from __future__ import annotations

from voltmile.problem.benchmarks.assemble import Nodes, assemble
from voltmile.problem.benchmarks.distances import euclidean
from voltmile.problem.benchmarks.errors import shown
from voltmile.problem.benchmarks.sets import solomon_family
from voltmile.problem.benchmarks.source import Source
from voltmile.problem.routing import RoutingProblem, Vehicle

_HEAD = ("VEHICLE", "NUMBER CAPACITY", "", "CUSTOMER")
_FIELDS = ("x", "y", "demand", "ready time", "due date", "service time")


def read_solomon(source: Source) -> list[RoutingProblem]:
    """Read a Solomon file: two problems.

    ``VRPTW, min distance`` truncates distance and driving time to one decimal, as exact methods do;
    ``VRPTW, min vehicles first`` leaves them real, as heuristics do.

    Raises
    ------
    BenchmarkError
    """
    rows = source.rows
    for row, words in zip(rows[1:5], _HEAD, strict=False):
        if words and " ".join(row.words).upper() != words:
            message = f"reads {shown(' '.join(row.words))}; valid: {words}"
            raise source.error(row.line, message)
    if len(rows) < 8 or rows[5].words[0].upper() != "CUST":
        raise source.error("CUSTOMER", "the line CUST NO. and the customers are missing")
    customers = len(rows) - 7
    table = source.table(rows[6:], "CUSTOMER", range(customers + 1), _FIELDS)
    number, capacity = source.numbers(rows[3], ("number", "capacity"))
    source.whole(rows[3].words[0], rows[3].line, "the number of vehicles", least=1)
    nodes = Nodes(
        labels=tuple(map(str, range(customers + 1))),
        coordinates=table[:, :2].copy(),
        demand=table[:, 2].copy(),
        service=table[:, 5].copy(),
        windows=table[:, 3:5],
    )
    vehicle = Vehicle(name="vehicle", capacity=capacity, count=int(number))
    family = solomon_family(" ".join(rows[0].words), customers)
    tenths, real = euclidean(source, table[:, :2], "down", 10), euclidean(source, table[:, :2], "real")
    return [
        assemble(
            source,
            nodes,
            [vehicle],
            tenths,
            family=family,
            variant="VRPTW, min distance",
            cost_unit=0.1,
        ),
        assemble(
            source,
            nodes,
            [vehicle],
            real,
            family=family,
            variant="VRPTW, min vehicles first",
            vehicles_first=True,
        ),
    ]
