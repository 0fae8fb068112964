"""One run of PyVRP's iterated local search that remembers the routes it sees."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyvrp
from pyvrp import CostEvaluator, RandomNumberGenerator, Solution
from pyvrp.exceptions import PenaltyBoundWarning
from pyvrp.IteratedLocalSearch import (
    IteratedLocalSearch,
    IteratedLocalSearchCallbacks,
    IteratedLocalSearchParams,
)
from pyvrp.PenaltyManager import PenaltyManager
from pyvrp.search import OPERATORS, LocalSearch, compute_neighbours
from pyvrp.stop import FirstFeasible, MultipleCriteria

from voltmile.problem.routing import Route
from voltmile.routes.effort import Effort
from voltmile.routes.whole_numbers import Numbers

#: Late acceptance compares with the plan of so many iterations ago; PyVRP's 300 are for longer runs.
_HISTORY = 100
#: Routes remembered; twice as many are kept before the worst half goes.
_REMEMBERED = 30_000
#: Of the plans that are not accepted, one in so many is read.
_READ_EVERY = 4


@dataclass(frozen=True)
class Run:
    """What a run found: its best plan, None without a feasible one, and routes seen, best first."""

    routes: tuple[Route, ...] | None
    seen: tuple[Route, ...]


def run(
    numbers: Numbers,
    effort: Effort,
    seed: int,
    start: Sequence[Route] | None = None,
    until_feasible: bool = False,
) -> Run:
    """Search from a plan, or from a random one.

    Parameters
    ----------
    start : sequence of Route, optional
        Need be neither complete nor feasible.
    until_feasible : bool
        Stop at the first feasible plan.
    """
    data, params = numbers.data, numbers.penalty_range
    rng = RandomNumberGenerator(seed=seed)
    search = LocalSearch(data, rng, compute_neighbours(data))
    for operator in OPERATORS:
        if operator.supports(data):
            search.add_operator(operator(data))
    penalties = PenaltyManager(numbers.penalties, params)
    first = Solution.make_random(data, rng) if start is None else _started(numbers, start)
    if start is None or not first.is_complete():
        first = search(first, penalties.max_cost_evaluator(), exhaustive=True)
    memory = _Memory(numbers)
    memory.take(first, penalties.cost_evaluator())
    ils = IteratedLocalSearch(
        data, penalties, search, first, IteratedLocalSearchParams(history_length=_HISTORY, callbacks=memory)
    )
    stop = MultipleCriteria([FirstFeasible(), effort]) if until_feasible else effort
    with warnings.catch_warnings():  # it only says that feasible plans are hard to find
        warnings.simplefilter("ignore", PenaltyBoundWarning)
        best = ils.run(stop, collect_stats=False).best
    plan = tuple(memory.named(route) for route in best.routes()) if best.is_feasible() else None
    return Run(plan, memory.best())


def _started(numbers: Numbers, start: Sequence[Route]) -> Solution:
    """Give routes to the vehicles there are, the own type first, then the largest; the rest is lost."""
    data = numbers.data
    free = [vehicle.num_available for vehicle in data.vehicle_types()]
    placed: list[tuple[int, Route]] = []
    others: list[Route] = []
    for route in start:
        k = numbers.types.index(route.vehicle) if route.vehicle in numbers.types else -1
        if k >= 0 and free[k] > 0:
            free[k] -= 1
            placed.append((k, route))
        else:
            others.append(route)
    size = [vehicle.capacity[0] for vehicle in data.vehicle_types()]
    load = [client.delivery[0] for client in data.clients()]
    for route in sorted(others, key=lambda r: -sum(load[i - 1] for i in r.nodes)):
        k = max((k for k in range(len(free)) if free[k] > 0), key=size.__getitem__, default=-1)
        if k < 0:
            break
        free[k] -= 1
        placed.append((k, route))
    return Solution(data, [pyvrp.Route(data, [i - 1 for i in r.nodes], k) for k, r in placed])


class _Memory(IteratedLocalSearchCallbacks):
    """Feasible routes of the plans a search looks at, the shortest of each set of customers and type."""

    def __init__(self, numbers: Numbers) -> None:
        self._types = numbers.types
        self._seen = 0
        self._known: set[tuple[int, int, int]] = set()
        self._routes: dict[tuple[int, frozenset[int]], tuple[float, int, Route]] = {}

    def on_iteration(
        self, current: Solution, candidate: Solution, best: Solution, cost_evaluator: CostEvaluator
    ) -> None:
        """Take in the routes of the plan just made, if the search goes on from it, and of one in four others.

        Reading every plan took a tenth of the time. Routes of plans that were left behind are in no better
        plan, but good columns to begin with.
        """
        del best
        self._seen += 1
        if current is candidate or self._seen % _READ_EVERY == 0:
            self.take(candidate, cost_evaluator)

    def on_best(self, best: Solution) -> None:
        """Take in the best plan, which an exhaustive search may have made better than the candidate."""
        for route in best.routes():
            if route.is_feasible():
                self._add(0.0, route)

    def take(self, plan: Solution, evaluator: CostEvaluator) -> None:
        """Take in routes; worth is what the plan they are in costs."""
        worth = float(evaluator.penalised_cost(plan))
        for route in plan.routes():
            # Reading a route is slow: most have been seen, and are known by length and load well enough.
            mark = (route.vehicle_type(), route.distance(), route.delivery()[0])
            if mark not in self._known and route.is_feasible():
                self._known.add(mark)
                self._add(worth, route)
        if len(self._routes) > 2 * _REMEMBERED:
            self._forget()

    def _add(self, worth: float, route: pyvrp.Route) -> None:
        found = self.named(route)
        key = (found.vehicle, frozenset(found.nodes))
        before = self._routes.get(key)
        length = route.distance()
        if before is not None:
            worth = min(worth, before[0])
            if before[1] <= length:
                length, found = before[1], before[2]
        self._routes[key] = (worth, length, found)

    def _forget(self) -> None:
        kept = sorted(self._routes.items(), key=lambda item: item[1][0])[:_REMEMBERED]
        self._routes = dict(kept)

    def named(self, route: pyvrp.Route) -> Route:
        """Return a route in the problem's own numbers."""
        nodes: Iterable[int] = (a.idx + 1 for a in route if a.is_client())
        return Route(self._types[route.vehicle_type()], tuple(nodes))

    def best(self) -> tuple[Route, ...]:
        """Return the routes remembered, those of the best plans first."""
        return tuple(route for _, _, route in sorted(self._routes.values(), key=lambda seen: seen[0]))
