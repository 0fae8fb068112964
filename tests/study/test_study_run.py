from __future__ import annotations

from pathlib import Path
from threading import Event
from typing import Any

import pytest
import tiny

from voltmile.problem.faults import FaultyInputError
from voltmile.solve.progress import Message, PhaseStarted
from voltmile.study.config import ExperimentFile, read_experiment
from voltmile.study.engines import NoPlanError
from voltmile.study.folder import OutputError
from voltmile.study.results import read_results
from voltmile.study.run import run


@pytest.fixture
def file(experiment: Path) -> ExperimentFile:
    return read_experiment(experiment)


def test_a_run_leaves_a_result_folder(file: ExperimentFile, fake: dict[str, Any]) -> None:
    events: list[Any] = []
    finished = run(file, command="voltmile run tiny.toml", on_progress=events.append)
    assert not finished.interrupted
    results = read_results(file.output_folder)
    assert results.summary.baselines == {"city_alone": 300000.0}
    assert results.summary.journey_baselines == {"pooled_savings": 20.0}
    assert set(results.summary.seconds_by_phase) == {"read", "tours", "plan", "baselines"}
    assert results.instance_folder == file.instance_folder
    assert results.provenance.command == "voltmile run tiny.toml"
    assert [e.name for e in events if isinstance(e, PhaseStarted)] == ["read", "baselines"]


def test_figures_are_drawn_when_asked_for(experiment: Path, fake: dict[str, Any]) -> None:
    experiment.write_text(experiment.read_text().replace("false", "true"))
    file = read_experiment(experiment)
    run(file)
    assert (file.output_folder / "figures" / "map_north.png").is_file()
    run(file)  # replaces a folder that has figures
    assert "figures" in read_results(file.output_folder).summary.seconds_by_phase


def test_an_interrupted_solve_ends_the_run_though_nobody_set_stop(
    file: ExperimentFile, fake: dict[str, Any]
) -> None:
    fake["solve"] = lambda *_: tiny.interrupted()
    fake["baselines"] = lambda *_: pytest.fail("there is no time for baselines")
    assert run(file).interrupted


def test_two_runs_differ_in_times_alone(file: ExperimentFile, fake: dict[str, Any], tmp_path: Path) -> None:
    for name in ("one", "two"):
        run(file, output=tmp_path / name)
    for path in (tmp_path / "one").iterdir():
        if path.name not in ("summary.json", "provenance.json"):
            assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes()


def test_a_run_that_was_stopped_keeps_its_plan_and_skips_the_rest(
    experiment: Path, fake: dict[str, Any]
) -> None:
    def solve(nation: Any, experiment: Any, tell: Any, stop: Event) -> Any:
        stop.set()
        return tiny.interrupted()

    experiment.write_text(experiment.read_text().replace("false", "true"))
    fake["solve"] = solve
    fake["baselines"] = lambda *_: pytest.fail("there is no time for baselines")
    finished = run(read_experiment(experiment))
    assert finished.interrupted
    assert finished.results.summary.status == "interrupted"
    assert not (finished.results.path / "figures").exists()


def test_impatience_with_the_baselines_does_not_lose_the_plan(
    file: ExperimentFile, fake: dict[str, Any]
) -> None:
    def baselines(*_: object) -> dict[str, float]:
        raise KeyboardInterrupt

    fake["baselines"] = baselines
    events: list[Any] = []
    finished = run(file, on_progress=events.append)
    assert finished.interrupted
    assert finished.results.summary.journey_baselines == {}
    assert Message("baselines left out") in events


def test_a_bug_in_the_baselines_shows_once_the_plan_is_safe(
    file: ExperimentFile, fake: dict[str, Any]
) -> None:
    def baselines(*_: object) -> dict[str, float]:
        raise ZeroDivisionError("ours")

    fake["baselines"] = baselines
    with pytest.raises(ZeroDivisionError, match="ours"):
        run(file)
    assert read_results(file.output_folder).summary.objective == tiny.OBJECTIVE


@pytest.mark.parametrize("error", [NoPlanError("no van fits", infeasible=True), KeyboardInterrupt()])
def test_without_a_plan_the_old_results_stay(
    file: ExperimentFile, fake: dict[str, Any], error: BaseException
) -> None:
    run(file)
    before = {path.name: path.read_bytes() for path in file.output_folder.iterdir()}

    def solve(*_: object) -> Any:
        raise error

    fake["solve"] = solve
    with pytest.raises(type(error)):
        run(file)
    assert {path.name: path.read_bytes() for path in file.output_folder.iterdir()} == before
    assert [path.name for path in file.output_folder.parent.iterdir()] == ["tiny"]


def test_a_disk_that_fills_up_is_said(
    file: ExperimentFile, fake: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("voltmile.study.run.save", full)
    with pytest.raises(OutputError, match="was not made"):
        run(file)
    assert list(file.output_folder.parent.iterdir()) == []


def test_a_faulty_instance_is_no_result(file: ExperimentFile, fake: dict[str, Any]) -> None:
    (file.instance_folder / "cities.csv").unlink()
    with pytest.raises(FaultyInputError, match=r"cities\.csv: is missing"):
        run(file)
    assert not file.output_folder.exists()
