"""The seams to what solves, compares and checks: one function each, so that nothing else here knows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from voltmile.problem.nation import Nation
from voltmile.routes.columns import Column
from voltmile.solve.progress import Listener
from voltmile.solve.solution import Solution
from voltmile.study.config import Experiment
from voltmile.study.folder import OutputError

if TYPE_CHECKING:
    from voltmile.check import PricingLevel, Report
    from voltmile.solve.robust import Goal, Robust


class NoPlanError(Exception):
    """The solver ended without a plan.

    Attributes
    ----------
    infeasible : bool
        True when no plan can exist; False when a limit or Ctrl-C came before the first plan.
    """

    def __init__(self, message: str, infeasible: bool) -> None:
        self.infeasible = infeasible
        super().__init__(message)


def solve(
    nation: Nation,
    experiment: Experiment,
    on_progress: Listener,
    stop: Event,
    work: Path,
    known: Sequence[Sequence[Column]] = (),
    explain: bool = True,
) -> Solution:
    """Solve a nation within the limits of an experiment, keeping finished cities in ``work``.

    ``known`` are routes of plans found before, under other limits; without ``explain`` the solution does not
    say what limits and one more van are worth.

    Raises
    ------
    NoPlanError
        When there is no plan to return.
    OutputError
        When a finished city cannot be kept.
    """
    from voltmile.solve import plan
    from voltmile.solve.decomposition.store import StoreError

    settings = experiment.solve
    try:
        return plan.solve(
            nation,
            gap=settings.gap,
            time_limit_s=settings.time_limit_s,
            workers=settings.workers,
            cluster=settings.cluster,
            seed=experiment.seed,
            method=settings.method,
            work=work,
            known=known,
            explain=explain,
            on_progress=on_progress,
            stop=stop,
        )
    except plan.InfeasibleError as error:
        raise NoPlanError(str(error), infeasible=True) from error
    except plan.NoPlanError as error:
        raise NoPlanError(str(error), infeasible=False) from error
    except StoreError as error:
        kept = f"what was finished is kept in {work}, and the same command goes on from there"
        raise OutputError(f"{error.strerror} ({error.filename}); {kept}") from error


def baselines(
    nation: Nation, solution: Solution, experiment: Experiment, on_progress: Listener, stop: Event
) -> dict[str, float]:
    """Compute the baselines an experiment asks for; those not begun when ``stop`` is set are left out."""
    from voltmile.study.baselines import compute

    settings = experiment.solve
    return compute(
        nation,
        solution,
        experiment.output.baselines,
        workers=settings.workers,
        cluster=settings.cluster,
        on_progress=on_progress,
        stop=stop,
    )


def robust(
    solutions: Mapping[str, Solution],
    weights: Mapping[str, float],
    goal: Goal,
    experiment: Experiment,
    stop: Event,
) -> Robust | None:
    """Choose one fleet for the scenarios that have a weight; every solution's own fleet is tried first.

    Raises
    ------
    TooLargeError
        When there are too many routes for one program.
    """
    import time

    from voltmile.solve.robust import RobustChoice, fleet_of
    from voltmile.solve.run import Effort

    effort, settings = Effort(), experiment.solve
    until = time.perf_counter() + settings.time_limit_s
    choice = RobustChoice(
        solutions={name: solution for name, solution in solutions.items() if name in weights},
        weights=weights,
        goal=goal,
        gap=effort.joint_gap,
        nodes=effort.start_nodes,
        stop=stop,
        patience=lambda: stop.is_set() or time.perf_counter() >= until,
    )
    return choice.choose({name: fleet_of(solution.plan) for name, solution in solutions.items()})


def check(nation: Nation, results: Path, pricing: PricingLevel) -> Report:
    """Check a result folder against its instance with code that shares nothing with the solver."""
    from voltmile.check import check

    return check(nation, results, pricing=pricing)
