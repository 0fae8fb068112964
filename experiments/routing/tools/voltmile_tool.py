"""Price with voltmile's LabelPricer: "ng", or "elementary" by neighbourhoods of all customers."""

from dataclasses import replace

import numpy as np
from asked import answer, repeated

from voltmile.problem.routing import RoutingProblem, Vehicle
from voltmile.routes.labelling.pricer import LabelPricer
from voltmile.routes.pricing import EXACT, Prices

ROUTES = 120
"""As many as column generation asks for; the others return the best one."""


def solve(asked: dict) -> dict:
    """Price once to compile, then as often as asked."""
    problem = problem_of(asked)
    n = problem.size
    pricer = LabelPricer(problem, n if asked["relaxation"] == "elementary" else asked["neighbours"])
    if asked["relaxation"] == "elementary" and not pricer.ng.inside[1:, 1:].all():
        return {"seconds": [], "said": None, "tour": [], "error": "more than 64 customers to remember"}
    prices = Prices(
        np.array(asked["prize"]),
        np.zeros(1),
        np.zeros((1, n + 1, n + 1)),
        np.ones((1, n + 1, n + 1), np.bool_),
    )
    warm = replace(prices, customer=prices.customer * 0.5)
    pricer.price(warm, care=EXACT, most=ROUTES)
    seconds, priced = repeated(
        asked, lambda ready: ready.price(prices, care=EXACT, most=ROUTES), lambda: pricer
    )
    said = float(priced.least[0])
    best = min(zip(priced.reduced, priced.routes, strict=True), key=lambda pair: pair[0], default=None)
    if not np.isfinite(said):
        return {"seconds": seconds, "said": None, "tour": [], "error": "gave up at 3,000,000 labels"}
    return {"seconds": seconds, "said": said, "tour": list(best[1].nodes) if best else []}


def problem_of(asked: dict) -> RoutingProblem:
    """Return the problem in voltmile's records."""
    cost, demand = np.array(asked["cost"]), np.array(asked["demand"])
    free, never = np.zeros(len(demand)), np.full(len(demand), np.inf)
    vehicle = Vehicle("vehicle", asked["capacity"], fixed=asked["fixed"])
    labels = tuple(str(i) for i in range(len(demand)))
    return RoutingProblem("asked", "", "CVRP", labels, cost, cost, demand, free, free, never, (vehicle,))


if __name__ == "__main__":
    answer(solve)
