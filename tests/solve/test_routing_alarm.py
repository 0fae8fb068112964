"""A labelling under way ends when it is time for something else, and proves nothing then."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from threading import Timer

import numpy as np
import pytest
import recharging_brute
import routing_truth
from test_routing_parts import root

from voltmile.problem.routing import RoutingProblem, Vehicle
from voltmile.routes.labelling.pricer import LabelPricer
from voltmile.routes.pricing import EXACT, Pricer, Prices
from voltmile.routes.recharging import RechargingPricer
from voltmile.routes.stop import lowered
from voltmile.solve.routing.alarm import alarm
from voltmile.solve.routing.engine import pricer_of
from voltmile.solve.routing.generation import converge
from voltmile.solve.routing.search import OutOfTimeError, Search

SET = np.ones(1, dtype=np.bool_)


def long_routes() -> RoutingProblem:
    """Sixty customers on a plane that one vehicle may serve alone: labelling takes minutes, or gives up."""
    n = 60
    at = np.random.default_rng(5).uniform(0.0, 100.0, (n + 1, 2))
    return routing_truth.plain(routing_truth.apart(at), [0, *[1] * n], Vehicle("v", capacity=float(n)))


def check_nothing_proven(pricer: Pricer, prices: Prices) -> None:
    kinds = len(prices.vehicle)
    assert (pricer.price(prices, care=EXACT, most=10).least == -math.inf).all()
    assert pricer.slack(prices, np.full(kinds, 10.0)) is None
    assert pricer.enumerate(prices, np.full(kinds, 10.0), 1000) is None


@pytest.mark.parametrize("kind", routing_truth.KINDS)
def test_what_is_cut_short_proves_nothing(kind: str) -> None:
    rng = np.random.default_rng(1)
    problem = routing_truth.random_problem(rng, 5, kind)
    check_nothing_proven(LabelPricer(problem, halt=SET), routing_truth.random_prices(rng, problem))


@pytest.mark.parametrize("seed", range(6))
def test_with_recharging_neither(seed: int) -> None:
    problem = recharging_brute.random_problem(seed, (2, 4))
    prices = recharging_brute.random_prices(problem, seed, rows=seed % 3)
    check_nothing_proven(RechargingPricer(problem, 2, 20_000, SET), prices)


def test_a_long_labelling_ends_when_told_to() -> None:
    problem, halt = long_routes(), lowered()
    pricer = LabelPricer(problem, halt=halt)
    timer = Timer(0.2, halt.__setitem__, (0, True))
    timer.start()
    priced = pricer.price(routing_truth.even_prices(problem, 60.0), care=EXACT, most=10)
    assert halt[0]
    assert priced.least == [-math.inf]
    assert 0 < pricer.labels < pricer.most_labels


def test_what_has_to_be_done_late_is_done_during_a_long_labelling() -> None:
    problem = long_routes()
    search, left = Search(problem, time.perf_counter() + 4.0), []
    search.late, search.when_late = lambda: search.left < 3.5, lambda: left.append(search.left)
    master, allowed = root(search)
    with alarm(search), pytest.raises(OutOfTimeError):
        converge(search, master, pricer_of(problem, search.halt), allowed)
    assert len(left) == 1
    assert left[0] > 0


def test_an_alarm_for_nothing_changes_no_result() -> None:
    """The flag may be up though nothing is due: the labelling is done once more."""
    rng = np.random.default_rng(2)
    problem = replace(routing_truth.random_problem(rng, 6, "capacity", most_types=1), max_routes=None)
    bounds = []
    for up in (False, True):
        search = Search(problem)
        search.halt[0] = up
        master, allowed = root(search)
        bounds.append(converge(search, master, pricer_of(problem, search.halt), allowed).bound)
    assert math.isfinite(bounds[0])
    assert bounds[0] == bounds[1]


def test_a_stop_that_raises_ends_a_labelling_too() -> None:
    asked = []

    def stop() -> bool:
        asked.append(None)
        raise RuntimeError("no answer")

    search = Search(long_routes(), time.perf_counter() + 60.0, stop)
    with alarm(search):
        while not search.halt[0]:
            time.sleep(0.01)
    assert asked
    with pytest.raises(RuntimeError, match="no answer"):
        search.check_time()
