"""Good plans, and the routes seen on the way, for routing problems without stations, from PyVRP.

Wouda, Lan, Kool 2024, doi:10.1287/ijoc.2023.0055. PyVRP changes the types of vehicles badly, so that with
several types it is also run with the numbers of vehicles given; routes of all runs are put together anew.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from voltmile.problem.routing import Route, RoutingProblem
from voltmile.routes.effort import Effort
from voltmile.routes.incumbent_runs import Desk, Found, Recombine, enough, improve_types, search_within
from voltmile.routes.stop import Stop
from voltmile.routes.whole_numbers import vehicles_available

__all__ = ["Found", "Recombine", "fleet_search", "improve_types", "long_fleet_search", "search"]

#: Shares of a search over mixes: for plans from scratch, for trying mixes, and for recombining each time.
_FREE, _TRYING, _RECOMBINING = 0.45, 0.25, 0.1
#: Plans from scratch: as many as get so many iterations, or seconds, for each customer.
_MOST_STARTS, _ITERATIONS_A_START, _SECONDS_A_START = 8, 4, 0.008
_MOST_MIXES = 6
#: Of a round of long runs, the share of the one with any vehicles, and the mixes that get a run; vehicles
#: that hold no more than so many times the demand leave no mixes to choose from.
_LONG_FREE, _LONG_MIXES, _SPARE = 0.45, 2, 1.15
#: Seconds a customer from which on another round gains more than longer runs.
_SECONDS_A_ROUND = 0.3


def search(
    problem: RoutingProblem,
    *,
    iterations: int | None = None,
    time_limit_s: float | None = None,
    seed: int = 0,
    available: Sequence[int] | None = None,
    start: Sequence[Route] | None = None,
    stop: Stop | None = None,
) -> Found:
    """Search for a plan of low cost.

    Parameters
    ----------
    iterations, time_limit_s : int, float, optional
        At least one of them; a search that ends by iterations can be repeated.
    available : sequence of int, optional
        Vehicles of each type, fewer than the problem's.
    start : sequence of Route, optional
        Where to begin; may leave customers out or break limits.
    """
    desk = Desk(problem, seed, Effort(iterations, time_limit_s, stop), available)
    search_within(desk, vehicles_available(problem, available), start, desk.effort)
    return desk.found()


def fleet_search(
    problem: RoutingProblem,
    *,
    mixes: Sequence[Sequence[int]] = (),
    iterations: int | None = None,
    time_limit_s: float | None = None,
    seed: int = 0,
    start: Sequence[Route] | None = None,
    recombine: Recombine | None = None,
    stop: Stop | None = None,
) -> Found:
    """Search for a plan of low cost with several vehicle types.

    Parameters
    ----------
    mixes : sequence of sequence of int
        Numbers of vehicles of each type worth a search of their own, the most promising first.
    recombine : callable, optional
        Puts routes of different plans together; asked after every stage.
    """
    desk = Desk(problem, seed, Effort(iterations, time_limit_s, stop), recombine=recombine)
    counts = vehicles_available(problem)
    free = desk.effort.part(_FREE)
    starts = _starts(problem, iterations, time_limit_s)
    for left in range(starts, 0, -1):
        search_within(desk, enough(problem), start if left == starts else None, free.part(1 / left))
    if not desk.routes:
        search_within(desk, counts, start, desk.effort.part(_FREE))
    desk.recombine(_share(time_limit_s))
    tried = desk.effort.part(_TRYING / (1 - _FREE - _RECOMBINING))
    for effort, mix in _shared(tried, _listed([desk.mix(), *_limited(mixes, counts)], _MOST_MIXES)):
        search_within(desk, mix, desk.routes, effort)
    desk.recombine(_share(time_limit_s))
    search_within(desk, desk.mix() if desk.routes else counts, desk.routes, desk.effort)
    return desk.found()


def long_fleet_search(
    problem: RoutingProblem,
    *,
    mixes: Sequence[Sequence[int]] = (),
    iterations: int | None = None,
    time_limit_s: float | None = None,
    seed: int = 0,
    recombine: Recombine | None = None,
    stop: Stop | None = None,
) -> Found:
    """Search as ``fleet_search`` where there is time for a few long runs, all of them from random plans.

    Late acceptance that begins with a good plan hardly leaves it, and where vehicles are nearly full runs end
    far apart: with more time there are more of them, and each round knows the routes of those before.
    """
    desk = Desk(problem, seed, Effort(iterations, time_limit_s, stop), recombine=recombine)
    counts, demand = vehicles_available(problem), float(problem.demand.sum())
    choice = _holds(problem, counts) > _SPARE * demand
    able = [mix for mix in _limited(mixes, counts) if _holds(problem, mix) >= demand]
    rounds = _rounds(problem, time_limit_s)
    recombining = _share(time_limit_s, rounds * (2 if choice else 1))
    for left in range(rounds, 0, -1):
        runs = desk.effort.part((1 - _RECOMBINING) / left)
        search_within(desk, enough(problem), None, runs.part(_LONG_FREE) if choice else runs)
        desk.recombine(recombining)
        if choice:
            for effort, mix in _shared(runs, _listed([desk.mix(), *able], _LONG_MIXES) or [counts]):
                search_within(desk, mix, None, effort)
            desk.recombine(recombining)
        if desk.effort.over:
            break
    return desk.found()


def _limited(mixes: Sequence[Sequence[int]], counts: Sequence[int]) -> list[list[int]]:
    """Mixes within the numbers of vehicles there are."""
    return [[min(a, b) for a, b in zip(mix, counts, strict=True)] for mix in mixes]


def _listed(mixes: Sequence[Sequence[int]], most: int) -> list[list[int]]:
    """Return the first mixes of any vehicles, each once."""
    return [list(mix) for mix in dict.fromkeys(map(tuple, mixes)) if any(mix)][:most]


def _shared(effort: Effort, mixes: Sequence[list[int]]) -> Iterator[tuple[Effort, list[int]]]:
    """Share an effort out among mixes: what one leaves is the others'."""
    for left, mix in zip(range(len(mixes), 0, -1), mixes, strict=True):
        yield effort.part(1 / left), mix


def _holds(problem: RoutingProblem, mix: Sequence[int]) -> float:
    """Load that so many vehicles carry."""
    return sum(v.capacity * number for v, number in zip(problem.vehicles, mix, strict=True) if number)


def _starts(problem: RoutingProblem, iterations: int | None, seconds: float | None) -> int:
    """How many plans from scratch the effort allows."""
    by_iterations = math.inf if iterations is None else iterations * _FREE / _ITERATIONS_A_START
    by_seconds = math.inf if seconds is None else seconds * _FREE / _SECONDS_A_START
    return max(1, min(_MOST_STARTS, int(min(by_iterations, by_seconds) / max(problem.size, 1))))


def _rounds(problem: RoutingProblem, seconds: float | None) -> int:
    """How many rounds of long runs there is time for."""
    return 1 if seconds is None else max(1, int(seconds / (_SECONDS_A_ROUND * max(problem.size, 1))))


def _share(seconds: float | None, times: int = 1) -> float | None:
    """Seconds of a recombination, where there are so many."""
    return None if seconds is None else seconds * _RECOMBINING / times
