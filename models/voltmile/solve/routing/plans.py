"""Better plans beside the tree, and what has to be done before time is up."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Route
from voltmile.routes.pricing import Pricer
from voltmile.solve.routing.columns import reduced_costs
from voltmile.solve.routing.diving import dive
from voltmile.solve.routing.generation import Converged
from voltmile.solve.routing.master import Master
from voltmile.solve.routing.partition import partition
from voltmile.solve.routing.rows import is_elementary, pack
from voltmile.solve.routing.search import Search
from voltmile.solve.routing.seeds import bounded_without_routes
from voltmile.solve.routing.starts import kept_s, recharges, second_search
from voltmile.solve.status import SolverError

#: Routes of the restricted master that go to the MIP which looks for better plans, its nodes, seconds, and
#: the relative gap above which it is of no use.
_HEURISTIC_ROUTES, _HEURISTIC_NODES, _HEURISTIC_S, _HEURISTIC_GAP = 1_000, 50, 20.0, 0.03
#: Relative gap after the first cuts that calls for a longer search for plans; another one follows when bounds
#: have taken so many times its seconds.
_SEARCH_GAP, _AGAIN = 0.002, 3.0
#: Share of the time limit that is late, the relative gap that calls for a bound of another kind then, and the
#: share of the time left that it gets.
_LATE, _POOR, _BOUND_SHARE = 0.1, 0.02, 0.2


class PlanSearch:
    """Looks for better plans with what the restricted master knows.

    Before time is up it bounds without routes where there is no good bound, and searches where that has not
    been done: ``search.check_time`` calls it then, whatever is under way.

    Parameters
    ----------
    search : Search
    seed : int
    bounded : bool
        There is a bound without routes already.

    Attributes
    ----------
    master : Master or None
        The restricted master under way.
    """

    def __init__(self, search: Search, seed: int, *, bounded: bool = False) -> None:
        self.master: Master | None = None
        self._search, self._seed, self._due, self._bounded = search, 1000 * seed + 100, 0.0, bounded
        self._seen: list[Route] = []
        self._mix: list[float] = []
        self._kept_s = kept_s(search)
        self._late_s = max(self._kept_s, _LATE * search.left) if math.isfinite(search.left) else 0.0
        search.late, search.when_late = self._is_late, self._hurry

    def reached(self, solved: Converged) -> None:
        """Remember which mix of vehicles the restricted master uses."""
        assert self.master is not None
        self._mix = self.master.numbers(solved.point).tolist()

    def take_integral(self, master: Master, solved: Converged) -> None:
        """Offer the point of the restricted master where it is a plan.

        Of the routes of a type on the same customers, which may share a vehicle, the cheapest does it alone.
        """
        if not solved.point.serves_all:
            return
        x, n = solved.point.x, self._search.problem.size
        alike: dict[tuple[int, frozenset[int]], list[int]] = {}
        for j in np.flatnonzero(x > 1e-6).tolist():
            route = master.routes[j]
            alike.setdefault((route.vehicle, frozenset(i for i in route.nodes if i <= n)), []).append(j)
        driven = np.array([x[js].sum() for js in alike.values()])
        if (np.abs(driven - np.round(driven)) > 1e-6).any():
            return
        routes = [master.routes[min(js, key=lambda j: master.cost[j])] for js in alike.values()]
        self._search.offer(_once(routes, n), "integral master")

    def look(
        self, master: Master, pricer: Pricer, allowed: NDArray[np.bool_], solved: Converged, dives: int
    ) -> None:
        """Dive so many times from a point, and put routes together."""
        try:
            dive(self._search, master, pricer, allowed, solved.point, dives)
        except SolverError:  # a plan less; the tree has a restricted master of its own
            self._search.note("a dive failed")
        self._recombine(master, solved)

    def search(self, solved: Converged) -> bool:
        """Search longer, now and then, where the plan seems to be what is not good; say whether that was."""
        gap = self._search.goal - solved.bound
        if self._search.seconds < self._due or gap <= _SEARCH_GAP * abs(self._search.goal):
            return False
        self._search_longer()
        return True

    def _is_late(self) -> bool:
        """Whether what has to be done before time is up should be begun."""
        return self._search.left < self._late_s and (self._waits or self._bounded_poorly)

    @property
    def _waits(self) -> bool:
        """Whether seconds are kept for a search that has not been."""
        return self._kept_s > 0 and self._due == 0

    @property
    def _bounded_poorly(self) -> bool:
        """Whether a bound without routes is worth its time."""
        search = self._search
        poor = search.goal - search.bound > _POOR * abs(search.goal)
        return poor and not (self._bounded or recharges(search.problem))

    def _hurry(self) -> None:
        """Do what has to be done before time is up, whatever is under way: a bound at all, a good plan."""
        if self._bounded_poorly:
            bounded_without_routes(self._search, _BOUND_SHARE)
        if self._waits:
            self._search_longer()

    def _search_longer(self) -> None:
        assert self.master is not None
        search, routes = self._search, self.master.routes
        kept, began = min(self._kept_s, search.left), search.seconds
        n = search.problem.size
        others = [route for route in routes if is_elementary(route, n)] if kept > 0 else []
        seen = second_search(search, self._mix, self._seed, kept, others)
        self._seed += 50
        timed, ended = math.isfinite(search.left), search.seconds
        self._due = ended + _AGAIN * (ended - began) if timed else math.inf
        known = set(routes)
        self._seen = [route for route in seen if route not in known]

    def _recombine(self, master: Master, solved: Converged) -> None:
        """Look for a better plan among the routes of the restricted master and of searches."""
        search = self._search
        gap = search.goal - solved.bound
        if not 0 < gap <= _HEURISTIC_GAP * abs(search.goal):
            return
        routes = [*master.routes, *self._seen]
        cost = np.r_[master.cost, [search.cost_of(r) for r in self._seen]]
        reduced = reduced_costs(master, solved.point.duals, pack(master.problem, routes), cost)
        chosen: list[int] = []
        for j in np.argsort(reduced, kind="stable").tolist():
            if reduced[j] < gap and is_elementary(routes[j], search.problem.size):
                chosen.append(j)
            if len(chosen) == _HEURISTIC_ROUTES:
                break
        near = [routes[j] for j in chosen]
        found = partition(search, near, cost[chosen], most_seconds=_HEURISTIC_S, node_limit=_HEURISTIC_NODES)
        if found.routes:
            search.offer(found.routes, "restricted master")


def _once(routes: Sequence[Route], n: int) -> list[Route]:
    """Leave out repeated visits, which the master allows where no plan is dearer without them."""
    seen: set[int] = set()
    plan = []
    for route in routes:
        nodes = []
        for i in route.nodes:
            if i > n or i not in seen:
                nodes.append(i)
            if i <= n:
                seen.add(i)
        if any(i <= n for i in nodes):
            same = tuple(nodes) == route.nodes
            plan.append(route if same else Route(route.vehicle, tuple(nodes)))
    return plan
