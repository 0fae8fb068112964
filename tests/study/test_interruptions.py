"""A run that is killed, or meets a full disk, goes on and ends with the tables of an undisturbed one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks for workers in /proc"),
]


@pytest.mark.parametrize("kind", ["main", "worker", "disk"])
def test_nothing_finished_is_lost(kind: str, tmp_path: Path) -> None:
    config = tmp_path / "toy.toml"
    config.write_text(
        f'instance = "{(ROOT / "instances" / "toy").as_posix()}"\n'
        '[solve]\nmethod = "cities"\n[output]\nfolder = "out"\nfigures = false\nbaselines = []\n'
    )
    words = [sys.executable, "experiments/interruptions.py", str(config), "--kinds", kind, "--moments", "2"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("the same tables") == 2
