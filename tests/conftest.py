"""Where the instances are, and what every test may need."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def instances() -> Path:
    """Return the folder of the committed instances."""
    return ROOT / "instances"
