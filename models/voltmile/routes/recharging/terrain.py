"""A vehicle type's resources as arrays for the compiled labelling."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import Matrix, Vector
from voltmile.routes.recharging.curves import CURVE, POINTS, Records
from voltmile.routes.recharging.detours import detours
from voltmile.routes.recharging.resources import Function, Resources, shortest

#: What a check may be exceeded by, relative to the battery and the longest time: it only ever relaxes.
SLACK = 1e-9
#: What a label may be worse by than one it dominates; far below SLACK, which makes up for it.
_ALIKE = 1e-13


class Terrain(NamedTuple):
    """What a route of a type may do; see :class:`Resources` for names explained there.

    Attributes
    ----------
    legs : array, shape (N, N, 3)
        Time, energy and cost of each leg.
    limits : array, shape (N, 3)
        Earliest time; latest time from which the depot is reached; least useful level on arrival: what a
        station or the depot is away from a customer.
    least : array, shape (n + 1, n + 1)
        No way between two customers, over stations or not, costs less, the cost of time included.
    power : array
        Charging functions, as records.
    useful, spared, passes
        See :class:`Detours`.
    grid : float
        Costs are rounded down to multiples of it.
    by_time : bool
        Whether labels are settled by time, else by load.
    loaded : bool
        Whether the load limits anything.
    always : array of bool, shape (n + 1,)
        Customers no route may forget, since nothing else bounds their visits.
    points : int
        Most points of a curve: no operation makes more than a charging function has.
    """

    customers: int
    legs: NDArray[np.float64]
    limits: Records
    least: Matrix
    start: float
    battery: float
    power: Records
    kind: NDArray[np.int64]
    full: bool
    time_cost: float
    charge_cost: float
    grid: float
    useful: NDArray[np.bool_]
    spared: NDArray[np.bool_]
    passes: NDArray[np.bool_]
    by_time: bool
    loaded: bool
    demand: Vector
    capacity: float
    always: NDArray[np.bool_]
    slack_time: float
    slack_energy: float
    alike_time: float
    alike_energy: float
    points: int


def terrain(made: Resources, cost: Matrix, grid: float) -> Terrain:
    """Arrays of a type's resources and of its cost of each leg, in multiples of the grid."""
    n = len(made.demand) - 1
    latest = np.minimum(made.latest, made.latest[0] - shortest(made.time)[:, 0])
    latest[0] = made.latest[0]
    longest, power = _longest(made), _functions(made.functions)
    demand, capacity, loaded = _load(made)
    stops = detours(made)
    return Terrain(
        customers=n, legs=np.ascontiguousarray(np.stack([made.time, made.energy, cost], axis=2)),
        limits=np.ascontiguousarray(np.stack([made.earliest, latest, _lowest(made, n)], axis=1)),
        least=_least(cost + made.time_cost * made.time, n), start=made.start, battery=made.battery,
        power=power, kind=made.kind, full=made.full,
        time_cost=made.time_cost, charge_cost=made.charge_cost, grid=grid,
        useful=stops.useful, spared=stops.spared, passes=stops.passes,
        by_time=made.time_cost > 0 or math.isfinite(made.latest[0]), loaded=loaded,
        demand=demand, capacity=capacity, always=_always(made),
        slack_time=SLACK * longest, slack_energy=SLACK * made.battery,
        alike_time=_ALIKE * longest, alike_energy=_ALIKE * made.battery,
        points=1 if made.full else max((len(f) for f in made.functions), default=1),
    )  # fmt: skip


def _longest(made: Resources) -> float:
    finite = made.latest[np.isfinite(made.latest)]
    charging = max((f[-1][0] for f in made.functions), default=0.0)
    return max(float(finite.max(initial=0.0)), float(made.time.max()) * len(made.demand), charging)


def _least(cost: Matrix, n: int) -> Matrix:
    least = cost.copy()
    for via in range(n + 1, len(cost)):
        np.minimum(least, least[:, via, None] + least[None, via, :], out=least)
    return np.ascontiguousarray(least[: n + 1, : n + 1])


def _lowest(made: Resources, n: int) -> Vector:
    lowest = np.zeros(len(made.time))
    to = [0, *range(n + 1, len(made.time))]
    lowest[1 : n + 1] = shortest(made.energy)[1 : n + 1, to].min(axis=1)
    return lowest


def _functions(functions: tuple[Function, ...]) -> Records:
    most = max((len(f) for f in functions), default=1)
    power = np.zeros((len(functions), CURVE + 2 * most))
    for row, function in enumerate(functions):
        times, levels = zip(*function, strict=True)
        power[row, POINTS] = len(function)
        power[row, CURVE : CURVE + len(function)] = times
        power[row, CURVE + most : CURVE + most + len(function)] = levels
    return power


def _load(made: Resources) -> tuple[Vector, float, bool]:
    """Load, its limit, and whether it counts; where nothing bounds a walk, its visits do."""
    if math.isfinite(made.capacity):
        return made.demand, made.capacity * (1 + SLACK), True
    if math.isfinite(made.latest[0]):
        return made.demand, math.inf, False
    visits = np.ones(len(made.demand))
    visits[0] = 0.0
    return visits, float(len(visits) - 1), True


def _always(made: Resources) -> NDArray[np.bool_]:
    """Find customers whose repeated visits neither load nor time would bound."""
    n = len(made.demand) - 1
    into = made.time[:, 1 : n + 1].copy()
    into[np.arange(1, n + 1), np.arange(n)] = math.inf
    always = np.zeros(n + 1, dtype=np.bool_)
    if math.isfinite(made.capacity):
        always[1:] = made.demand[1:] <= 0
    elif not math.isfinite(made.latest[0]):
        return always
    else:
        always[1:] = True
    if math.isfinite(made.latest[0]):
        always[1:] &= into.min(axis=0) <= 0
    return always
