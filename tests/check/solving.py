"""An enumerated program solved by scipy, and weighed at dual values."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import scipy.optimize
import scipy.sparse
from enumeration import Key, Program


@dataclass
class Solved:
    """Values by variable and their cost; cost and dual values by row of the linear relaxation."""

    value: dict[Key, float]
    objective: float
    relaxed_objective: float
    duals: dict[Key, float]


def solve(p: Program) -> Solved:
    """Solve the integer program for the values and its relaxation for the duals."""
    names, rows = list(p.variables), list(p.rows)
    at = {name: n for n, name in enumerate(names)}
    entries = [(r, at[name], a) for r, row in enumerate(rows) for name, a in p.rows[row].coefficients.items()]
    r, c, a = zip(*entries, strict=True)
    matrix = scipy.sparse.csr_matrix((a, (r, c)), shape=(len(rows), len(names)))
    cost = np.array([p.cost(p.variables[name]) for name in names])
    upper = np.array([p.variables[name].upper for name in names])
    whole = np.array([1 if p.variables[name].integer else 0 for name in names])
    rhs = np.array([p.rows[row].rhs for row in rows])
    sense = np.array([p.rows[row].sense for row in rows])
    low, high = np.where(sense == "<", -np.inf, rhs), np.where(sense == ">", np.inf, rhs)
    found = scipy.optimize.milp(
        cost,
        integrality=whole,
        bounds=scipy.optimize.Bounds(0, upper),
        constraints=scipy.optimize.LinearConstraint(matrix, low, high),
        options={"mip_rel_gap": 0.0},
    )
    assert found.status == 0, found.message
    sign = np.where(sense == ">", -1.0, 1.0)
    equal = sense == "="
    relaxed = scipy.optimize.linprog(
        cost,
        A_ub=scipy.sparse.diags(sign[~equal]) @ matrix[~equal],
        b_ub=sign[~equal] * rhs[~equal],
        A_eq=matrix[equal],
        b_eq=rhs[equal],
        bounds=np.column_stack([np.zeros(len(names)), upper]),
        method="highs",
    )
    assert relaxed.status == 0, relaxed.message
    dual = np.zeros(len(rows))
    dual[~equal] = sign[~equal] * relaxed.ineqlin.marginals
    dual[equal] = relaxed.eqlin.marginals
    value = {name: float(round(x) if w else x) for name, x, w in zip(names, found.x, whole, strict=True)}
    objective = float(cost @ np.array([value[name] for name in names])) + p.constant
    duals = {row: float(pi) for row, pi in zip(rows, dual, strict=True)}
    relaxed_objective = float(relaxed.fun) + p.constant
    return Solved({k: v for k, v in value.items() if abs(v) > 1e-9}, objective, relaxed_objective, duals)


def reduced_cost(p: Program, name: Key, duals: dict[Key, float]) -> float:
    """Cost less coefficients times duals; rows without a dual count nothing."""
    rows = (row for row in p.rows_of[name] if row in duals)
    return p.cost(p.variables[name]) - sum(p.rows[row].coefficients[name] * duals[row] for row in rows)


def least_without_routes(p: Program, duals: dict[Key, float]) -> float:
    """What everything but the routes costs at the least, at dual values for the rows but cover."""
    total = p.constant + sum(p.rows[row].rhs * pi for row, pi in duals.items())
    for name, variable in p.variables.items():
        if name[0] != "route":
            reduced = reduced_cost(p, name, duals)
            total += min(0.0, reduced * variable.upper) if reduced < -1e-9 else 0.0
    return total


def cheapest_serving(p: Program, h: str, y: int, d: str, duals: dict[Key, float]) -> float:
    """Cost at the dual values of the best set of routes that serves a hub on a day: every set is tried."""
    villages = [i.id for i in p.n.villages_of[h]]
    best: dict[frozenset[str], float] = defaultdict(lambda: math.inf)
    for key in p.tours:
        if (key[1], key[3], key[4]) == (h, y, d):
            stops = frozenset(key[5])  # type: ignore[call-overload]
            best[stops] = min(best[stops], reduced_cost(p, key, duals))
    serve: dict[frozenset[str], float] = {frozenset(): 0.0}
    for size in range(1, len(villages) + 1):
        for chosen in map(frozenset, itertools.combinations(villages, size)):
            first = min(chosen)
            ways = (best[part] + serve[chosen - part] for part in list(best) if first in part <= chosen)
            serve[chosen] = min(ways, default=math.inf)
    return serve[frozenset(villages)]
