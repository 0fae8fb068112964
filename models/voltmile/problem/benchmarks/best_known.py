"""Best known values of published benchmarks, from the table beside each set."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from voltmile.problem.benchmarks.source import Source, read_source
from voltmile.problem.faults import nearest
from voltmile.problem.routing import RoutingProblem

_COLUMNS = ("instance", "variant", "value", "proven_optimal", "n_routes")
# Names of the same class; what follows "recharge" or a limit on length does not make another class.
_SAME = {"DCVRP": "CVRP", "HD": "HVRPD", "HVRP": "HVRPFD", "VRPTW": "VRPTW, MIN DISTANCE"}


@dataclass(frozen=True, slots=True)
class BestKnown:
    """What the literature knows about an instance.

    Attributes
    ----------
    value : float or None
        Cost of the best plan; None where no value was found.
    proven_optimal : bool
        False also where that is unknown.
    n_routes : int or None
        Routes of that plan; None where it is not said.
    """

    value: float | None
    proven_optimal: bool
    n_routes: int | None


def read_best_known(path: Path) -> dict[tuple[str, str], BestKnown]:
    """Read a table of best known values, by instance and variant.

    Parameters
    ----------
    path : Path
        CSV with the columns instance, variant, value, proven_optimal (yes, no, unknown), n_routes; others are
        ignored. Empty cells of value and n_routes count as unknown.

    Raises
    ------
    BenchmarkError
        If a column is missing, a row ragged or repeated, or a cell invalid.
    """
    source = read_source(Path(path))
    rows = csv.reader(io.StringIO(source.text, newline=""))
    header = next(rows)
    for column in _COLUMNS:
        if column not in header:
            raise source.error(1, f"column {column!r} is missing; valid: {', '.join(_COLUMNS)}")
    found: dict[tuple[str, str], BestKnown] = {}
    for cells in rows:
        line = rows.line_num
        if not any(cells):
            continue
        if len(cells) != len(header):
            raise source.error(line, f"has {len(cells)} cells; valid: {len(header)}")
        row = dict(zip(header, map(str.strip, cells), strict=True))
        key = row["instance"], row["variant"]
        if key in found:
            raise source.error(line, f"{key[0]}, {key[1]} is given twice")
        found[key] = _best_known(source, line, row)
    return found


def _best_known(source: Source, line: int, row: Mapping[str, str]) -> BestKnown:
    proven = row["proven_optimal"]
    if proven not in ("yes", "no", "unknown"):
        raise source.error(line, f"proven_optimal is {proven!r}; {nearest(proven, ('yes', 'no', 'unknown'))}")
    if not row["instance"] or not row["variant"]:
        raise source.error(line, "instance or variant is empty")
    routes = row["n_routes"]
    return BestKnown(
        value=source.number(row["value"], line, "value", least=0) if row["value"] else None,
        proven_optimal=proven == "yes",
        n_routes=source.whole(routes, line, "n_routes", least=1) if routes else None,
    )


def lookup(table: Mapping[tuple[str, str], BestKnown], problem: RoutingProblem) -> BestKnown | None:
    """Return what is known about a problem, None when the table has nothing about it.

    Variants need not be spelled alike: see ``same_variant``. An exact match comes first.
    """
    exact = table.get((problem.name, problem.variant))
    if exact is not None:
        return exact
    alike = [
        best
        for (instance, variant), best in table.items()
        if instance == problem.name and same_variant(variant, problem.variant)
    ]
    return alike[0] if len(alike) == 1 else None


def same_variant(one: str, other: str) -> bool:
    """Return whether two names mean the same problem class, as "DCVRP" and "CVRP" or "HD" and "HVRPD" do."""
    return _plain(one) == _plain(other)


def _plain(variant: str) -> str:
    name = " ".join(variant.upper().split()).removesuffix(" RECHARGE")
    return _SAME.get(name, name)
