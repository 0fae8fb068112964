"""Solve parts of a nation into a folder, going on where an earlier run ended."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

from voltmile.problem.folder import read
from voltmile.study.benchmark.origin import Origin, this_run
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
    origin = _origin(folder / PROVENANCE, definition, arguments)
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


def _origin(path: Path, definition: dict[str, str], arguments: Sequence[str]) -> Origin:
    now = this_run(arguments, 2)
    if not path.exists():
        digest = hashlib.sha256(json.dumps(definition, sort_keys=True).encode()).hexdigest()
        return Origin(name="growth", definition=definition, definition_sha256=digest, runs=(now,))
    before = Origin.model_validate_json(path.read_text(encoding="utf-8"))
    if before.definition != definition:
        raise ValueError(f"{path.parent} was made from another instance: {json.dumps(before.definition)}")
    return before.model_copy(update={"runs": (*before.runs, now)})
