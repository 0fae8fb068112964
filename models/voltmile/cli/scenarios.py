"""``voltmile scenarios``: solve an instance as it is and in every scenario."""

from __future__ import annotations

import json
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
    from voltmile.study.scenarios.run import Finished


def scenarios(
    config: Annotated[Path, typer.Argument(help="Experiment file (TOML) with [[scenario]] tables.")],
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")] = False,
    workers: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="Processes side by side, instead of the file's.")
    ] = None,
    time_limit: Annotated[
        float | None,
        typer.Option(min=0.1, metavar="S", help="Seconds for a scenario, instead of the file's."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Result folder, instead of the file's.")
    ] = None,
) -> None:
    """Solve an instance as it is and in every scenario; with [robust], choose one fleet for all of them.

    The result folder is written anew after every scenario. Ctrl-C ends with those there are, and the same
    command goes on with the others.
    """
    with user_errors():
        from voltmile.study.config import read_experiment

        file = read_experiment(config)
        file = replace(file, experiment=file.experiment.with_limits(workers, time_limit))
        finished = _run(file, output, quiet)
        if not quiet:
            _report(file.path.stem, finished)
        for fault in finished.faults:
            typer.echo(fault, err=True)
        if finished.interrupted:
            raise typer.Exit(Code.INTERRUPTED)
        if finished.faults or (finished.choice is not None and finished.choice.found is None):
            raise typer.Exit(Code.FAILED)


def _run(file: ExperimentFile, output: Path | None, quiet: bool) -> Finished:
    from voltmile.cli.progress import watched
    from voltmile.solve.interrupt import watching
    from voltmile.study.engines import NoPlanError
    from voltmile.study.scenarios.run import run_scenarios

    stop = Event()
    command = shlex.join(["voltmile", *sys.argv[1:]])
    try:
        with watching(stop), watched(quiet, file.experiment.solve.time_limit_s) as listener:
            return run_scenarios(file, output=output, command=command, on_progress=listener, stop=stop)
    except NoPlanError as error:
        if stop.is_set():
            leave(f"interrupted: {error}", Code.INTERRUPTED)
        leave(str(error), Code.FAILED if error.infeasible else Code.NO_PLAN)


def _report(name: str, finished: Finished) -> None:
    from voltmile.study.scenarios.view import choice_sheet, scenarios_sheet

    show(scenarios_sheet(name, finished.rows))
    if finished.choice is not None:
        show(choice_sheet(json.loads((finished.path / "robust.json").read_text(encoding="utf-8"))))
    typer.echo(f"results in {finished.path}")
