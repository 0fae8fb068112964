"""The three lines of Python that the README promises, in either order of imports."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import voltmile as vm
from voltmile.solve.run import Effort


def test_solve_and_check_are_functions_and_packages(instances: Path, tmp_path: Path) -> None:
    solution = vm.solve(vm.read(instances / "toy"), effort=Effort(tour_iterations=20))
    assert solution.objective == pytest.approx(195_140.0, abs=1e-3)
    report = vm.check(instances / "toy", tmp_path / "nothing")
    assert not report.passed


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'solv'"):
        vm.solv  # noqa: B018


@pytest.mark.parametrize("first", ["voltmile.solve.plan", "voltmile.check", "voltmile"])
def test_the_names_do_not_depend_on_what_was_imported_first(first: str) -> None:
    code = f"import {first}, voltmile as vm; print(callable(vm.solve), callable(vm.check), callable(vm.read))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "True"]
