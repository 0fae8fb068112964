"""The two-index program of a hub on a day as rows and columns, solved by scipy for its dual values."""

from __future__ import annotations

import itertools
import math
from collections import defaultdict
from typing import Any

import numpy as np
import scipy.optimize
from enumeration import Key, Program
from tours import leg

Rates = dict[str, tuple[float, float, float, float]]
"""Vehicle type -> CNY for a route, a km, an hour, a kWh or litre."""


def rates_at(program: Program, h: str, y: int, d: str, duals: dict[Key, float]) -> Rates:
    """The table of rates of models/README.md."""
    n, found = program.n, {}
    days = n.day_type[d].days_per_year
    weight = n.discount(y) * days

    def of(kind: str, term: str | None = None) -> float:
        return sum(
            duals.get((kind, limit.id), 0.0)
            for limit in n.limits
            if limit.kind == kind and limit.year == y and (term is None or term in limit.counts)
        )

    for k, vehicle in n.vehicle_type.items():
        price, co2 = program.fuel(k, y)
        wage = n.header.work.driver_cny_per_h_by_year[n.position(y)]
        maintenance = vehicle.maintenance_cny_per_km
        unit = weight * price - days * co2 * of("carbon") - days * price * of("budget", "fuel")
        found[k] = (
            -duals.get(("vehicle_days", n.hub[h].city, k, y, d), 0.0),
            weight * maintenance - days * of("journey") - days * maintenance * of("budget", "maintenance"),
            weight * wage - days * wage * of("budget", "drivers"),
            max(0.0, duals.get(("energy_balance", h, y, d), 0.0)) if program.bev(k) else unit,
        )
    return found


def prove(program: Program, h: str, y: int, d: str, duals: dict[Key, float]) -> dict[str, Any]:
    """Solve the program with every connectivity cut and some capacity cuts; return its proof."""
    n, rates = program.n, rates_at(program, h, y, d, duals)
    nodes = [h, *(i.id for i in n.villages_of[h])]
    villages, factor, work = nodes[1:], n.village_factor(y, d), n.header.work
    km = {(a, b): leg(n, h, a, b)[0] for a, b in itertools.permutations(nodes, 2)}
    hours = {(a, b): leg(n, h, a, b)[1] for a, b in itertools.permutations(nodes, 2)}
    away = {i: _shortest(km, nodes, h, i) for i in villages}
    service = {
        i: work.service_h_per_stop + work.service_h_per_parcel * n.village[i].parcels_per_day * factor
        for i in villages
    }
    kg = {i: n.village[i].demand_kg_per_day * factor for i in villages}
    m3 = {i: n.village[i].demand_m3_per_day * factor for i in villages}
    cost: dict[Key, float] = {}
    upper: dict[Key, float] = {}
    rows: dict[Key, tuple[str, float, dict[Key, float]]] = {}
    for i in villages:
        rows["assign", i] = ("=", 1.0, {("y", k, i): 1.0 for k in n.vehicle_type})
    for k, vehicle in n.vehicle_type.items():
        fixed, per_km, per_h, per_unit = rates[k]
        empty = program.per_km(n.hub[h].city, k, d, 0.0, "rural")
        load = program.per_km(n.hub[h].city, k, d, 1.0, "rural") - empty
        cost["X", k], upper["X", k] = fixed, len(villages)
        limit: dict[str, dict[Key, float]] = defaultdict(dict)
        limit["kg"]["X", k], limit["m3"]["X", k] = -vehicle.payload_kg, -vehicle.volume_m3
        limit["shift"]["X", k] = -work.shift_h
        if program.bev(k):
            limit["range"]["X", k] = -vehicle.battery_kwh * (vehicle.soc_max - vehicle.soc_min)
        for i in villages:
            cost["y", k, i] = per_h * service[i] + per_unit * load * kg[i] * away[i]
            upper["y", k, i] = 0.0 if kg[i] > vehicle.payload_kg or m3[i] > vehicle.volume_m3 else 1.0
            limit["kg"]["y", k, i], limit["m3"]["y", k, i] = kg[i], m3[i]
            limit["shift"]["y", k, i], limit["range"]["y", k, i] = service[i], load * kg[i] * away[i]
        for a, b in itertools.combinations(nodes, 2):
            length, time = min(km[a, b], km[b, a]), min(hours[a, b], hours[b, a])
            cost["z", k, a, b] = (per_km + per_unit * empty) * length + per_h * time
            upper["z", k, a, b] = 2.0 if a == h else 1.0
            limit["shift"]["z", k, a, b], limit["range"]["z", k, a, b] = time, empty * length
        for name in ("kg", "m3", "shift", *(["range"] if program.bev(k) else [])):
            rows[name, k] = ("<", 0.0, limit[name])
        for a in nodes:
            end = {("z", k, *edge): 1.0 for edge in itertools.combinations(nodes, 2) if a in edge}
            end[("X", k) if a == h else ("y", k, a)] = -2.0
            rows["hub_degree" if a == h else "degree", k, a] = ("=", 0.0, end)
    cuts: dict[Key, dict[str, Any]] = {}
    for inside in _subsets(villages):
        crossing = [e for e in itertools.combinations(nodes, 2) if (e[0] in inside) != (e[1] in inside)]
        for k, anchor in itertools.product(n.vehicle_type, inside):
            cuts["connected", k, inside, anchor] = {
                "vehicle_type": k,
                "villages": list(inside),
                "anchor": anchor,
            }
            rows["connected", k, inside, anchor] = (
                ">",
                0.0,
                {("z", k, *e): 1.0 for e in crossing} | {("y", k, anchor): -2.0},
            )
        for dimension, g in (("kg", 200.0), ("kg", 500.0), ("m3", 1.1)):
            need = sum((kg if dimension == "kg" else m3)[i] for i in inside)
            cap = {k: most_carried(program, k, dimension, villages) for k in n.vehicle_type}
            entries = {("z", k, *e): math.ceil(cap[k] / g - 1e-9) for k in n.vehicle_type for e in crossing}
            key = ("capacity", dimension, g, inside)
            cuts[key] = {"villages": list(inside), "dimension": dimension, "divisor": g}
            rows[key] = (">", 2.0 * math.ceil(need / g - 1e-9), entries)
    value, pi = _solve(cost, upper, rows)
    return {
        "hub": h,
        "year": y,
        "day_type": d,
        "value": value,
        "assign": [pi["assign", i] for i in villages],
        "degree": {k: [pi["degree", k, i] for i in villages] for k in n.vehicle_type},
        "hub_degree": {k: pi["hub_degree", k, h] for k in n.vehicle_type},
        **{
            row: {k: pi[row, k] for k in n.vehicle_type if (row, k) in pi}
            for row in ("kg", "m3", "shift", "range")
        },
        "capacity_cuts": [
            cut | {"dual": pi[key]} for key, cut in cuts.items() if key[0] == "capacity" and pi[key]
        ],
        "connectivity_cuts": [
            cut | {"dual": pi[key]} for key, cut in cuts.items() if key[0] == "connected" and pi[key]
        ],
    }


def most_carried(program: Program, k: str, dimension: str, villages: list[str]) -> float:
    """What a route of a type can carry in a dimension."""
    vehicle, of = program.n.vehicle_type[k], program.n.village
    if dimension == "kg":
        own, other = vehicle.payload_kg, vehicle.volume_m3
        shares = [
            of[i].demand_m3_per_day / of[i].demand_kg_per_day for i in villages if of[i].demand_kg_per_day
        ]
    else:
        own, other = vehicle.volume_m3, vehicle.payload_kg
        shares = [
            of[i].demand_kg_per_day / of[i].demand_m3_per_day for i in villages if of[i].demand_m3_per_day
        ]
    return min(own, other / min(shares)) if shares and min(shares) > 0 else own


def _subsets(villages: list[str]) -> list[tuple[str, ...]]:
    sizes = range(1, len(villages) + 1)
    return [inside for size in sizes for inside in itertools.combinations(villages, size)]


def _shortest(km: dict[tuple[str, str], float], nodes: list[str], start: str, end: str) -> float:
    others = [node for node in nodes if node not in (start, end)]
    paths = (p for size in range(len(others) + 1) for p in itertools.permutations(others, size))
    return min(sum(km[leg] for leg in itertools.pairwise((start, *path, end))) for path in paths)


def _solve(
    cost: dict[Key, float], upper: dict[Key, float], rows: dict[Key, tuple[str, float, dict[Key, float]]]
) -> tuple[float, dict[Key, float]]:
    """Least cost and dual values."""
    at = {name: n for n, name in enumerate(cost)}
    found = {}
    parts: dict[str, list[Key]] = defaultdict(list)
    for row, (sense, _, _) in rows.items():
        parts["=" if sense == "=" else "<"].append(row)

    def matrix(names: list[Key], *, flip: bool) -> tuple[np.ndarray, np.ndarray]:
        a, b = np.zeros((len(names), len(at))), np.zeros(len(names))
        for r, name in enumerate(names):
            sense, rhs, entries = rows[name]
            sign = -1.0 if flip and sense == ">" else 1.0
            b[r] = sign * rhs
            for column, value in entries.items():
                a[r, at[column]] = sign * value
        return a, b

    a_ub, b_ub = matrix(parts["<"], flip=True)
    a_eq, b_eq = matrix(parts["="], flip=False)
    bounds = [(0.0, upper[name]) for name in cost]
    solved = scipy.optimize.linprog(list(cost.values()), a_ub, b_ub, a_eq, b_eq, bounds, method="highs")
    assert solved.status == 0, solved.message
    for name, dual in zip(parts["<"], solved.ineqlin.marginals, strict=True):
        found[name] = float(-dual if rows[name][0] == ">" else dual) + 0.0
    found |= {name: float(dual) for name, dual in zip(parts["="], solved.eqlin.marginals, strict=True)}
    return float(solved.fun), found
