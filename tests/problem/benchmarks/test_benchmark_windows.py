"""Time windows without batteries: Solomon's text and LKH's dialect."""

from __future__ import annotations

import pytest
from benchmark_texts import LKH, SOLOMON, ReadOne, Write

from voltmile.problem.benchmarks import read_benchmarks

# Depot (0, 0), customers (3, 4) and (1, 1): sqrt(2) = 1.41 is cut to 1.4, sqrt(13) = 3.61 to 3.6.
TENTHS = [[0, 5, 1.4], [5, 0, 3.6], [1.4, 3.6, 0]]


def test_a_solomon_file_is_two_problems(write: Write) -> None:
    cheap, few = read_benchmarks(write("C101.txt", SOLOMON))
    assert [cheap.variant, few.variant] == ["VRPTW, min distance", "VRPTW, min vehicles first"]
    assert cheap.distance.tolist() == TENTHS
    assert cheap.time is cheap.distance
    assert few.distance[0, 2] == 2**0.5
    assert (cheap.cost_unit, few.cost_unit) == (0.1, 0.0)
    assert (cheap.vehicles_first, few.vehicles_first) == (False, True)
    for problem in (cheap, few):
        assert (problem.name, problem.family) == ("C101", "Solomon 2")
        assert problem.labels == ("0", "1", "2")
        assert problem.demand.tolist() == [0, 4, 7]
        assert problem.service.tolist() == [0, 90, 90]
        assert problem.earliest.tolist() == [0, 10, 30]
        assert problem.latest.tolist() == [100, 20, 40]
        assert [(v.capacity, v.count) for v in problem.vehicles] == [(10, 2)]


def test_lkh_scales_only_distances(read_one: ReadOne) -> None:
    problem = read_one("C101.2.1.vrptw", LKH)
    assert (problem.name, problem.family) == ("C101.2.1", "Solomon 2")
    assert problem.variant == "VRPTW, min distance"
    assert problem.distance.tolist() == TENTHS
    assert problem.service.tolist() == [0, 90, 90]
    assert problem.earliest.tolist() == [0, 10, 30]
    assert problem.latest.tolist() == [100, 20, 40]
    assert problem.cost_unit == 0.1
    assert problem.vehicles[0].count == 2


@pytest.mark.parametrize(("scale", "expected"), [("1", 1.0), ("100", 1.41)])
def test_lkh_rounds_at_its_scale(read_one: ReadOne, scale: str, expected: float) -> None:
    problem = read_one("a.vrptw", LKH.replace("SCALE : 10", f"SCALE : {scale}"))
    assert problem.distance[0, 2] == expected


def test_a_distance_with_one_decimal_is_not_cut_below_itself(read_one: ReadOne) -> None:
    """0.7 * 0.7 * 100 is 48.99999999999999 in floating point, and must still become 0.7."""
    text = LKH.replace("2 3 4\n3 1 1", "2 0.7 0\n3 1 0")
    assert read_one("a.vrptw", text).distance[0].tolist() == [0, 0.7, 1]


def test_other_names_have_no_family(write: Write) -> None:
    assert read_benchmarks(write("a.txt", SOLOMON.replace("C101", "C1_2_1")))[0].family == ""
