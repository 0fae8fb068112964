from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import tiny

import voltmile
from voltmile.study import engines


@pytest.fixture
def experiment(tmp_path: Path) -> Path:
    """An experiment file beside its instance folder, without figures."""
    voltmile.write(tiny.nation(), tmp_path / "instances" / "tiny")
    file = tmp_path / "experiments" / "tiny.toml"
    file.parent.mkdir()
    file.write_text(
        'instance = "../instances/tiny"\n[output]\nfolder = "../results/tiny"\nfigures = false\n',
        encoding="utf-8",
    )
    return file


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Engines that answer at once; what they answer can be changed in the dict."""
    answers: dict[str, Any] = {
        "solve": lambda nation, experiment, tell, stop: tiny.solution(),
        "baselines": lambda nation, solution, experiment, tell, stop: {
            "pooled_savings": 20.0,
            "city_alone": 300000.0,
        },
    }
    for name in answers:
        monkeypatch.setattr(engines, name, lambda *args, name=name: answers[name](*_known(name, args)))
    return answers


def _known(name: str, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """The arguments a fake looks at: where finished cities are kept is nothing to it."""
    return arguments[:4] if name == "solve" else arguments
