"""``voltmile verify``: recompute a result with code that shares nothing with the solver."""

from __future__ import annotations

import json as json_text
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from voltmile.cli.common import Code, user_errors

if TYPE_CHECKING:
    from voltmile.check import Report

_SHOWN = 50


class Pricing(StrEnum):
    """How many of the bound's claims about what a hub costs on a day are proven anew."""

    none = "none"
    sample = "sample"
    all = "all"


def verify(
    results: Annotated[Path, typer.Argument(help="Result folder.")],
    pricing: Annotated[
        Pricing, typer.Option(help="How many of the bound's claims are proven anew; it is certain with all.")
    ] = Pricing.all,
    instance: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Instance folder, where it has moved since the run.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the report as one JSON object.")] = False,
) -> None:
    """Check a result folder: feasibility, every cost, every kg of CO2, and the bound.

    Nothing here shares code with the solver. Exit code 0: all of it holds; 1: something does not.
    """
    with user_errors():
        from voltmile.problem.folder import read
        from voltmile.study.engines import check

        nation = read(instance or _instance_of(results))
        report = check(nation, results, pricing.value)
        if json:
            typer.echo(json_text.dumps({"passed": report.passed, **asdict(report)}, ensure_ascii=False))
        else:
            _print(report)
        if not report.passed:
            raise typer.Exit(Code.FAILED)


def _instance_of(results: Path) -> Path:
    from voltmile.study.results import read_results

    folder = read_results(results).instance_folder
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder}: the instance is not where it was; say where with --instance")
    return folder


def _print(report: Report) -> None:
    for violation in report.violations[:_SHOWN]:
        typer.echo(str(violation))
    if len(report.violations) > _SHOWN:
        typer.echo(f"... and {len(report.violations) - _SHOWN} more; --json has them all")
    looked = (
        f"{sum(report.checked.values()):,} checks of {len(report.checked)} rules in {report.seconds:.1f} s"
    )
    if report.passed:
        typer.echo(f"{report.instance}: holds ({looked})")
    else:
        typer.echo(f"{report.instance}: {len(report.violations)} violations ({looked})")
    if report.objective is not None and report.bound is not None and report.gap is not None:
        numbers = f"cost {report.objective:,.0f} CNY, bound {report.bound:,.0f} CNY, gap {report.gap:.3%}"
        typer.echo(f"recomputed: {numbers}")
    claims = report.claims
    if claims.claims:
        proven = f"{claims.proven:,} of {claims.claims:,} claims proven anew, {claims.open:,} taken on trust"
        typer.echo(f"the bound: {proven}")
