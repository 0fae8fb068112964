"""Results to check: made by enumeration, with none of the code of voltmile's own solver."""

from __future__ import annotations

from pathlib import Path

import pytest
from result_writer import ResultWriter, write_result
from small_nation import small_nation

import voltmile
from voltmile.problem.nation import Nation

TOY = Path(__file__).parents[2] / "instances" / "toy"


class Example:
    """A nation, the folder of its result, and what wrote it."""

    def __init__(self, nation: Nation, folder: Path) -> None:
        self.nation = nation
        self.folder = folder
        self.writer: ResultWriter = write_result(nation, folder)


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
