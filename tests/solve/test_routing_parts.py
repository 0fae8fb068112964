"""Diving, branching on mixes and the warm-up, each on its own."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from numba.core.registry import CPUDispatcher
from routing_truth import on_a_plane, optimum, random_problem

from voltmile.check.routing import check_routing
from voltmile.problem.routing import Route, RoutingProblem, Vehicle
from voltmile.routes.labelling import cheapest, completion, enumeration, joining, kernel, labels, settle
from voltmile.routes.labelling.pricer import LabelPricer
from voltmile.solve.routing import generation
from voltmile.solve.routing.branching import choose, choose_count
from voltmile.solve.routing.capacity import violated
from voltmile.solve.routing.cutting import bar_second_visits, positive, tidy
from voltmile.solve.routing.diving import dive
from voltmile.solve.routing.engine import solve_routing
from voltmile.solve.routing.generation import converge
from voltmile.solve.routing.master import Master, Point
from voltmile.solve.routing.plans import PlanSearch
from voltmile.solve.routing.rows import VehicleRow, coefficients, pack
from voltmile.solve.routing.search import Search
from voltmile.solve.routing.starts import single_visits
from voltmile.solve.routing.subset import repeated_visits, subset_cuts
from voltmile.solve.routing.warm_up import warm_up


def unlimited(seed: int, types: int) -> RoutingProblem:
    rng = np.random.default_rng([11, seed])
    problem = random_problem(rng, 6, "capacity", most_types=types)
    return replace(problem, vehicles=tuple(replace(v, count=None, least=0) for v in problem.vehicles))


def root(search: Search, routes: list[Route] | None = None) -> tuple[Master, np.ndarray]:
    """A master of routes, single visits unless given, and all arcs."""
    problem = search.problem
    routes = single_visits(problem) if routes is None else routes
    cost = np.array([search.cost_of(r) for r in routes])
    kinds, m = len(problem.vehicles), problem.size + 1
    return Master(problem, [], routes, cost, 2 * search.dearest), np.ones((kinds, m, m), dtype=np.bool_)


def solved_root(problem: RoutingProblem) -> tuple[Search, Master, LabelPricer, np.ndarray, Point]:
    search, pricer = Search(problem), LabelPricer(problem)
    master, allowed = root(search)
    return search, master, pricer, allowed, converge(search, master, pricer, allowed).point


@pytest.mark.parametrize("seed", range(10))
def test_a_dive_ends_in_a_plan_and_leaves_the_master_alone(seed: int) -> None:
    problem = unlimited(seed, types=2)
    search, master, pricer, allowed, point = solved_root(problem)
    columns, best = len(master.routes), optimum(problem)
    assert dive(search, master, pricer, allowed, point, tries=3) == math.isfinite(best)
    if search.plan:
        assert check_routing(problem, search.plan, search.cost) == []
        assert best <= search.cost + 1e-9
    assert len(master.routes) == columns
    assert allowed.all()
    assert master.solve().value == pytest.approx(point.value)


def test_dear_columns_go_and_the_master_says_the_same() -> None:
    problem = unlimited(2, types=2)
    _, master, _, _, point = solved_root(problem)
    point, before = master.solve(), list(master.routes)
    left, dropped = master.trim(point, 8)
    assert 0 < len(dropped) < len(before)
    assert set(master.routes) | set(dropped) == set(before)
    assert len(master.cost) == len(master.routes) == len(left.x) == len(left.reduced)
    gone = [r for route, r in zip(before, point.reduced, strict=True) if route in dropped]
    assert left.reduced.max() <= min(gone)
    again = master.solve()
    assert again.value == pytest.approx(point.value)
    np.testing.assert_allclose(again.x, left.x, atol=1e-9)
    master.add(dropped[:1], np.array([1e-3]))
    assert master.solve().value < point.value


def test_a_master_that_drops_columns_ends_at_the_same_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    problems = [unlimited(seed, types=2) for seed in range(6)]
    whole = [solved_root(problem)[-1].value for problem in problems]
    dropped: list[int] = []
    trim = Master.trim

    def counted(master: Master, point: Point, most: int) -> tuple[Point, list[object]]:
        left, routes = trim(master, point, most)
        dropped.append(len(routes))
        return left, routes

    monkeypatch.setattr(Master, "trim", counted)
    for name in ("_COLUMNS", "_LEAST", "ROUTES"):
        monkeypatch.setattr(generation, name, 1)
    for problem, value in zip(problems, whole, strict=True):
        assert solved_root(problem)[-1].value == pytest.approx(value)
    assert sum(dropped) > 0


def test_all_customers_are_a_set_though_no_route_joins_them() -> None:
    problem = replace(unlimited(0, types=1), demand=np.r_[0.0, np.full(6, 6.0)])
    problem = replace(problem, vehicles=(replace(problem.vehicles[0], capacity=10.0),))
    flow = np.zeros((1, 7, 7))
    flow[0, 0, 1:] = flow[0, 1:, 0] = 0.1
    assert violated(problem, flow, 1, seed=0)[0][1:] == ((1, 2, 3, 4, 5, 6), 10.0)


def test_rows_of_one_customer_bar_second_visits_and_no_elementary_route() -> None:
    problem = unlimited(0, types=1)
    walks = [Route(0, (1, 2, 3, 1)), Route(0, (4, 5, 6)), Route(0, (2, 3, 4, 5, 6))]
    packed = pack(problem, walks)
    cuts = repeated_visits(packed, np.array([0.5, 0.5, 0.5]), problem.size, 10)
    assert [cut.members for cut in cuts] == [(1,)]
    assert cuts[0].memory == {1, 2, 3}
    assert cuts[0].high == 0.0
    assert coefficients(cuts, packed, problem.size).tolist() == [[1.0, 0.0, 0.0]]
    assert repeated_visits(packed, np.array([0.0, 1.0, 1.0]), problem.size, 10) == []


def test_subset_cuts_keep_to_their_room_and_bar_second_visits_first() -> None:
    problem = unlimited(0, types=1)
    packed = pack(problem, [Route(0, (1, 2, 3, 1)), Route(0, (4, 5)), Route(0, (5, 6)), Route(0, (4, 6))])
    x = np.full(4, 0.5)
    sizes = [[len(cut.members) for cut in subset_cuts(packed, x, 6, room, False)] for room in range(-1, 4)]
    assert sizes[:4] == [[], [], [1], [1, 3]]
    assert sizes[4][:2] == [1, 3]


def test_walks_that_make_whole_edges_together_are_cut_off() -> None:
    """Half of 0-1-0 and half of 0-2-1-2-0 drive every edge of 0-1-2-0 once: there is nothing to branch on."""
    problem = on_a_plane(3, Vehicle("v", capacity=100.0), n=2)
    search, pricer = Search(problem), LabelPricer(problem, 1)
    master, allowed = root(search, [Route(0, (1,)), Route(0, (2, 1, 2))])
    prices = master.prices(master.solve().duals, allowed)
    mixed = generation.Converged(0.0, replace(master.solve(), x=np.array([0.5, 0.5])), prices)
    assert choose(master, mixed.point, math.inf, symmetric=True) is None
    solved = bar_second_visits(search, master, pricer, allowed, mixed, lambda found: None)
    assert solved is not None
    assert solved.bound == pytest.approx(optimum(problem))
    used, _ = positive(master, solved.point)
    assert len(used) == 1
    assert sorted(used.node.tolist()) == [1, 2]
    assert bar_second_visits(search, master, pricer, allowed, solved, lambda found: None) is None


@pytest.mark.parametrize(
    ("shares", "taken"),
    [((0.5, 0.5, 1.0), True), ((1.0, 1.0, 1.0), True), ((0.5, 0.3, 1.0), False)],
)
def test_routes_on_the_same_customers_that_share_a_vehicle_are_a_plan(
    shares: tuple[float, ...], taken: bool
) -> None:
    problem = on_a_plane(3, Vehicle("v", capacity=100.0), n=3)
    search = Search(problem)
    master, allowed = root(search, [Route(0, (2, 1)), Route(0, (1, 2)), Route(0, (3,))])
    point = replace(master.solve(), x=np.array(shares), missing=0.0)
    prices = master.prices(point.duals, allowed)
    PlanSearch(search, seed=0).take_integral(master, generation.Converged(0.0, point, prices))
    assert len(search.plan) == (2 if taken else 0)
    assert not taken or check_routing(problem, search.plan, search.cost) == []


def test_second_visits_are_cut_off_to_the_elementary_bound() -> None:
    raised = 0
    for seed in range(12):
        problem = unlimited(seed, types=1)
        search, pricer = Search(problem), LabelPricer(problem, 1)  # remembers one customer: visits repeat
        master, allowed = root(search)
        first = solved = converge(search, master, pricer, allowed)
        for _ in range(30):
            found, x = positive(master, solved.point)
            new = repeated_visits(found, x, problem.size, 10)
            if not new:
                break
            tidy(search, master, solved, allowed, [*new])
            solved = converge(search, master, pricer, allowed)
        else:
            pytest.fail("second visits stay")
        elementary = LabelPricer(problem, problem.size)
        whole, arcs = root(Search(problem))
        best = converge(Search(problem), whole, elementary, arcs).bound
        assert solved.bound == pytest.approx(best, rel=1e-5)
        raised += solved.bound > first.bound + 1e-6 * best
    assert raised >= 3


def test_a_dive_offers_nothing_that_is_not_better() -> None:
    problem = unlimited(0, types=1)
    search, master, pricer, allowed, point = solved_root(problem)
    search.cost = point.value - 1.0
    assert not dive(search, master, pricer, allowed, point, tries=2)


def test_a_branch_on_a_mix_moves_both_children() -> None:
    found = 0
    for seed in range(12):
        problem = unlimited(seed, types=3)
        _, master, _, _, point = solved_root(problem)
        best = optimum(problem)
        if math.isinf(best) or best - point.value <= 1e-6:
            continue
        branch = choose_count(master, point, best, 0.1)
        assert choose_count(master, point, math.inf, 0.1) is None
        if branch is None:
            continue
        found += 1
        assert isinstance(branch.row, VehicleRow)
        assert branch.down < branch.value < branch.up == branch.down + 1
        gap, rows = best - point.value, (branch.below(), branch.above())
        children = [Master(problem, [row], master.routes, master.cost, master.penalty) for row in rows]
        gains = sorted(child.solve().value - point.value for child in children)
        closed = gains[1] >= gap - 1e-6  # one node is left
        assert gains[0] >= (0.025 if closed else 0.1) * gap - 1e-6
    assert found


def test_after_the_warm_up_nothing_is_compiled() -> None:
    warm_up(False)
    kernels = [
        value
        for module in (kernel, cheapest, labels, settle, joining, enumeration, completion)
        for value in vars(module).values()
        if isinstance(value, CPUDispatcher)
    ]
    before = {f.__name__: len(f.signatures) for f in kernels}
    assert before["settle"] == before["enumerate_routes"] == before["completion"] == 1
    solve_routing(unlimited(3, types=3))
    assert {f.__name__: len(f.signatures) for f in kernels} == before
