"""``voltmile run``: solve an experiment and write its result folder."""

from __future__ import annotations

import json as json_text
from typing import TYPE_CHECKING, Annotated

import typer

from voltmile.cli.common import Code, show, user_errors
from voltmile.cli.experiment import Config, Output, Quiet, Workers, carry_out, read

if TYPE_CHECKING:
    from voltmile.study.run import Finished


def run(
    config: Config,
    quiet: Quiet = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
    workers: Workers = None,
    time_limit: Annotated[
        float | None, typer.Option(min=0.1, metavar="S", help="Seconds to solve, instead of the file's.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS|slurm", help="Work on a Dask cluster (extra 'cluster') instead of here."
        ),
    ] = None,
    output: Output = None,
) -> None:
    """Solve an experiment and write its result folder.

    Ctrl-C ends the run early with the best plan so far; a second one ends it at once. Results appear whole or
    not at all, and older ones stay until the new ones are complete. Progress goes to stderr.
    """
    with user_errors():
        from voltmile.study.run import run as run_experiment

        finished = carry_out(run_experiment, read(config, workers, time_limit, cluster), output, quiet)
        if json:
            summary = finished.results.summary.model_dump(mode="json")
            typer.echo(
                json_text.dumps({**summary, "results": str(finished.results.path)}, ensure_ascii=False)
            )
        elif not quiet:
            _report(finished)
        if finished.interrupted:
            raise typer.Exit(Code.INTERRUPTED)


def _report(finished: Finished) -> None:
    from voltmile.study.views import summary_sheet

    show(summary_sheet(finished.results))
    typer.echo(f"results in {finished.results.path}")
