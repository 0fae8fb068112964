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
    """Print a table of a result folder; nothing is solved again."""
    with user_errors():
        from voltmile.study.results import read_results
        from voltmile.study.sheets import WRITERS
        from voltmile.study.views import VIEWS

        typer.echo(WRITERS[to.value](VIEWS[what.value](read_results(results))), nl=False)
