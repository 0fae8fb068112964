"""First routes and incumbents of a hub on a day from PyVRP.

Wouda, Lan, Kool 2024, doi:10.1287/ijoc.2023.0055.

PyVRP knows neither load-dependent energy nor batteries: a type's arcs cost what they cost half loaded, and a
battery becomes a limit on kilometres. Every tour it returns is measured again by our own definitions, and
those a vehicle type cannot drive are dropped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyvrp import Client, Depot, Location, PenaltyParams, ProblemData, SolveParams, VehicleType, solve
from pyvrp.stop import MaxIterations

from voltmile.routes.day import HubDay
from voltmile.routes.rates import Rates

#: PyVRP wants integers: loads in units of 10 g and 10 cm3, time in seconds, costs in 1/10,000 of a route.
_LOAD_UNITS = 1e5
_SECONDS = 3600.0
_COST_UNITS = 1e5
#: Length limit of a battery vehicle: its range at this share of its payload, unless told otherwise.
_RANGE_AT_LOAD = 0.5


@dataclass(frozen=True)
class Found:
    """Routes of a search: positions in ``day.rides`` and node sequences."""

    routes: tuple[tuple[int, tuple[int, ...]], ...]


def search(
    day: HubDay,
    rates: Sequence[Rates],
    *,
    iterations: int,
    seed: int,
    available: Sequence[int] | None = None,
    range_at_load: float = _RANGE_AT_LOAD,
) -> Found:
    """Search for routes of low priced cost that serve all villages of a hub on a day.

    Parameters
    ----------
    rates : sequence of Rates
        One for each of ``day.rides``.
    iterations : int
        Of PyVRP's iterated local search; not seconds, so that a run can be repeated.
    available : sequence of int, optional
        Vehicles of each type; as many as there are villages by default.
    range_at_load : float
        Share of its payload at which a battery vehicle's range becomes PyVRP's length limit.

    Returns
    -------
    Found
        The best solution; PyVRP may end with one that breaks a limit.
    """
    types = [k for k in range(len(rates)) if available is None or available[k] > 0]
    data = _data(day, rates, types, available, range_at_load)
    result = solve(
        data,
        MaxIterations(iterations),
        seed=seed,
        collect_stats=False,
        params=SolveParams(penalty=PenaltyParams(max_penalty=1e8)),
    )
    routes = [
        (types[route.vehicle_type()], tuple(a.idx + 1 for a in route if a.is_client()))
        for route in result.best.routes()
    ]
    return Found(routes=tuple(routes))


def _data(
    day: HubDay,
    rates: Sequence[Rates],
    types: Sequence[int],
    available: Sequence[int] | None,
    range_at_load: float,
) -> ProblemData:
    net = day.network
    cost = {k: _arc_cost(day, rates[k], k) for k in types}
    fixed = {k: rates[k].fixed for k in types}
    unit = _COST_UNITS / max(max(fixed.values()), max(float(c.max()) for c in cost.values()), 1e-9)
    capacity = {k: (day.rides[k].payload_kg, day.rides[k].volume_m3) for k in types}
    largest = np.max([capacity[k] for k in types], axis=0)
    per_unit = np.where(largest > 0, _LOAD_UNITS / largest, 0.0)
    return ProblemData(
        locations=[Location(0, 0) for _ in range(net.size + 1)],
        clients=[_client(day, node, per_unit) for node in range(1, net.size + 1)],
        depots=[Depot(0)],
        vehicle_types=[
            VehicleType(
                num_available=net.size if available is None else available[k],
                capacity=[int(c * u) for c, u in zip(capacity[k], per_unit, strict=True)],
                fixed_cost=round(fixed[k] * unit),
                shift_duration=int(day.shift_h * _SECONDS),
                tw_late=int(day.shift_h * _SECONDS),
                max_distance=_longest(day, k, cost[k], unit, range_at_load),
                profile=p,
            )
            for p, k in enumerate(types)
        ],
        distance_matrices=[_whole(cost[k] * unit) for k in types],
        duration_matrices=[_whole(np.ceil(net.drive_h * _SECONDS))] * len(types),
    )


def _client(day: HubDay, node: int, per_unit: NDArray[np.float64]) -> Client:
    net = day.network
    late = min(float(net.close_h[node]), day.shift_h) * _SECONDS
    return Client(
        location=node,
        delivery=[int(np.ceil(day.kg[node] * per_unit[0])), int(np.ceil(day.m3[node] * per_unit[1]))],
        service_duration=int(np.ceil(day.service_h[node] * _SECONDS)),
        tw_early=int(np.ceil(net.open_h[node] * _SECONDS)),
        tw_late=int(late),
    )


def _arc_cost(day: HubDay, rate: Rates, k: int) -> NDArray[np.float64]:
    ride, net = day.rides[k], day.network
    used = ride.empty_per_km + ride.load_per_km_kg * ride.payload_kg / 2
    return (rate.per_km + rate.per_unit * used) * net.distance_km + rate.per_h * net.drive_h


def _longest(day: HubDay, k: int, cost: NDArray[np.float64], unit: float, at_load: float) -> int:
    """Range of a battery as PyVRP's distance limit, which counts our costs: cost per km is near constant."""
    ride, net = day.rides[k], day.network
    if not ride.electric:
        return int(np.iinfo(np.int64).max)
    km = ride.usable_kwh / (ride.empty_per_km + ride.load_per_km_kg * ride.payload_kg * at_load)
    total = float(net.distance_km.sum())
    return int(km * (float(cost.sum()) / total if total > 0 else 0.0) * unit)


def _whole(matrix: NDArray[np.float64]) -> Any:  # pyvrp's stubs want "ndarray[int]", which no array is
    return np.round(matrix).astype(np.int64)
