"""Pairs of solvers and pricing calls: rows, files and summaries."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from small_benchmarks import answer, problem_

from voltmile.study.benchmark.calls import COLUMNS, Call, calls_sheet, read_calls, write_calls
from voltmile.study.benchmark.calls import problems_sheet as calls_by_problem
from voltmile.study.benchmark.pairs import (
    Pair,
    PairStore,
    key_of_pair,
    make_pair,
    pair_record,
    pairs_sheet,
    problems_sheet,
    read_pairs,
)
from voltmile.study.benchmark.recheck import plan_of
from voltmile.study.folder import OutputError

PROBLEM = problem_()


def pair_of(seed: int, voltmile: float, pyvrp: float, bound: float = 12.0) -> Pair:
    result = answer(PROBLEM, cost=voltmile, bound=bound)
    return make_pair(PROBLEM, result, seed, 5.0, (5.5, 5.6), (voltmile, pyvrp), 20.0)


def test_a_pair_is_a_row_and_a_record() -> None:
    assert ",".join(pair_of(1, 24.0, 25.0).values()) == (
        "A-n4-k1,CVRP A,CVRP,3,1,5,5.50,5.60,24.0000,25.0000,12.0000,0.500000,20.0000,feasible"
    )
    without = pair_of(1, math.inf, 25.0)
    assert (without["voltmile"], without["gap"]) == ("", "")
    routes = answer(PROBLEM).routes
    record = pair_record(PROBLEM, 1, (routes, ()), (24.0, math.inf))
    assert plan_of(PROBLEM, record["voltmile"]["routes"]) == routes
    assert record["pyvrp"] == {"cost": None, "routes": []}


def test_pairs_are_summed_up() -> None:
    pairs = [pair_of(1, 24.0, 25.0), pair_of(2, 24.0, 24.0), pair_of(3, 24.0, 20.0, -math.inf)]
    (line,) = pairs_sheet(pairs).shown()
    assert line[:6] == ["CVRP A", "1", "3", "1", "1", "1"]
    assert line[6:9] == ["1.00000", "0.96000", "1.20000"]
    assert line[9:14] == ["20.000", "20.000", "50.000", "50.000", "1"]
    (problem,) = problems_sheet(pairs).shown()
    assert problem == ["A-n4-k1", "3", "3", "24.00", "24.00", "1.00000", "12.00", "50.000", "20.00"]
    assert pairs_sheet([]).rows == ()


def test_pairs_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    store = PairStore(path)
    for seed in (10, 2):
        store.add(pair_of(seed, 24.0, 25.0), {**pair_record(PROBLEM, seed, ((), ()), (24.0, 25.0))})
    again = PairStore(path)
    assert key_of_pair(pair_of(2, 1.0, 1.0)) in again
    assert key_of_pair(pair_of(3, 1.0, 1.0)) not in again
    assert [pair["seed"] for pair in read_pairs(path)] == ["2", "10"]
    again.routes_path.write_text("")
    with pytest.raises(OutputError, match="lacks plans"):
        PairStore(path)


def call_of(tool: str, relaxation: str, seconds: float, value: float, status: str = "exact") -> Call:
    cells = ["A-n4-k1", "3", "early", tool, relaxation, status, f"{seconds:.5f}", "3", f"{value:.4f}", "yes"]
    if status != "exact":
        cells[6:] = ["", "", "", ""]
    return dict(zip(COLUMNS, cells, strict=True))


def test_calls_are_compared_with_those_of_the_same_relaxation() -> None:
    calls = [
        call_of("voltmile", "ng", 0.01, -12.0),
        call_of("voltmile", "elementary", 0.02, -10.0),
        call_of("PathWyse", "ng", 0.05, -9.0),
        call_of("PathWyse", "elementary", 0.1, -10.005),
        call_of("vrpy", "elementary mip", 2.0, -9.5),
        call_of("vrpy", "elementary", 0.0, 0.0, "over 60 s"),
    ]
    lines = calls_sheet(calls).shown()
    assert [line[:4] for line in lines[2:4]] == [
        ["PathWyse", "ng", "1", "1"],
        ["PathWyse", "elementary", "1", "1"],
    ]
    assert [line[7] for line in lines] == ["1.00", "1.00", "5.00", "5.00", "100.00", ""]
    assert [line[8] for line in lines] == [
        "1 of 1 below the elementary one, 0 above",
        "1 of 1 equal",
        "0 of 1 below the elementary one, 1 above",
        "1 of 1 equal",
        "0 of 1 equal",
        "",
    ]
    (problem,) = calls_by_problem(calls).shown()
    assert problem[:5] == ["A-n4-k1", "3", "early", "-10.000", "-12.000"]
    assert problem[5:] == ["0.0100", "0.0200", "0.0500", "0.1000", "2.0000", "over 60 s"]


def test_calls_are_read_as_written(tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    calls = [call_of("voltmile", "ng", 0.01, -12.0)]
    write_calls(path, calls)
    assert read_calls(path) == calls
    path.write_text("a,b\n")
    with pytest.raises(OutputError, match="no table of pricing calls"):
        read_calls(path)
