"""A first plan: customers are put where they cost least, then some are taken out and put back, many times.

Ruin and recreate with regret insertion (Schrimpf et al. 2000, doi:10.1006/jcph.1999.6413; Ropke, Pisinger
2006, doi:10.1287/trsc.1050.0135), and local search on what is nearly as good as the best plan; everything is
measured with the best stations put in.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np

from voltmile.problem.routing import Route, RoutingProblem
from voltmile.routes.recharging.drafts import Costs, Draft, Tour, missing, used
from voltmile.routes.recharging.evaluate import best_route
from voltmile.routes.recharging.polish import polish

#: A plan that costs no more than this share above the best is polished.
_NEAR = 0.05
#: Chances to take out strings of neighbouring tours, else a neighbourhood; a whole tour besides; to begin the
#: tours there have to be before any other.
_STRINGS, _WHOLE, _BEGIN = 0.5, 0.3, 0.5


@dataclass(frozen=True)
class FirstPlan:
    """What the search for a first plan found.

    Attributes
    ----------
    routes : list of Route
        Empty where some customer has found no place.
    pool : dict of Tour to float
        Feasible tours seen on the way and what they cost.
    used : list of Tour
        Tours of the plans that were as good as the best for a while, the best plan's first.
    """

    routes: list[Route]
    pool: dict[Tour, float]
    used: list[Tour]


def first_plan(
    problem: RoutingProblem,
    *,
    seed: int = 0,
    rounds: int = 300,
    time_limit_s: float = math.inf,
    stop: Callable[[], bool] | None = None,
) -> FirstPlan:
    """Find some feasible plan, and improve it.

    Parameters
    ----------
    rounds : int
        How often customers are taken out and put back.
    time_limit_s : float
        Wall time after which no further round begins.
    stop : callable or None
        True ends the search as well.
    """
    rng, ends = np.random.default_rng(seed), time.perf_counter() + time_limit_s

    def over() -> bool:
        return time.perf_counter() > ends or (stop is not None and stop())

    costs = Costs(problem, 10.0 * float(problem.distance.sum()) if problem.vehicles_first else 0.0)
    best = now = _recreate(costs, Draft((), frozenset(range(1, problem.size + 1))), rng, over)
    best = now = polish(costs, best, over)
    heat = 0.02 * costs.value(best)[1] / max(problem.size, 1)
    seen = list(best.tours)
    for turn in range(rounds):
        if over():
            break
        trial = _recreate(costs, _ruin(problem, now, rng), rng, over)
        slack = -heat * (1 - turn / rounds) * math.log(max(rng.random(), 1e-12))
        lacks, cost = costs.value(trial)
        if (lacks, cost) <= (costs.value(best)[0], (1 + _NEAR) * costs.value(best)[1]):
            trial = polish(costs, trial, over)
            lacks, cost = costs.value(trial)
            seen += trial.tours
        if (lacks, cost) <= (costs.value(now)[0], costs.value(now)[1] + slack):
            now = trial
        if (lacks, cost) < costs.value(best):
            best = trial
    pool = {tour: cost - costs.surcharge for tour, cost in costs.tours.items() if math.isfinite(cost)}
    chosen = list(dict.fromkeys([*best.tours, *reversed(seen)]))
    return FirstPlan(_routes(costs, best), pool, chosen)


def _routes(costs: Costs, draft: Draft) -> list[Route]:
    if costs.value(draft)[0]:
        return []
    routes = [best_route(costs.problem, tour.vehicle, tour.order) for tour in draft.tours]
    found = [route for route in routes if route is not None]
    return found if len(found) == len(routes) else []


def _ruin(problem: RoutingProblem, draft: Draft, rng: np.random.Generator) -> Draft:
    """Take out customers near a random one, alone or as strings of tours, or one whole tour besides."""
    n = problem.size
    centre = int(rng.integers(1, n + 1))
    count = int(rng.integers(1, max(2, min(n, 4 + n // 3, 16)) + 1))
    near = np.argsort(problem.distance[centre, 1 : n + 1] * (1 + 0.5 * rng.random(n)), kind="stable") + 1
    if rng.random() < _STRINGS:
        out = _strings(draft, near.tolist(), count, rng)
    else:
        out = {int(c) for c in near[:count]}
    if draft.tours and rng.random() < _WHOLE:
        out |= set(draft.tours[int(rng.integers(len(draft.tours)))].order)
    kept = (Tour(t.vehicle, tuple(c for c in t.order if c not in out)) for t in draft.tours)
    return Draft(tuple(t for t in kept if t.order), draft.left | out)


def _strings(draft: Draft, near: list[int], count: int, rng: np.random.Generator) -> set[int]:
    """Take strings of the tours nearest to the first customer, ``count`` customers in all."""
    out: set[int] = set()
    tour_of = {customer: tour for tour in draft.tours for customer in tour.order}
    hit: set[Tour] = set()
    for customer in near:
        tour = tour_of.get(customer)
        if tour is None or tour in hit or len(out) >= count:
            continue
        hit.add(tour)
        length = min(len(tour.order), int(rng.integers(1, count - len(out) + 1)))
        at = tour.order.index(customer)
        first = int(rng.integers(max(0, at - length + 1), min(at, len(tour.order) - length) + 1))
        out |= set(tour.order[first : first + length])
    return out


def _recreate(costs: Costs, draft: Draft, rng: np.random.Generator, over: Callable[[], bool]) -> Draft:
    """Put in the customer that would lose most by waiting, until none fits; some noise varies the plans."""
    problem = costs.problem
    tours, left = list(draft.tours), set(draft.left)
    noise = 0.1 * rng.random() * float(rng.random() < 0.5)
    if rng.random() < _BEGIN:
        _begin(costs, tours, left, rng)
    while left and not over():
        short = missing(problem, tours)
        if len(left) <= sum(short):
            options = [Tour(k, ()) for k, lack in enumerate(short) if lack]
        else:
            options = [*tours, *_new_tours(problem, tours, short)]
        chosen = _most_urgent(costs, options, left, noise, rng)
        if chosen is None:
            break
        customer, old, place = chosen
        new = old.with_one(customer, place)
        if old.order:
            tours[tours.index(old)] = new
        else:
            tours.append(new)
        left.remove(customer)
    return Draft(tuple(tours), frozenset(left))


def _begin(costs: Costs, tours: list[Tour], left: set[int], rng: np.random.Generator) -> None:
    """Give each tour there has to be a random customer."""
    for k, lack in enumerate(missing(costs.problem, tours)):
        for _ in range(lack):
            alone = [Tour(k, (c,)) for c in sorted(left)]
            fitting = [t for t in alone if costs.place(Tour(k, ()), t.order[0])[1] >= 0]
            if fitting:
                tours.append(fitting[int(rng.integers(len(fitting)))])
                left.remove(tours[-1].order[0])


def _most_urgent(
    costs: Costs, options: list[Tour], left: Iterable[int], noise: float, rng: np.random.Generator
) -> tuple[int, Tour, int] | None:
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
            best, chosen = regret, (customer, options[int(order[0])], places[int(order[0])][1])
    return chosen


def _new_tours(problem: RoutingProblem, tours: list[Tour], short: list[int]) -> list[Tour]:
    """Return an empty tour of every type there is still a vehicle of, and a number of routes left for."""
    free = math.inf if problem.max_routes is None else problem.max_routes - len(tours) - sum(short)
    counts = used(problem, tours)
    return [
        Tour(k, ())
        for k, v in enumerate(problem.vehicles)
        if (short[k] or free > 0) and (v.count is None or counts[k] < v.count)
    ]
