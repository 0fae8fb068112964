"""What one solve carries from phase to phase: the nation, the crew, the clock, and whoever listens."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from voltmile.problem.nation import Nation
from voltmile.solve.crew import Crew
from voltmile.solve.hub_work import ColumnEffort, DayKey
from voltmile.solve.prices import BlockKey
from voltmile.solve.progress import Listener, PhaseStarted

Value = TypeVar("Value")

#: Seconds a step gets that has to be finished after the time limit, so that there is a plan at all.
_GRACE_S = 10.0


class NoPlanError(RuntimeError):
    """A limit or Ctrl-C came before the first plan."""


def _columns_by_default() -> ColumnEffort:
    return ColumnEffort(mixes=6, iterations=150, kept=80, plans=2, nodes=50)


@dataclass(frozen=True)
class Effort:
    """How hard each part works; counts, not seconds, so that a run can be repeated.

    Attributes
    ----------
    tour_iterations : int
        PyVRP iterations of a search with one vehicle type.
    offer_rounds : int
        Times the hubs are asked for plans at new prices.
    columns : ColumnEffort
        What a hub does when asked.
    price_rounds, cut_rounds : int
        Prices at which bounds are computed, and rounds of cuts in each hub's bound.
    rounds_by_worth : bool
        Whether a day that costs little gets fewer rounds of cuts: its bound counts for little.
    start_nodes, joint_nodes : int
        Branch-and-bound nodes of the MIPs that choose among plans, and of the joint one over all columns.
    joint_gap : float
        Relative gap at which the joint MIP (over its columns) stops.
    """

    tour_iterations: int = 150
    offer_rounds: int = 5
    columns: ColumnEffort = field(default_factory=_columns_by_default)
    price_rounds: int = 2
    cut_rounds: int = 40
    rounds_by_worth: bool = False
    start_nodes: int = 500
    joint_nodes: int = 20
    joint_gap: float = 2.5e-3


@dataclass
class Run:
    """One call of ``solve``.

    Attributes
    ----------
    explain : bool
        Whether it is asked what limits and vans are worth.
    """

    nation: Nation
    crew: Crew
    effort: Effort
    seed: int
    tell: Listener
    stop: threading.Event
    deadline: float
    explain: bool = True
    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Announce a phase and add its wall seconds."""
        self.tell(PhaseStarted(name))
        begin = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begin

    @property
    def left_s(self) -> float:
        """Seconds to the time limit; negative beyond it."""
        return self.deadline - time.perf_counter()

    def patience(self) -> Callable[[], bool]:
        """Return the stop sign of a step that a plan depends on: some seconds are left for it in any case.

        A MIP gets it instead of HiGHS' own time limit, which changes the search even when it is not reached.
        """
        until = time.perf_counter() + (_GRACE_S if self.over else max(self.left_s, _GRACE_S))
        already = self.stop.is_set()
        return lambda: time.perf_counter() >= until or (self.stop.is_set() and not already)

    @property
    def over(self) -> bool:
        """Whether nothing more should be improved."""
        return self.stop.is_set() or self.left_s <= 0


def of_hub(hub: str, values: Mapping[BlockKey, Value]) -> dict[DayKey, Value]:
    """Return the values of one hub, by day."""
    return {(y, d): value for (h, y, d), value in values.items() if h == hub}


def relative_gap(objective: float | None, bound: float) -> float | None:
    """Return (objective - bound) / |objective|; None without an objective, or where it is 0."""
    return None if not objective else (objective - bound) / abs(objective)
