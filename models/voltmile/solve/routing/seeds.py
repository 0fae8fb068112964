"""What column generation begins with where routes are long: cuts and dual values of the two-index relaxation.

At first the dual values of the restricted master say nothing, and with long routes they take long to: each
search finds routes that the next one makes worthless. Those of the two-index relaxation come in seconds, and
its capacity cuts would be found one round after the other.
"""

from __future__ import annotations

import math
import time
from contextlib import suppress
from typing import NamedTuple

import numpy as np

from voltmile.problem.routing import RoutingProblem, Vector
from voltmile.solve.routing.rows import ArcRow
from voltmile.solve.routing.search import Search
from voltmile.solve.routing.starts import recharges
from voltmile.solve.routing.two_index_bound import TwoIndex
from voltmile.solve.status import SolverError

#: Customers from which on it pays, in all and on a route at least, where the largest vehicles are full.
_CUSTOMERS, _ON_A_ROUTE = 70, 15
#: Share of the time left that it may take.
_SHARE = 0.1


class Seeds(NamedTuple):
    """Rows of the first restricted master, and dual values to look near.

    Attributes
    ----------
    rows : list of ArcRow
    cover : array, shape (n,)
        Of the cover rows.
    each : array, shape (rows,)
    ended : bool
        The relaxation has no more to give.
    """

    rows: list[ArcRow]
    cover: Vector
    each: Vector
    ended: bool


def seeds_pay(problem: RoutingProblem) -> bool:
    """Whether full vehicles serve so many customers that pricing takes long, and the relaxation is near.

    It is not where types differ in what driving costs, nor with windows, durations or stations, which it
    leaves out.
    """
    fleet = problem.vehicles
    if recharges(problem) or problem.has_windows or any(math.isfinite(v.max_duration) for v in fleet):
        return False
    if len({(v.per_distance, v.per_time) for v in fleet}) > 1:
        return False
    demand, largest = math.fsum(problem.demand.tolist()), max(v.capacity for v in fleet)
    n = problem.size
    return n >= _CUSTOMERS and largest > 0 and n >= _ON_A_ROUTE * max(1.0, demand / largest)


def seeds(search: Search) -> Seeds | None:
    """Cut the two-index relaxation, and take over what it ends with; its bound counts as well.

    None where not even the first linear program was solved.
    """
    relaxed = bounded_without_routes(search, _SHARE)
    if not relaxed.solved:
        return None
    cover, sets = relaxed.as_routes_see_it()
    rows = [relaxed.row_of(members) for members in sets]
    search.cuts += len(rows)
    return Seeds(rows, cover, np.array(list(sets.values())), relaxed.ended)


def bounded_without_routes(search: Search, share: float) -> TwoIndex:
    """Cut the two-index relaxation for a share of the time left; its bounds count.

    Where HiGHS cannot solve a linear program of it, what it came to before stands.
    """
    until = time.perf_counter() + share * search.left
    relaxed = TwoIndex(search.problem)
    with suppress(SolverError):
        relaxed.bound(
            search.goal,
            lambda: time.perf_counter() >= until or search.ended(),
            lambda bound: search.raise_bound(bound, "two-index relaxation"),
        )
    return relaxed
