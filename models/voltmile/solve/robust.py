"""One fleet for several scenarios: fleets tried in all of them, then all decided in one program.

Everything here is over the routes found for each scenario. The bound over all routes is the mean, or the
worst, of what each scenario costs at least when its own fleet may be bought for it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from voltmile.problem.plan import Plan
from voltmile.programs.one_fleet import FIRST_STAGE, join
from voltmile.routes.stop import Stop
from voltmile.solve.bridge import compile_model
from voltmile.solve.highs import solve_mip
from voltmile.solve.joint import JointProgram
from voltmile.solve.outcome import Outcome
from voltmile.solve.plan import JOINT_CITIES
from voltmile.solve.solution import Solution
from voltmile.solve.status import Status

Goal = Literal["expected", "worst"]
Fleet = Mapping[tuple[object, ...], float]
"""Values of the first stage by (variable, index...); what is not there is 0."""

#: Routes of all scenarios together up to which one program decides over them.
MOST_ROUTES = 100_000


class TooLargeError(ValueError):
    """Scenarios that one program cannot decide together; the message says the limit."""


@dataclass(frozen=True)
class Trial:
    """What a fleet costs in each scenario (CNY); None where no plan with it was found."""

    costs: Mapping[str, float | None]

    def value(self, weights: Mapping[str, float], goal: Goal) -> float:
        """Return the expected or worst cost; infinite where a scenario has no plan."""
        costs = {name: math.inf if cost is None else cost for name, cost in self.costs.items()}
        return total_of(costs, weights, goal)


@dataclass(frozen=True)
class Robust:
    """One fleet in all scenarios.

    Attributes
    ----------
    value : float
        Expected or worst cost (CNY).
    bound : float
        No fleet has a lower one, over all routes.
    bound_over_routes : float or None
        What the program over the routes found proves about them; None where it did not run.
    trials : dict
        Fleets that were tried, by the name of what they are the best for.
    solutions : dict
        Plans of each scenario with the fleet chosen.
    """

    goal: Goal
    value: float
    bound: float
    bound_over_routes: float | None
    fleet: Fleet
    trials: Mapping[str, Trial]
    solutions: Mapping[str, Solution]


def total_of(costs: Mapping[str, float], weights: Mapping[str, float], goal: Goal) -> float:
    """Return the expected or the worst of costs by scenario; infinite where one of them is."""
    worst = max(costs.values())
    if goal == "worst" or math.isinf(worst):
        return worst
    return math.fsum(weights[name] * cost for name, cost in costs.items())


def refuse_large(cities: int, method: str) -> None:
    """Refuse nations whose scenarios no single program can hold.

    Raises
    ------
    TooLargeError
        In words for the user.
    """
    if cities > JOINT_CITIES or method == "cities":
        raise TooLargeError(
            f"robust choice decides all scenarios in one program: at most {JOINT_CITIES} cities, by the "
            f"method joint; here are {cities} cities and the method {method}"
        )


def fleet_of(plan: Plan) -> dict[tuple[object, ...], float]:
    """Return the first stage of a plan."""
    found: dict[tuple[object, ...], float] = {}
    for buy in plan.buy:
        found["Buy", buy.city, buy.vehicle_type, buy.year] = float(buy.count)
    for sell in plan.sell:
        found["Sell", sell.city, sell.vehicle_type, sell.vintage, sell.year] = float(sell.count)
    for build in plan.build:
        found["Build", build.hub, build.charger_type, build.year] = float(build.count)
    for upgrade in plan.upgrade:
        found["Upgrade", upgrade.hub, upgrade.year] = upgrade.kw
    return found


@dataclass
class RobustChoice:
    """The scenarios' programs, and the fleets tried in them.

    Attributes
    ----------
    solutions : mapping of str to Solution
        Of each scenario on its own.
    nodes : int
        Branch-and-bound nodes of every program.
    stop, patience : Event or callable
        Ends everything; ends the program over all scenarios alone, whose best fleet so far counts then.
    """

    solutions: Mapping[str, Solution]
    weights: Mapping[str, float]
    goal: Goal
    gap: float
    nodes: int
    stop: Stop
    patience: Stop
    programs: dict[str, JointProgram] = field(init=False)

    def __post_init__(self) -> None:
        """Build and compile every scenario's program.

        Raises
        ------
        TooLargeError
            When there are too many routes for one program.
        """
        routes = sum(len(solution.columns) for solution in self.solutions.values())
        if routes > MOST_ROUTES:
            raise TooLargeError(
                f"robust choice decides all scenarios in one program: at most {MOST_ROUTES:,} routes; "
                f"these {len(self.solutions)} scenarios have {routes:,} together"
            )
        self.programs = {name: JointProgram(s.nation, s.columns) for name, s in self.solutions.items()}

    def choose(self, candidates: Mapping[str, Fleet]) -> Robust | None:
        """Try fleets in all scenarios, then decide all together; None where no fleet serves every scenario.

        Parameters
        ----------
        candidates : mapping of str to Fleet
            The best fleets of single scenarios, and of the base.
        """
        outcomes = {name: self._in_all(fleet) for name, fleet in candidates.items()}
        trials = {name: _trial(found) for name, found in outcomes.items()}
        values = {name: trial.value(self.weights, self.goal) for name, trial in trials.items()}
        first = min(values, key=lambda name: (values[name], name))
        start = outcomes[first] if math.isfinite(values[first]) else None
        joined = self._together(start)
        chosen, over_routes = joined.fleet, joined.bound
        if chosen is None and start is None:
            return None
        found = self._in_all(chosen) if chosen is not None else None
        if found is None or not _trial(found).value(self.weights, self.goal) < values[first]:
            chosen, found = candidates[first], outcomes[first]
        assert chosen is not None
        plans = {name: self._solution(name, outcome) for name, outcome in found.items()}
        costs: dict[str, float] = {name: plan.objective for name, plan in plans.items()}
        bounds = {name: solution.bound for name, solution in self.solutions.items()}
        return Robust(
            goal=self.goal,
            value=total_of(costs, self.weights, self.goal),
            bound=total_of(bounds, self.weights, self.goal),
            bound_over_routes=over_routes,
            fleet=chosen,
            trials={"robust": Trial(costs), **trials},
            solutions=plans,
        )

    def _in_all(self, fleet: Fleet) -> dict[str, Outcome]:
        """Decide everything but the fleet in every scenario."""
        return {name: self._with_fleet(program, fleet) for name, program in self.programs.items()}

    def _with_fleet(self, program: JointProgram, fleet: Fleet) -> Outcome:
        matrix = program.compiled
        lower, upper = matrix.col_lower.copy(), matrix.col_upper.copy()
        for name in FIRST_STAGE:
            for index, variable in program.model.find_component(name).items():
                if variable in matrix.column_of:
                    place = index if isinstance(index, tuple) else (index,)
                    j = matrix.column_of[variable]
                    lower[j] = upper[j] = fleet.get((name, *place), 0.0)
        held = replace(matrix, col_lower=lower, col_upper=upper)
        return solve_mip(held, gap_rel=self.gap, node_limit=self.nodes, stop=self.stop)

    def _together(self, start: Mapping[str, Outcome] | None) -> _Joined:
        """Solve the deterministic equivalent over the routes of all scenarios."""
        model = join({name: p.model for name, p in self.programs.items()}, self.weights, self.goal)
        matrix = compile_model(model)
        given: dict[int, float] = {}
        for name, outcome in (start or {}).items():
            if outcome.x is not None:
                own = self.programs[name].compiled.variables
                places = zip(own, outcome.x.tolist(), strict=True)
                given |= {matrix.column_of[variable]: value for variable, value in places}
        if start is not None and self.goal == "worst":
            costs = [outcome.objective for outcome in start.values() if outcome.objective is not None]
            given[matrix.column_of[model.Worst]] = max(costs)
        outcome = solve_mip(matrix, gap_rel=self.gap, node_limit=self.nodes, start=given, stop=self.patience)
        proven = outcome.dual_bound if math.isfinite(outcome.dual_bound) else None
        if outcome.x is None or outcome.status == Status.INFEASIBLE:
            return _Joined(None, proven)
        fleet: dict[tuple[object, ...], float] = {}
        block = next(iter(self.programs.values())).model
        for name in FIRST_STAGE:
            for index, variable in block.find_component(name).items():
                value = float(outcome.x[matrix.column_of[variable]]) if variable in matrix.column_of else 0.0
                if value > 0:
                    fleet[name, *(index if isinstance(index, tuple) else (index,))] = value
        return _Joined(fleet, proven)

    def _solution(self, name: str, outcome: Outcome) -> Solution:
        """Return the plan of a scenario with a fleet; what bounds the scenario bounds it too."""
        own, decided = self.solutions[name], self.programs[name].decided(outcome)
        return replace(
            own,
            plan=decided.plan,
            status=Status.NODE_LIMIT,
            objective=decided.objective,
            costs=decided.costs,
            routes=decided.routes,
            seconds_by_phase={},
            prices=(),  # those of another fleet
            vans=(),
        )


@dataclass(frozen=True)
class _Joined:
    fleet: Fleet | None
    bound: float | None


def _trial(outcomes: Mapping[str, Outcome]) -> Trial:
    return Trial({name: outcome.objective for name, outcome in outcomes.items()})
