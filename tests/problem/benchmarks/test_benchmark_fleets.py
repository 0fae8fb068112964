"""Heterogeneous fleets: two dialects of one set, and bases that stand for five problems."""

from __future__ import annotations

import numpy as np
import pytest
from benchmark_texts import AILS, PESSOA, PYVRP, QUEIROGA, ReadOne, Write

from voltmile.problem.benchmarks import read_benchmarks
from voltmile.problem.routing import RoutingProblem

Types = list[tuple[float, int | None, float, float]]


def types(problem: RoutingProblem) -> Types:
    return [(v.capacity, v.count, v.fixed, v.per_distance) for v in problem.vehicles]


@pytest.mark.parametrize(("file", "text"), [("X3-HVRP.vrp", PESSOA), ("X3-HVRP.vrp", PYVRP)])
def test_both_dialects_give_the_same_problem(read_one: ReadOne, file: str, text: str) -> None:
    problem = read_one(file, text)
    assert (problem.name, problem.family, problem.variant) == ("X3-HVRP", "HFVRP X", "HVRP")
    # As many vehicles as customers (two) are as many as wanted.
    assert types(problem) == [(5, None, 20, 0.59), (10, 1, 35, 1.0)]
    assert problem.distance[0].tolist() == [0, 5, 2**0.5]
    assert problem.demand.tolist() == [0, 4, 7]
    assert problem.cost_unit == 0


def test_pyvrp_leaves_fixed_costs_of_zero_out(read_one: ReadOne) -> None:
    start, end = PYVRP.index("VEHICLES_FIXED"), PYVRP.index("VEHICLES_UNIT")
    problem = read_one("a.vrp", PYVRP[:start] + PYVRP[end:])
    assert [v.fixed for v in problem.vehicles] == [0, 0]


def test_the_variant_is_told_by_costs_when_the_name_does_not_say(read_one: ReadOne) -> None:
    text = PESSOA.replace("X3-HVRP", "mine")
    assert read_one("a.vrp", text).variant == "HVRPFD"
    assert read_one("b.vrp", text.replace("2\t1\nNODE", "2\t2\nNODE")).variant == "FSMFD"
    assert read_one("c.vrp", text.replace("0.59\t1.0", "1\t1.0")).variant == "HVRPF"
    assert read_one("d.vrp", text.replace("20\t35", "0\t0")).variant == "HVRPD"


def test_an_ails_base_is_five_problems(write: Write) -> None:
    problems = {p.variant: p for p in read_benchmarks(write("Taillard_13.txt", AILS))}
    assert {variant: types(problem) for variant, problem in problems.items()} == {
        "FSMF": [(5, None, 20, 1.0), (10, None, 35, 1.0)],
        "FSMD": [(5, None, 0, 1.0), (10, None, 0, 1.6)],
        "FSMFD": [(5, None, 20, 1.0), (10, None, 35, 1.6)],
        "HVRPD": [(5, 1, 0, 1.0), (10, None, 0, 1.6)],
        "HVRPFD": [(5, 1, 20, 1.0), (10, None, 35, 1.6)],
    }
    assert {(p.name, p.family) for p in problems.values()} == {("Taillard_13", "Golden-Taillard")}
    assert problems["FSMF"].distance[0, 2] == 2**0.5


def variants(write: Write, text: str) -> list[str]:
    return [p.variant for p in read_benchmarks(write("base.txt", text))]


def test_a_base_with_enough_vehicles_of_each_type_has_no_limited_variants(write: Write) -> None:
    text = AILS.replace("AVAILABLE\n1 2", "AVAILABLE\n2 2")
    assert variants(write, text) == ["FSMF", "FSMD", "FSMFD"]


def test_a_base_without_fixed_costs_has_no_variants_with_them(write: Write) -> None:
    assert variants(write, AILS.replace("COSTS\n20 35", "COSTS\n0 0")) == ["FSMD", "HVRPD"]


def test_lis_bases_number_from_0_and_have_one_variant(read_one: ReadOne) -> None:
    text = AILS.replace("13\u00b0E076-08s", "Li_H1")
    text = text.replace("1 0 0\n2 3 4\n3 1 1", "0 0 0\n1 3 4\n2 1 1").replace(
        "1 0\n2 4\n3 7", "0 0\n1 4\n2 7"
    )
    problem = read_one("Li_H1.txt", text)
    assert (problem.family, problem.variant) == ("HVRP Li", "HVRPD")
    assert problem.labels == ("0", "1", "2")
    assert problem.demand.tolist() == [0, 4, 7]


@pytest.mark.parametrize(
    ("row", "variant"),
    [
        ("5 20 1.0 0 1\n10 35 1.6 0 2", "HVRPFD"),
        ("5 0 1.0 0 1\n10 0 1.6 0 2", "HVRPD"),
        ("5 20 1.0 0 2\n10 35 1.6 0 2", "FSMFD"),
        ("5 0 1.0 0 2\n10 0 1.6 0 2", "FSMD"),
        ("5 20 1.0 0 2\n10 35 1.0 0 2", "FSMF"),
    ],
)
def test_a_queiroga_file_is_the_variant_its_numbers_say(read_one: ReadOne, row: str, variant: str) -> None:
    text = QUEIROGA.replace("5 20 1.0 0 1\n10 35 1.6 0 2", row)
    assert read_one("c2_13.txt", text).variant == variant


def test_a_queiroga_file_is_an_ails_base(write: Write, read_one: ReadOne) -> None:
    small = read_one("c50_13hvrp.txt", QUEIROGA)
    (base,) = read_benchmarks(write("Taillard_13.txt", AILS), variant="HVRPFD")
    assert (small.name, small.family, small.variant) == (base.name, base.family, base.variant)
    assert small.vehicles == base.vehicles
    assert np.array_equal(small.distance, base.distance)
    assert np.array_equal(small.demand, base.demand)
    assert read_one("mine.txt", QUEIROGA).name == "mine"
