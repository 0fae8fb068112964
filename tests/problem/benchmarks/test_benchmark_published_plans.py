"""Published plans are feasible and cost what their tables say, by the arrays read."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from benchmark_plans import agrees, plan_cost, route_cost, rows, tour_routes

from voltmile.problem.benchmarks import read_benchmarks, read_solution

CVRP_SETS = (
    "cvrp_abefmp",
    "cvrp_x",
    "cvrp_cmt",
    "cvrp_golden_li_tai",
    "cvrp_xml100_sample",
    "cvrp_dimacs",
    "cvrp_xxl",
)
# Their matrices take gigabytes.
LARGE = ("Antwerp1", "Antwerp2", "Ghent2", "Brussels1", "Brussels2", "Flanders1", "Leuven2", "Flanders2")


@pytest.mark.parametrize("name", CVRP_SETS)
def test_published_cvrp_plans_cost_what_they_should(published: Path, name: str) -> None:
    folder = published / name
    for row in rows(folder):
        if row["instance"] in LARGE:
            continue
        path = folder / row["solution_file"]
        (problem,) = read_benchmarks(path.with_suffix(".vrp"))
        cost = plan_cost(problem, read_solution(path).routes)
        assert agrees(cost, row["recomputed_or_exact"]), (row["instance"], cost)
        if "TAKEN FROM THE TABLE" not in row["note"]:
            assert agrees(cost, row["value"]), (row["instance"], cost)


@pytest.mark.long
@pytest.mark.parametrize("instance", LARGE)
def test_the_largest_cvrp_plans_cost_what_they_should(published: Path, instance: str) -> None:
    path = published / "cvrp_xxl" / f"{instance}.vrp"
    if not path.is_file():
        pytest.skip(f"{path.name} is held back")
    (problem,) = read_benchmarks(path)
    (row,) = (row for row in rows(path.parent) if row["instance"] == instance)
    cost = plan_cost(problem, read_solution(path.with_suffix(".sol")).routes)
    assert agrees(cost, row["recomputed_or_exact"])


def test_published_plans_of_heterogeneous_fleets_cost_what_they_should(published: Path) -> None:
    folder = published / "hfvrp_x"
    for row in rows(folder):
        path = folder / row["solution_file"]
        (problem,) = read_benchmarks(folder / "pessoa_original" / f"{path.stem}.vrp")
        # The position of a route is that of a vehicle; "as many as wanted" is as many as customers.
        kinds = [i for i, v in enumerate(problem.vehicles) for _ in range(v.count or problem.size)]
        routes = read_solution(path).routes
        assert sorted(n for route in routes for n in route) == list(range(1, problem.size + 1))
        costs = [route_cost(problem, kind, r) for kind, r in zip(kinds, routes, strict=True) if r]
        assert agrees(sum(costs), row["recomputed_or_exact"]), (row["instance"], sum(costs))


def test_published_solomon_tours_cost_what_they_should(published: Path) -> None:
    folder = published / "vrptw_solomon"
    for row in rows(folder):
        if not row["solution_file"]:
            continue
        plan = folder / row["solution_file"]
        size = row["n_customers"]
        suffix = ".txt" if size == "100" else ".vrptw"
        (problem,) = read_benchmarks(
            folder / size / f"{row['instance']}{suffix}", variant="VRPTW, min distance"
        )
        sol = plan.suffix == ".sol"
        routes = read_solution(plan).routes if sol else tour_routes(plan, problem.size)
        cost = plan_cost(problem, routes)
        assert agrees(round(cost, 6), row["recomputed_or_exact"]), (row["instance"], cost)


def test_all_lkh_tours_of_a_hundred_customers_cost_what_their_names_say(published: Path) -> None:
    folder = published / "vrptw_solomon" / "100"
    for path in sorted(folder.glob("lkh_tours_trunc10/*.tour")):
        name, *_, tenths = path.stem.split(".")
        problem = read_benchmarks(folder / f"{name}.txt")[0]
        assert round(10 * plan_cost(problem, tour_routes(path, problem.size))) == int(tenths), path


def test_published_electric_routes_have_the_published_length(published: Path) -> None:
    folder = published / "evrptw_schneider"
    table = (folder / "bks_dev_evrptwpr_routes.tsv").read_text(encoding="utf-8").splitlines()
    header = table[0].split("\t")
    checked = 0
    for line in table[1:]:
        row = dict(zip(header, line.split("\t"), strict=True))
        path = folder / "100" / f"{row['INSTANCE'].lower()}_21.txt"
        if not path.is_file():
            continue  # held back
        (problem,) = read_benchmarks(path, variant="E-VRPTW partial recharge")
        tour = [problem.labels.index(label) for label in row["CONFIGURATION"].split(";")]
        length = sum(problem.distance[a, b] for a, b in pairwise(tour))
        assert length == pytest.approx(float(row["TOTAL_DISTANCE"]), abs=1e-5)
        checked += 1
    assert checked > 0
