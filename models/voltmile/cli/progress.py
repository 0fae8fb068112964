"""What a run shows while it works: a live view on a terminal, plain lines elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING

import typer

from voltmile.cli.common import console
from voltmile.solve.progress import (
    BoundImproved,
    CityDone,
    Event,
    HubPriced,
    Listener,
    Message,
    MipProgress,
    PhaseStarted,
    unheard,
)

if TYPE_CHECKING:
    from rich.console import RenderableType

_EVERY_S = 5.0
"""Between two plain lines about the same thing."""


@contextmanager
def watched(quiet: bool, time_limit_s: float) -> Iterator[Listener]:
    """Give a listener that shows a run on stderr."""
    if quiet:
        yield unheard
    elif not sys.stderr.isatty():
        yield Lines()
    else:
        from rich.live import Live

        view = View(time_limit_s)
        terminal = console(stderr=True)
        with Live(
            console=terminal,
            get_renderable=view.render,
            transient=True,
            refresh_per_second=4,
            redirect_stdout=False,
        ):

            def listen(event: Event) -> None:
                line = view.hear(event)
                if line:
                    terminal.print(line)

            yield listen


@dataclass
class Lines:
    """Prints a line for what matters, and now and then one for what happens all the time."""

    started: float = field(default_factory=time.perf_counter)
    said: dict[type, float] = field(default_factory=dict)

    def __call__(self, event: Event) -> None:
        """Print an event, unless one of its kind was printed just now."""
        now = time.perf_counter()
        if isinstance(event, HubPriced | MipProgress):
            if now - self.said.get(type(event), self.started) < _EVERY_S:
                return
            self.said[type(event)] = now
        typer.echo(f"{now - self.started:8.1f} s  {worded(event)}", err=True)


def worded(event: Event) -> str:
    """Return an event in a few words."""
    match event:
        case PhaseStarted(name):
            return name
        case Message(text):
            return text
        case HubPriced():
            return f"  priced {event.done}: {event.city} {event.hub} {event.year} {event.day_type}"
        case CityDone(stage, city, done, total):
            return f"  {stage}: {done} of {total} cities" + (f", {city}" if city else " are there")
        case BoundImproved(bound, plan, gap):
            parts = [f"bound {bound:,.0f}"] + ([f"plan {plan:,.0f}"] if plan is not None else [])
            return "  " + "  ".join(parts + ([f"gap {gap:.3%}"] if gap is not None else []))
        case MipProgress():
            known = event.primal is not None and isfinite(event.primal)
            found = f"plan {event.primal:,.0f}" if known else "no plan yet"
            proven = f"bound over its routes {event.dual:,.0f}" if isfinite(event.dual) else "no bound yet"
            return f"  {event.nodes:,} nodes  {found}  {proven}"


def duration(seconds: float) -> str:
    """Return a time in the unit a person would use."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


@dataclass
class View:
    """The live view: phase, hub, bound, plan, gap and time as they are now."""

    time_limit_s: float
    started: float = field(default_factory=time.perf_counter)
    phase: str = "start"
    phase_started: float = field(default_factory=time.perf_counter)
    facts: dict[str, str] = field(default_factory=dict)
    stage_began: tuple[float, int] = (0.0, 0)

    def hear(self, event: Event) -> str | None:
        """Take an event in; returns a line to keep above the view when a phase is over."""
        now = time.perf_counter()
        match event:
            case PhaseStarted(name):
                over = f"{self.phase:<12} {now - self.phase_started:8.1f} s"
                first, self.phase, self.phase_started = self.phase == "start", name, now
                for key in ("doing", "MIP"):
                    self.facts.pop(key, None)
                return None if first else over
            case CityDone():
                self.facts["doing"] = worded(event).strip() + self._left(event, now)
            case HubPriced():
                self.facts["doing"] = worded(event).strip()
            case Message(text):
                self.facts["doing"] = text
            case BoundImproved(bound, plan, gap):
                self.facts["bound"] = f"{bound:,.0f} CNY"
                if plan is not None:
                    self.facts["plan"] = f"{plan:,.0f} CNY"
                if gap is not None:
                    self.facts["gap"] = f"{gap:.3%}"
            case MipProgress():
                self.facts["MIP"] = worded(event).strip()
        return None

    def _left(self, event: CityDone, now: float) -> str:
        """Return the time the stage will take at the pace so far."""
        if event.city is None:
            self.stage_began = now, event.done
            return ""
        began, before = self.stage_began
        pace = (now - began) / max(event.done - before, 1)
        return f"; about {duration(pace * (event.total - event.done))} left"

    def render(self) -> RenderableType:
        """Return what is on the screen now."""
        from rich.table import Table
        from rich.text import Text

        now = time.perf_counter()
        grid = Table.grid(padding=(0, 2))
        phase_s, whole_s = now - self.phase_started, now - self.started
        times = f"{phase_s:.0f} s, in all {whole_s:.0f} s of {self.time_limit_s:,.0f} s"
        grid.add_row(Text(self.phase, style="bold"), Text(times))
        for key in ("doing", "bound", "plan", "gap", "MIP"):
            if key in self.facts:
                grid.add_row(Text(key, style="dim"), Text(self.facts[key], overflow="ellipsis", no_wrap=True))
        return grid
