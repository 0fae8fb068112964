"""``voltmile frontier``: trace cost against carbon."""

from __future__ import annotations

from typing import Annotated

import typer

from voltmile.cli.common import show, user_errors
from voltmile.cli.experiment import Config, Output, Quiet, Workers, carry_out, end, read


def frontier(
    config: Config,
    quiet: Quiet = False,
    workers: Workers = None,
    time_limit: Annotated[
        float | None, typer.Option(min=0.1, metavar="S", help="Seconds for a point, instead of the file's.")
    ] = None,
    output: Output = None,
) -> None:
    """Trace cost against carbon: the cheapest plan under falling carbon caps, each with its bound.

    The result folder is written anew after every point. Ctrl-C ends with the points there are, and the same
    command goes on with the others.
    """
    with user_errors():
        from voltmile.study.frontier.run import run_frontier
        from voltmile.study.frontier.view import frontier_sheet

        file = read(config, workers, time_limit)
        finished = carry_out(run_frontier, file, output, quiet)
        if not quiet:
            show(frontier_sheet(file.path.stem, finished.rows))
            typer.echo(f"results in {finished.path}")
        end(finished)
