"""From the toy instance to verified results, with nothing faked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from voltmile.cli import app

TOY = Path(__file__).parents[2] / "instances" / "toy"


@pytest.mark.long
def test_a_real_run_holds_when_it_is_checked(tmp_path: Path) -> None:
    config = tmp_path / "toy.toml"
    config.write_text(
        f'instance = "{TOY.as_posix()}"\n[solve]\nworkers = 1\n[output]\nfolder = "toy"\n', encoding="utf-8"
    )
    ran = CliRunner().invoke(app, ["run", str(config), "--json"], catch_exceptions=False)
    assert ran.exit_code == 0
    summary = json.loads(ran.stdout)
    assert summary["objective"] == pytest.approx(195140.0)  # by hand in instances/toy/README.md
    assert set(summary["journey_baselines"]) == {"separate_carriers", "fixed_territories", "pooled_savings"}
    assert (tmp_path / "toy" / "figures" / "map_bright.png").is_file()
    checked = CliRunner().invoke(app, ["verify", str(tmp_path / "toy")], catch_exceptions=False)
    assert checked.exit_code == 0, checked.stdout
