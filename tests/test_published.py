"""Published tables are what the committed rows say."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from voltmile.cli import app
from voltmile.study.benchmark.origin import Origin
from voltmile.study.growth.report import differing, report
from voltmile.study.growth.rows import read_rows
from voltmile.study.hub_days.report import report as hub_days_report
from voltmile.study.hub_days.rows import read_rows as read_hub_days

ROOT = Path(__file__).parents[1] / "experiments" / "published"
PUBLISHED = sorted(path.parent for path in ROOT.glob("*/summary.json"))


@pytest.mark.parametrize("folder", PUBLISHED, ids=lambda folder: folder.name)
def test_a_published_table_is_made_of_its_committed_rows(folder: Path) -> None:
    page = (folder / "README.md").read_text(encoding="utf-8")
    written = page.split("<!-- table -->\n")[1].split("<!-- end of table -->")[0]
    outcome = CliRunner().invoke(app, ["table", str(folder)])
    assert outcome.exit_code == 0, outcome.output
    assert outcome.output.strip() == written.strip()


def test_the_published_growth_is_made_of_its_committed_rows() -> None:
    folder = ROOT / "growth"
    rows = read_rows(folder / "rows.csv")
    origin = Origin.model_validate_json((folder / "provenance.json").read_text(encoding="utf-8"))
    assert report(rows, origin) == (folder / "README.md").read_text(encoding="utf-8")
    assert differing(rows) == []


def test_the_published_hub_days_are_made_of_their_committed_rows() -> None:
    folder = ROOT / "hub_days"
    rows = read_hub_days(folder / "rows.csv")
    origin = Origin.model_validate_json((folder / "provenance.json").read_text(encoding="utf-8"))
    page = hub_days_report(rows, origin.definition["hubs"], origin)
    assert page == (folder / "README.md").read_text(encoding="utf-8")
