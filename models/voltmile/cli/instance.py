"""``voltmile instance``: look at an instance folder, and find what is wrong with it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from voltmile.cli.common import show, user_errors

app = typer.Typer(help="Look at instances and check them.", no_args_is_help=True, rich_markup_mode=None)

Folder = Annotated[Path, typer.Argument(help="Instance folder, see instances/README.md.")]


@app.command("show")
def show_instance(folder: Folder) -> None:
    """Show an instance at a glance: places, demand, fleet, limits, grids."""
    with user_errors():
        from voltmile.problem.folder import read
        from voltmile.study.overview import overview

        show(overview(read(folder)))


@app.command()
def check(folder: Folder) -> None:
    """Check an instance: every fault of every file, with row, field, value and what would be valid."""
    with user_errors():
        from voltmile.problem.folder import read
        from voltmile.study.overview import counts

        start = time.perf_counter()
        nation = read(folder)
        typer.echo(f"{nation.name}: OK, {counts(nation)} ({time.perf_counter() - start:.1f} s)")
