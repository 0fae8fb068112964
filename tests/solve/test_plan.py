"""The whole solver against the truth: no plan cheaper than the best of all plans, no bound above it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from brute_force import optimum
from test_program_truth import shaken
from toy_world import all_routes, toy

import voltmile as vm
from voltmile.problem.nation import Nation
from voltmile.solve.plan import Effort, InfeasibleError, NoPlanError, solve
from voltmile.solve.solution import Solution

QUICK = Effort(tour_iterations=20)


def test_the_toy_is_solved_to_the_optimum_of_its_readme(instances: Path) -> None:
    solution = solve(vm.read(instances / "toy"), effort=QUICK)
    assert solution.objective == pytest.approx(195_140.0, abs=1e-3)
    assert solution.bound <= 195_140.0
    assert solution.objective == pytest.approx(sum(row.discounted_cny for row in solution.costs))


@pytest.mark.parametrize("seed", range(12))
def test_the_truth_lies_between_bound_and_plan(seed: int) -> None:
    nation = toy(shaken(seed))
    truth = optimum(nation, all_routes(nation))
    if truth is None:
        with pytest.raises(InfeasibleError):
            solve(nation, effort=QUICK)
        return
    solution = solve(nation, effort=QUICK)
    assert solution.bound <= truth + 1e-6 * abs(truth)
    assert solution.objective >= truth - 1e-6 * abs(truth)
    assert solution.objective == pytest.approx(truth, rel=0.02)


def test_one_worker_and_two_give_the_same_plan(instances: Path) -> None:
    nation = vm.read(instances / "toy")
    one, two = (solve(nation, workers=workers, effort=QUICK) for workers in (1, 2))
    assert decided(one) == decided(two)


def decided(solution: Solution) -> tuple[object, ...]:
    return solution.plan, solution.objective, solution.bound, solution.certificate


def test_stopping_before_anything_was_found_says_so(instances: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(NoPlanError, match="before the first plan"):
        solve(vm.read(instances / "toy"), effort=QUICK, stop=stop)


def test_a_time_limit_of_nothing_still_returns_a_plan_and_a_bound(instances: Path) -> None:
    solution = solve(vm.read(instances / "toy"), effort=QUICK, time_limit_s=1e-3)
    assert solution.plan.routes
    assert 0 <= solution.gap < 1


def test_a_plan_known_from_before_is_one_to_begin_with(
    instances: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nation = vm.read(instances / "toy")
    before = solve(nation, effort=QUICK)
    monkeypatch.setattr("voltmile.solve.deciding._start", lambda *_: None)  # nothing of its own
    stopped = Effort(tour_iterations=20, joint_nodes=0)
    again = solve(nation, effort=stopped, time_limit_s=1e-3, known=[before.routes])
    assert again.objective == pytest.approx(before.objective)
    assert set(again.routes) <= set(before.routes)


def nation_with(nation: Nation, **fields: object) -> Nation:
    own = {name: getattr(nation, name) for name in type(nation).model_fields}
    return Nation(**{**own, **fields})
