"""The frontier of the toy against the truth, and what is left of a run that was ended."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from brute_force import optimum
from toy_world import TOY, all_routes, toy
from typer.testing import CliRunner

from voltmile.check import Report, Violation
from voltmile.cli import app
from voltmile.problem.folder import read
from voltmile.problem.limits import CarbonLimit
from voltmile.solve.plan import Effort, solve
from voltmile.solve.solution import Solution
from voltmile.study import engines
from voltmile.study.config import read_experiment
from voltmile.study.folder import OutputError
from voltmile.study.frontier.caps import capped, uncapped
from voltmile.study.frontier.carry import plan_for
from voltmile.study.frontier.run import Finished, run_frontier
from voltmile.study.tables import make_tables


def config(folder: Path, frontier: str, name: str = "toy") -> Path:
    file = folder / f"{name}.toml"
    file.write_text(
        f'instance = "{TOY.as_posix()}"\n[solve]\nworkers = 1\n[output]\nfolder = "{name}"\n'
        f"figures = false\n[frontier]\n{frontier}\n",
        encoding="utf-8",
    )
    return file


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    file = config(tmp_path_factory.mktemp("frontier"), "caps_share = [0.9, 0.8, 0.65, 0.3]")
    return run_frontier(read_experiment(file))


def rows_of(folder: Path) -> list[dict[str, str]]:
    with (folder / "frontier.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def truth(nation: Any) -> float | None:
    return optimum(nation, all_routes(nation))


def test_the_truth_lies_between_bound_and_plan_at_every_cap(finished: Finished) -> None:
    nation = toy()
    emitted = emissions_of(finished)
    for row, share in zip(finished.rows[1:], (0.9, 0.8, 0.65, 0.3), strict=True):
        best = truth(capped(nation, {y: float(-(-share * kg // 1)) for y, kg in emitted.items()}))
        if best is None:
            assert row["status"] == "infeasible"
        else:
            assert row["bound_cny"] - 1e-6 <= best <= row["cost_cny"] + 1e-6
    best = truth(uncapped(nation))
    assert finished.rows[0]["bound_cny"] <= best + 1e-6
    assert finished.rows[0]["cost_cny"] == pytest.approx(best, rel=0.02)


def emissions_of(finished: Finished) -> dict[int, float]:
    summary = json.loads((finished.path / "points" / "0" / "summary.json").read_text())
    return {int(year): kg for year, kg in summary["co2_kg"].items()}


def test_the_curve_between_the_points_is_below_the_truth(finished: Finished) -> None:
    nation, emitted = toy(), emissions_of(finished)
    total = sum(emitted.values())
    with (finished.path / "bound_curve.csv").open(encoding="utf-8") as lines:
        curve = [(float(row["cap_co2_kg"]), float(row["bound_cny"])) for row in csv.DictReader(lines)]
    assert curve == sorted(curve, key=lambda place: -place[0])
    for kg, bound in curve[::5]:
        best = truth(capped(nation, {y: 1 + own * kg / total for y, own in emitted.items()}))
        assert best is None or bound <= best + 1e-6 * best + 20  # a kg more a year is worth a few CNY


def test_laws_of_a_frontier(finished: Finished) -> None:
    rows = [row for row in finished.rows if row["cost_cny"] is not None]
    assert len(rows) >= 4
    for row in rows:
        assert row["bound_cny"] <= row["cost_cny"] + 1e-6
        assert row["cap_co2_kg"] is None or row["co2_kg"] <= row["cap_co2_kg"] + 1e-6
        assert row["gap"] == pytest.approx((row["cost_cny"] - row["bound_cny"]) / row["cost_cny"])
    for looser, tighter in zip(finished.rows, finished.rows[1:], strict=False):
        assert tighter["bound_cny"] >= looser["bound_cny"]
        assert tighter["cost_cny"] is None or tighter["cost_cny"] >= looser["cost_cny"]


def test_every_point_passes_the_independent_check(finished: Finished) -> None:
    assert finished.faults == []
    assert {row["checked"] for row in finished.rows if row["cost_cny"] is not None} == {True}


def test_nobody_asks_what_limits_are_worth_at_a_point(finished: Finished) -> None:
    there = {path.name for path in (finished.path / "points" / "0").iterdir()}
    assert "limits.csv" in there
    assert not there & {"prices.csv", "vans.csv"}


def test_the_check_refuses_a_plan_under_a_tighter_cap(finished: Finished) -> None:
    """So that the check of the points is one of their caps as well."""
    emitted = emissions_of(finished)
    report = engines.check(
        capped(toy(), {y: kg - 1 for y, kg in emitted.items()}), finished.path / "points" / "0", "none"
    )
    assert "carbon" in {violation.rule for violation in report.violations}


def test_a_cap_nobody_can_keep_is_a_row(finished: Finished) -> None:
    last = finished.rows[-1]
    assert (last["status"], last["cost_cny"], last["checked"]) == ("infeasible", None, None)
    assert last["bound_cny"] is not None
    assert not (finished.path / "points" / "4").exists()


def test_priced_carbon_leaves_and_hard_caps_stay() -> None:
    nation = toy(lambda data: data["header"]["limit"][3].pop("price_cny_per_unit"))
    kept = [limit.id for limit in uncapped(nation).limits if isinstance(limit, CarbonLimit)]
    assert kept == ["carbon-2018"]
    assert len(capped(nation, {2018: 1.0, 2019: 2.0}).limits) == len(nation.limits) - 1 + 2


def test_a_plan_under_other_caps_leaves_the_worth_of_its_own_behind() -> None:
    """Its prices name limits that are not there."""
    own = solve(capped(toy(), {2018: 2e4, 2019: 2e4}), effort=Effort(tour_iterations=20))
    assert "frontier-2018" in {price.limit for price in own.prices}
    carried = make_tables(plan_for(uncapped(toy()), own))
    assert carried.prices.empty
    assert carried.vans.empty


def test_points_reach_from_the_cheapest_plan_to_the_least_carbon(tmp_path: Path) -> None:
    finished = run_frontier(read_experiment(config(tmp_path, "points = 3")))
    assert [row["cap_co2_kg"] for row in finished.rows] == [None, 21600.0, 16200.0]
    assert finished.rows[-1]["co2_kg"] == pytest.approx(16200.0)  # the van of the clean city is electric
    assert [row["status"] for row in finished.rows] == ["feasible"] * 3
    least = truth(capped(toy(), {2018: 7200.0, 2019: 9000.0}))
    assert least is None or finished.rows[-1]["cost_cny"] == pytest.approx(least)


def test_an_ended_run_goes_on_with_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, finished: Finished
) -> None:
    file = read_experiment(config(tmp_path, "caps_share = [0.9, 0.8, 0.65, 0.3]"))
    stop, solved, as_it_is = Event(), [], engines.solve

    def counted(*arguments: Any, **options: Any) -> Solution:
        if len(solved) == 2:
            stop.set()
        solved.append(arguments[0].digest)
        return as_it_is(*arguments, **options)

    monkeypatch.setattr(engines, "solve", counted)
    first = run_frontier(file, stop=stop)
    assert first.interrupted
    assert len(rows_of(first.path)) == 2
    stop.clear()
    whole = run_frontier(file)
    assert not whole.interrupted
    assert solved[2] == solved[3]  # the point it was ended in, once more; those before it not
    assert len(solved) == 6
    assert [timeless(row) for row in rows_of(whole.path)] == [timeless(row) for row in rows_of(finished.path)]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_run_ended_before_its_first_point_says_so(tmp_path: Path) -> None:
    stop = Event()
    stop.set()
    with pytest.raises(engines.NoPlanError, match="stopped before the first point"):
        run_frontier(read_experiment(config(tmp_path, "points = 2")), stop=stop)
    assert not (tmp_path / "toy").exists()


def timeless(row: dict[str, str]) -> dict[str, str]:
    return {name: cell for name, cell in row.items() if name != "seconds"}


def test_results_of_another_kind_are_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "toy").mkdir()
    for name in ("summary.json", "provenance.json", "plan.json"):
        (tmp_path / "toy" / name).write_text("{}")
    with pytest.raises(OutputError, match="holds no frontier"):
        run_frontier(read_experiment(config(tmp_path, "points = 2")))


def test_the_command_and_its_figure(tmp_path: Path) -> None:
    file = config(tmp_path, "points = 2")
    file.write_text(file.read_text().replace("figures = false", "figures = true"))
    done = CliRunner().invoke(app, ["frontier", str(file)], catch_exceptions=False)
    assert done.exit_code == 0
    assert "cost against carbon" in done.stdout
    drawn = tmp_path / "toy" / "figures"
    assert {path.name for path in drawn.iterdir()} == {"frontier.svg", "frontier.png"}
    again = CliRunner().invoke(app, ["table", str(tmp_path / "toy")], catch_exceptions=False)
    assert again.exit_code == 0
    assert again.stdout.count("\n| ") == 3
    assert set(done.stdout.split()) >= set(again.stdout.replace("|", " ").splitlines()[-1].split())
    (tmp_path / "toy" / "summary.json").write_text("{}")
    broken = CliRunner().invoke(app, ["table", str(tmp_path / "toy")])
    assert broken.exit_code == 2
    assert "no whole folder of a study" in broken.stderr


def test_a_plan_that_fails_its_check_fails_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = Report("toy", (Violation("cover", "b1", "is not visited"),), {})
    monkeypatch.setattr(engines, "check", lambda *_: wrong)
    done = CliRunner().invoke(app, ["frontier", str(config(tmp_path, "points = 2")), "-q"])
    assert done.exit_code == 1
    assert "points/0: cover (b1): is not visited" in done.stderr
    assert {row["checked"] for row in rows_of(tmp_path / "toy")} == {"false"}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("points = 1", "frontier.points: found 1"),
        ("points = 3\ncaps_share = [0.5]", "has points and caps_share; valid: one of them"),
        ("caps_share = [0.5, 0.6]", "does not fall"),
        ("caps_shares = [0.5]", "did you mean 'caps_share'?"),
        ("caps_kg_by_year = [[1.0, 2.0], [2.0, 1.0]]", "no year's cap rises"),
        ("caps_kg_by_year = [[1.0]]", "has 1 caps a point; valid: one for each of the 2 years"),
    ],
)
def test_caps_that_make_no_sense_are_named(tmp_path: Path, given: str, said: str) -> None:
    done = CliRunner().invoke(app, ["frontier", str(config(tmp_path, given))])
    assert done.exit_code == 2
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_the_example_is_an_experiment() -> None:
    file = read_experiment(Path(__file__).parents[2] / "experiments" / "frontier.toml")
    assert file.experiment.frontier.points == 8
    assert read(file.instance_folder).name == "quickstart"
