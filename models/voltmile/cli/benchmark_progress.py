"""What a benchmark shows while it works: a live view on a terminal, plain lines elsewhere."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import typer

from voltmile.cli.common import console
from voltmile.problem.routing import RoutingProblem
from voltmile.study.benchmark.engine import TraceRow
from voltmile.study.benchmark.rows import Row
from voltmile.study.benchmark.run import Listener, titled

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


@contextmanager
def watched() -> Iterator[Listener]:
    """Give a listener that shows a benchmark on stderr."""
    if not sys.stderr.isatty():
        yield Lines()
        return
    from rich.live import Live

    terminal = console(stderr=True)
    view = View(terminal)
    with Live(
        console=terminal,
        get_renderable=view.render,
        transient=True,
        refresh_per_second=4,
        redirect_stdout=False,
    ):
        yield view


def worded(row: Row, bound_by: str) -> str:
    """Return a finished row in a line, and which bound it has."""
    parts = [f"{row['instance']} ({row['variant']}): {row['status']}"]
    if row["primal"]:
        parts.append(f"primal {row['primal']}")
    if row["bound"]:
        parts.append(f"bound {row['bound']} ({bound_by})")
    if row["gap"]:
        parts.append(f"gap {float(row['gap']):.3%}")
    if row["gap_to_best_known"]:
        parts.append(f"{float(row['gap_to_best_known']):+.3%} to best known {row['best_known']}")
    return "  ".join([*parts, f"{row['time_s']} s"])


@dataclass
class Lines(Listener):
    """Prints a line for every row, and for what is wrong."""

    clock: float = field(default_factory=time.perf_counter)

    def finished(self, row: Row, bound_by: str) -> None:
        """Print a row."""
        self._print(worded(row, bound_by))

    def note(self, line: str) -> None:
        """Print a note."""
        self._print(line)

    def fault(self, line: str) -> None:
        """Print what is wrong."""
        typer.echo(line, err=True)

    def _print(self, line: str) -> None:
        typer.echo(f"{time.perf_counter() - self.clock:8.1f} s  {line}", err=True)


@dataclass
class View(Listener):
    """The live view: finished rows above, below them what is being solved now."""

    terminal: Console
    clock: float = field(default_factory=time.perf_counter)
    files: int = 0
    done: int = 0
    proven: int = 0
    faults: int = 0
    running: dict[int, tuple[str, float, TraceRow | None]] = field(default_factory=dict)

    def begun(self, files: int) -> None:
        """Take in how many files there are."""
        self.files = files

    def started(self, problem: RoutingProblem) -> None:
        """Show a problem."""
        self.running[id(problem)] = (titled(problem), time.perf_counter(), None)

    def traced(self, problem: RoutingProblem, row: TraceRow) -> None:
        """Show how far it is."""
        name, began, _ = self.running[id(problem)]
        self.running[id(problem)] = (name, began, row)

    def ended(self, problem: RoutingProblem) -> None:
        """Show it no longer."""
        self.running.pop(id(problem), None)

    def finished(self, row: Row, bound_by: str) -> None:
        """Print a row above the view."""
        self.done += 1
        self.proven += row["status"] in ("optimal", "infeasible")
        self.terminal.print(worded(row, bound_by))

    def note(self, line: str) -> None:
        """Print a note above the view."""
        self.terminal.print(line, style="dim")

    def fault(self, line: str) -> None:
        """Print what is wrong above the view."""
        self.faults += 1
        self.terminal.print(line, style="bold red")

    def render(self) -> RenderableType:
        """Return what is on the screen now."""
        from rich.table import Table
        from rich.text import Text

        now = time.perf_counter()
        grid = Table.grid(padding=(0, 2))
        head = f"{self.done} rows of {self.files} files, {self.proven} proven, {self.faults} faults"
        grid.add_row(Text("benchmark", style="bold"), Text(f"{now - self.clock:.0f} s"), Text(head))
        for name, began, row in list(self.running.values()):
            doing = "" if row is None else _doing(row)
            grid.add_row(Text(name), Text(f"{now - began:.0f} s"), Text(doing, overflow="ellipsis"))
        return grid


def _doing(row: TraceRow) -> str:
    _, step, bound, cost, _, _ = row
    plan = f"plan {cost:,.2f}" if math.isfinite(cost) else "no plan yet"
    proven = f"bound {bound:,.2f}" if math.isfinite(bound) else "no bound yet"
    gap = f"gap {max(0.0, cost - bound) / max(abs(cost), 1e-9):.3%}" if math.isfinite(cost - bound) else ""
    return "  ".join(part for part in (step, plan, proven, gap) if part)
