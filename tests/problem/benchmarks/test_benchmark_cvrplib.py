"""CVRPLIB files: order of nodes, limits, every layout of a matrix, and when EUC_2D is rounded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from benchmark_texts import CVRP, ReadOne

from voltmile.problem.benchmarks import read_benchmarks

INF = float("inf")
# Distances 1-2: 1, 1-3: 2, 1-4: 3, 2-3: 4, 2-4: 5, 3-4: 6.
FOUR = np.array([[0, 1, 2, 3], [1, 0, 4, 5], [2, 4, 0, 6], [3, 5, 6, 0]])
LAYOUTS = {
    "FULL_MATRIX": "9 1 2 3 1 9 4 5 2 4 9 6 3 5 6 9",
    "LOWER_ROW": "1 2 4 3 5 6",
    "LOWER_DIAG_ROW": "9 1 9 2 4 9 3 5 6 9",
    "LOWER_COL": "1 2 3 4 5 6",
    "LOWER_DIAG_COL": "9 1 2 3 9 4 5 9 6 9",
    "UPPER_ROW": "1 2 3 4 5 6",
    "UPPER_DIAG_ROW": "9 1 2 3 9 4 5 9 6 9",
    "UPPER_COL": "1 2 4 3 5 6",
    "UPPER_DIAG_COL": "9 1 9 2 4 9 3 5 6 9",
}


def explicit(layout: str, entries: str, name: str = "made-up") -> str:
    return f"""NAME : {name}
TYPE : CVRP
DIMENSION : 4
EDGE_WEIGHT_TYPE : EXPLICIT
EDGE_WEIGHT_FORMAT : {layout}
CAPACITY : 10
EDGE_WEIGHT_SECTION
{entries}
DEMAND_SECTION
1 0
2 1
3 1
4 1
DEPOT_SECTION
1
-1
EOF
"""


def moved(name: str, *, header: str = "", comment: str = "none", node: str = "1 1") -> str:
    """Return a file whose third node is at ``node``: sqrt(2) = 1.41 and sqrt(13) = 3.61 from the others."""
    text = CVRP.replace("A-n3-k1", name).replace("(made up, No of trucks: 2)", comment)
    return text.replace("6 8", node).replace("NODE_COORD", f"{header}NODE_COORD")


def test_a_file_becomes_arrays(read_one: ReadOne) -> None:
    problem = read_one("my-copy.vrp", CVRP)
    assert (problem.name, problem.family, problem.variant) == ("my-copy", "CVRP A", "CVRP")
    assert problem.distance.tolist() == [[0, 5, 10], [5, 0, 5], [10, 5, 0]]
    assert problem.time is problem.distance
    assert problem.demand.tolist() == [0, 4, 7]
    assert problem.service.tolist() == [0, 0, 0]
    assert problem.latest.tolist() == [INF, INF, INF]
    assert not problem.has_windows
    assert problem.labels == ("1", "2", "3")
    assert problem.cost_unit == 1.0
    (vehicle,) = problem.vehicles
    assert (vehicle.capacity, vehicle.count, vehicle.max_duration) == (10, 2, INF)


def test_a_name_ending_in_k1_limits_nothing_but_a_key_vehicles_does(read_one: ReadOne) -> None:
    problem = read_one("a.vrp", CVRP.replace("CAPACITY", "VEHICLES : 5\nCAPACITY"))
    assert problem.vehicles[0].count == 5


@pytest.mark.parametrize(
    ("remark", "count"),
    [("Min no of trucks: 3, Optimal value: 5", 3), ("(A et al, No of trucks: 4)", 4), ("two trucks", None)],
)
def test_a_number_of_trucks_in_the_comment_is_a_limit(
    read_one: ReadOne, remark: str, count: int | None
) -> None:
    text = CVRP.replace("(made up, No of trucks: 2)", remark)
    assert read_one("a.vrp", text).vehicles[0].count == count


def test_the_depot_comes_first_wherever_it_stands(read_one: ReadOne) -> None:
    text = CVRP.replace("1 0\n2 4\n3 7", "1 4\n2 0\n3 7").replace("\n 1\n -1", "\n 2\n -1")
    problem = read_one("a.vrp", text)
    assert problem.labels == ("2", "1", "3")
    assert problem.demand.tolist() == [0, 4, 7]
    assert problem.distance.tolist() == [[0, 5, 5], [5, 0, 10], [5, 10, 0]]
    assert problem.coordinates is not None
    assert problem.coordinates.tolist() == [[3, 4], [0, 0], [6, 8]]


def test_a_limit_counts_service_of_customers_only(read_one: ReadOne) -> None:
    problem = read_one("CMT6.vrp", moved("CMT6", header="DISTANCE : 200.0\nSERVICE_TIME : 10\n"))
    assert problem.variant == "DCVRP"
    assert problem.vehicles[0].max_duration == 200
    assert problem.service.tolist() == [0, 10, 10]
    assert problem.cost_unit == 0


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_gives_the_same_matrix(read_one: ReadOne, layout: str) -> None:
    problem = read_one("a.vrp", explicit(layout, LAYOUTS[layout]))
    assert np.array_equal(problem.distance, FOUR)
    assert problem.coordinates is None


def test_entries_are_a_stream_whatever_the_lines(read_one: ReadOne) -> None:
    problem = read_one("a.vrp", explicit("LOWER_ROW", "1 2 4 3\n 5 6", "E-n4-k1"))
    assert np.array_equal(problem.distance, FOUR)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (moved("A-n3-k1"), 1.0),  # a set that rounds
        (moved("unheard-of"), 1.0),  # TSPLIB's rule
        (moved("F-n3-k1", node="1 1.5"), 2.0),  # rounded in spite of the fraction: 1.80
        (moved("XML100_1111_01"), 1.0),
        (moved("CMT1"), 2**0.5),
        (moved("Golden_13"), 2**0.5),
        (moved("Tai75a"), 2**0.5),
        (moved("Li_21"), 2**0.5),
        (moved("unheard-of", header="DISTANCE : 9\n"), 2**0.5),
        (moved("unheard-of", header="SERVICE_TIME : 9\n"), 2**0.5),
        (moved("unheard-of", comment="1939.90"), 2**0.5),
        (moved("unheard-of", comment="1939"), 1.0),
        (moved("unheard-of", node="1.5 2"), 2.5),
        (moved("unheard-of").replace("EUC_2D", "CEIL_2D"), 2.0),
        (moved("CMT1").replace("EUC_2D", "FLOOR_2D"), 1.0),
        (moved("unheard-of", node="0 2.5", comment="x").replace("EUC_2D", "FLOOR_2D"), 2.0),
    ],
)
def test_when_distances_are_rounded(read_one: ReadOne, text: str, expected: float) -> None:
    problem = read_one("a.vrp", text)
    assert problem.distance[0, 2] == expected
    assert problem.cost_unit == (1.0 if (problem.distance % 1 == 0).all() else 0.0)


def test_a_half_is_rounded_up(read_one: ReadOne) -> None:
    assert read_one("a.vrp", moved("A-n3-k1", node="0 2.5")).distance[0, 2] == 3


def test_arrays_cannot_be_changed(read_one: ReadOne) -> None:
    with pytest.raises(ValueError, match="read-only"):
        read_one("a.vrp", CVRP).distance[0, 1] = 7


@pytest.mark.parametrize(
    "data",
    [
        b"\xef\xbb\xbf" + CVRP.encode(),
        CVRP.replace("\n", "\r\n").encode(),
        CVRP.replace("made up", "\xadup").encode("latin-1"),
    ],
    ids=["byte order mark", "DOS line ends", "Latin-1"],
)
def test_text_in_other_clothes_is_read(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.vrp"
    path.write_bytes(data)
    (problem,) = read_benchmarks(path)
    assert problem.distance.tolist() == [[0, 5, 10], [5, 0, 5], [10, 5, 0]]
