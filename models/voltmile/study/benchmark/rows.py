"""A result as a row of text: the same number looks the same everywhere."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import ROUND_FLOOR, ROUND_HALF_EVEN, Decimal

from voltmile.problem.benchmarks import BestKnown
from voltmile.problem.routing import RoutingProblem, RoutingResult

COLUMNS = (
    "instance",
    "family",
    "variant",
    "n",
    "primal",
    "bound",
    "gap",
    "best_known",
    "gap_to_best_known",
    "status",
    "time_s",
    "columns",
    "cuts",
    "nodes",
)
KEY = ("instance", "family", "variant", "n")
"""Columns that say which problem a row is about."""

Row = Mapping[str, str]

_COST_DIGITS, _GAP_DIGITS, _TIME_DIGITS = 4, 6, 2


def make_row(problem: RoutingProblem, result: RoutingResult, best: BestKnown | None) -> dict[str, str]:
    """Return the row of a result.

    A number that is not there is blank. The bound is rounded down, everything else to the nearest number, so
    that the primal cannot fall below the bound.
    """
    known = None if best is None else best.value
    return {
        **key_of(problem),
        "primal": _number(result.cost, _COST_DIGITS),
        "bound": _number(min(result.bound, result.cost), _COST_DIGITS, ROUND_FLOOR),
        "gap": _number(result.gap, _GAP_DIGITS),
        "best_known": "" if known is None else _number(known, _COST_DIGITS),
        "gap_to_best_known": _number(_gap_to(best, problem, result), _GAP_DIGITS),
        "status": result.status,
        "time_s": _number(result.time_s, _TIME_DIGITS),
        "columns": str(result.columns),
        "cuts": str(result.cuts),
        "nodes": str(result.nodes),
    }


def key_of(problem: RoutingProblem) -> dict[str, str]:
    """Return the columns that say which problem it is."""
    values = (problem.name, problem.family, problem.variant, str(problem.size))
    return dict(zip(KEY, values, strict=True))


def comparable(best: BestKnown, problem: RoutingProblem, result: RoutingResult) -> bool:
    """Whether costs mean the same: where fewest vehicles come first, only with as many of them."""
    return not problem.vehicles_first or best.n_routes in (None, len(result.routes))


def _gap_to(best: BestKnown | None, problem: RoutingProblem, result: RoutingResult) -> float:
    if best is None or not best.value or not comparable(best, problem, result):
        return math.nan
    return (result.cost - best.value) / abs(best.value)


def _number(value: float, digits: int, rounding: str = ROUND_HALF_EVEN) -> str:
    if not math.isfinite(value):
        return ""
    rounded = Decimal(float(value)).quantize(Decimal(1).scaleb(-digits), rounding)
    return f"{rounded if rounded else abs(rounded):f}"
