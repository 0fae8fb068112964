"""A sample of hub-days from rows to a page."""

from pathlib import Path

import pytest

from voltmile.problem.folder import read
from voltmile.study.benchmark.origin import Origin
from voltmile.study.hub_days.rows import read_rows
from voltmile.study.hub_days.run import Settings, run
from voltmile.study.hub_days.sample import draw

TOY = Path(__file__).parents[2] / "instances" / "toy"


def test_a_sample_is_drawn_without_repetition_and_again():
    nation = read(TOY)
    hubs = sum(bool(nation.villages_of.get(h)) for h in nation.hub)
    cases = draw(nation, hubs, 3)
    assert len({case.hub for case in cases}) == hubs
    assert cases == draw(nation, hubs, 3)
    with pytest.raises(ValueError, match="have villages"):
        draw(nation, hubs + 1, 3)


def test_a_run_goes_on_where_it_ended(tmp_path):
    settings, said = Settings(TOY, hubs=1, seed=0, time_limit_s=5.0), list[str]()
    run(settings, tmp_path, 1, ["first"], said.append)
    rows = read_rows(tmp_path / "rows.csv")
    assert len(rows) == len(said) == 1
    assert 0 <= rows[0].gap < 1
    assert rows[0].bound_cny <= rows[0].cost_cny
    run(settings, tmp_path, 1, ["second"], said.append)
    assert len(said) == 1
    assert read_rows(tmp_path / "rows.csv") == rows
    origin = Origin.model_validate_json((tmp_path / "provenance.json").read_text(encoding="utf-8"))
    assert [r.command for r in origin.runs] == ["python first"]
    page = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert f"| {rows[0].hub} |" in page
    assert (tmp_path / "gap.png").stat().st_size > 5000
    with pytest.raises(ValueError, match="other settings"):
        run(Settings(TOY, hubs=1, seed=1, time_limit_s=5.0), tmp_path, 1, ["third"], said.append)
