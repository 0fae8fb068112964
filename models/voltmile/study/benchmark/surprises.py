"""What contradicts the literature: then it or this program is wrong."""

from __future__ import annotations

from decimal import Decimal

from voltmile.problem.benchmarks import BestKnown
from voltmile.problem.routing import RoutingProblem, RoutingResult
from voltmile.study.benchmark.rows import comparable

_ROUNDING = 1e-6


def surprises(problem: RoutingProblem, result: RoutingResult, best: BestKnown | None) -> list[str]:
    """Contradictions between a result and the best known value, a line each."""
    if best is None or best.value is None:
        return []
    value = best.value
    if result.status == "infeasible":
        return [f"is proven infeasible, but the best known plan costs {value:.10g}"]
    if not comparable(best, problem, result):
        return _fewer_vehicles(best, result)
    room = _room(value, problem.cost_unit)
    found = []
    if best.proven_optimal and result.cost < value - room:
        found.append(f"primal {result.cost:.10g} is below {value:.10g}, which is known as optimal")
    if result.bound > value + room:
        known = "known as optimal" if best.proven_optimal else "the cost of the best known plan"
        found.append(f"bound {result.bound:.10g} is above {value:.10g}, {known}")
    return found


def _fewer_vehicles(best: BestKnown, result: RoutingResult) -> list[str]:
    routes = len(result.routes)
    if not best.proven_optimal or best.n_routes is None or not 0 < routes < best.n_routes:
        return []
    return [f"plan has {routes} routes, fewer than {best.n_routes}, which is known as optimal"]


def _room(value: float, unit: float) -> float:
    """How far a published value may be from the true one: rounded or cut, to two digits at the least."""
    dust = _ROUNDING * max(1.0, abs(value))
    if unit > 0:
        return min(dust, unit / 2)
    exponent = Decimal(repr(value)).as_tuple().exponent
    return max(dust, 10.0 ** min(-2, exponent if isinstance(exponent, int) else -2))
