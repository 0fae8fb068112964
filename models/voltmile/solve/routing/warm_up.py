"""Compile the kernels before a clock runs: a minute or two when nothing is cached on disk, else a second."""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from voltmile.problem.routing import Battery, Matrix, Route, RoutingProblem, Vehicle
from voltmile.routes.pricing import EXACT, FAIR, ROUGH, Pricer, Prices, SubsetRow
from voltmile.solve.routing.capacity import capacity_cut, violated
from voltmile.solve.routing.engine import pricer_of, solve_routing
from voltmile.solve.routing.pool import PoolPricer
from voltmile.solve.routing.rows import ArcRow, SubsetCut, coefficients, pack
from voltmile.solve.routing.subset import violated_subsets

_CUSTOMERS = 5


@cache
def warm_up(recharging: bool) -> None:
    """Run every kernel once on a problem of a few customers, once in a process.

    Parameters
    ----------
    recharging : bool
        Those of vehicles that recharge on the way too.
    """
    for stations in (False, True) if recharging else (False,):
        problem = _problem(stations)
        _price(problem, pricer_of(problem))
        solve_routing(problem)
    _cut(_problem(stations=False))


def _problem(stations: bool) -> RoutingProblem:
    """Put customers on a circle; where there are stations, a range is short of most tours."""
    n, nodes = _CUSTOMERS, 1 + _CUSTOMERS + stations
    angle = np.linspace(0.0, 5.0, nodes)
    x, y = 10.0 * np.cos(angle), 10.0 * np.sin(angle)
    distance: Matrix = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    battery = Battery(45.0, 1.0, {"normal": ((0.0, 0.0), (45.0, 45.0))}) if stations else None
    return RoutingProblem(
        name="warm-up",
        family="",
        variant="warm-up",
        labels=tuple(str(i) for i in range(nodes)),
        distance=distance,
        time=distance,
        demand=np.r_[0.0, np.ones(n)],
        service=np.zeros(n + 1),
        earliest=np.zeros(nodes),
        latest=np.full(nodes, 1000.0 if stations else math.inf),
        vehicles=(Vehicle("v", capacity=3.0, battery=battery),),
        stations=("normal",) if stations else (),
    )


def _prices(n: int) -> Prices:
    return Prices(
        customer=np.r_[0.0, np.full(n, 16.0)],
        vehicle=np.zeros(1),
        arc=np.zeros((1, n + 1, n + 1)),
        allowed=np.ones((1, n + 1, n + 1), dtype=np.bool_),
        rows=(SubsetRow((1, 2, 3), frozenset((1, 2, 3)), 1.0),),
    )


def _price(problem: RoutingProblem, pricer: Pricer) -> None:
    prices = _prices(problem.size)
    for care in (ROUGH, FAIR, EXACT):
        pricer.price(prices, care=care, most=10)
    pricer.slack(prices, np.full(1, 5.0))
    pricer.enumerate(prices, np.full(1, 5.0), 1000)


def _cut(problem: RoutingProblem) -> None:
    n = problem.size
    routes = [Route(0, (1, 2)), Route(0, (2, 3)), Route(0, (1, 3))]
    packed, half = pack(problem, routes), np.full(3, 0.5)
    violated_subsets(packed, half, n, 10)
    capacity_cut(problem, (1, 2), 3.0)
    violated(problem, np.full((1, n + 1, n + 1), 0.1), 10, seed=0)
    arcs = np.ones((n + 1, n + 1), dtype=np.bool_)
    coefficients(
        [SubsetCut((1, 2, 3), frozenset((1, 2, 3))), ArcRow(np.ones(1), arcs, 1.0, math.inf)], packed, n
    )
    PoolPricer(problem, routes, np.full(3, 30.0)).reduced(_prices(n))
