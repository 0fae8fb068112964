"""``voltmile benchmark`` as it is typed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from small_benchmarks import answer, best_known, problem_, write_vrp
from typer.testing import CliRunner, Result

from voltmile.cli import app
from voltmile.cli.benchmark_progress import View, watched
from voltmile.problem.routing import RoutingProblem, RoutingResult
from voltmile.solve import canary
from voltmile.study.benchmark import engine
from voltmile.study.benchmark.rows import make_row


def benchmark(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["benchmark", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """An engine that answers at once; returns the settings it was asked with."""
    heard: list[Any] = []

    def solve(problem: RoutingProblem, settings: Any, stop: Any, on_event: Any) -> RoutingResult:
        heard.append(settings)
        return answer(problem)

    monkeypatch.setattr(engine, "solve", solve)
    return heard


def test_rows_are_printed_and_summed_up(asked: list[Any], tmp_path: Path) -> None:
    write_vrp(tmp_path, "A-n4-k1")
    table = best_known(tmp_path, "A-n4-k1,CVRP,20,no,2")
    out = tmp_path / "results" / "rows.csv"
    done = benchmark(
        tmp_path / "A-n4-k1.vrp",
        *("--time-limit", "7", "--gap", "0.01", "--seed", "3"),
        *("--best-known", table, "--out", out),
    )
    assert done.exit_code == 0
    line = "A-n4-k1 (CVRP): feasible  primal 24.0000  bound 12.0000 (column generation)  gap 50.000%"
    assert f"{line}  +20.000% to best known 20.0000  1.23 s" in done.stderr
    for word in ("family", "CVRP A", "50.000", "1.23"):
        assert word in done.stdout
    assert (asked[0].time_limit_s, asked[0].gap, asked[0].seed) == (7.0, 0.01, 3)
    assert out.exists()


def test_the_real_engine_solves(tmp_path: Path) -> None:
    table = best_known(tmp_path, "A-n4-k1,CVRP,10,yes,1")
    done = benchmark(write_vrp(tmp_path, "A-n4-k1"), "--best-known", table)
    assert (
        "optimal  primal 10.0000  bound 10.0000 (column generation)  gap 0.000%  +0.000% to best known"
        in done.stderr
    )
    assert done.exit_code == 0


def test_a_fault_is_code_1(asked: list[Any], tmp_path: Path) -> None:
    good = write_vrp(tmp_path, "A-n4-k1")
    done = benchmark(tmp_path / "nowhere", good)
    assert done.exit_code == 1
    assert done.stderr.splitlines()[0] == f"{tmp_path / 'nowhere'}: does not exist"
    assert "CVRP A" in done.stdout
    done = benchmark(tmp_path / "nowhere")
    assert (done.exit_code, done.stdout) == (1, "")


def test_a_surprise_is_code_1(asked: list[Any], tmp_path: Path) -> None:
    table = best_known(tmp_path, "A-n4-k1,CVRP,30,yes,2")
    done = benchmark(write_vrp(tmp_path, "A-n4-k1"), "--best-known", table)
    assert done.exit_code == 1
    assert "!!! A-n4-k1 (CVRP): primal 24 is below 30" in done.stderr


def test_wrong_input_is_code_2(asked: list[Any], tmp_path: Path) -> None:
    good = write_vrp(tmp_path, "A-n4-k1")
    done = benchmark(good, "--format", "cvrpli")
    assert done.exit_code == 2
    assert "--format: there is no format 'cvrpli'; did you mean 'cvrplib'?" in done.stderr
    for number in ("nan", "inf"):
        assert benchmark(good, "--time-limit", number).exit_code == 2
    done = benchmark(good, "--best-known", good)
    assert done.exit_code == 2
    assert "--best-known: A-n4-k1.vrp, line 1: column 'instance' is missing" in done.stderr
    done = benchmark(good, "--out", good)
    assert done.exit_code == 2
    assert "is no table of benchmark rows" in done.stderr
    assert asked == []


def test_ctrl_c_is_code_130(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def solve(problem: RoutingProblem, settings: Any, stop: Any, on_event: Any) -> RoutingResult:
        os.kill(os.getpid(), signal.SIGINT)
        until = time.monotonic() + 5.0
        while not stop() and time.monotonic() < until:
            time.sleep(0.01)
        return answer(problem)

    monkeypatch.setattr(engine, "solve", solve)
    for name in ("A-n4-k1", "A-n5-k1"):
        write_vrp(tmp_path, name)
    done = benchmark(tmp_path, "--out", tmp_path / "rows.csv")
    assert done.exit_code == 130
    assert [line[:7] for line in (tmp_path / "rows.csv").read_text().splitlines()] == ["instanc", "A-n4-k1"]
    assert "CVRP A" in done.stdout


def test_a_second_ctrl_c_ends_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def solve(problem: RoutingProblem, settings: Any, stop: Any, on_event: Any) -> RoutingResult:
        if problem.name == "A-n5-k1":
            for _ in range(2):
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.05)
        return answer(problem)

    monkeypatch.setattr(engine, "solve", solve)
    for name in ("A-n4-k1", "A-n5-k1"):
        write_vrp(tmp_path, name)
    done = benchmark(tmp_path, "--out", tmp_path / "rows.csv")
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (130, "interrupted")
    assert len((tmp_path / "rows.csv").read_text().splitlines()) == 2
    assert not list(tmp_path.glob(".*"))


def test_the_live_view_shows_where_it_stands() -> None:
    console = Console(width=100, record=True, quiet=True)
    view = View(console)
    problem = problem_()
    with console.capture() as capture:
        console.quiet = False
        view.begun(3)
        view.started(problem)
        view.traced(problem, (0.1, "local search", -float("inf"), 24.0, 3, 0))
        console.print(view.render())
        view.traced(problem, (0.1, "cuts", 12.0, 24.0, 3, 0))
        console.print(view.render())
        view.ended(problem)
        view.finished(make_row(problem, answer(problem), None), "branching")
        view.fault("what is wrong")
        view.note("what is good to know")
        console.print(view.render())
    shown = capture.get()
    for word in (
        "0 rows of 3 files, 0 proven, 0 faults",
        "A-n4-k1 (CVRP)",
        "local search  plan 24.00  no bound yet",
        "cuts  plan 24.00  bound 12.00  gap 50.000%",
        "A-n4-k1 (CVRP): feasible  primal 24.0000",
        "what is wrong",
        "what is good to know",
        "1 rows of 3 files, 0 proven, 1 faults",
    ):
        assert word in shown


def test_a_terminal_gets_the_live_view(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    with watched() as listener:
        assert isinstance(listener, View)


def test_a_solver_known_to_be_wrong_is_refused_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canary, "solver_version", lambda: (1, 16, 0))
    done = benchmark(write_vrp(tmp_path, "A-n4-k1"))
    assert done.exit_code == 1
    assert "install highspy>=1.15.1,<1.16" in done.stderr
    assert len(done.stderr.splitlines()) == 1
