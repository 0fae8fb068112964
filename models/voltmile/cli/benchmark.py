"""``voltmile benchmark``: solve published benchmarks and write a row for each problem."""

from __future__ import annotations

import math
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from voltmile.cli.common import Code, leave, show, user_errors


def benchmark(
    paths: Annotated[list[Path], typer.Argument(help="Benchmark files, or folders of them.")],
    time_limit: Annotated[float, typer.Option(min=0.1, metavar="S", help="Seconds for each problem.")] = 60.0,
    gap: Annotated[float, typer.Option(min=0.0, max=1.0, help="Relative gap that is good enough.")] = 0.0,
    out: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Table of rows; rows it has are kept.")
    ] = None,
    best_known: Annotated[
        Path | None, typer.Option(metavar="CSV", help="Best known values to compare with.")
    ] = None,
    format: Annotated[
        str | None, typer.Option(metavar="NAME", help="Format of the files, instead of telling it.")
    ] = None,
    variant: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Only problems of this class, as FSMF or VRPTW.")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Of the searches for plans.")] = 0,
    workers: Annotated[int, typer.Option(min=1, metavar="N", help="Processes side by side.")] = 1,
) -> None:
    """Solve published benchmarks; every plan is checked before its row is written.

    A row says how good the plan and how high the proven bound is. Routes go into a file beside the rows.
    Given again with the same settings, rows that are there are not solved again. Ctrl-C ends with what has
    been found; a second one ends at once. Progress goes to stderr. The first run compiles for a minute or
    two, before any clock runs.

    Exit code 1: a file cannot be read, a solve crashed or failed, a plan was refused, or a result contradicts
    a best known value. All others are solved all the same. 2: wrong input; 130: interrupted.
    """
    with user_errors():
        from voltmile.cli.benchmark_progress import watched
        from voltmile.problem.benchmarks import FORMATS, BenchmarkError
        from voltmile.problem.faults import nearest
        from voltmile.solve.interrupt import watching
        from voltmile.study.benchmark.run import run_benchmark
        from voltmile.study.benchmark.settings import Settings
        from voltmile.study.benchmark.summary import summary_sheet

        if not (math.isfinite(time_limit) and math.isfinite(gap)):
            leave("--time-limit and --gap: have to be finite numbers", Code.WRONG_INPUT)
        if format is not None and format not in FORMATS:
            leave(f"--format: there is no format {format!r}; {nearest(format, FORMATS)}", Code.WRONG_INPUT)
        stop = Event()
        try:
            with watching(stop), watched() as listener:
                tally = run_benchmark(
                    paths,
                    Settings(time_limit, gap, seed),
                    format=format,
                    variant=variant,
                    best_known=best_known,
                    out=out,
                    workers=workers,
                    stop=stop,
                    listener=listener,
                )
        except BenchmarkError as error:
            leave(f"--best-known: {error}", Code.WRONG_INPUT)
        if tally.rows:
            show(summary_sheet(tally.rows))
        if tally.interrupted:
            raise typer.Exit(Code.INTERRUPTED)
        if tally.faults:
            raise typer.Exit(Code.FAILED)
