"""The main job as a newcomer runs it, then everything a newcomer does with its results."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from pathlib import Path

import pytest
from corruptions import CORRUPTIONS, Corruption, NotApplicableError
from typer.testing import CliRunner

import voltmile as vm
from voltmile.cli import app
from voltmile.problem.nation import Nation

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def shell_blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)


def commands(block: str) -> list[list[str]]:
    """Words of the voltmile commands in a shell block, without comments and the environment's folder."""
    lines = [line.split("#")[0] for part in block.splitlines() for line in part.split("&&")]
    found = [line.split() for line in lines]
    return [words[1:] for words in found if words and words[0].endswith("voltmile")]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder like a fresh clone in which the README's first command was run."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("instances", "experiments"):
        shutil.copytree(ROOT / name, folder / name)
    with contextlib.chdir(folder):
        (words,) = commands(shell_blocks()[0])
        outcome = CliRunner().invoke(app, words)
    assert outcome.exit_code == 0, outcome.output
    return folder


@pytest.fixture(scope="module")
def nation(home: Path) -> Nation:
    return vm.read(home / "instances" / "quickstart")


def test_the_gap_is_at_most_five_per_cent(home: Path) -> None:
    summary = json.loads((home / "results/quickstart/summary.json").read_text())
    assert summary["bound"] <= summary["objective"]
    assert summary["gap"] <= 0.05
    assert {"gap", "bound", "objective", "status", "seconds"} <= set(summary)


def test_every_route_and_the_bound_hold(home: Path, nation: Nation) -> None:
    report = vm.check(nation, home / "results/quickstart")
    assert report.passed, str(report)


def test_deciding_together_costs_no_more_than_deciding_apart(home: Path) -> None:
    """Within the gap at which the programs over columns stop."""
    summary = json.loads((home / "results/quickstart/summary.json").read_text())
    assert summary["baselines"]
    for name, cost in summary["baselines"].items():
        assert summary["objective"] <= cost * (1 + 2.5e-3), name


def test_every_other_command_of_the_readme_works(home: Path) -> None:
    found = [words for block in shell_blocks()[2:] for words in commands(block)]
    assert len(found) >= 4
    with contextlib.chdir(home):
        for words in found:
            outcome = CliRunner().invoke(app, words)
            assert outcome.exit_code == 0, f"{words}: {outcome.output}"


def test_the_python_of_the_readme_works(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    with contextlib.chdir(home):
        exec(compile(code, "README.md", "exec"), {})
    assert capsys.readouterr().out


@pytest.mark.parametrize("corruption", CORRUPTIONS[::3], ids=lambda corruption: corruption.name)
def test_a_corruption_of_a_real_result_is_named(
    corruption: Corruption, home: Path, nation: Nation, tmp_path: Path
) -> None:
    folder = Path(shutil.copytree(home / "results/quickstart", tmp_path / "spoiled"))
    try:
        corruption.spoil(folder, nation)
    except NotApplicableError:
        pytest.skip("nothing to spoil in this way")
    report = vm.check(nation, folder)
    assert corruption.rule in report.rules, str(report)


def test_ci_runs_the_tests_of_the_readme() -> None:
    assert "README.md" in (ROOT / ".ci/run").read_text()
    assert shell_blocks()[1].strip().endswith("python -m pytest -n auto --dist loadfile")
    assert os.access(ROOT / ".ci/run", os.X_OK)
