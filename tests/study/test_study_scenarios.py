"""Scenarios of the toy from the experiment to its folder."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from toy_world import TOY
from typer.testing import CliRunner, Result

from voltmile.cli import app
from voltmile.problem.folder import read
from voltmile.problem.scenarios import Scenario, apply
from voltmile.solve.solution import Solution
from voltmile.study import engines
from voltmile.study.config import read_experiment
from voltmile.study.frontier.book import COLUMNS as FRONTIER_COLUMNS
from voltmile.study.scenarios.rows import COLUMNS, FLEET_COLUMNS
from voltmile.study.scenarios.run import Finished, run_scenarios
from voltmile.study.study_settings import FrontierSettings

THREE = """
[[scenario]]
name = "fuel-dear"
probability = 0.5
fuel_price_factor = 1.5
[[scenario]]
name = "dear-power"
probability = 0.25
electricity_price_factor = 3.0
[[scenario]]
name = "cold"
probability = 0.25
celsius_shift = -5.0
"""
ROBUST = '[robust]\nobjective = "expected"\n'


def config(folder: Path, more: str) -> Path:
    file = folder / "toy.toml"
    file.write_text(
        f'instance = "{TOY.as_posix()}"\n[solve]\nworkers = 1\n'
        f'[output]\nfolder = "toy"\nfigures = false\n{more}',
        encoding="utf-8",
    )
    return file


def command(file: Path) -> Result:
    return CliRunner().invoke(app, ["scenarios", str(file)], catch_exceptions=False)


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    return run_scenarios(read_experiment(config(tmp_path_factory.mktemp("scenarios"), THREE + ROBUST)))


def test_the_table_of_the_folder_has_every_scenario(finished: Finished) -> None:
    printed = CliRunner().invoke(app, ["table", str(finished.path), "--to", "csv"], catch_exceptions=False)
    lines = list(csv.DictReader(printed.stdout.splitlines()))
    wanted = rows_of(finished.path / "scenarios.csv")
    assert [line["scenario"] for line in lines] == [row["scenario"] for row in wanted]
    assert [float(line["cost_cny"]) for line in lines] == [float(row["cost_cny"]) for row in wanted]


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_every_scenario_is_a_row_beside_the_base(finished: Finished) -> None:
    rows = {row["scenario"]: row for row in finished.rows}
    assert list(rows) == ["base", "fuel-dear", "dear-power", "cold"]
    assert rows["base"]["cost_cny"] == pytest.approx(195_140.0)  # by hand in instances/toy/README.md
    assert rows["base"]["delta_cny"] is None
    for name in ("fuel-dear", "dear-power", "cold"):
        row = rows[name]
        assert row["delta_cny"] == pytest.approx(row["cost_cny"] - 195_140.0)
        assert row["delta_low_cny"] <= row["delta_cny"] <= row["delta_high_cny"]
    assert rows["fuel-dear"]["delta_low_cny"] > 0  # proven: dear fuel costs more


def test_every_plan_passes_the_check_in_its_own_scenario(finished: Finished) -> None:
    assert finished.faults == []
    assert {row["checked"] for row in finished.rows} == {True}
    assert {path.name for path in (finished.path / "robust").iterdir()} == {"fuel-dear", "dear-power", "cold"}


def test_nobody_asks_what_limits_are_worth_in_a_scenario(finished: Finished) -> None:
    for folder in (finished.path / "plans" / "base", finished.path / "robust" / "cold"):
        there = {path.name for path in folder.iterdir()}
        assert "limits.csv" in there
        assert not there & {"prices.csv", "vans.csv"}


def test_the_check_refuses_a_plan_of_another_scenario(finished: Finished) -> None:
    nation = read(TOY)
    assert not engines.check(nation, finished.path / "robust" / "cold", "none").passed
    scenario = read_experiment(config(finished.path.parent, THREE)).experiment.scenario[-1]
    assert engines.check(apply(nation, scenario), finished.path / "robust" / "cold", "none").passed


def test_one_fleet_drives_in_every_scenario(finished: Finished) -> None:
    bought = set()
    for folder in (finished.path / "robust").iterdir():
        plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
        bought.add(json.dumps([plan[name] for name in ("buy", "sell", "build", "upgrade")]))
    assert len(bought) == 1


def test_the_choice_says_what_it_is_worth(finished: Finished) -> None:
    record = json.loads((finished.path / "robust.json").read_text(encoding="utf-8"))
    tried = rows_of(finished.path / "robust.csv")
    costs = {(row["fleet"], row["scenario"]): row["cost_cny"] for row in tried}
    weights = {"fuel-dear": 0.5, "dear-power": 0.25, "cold": 0.25}
    expected = sum(weight * float(costs["robust", name]) for name, weight in weights.items())
    assert record["cost_cny"] == pytest.approx(expected)
    alone = sum(weights[str(r["scenario"])] * r["bound_cny"] for r in finished.rows[1:])
    assert record["bound_cny"] == pytest.approx(alone)
    base = sum(weight * float(costs["base", name]) for name, weight in weights.items())
    assert record["value_of_stochastic_solution_cny"] == pytest.approx(base - expected, abs=1e-6)
    assert 0 <= record["expected_value_of_perfect_information_cny"] <= record["at_most_cny"]
    assert costs["fuel-dear", "cold"] == ""  # its electric van does not get through the cold
    assert {row["scenario"] for row in tried} == set(weights)


def test_a_base_fleet_that_fails_is_infinite_in_words(tmp_path: Path) -> None:
    """At -14 degrees more the electric van of the base no longer serves its villages."""
    done = command(config(tmp_path, '[[scenario]]\nname = "arctic"\ncelsius_shift = -14.0\n' + ROBUST))
    assert done.exit_code == 0
    record = json.loads((tmp_path / "toy" / "robust.json").read_text(encoding="utf-8"))
    assert record["base_fleet_fails_in"] == ["arctic"]
    assert record["value_of_stochastic_solution_cny"] is None
    assert record["value_of_stochastic_solution"].startswith("infinite")
    assert "infinite" in done.stdout


def test_a_scenario_without_a_plan_is_a_row_and_no_fleet(tmp_path: Path) -> None:
    done = command(config(tmp_path, '[[scenario]]\nname = "busy"\nvillage_demand_factor = 1.2\n' + ROBUST))
    assert done.exit_code == 1
    assert "no plan was found for busy even with a fleet of its own" in done.stdout
    assert rows_of(tmp_path / "toy" / "scenarios.csv")[1]["status"] == "infeasible"
    summary = json.loads((tmp_path / "toy" / "summary.json").read_text(encoding="utf-8"))
    assert summary["without_a_plan"]["busy"]


def test_an_ended_run_goes_on_with_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = read_experiment(config(tmp_path, THREE))
    stop, solved, solve = Event(), [], engines.solve

    def counted(*arguments: Any, **options: Any) -> Solution:
        if len(solved) == 2:
            stop.set()
        solved.append(arguments[0].digest)
        return solve(*arguments, **options)

    monkeypatch.setattr(engines, "solve", counted)
    assert run_scenarios(file, stop=stop).interrupted
    assert len(rows_of(tmp_path / "toy" / "scenarios.csv")) == 2
    stop.clear()
    assert not run_scenarios(file).interrupted
    assert len(rows_of(tmp_path / "toy" / "scenarios.csv")) == 4
    assert solved[2] == solved[3]
    assert len(solved) == 5
    assert not list(tmp_path.glob(".*"))


def test_a_run_ended_before_its_first_plan_says_so(tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    with pytest.raises(engines.NoPlanError, match="stopped before the first plan"):
        run_scenarios(read_experiment(config(tmp_path, THREE)), stop=stop)
    assert not (tmp_path / "toy").exists()


def test_the_command_and_its_figure(tmp_path: Path) -> None:
    file = config(tmp_path, THREE)
    file.write_text(file.read_text().replace("figures = false", "figures = true"))
    done = command(file)
    assert done.exit_code == 0
    assert "fuel-dear" in done.stdout
    drawn = tmp_path / "toy" / "figures"
    assert {path.name for path in drawn.iterdir()} == {"tornado.svg", "tornado.png"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("", "scenario: there is none; valid: at least one [[scenario]] table"),
        ('[[scenario]]\nname = "a"\n[[scenario]]\nname = "a"\n', "'a' stands there 2 times"),
        ('[[scenario]]\nname = "base"\n', "means the instance as it is"),
        ('[[scenario]]\nname = "a"\nprobability = 0.5\n', "the probabilities sum to 0.5; valid: 1"),
        (
            '[[scenario]]\nname = "a"\nprobability = 1.0\n[[scenario]]\nname = "b"\n',
            "b: no probability; valid: one for all or for none",
        ),
        ('[[scenario]]\nname = "a"\nfuel_prise_factor = 2.0\n', "did you mean 'fuel_price_factor' or"),
        ('[[scenario]]\nname = "a"\ngrid_factor = "marginal"\n', "found 'marginal'"),
        ('[[scenario]]\nname = "a"\nbattery_price_factor = 1.2\n', "battery_pack_cny_per_kwh_by_year"),
        ('[[scenario]]\nname = "a"\ncelsius_shift = -90.0\n', "celsius_shift: found -90"),
        ('[[scenario]]\nname = "a"\n[robust]\nobjective = "best"\n', "robust.objective: found 'best'"),
    ],
)
def test_scenarios_that_make_no_sense_are_named(tmp_path: Path, given: str, said: str) -> None:
    done = command(config(tmp_path, given))
    assert done.exit_code == 2
    assert said in done.stderr
    assert not (tmp_path / "toy").exists()


def test_a_nation_too_large_for_one_fleet_is_refused_before_anything_is_solved(tmp_path: Path) -> None:
    file = config(tmp_path, THREE + ROBUST)
    file.write_text(file.read_text().replace("workers = 1", 'workers = 1\nmethod = "cities"'))
    done = command(file)
    assert done.exit_code == 2
    assert "at most 4 cities" in done.stderr


@pytest.mark.parametrize(("name", "scenarios"), [("scenarios", 8), ("robust", 3)])
def test_the_examples_are_scenarios_of_their_instance(name: str, scenarios: int) -> None:
    file = read_experiment(Path(__file__).parents[2] / "experiments" / f"{name}.toml")
    nation, experiment = read(file.instance_folder), file.experiment
    digests = {apply(nation, one, experiment.assumptions).digest for one in experiment.scenario}
    assert len(digests) == len(experiment.scenario) == scenarios
    assert (experiment.robust is not None) == (name == "robust")


def test_the_page_lists_every_key_of_a_scenario_and_every_column() -> None:
    page = (Path(__file__).parents[2] / "experiments" / "README.md").read_text(encoding="utf-8")
    words = set(re.findall(r"\w+", page.split("## Scenarios")[1].split("## Routing results")[0]))
    assert words >= {*Scenario.model_fields, *COLUMNS, *FLEET_COLUMNS}
    words = set(re.findall(r"\w+", page.split("## Cost against carbon")[1].split("## Scenarios")[0]))
    assert words >= {*FrontierSettings.model_fields, *FRONTIER_COLUMNS}
