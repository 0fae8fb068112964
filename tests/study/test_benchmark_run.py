"""From files to rows, with an engine that answers at once."""

from __future__ import annotations

import json
import math
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import benchmark_children
import pytest
from small_benchmarks import Answer, answer, best_known, write_vrp

from voltmile.problem.benchmarks import BenchmarkError
from voltmile.problem.routing import RoutingProblem, RoutingResult
from voltmile.study.benchmark import engine, tasks
from voltmile.study.benchmark.rows import Row
from voltmile.study.benchmark.run import Listener, Tally, run_benchmark
from voltmile.study.benchmark.settings import Settings
from voltmile.study.folder import OutputError

SETTINGS = Settings(time_limit_s=5.0, seed=1)


@dataclass
class Heard(Listener):
    """Remembers what it is told."""

    rows: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)

    def finished(self, row: Row, bound_by: str) -> None:
        assert bound_by == "column generation"
        self.rows.append(row)

    def note(self, line: str) -> None:
        self.notes.append(line)

    def fault(self, line: str) -> None:
        self.faults.append(line)

    def traced(self, problem: RoutingProblem, row: Any) -> None:
        self.steps.append(row[1])


@dataclass
class Engine:
    """Stands in for the solver: what it answers by name, and what it was asked."""

    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def __call__(
        self, problem: RoutingProblem, settings: Settings, stop: Any, on_event: Any
    ) -> RoutingResult:
        self.asked.append(problem.name)
        on_event((0.1, "looked", 0.0, 1.0, 0, 0))
        return self.answers.get(problem.name, lambda p, _: answer(p))(problem, stop)


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Engine:
    solver = Engine()
    monkeypatch.setattr(engine, "solve", solver)
    return solver


def run(*paths: Path, settings: Settings = SETTINGS, **options: Any) -> tuple[Tally, Heard]:
    heard = Heard()
    return run_benchmark(paths, settings, listener=heard, **options), heard


def names(tally: Tally) -> list[str]:
    return [row["instance"] for row in tally.rows]


# -- files ----------------------------------------------------------------------------------------------


def test_a_folder_gives_the_files_that_a_reader_knows(fake: Engine, tmp_path: Path) -> None:
    for name in ("A-n10-k2", "A-n4-k1"):
        write_vrp(tmp_path / "set", name)
    write_vrp(tmp_path / "set" / "inner", "B-n4-k1")
    (tmp_path / "set" / "A-n4-k1.sol").write_text("Route #1: 1\nCost 24\n")
    (tmp_path / "set" / ".hidden.vrp").write_text("nonsense")
    (tmp_path / "set" / "image.png").write_bytes(b"\x89PNG\x00")
    tally, heard = run(tmp_path / "set")
    assert names(tally) == ["A-n4-k1", "A-n10-k2", "B-n4-k1"]
    assert heard.notes == [
        f"{tmp_path / 'set'}: 2 files (A-n4-k1.sol, image.png) skipped, in no known format"
    ]
    assert heard.faults == []
    assert tally.faults == 0
    assert heard.steps == ["looked"] * 3


def test_what_cannot_be_read_is_said_and_the_others_run(fake: Engine, tmp_path: Path) -> None:
    good, bad = write_vrp(tmp_path, "A-n4-k1"), write_vrp(tmp_path, "A-n5-k1")
    bad.write_text(bad.read_text().replace("DEPOT_SECTION", "EOF"))
    foreign, empty = tmp_path / "foreign.txt", tmp_path / "empty"
    foreign.write_text("Some text\nof another kind\n")
    empty.mkdir()
    tally, heard = run(bad, foreign, empty, tmp_path / "nowhere.vrp", good)
    assert names(tally) == ["A-n4-k1"]
    assert tally.faults == len(heard.faults) == 4
    assert heard.faults[:2] == [
        f"{empty}: holds no file in a known format",
        f"{tmp_path / 'nowhere.vrp'}: does not exist",
    ]
    assert heard.faults[2].startswith("A-n5-k1.vrp, DEPOT_SECTION: is missing")
    assert heard.faults[3].startswith("foreign.txt: is in none of the known formats; valid: cvrplib")


def test_a_damaged_file_of_a_folder_is_a_fault(fake: Engine, tmp_path: Path) -> None:
    bad = write_vrp(tmp_path, "A-n5-k1")
    bad.write_text(bad.read_text()[:100])
    write_vrp(tmp_path, "A-n4-k1")
    tally, _heard = run(tmp_path)
    assert (names(tally), tally.faults) == (["A-n4-k1"], 1)


def test_formats_and_variants_choose(fake: Engine, tmp_path: Path) -> None:
    file = write_vrp(tmp_path, "A-n4-k1")
    assert run(tmp_path, format="solomon")[1].faults == [f"{tmp_path}: holds no file in the format solomon"]
    assert run(file, format="solomon")[0].faults == 1
    assert names(run(tmp_path, variant="VRPTW")[0]) == []
    assert run(tmp_path, variant="VRPTW")[0].faults == 0
    assert "has no variant 'VRPTW'" in run(file, variant="VRPTW")[1].faults[0]
    assert names(run(tmp_path, variant="cvrp")[0]) == ["A-n4-k1"]


def test_the_same_problem_is_solved_once(fake: Engine, tmp_path: Path) -> None:
    one = write_vrp(tmp_path / "one", "A-n4-k1")
    other = write_vrp(tmp_path / "other", "A-n4-k1")
    tally, heard = run(one, one, other)
    assert fake.asked == ["A-n4-k1"]
    assert heard.notes == [f"A-n4-k1 (CVRP): the same problem again in {other}, skipped"]
    other = write_vrp(tmp_path / "other", "A-n4-k1", (3, 4, 6))
    tally, heard = run(one, other)
    assert heard.faults == [f"A-n4-k1 (CVRP): another problem of this name in {other}, skipped"]
    assert tally.faults == 1


# -- results --------------------------------------------------------------------------------------------


def test_rows_and_routes_are_written(fake: Engine, tmp_path: Path) -> None:
    out = tmp_path / "results" / "rows.csv"
    for name in ("A-n10-k2", "A-n4-k1"):
        write_vrp(tmp_path, name)
    table = best_known(tmp_path, "A-n4-k1,CVRP,20,no,2")
    run(tmp_path, out=out, best_known=table)
    assert out.read_text().splitlines()[1:] == [
        "A-n4-k1,CVRP A,CVRP,3,24.0000,12.0000,0.500000,20.0000,0.200000,feasible,1.23,7,2,1",
        "A-n10-k2,CVRP A,CVRP,3,24.0000,12.0000,0.500000,,,feasible,1.23,7,2,1",
    ]
    records = [json.loads(line) for line in out.with_suffix(".routes.jsonl").read_text().splitlines()]
    assert [record["instance"] for record in records] == ["A-n4-k1", "A-n10-k2"]
    first = records[0]
    assert first["routes"][0] == {"vehicle": "vehicle", "nodes": ["2"]}
    assert first["trace"][0] == [0.1, "local search", None, 24.0, 3, 0]
    assert (first["bound_by"], first["cost"], first["bound"]) == ("column generation", 24.0, 12.0)
    assert first["settings"] == {"time_limit_s": 5.0, "gap": 0.0, "seed": 1}
    assert first["versions"]["highspy"]
    assert sorted(path.name for path in out.parent.iterdir()) == ["rows.csv", "rows.routes.jsonl"]


def test_a_refused_plan_has_no_row(fake: Engine, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    for name in ("A-n4-k1", "A-n5-k1", "A-n6-k1", "A-n7-k1"):
        write_vrp(tmp_path, name)
    fake.answers = {
        "A-n4-k1": lambda p, _: answer(p, cost=23.0),
        "A-n5-k1": lambda p, _: answer(p, routes=answer(p).routes[:1]),
        "A-n6-k1": lambda p, _: answer(p, bound=25.0),
    }
    tally, heard = run(tmp_path, out=out)
    assert names(tally) == ["A-n7-k1"]
    refused = "the result is refused"
    assert heard.faults == [
        f"A-n4-k1 (CVRP): {refused}: cost is given as 23, recomputed 24",
        f"A-n5-k1 (CVRP): {refused}: customer 3 is not served (and 2 more)",
        f"A-n6-k1 (CVRP): {refused}: bound 25 is above the plan's cost 24",
    ]
    assert len(out.read_text().splitlines()) == 2


def test_a_surprise_is_loud_and_has_a_row(fake: Engine, tmp_path: Path) -> None:
    write_vrp(tmp_path, "A-n4-k1")
    table = best_known(tmp_path, "A-n4-k1,CVRP,30,yes,3")
    tally, heard = run(tmp_path, best_known=table)
    line = "primal 24 is below 30, which is known as optimal: one of the two is wrong"
    assert heard.faults == [f"!!! A-n4-k1 (CVRP): {line}"]
    assert (len(tally.rows), tally.faults) == (1, 1)


def test_a_crash_leaves_the_others_alone(fake: Engine, tmp_path: Path) -> None:
    def crash(*_: object) -> RoutingResult:
        raise IndexError("list index out of range\nand more")

    fake.answers = {"A-n4-k1": crash}
    for name in ("A-n4-k1", "A-n5-k1"):
        write_vrp(tmp_path, name)
    tally, heard = run(tmp_path)
    assert names(tally) == ["A-n5-k1"]
    (line,) = heard.faults
    start = "A-n4-k1 (CVRP): the solve crashed: IndexError: list index out of range (test_benchmark_run.py:"
    assert line.startswith(start)


def test_a_solve_that_fails_on_the_way_keeps_what_it_found(fake: Engine, tmp_path: Path) -> None:
    nothing = {"routes": (), "cost": math.inf, "bound": -math.inf, "status": "nothing"}
    fake.answers = {
        "A-n4-k1": lambda p, _: answer(p, failure="no basis"),
        "A-n5-k1": lambda p, _: answer(p, failure="no basis", **nothing),
    }
    for name in fake.answers:
        write_vrp(tmp_path, name)
    tally, heard = run(tmp_path)
    assert names(tally) == ["A-n4-k1"]
    said = "the solve failed (no basis); what it had found stands"
    assert heard.faults == [f"A-n4-k1 (CVRP): {said}", f"A-n5-k1 (CVRP): {said}"]


def test_no_plan_has_a_row(fake: Engine, tmp_path: Path) -> None:
    write_vrp(tmp_path, "A-n4-k1")
    fake.answers["A-n4-k1"] = lambda p, _: answer(p, routes=(), cost=math.inf, status="bound only")
    assert run(tmp_path)[0].rows[0]["status"] == "bound only"


def test_a_faulty_table_of_best_known_values_is_refused(fake: Engine, tmp_path: Path) -> None:
    file = write_vrp(tmp_path, "A-n4-k1")
    with pytest.raises(BenchmarkError, match="twice"):
        run(file, best_known=best_known(tmp_path, *["A-n4-k1,CVRP,30,yes,3"] * 2))
    assert fake.asked == []


# -- again, and ends ------------------------------------------------------------------------------------


def test_what_has_a_row_is_not_solved_again(fake: Engine, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    write_vrp(tmp_path, "A-n4-k1")
    run(tmp_path, out=out)
    before = out.read_text()
    write_vrp(tmp_path, "A-n5-k1", (1, 2))
    tally, heard = run(tmp_path, out=out)
    assert fake.asked == ["A-n4-k1", "A-n5-k1"]
    assert names(tally) == ["A-n4-k1", "A-n5-k1"]
    assert heard.notes[-1] == f"{out}: 1 rows were there and are kept"
    assert out.read_text().startswith(before)
    assert names(run(tmp_path / "A-n5-k1.vrp", out=out)[0]) == ["A-n5-k1"]
    assert len(out.read_text().splitlines()) == 3


def test_a_problem_that_has_changed_is_a_fault(fake: Engine, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    run(write_vrp(tmp_path, "A-n4-k1"), out=out)
    _tally, heard = run(write_vrp(tmp_path, "A-n4-k1", (1, 2, 3)), out=out)
    assert heard.faults == [f"A-n4-k1 (CVRP): is not the problem that {out} has a row of, skipped"]


def test_other_settings_are_refused(fake: Engine, tmp_path: Path) -> None:
    out, file = tmp_path / "rows.csv", write_vrp(tmp_path, "A-n4-k1")
    run(file, out=out)
    before = out.read_text()
    with pytest.raises(OutputError, match="made with time limit 5 s, gap 0, seed 1, not with time limit 9 s"):
        run(file, out=out, settings=Settings(time_limit_s=9.0, seed=1))
    assert out.read_text() == before


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "\udcff", '"open'])
def test_a_file_that_is_not_ours_is_left_alone(fake: Engine, tmp_path: Path, text: str) -> None:
    out, file = tmp_path / "rows.csv", write_vrp(tmp_path, "A-n4-k1")
    out.write_text(text, errors="surrogateescape")
    before = out.read_bytes()
    with pytest.raises(OutputError, match="is no table of benchmark rows; choose another"):
        run(file, out=out)
    assert out.read_bytes() == before
    with pytest.raises(OutputError, match="is a folder"):
        run(file, out=tmp_path)


@pytest.mark.parametrize("text", [None, "", "{}\n", "no json\n", '{"settings": {"gap": "x"}}\n'])
def test_rows_without_their_routes_are_left_alone(fake: Engine, tmp_path: Path, text: str | None) -> None:
    out, file = tmp_path / "rows.csv", write_vrp(tmp_path, "A-n4-k1")
    run(file, out=out)
    routes = out.with_suffix(".routes.jsonl")
    routes.unlink()
    if text is not None:
        routes.write_text(text)
    with pytest.raises(OutputError, match=r"rows\.routes\.jsonl.*; choose another file for --out"):
        run(file, out=out)


def test_ctrl_c_keeps_what_the_running_problem_has(fake: Engine, tmp_path: Path) -> None:
    out, stop = tmp_path / "rows.csv", threading.Event()

    def interrupted(problem: RoutingProblem, asked: Any) -> RoutingResult:
        stop.set()
        assert asked()
        return answer(problem)

    for name in ("A-n4-k1", "A-n5-k1", "A-n6-k1"):
        write_vrp(tmp_path, name)
    fake.answers = {"A-n5-k1": interrupted}
    tally, _ = run(tmp_path, out=out, stop=stop)
    assert tally.interrupted
    assert names(tally) == ["A-n4-k1", "A-n5-k1"]
    fake.answers = {}
    tally, _heard = run(tmp_path, out=out)
    assert names(tally) == ["A-n4-k1", "A-n5-k1", "A-n6-k1"]
    assert fake.asked == ["A-n4-k1", "A-n5-k1", "A-n5-k1", "A-n6-k1"]


def test_ctrl_c_with_nothing_found_leaves_no_row(fake: Engine, tmp_path: Path) -> None:
    stop = threading.Event()

    def interrupted(problem: RoutingProblem, asked: Any) -> RoutingResult:
        stop.set()
        return answer(problem, status="nothing", routes=(), cost=math.inf, bound=-math.inf)

    write_vrp(tmp_path, "A-n4-k1")
    fake.answers = {"A-n4-k1": interrupted}
    assert run(tmp_path, stop=stop)[0] == Tally([], 0, True)


# -- other processes ------------------------------------------------------------------------------------


def test_several_processes_write_the_same(
    fake: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "_serve", benchmark_children.serve)
    for name in ("A-n4-k1", "A-n5-k1", "A-n6-k1", "A-n8-k1", "A-n9-k1"):
        write_vrp(tmp_path / "set", name)
    _tally, heard = run(tmp_path / "set", out=tmp_path / "two.csv", workers=2)
    assert sorted(heard.faults) == [
        "A-n8-k1 (CVRP): the solve crashed: ValueError: eight",
        "A-n9-k1 (CVRP): the solve crashed: its process died with exit code 3 (killed, or out of memory)",
    ]
    assert heard.steps == ["here"] * 3
    for name in ("A-n8-k1", "A-n9-k1"):
        (tmp_path / "set" / f"{name}.vrp").unlink()
    run(tmp_path / "set", out=tmp_path / "one.csv")
    for kind in (".csv", ".routes.jsonl"):
        assert (tmp_path / f"two{kind}").read_text() == (tmp_path / f"one{kind}").read_text()


def test_ctrl_c_reaches_other_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_serve", benchmark_children.serve)
    for name in ("A-n4-k1", "A-n7-k1", "A-n7-k2", "A-n7-k3"):
        write_vrp(tmp_path, name)
    stop = threading.Event()

    @dataclass
    class Impatient(Heard):
        def traced(self, problem: RoutingProblem, row: Any) -> None:
            super().traced(problem, row)
            if self.steps.count("waiting") == 2:
                stop.set()

    heard = Impatient()
    tally = run_benchmark([tmp_path], SETTINGS, workers=2, stop=stop, listener=heard)
    assert tally.interrupted
    assert names(tally) == ["A-n4-k1", "A-n7-k1", "A-n7-k2"]


def test_processes_that_do_not_stop_are_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_serve", benchmark_children.serve_deaf)
    monkeypatch.setattr(tasks, "_GRACE_S", 0.3)
    write_vrp(tmp_path, "A-n4-k1")
    stop = threading.Event()

    class Impatient(Heard):
        def traced(self, problem: RoutingProblem, row: Any) -> None:
            stop.set()

    tally = run_benchmark([tmp_path], SETTINGS, workers=2, stop=stop, listener=Impatient())
    assert tally == Tally([], 0, True)
