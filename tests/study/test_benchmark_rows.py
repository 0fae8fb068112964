"""Rows, and what contradicts the literature."""

from __future__ import annotations

import math
from typing import Any

import pytest
from small_benchmarks import answer, problem_

from voltmile.problem.benchmarks import BestKnown
from voltmile.study.benchmark.rows import COLUMNS, make_row
from voltmile.study.benchmark.summary import summary_sheet
from voltmile.study.benchmark.surprises import surprises

PROBLEM = problem_()
OPTIMAL = BestKnown(24.0, True, 3)


def row_of(best: BestKnown | None = None, **changes: Any) -> dict[str, str]:
    return make_row(PROBLEM, answer(PROBLEM, **changes), best)


def test_a_row_has_these_columns() -> None:
    assert ",".join(COLUMNS) == (
        "instance,family,variant,n,primal,bound,gap,best_known,gap_to_best_known,status,time_s,columns,cuts,nodes"
    )
    assert tuple(row_of()) == COLUMNS
    assert ",".join(row_of(OPTIMAL).values()) == (
        "A-n4-k1,CVRP A,CVRP,3,24.0000,12.0000,0.500000,24.0000,0.000000,feasible,1.23,7,2,1"
    )


@pytest.mark.parametrize(
    ("bound", "shown"),
    [
        (23.99999, "23.9999"),
        (23.9999999999, "23.9999"),
        (24.0, "24.0000"),
        (24.0000001, "24.0000"),
        (1e9 / 3, "24.0000"),
        (-0.00001, "-0.0001"),
        (-math.inf, ""),
        (math.nan, ""),
    ],
)
def test_a_bound_is_rounded_down_and_never_above_the_primal(bound: float, shown: str) -> None:
    assert row_of(bound=bound)["bound"] == shown


def test_a_primal_never_looks_below_the_bound() -> None:
    row = row_of(cost=24.00004999, bound=24.00004999)
    assert (row["primal"], row["bound"], row["gap"]) == ("24.0000", "24.0000", "0.000000")


def test_what_is_not_there_is_blank() -> None:
    row = row_of(OPTIMAL, routes=(), cost=math.inf, bound=12.0, status="bound only")
    assert [row[c] for c in ("primal", "bound", "gap", "gap_to_best_known")] == ["", "12.0000", "", ""]
    row = row_of(OPTIMAL, routes=(), cost=math.inf, bound=math.inf, status="infeasible")
    assert row["bound"] == ""
    assert row_of(BestKnown(None, False, None))["best_known"] == ""


def test_a_gap_of_nothing_has_no_sign() -> None:
    assert row_of(BestKnown(24.0 + 1e-9, True, None))["gap_to_best_known"] == "0.000000"
    assert row_of(BestKnown(25.0, False, None))["gap_to_best_known"] == "-0.040000"


def found(best: BestKnown | None, changes: dict[str, Any] | None = None, **result: Any) -> list[str]:
    problem = problem_(**(changes or {}))
    return surprises(problem, answer(problem, **result), best)


def test_what_agrees_is_no_surprise() -> None:
    assert found(None) == found(BestKnown(None, False, None)) == found(OPTIMAL) == []
    assert found(BestKnown(25.0, False, 3)) == []
    assert found(BestKnown(12.0, True, 3)) == []


def test_a_primal_below_a_known_optimum_is_a_surprise() -> None:
    assert found(BestKnown(25.0, True, 3)) == ["primal 24 is below 25, which is known as optimal"]


@pytest.mark.parametrize(
    ("proven", "words"), [(True, "known as optimal"), (False, "the cost of the best known plan")]
)
def test_a_bound_above_a_known_plan_is_a_surprise(proven: bool, words: str) -> None:
    assert found(BestKnown(11.0, proven, 3)) == [f"bound 12 is above 11, {words}"]


def test_published_values_are_rounded() -> None:
    real = {"cost_unit": 0.0}
    assert found(BestKnown(24.01, True, 3), real) == []
    assert found(BestKnown(24.02, True, 3), real) != []
    assert found(BestKnown(24.001, True, 3), real, cost=24.0002) == []
    assert found(BestKnown(24.003, True, 3), real) != []
    assert found(BestKnown(24.01, True, 3)) != []


def test_infeasible_against_a_known_plan_is_a_surprise() -> None:
    lines = found(OPTIMAL, status="infeasible", routes=(), cost=math.inf, bound=math.inf)
    assert lines == ["is proven infeasible, but the best known plan costs 24"]


def test_costs_of_other_numbers_of_vehicles_are_not_compared() -> None:
    first = {"vehicles_first": True}
    assert found(BestKnown(9.0, True, 2), first) == []
    assert found(BestKnown(99.0, True, 4), first) == [
        "plan has 3 routes, fewer than 4, which is known as optimal"
    ]
    assert found(BestKnown(99.0, False, 4), first) == []
    assert found(BestKnown(99.0, True, 3), first) == ["primal 24 is below 99, which is known as optimal"]
    problem = problem_(**first)
    row = make_row(problem, answer(problem), BestKnown(9.0, True, 2))
    assert (row["best_known"], row["gap_to_best_known"]) == ("9.0000", "")
    assert row_of(BestKnown(9.0, True, 2))["gap_to_best_known"] == "1.666667"


def test_the_closing_table() -> None:
    rows = [
        {**row_of(), "time_s": "1.00", "status": "optimal", "gap": "0.000000"},
        {**row_of(), "time_s": "4.00", "gap": "0.010000"},
        {**row_of(), "time_s": "0.00", "gap": "", "family": ""},
    ]
    sheet = summary_sheet(rows)
    assert sheet.headings == ["family", "problems", "proven", "median gap %", "max gap %", "geo-mean s"]
    assert sheet.shown() == [
        ["-", "1", "0", "", "", "0.01"],
        ["CVRP A", "2", "1", "0.500", "1.000", "2.00"],
        ["all", "3", "1", "0.500", "1.000", "0.34"],
    ]
    assert len(summary_sheet(rows[:2]).rows) == 1
