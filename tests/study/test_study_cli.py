from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import tiny
from rich.console import Console
from typer.testing import CliRunner, Result

import voltmile
from voltmile.check import Report, Violation
from voltmile.cli import app
from voltmile.cli.progress import Lines, View, worded
from voltmile.solve.progress import BoundImproved, CityDone, HubPriced, Message, MipProgress, PhaseStarted
from voltmile.study import engines
from voltmile.study.engines import NoPlanError


def voltmile_(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


def test_help_lists_the_commands_and_the_exit_codes() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "voltmile.cli", "--help"], capture_output=True, text=True, check=True
    )
    for word in ("run", "verify", "table", "instance", "130  interrupted"):
        assert word in done.stdout
    assert done.stderr == ""


def test_starting_up_loads_nothing_heavy() -> None:
    heavy = {"numpy", "pandas", "pydantic", "matplotlib", "highspy", "pyomo", "numba", "rich"}
    code = f"import sys, voltmile.cli; sys.exit(','.join({heavy!r} & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_version() -> None:
    assert voltmile_("--version").output == f"voltmile {voltmile.__version__}\n"


# -- run ------------------------------------------------------------------------------------------------


def test_run_prints_the_summary_and_where_the_results_are(experiment: Path, fake: dict[str, Any]) -> None:
    done = voltmile_("run", experiment)
    assert done.exit_code == 0
    assert "251,600" in done.stdout
    assert "results/tiny" in done.stdout
    assert "read" in done.stderr


def test_run_with_json_prints_one_object(experiment: Path, fake: dict[str, Any]) -> None:
    done = voltmile_("run", experiment, "--json")
    found = json.loads(done.stdout)
    assert found["objective"] == tiny.OBJECTIVE
    assert Path(found["results"]).name == "tiny"


def test_run_can_be_quiet(experiment: Path, fake: dict[str, Any]) -> None:
    assert voltmile_("run", experiment, "--quiet").output == ""


def test_options_override_the_file(experiment: Path, fake: dict[str, Any], tmp_path: Path) -> None:
    done = voltmile_(
        "run", experiment, "-q", "--workers", "3", "--time-limit", "7.5", "--output", tmp_path / "here"
    )
    assert done.exit_code == 0
    solve = json.loads((tmp_path / "here" / "provenance.json").read_text())["config"]["solve"]
    assert [solve[key] for key in ("gap", "time_limit_s", "workers")] == [0.01, 7.5, 3]


def test_a_faulty_experiment_is_wrong_input(experiment: Path) -> None:
    experiment.write_text('instance = "nowhere"\nsede = 1\n[output]\nfolder = "x"\n')
    done = voltmile_("run", experiment)
    assert done.exit_code == 2
    assert "did you mean 'seed'?" in done.stderr
    assert "instance: found 'nowhere'" in done.stderr
    assert "Traceback" not in done.output


def test_a_folder_that_is_not_ours_is_wrong_input(experiment: Path, fake: dict[str, Any]) -> None:
    done = voltmile_("run", experiment, "--output", experiment.parent)
    assert done.exit_code == 2
    assert "holds no results" in done.stderr
    assert experiment.exists()


@pytest.mark.parametrize(("infeasible", "code"), [(True, 1), (False, 3)])
def test_no_plan_has_its_exit_codes(
    experiment: Path, fake: dict[str, Any], infeasible: bool, code: int
) -> None:
    def solve(*_: object) -> Any:
        raise NoPlanError("village a does not fit any vehicle", infeasible)

    fake["solve"] = solve
    done = voltmile_("run", experiment)
    assert done.exit_code == code
    assert "village a does not fit any vehicle" in done.stderr


def test_ctrl_c_keeps_the_plan(experiment: Path, fake: dict[str, Any]) -> None:
    def solve(nation: Any, experiment: Any, tell: Any, stop: Event) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.wait(5.0)
        return tiny.interrupted()

    fake["solve"] = solve
    done = voltmile_("run", experiment, "--json")
    assert done.exit_code == 130
    assert json.loads(done.stdout)["status"] == "interrupted"


def test_ctrl_c_before_the_first_plan_leaves_nothing(experiment: Path, fake: dict[str, Any]) -> None:
    def solve(nation: Any, experiment: Any, tell: Any, stop: Event) -> Any:
        stop.set()
        raise NoPlanError("tours were still being searched", infeasible=False)

    fake["solve"] = solve
    done = voltmile_("run", experiment)
    assert done.exit_code == 130
    assert not (experiment.parents[1] / "results" / "tiny").exists()


def test_a_second_ctrl_c_ends_at_once(experiment: Path, fake: dict[str, Any]) -> None:
    def solve(nation: Any, experiment: Any, tell: Any, stop: Event) -> Any:
        for _ in range(2):
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.05)

    fake["solve"] = solve
    done = voltmile_("run", experiment)
    assert (done.exit_code, done.stderr.splitlines()[-1]) == (130, "interrupted")


# -- progress -------------------------------------------------------------------------------------------

PRICED = HubPriced("north", "n", 2018, "regular", 12, None)


def test_plain_lines_skip_what_happens_all_the_time(capsys: pytest.CaptureFixture[str]) -> None:
    lines = Lines()
    for event in (PhaseStarted("prices"), *[PRICED] * 50, BoundImproved(1e6, 1.25e6, 0.2)):
        lines(event)
    shown = capsys.readouterr().err.splitlines()
    assert len(shown) == 2
    assert shown[0].endswith("s  prices")
    assert shown[1].endswith("bound 1,000,000  plan 1,250,000  gap 20.000%")


def test_events_are_worded() -> None:
    assert worded(PRICED) == "  priced 12: north n 2018 regular"
    assert "no plan yet" in worded(MipProgress(None, 5.0, None, 7, 1.0))
    assert worded(CityDone("plans", None, 3, 9)) == "  plans: 3 of 9 cities are there"
    assert worded(Message("hub n: 3 columns")) == "hub n: 3 columns"


def test_the_live_view_shows_where_it_stands() -> None:
    view = View(600.0)
    assert view.hear(PhaseStarted("prices")) is None
    for event in (PRICED, BoundImproved(1e6, 1.25e6, 0.2), MipProgress(1.25e6, 1e6, 0.2, 7, 1.0)):
        assert view.hear(event) is None
    console = Console(width=100, record=True, quiet=True)
    with console.capture() as capture:
        console.quiet = False
        console.print(view.render())
    shown = capture.get()
    for word in ("prices", "priced 12: north n 2018 regular", "1,000,000 CNY", "20.000%", "7 nodes"):
        assert word in shown
    view.hear(CityDone("bound", None, 3, 12))
    view.stage_began = view.stage_began[0] - 60.0, 3
    view.hear(CityDone("bound", "North", 6, 12))
    assert view.facts["doing"] == "bound: 6 of 12 cities, North; about 2 min left"
    assert (view.hear(PhaseStarted("plan")) or "").startswith("prices")
    assert "doing" not in view.facts


# -- verify, table, instance ----------------------------------------------------------------------------


@pytest.fixture
def results(experiment: Path, fake: dict[str, Any]) -> Path:
    assert voltmile_("run", experiment, "-q").exit_code == 0
    return experiment.parents[1] / "results" / "tiny"


@dataclass
class Checker:
    """Stands in for the checker and remembers what it was asked."""

    violations: tuple[Violation, ...] = ()
    asked: tuple[Any, ...] = ()

    def __call__(self, nation: Any, results: Path, pricing: str) -> Report:
        self.asked = (nation.name, results, pricing)
        return Report("tiny", self.violations, {"cover": 4}, objective=100.0, bound=99.0)


@pytest.fixture
def checker(monkeypatch: pytest.MonkeyPatch) -> Checker:
    fake = Checker()
    monkeypatch.setattr(engines, "check", fake)
    return fake


def test_verify_finds_the_instance_and_says_what_holds(results: Path, checker: Checker) -> None:
    done = voltmile_("verify", results, "--pricing", "sample")
    assert done.exit_code == 0
    assert checker.asked == ("tiny", results, "sample")
    assert "tiny: holds (4 checks of 1 rules" in done.stdout
    assert "gap 1.000%" in done.stdout


def test_verify_fails_with_what_is_wrong(results: Path, checker: Checker) -> None:
    checker.violations = (Violation("cover", "a 2018 regular", "is visited 2 times a day; once is right"),)
    done = voltmile_("verify", results)
    assert done.exit_code == 1
    assert "cover (a 2018 regular): is visited 2 times a day" in done.stdout
    found = json.loads(voltmile_("verify", results, "--json").stdout)
    assert found["passed"] is False
    assert found["violations"][0]["rule"] == "cover"


def test_verify_asks_where_a_lost_instance_is(results: Path, checker: Checker, tmp_path: Path) -> None:
    (tmp_path / "instances").rename(tmp_path / "moved")
    done = voltmile_("verify", results)
    assert done.exit_code == 2
    assert "--instance" in done.stderr
    assert voltmile_("verify", results, "--instance", tmp_path / "moved" / "tiny").exit_code == 0


@pytest.mark.parametrize("what", ["summary", "fleet", "costs", "cities", "limits"])
@pytest.mark.parametrize(("to", "start"), [("markdown", "| "), ("csv", ""), ("latex", "% tiny")])
def test_tables(results: Path, what: str, to: str, start: str) -> None:
    done = voltmile_("table", results, "--to", to, "--what", what)
    assert done.exit_code == 0
    assert done.stdout.startswith(start)
    assert len(done.stdout.splitlines()) >= 3


def test_a_table_of_nothing_is_wrong_input(tmp_path: Path) -> None:
    assert voltmile_("table", tmp_path).exit_code == 2
    assert voltmile_("table", tmp_path, "--to", "docx").exit_code == 2


def test_an_instance_is_shown(experiment: Path) -> None:
    done = voltmile_("instance", "show", experiment.parents[1] / "instances" / "tiny")
    assert done.exit_code == 0
    assert "tiny: Two cities, four villages" in done.stdout
    assert "0.100 to 0.800 kg CO2 per kWh" in done.stdout


def test_a_sound_instance_is_ok(experiment: Path) -> None:
    done = voltmile_("instance", "check", experiment.parents[1] / "instances" / "tiny")
    assert done.stdout.startswith("tiny: OK, 2 cities, 2 hubs, 4 villages, 2 years, 5 limits (")


def test_an_unsound_instance_names_all_its_faults(experiment: Path) -> None:
    folder = experiment.parents[1] / "instances" / "tiny"
    (folder / "grid.csv").unlink()
    text = (folder / "hubs.csv").read_text(encoding="utf-8")
    (folder / "hubs.csv").write_text(text.replace("50.0", "-50.0"), encoding="utf-8")
    done = voltmile_("instance", "check", folder)
    assert done.exit_code == 2
    assert "grid.csv: is missing" in done.stderr
    assert "hubs.csv, row 2, grid_kw: found '-50.0'" in done.stderr
    assert voltmile_("instance", "check", folder / "nowhere").exit_code == 2
