"""One fleet for several scenarios against an enumeration of all routes, written down without voltmile."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping

import pytest
from enumeration import Program, Row
from solving import solve as enumerate_all
from toy_world import toy

from voltmile.problem.nation import Nation
from voltmile.problem.scenarios import Scenario, apply
from voltmile.solve.plan import solve
from voltmile.solve.robust import (
    Goal,
    Robust,
    RobustChoice,
    TooLargeError,
    fleet_of,
    refuse_large,
    total_of,
)
from voltmile.solve.run import Effort
from voltmile.solve.solution import Solution

QUICK = Effort(tour_iterations=20)
FIRST = ("buy", "sell", "build", "upgrade")
WEIGHTS = {"dear": 0.7, "cold": 0.3}


class Together(Program):
    """The enumerated programs of scenarios with one first stage, at expected cost."""

    def __init__(self, nations: Mapping[str, Nation], weights: Mapping[str, float]) -> None:
        self.variables, self.rows = {}, {}
        self._costs: dict[object, float] = {}
        self._constant = 0.0
        for name, nation in nations.items():
            one = Program(nation)
            self._constant += weights[name] * one.constant
            for key, variable in one.variables.items():
                mine = key if key[0] in FIRST else (name, *key)
                known = self.variables.setdefault(mine, variable)
                known.upper = min(known.upper, variable.upper)
                self._costs[id(known)] = self._costs.get(id(known), 0.0) + weights[name] * one.cost(variable)
            for key, row in one.rows.items():
                coefficients = {k if k[0] in FIRST else (name, *k): a for k, a in row.coefficients.items()}
                self.rows[name, *key] = Row(row.sense, row.rhs, coefficients)

    @property
    def constant(self) -> float:
        return self._constant

    def cost(self, variable: object) -> float:
        return self._costs[id(variable)]


@pytest.fixture(scope="module")
def nations() -> dict[str, Nation]:
    nation = toy()
    return {
        "dear": apply(nation, Scenario(name="dear", fuel_price_factor=3.0)),
        "cold": apply(nation, Scenario(name="cold", celsius_shift=-5.0, electricity_price_factor=3.0)),
    }


@pytest.fixture(scope="module")
def alone(nations: dict[str, Nation]) -> dict[str, Solution]:
    return {name: solve(nation, effort=QUICK) for name, nation in nations.items()}


def choose(alone: Mapping[str, Solution], goal: Goal, weights: Mapping[str, float] = WEIGHTS) -> Robust:
    stop = threading.Event()
    choice = RobustChoice(alone, weights, goal, gap=0.0, nodes=5000, stop=stop, patience=stop)
    found = choice.choose({name: fleet_of(solution.plan) for name, solution in alone.items()})
    assert found is not None
    return found


def test_the_best_fleet_of_all_routes_lies_between_bound_and_plan(
    nations: dict[str, Nation], alone: dict[str, Solution]
) -> None:
    truth = enumerate_all(Together(nations, WEIGHTS)).objective
    found = choose(alone, "expected")
    assert found.bound <= truth + 1e-6 * truth
    assert truth - 1e-6 * truth <= found.value
    assert found.value == pytest.approx(truth, rel=2e-3)


def test_laws_of_one_fleet(alone: dict[str, Solution]) -> None:
    expected, worst = choose(alone, "expected"), choose(alone, "worst")
    for found in (expected, worst):
        costs = {name: solution.objective for name, solution in found.solutions.items()}
        assert found.value == pytest.approx(total_of(costs, WEIGHTS, found.goal))
        assert found.bound <= total_of({n: s.objective for n, s in alone.items()}, WEIGHTS, found.goal)
        for trial in found.trials.values():  # no fleet that was tried is better
            assert found.value <= trial.value(WEIGHTS, found.goal) + 1e-6
        fleets = [fleet_of(solution.plan) for solution in found.solutions.values()]
        assert fleets[0].keys() == fleets[1].keys()
        for key, value in fleets[0].items():
            assert fleets[1][key] == pytest.approx(value, abs=1e-6)
    assert worst.value <= max(s.objective for s in expected.solutions.values()) + 1e-6
    costs = {name: solution.objective for name, solution in worst.solutions.items()}
    assert expected.value <= total_of(costs, WEIGHTS, "expected") + 1e-6


def test_what_limits_are_worth_with_another_fleet_is_not_said(alone: dict[str, Solution]) -> None:
    assert all(solution.prices for solution in alone.values())
    for solution in choose(alone, "expected").solutions.values():
        assert (solution.prices, solution.vans) == ((), ())


def test_a_fleet_in_its_own_scenario_costs_what_it_did(alone: dict[str, Solution]) -> None:
    found = choose(alone, "expected")
    for name, solution in alone.items():
        assert found.trials[name].costs[name] == pytest.approx(solution.objective, rel=5e-3)


def test_one_scenario_twice_is_that_scenario() -> None:
    once = solve(toy(), effort=QUICK)
    found = choose({"a": once, "b": once}, "worst", {"a": 0.5, "b": 0.5})
    assert found.value == pytest.approx(195_140.0)
    assert found.bound == once.bound


def test_a_scenario_without_a_plan_makes_a_fleet_worthless() -> None:
    assert math.isinf(total_of({"a": 1.0, "b": math.inf}, {"a": 1.0, "b": 0.0}, "expected"))


@pytest.mark.parametrize(("cities", "method"), [(5, "auto"), (2, "cities")])
def test_large_nations_are_refused_in_a_line(cities: int, method: str) -> None:
    with pytest.raises(
        TooLargeError, match=f"at most 4 cities.*here are {cities} cities and the method {method}"
    ):
        refuse_large(cities, method)
    refuse_large(4, "auto")
