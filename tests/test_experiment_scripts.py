"""The commands of experiments/README.md: every one is understood, and the short ones are run."""

from __future__ import annotations

import importlib.util
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BENCHMARKS = ROOT.parent / "shared" / "benchmarks"
COMMANDS = [
    shlex.split(line, comments=True)
    for line in (ROOT / "experiments/README.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("python experiments/")
]


def test_the_page_has_the_scripts() -> None:
    scripts = {command[1] for command in COMMANDS}
    there = {*ROOT.glob("experiments/*.py"), *ROOT.glob("experiments/routing/*.py")}
    assert scripts == {p.relative_to(ROOT).as_posix() for p in there if "def main(" in p.read_text()}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda c: " ".join(c[1:3]))
def test_a_documented_command_is_understood(command: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str((ROOT / command[1]).parent))  # as for a script that is run
    spec = importlib.util.spec_from_file_location("documented", ROOT / command[1])
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "documented", script)  # dataclasses look themselves up
    spec.loader.exec_module(script)
    monkeypatch.setattr(sys, "argv", command[1:])
    assert script._arguments()


@pytest.mark.skipif(not BENCHMARKS.is_dir(), reason="the benchmarks are not at ../shared/benchmarks")
def test_a_dry_run_names_the_files(tmp_path: Path) -> None:
    words = ["experiments/routing/publish.py", "cvrp", "--benchmarks", str(BENCHMARKS), "--dry-run"]
    done = subprocess.run(
        [sys.executable, *words, "--out", str(tmp_path / "out")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "24 problems in"
    assert not (tmp_path / "out").exists()


def test_hub_days_of_the_toy(tmp_path: Path) -> None:
    words = ["experiments/hub_days.py", "--output", str(tmp_path), "--instance", "instances/toy"]
    done = subprocess.run(
        [sys.executable, *words, "--hubs", "1", "--time-limit", "3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "README.md").is_file()
    assert len((tmp_path / "rows.csv").read_text(encoding="utf-8").splitlines()) == 2
