"""A first plan: customers are put where they cost least, then some are taken out and put back, many times.

Ruin and recreate with regret insertion (Schrimpf et al. 2000, doi:10.1006/jcph.1999.6413; Ropke, Pisinger
2006, doi:10.1287/trsc.1050.0135); every insertion is measured with the best stations put in.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from voltmile.problem.routing import Route, RoutingProblem
from voltmile.routes.recharging.evaluate import best_route
from voltmile.routes.recharging.follow import cheapest_place, follow
from voltmile.routes.recharging.types import VehicleType, vehicle_type

_NEVER = (math.inf, -1)


@dataclass(frozen=True, slots=True)
class Tour:
    """A vehicle type and its customers in order."""

    vehicle: int
    order: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """Tours and who is left out."""

    tours: tuple[Tour, ...]
    left: frozenset[int]


@dataclass(eq=False)
class _Costs:
    """Costs of tours and of insertions into them, each found once."""

    problem: RoutingProblem
    surcharge: float
    made: list[VehicleType] = field(init=False)
    tours: dict[Tour, float] = field(default_factory=dict)
    places: dict[tuple[Tour, int], tuple[float, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.made = [vehicle_type(self.problem, k) for k in range(len(self.problem.vehicles))]

    def fixed(self, vehicle: int) -> float:
        """Cost of having a tour."""
        return self.problem.vehicles[vehicle].fixed + self.surcharge

    def of(self, tour: Tour) -> float:
        """Cost of a tour, 0 for one without customers, infinity for one that cannot be driven."""
        if not tour.order:
            return 0.0
        if tour not in self.tours:
            made, order = self.made[tour.vehicle], np.array(tour.order, dtype=np.int64)
            cost, _ = follow(made.ground, made.hops, order, math.inf)
            self.tours[tour] = float(cost) + self.fixed(tour.vehicle)
        return self.tours[tour]

    def place(self, tour: Tour, customer: int) -> tuple[float, int]:
        """Additional cost of a customer in a tour, and the place; infinity where it does not fit."""
        key = (tour, customer)
        if key not in self.places:
            self.places[key] = self._place(tour, customer)
        return self.places[key]

    def _place(self, tour: Tour, customer: int) -> tuple[float, int]:
        demand, vehicle = self.problem.demand, self.problem.vehicles[tour.vehicle]
        if math.fsum([*demand[list(tour.order)], demand[customer]]) > vehicle.capacity * (1 + 1e-9):
            return _NEVER
        made, order = self.made[tour.vehicle], np.array(tour.order, dtype=np.int64)
        cost, at = cheapest_place(made.ground, made.hops, order, customer, math.inf)
        return (float(cost) + self.fixed(tour.vehicle) - self.of(tour), int(at)) if at >= 0 else _NEVER


def first_plan(
    problem: RoutingProblem,
    *,
    seed: int = 0,
    rounds: int = 300,
    time_limit_s: float = math.inf,
    stop: Callable[[], bool] | None = None,
) -> list[Route] | None:
    """Find some feasible plan, and improve it a little.

    Parameters
    ----------
    rounds : int
        How often customers are taken out and put back.
    time_limit_s : float
        Wall time after which no further round begins.
    stop : callable or None
        True ends the search as well.

    Returns
    -------
    list of Route or None
        None where some customer has found no place.
    """
    rng, ends = np.random.default_rng(seed), time.perf_counter() + time_limit_s
    costs = _Costs(problem, 10.0 * float(problem.distance.sum()) if problem.vehicles_first else 0.0)
    best = now = _recreate(problem, costs, Draft((), frozenset(range(1, problem.size + 1))), rng)
    heat = 0.02 * _value(costs, best)[1] / max(problem.size, 1)
    for turn in range(rounds):
        if time.perf_counter() > ends or (stop is not None and stop()):
            break
        trial = _recreate(problem, costs, _ruin(problem, now, rng), rng)
        slack = -heat * (1 - turn / rounds) * math.log(max(rng.random(), 1e-12))
        left, cost = _value(costs, trial)
        if (left, cost) <= (_value(costs, now)[0], _value(costs, now)[1] + slack):
            now = trial
        if (left, cost) < _value(costs, best):
            best = trial
    if best.left:
        return None
    routes = [best_route(problem, tour.vehicle, tour.order) for tour in best.tours]
    return (
        None if any(route is None for route in routes) else [route for route in routes if route is not None]
    )


def _value(costs: _Costs, draft: Draft) -> tuple[int, float]:
    return len(draft.left), math.fsum(costs.of(tour) for tour in draft.tours)


def _ruin(problem: RoutingProblem, draft: Draft, rng: np.random.Generator) -> Draft:
    """Take out a random customer and others near it, or one whole tour besides."""
    n = problem.size
    centre = int(rng.integers(1, n + 1))
    count = int(rng.integers(1, max(2, min(n, 4 + n // 3)) + 1))
    near = np.argsort(problem.distance[centre, 1 : n + 1] * (1 + 0.5 * rng.random(n)), kind="stable") + 1
    out = {int(c) for c in near[:count]}
    if draft.tours and rng.random() < 0.3:
        out |= set(draft.tours[int(rng.integers(len(draft.tours)))].order)
    kept = (Tour(t.vehicle, tuple(c for c in t.order if c not in out)) for t in draft.tours)
    return Draft(tuple(t for t in kept if t.order), draft.left | out)


def _recreate(problem: RoutingProblem, costs: _Costs, draft: Draft, rng: np.random.Generator) -> Draft:
    """Put in the customer that would lose most by waiting, until none fits; some noise varies the plans."""
    tours, left = list(draft.tours), set(draft.left)
    noise = 0.1 * rng.random() * float(rng.random() < 0.5)
    lost: set[int] = set()
    while left:
        options = [*tours, *_new_tours(problem, tours)]
        chosen = _most_urgent(costs, options, left, noise, rng)
        if chosen is None:
            lost |= left
            break
        customer, at, place = chosen
        old = options[at]
        new = Tour(old.vehicle, (*old.order[:place], customer, *old.order[place:]))
        if at < len(tours):
            tours[at] = new
        else:
            tours.append(new)
        left.remove(customer)
    return Draft(tuple(tours), frozenset(lost))


def _most_urgent(
    costs: _Costs, options: list[Tour], left: Iterable[int], noise: float, rng: np.random.Generator
) -> tuple[int, int, int] | None:
    """Choose the customer of the largest regret, its tour and place; few tours come first."""
    best, chosen = (-1.0, -math.inf), None
    for customer in sorted(left):
        places = [costs.place(tour, customer) for tour in options]
        extra = np.array([cost for cost, _ in places])
        fitting = int(np.isfinite(extra).sum())
        if fitting == 0:
            continue
        extra *= 1 + noise * rng.random(len(extra)) if noise else 1.0
        order = np.argsort(extra, kind="stable")
        second = extra[order[1]] if fitting > 1 else math.inf
        regret = (
            (1.0, -float(extra[order[0]])) if second == math.inf else (0.0, float(second - extra[order[0]]))
        )
        if regret > best:
            best, chosen = regret, (customer, int(order[0]), places[int(order[0])][1])
    return chosen


def _new_tours(problem: RoutingProblem, tours: list[Tour]) -> list[Tour]:
    """Return an empty tour of every type there is still a vehicle of."""
    if problem.max_routes is not None and len(tours) >= problem.max_routes:
        return []
    used = [sum(tour.vehicle == k for tour in tours) for k in range(len(problem.vehicles))]
    return [Tour(k, ()) for k, v in enumerate(problem.vehicles) if v.count is None or used[k] < v.count]
