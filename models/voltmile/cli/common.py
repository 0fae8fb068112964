"""What the commands share: exit codes, errors in the user's words, tables on the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console

    from voltmile.study.sheets import Sheet

_WIDTH_OF_A_FILE = 120


class Code(IntEnum):
    """Exit codes, as ``voltmile --help`` lists them."""

    DONE = 0
    FAILED = 1
    WRONG_INPUT = 2
    NO_PLAN = 3
    INTERRUPTED = 130


def leave(message: str, code: Code) -> NoReturn:
    """Say why on stderr, and exit."""
    typer.echo(message, err=True)
    raise typer.Exit(code)


@contextmanager
def user_errors() -> Iterator[None]:
    """Turn what the user can put right into a message and an exit code; our own errors show whole."""
    from voltmile.problem.faults import FaultyInputError
    from voltmile.study.folder import OutputError

    try:
        yield
    except (FaultyInputError, OutputError) as error:
        leave(str(error), Code.WRONG_INPUT)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, PermissionError) as error:
        leave(f"{error.filename}: {error.strerror}" if error.filename else str(error), Code.WRONG_INPUT)
    except KeyboardInterrupt:
        leave("interrupted", Code.INTERRUPTED)
    except RuntimeError as error:
        from voltmile.solve.crew import WorkerError  # not before they are needed: --help stays quick
        from voltmile.solve.pools import ClusterError
        from voltmile.solve.status import SolverError

        if isinstance(error, ClusterError):
            leave(str(error), Code.WRONG_INPUT)
        if not isinstance(error, SolverError | WorkerError):
            raise
        leave(str(error), Code.FAILED)


def console(stderr: bool = False) -> Console:
    """Return a rich console; where it does not write to a terminal, lines are wide and plain."""
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _WIDTH_OF_A_FILE
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def show(sheet: Sheet) -> None:
    """Print a sheet on stdout."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE, title_justify="left", title_style="bold", show_header=any(sheet.headings))
    grid.title = Text(sheet.title)
    for column, heading in enumerate(sheet.headings):
        number = sheet.is_number(column)
        grid.add_column(Text(heading), justify="right" if number else "left", no_wrap=number or column == 0)
    for row in sheet.shown():
        grid.add_row(*map(Text, row))
    console().print(grid)
