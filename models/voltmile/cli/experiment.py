"""What the commands share that run an experiment: options, progress, Ctrl-C, and how they end."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated, Any, Protocol, TypeVar

import typer

from voltmile.cli.common import Code, leave

if TYPE_CHECKING:
    from voltmile.solve.progress import Listener
    from voltmile.study.casebook import Finished
    from voltmile.study.config import ExperimentFile

Config = Annotated[Path, typer.Argument(help="Experiment file (TOML), see experiments/README.md.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
Workers = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Processes side by side, instead of the file's.")
]
Output = Annotated[Path | None, typer.Option(metavar="DIR", help="Result folder, instead of the file's.")]

Result_co = TypeVar("Result_co", covariant=True)
Result = TypeVar("Result")


class Runner(Protocol[Result_co]):
    """What runs an experiment and writes its folder."""

    def __call__(
        self,
        file: ExperimentFile,
        *,
        output: Path | None,
        command: str,
        on_progress: Listener,
        stop: Event,
    ) -> Result_co:
        """Run it."""


def read(
    config: Path, workers: int | None, time_limit: float | None, cluster: str | None = None
) -> ExperimentFile:
    """Read an experiment, with what the command line says instead of the file."""
    from voltmile.study.config import read_experiment

    file = read_experiment(config)
    return replace(file, experiment=file.experiment.with_limits(workers, time_limit, cluster))


def carry_out(runner: Runner[Result], file: ExperimentFile, output: Path | None, quiet: bool) -> Result:
    """Run an experiment in sight of the user, whose Ctrl-C ends it early; exit where there is no plan."""
    from voltmile.cli.progress import watched
    from voltmile.solve.interrupt import watching
    from voltmile.study.engines import NoPlanError

    stop = Event()
    command = shlex.join(["voltmile", *sys.argv[1:]])
    try:
        with watching(stop), watched(quiet, file.experiment.solve.time_limit_s) as listener:
            return runner(file, output=output, command=command, on_progress=listener, stop=stop)
    except NoPlanError as error:
        if stop.is_set():
            leave(f"interrupted: {error}", Code.INTERRUPTED)
        leave(str(error), Code.FAILED if error.infeasible else Code.NO_PLAN)


def end(finished: Finished[Any], *, failed: bool = False) -> None:
    """Say what the checks of a study's plans found, and exit with what became of the study."""
    for fault in finished.faults:
        typer.echo(fault, err=True)
    if finished.interrupted:
        raise typer.Exit(Code.INTERRUPTED)
    if finished.faults or failed:
        raise typer.Exit(Code.FAILED)
