"""``voltmile table``: tables of a result folder for a paper, a page or a spreadsheet."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from voltmile.cli.common import user_errors


class Form(StrEnum):
    """How a table is written."""

    markdown = "markdown"
    csv = "csv"
    latex = "latex"


class What(StrEnum):
    """Which table."""

    summary = "summary"
    fleet = "fleet"
    costs = "costs"
    cities = "cities"
    limits = "limits"
    prices = "prices"
    vans = "vans"
    measures = "measures"


def table(
    results: Annotated[Path, typer.Argument(help="Result folder.")],
    to: Annotated[Form, typer.Option(help="How the table is written.")] = Form.markdown,
    what: Annotated[What, typer.Option(help="Which table.")] = What.summary,
) -> None:
    """Print a table of a result folder; nothing is solved again.

    Frontiers and scenarios have one table, that of their cases; their plans are result folders themselves.
    """
    with user_errors():
        from voltmile.study.results import read_results
        from voltmile.study.sheets import WRITERS
        from voltmile.study.study_sheet import study_sheet
        from voltmile.study.views import VIEWS

        sheet = study_sheet(results) if what is What.summary else None
        typer.echo(WRITERS[to.value](sheet or VIEWS[what.value](read_results(results))), nl=False)
