"""Branch-cut-and-price against the best of all plans."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from routing_truth import KINDS, optimum, random_problem

from voltmile.check.routing import check_routing
from voltmile.problem.benchmarks import lookup, read_benchmarks, read_best_known
from voltmile.problem.routing import RoutingProblem, RoutingResult
from voltmile.solve.routing import plans
from voltmile.solve.routing.engine import solve_routing
from voltmile.solve.routing.master import Master, Point
from voltmile.solve.routing.search import TraceRow
from voltmile.solve.status import SolverError

BENCHMARKS = Path(__file__).parents[3] / "shared" / "benchmarks"


def drawn(
    seed: int, kind: str, *, key: int = 7, sizes: tuple[int, int] = (3, 6), most_types: int = 2
) -> RoutingProblem:
    """Some types are of few vehicles, and the first now and then has to be used."""
    rng = np.random.default_rng([key, seed, KINDS.index(kind)])
    problem = random_problem(rng, int(rng.integers(sizes[0], sizes[1] + 1)), kind, most_types)
    fleet = [replace(v, count=int(rng.integers(1, 4))) if rng.random() < 0.3 else v for v in problem.vehicles]
    if rng.random() < 0.2:
        fleet[0] = replace(fleet[0], least=1)
    return replace(problem, vehicles=tuple(fleet))


def confirm(problem: RoutingProblem, result: RoutingResult, best: float) -> None:
    if math.isinf(best):
        assert not result.routes
        return
    assert result.bound <= best + 1e-6 * max(1.0, best)
    assert result.cost == pytest.approx(best, rel=1e-6)
    assert result.status == "optimal"
    assert check_routing(problem, result.routes, result.cost) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(8))
def test_bound_optimum_and_plan_agree(seed: int, kind: str) -> None:
    problem = drawn(seed, kind)
    confirm(problem, solve_routing(problem, time_limit_s=60, seed=seed), optimum(problem))


def test_a_customer_no_vehicle_can_serve_is_proven_to_be_one() -> None:
    problem = drawn(0, "capacity")
    small = tuple(replace(v, capacity=0.5, count=None, least=0) for v in problem.vehicles)
    result = solve_routing(replace(problem, vehicles=small))
    assert (result.status, result.routes) == ("infeasible", ())


@pytest.mark.parametrize("seed", range(4))
def test_fewest_routes_come_first_where_asked(seed: int) -> None:
    problem = replace(drawn(seed, "capacity"), vehicles_first=True)
    result = solve_routing(problem, time_limit_s=60)
    counted = optimum(problem, route_cost=1e4)
    if math.isinf(counted):
        assert not result.routes
    else:
        assert len(result.routes) == counted // 1e4
        assert result.cost == pytest.approx(counted % 1e4)
        assert result.bound <= result.cost


def test_a_time_limit_returns_what_there_is() -> None:
    problem = drawn(1, "capacity")
    result = solve_routing(problem, time_limit_s=0.0)
    assert result.bound <= optimum(problem)
    assert result.status in ("feasible", "nothing")


def test_a_bound_on_the_way_to_the_first_one_is_kept_when_time_is_up() -> None:
    rng = np.random.default_rng(3)
    problem = random_problem(rng, 14, "capacity", most_types=1)
    rows: list[TraceRow] = []

    def uncut() -> list[float]:
        return sorted({bound for _, _, bound, _, _, cuts in rows if math.isfinite(bound) and not cuts})

    whole = solve_routing(problem, on_event=rows.append)
    on_the_way = uncut()
    rows.clear()
    early = solve_routing(problem, on_event=rows.append, stop=lambda: bool(uncut()))
    assert len(on_the_way) > 1
    assert early.nodes == 1
    assert early.bound == on_the_way[0] < whole.bound


@pytest.mark.parametrize("after", [0, 3, 12])
def test_a_linear_program_that_fails_leaves_plan_and_bound(
    monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    problem, solve, asked = drawn(1, "capacity"), Master.solve, iter(range(1_000))

    def fails(master: Master) -> Point:
        if next(asked) >= after:
            raise SolverError("no basis")
        return solve(master)

    best = optimum(problem)
    assert math.isfinite(best)
    monkeypatch.setattr(Master, "solve", fails)
    result = solve_routing(problem)
    assert result.failure == "no basis"
    assert result.trace[-1][1] == "failed"
    assert check_routing(problem, result.routes, result.cost) == []
    assert result.bound <= best + 1e-6 <= result.cost + 2e-6


def test_a_dive_that_fails_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> bool:
        raise SolverError("no basis")

    monkeypatch.setattr(plans, "dive", fails)
    fell = 0
    for seed in range(8):
        problem = drawn(seed, "capacity")
        result = solve_routing(problem)
        confirm(problem, result, optimum(problem))
        assert result.failure == ""
        fell += any(row[1] == "a dive failed" for row in result.trace)
    assert fell


@pytest.mark.long
@pytest.mark.skipif(
    not BENCHMARKS.is_dir(), reason="the published benchmarks are not at ../shared/benchmarks"
)
@pytest.mark.parametrize(
    ("file", "variant"),
    [
        ("cvrp_abefmp/A/A-n32-k5.vrp", "CVRP"),
        ("fsm_golden_taillard/ails_format/Taillard_03.txt", "FSMF"),
        ("evrptw_schneider/5/c101C5.txt", "E-VRPTW full"),
        ("evrptw_schneider/10/r103C10.txt", "E-VRPTW partial"),
        ("mfgvrp_mikkelsen/MFGVRP/c102_21_25.txt", "MFGVRP"),
    ],
)
def test_published_optima_are_proven(file: str, variant: str) -> None:
    path = BENCHMARKS / file
    if not path.exists():
        pytest.skip(f"{file} is held back")
    (problem,) = read_benchmarks(path, variant=variant)
    known = lookup(read_best_known(BENCHMARKS / Path(file).parts[0] / "best_known.csv"), problem)
    result = solve_routing(problem, time_limit_s=120)
    assert known is not None
    assert known.value is not None
    assert result.status == "optimal"
    assert result.cost == pytest.approx(known.value, abs=0.006)
    assert check_routing(problem, result.routes, result.cost) == []
