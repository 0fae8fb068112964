"""Whatever is wrong with a result, the checker says so and names the rule."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from corruptions import CORRUPTIONS, Corruption, NotApplicableError
from examples import Example
from spoiling import edit

from voltmile.check import PricingLevel, check


def ids(corruption: Corruption) -> str:
    return corruption.name


@pytest.fixture
def copy(example: Example, tmp_path: Path) -> Path:
    return Path(shutil.copytree(example.folder, tmp_path / "result"))


def test_a_right_result_passes(example: Example) -> None:
    assert str(check(example.nation, example.folder)).startswith(f"{example.nation.name}: holds")


@pytest.mark.parametrize("corruption", CORRUPTIONS, ids=ids)
def test_a_corruption_is_caught_by_name(corruption: Corruption, example: Example, copy: Path) -> None:
    try:
        corruption.spoil(copy, example.nation)
    except NotApplicableError:
        pytest.skip("nothing to spoil in this way")
    report = check(example.nation, copy)
    assert corruption.rule in report.rules, str(report)
    assert not report.passed


def test_every_corruption_applies_to_the_small_nation(small: Example, tmp_path: Path) -> None:
    for corruption in CORRUPTIONS:
        folder = Path(shutil.copytree(small.folder, tmp_path / corruption.name))
        corruption.spoil(folder, small.nation)


def test_all_violations_are_reported(small: Example, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(small.folder, tmp_path / "result"))
    wanted = ("village_dropped", "objective_changed", "kilometres_changed", "grid_overloaded", "dual_altered")
    for corruption in CORRUPTIONS:
        if corruption.name in wanted:
            corruption.spoil(folder, small.nation)
    rules = check(small.nation, folder).rules
    assert rules >= {"cover", "objective", "route_attributes", "grid", "bound"}


def test_a_violation_gives_numbers_and_units(small: Example, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(small.folder, tmp_path / "result"))
    next(c for c in CORRUPTIONS if c.name == "grid_overloaded").spoil(folder, small.nation)
    found = next(v for v in check(small.nation, folder).violations if v.rule == "grid")
    assert str(found) == "grid (e1 2021): chargers can draw 30003 kW; at most 6 kW allowed"


@pytest.mark.parametrize(("level", "examined"), [("none", 0), ("sample", 12), ("all", 12)])
def test_the_report_says_how_many_claims_were_proven(
    level: PricingLevel, examined: int, small: Example
) -> None:
    """Three hubs, two years, two day types."""
    claims = check(small.nation, small.folder, pricing=level).claims
    assert (claims.claims, claims.examined, claims.proven, claims.open) == (
        12,
        examined,
        examined,
        12 - examined,
    )


def test_the_plan_itself_disproves_a_claim_nobody_recomputed(small: Example, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(small.folder, tmp_path / "result"))
    with edit(folder, "certificate") as certificate:
        certificate["hub_days"][0]["value"] *= 10
    assert "hub_day" in check(small.nation, folder, pricing="none").rules


#: Numbers that nothing in the instance and the plan determines.
FREE = {"seconds", "seed", "format"}


def json_numbers(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of all numbers that the checker answers for."""
    if isinstance(value, dict):
        for key, item in value.items():
            if key not in FREE:
                yield from json_numbers(item, (*path, key))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from json_numbers(item, (*path, n))
    elif isinstance(value, int | float):
        yield path


def test_a_change_of_any_number_is_caught(small: Example, tmp_path: Path) -> None:
    """One in a few of all numbers of plan, summary and tables, each changed by a thousandth."""
    rng = np.random.default_rng(7)
    for name in ("plan", "summary"):
        path = small.folder / f"{name}.json"
        data = json.loads(path.read_text())
        places = list(json_numbers(data))
        for n in rng.choice(len(places), min(len(places), 40), replace=False):
            changed = json.loads(path.read_text())
            *way, last = places[n]
            part = changed
            for step in way:
                part = part[step]
            part[last] += 1 if isinstance(part[last], int) else 1e-3 * max(1.0, abs(part[last]))
            assert_caught(small, tmp_path, f"{name}.json", json.dumps(changed), f"{name} {places[n]}")
    for path in sorted(small.folder.glob("*.csv")):
        rows = list(csv.reader(path.read_text().splitlines()))
        cells = [(r, c) for r in range(1, len(rows)) for c in range(len(rows[0])) if is_number(rows[r][c])]
        for n in rng.choice(len(cells), min(len(cells), 20), replace=False):
            r, c = cells[n]
            changed = [row.copy() for row in rows]
            cell = changed[r][c]
            value = float(cell)
            changed[r][c] = (
                str(int(cell) + 1) if cell.isdigit() else repr(value + 1e-3 * max(1.0, abs(value)))
            )
            text = "\n".join(",".join(row) for row in changed)
            assert_caught(small, tmp_path, path.name, text, f"{path.name} {rows[0][c]} row {r + 1}")


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def assert_caught(small: Example, tmp_path: Path, name: str, text: str, what: str) -> None:
    folder = tmp_path / "changed"
    shutil.copytree(small.folder, folder, dirs_exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    assert not check(small.nation, folder, pricing="none").passed, what


@pytest.mark.parametrize(
    "junk", ["", "{", "null", "3", "[]", '{"format": 1}', '{"plan": {"a": [1, {}]}}', "\x00"]
)
@pytest.mark.parametrize("name", ["plan", "summary", "certificate", "provenance"])
def test_junk_is_a_violation_and_no_exception(name: str, junk: str, toy: Example, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(toy.folder, tmp_path / "result"))
    (folder / f"{name}.json").write_text(junk, encoding="utf-8")
    assert not check(toy.nation, folder).passed


NONSENSE = [None, "x", -1, 1.5, 1e308, -1e308, 10**400, True, [], {}, [None], "2018", 1e-320]


@pytest.mark.parametrize("name", ["plan", "summary", "certificate", "provenance"])
def test_nonsense_anywhere_is_no_exception(name: str, toy: Example, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    folder = Path(shutil.copytree(toy.folder, tmp_path / "result"))
    text = (folder / f"{name}.json").read_text(encoding="utf-8")
    places = list(all_places(json.loads(text)))
    for n in rng.integers(0, len(places), 80):
        data = json.loads(text)
        *way, last = places[n]
        part = data
        for step in way:
            part = part[step]
        part[last] = NONSENSE[rng.integers(len(NONSENSE))]
        (folder / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
        str(check(toy.nation, folder))


def all_places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Paths of everything inside a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from all_places(item, (*path, key))


def test_an_instance_that_cannot_be_read_is_a_violation(toy: Example, tmp_path: Path) -> None:
    report = check(tmp_path / "nowhere", toy.folder)
    assert report.rules == {"format"}


def test_a_result_folder_that_is_not_there_is_a_violation(toy: Example, tmp_path: Path) -> None:
    assert check(toy.nation, tmp_path / "nowhere").rules == {"format"}
