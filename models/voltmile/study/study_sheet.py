"""The table of a frontier or of scenarios, read from its folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from voltmile.study.folder import OutputError
from voltmile.study.frontier.view import frontier_sheet
from voltmile.study.kept_plans import Row, read_csv
from voltmile.study.scenarios.view import scenarios_sheet
from voltmile.study.sheets import Sheet

_TABLES: Mapping[str, Callable[[str, Sequence[Row]], Sheet]] = {
    "frontier.csv": frontier_sheet,
    "scenarios.csv": scenarios_sheet,
}


def study_sheet(folder: Path) -> Sheet | None:
    """Return the cases of a study; None for a folder that is not one of a study.

    Raises
    ------
    OutputError
        When its files are not what they should be.
    """
    for name, sheet in _TABLES.items():
        if not (folder / name).is_file():
            continue
        try:
            record = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
            return sheet(str(record["instance"]), read_csv(folder / name))
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise OutputError(f"{folder} is no whole folder of a study: {error}") from error
    return None
