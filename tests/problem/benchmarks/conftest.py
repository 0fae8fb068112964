"""Small benchmark files written by the tests, and the folder of the published ones."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmark_texts import ReadOne, Write

from voltmile.problem.benchmarks import read_benchmarks
from voltmile.problem.routing import RoutingProblem

PUBLISHED = Path(__file__).parents[4] / "shared" / "benchmarks"


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes a file of a name and a text."""

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@pytest.fixture
def read_one(write: Write) -> ReadOne:
    """Return a function that writes a file and reads the only problem in it."""

    def read(name: str, text: str) -> RoutingProblem:
        (problem,) = read_benchmarks(write(name, text))
        return problem

    return read


@pytest.fixture(scope="session")
def published() -> Path:
    """Return the folder of the published benchmarks, which are not part of the project."""
    if not PUBLISHED.is_dir():
        pytest.skip(f"the published benchmarks are not at {PUBLISHED}")
    return PUBLISHED
