"""Nations city by city: the same optimum as the truth and as one MIP, within both gaps; and what is kept."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from brute_force import optimum
from enumeration import Program
from small_nation import small_nation
from solving import solve as enumerate_all
from test_program_measures import BY_HAND, campaign, fund, labels
from test_program_truth import shaken
from toy_world import all_routes, toy

import voltmile as vm
from voltmile.problem.nation import Nation
from voltmile.solve import pools
from voltmile.solve.bridge import compile_model
from voltmile.solve.crew import Crew
from voltmile.solve.decomposition.effort import CityEffort
from voltmile.solve.decomposition.frames import city_frame, city_of
from voltmile.solve.decomposition.national import national_of, shared_rows
from voltmile.solve.decomposition.store import Store, StoreError, key_of
from voltmile.solve.frame import frame_of
from voltmile.solve.interrupt import watching
from voltmile.solve.joint import JointProgram
from voltmile.solve.plan import InfeasibleError, NoPlanError, solve
from voltmile.solve.progress import BoundImproved, CityDone
from voltmile.solve.run import Effort
from voltmile.solve.singles import single_columns
from voltmile.solve.solution import Solution
from voltmile.solve.watch import Watch

QUICK = CityEffort(solve=Effort(tour_iterations=20, offer_rounds=3, cut_rounds=20))


def by_cities(nation: Nation, **options: object) -> Solution:
    return solve(nation, method="cities", city_effort=QUICK, **options)  # type: ignore[arg-type]


def test_the_toy_is_solved_to_the_optimum_of_its_readme(instances: Path) -> None:
    solution = by_cities(vm.read(instances / "toy"))
    assert solution.objective == pytest.approx(195_140.0, abs=1e-3)
    assert solution.bound <= 195_140.0
    assert solution.objective == pytest.approx(sum(row.discounted_cny for row in solution.costs))


@pytest.mark.parametrize("seed", range(24))
def test_the_truth_lies_between_bound_and_plan(seed: int) -> None:
    nation = toy(shaken(seed))
    truth = optimum(nation, all_routes(nation))
    if truth is None:
        with pytest.raises((InfeasibleError, NoPlanError)):
            by_cities(nation)
        return
    solution = by_cities(nation)
    assert solution.bound <= truth + 1e-6 * abs(truth)
    assert solution.objective >= truth - 1e-6 * abs(truth)
    assert solution.objective == pytest.approx(truth, rel=0.03)


@pytest.mark.parametrize("seed", range(6))
def test_the_frames_of_the_cities_add_up_to_the_joint_one(seed: int) -> None:
    """At any dual values the parts bound what the whole does."""
    nation = toy(shaken(seed))
    cities = {city.id: city_of(nation, city.id) for city in nation.cities}
    days = [block.day for city in cities.values() for block in city.blocks.values()]
    model = JointProgram.statement(nation, single_columns(nation, days))
    joint = frame_of(compile_model(model))
    national = national_of(nation).frame
    rng = np.random.default_rng(seed)
    dual = joint.clipped(rng.normal(size=len(joint.keys)) * rng.choice([1.0, 100.0, 1e4], len(joint.keys)))
    of_row = joint.as_mapping(dual)
    prices = np.array([of_row.get(key, 0.0) for key in national.keys])
    values = []
    for city in cities.values():
        own = city_frame(city).at(prices)
        values.append(own.value(np.array([of_row.get(key, 0.0) for key in own.keys]), 0.0))
    whole = joint.value(dual, 0.0)
    assert national.value(prices, sum(values)) == pytest.approx(whole, rel=1e-9, abs=1e-3)
    assert national.keys == shared_rows(nation)


def test_one_worker_and_two_decide_alike(instances: Path) -> None:
    nation = vm.read(instances / "toy")
    one, two = (by_cities(nation, workers=workers) for workers in (1, 2))
    assert decided(one) == decided(two)


def decided(solution: Solution) -> tuple[object, ...]:
    return solution.plan, solution.objective, solution.bound, solution.certificate


def test_a_stopped_solve_goes_on_where_it_was(instances: Path, tmp_path: Path) -> None:
    nation = vm.read(instances / "toy")
    stop = threading.Event()
    done: list[CityDone] = []

    def stop_at_the_third(event: object) -> None:
        if isinstance(event, CityDone) and event.city:
            done.append(event)
            if len(done) == 3:
                stop.set()

    with pytest.raises(NoPlanError, match="goes on from there"):
        by_cities(nation, work=tmp_path, on_progress=stop_at_the_third, stop=stop)
    again: list[CityDone] = []
    solution = by_cities(
        nation, work=tmp_path, on_progress=lambda e: again.append(e) if isinstance(e, CityDone) else None
    )
    made = [event for event in again if event.city]
    assert [event.city for event in made if event.stage == "tours"] == []
    assert len(made) == 5 * len(nation.cities) - 3
    assert decided(solution) == decided(by_cities(nation))


def test_a_second_solve_makes_nothing_again(instances: Path, tmp_path: Path) -> None:
    nation = vm.read(instances / "toy")
    first = by_cities(nation, work=tmp_path)
    heard: list[object] = []
    assert decided(by_cities(nation, work=tmp_path, on_progress=heard.append)) == decided(first)
    assert not [event for event in heard if isinstance(event, CityDone) and event.city]


def test_no_time_leaves_a_plan_and_a_weak_bound(instances: Path) -> None:
    nation = vm.read(instances / "toy")
    heard: list[object] = []
    solution = by_cities(nation, time_limit_s=1e-3, on_progress=heard.append)
    whole = by_cities(nation)
    assert solution.plan.routes
    assert solution.bound < whole.bound <= whole.objective
    assert [event for event in heard if isinstance(event, BoundImproved) and event.plan]


def test_a_killed_worker_is_replaced_and_its_city_done_again(instances: Path, tmp_path: Path) -> None:
    nation = vm.read(instances / "toy")
    with Crew(nation, 2) as crew:
        marks = [(str(tmp_path / f"mark{number}"),) for number in range(4)]
        found = dict(crew.run(die_once, marks, lambda: False))
    assert found == dict.fromkeys(range(4), nation.name)


@pytest.mark.parametrize("solves", [1, 5, 30, 60, 90, 120])
def test_ctrl_c_in_the_only_process_ends_the_city_under_way_and_loses_no_other(
    instances: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, solves: int
) -> None:
    """Whichever program of HiGHS hears it: what came of a solve cut short must not be kept."""
    nation = vm.read(instances / "toy")
    asked: set[Watch] = set()
    pressed: list[Watch] = []

    def press(watch: Watch) -> None:
        asked.add(watch)
        if len(asked) == solves and not pressed:
            pressed.append(watch)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Watch, "_ask", press)
    stop = threading.Event()
    with suppress(NoPlanError):  # there may be a plan already, whose bound is still to come
        by_cities(nation, work=tmp_path, stop=stop)
    assert pressed
    assert stop.is_set()
    assert decided(by_cities(nation, work=tmp_path)) == decided(by_cities(nation))


def test_ctrl_c_in_a_crew_within_a_task_ends_the_task(instances: Path) -> None:
    nation = vm.read(instances / "toy")
    stop = threading.Event()
    with watching(stop), Crew(nation, 1) as crew:
        assert list(crew.run(tasks_of_its_own, [(1,), (2,)], stop.is_set)) == []
    assert stop.is_set()


def tasks_of_its_own(nation: Nation, _: int) -> list[int]:
    """Work with a crew that nobody tells to stop, as a city does with its hubs."""
    with Crew(nation, 1) as crew:
        return [found for _, found in crew.run(press_at_the_second, [(0,), (1,), (2,)], lambda: False)]


def press_at_the_second(_: Nation, number: int) -> int:
    if number == 1:
        signal.raise_signal(signal.SIGINT)
    return number


def test_ctrl_c_of_an_application_is_its_own(instances: Path) -> None:
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda *_: heard.append(1))
    try:
        with Crew(vm.read(instances / "toy"), 1) as crew:
            found = dict(crew.run(press_at_the_second, [(0,), (1,), (2,)], lambda: False))
    finally:
        signal.signal(signal.SIGINT, before)
    assert found == {0: 0, 1: 1, 2: 2}
    assert heard == [1]


def test_ctrl_c_twice_is_not_waited_for(instances: Path) -> None:
    nation = vm.read(instances / "toy")

    def press(event: object) -> None:
        if isinstance(event, CityDone) and event.city:
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        by_cities(nation, on_progress=press)


def die_once(nation: Nation, mark: str) -> str:
    """End the process the first time; done by a worker."""
    path = Path(mark)
    if path.name == "mark1" and not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.05)
    return nation.name


# -- the store ------------------------------------------------------------------------------------------


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.put("stage/a", {"x": np.arange(3)})
    assert "stage/a" in store
    assert store.get("stage/a")["x"].tolist() == [0, 1, 2]
    assert [path.name for path in (tmp_path / "stage").iterdir()] == ["a.pickle"]


@pytest.mark.parametrize("length", [0, 10, 40, -1])
def test_a_file_that_was_cut_short_does_not_count(tmp_path: Path, length: int) -> None:
    store = Store(tmp_path)
    store.put("a", list(range(100)))
    whole = store.path("a").read_bytes()
    store.path("a").write_bytes(whole[:length])
    assert "a" not in store
    with pytest.raises(KeyError):
        store.get("a")


def test_a_result_that_cannot_be_kept_names_the_place(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot keep a finished city"):
        Store(tmp_path / "file" / "folder").put("a", 1)


def test_a_full_disk_leaves_what_was_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path)
    store.put("a", 1)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="No space left"):
        store.put("b", 2)
    assert store.get("a") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.pickle"]


def test_keys_differ_in_all_they_depend_on() -> None:
    keys = {key_of(*words) for words in [("s", "c", [1]), ("s", "c", [2]), ("t", "c", [1]), ("s", "d", [1])]}
    assert len(keys) == 4
    assert key_of("s", "c", [1]) == key_of("s", "c", [1])


# -- measures and clusters ------------------------------------------------------------------------------


def test_measures_by_hand_are_found_city_by_city() -> None:
    """As one program finds them (test_plan_measures.py); 36,000 CNY too little in the fund cost 1.6 each."""
    free, bound_by_fund = by_cities(toy(campaign())), by_cities(toy(campaign(fund(250_000))))
    assert free.objective == pytest.approx(BY_HAND)
    assert bound_by_fund.objective == pytest.approx(BY_HAND + 57_600)
    assert BY_HAND + 50_000 < bound_by_fund.bound <= bound_by_fund.objective
    assert bound_by_fund.plan.measures == solve(toy(campaign(fund(250_000))), method="joint").plan.measures


def test_measures_and_every_limit_meet_the_truth() -> None:
    nation = small_nation()
    truth = enumerate_all(Program(nation)).objective
    solution = by_cities(nation)
    assert solution.bound <= truth + 1e-6 * abs(truth)
    assert solution.objective == pytest.approx(truth, rel=1e-6)


def test_limits_that_no_mixture_keeps_are_named_with_what_they_lack() -> None:
    with pytest.raises(InfeasibleError, match="labels lacks 1 million labels of the 23 asked for"):
        by_cities(toy(campaign(labels(23.0))))


#: In a process of its own: what a cluster leaves to the garbage collector is not another test's business.
_ON_A_CLUSTER = """
import sys
import voltmile as vm
from distributed import LocalCluster
from test_decomposition import by_cities, decided

if __name__ == "__main__":
    nation = vm.read(sys.argv[1])
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        there = by_cities(nation, cluster=cluster.scheduler_address, workers=2)
    print(decided(there) == decided(by_cities(nation)))
"""


def test_a_dask_cluster_decides_alike(instances: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    script = tmp_path / "on_a_cluster.py"
    script.write_text(_ON_A_CLUSTER)
    paths = os.pathsep.join(path for path in sys.path if path)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(script), str(instances / "toy")],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.stdout.splitlines()[-1:] == ["True"], done.stderr


def test_a_cluster_that_is_not_there_is_said_to_be_so(
    instances: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed", reason="the extra 'cluster' is not installed")
    monkeypatch.setattr(pools, "_REACH_S", 1)
    with pytest.raises(pools.ClusterError, match="no Dask scheduler answers at tcp://127"):
        by_cities(vm.read(instances / "toy"), cluster="tcp://127.0.0.1:9")


def test_a_worker_whose_parent_is_gone_before_it_starts_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would wait for work for ever, and hold whatever it inherited."""
    ended: list[int] = []

    def end(code: int) -> None:
        ended.append(code)
        raise SystemExit

    monkeypatch.setattr(os, "_exit", end)
    with pytest.raises(SystemExit):
        pools._end_with(parent=os.getppid() + 1)
    assert ended == [1]
