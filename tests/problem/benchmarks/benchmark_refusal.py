"""What a test of a refused file asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from voltmile.problem.benchmarks import BenchmarkError, read_benchmarks


def refusal(path: Path, **options: str) -> str:
    """Return the message with which a file is refused, which must be one line that names the file."""
    with pytest.raises(BenchmarkError) as caught:
        read_benchmarks(path, **options)
    message = str(caught.value)
    assert message.startswith(path.name)
    assert "\n" not in message
    return message.removeprefix(path.name).lstrip(":, ")
