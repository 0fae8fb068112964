"""Where the instances are, and what every test may need."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def instances() -> Path:
    """Return the folder of the committed instances."""
    return ROOT / "instances"


def pytest_configure(config: pytest.Config) -> None:
    """Let files begin in the order below, not by how many tests they have."""
    if hasattr(config.option, "loadscopereorder"):  # of pytest-xdist
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with files of long tests: one that begins last leaves the other processes idle."""
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: item.path not in long)
