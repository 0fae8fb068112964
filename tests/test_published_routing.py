"""Published routing tables are what the committed rows say, and the plans behind them hold."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from voltmile.check.routing import check_routing
from voltmile.problem.benchmarks import read_benchmarks
from voltmile.problem.routing import RoutingProblem
from voltmile.study.benchmark.drawn import Drawn, from_csv
from voltmile.study.benchmark.pages import printed
from voltmile.study.benchmark.pairs import SOLVERS, key_of_pair, read_pairs
from voltmile.study.benchmark.published import PAGE, PAIRS, PROBLEMS, ROWS, read_origin, tables_of
from voltmile.study.benchmark.recheck import plan_of, recheck
from voltmile.study.benchmark.store import key_in, read_rows

ROOT = Path(__file__).parents[1]
FOLDERS = sorted(path.parent for path in (ROOT / "experiments" / "published").rglob(PROBLEMS))
BENCHMARKS = Path(os.environ.get("VOLTMILE_BENCHMARKS", ROOT.parent / "shared" / "benchmarks"))


def named(folder: Path) -> str:
    return folder.name


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_a_page_is_made_of_the_rows_beside_it(folder: Path) -> None:
    assert printed((folder / PAGE).read_text(encoding="utf-8")) == tables_of(folder)


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_every_row_has_a_run(folder: Path) -> None:
    rows = {row for run in read_origin(folder).runs for row in run.rows}
    if (folder / ROWS).exists():
        assert rows == {f"{row['instance']} {row['variant']}" for row in read_rows(folder / ROWS)}
    if (folder / PAIRS).exists():
        assert rows == {f"{pair['instance']} seed {pair['seed']}" for pair in read_pairs(folder / PAIRS)}


@pytest.mark.parametrize("folder", FOLDERS, ids=named)
def test_every_plan_holds(folder: Path) -> None:
    if not BENCHMARKS.is_dir():
        pytest.skip(f"the published benchmarks are not at {BENCHMARKS}; say where by VOLTMILE_BENCHMARKS")
    problems = from_csv((folder / PROBLEMS).read_text(encoding="utf-8"))
    if (folder / ROWS).exists():
        records = {key_in(record): record for record in lines(folder / ROWS)}
        rows = {key_in(row): row for row in read_rows(folder / ROWS)}
        assert set(rows) == set(records)
        for one, problem in read(problems):
            if one.key in rows:
                assert recheck(problem, rows[one.key], records[one.key]) == [], one.instance
    if (folder / PAIRS).exists():
        pairs = {key_of_pair(pair): pair for pair in read_pairs(folder / PAIRS)}
        found = dict(read(problems))
        by_key = {one.key: problem for one, problem in found.items()}
        for record in lines(folder / PAIRS):
            pair, problem = pairs[key_of_pair(record)], by_key[key_of_pair(record)[:-1]]
            for solver in SOLVERS:
                plan = plan_of(problem, record[solver]["routes"])
                assert check_routing(problem, plan, record[solver]["cost"]) == []
                assert float(pair[solver]) == pytest.approx(record[solver]["cost"], abs=1e-4)


def lines(rows: Path) -> Iterator[dict[str, Any]]:
    """Records of the file of routes beside a table."""
    for line in rows.with_suffix(".routes.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def read(problems: list[Drawn]) -> Iterator[tuple[Drawn, RoutingProblem]]:
    """Problems of a table, from the very files they were solved from."""
    for one in problems:
        path = BENCHMARKS / one.file
        assert hashlib.sha256(path.read_bytes()).hexdigest() == one.sha256, one.file
        (problem,) = (p for p in read_benchmarks(path) if p.variant == one.variant)
        yield one, problem
