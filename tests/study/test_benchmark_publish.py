"""Published tables: what is drawn, how rows are summed up, and folders that are gone on with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from small_benchmarks import answer, best_known, problem_, write_vrp

from voltmile.problem.benchmarks import BestKnown
from voltmile.problem.faults import FaultyInputError
from voltmile.problem.routing import RoutingProblem, RoutingResult
from voltmile.study.benchmark import engine
from voltmile.study.benchmark.contradictions import contradicts
from voltmile.study.benchmark.definitions import BenchmarkSet, read_definitions
from voltmile.study.benchmark.drawn import NothingToDrawError, draw_problems, from_csv, to_csv
from voltmile.study.benchmark.origin import this_run
from voltmile.study.benchmark.pages import printed, with_tables
from voltmile.study.benchmark.publish import publish
from voltmile.study.benchmark.published import ORIGIN, PAGE, PROBLEMS, ROWS, read_origin, tables_of
from voltmile.study.benchmark.recheck import recheck
from voltmile.study.benchmark.record import make_record
from voltmile.study.benchmark.roots import root_gaps
from voltmile.study.benchmark.rows import make_row
from voltmile.study.benchmark.run import Tally
from voltmile.study.benchmark.samples import draw
from voltmile.study.benchmark.settings import Settings
from voltmile.study.benchmark.store import key_in
from voltmile.study.benchmark.summary import published_sheet
from voltmile.study.folder import OutputError

TABLES = Path(__file__).parents[2] / "experiments" / "routing" / "tables.toml"


# -- samples --------------------------------------------------------------------------------------------


def test_a_draw_covers_the_order_and_depends_on_names_alone() -> None:
    names = [f"n{i:02}" for i in range(30)]
    drawn = draw(names, 7, "a table")
    assert [30 * i // 7 <= int(name[1:]) < 30 * (i + 1) // 7 for i, name in enumerate(drawn)] == [True] * 7
    assert drawn == draw(names, 7, "a table")
    assert drawn != draw(names, 7, "another table")
    assert draw(names[:3], 7, "a table") == names[:3]
    assert draw([], 7, "a table") == []


def test_a_draw_is_the_one_of_the_published_tables() -> None:
    """Fixed numbers: a change would name other files than the published pages."""
    names = [f"n{i:02}" for i in range(30)]
    assert draw(names, 5, "cvrp") == ["n03", "n07", "n14", "n18", "n25"]


def selection(**changes: Any) -> BenchmarkSet:
    settled: dict[str, Any] = {
        "files": ["set/*.vrp"],
        "best_known": "best_known.csv",
        "title": "A title",
        "about": "What it is.",
        "time_limit_s": 5.0,
    }
    return BenchmarkSet.model_validate({**settled, **changes})


@pytest.fixture
def benchmarks(tmp_path: Path) -> Path:
    """A folder with five problems of 3 to 7 customers."""
    folder = tmp_path / "benchmarks"
    for n in range(3, 8):
        write_vrp(folder / "set", f"A-n{n + 1}-k1", tuple(range(3, 3 + n)))
    best_known(folder, "A-n4-k1,CVRP,24,yes,3", "A-n5-k1,CVRP,36,no,4", "A-n6-k1,CVRP,20,no,4")
    return folder


def test_problems_are_drawn_with_the_digest_of_their_files(benchmarks: Path) -> None:
    drawn = draw_problems(selection(draw=3, most_customers=6), benchmarks, "name")
    assert len(drawn) == 3
    assert [one.customers for one in drawn] == sorted(one.customers for one in drawn)
    assert all(one.customers <= 6 and len(one.sha256) == 64 for one in drawn)
    assert from_csv(to_csv(drawn)) == drawn
    whole = draw_problems(selection(), benchmarks, "name")
    assert [one.optimum_known for one in whole] == ["yes", "", "", "", ""]
    assert whole[0].file == "set/A-n4-k1.vrp"


def test_a_folder_without_the_files_is_named(benchmarks: Path) -> None:
    with pytest.raises(NothingToDrawError, match=r"holds no file of other/\*\.vrp"):
        draw_problems(selection(files=["other/*.vrp"]), benchmarks, "name")


def test_the_committed_tables_can_be_read() -> None:
    found = read_definitions(TABLES).definitions
    assert {"cvrp", "xml100", "golden-taillard", "evrptw-small", "mikkelsen-25", "montoya"} <= set(
        found.benchmark
    )
    assert found.paired["paired"].seeds == (1, 2, 3)


def test_a_misspelt_key_of_the_tables_is_named(tmp_path: Path) -> None:
    file = tmp_path / "tables.toml"
    file.write_text(
        TABLES.read_text(encoding="utf-8").replace("time_limit_s", "time_limit", 1), encoding="utf-8"
    )
    with pytest.raises(FaultyInputError, match="time_limit"):
        read_definitions(file)


# -- summaries ------------------------------------------------------------------------------------------


def row_of(best: BestKnown | None = None, **changes: Any) -> dict[str, str]:
    problem = problem_()
    return make_row(problem, answer(problem, **changes), best)


def test_the_published_summary() -> None:
    optimal = BestKnown(24.0, True, 3)
    rows = [
        {**row_of(optimal, bound=24.0, status="optimal", time_s=1.0)},
        {**row_of(BestKnown(20.0, False, 3), bound=23.904, time_s=2.0), "instance": "B"},
        {**row_of(None, bound=-float("inf"), time_s=6.0), "instance": "C"},
        {**row_of(BestKnown(30.0, True, 3), bound=12.0, time_s=3.0), "variant": "DCVRP"},
    ]
    sheet = published_sheet(
        rows, {key_in(row) for row in rows}, {key_in(rows[0]): 0.01, key_in(rows[1]): 0.03}
    )
    assert sheet.headings[:6] == ["family", "variant", "problems", "proven", "within 0.5 %", "no gap"]
    cvrp, limited, every = sheet.shown()
    assert cvrp[:6] == ["CVRP A", "CVRP", "3", "1", "2", "1"]
    # Gaps 0 and 0.4 %; a bound of 23.904 is above the best known 20.
    assert cvrp[6:] == ["0.200", "0.400", "2.000", "3.0", "2.0", "6.0", "2", "20.000", "1"]
    # A plan of 24 is below the known optimum 30.
    assert limited[6:] == ["50.000", "50.000", "", "3.0", "3.0", "3.0", "1", "-20.000", "1"]
    assert every[:6] == ["all", "", "4", "1", "2", "1"]
    assert every[-1] == "2"


#: What every record says of its run.
KEPT = {
    "settings": {"time_limit_s": 1.0, "gap": 0.0, "seed": 0},
    "interrupted": False,
    "problem": "",
}


def test_roots_are_those_before_branching(tmp_path: Path) -> None:
    lines = [
        {"trace": [[1, "local search", None, 30.0, 0, 0], [2, "column generation", 18.0, 24.0, 9, 0]]},
        {"trace": [[2, "column generation", 20.0, 25.0, 9, 0], [3, "column generation", 21.0, 24.0, 9, 4]]},
        {"trace": [[2, "column generation", 20.0, 24.0, 9, 0], [3, "branching", 24.0, 24.0, 9, 4]]},
        {"trace": [[2, "column generation", 1e6, 1e6 + 24, 9, 0]]},  # a route counts 1e6
        {"trace": [[2, "branching", 20.0, 24.0, 9, 0]]},
        {"trace": []},
    ]
    names = [f"p{k}" for k in range(len(lines))]
    rows = [
        {**row_of(BestKnown(20.0, True, 3) if k else None), "instance": name} for k, name in enumerate(names)
    ]
    path = tmp_path / "rows.routes.jsonl"
    records = [{**row, **line, "cost": 24.0, **KEPT} for row, line in zip(rows, lines, strict=True)]
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    found = root_gaps(rows, path)
    assert [found.get(key_in(row)) for row in rows] == [0.25, pytest.approx(-0.05), 0.0, None, None, None]
    assert root_gaps(rows, tmp_path / "none") == {}


@pytest.mark.parametrize(
    ("best", "changes", "optimum_known", "expected"),
    [
        (None, {}, True, False),
        (24.0, {}, True, False),
        (24.005, {}, True, False),
        (24.02, {}, True, True),
        (24.02, {}, False, False),
        (11.9, {}, False, True),
        (
            24.0,
            {"status": "infeasible", "routes": (), "cost": float("inf"), "bound": float("inf")},
            False,
            True,
        ),
    ],
)
def test_what_contradicts(
    best: float | None, changes: dict[str, Any], optimum_known: bool, expected: bool
) -> None:
    known = None if best is None else BestKnown(best, optimum_known, 3)
    assert contradicts(row_of(known, **changes), optimum_known) is expected


# -- pages and folders ----------------------------------------------------------------------------------


def test_words_around_the_tables_stay() -> None:
    page = "# Title\n\n<!-- table -->\nold\n<!-- end of table -->\n\nHow to read it.\n"
    new = with_tables(page, "new\n")
    assert new == page.replace("old", "new")
    assert printed(new) == "new\n"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """An engine that answers at once; returns the names it was asked for."""
    names: list[str] = []

    def solve(problem: RoutingProblem, settings: Any, stop: Any, on_event: Any) -> RoutingResult:
        names.append(problem.name)
        return answer(problem)

    monkeypatch.setattr(engine, "solve", solve)
    return names


def run(benchmarks: Path, out: Path, name: str = "mine", **changes: Any) -> Tally:
    return publish(
        name, selection(**changes), "0" * 64, benchmarks, out, this_run(["as", "typed"], 1), recipe="how to"
    )


def test_a_folder_is_made_and_gone_on_with(asked: list[str], benchmarks: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    tally = run(benchmarks, out)
    assert len(asked) == len(tally.rows) == 5
    page = (out / PAGE).read_text(encoding="utf-8")
    assert page.startswith("# A title\n\nWhat it is.\n")
    assert "how to" in page
    assert printed(page) == tables_of(out)
    # The bound of A-n6-k1 is 25, the best known value 20.
    assert tally.faults == 1
    assert "A-n6-k1 (CVRP): bound 25 is above 20" in printed(page)
    (only,) = read_origin(out).runs
    assert (only.command, only.workers, len(only.rows), len(only.faults)) == ("python as typed", 1, 5, 1)
    assert "numba" in only.versions
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    run(benchmarks, out)
    assert len(asked) == 5
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_rows_that_are_lost_are_solved_by_a_second_run(
    asked: list[str], benchmarks: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run(benchmarks, out)
    lines = (out / ROWS).read_text().splitlines(keepends=True)
    (out / ROWS).write_text("".join(lines[:-1]))
    assert "## Without a row\n\n* A-n8-k1 (CVRP)\n" in tables_of(out)
    run(benchmarks, out)
    assert asked[5:] == ["A-n8-k1"]
    first, second = read_origin(out).runs
    assert (len(first.rows), second.rows) == (4, ("A-n8-k1 CVRP",))


def test_another_table_or_definition_is_refused(asked: list[str], benchmarks: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(benchmarks, out)
    with pytest.raises(OutputError, match="holds the table mine, not yours"):
        run(benchmarks, out, name="yours")
    with pytest.raises(OutputError, match="another definition of mine"):
        run(benchmarks, out, time_limit_s=6.0)
    write_vrp(benchmarks / "set", "A-n4-k1", (3, 4, 6))
    with pytest.raises(OutputError, match="other problems than are drawn now"):
        run(benchmarks, out)
    assert json.loads((out / ORIGIN).read_text())["definition"]["time_limit_s"] == 5.0
    assert (out / PROBLEMS).exists()


# -- plans ----------------------------------------------------------------------------------------------


def test_a_plan_is_checked_again_from_its_record() -> None:
    problem = problem_()
    result = answer(problem)
    row, record = make_row(problem, result, None), make_record(problem, result, Settings(), False)
    assert recheck(problem, row, record) == []
    dearer = {**record, "cost": 25.0}
    assert recheck(problem, row, dearer) == [
        "primal of the row is 24.0000, in the file of routes 25.0",
        "cost is given as 25, recomputed 24",
    ]
    shorter = {**record, "routes": record["routes"][:2]}
    assert recheck(problem, row, shorter)[0] == "customer 4 is not served"
    nothing = answer(problem, routes=(), cost=float("inf"), bound=12.0, status="bound only")
    row, record = make_row(problem, nothing, None), make_record(problem, nothing, Settings(), False)
    assert recheck(problem, row, record) == []
