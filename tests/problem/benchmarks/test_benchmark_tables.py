"""Tables of best known values, and .sol files."""

from __future__ import annotations

import pytest
from benchmark_texts import CVRP, ReadOne, Write
from benchmark_texts_electric import SCHNEIDER

from voltmile.problem.benchmarks import (
    BenchmarkError,
    BestKnown,
    Solution,
    lookup,
    read_benchmarks,
    read_best_known,
    read_solution,
    same_variant,
)

TABLE = """instance,variant,value,proven_optimal,source,n_routes,note
A-n3-k1,CVRP,784,yes,"a book, page 7",5,
c101C1,E-VRPTW full recharge,257.75,no,,2,
c101C1,E-VRPTW partial recharge,,unknown,,,
"""


def test_a_table_is_read(write: Write) -> None:
    assert read_best_known(write("best_known.csv", TABLE)) == {
        ("A-n3-k1", "CVRP"): BestKnown(784, True, 5),
        ("c101C1", "E-VRPTW full recharge"): BestKnown(257.75, False, 2),
        ("c101C1", "E-VRPTW partial recharge"): BestKnown(None, False, None),
    }


def test_lookup_understands_decorated_variants(write: Write, read_one: ReadOne) -> None:
    table = read_best_known(write("best_known.csv", TABLE))
    limited = read_one("A-n3-k1.vrp", CVRP.replace("CAPACITY", "DISTANCE : 90\nCAPACITY"))
    assert limited.variant == "DCVRP"
    assert lookup(table, limited) == BestKnown(784, True, 5)
    full, partial = read_benchmarks(write("c101C1.txt", SCHNEIDER))
    assert lookup(table, full) == BestKnown(257.75, False, 2)
    assert lookup(table, partial) == BestKnown(None, False, None)
    assert lookup(table, read_one("A-n4-k1.vrp", CVRP)) is None


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("CVRP", "DCVRP", True),
        ("HD", "HVRPD", True),
        ("HVRP", "HVRPFD", True),
        ("E-VRPTW full recharge", "e-vrptw  Full", True),
        ("VRPTW", "VRPTW, min distance", True),
        ("VRPTW", "VRPTW, min vehicles first", False),
        ("FSMF", "FSMFD", False),
        ("E-VRPTW full", "E-VRPTW partial", False),
        ("MFGVRP", "EVRP", False),
    ],
)
def test_which_names_mean_the_same_class(one: str, other: str, expected: bool) -> None:
    assert same_variant(one, other) is same_variant(other, one) is expected


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("instance,", "name,", "line 1: column 'instance' is missing"),
        ("784", "78x", "line 2: value is '78x'; valid: a finite number of 0 or more"),
        ("784,yes", "784,yse", "line 2: proven_optimal is 'yse'; did you mean 'yes'?"),
        (",5,", ",5.5,", "line 2: n_routes is '5.5'"),
        ("a book, page 7", 'a book", page 7"', "line 2: has 8 cells; valid: 7"),
        (
            "c101C1,E-VRPTW partial",
            "c101C1,E-VRPTW full",
            "line 4: c101C1, E-VRPTW full recharge is given twice",
        ),
        ("A-n3-k1,", ",", "line 2: instance or variant is empty"),
    ],
)
def test_a_faulty_table_is_refused(write: Write, old: str, new: str, message: str) -> None:
    assert old in TABLE
    with pytest.raises(BenchmarkError) as caught:
        read_best_known(write("best_known.csv", TABLE.replace(old, new, 1)))
    assert str(caught.value).startswith(f"best_known.csv, {message}")


def test_a_solution_is_read_with_its_empty_routes(write: Write) -> None:
    text = "Route #1: 21 31 \nRoute #2: \nRoute #3: 7\nCost: 15859.34\n"
    assert read_solution(write("a.sol", text)) == Solution(((21, 31), (), (7,)), 15859.34)
    assert read_solution(write("b.sol", "Route #1: 1\nCost 784 \n")) == Solution(((1,),), 784)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Route #1: 1 2\n", "end of file: the cost is missing"),
        ("Cost 7\n", "end of file: routes are missing"),
        ("Route #2: 1\nCost 7\n", "line 1: is route 2; valid: route 1"),
        ("Route #1: 1 0\nCost 7\n", "line 1: a customer is '0'; valid: a whole number of 1 or more"),
        ("Route #1: 1\nCost seven\n", "line 2: the cost is 'seven'"),
        ("Routes: 1\n", "line 1: reads 'Routes: 1'"),
    ],
)
def test_a_faulty_solution_is_refused(write: Write, text: str, message: str) -> None:
    with pytest.raises(BenchmarkError) as caught:
        read_solution(write("a.sol", text))
    assert str(caught.value).startswith(f"a.sol, {message}")
