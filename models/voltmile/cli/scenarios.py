"""``voltmile scenarios``: solve an instance as it is and in every scenario."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voltmile.cli.common import show, user_errors
from voltmile.cli.experiment import Output, Quiet, Workers, carry_out, end, read

if TYPE_CHECKING:
    from voltmile.study.casebook import Finished
    from voltmile.study.scenarios.run import Scenarios


def scenarios(
    config: Annotated[Path, typer.Argument(help="Experiment file (TOML) with [[scenario]] tables.")],
    quiet: Quiet = False,
    workers: Workers = None,
    time_limit: Annotated[
        float | None,
        typer.Option(min=0.1, metavar="S", help="Seconds for a scenario, instead of the file's."),
    ] = None,
    output: Output = None,
) -> None:
    """Solve an instance as it is and in every scenario; with [robust], choose one fleet for all of them.

    The result folder is written anew after every scenario. Ctrl-C ends with those there are, and the same
    command goes on with the others.
    """
    with user_errors():
        from voltmile.study.scenarios.run import run_scenarios

        file = read(config, workers, time_limit)
        finished = carry_out(run_scenarios, file, output, quiet)
        if not quiet:
            _report(file.path.stem, finished)
        choice = finished.study.choice
        end(finished, failed=choice is not None and choice.found is None)


def _report(name: str, finished: Finished[Scenarios]) -> None:
    from voltmile.study.scenarios.view import choice_sheet, scenarios_sheet

    show(scenarios_sheet(name, finished.rows))
    if finished.study.choice is not None:
        show(choice_sheet(json.loads((finished.path / "robust.json").read_text(encoding="utf-8"))))
    typer.echo(f"results in {finished.path}")
