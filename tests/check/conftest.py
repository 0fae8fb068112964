"""Results to check."""

from __future__ import annotations

import pytest
from examples import TOY, Example
from small_nation import small_nation

import voltmile


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return Example(small_nation(), tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Example:
    return Example(voltmile.read(TOY), tmp_path_factory.mktemp("toy"))


@pytest.fixture(params=["small", "toy"])
def example(request: pytest.FixtureRequest) -> Example:
    """Either of them."""
    found: Example = request.getfixturevalue(request.param)
    return found
