"""Solve parts of a nation into a folder, going on where an earlier run ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from voltmile.problem.folder import read
from voltmile.study.benchmark.origin import going_on, this_run
from voltmile.study.benchmark.store import write_whole
from voltmile.study.growth.one import in_own_process
from voltmile.study.growth.report import write_report
from voltmile.study.growth.rows import Case, Row, read_rows, write_rows

ROWS, PROVENANCE = "rows.csv", "provenance.json"


def run(
    instance: Path,
    cases: Sequence[Case],
    folder: Path,
    arguments: Sequence[str],
    tell: Callable[[Row], object],
) -> list[Row]:
    """Solve the cases the folder does not have yet; write rows, provenance, page and figure.

    Raises
    ------
    ValueError
        For a folder made from another instance, and for more cities than there are.
    """
    nation = read(instance)
    too_many = [case.cities for case in cases if not 1 <= case.cities <= len(nation.cities)]
    if too_many:
        raise ValueError(f"{too_many[0]} cities; valid: 1 to {len(nation.cities)}")
    folder.mkdir(parents=True, exist_ok=True)
    definition = {"instance": instance.name, "instance_sha256": nation.digest}
    origin = going_on(
        folder / PROVENANCE, "growth", definition, this_run(arguments, 2), "from another instance"
    )
    rows = {row.case: row for row in read_rows(folder / ROWS)}
    try:
        for case in cases:
            if case in rows:
                continue
            rows[case] = row = in_own_process(instance, case)
            origin = origin.with_row(" ".join(map(str, asdict(case).values())))
            write_rows(folder / ROWS, sorted(rows.values(), key=lambda row: row.case))
            write_whole(folder / PROVENANCE, origin.to_json())
            tell(row)
    finally:  # Ctrl-C too
        write_whole(folder / PROVENANCE, origin.without_idle_runs().to_json())
        write_report(folder, list(rows.values()), origin)
    return list(rows.values())
