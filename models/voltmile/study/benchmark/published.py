"""A folder of published rows: problems, provenance, and a page that is complete after every row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from voltmile.problem.records import Record
from voltmile.study.benchmark import calls
from voltmile.study.benchmark import drawn as drawing
from voltmile.study.benchmark.drawn import Drawn
from voltmile.study.benchmark.origin import Origin, Run
from voltmile.study.benchmark.pages import new_page, sections, with_tables
from voltmile.study.benchmark.pairs import pairs_sheet, problems_sheet, read_pairs
from voltmile.study.benchmark.roots import root_gaps
from voltmile.study.benchmark.store import read_rows, write_whole
from voltmile.study.benchmark.summary import published_sheet, rows_sheet
from voltmile.study.folder import OutputError
from voltmile.study.sheets import Sheet

ROWS, PAIRS, CALLS = "rows.csv", "pairs.csv", "calls.csv"
PROBLEMS, ORIGIN, PAGE = "problems.csv", "provenance.json", "README.md"


class Published:
    """A folder that is being filled; one that is there is gone on with.

    Parameters
    ----------
    name : str
        Of the table.
    definition : Record
        What is solved how, with a title and a line about it.
    digest : str
        Of the file the definition is in.
    recipe : str
        Command for the page.
    problems : list of Drawn

    Raises
    ------
    OutputError
        When the folder holds another table, other problems, or was made with other settings.
    """

    def __init__(
        self,
        out: Path,
        name: str,
        definition: Record,
        digest: str,
        run: Run,
        recipe: str,
        problems: Sequence[Drawn],
    ) -> None:
        settled = json.loads(definition.model_dump_json())
        before = _runs_before(out, name, settled)
        _keep_problems(out, problems)
        self.out = out
        self._page = new_page(settled["title"], settled["about"], recipe)
        self._origin = Origin(name=name, definition=settled, definition_sha256=digest, runs=(*before, run))
        self.write()

    def row(self, name: str) -> None:
        """Take note of a row that has been written."""
        self._origin = self._origin.with_row(name)
        self.write()

    def fault(self, line: str) -> None:
        """Take note of what is wrong."""
        self._origin = self._origin.with_fault(line)
        self.write()

    def write(self) -> None:
        """Write provenance and page."""
        write_whole(self.out / ORIGIN, self._origin.without_idle_runs().to_json())
        path = self.out / PAGE
        page = path.read_text(encoding="utf-8") if path.exists() else self._page
        write_whole(path, with_tables(page, tables_of(self.out)))


def tables_of(folder: Path) -> str:
    """Return what a folder's page has to show between its marks, from the other files of the folder."""
    problems = drawing.from_csv((folder / PROBLEMS).read_text(encoding="utf-8"))
    if (folder / PAIRS).exists():
        parts = _of_pairs(folder)
    elif (folder / CALLS).exists():
        parts = _of_calls(folder)
    else:
        parts = _of_rows(folder, problems)
    return sections([*parts, ("Found wrong by the runs", read_origin(folder).faults)])


def _of_rows(folder: Path, problems: Sequence[Drawn]) -> list[tuple[str, Sheet | Sequence[str]]]:
    rows = read_rows(folder / ROWS) if (folder / ROWS).exists() else []
    roots = root_gaps(rows, (folder / ROWS).with_suffix(".routes.jsonl"))
    left = [f"{one.instance} ({one.variant})" for one in drawing.missing(problems, rows)]
    return [
        ("", published_sheet(rows, drawing.optima(problems), roots)),
        ("Every problem", rows_sheet(rows, roots)),
        ("Without a row", left),
    ]


def _of_pairs(folder: Path) -> list[tuple[str, Sheet | Sequence[str]]]:
    pairs = read_pairs(folder / PAIRS)
    return [("", pairs_sheet(pairs)), ("Every problem", problems_sheet(pairs))]


def _of_calls(folder: Path) -> list[tuple[str, Sheet | Sequence[str]]]:
    found = calls.read_calls(folder / CALLS)
    return [("", calls.calls_sheet(found)), ("Seconds by problem", calls.problems_sheet(found))]


def read_origin(folder: Path) -> Origin:
    """Read the provenance of a folder."""
    return Origin.model_validate_json((folder / ORIGIN).read_text(encoding="utf-8"))


def _runs_before(out: Path, name: str, settled: object) -> tuple[Run, ...]:
    if not (out / ORIGIN).exists():
        return ()
    found = read_origin(out)
    if found.name != name:
        raise OutputError(f"{out} holds the table {found.name}, not {name}; choose another folder")
    if found.definition != settled:
        raise OutputError(f"{out} was made by another definition of {name}; choose another folder")
    return found.runs


def _keep_problems(out: Path, problems: Sequence[Drawn]) -> None:
    path = out / PROBLEMS
    if path.exists():
        if drawing.from_csv(path.read_text(encoding="utf-8")) != list(problems):
            raise OutputError(f"{path} names other problems than are drawn now; choose another folder")
        return
    out.mkdir(parents=True, exist_ok=True)
    write_whole(path, drawing.to_csv(problems))
