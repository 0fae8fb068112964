"""What instances/green2020/README.md says about the measures alone, solved again."""

from __future__ import annotations

import re

import pyomo.environ as pyo
import pytest
from toy_world import TOY, solve

import voltmile
from voltmile.programs import boxes, cutlery, e_label, fund, labels, limits, packaging, report
from voltmile.programs.feature import Model
from voltmile.programs.nation import build
from voltmile.study.measures import MeasureRow, measure_rows

GREEN = TOY.parent / "green2020"
README = (GREEN / "README.md").read_text(encoding="utf-8")
ALONE = (e_label, packaging, boxes, cutlery, limits, labels, fund)
CARBON_CNY_PER_KG = 0.0282067
"""Its price in every carbon limit of green2020, which only a fleet can bring above 0."""
MEASURES = {"e-labels": "e_label", "packaging": "packaging", "reusable boxes": "boxes", "cutlery": "cutlery"}


@pytest.fixture(scope="module")
def model() -> Model:
    nation = voltmile.read(GREEN)
    program = build(nation, (), features=[feature.FEATURE for feature in ALONE])
    carbon = sum(nation.discount(y) * program.Emission[c, y, source] for c, y, source in program.Emission)
    program.objective.set_value(program.objective.expr + CARBON_CNY_PER_KG * carbon)
    assert solve(program) is not None
    return program


@pytest.fixture(scope="module")
def rows(model: Model) -> list[MeasureRow]:
    return list(measure_rows(model.nation, report.campaign_of(model)))


def total(rows: list[MeasureRow], what: str, measure: str = "") -> float:
    return sum(row.value for row in rows if row.what == what and measure in ("", row.measure))


@pytest.mark.parametrize("name", [*MEASURES, "together"])
def test_table_of_the_readme(name: str, rows: list[MeasureRow]) -> None:
    written = re.search(rf"^\| {name} \| ([\d.,]+) \| ([\d.,]+) \| ([\d,]+) \|$", README, re.MULTILINE)
    assert written is not None
    million_cny, million_saved, tonnes = (float(cell.replace(",", "")) for cell in written.groups())
    measure = MEASURES.get(name, "")
    assert total(rows, "cost", measure) / 1e6 == pytest.approx(million_cny, abs=0.051)
    assert total(rows, "savings", measure) / 1e6 == pytest.approx(million_saved, abs=0.051)
    assert total(rows, "co2_saved", measure) / 1e3 == pytest.approx(tonnes, abs=0.51)


def test_text_of_the_readme(model: Model, rows: list[MeasureRow]) -> None:
    """171.8 billion labels, 90 %, 90,889 printers, 57.7 billion sheets, 2.9 % of the platforms' parcels."""
    assert pyo.value(model.Used["foundation"]) == pytest.approx(3e8)
    assert pyo.value(model.Used["labels-2020"]) == pytest.approx(171_800, abs=50)
    last = [row.value for row in rows if (row.year, row.measure, row.what) == (2020, "e_label", "share")]
    assert last == pytest.approx([0.9])
    assert total(rows, "printers_bought") == pytest.approx(90.889, abs=5e-4)
    assert total(rows, "paper_saved") == pytest.approx(57_700, abs=50)
    platforms = model.nation.measures.packaging
    parcels = sum(million for platform in platforms for million in platform.parcels_million_by_year)
    assert total(rows, "parcels", "packaging") / parcels == pytest.approx(0.029, abs=5e-4)


def test_growth_alone_makes_the_labels_of_the_announcement(model: Model) -> None:
    label = model.nation.measures.e_label
    assert label.base_share * label.parcels_million_by_year[0] == pytest.approx(40_500, abs=50)
