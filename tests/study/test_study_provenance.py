from __future__ import annotations

import json
import subprocess
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import tiny

import voltmile
from voltmile.study import provenance
from voltmile.study.config import read_experiment
from voltmile.study.provenance import checkout, describe, versions

AUTHOR = ("-c", "user.name=tests", "-c", "user.email=tests@example.org")


def test_it_says_what_was_run_on_what(experiment: Path, tmp_path: Path) -> None:
    file = read_experiment(experiment)
    started = datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone(timedelta(hours=8)))
    found = describe(file, tiny.nation(), tmp_path / "results" / "tiny", "voltmile run tiny.toml", started)
    assert found.instance_folder == "../../instances/tiny"
    assert found.instance_sha256 == tiny.nation().digest
    assert found.config["solve"]["gap"] == 0.01
    assert found.started == "2026-01-01T19:04:05+00:00"
    assert (found.seed, found.command) == (1, "voltmile run tiny.toml")
    assert found.machine.platform


def test_versions_name_what_matters_and_what_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "LIBRARIES", ("highspy", "not-a-library"))
    found = versions()
    assert found["voltmile"] == voltmile.__version__
    assert found["highspy"]
    assert found["not-a-library"] is None


def test_without_git_there_is_no_commit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert checkout() == (None, None)


def test_outside_a_checkout_there_is_no_commit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voltmile, "__file__", str(tmp_path / "voltmile" / "__init__.py"))
    assert checkout() == (None, None)


def test_an_odd_machine_is_no_trouble(
    experiment: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_text

    def of_an_odd_machine(path: Path, *arguments: Any, **options: Any) -> str:
        return "nothing known\n" if path.is_relative_to("/proc") else read(path, *arguments, **options)

    monkeypatch.setattr(provenance.Path, "read_text", of_an_odd_machine)
    monkeypatch.setattr(provenance.platform, "processor", lambda: "")
    monkeypatch.setattr(provenance.os, "cpu_count", lambda: None)
    monkeypatch.setattr(provenance.sys, "platform", "plan9")
    found = describe(read_experiment(experiment), tiny.nation(), tmp_path, None, datetime.now(UTC)).machine
    assert (found.cpu, found.cores) == (None, None)


def test_an_installed_copy_of_a_checkout_knows_its_commit_while_the_files_agree(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed, source = tmp_path / "site" / "voltmile", tmp_path / "clone" / "models" / "voltmile"
    for folder in (installed, source):
        folder.mkdir(parents=True)
        (folder / "__init__.py").write_text("")
    clone = tmp_path / "clone"
    for words in (["init", "-q"], ["add", "."], [*AUTHOR, "commit", "-qm", "first"]):
        subprocess.run(["git", "-C", str(clone), *words], check=True)

    class Installed:
        def read_text(self, _name: str) -> str:
            return json.dumps({"url": clone.as_uri()})

    monkeypatch.setattr(provenance.voltmile, "__file__", str(installed / "__init__.py"))
    monkeypatch.setattr(provenance.metadata, "distribution", lambda _name: Installed())
    commit, dirty = provenance.checkout()
    assert commit is not None
    assert dirty is False
    (installed / "__init__.py").write_text("changed = True")
    assert provenance.checkout() == (None, None)
