"""The command line: a thin skin over :mod:`voltmile.study`, quick to start."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

import voltmile
from voltmile.cli import instance
from voltmile.cli.benchmark import benchmark
from voltmile.cli.common import Code
from voltmile.cli.frontier import frontier
from voltmile.cli.run import run
from voltmile.cli.scenarios import scenarios
from voltmile.cli.table import table
from voltmile.cli.verify import verify

HELP = """\
Plan a parcel network's fleet, chargers and routes in one program, with a certified gap.

\b
Exit codes:
  0    done, all checks passed
  1    the plan fails a check, no plan exists, or a part of the work failed
  2    wrong input or usage, or results that cannot be written
  3    stopped by a limit before there was a plan
  130  interrupted (the best plan so far is written, if there is one)

\b
Example:
  voltmile run experiments/quickstart.toml
  voltmile verify results/quickstart
"""

app = typer.Typer(help=HELP, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False)
app.command()(run)
app.command()(verify)
app.command()(table)
app.command()(benchmark)
app.command()(frontier)
app.command()(scenarios)
app.add_typer(instance.app, name="instance")


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"voltmile {voltmile.__version__}")
        raise typer.Exit


@app.callback()
def _start(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version and exit."),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        # Names may be Chinese where the terminal is not: a question mark is better than a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    try:
        app()
    except SystemExit as end:
        if end.code == Code.INTERRUPTED:
            _drop_workers()
        raise


def _drop_workers() -> None:
    """End worker processes in the middle of their work: Python would wait for them before it exits.

    It would wait for ever when one more Ctrl-C came then, so that is not heard any more.
    """
    import multiprocessing
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for worker in multiprocessing.active_children():
        worker.terminate()
