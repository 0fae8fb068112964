"""``voltmile run``: solve an experiment and write its result folder."""

from __future__ import annotations

import json as json_text
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from voltmile.cli.common import Code, leave, show, user_errors

if TYPE_CHECKING:
    from voltmile.study.config import ExperimentFile
    from voltmile.study.run import Finished


def run(
    config: Annotated[Path, typer.Argument(help="Experiment file (TOML), see experiments/README.md.")],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processes side by side, instead of the file's.")
    ] = None,
    time_limit: Annotated[
        float | None, typer.Option(min=0.1, metavar="S", help="Seconds to solve, instead of the file's.")
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS|slurm", help="Work on a Dask cluster (extra 'cluster') instead of here."
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Result folder, instead of the file's.")
    ] = None,
) -> None:
    """Solve an experiment and write its result folder.

    Ctrl-C ends the run early with the best plan so far; a second one ends it at once. Results appear whole or
    not at all, and older ones stay until the new ones are complete. Progress goes to stderr.
    """
    with user_errors():
        from voltmile.study.config import read_experiment

        file = read_experiment(config)
        file = replace(file, experiment=file.experiment.with_limits(workers, time_limit, cluster))
        finished = _run(file, output, quiet)
        if json:
            summary = finished.results.summary.model_dump(mode="json")
            typer.echo(
                json_text.dumps({**summary, "results": str(finished.results.path)}, ensure_ascii=False)
            )
        elif not quiet:
            _report(finished)
        if finished.interrupted:
            raise typer.Exit(Code.INTERRUPTED)


def _run(file: ExperimentFile, output: Path | None, quiet: bool) -> Finished:
    from voltmile.cli.progress import watched
    from voltmile.solve.interrupt import watching
    from voltmile.study.engines import NoPlanError
    from voltmile.study.run import run as run_experiment

    stop = Event()
    command = shlex.join(["voltmile", *sys.argv[1:]])
    try:
        with watching(stop), watched(quiet, file.experiment.solve.time_limit_s) as listener:
            return run_experiment(file, output=output, command=command, on_progress=listener, stop=stop)
    except NoPlanError as error:
        if stop.is_set():
            leave(f"interrupted: {error}", Code.INTERRUPTED)
        leave(str(error), Code.FAILED if error.infeasible else Code.NO_PLAN)


def _report(finished: Finished) -> None:
    from voltmile.study.views import summary_sheet

    show(summary_sheet(finished.results))
    typer.echo(f"results in {finished.results.path}")
