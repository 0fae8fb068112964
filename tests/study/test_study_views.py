from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tiny

from voltmile.problem.faults import FaultyInputError
from voltmile.solve.worth import LimitPrice, VanGain
from voltmile.study.baseline_note import BaselineNote
from voltmile.study.config import read_experiment
from voltmile.study.overview import counts, overview
from voltmile.study.results import ResultFolder
from voltmile.study.run import run
from voltmile.study.sheets import FITTING, Sheet, to_csv, to_latex, to_markdown
from voltmile.study.views import VIEWS

SHEET = Sheet(
    "50 % off",
    (("name", None), ("cost_cny", 0), ("share", FITTING)),
    (("a_b & c|d", 1234567.891, 0.5), ("100%", None, 12.25), ("#1", 3, 7)),
)


@pytest.fixture
def results(experiment: Path, fake: dict[str, Any]) -> ResultFolder:
    return run(read_experiment(experiment)).results


def test_markdown_is_aligned_and_escaped() -> None:
    assert to_markdown(SHEET) == (
        "| name       |  cost_cny | share |\n"
        "| ---------- | --------: | ----: |\n"
        "| a_b & c\\|d | 1,234,568 | 0.500 |\n"
        "| 100%       |           |  12.2 |\n"
        "| #1         |         3 |     7 |\n"
    )


def test_latex_compiles_whatever_the_names_hold() -> None:
    lines = to_latex(SHEET).splitlines()
    assert lines[1:4] == [r"\begin{tabular}{lrr}", r"\toprule", r"name & cost\_cny & share \\"]
    assert lines[5] == r"a\_b \& c|d & 1,234,568 & 0.500 \\"
    assert lines[6] == r"100\% &  & 12.2 \\"


def test_csv_keeps_every_digit() -> None:
    assert to_csv(SHEET).splitlines()[1:3] == ["a_b & c|d,1234567.891,0.5", "100%,,12.25"]


def test_the_summary_compares_with_the_baselines(results: ResultFolder) -> None:
    found = {row[0]: row[1] for row in VIEWS["summary"](results).rows}
    assert found["cost"] == tiny.OBJECTIVE
    assert found["journey of pooled_savings"] == 20.0
    journey = (300 * 100 + 10 * 60) / (2 * 310 * 4)
    assert found["shorter than pooled_savings by"] == pytest.approx(100 * (1 - journey / 20))
    assert found["cheaper than city_alone by"] == pytest.approx(100 * (1 - tiny.OBJECTIVE / 3e5))
    assert (found["vehicles in the last year"], found["of these electric"]) == (3, 3)


def test_fleet_and_costs_have_totals(results: ResultFolder) -> None:
    assert VIEWS["fleet"](results).rows[-2:] == (("all", "", "2018", 2, 0, 4), ("all", "", "2019", 1, 2, 3))
    costs = VIEWS["costs"](results)
    assert costs.headings == ["term", "2018", "2019", "end", "total"]
    assert costs.rows[0] == ("purchase", 200000.0, 80000.0, None, 280000.0)
    assert costs.rows[-1][-1] == pytest.approx(tiny.OBJECTIVE)


def test_cities_and_limits_have_a_row_each(results: ResultFolder) -> None:
    north, south = VIEWS["cities"](results).rows
    assert north[:2] == ("north", pytest.approx(15000 + 80000 - 16000))
    assert south[3:6] == (2, 2, 100.0)
    assert [row[0] for row in VIEWS["limits"](results).rows] == ["money", "vans", "co2", "green", "short"]
    assert VIEWS["limits"](results).rows[0][-1] is None


def test_prices_and_vans_are_tables(experiment: Path, fake: dict[str, Any]) -> None:
    prices = (
        LimitPrice("vans", 9000.0, 9000.0, None, 0.01, agrees=True),
        LimitPrice("short", 1.0, 1.0, 2.0, 10.0, agrees=False),
    )
    found = replace(tiny.solution(), prices=prices, vans=(VanGain("south", "vans", 1234.0),))
    fake["solve"] = lambda *_: found
    results = run(read_experiment(experiment)).results
    vans, short = VIEWS["prices"](results).rows
    assert vans == ("vans", "supply", "2018", "vehicles", 2.0, 3.0, 9000.0, 9000.0, None, 0.01, "yes")
    # 10 km for each of 4 villages on 310 days are allowed, 300 * 100 km are driven
    assert short[3:6] == ("km", pytest.approx(30_000.0), pytest.approx(12_400.0))
    assert short[-1] == "no"
    assert VIEWS["vans"](results).rows == (("south", "South", "vans", "2018", 1234.0, 0.1, 1.0),)


@pytest.mark.parametrize("what", ["prices", "vans"])
def test_what_limits_are_worth_is_not_an_empty_table_where_nobody_asked(
    results: ResultFolder, what: str
) -> None:
    with pytest.raises(FaultyInputError, match=r"prices\.csv: is missing: what limits are worth"):
        VIEWS[what](results)


def test_a_note_on_a_baseline_is_pointed_to(experiment: Path, fake: dict[str, Any]) -> None:
    def baselines(*args: Any) -> dict[str, float]:
        args[3](BaselineNote("baseline city_alone: 1 of 2 cities (South) without a plan", "city_alone"))
        return {}

    fake["baselines"] = baselines
    results = run(read_experiment(experiment)).results
    assert results.summary.baseline_notes["city_alone"].endswith("1 of 2 cities (South) without a plan")
    assert ("note on city_alone", "summary.json", "") in VIEWS["summary"](results).rows


def test_an_overview_says_what_is_given() -> None:
    nation = tiny.nation()
    found = dict(overview(nation).rows)  # type: ignore[arg-type]
    assert found["villages"] == "4, 2 to 2 a hub"
    assert found["limit money"] == "250,000 CNY in 2018 for purchase, chargers; hard"
    assert found["limit co2"] == "5,000 kg CO2 in 2018; or 0.5 CNY a unit"
    assert found["grid factor 2018"] == "0.100 to 0.800 kg CO2 per kWh (average)"
    assert counts(nation) == "2 cities, 2 hubs, 4 villages, 2 years, 5 limits"
