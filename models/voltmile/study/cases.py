"""Cases of a study: nations solved one after the other, each kept the moment it is done."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from voltmile.problem.nation import Nation
from voltmile.routes.columns import Column
from voltmile.solve.decomposition.sources import digest_of
from voltmile.solve.decomposition.store import Store, StoreError, key_of
from voltmile.solve.progress import Listener, Message
from voltmile.solve.solution import Solution
from voltmile.solve.status import Status
from voltmile.study import engines
from voltmile.study.config import Experiment
from voltmile.study.folder import OutputError


class Stopped(Exception):  # noqa: N818  (not an error: somebody said stop)
    """A study was stopped in the middle of a case; the cases done are kept."""


@dataclass(frozen=True)
class Answer:
    """What solving a case came to.

    Attributes
    ----------
    solution : Solution or None
        None where there is no plan.
    infeasible : bool
        Whether there is none because the limits cannot be kept with the routes found; False when a time
        limit came first.
    words : str
        Why there is none.
    seconds : float
        Wall time.
    """

    solution: Solution | None
    infeasible: bool
    words: str
    seconds: float

    @property
    def why_none(self) -> str:
        """Status of a case without a plan."""
        return "infeasible" if self.infeasible else "no_plan"


@dataclass
class Desk:
    """Solves the cases of one study, or takes them from where an earlier run kept them.

    A study compares costs; what limits are worth in each case is not found out.

    Attributes
    ----------
    work : Path
        What is finished is kept there: cases here, tours and cities by the solver.
    """

    experiment: Experiment
    work: Path
    tell: Listener
    stop: Event

    def answer(self, name: str, nation: Nation, known: Sequence[Sequence[Column]] = ()) -> Answer:
        """Solve a case, unless it is kept.

        Parameters
        ----------
        known : sequence of sequences of Column
            Routes of plans of the same nation under other limits, which the plan may use.

        Raises
        ------
        Stopped
            When ``stop`` was set before the case was done.
        OutputError
            When the answer cannot be kept.
        """
        store, key = Store(self.work), self._key(nation, known)
        if key in store:
            self.tell(Message(f"{name} is there"))
            kept: Answer = store.get(key)
            return kept
        if self.stop.is_set():
            raise Stopped(name)
        made = self._solve(name, nation, known)
        try:
            store.put(key, made)
        except StoreError as error:
            raise OutputError(f"{error.strerror} ({error.filename})") from error
        return made

    def _key(self, nation: Nation, known: Sequence[Sequence[Column]]) -> str:
        """Return a key that changes with all an answer depends on: the nation, the settings, the code."""
        solve = self.experiment.solve
        routes = map(repr, known)
        settings = (self.experiment.seed, solve.gap, solve.time_limit_s, solve.method)
        code = digest_of("voltmile.solve.plan")
        return key_of("case", nation.name, [code, nation.digest, *settings, *routes])

    def _solve(self, name: str, nation: Nation, known: Sequence[Sequence[Column]]) -> Answer:
        self.tell(Message(f"case {name}"))
        began = time.perf_counter()
        try:
            found = engines.solve(
                nation, self.experiment, self.tell, self.stop, self.work, known, explain=False
            )
        except engines.NoPlanError as error:
            if self.stop.is_set():
                raise Stopped(name) from error
            return Answer(None, error.infeasible, str(error), time.perf_counter() - began)
        if self.stop.is_set() or found.status == Status.INTERRUPTED:
            self.stop.set()
            raise Stopped(name)
        return Answer(found, infeasible=False, words="", seconds=time.perf_counter() - began)
