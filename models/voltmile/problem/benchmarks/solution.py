"""Solutions in CVRPLIB's .sol format."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from voltmile.problem.benchmarks.errors import shown
from voltmile.problem.benchmarks.source import read_source


@dataclass(frozen=True, slots=True)
class Solution:
    """A plan as published.

    Attributes
    ----------
    routes : tuple of tuple of int
        Customers 1..n of each route in driving order. Empty routes are kept: in the files of heterogeneous
        fleets the position says which vehicle it is.
    cost : float
        What the file says it costs.
    """

    routes: tuple[tuple[int, ...], ...]
    cost: float


def read_solution(path: Path) -> Solution:
    """Read a .sol file: lines "Route #k: nodes", then "Cost c".

    Raises
    ------
    BenchmarkError
        If a route is missing or out of order, the cost is missing, or a line is something else.
    """
    source = read_source(Path(path))
    routes: list[tuple[int, ...]] = []
    cost: float | None = None
    for row in source.rows:
        line = " ".join(row.words)
        if found := re.fullmatch(r"Route #(\d+):(.*)", line, re.IGNORECASE):
            if int(found[1]) != len(routes) + 1:
                raise source.error(row.line, f"is route {found[1]}; valid: route {len(routes) + 1}")
            nodes = (source.whole(word, row.line, "a customer", least=1) for word in found[2].split())
            routes.append(tuple(nodes))
        elif found := re.fullmatch(r"Cost:? (\S+)", line, re.IGNORECASE):
            cost = source.number(found[1], row.line, "the cost", least=0)
        else:
            raise source.error(row.line, f"reads {shown(line)}; valid: Route #1: customers, or Cost value")
    if cost is None or not routes:
        missing = "routes are" if cost is not None else "the cost is"
        raise source.error("end of file", f"{missing} missing; valid: routes, then Cost value")
    return Solution(tuple(routes), cost)
