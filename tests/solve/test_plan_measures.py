"""Solving with campaign measures: bound, truth and plan in this order, and the checker agrees."""

from __future__ import annotations

import math
import threading
from pathlib import Path

import pytest
from enumeration import Program
from small_nation import small_nation
from solving import Solved
from solving import solve as enumerate_all
from test_program_measures import BY_HAND, WITHOUT_MEASURES, Change, campaign, fund, labels
from toy_world import Data, all_routes, limit, toy
from typer.testing import CliRunner

import voltmile as vm
from voltmile.cli import app
from voltmile.problem.nation import Nation
from voltmile.problem.parts import part
from voltmile.solve.joint import JointEffort, JointProgram
from voltmile.solve.plan import Effort, InfeasibleError, solve
from voltmile.study.results import read_results
from voltmile.study.separate import city_alone

QUICK = Effort(tour_iterations=20)


@pytest.fixture(scope="module")
def small() -> Nation:
    return small_nation()


@pytest.fixture(scope="module")
def truth(small: Nation) -> Solved:
    """Every route enumerated, solved by scipy."""
    return enumerate_all(Program(small))


def test_the_truth_lies_between_bound_and_plan(small: Nation, truth: Solved) -> None:
    solution = solve(small, effort=QUICK)
    assert math.isfinite(solution.bound)
    assert solution.bound <= truth.objective + 1e-6 * abs(truth.objective)
    assert solution.objective >= truth.objective - 1e-6 * abs(truth.objective)
    assert solution.objective == pytest.approx(truth.objective, rel=0.02)
    # what the fleet leaves open without them
    bare = solve(without_measures_of(small), effort=QUICK)
    assert solution.objective - solution.bound < 1.1 * (bare.objective - bare.bound)


def without_measures_of(nation: Nation) -> Nation:
    kept = [record for record in nation.limits if record.kind not in ("labels", "fund")]
    return part(nation, set(nation.city), kept)


def test_the_measures_by_hand_are_found_by_the_whole_solver() -> None:
    solution = solve(toy(campaign()), effort=QUICK)
    assert solution.objective == pytest.approx(BY_HAND)
    assert solution.bound <= BY_HAND
    assert solution.gap < 0.01


def test_a_fund_binds_in_the_bound_as_well() -> None:
    """36,000 CNY too little at 1.6 CNY each (test_program_measures.py)."""
    solution = solve(toy(campaign(fund(250_000))), effort=QUICK)
    assert solution.objective == pytest.approx(BY_HAND + 57_600)
    assert BY_HAND + 50_000 < solution.bound <= solution.objective
    (dual,) = solution.certificate.duals["fund"]
    assert dual.value == pytest.approx(-1.6)


def test_labels_that_cannot_be_made_are_named() -> None:
    with pytest.raises(InfeasibleError, match="labels"):
        solve(toy(campaign(labels(23.0))), effort=QUICK)


def run(tmp_path: Path, nation: Nation) -> Path:
    """Write the instance, run it through the command line, verify it, and return the result folder."""
    vm.write(nation, tmp_path / "instance")
    config = tmp_path / "run.toml"
    output = 'folder = "out"\nfigures = true\nbaselines = []'
    config.write_text(f'instance = "instance"\n[solve]\nworkers = 1\n[output]\n{output}\n')
    ran = CliRunner().invoke(app, ["run", str(config)], catch_exceptions=False)
    assert ran.exit_code == 0, ran.output
    checked = CliRunner().invoke(app, ["verify", str(tmp_path / "out")], catch_exceptions=False)
    assert checked.exit_code == 0, checked.output
    return tmp_path / "out"


@pytest.mark.long
def test_a_run_with_measures_holds_when_it_is_checked(small: Nation, truth: Solved, tmp_path: Path) -> None:
    results = read_results(run(tmp_path, small))
    assert results.summary.objective == pytest.approx(truth.objective, rel=0.02)
    assert set(results.summary.costs) >= {"e_label", "packaging", "boxes", "cutlery", "savings", "box_value"}
    table = results.tables.measures
    assert set(table["measure"]) == {"e_label", "packaging", "boxes", "cutlery"}
    cost = table[(table["measure"] == "boxes") & (table["what"] == "cost")]["value"].sum()
    terms = results.tables.costs
    assert cost == pytest.approx(terms[terms["term"] == "boxes"]["cash_cny"].sum())
    shown = CliRunner().invoke(app, ["table", str(results.path), "--what", "measures"])
    assert shown.exit_code == 0
    assert "printers_bought" in shown.output
    looked = CliRunner().invoke(app, ["instance", "show", str(tmp_path / "instance")])
    assert "measure packaging bazaar" in looked.output


def test_every_city_for_itself_has_its_share_of_the_measures() -> None:
    """With a fund shared by population, all cities together gain by the measures what the nation gains."""

    def without_quota(data: Data) -> None:
        limit(data, "one-green-city")["min_cities"] = 0
        limit(data, "journey-2019")["max_km_per_visit"] = 100.0

    def without_measures(data: Data) -> None:
        without_quota(data)
        data["header"]["limit"].pop()  # the fund
        del data["measures"]

    def costs(last: Change) -> tuple[float, float]:
        nation = toy(campaign(fund(250_000), last))
        columns = all_routes(nation)
        national = JointProgram(nation, columns)
        effort = JointEffort(1e-6, 1000)
        alone = city_alone(nation, columns, effort, threading.Event())
        assert alone.cost_cny is not None, alone.reason
        return national.decided(national.solve(None, effort)).objective, alone.cost_cny

    (nation, cities), (bare_nation, bare_cities) = costs(without_quota), costs(without_measures)
    assert nation - bare_nation == pytest.approx(BY_HAND + 57_600 - WITHOUT_MEASURES)
    assert cities - bare_cities == pytest.approx(nation - bare_nation)
