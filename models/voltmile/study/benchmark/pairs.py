"""Rows of pairs: the same problem, seed and seconds for voltmile and for PyVRP alone."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from voltmile.problem.benchmarks import BestKnown
from voltmile.problem.routing import Route, RoutingProblem, RoutingResult
from voltmile.study.benchmark.csv_table import read_table, write_table
from voltmile.study.benchmark.record import route_named
from voltmile.study.benchmark.rows import KEY, key_of, make_row
from voltmile.study.benchmark.store import write_whole
from voltmile.study.folder import OutputError
from voltmile.study.sheets import Cell, Sheet

COLUMNS = (
    *KEY,
    "seed",
    "limit_s",
    "voltmile_s",
    "pyvrp_s",
    "voltmile",
    "pyvrp",
    "bound",
    "gap",
    "best_known",
    "status",
)

Pair = Mapping[str, str]
PairKey = tuple[str, ...]

SOLVERS = ("voltmile", "pyvrp")

_EQUAL = 1e-6


def key_of_pair(pair: Mapping[str, Any]) -> PairKey:
    """Return what says which problem and seed a pair or a record is about."""
    return tuple(str(pair[column]) for column in (*KEY, "seed"))


def ratio(pair: Pair) -> float:
    """Cost of voltmile's plan over that of PyVRP's; not a number where one is missing."""
    if not (pair["voltmile"] and pair["pyvrp"]):
        return math.nan
    return float(pair["voltmile"]) / float(pair["pyvrp"])


def make_pair(
    problem: RoutingProblem,
    result: RoutingResult,
    seed: int,
    limit_s: float,
    seconds: tuple[float, float],
    costs: tuple[float, float],
    best_known: float | None,
) -> dict[str, str]:
    """Return the row of a pair.

    Parameters
    ----------
    seconds, costs : pair of float
        Of voltmile and of PyVRP; a cost is infinite without a plan.
    """
    best = None if best_known is None else BestKnown(best_known, False, None)
    row = make_row(problem, replace(result, cost=costs[0]), best)
    return {
        **key_of(problem),
        "seed": str(seed),
        "limit_s": f"{limit_s:g}",
        "voltmile_s": f"{seconds[0]:.2f}",
        "pyvrp_s": f"{seconds[1]:.2f}",
        "voltmile": row["primal"],
        "pyvrp": make_row(problem, replace(result, cost=costs[1]), None)["primal"],
        "bound": row["bound"],
        "gap": row["gap"],
        "best_known": row["best_known"],
        "status": row["status"],
    }


def pair_record(
    problem: RoutingProblem,
    seed: int,
    plans: tuple[Sequence[Route], Sequence[Route]],
    costs: tuple[float, float],
) -> dict[str, Any]:
    """Return both plans of a pair in the names of the source."""
    record: dict[str, Any] = {**key_of(problem), "seed": seed}
    for solver, plan, cost in zip(SOLVERS, plans, costs, strict=True):
        record[solver] = {
            "cost": cost if math.isfinite(cost) else None,
            "routes": [route_named(problem, route) for route in plan],
        }
    return record


class PairStore:
    """Pairs on the disk, and the two plans of each beside them, written whole after every pair."""

    def __init__(self, path: Path) -> None:
        self.path, self.routes_path = path, path.with_suffix(".routes.jsonl")
        self._pairs: dict[PairKey, Pair] = {}
        self._records: dict[PairKey, str] = {}
        if path.exists():
            self._pairs = {key_of_pair(pair): pair for pair in read_pairs(path)}
            for line in self.routes_path.read_text(encoding="utf-8").splitlines():
                self._records[key_of_pair(json.loads(line))] = line
        if self._pairs.keys() - self._records.keys():
            raise OutputError(f"{self.routes_path} lacks plans that {path} has; choose another folder")

    def __contains__(self, key: PairKey) -> bool:
        return key in self._pairs

    def pairs(self) -> list[Pair]:
        """Return all pairs, problems of few customers first."""
        return [self._pairs[key] for key in self._order()]

    def add(self, pair: Pair, record: Mapping[str, Any]) -> None:
        """Keep a pair."""
        key = key_of_pair(pair)
        self._pairs[key] = pair
        self._records[key] = json.dumps(record, ensure_ascii=False, allow_nan=False)
        # Routes first: a pair always has its plans, however this ends.
        write_whole(self.routes_path, "".join(f"{self._records[k]}\n" for k in self._order()))
        write_table(self.path, COLUMNS, self.pairs())

    def _order(self) -> list[PairKey]:
        def place(key: PairKey) -> tuple[Any, ...]:
            instance, family, variant, n, seed = key
            return family, int(n), instance, variant, int(seed)

        return sorted(self._pairs, key=place)


def read_pairs(path: Path) -> list[Pair]:
    """Read a table of pairs.

    Raises
    ------
    OutputError
        When it is something else.
    """
    return list(read_table(path, COLUMNS, "pairs"))


_SUMMARY = (
    ("family", None),
    ("problems", 0),
    ("pairs", 0),
    ("voltmile better", 0),
    ("equal", 0),
    ("PyVRP better", 0),
    ("median ratio", 5),
    ("least ratio", 5),
    ("largest ratio", 5),
    ("voltmile to best known %", 3),
    ("PyVRP to best known %", 3),
    ("median gap %", 3),
    ("max gap %", 3),
    ("no gap", 0),
    ("median voltmile s", 1),
    ("median PyVRP s", 1),
)


def pairs_sheet(pairs: Sequence[Pair]) -> Sheet:
    """Return a line for each family, and one for all where there are several.

    A ratio is the cost of voltmile's plan over that of PyVRP's; distances to best known values are medians.
    """
    families = sorted({pair["family"] for pair in pairs})
    lines = [_summary(family, [pair for pair in pairs if pair["family"] == family]) for family in families]
    if len(families) > 1:
        lines.append(_summary("all", pairs))
    return Sheet("", _SUMMARY, tuple(lines))


def _summary(family: str, pairs: Sequence[Pair]) -> tuple[Cell, ...]:
    ratios = [value for pair in pairs if not math.isnan(value := ratio(pair))]
    gaps = [100 * float(pair["gap"]) for pair in pairs if pair["gap"]]
    return (
        family,
        len({key_of_pair(pair)[:-1] for pair in pairs}),
        len(pairs),
        sum(value < 1 - _EQUAL for value in ratios),
        sum(abs(value - 1) <= _EQUAL for value in ratios),
        sum(value > 1 + _EQUAL for value in ratios),
        median(ratios) if ratios else None,
        min(ratios, default=None),
        max(ratios, default=None),
        _to_best(pairs, "voltmile"),
        _to_best(pairs, "pyvrp"),
        median(gaps) if gaps else None,
        max(gaps, default=None),
        sum(not pair["gap"] for pair in pairs),
        median(float(pair["voltmile_s"]) for pair in pairs) if pairs else None,
        median(float(pair["pyvrp_s"]) for pair in pairs) if pairs else None,
    )


def _to_best(pairs: Sequence[Pair], column: str) -> Cell:
    found = [
        100 * (float(pair[column]) / float(pair["best_known"]) - 1)
        for pair in pairs
        if pair[column] and pair["best_known"]
    ]
    return median(found) if found else None


_PAIR = (
    ("instance", None),
    ("n", 0),
    ("seeds", 0),
    ("voltmile", 2),
    ("PyVRP", 2),
    ("median ratio", 5),
    ("bound", 2),
    ("least gap %", 3),
    ("best known", 2),
)


def problems_sheet(pairs: Sequence[Pair]) -> Sheet:
    """Return a line for each problem: medians of the costs over the seeds, and the best bound."""
    by_problem: dict[PairKey, list[Pair]] = {}
    for pair in pairs:
        by_problem.setdefault(key_of_pair(pair)[:-1], []).append(pair)
    return Sheet("", _PAIR, tuple(_problem(group) for group in by_problem.values()))


def _problem(pairs: Sequence[Pair]) -> tuple[Cell, ...]:
    def numbers(column: str) -> list[float]:
        return [float(pair[column]) for pair in pairs if pair[column]]

    ratios = [value for pair in pairs if not math.isnan(value := ratio(pair))]
    first = pairs[0]
    return (
        first["instance"],
        int(first["n"]),
        len(pairs),
        median(numbers("voltmile")) if numbers("voltmile") else None,
        median(numbers("pyvrp")) if numbers("pyvrp") else None,
        median(ratios) if ratios else None,
        max(numbers("bound"), default=None),
        100 * min(numbers("gap")) if numbers("gap") else None,
        float(first["best_known"]) if first["best_known"] else None,
    )
