"""The work on one hub: servings, first uses, bounds and columns. Runs in any process, knows no other hub."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.nation import Nation
from voltmile.routes.columns import Column
from voltmile.routes.day import HubDay, hub_day
from voltmile.routes.generate import Nodes, Serving, mix_servings, one_type_servings
from voltmile.routes.network import network_of
from voltmile.routes.pool_prices import PoolPrices, pool_prices
from voltmile.routes.rates import Rates, plain_rates
from voltmile.solve.cover import Choice, cover, partition, reduced_costs
from voltmile.solve.hub_bound import CutPool, HubDayBound, hub_day_bound
from voltmile.solve.use import RouteUse

DayKey = tuple[int, str]
"""A year and a day type."""

RatesByDay = Mapping[DayKey, Sequence[Rates]]

#: How dear electric vehicle-days are made against their price when alternative plans of a day are picked.
_TILTS = (1.0, 0.0, 0.5, 2.0, math.inf)


@dataclass(frozen=True)
class FirstServings:
    """Servings of a hub and, day by day, what serving it takes under different preferences for types."""

    servings: list[Serving]
    uses: dict[DayKey, list[RouteUse]]


@dataclass(frozen=True)
class DayColumns:
    """Columns of a hub on a day, and plans of that day.

    Attributes
    ----------
    plans : list of list of int
        Positions in ``columns`` that together serve every village exactly once; the first plan is the best
        one at the rates, the others suit other prices of electric vehicles.
    """

    columns: list[Column]
    plans: list[list[int]]


@dataclass(frozen=True)
class HubColumns:
    """Columns of a hub by day, and all servings known by now."""

    days: dict[DayKey, DayColumns]
    servings: list[Serving]


@dataclass(frozen=True)
class ColumnEffort:
    """How hard to look for columns.

    Attributes
    ----------
    mixes, iterations : int
        Fleet mixes searched on a day, and PyVRP iterations of each search.
    kept : int
        Columns of least reduced cost kept a day.
    plans : int
        Plans picked a day for each tilt of the price of electric vehicles.
    nodes : int
        Branch-and-bound nodes of the partitioning of a day.
    """

    mixes: int
    iterations: int
    kept: int
    plans: int
    nodes: int


def days_of(nation: Nation, hub: str) -> dict[DayKey, HubDay]:
    """Return every day of a hub."""
    network = network_of(nation, hub)
    return {(y, d.id): hub_day(nation, network, y, d.id) for y in nation.years for d in nation.day_types}


# -- first uses -----------------------------------------------------------------------------------------


def first_servings(nation: Nation, hub: str, iterations: int, seed: int) -> FirstServings:
    """Serve a hub with one type at a time; cover each day with a preference for each type in turn."""
    days = days_of(nation, hub)
    servings = one_type_servings(list(days.values()), iterations, seed)
    tours = tours_of(servings)
    return FirstServings(servings, {key: _preferences(nation, day, tours) for key, day in days.items()})


def tours_of(servings: Sequence[Serving]) -> list[Nodes]:
    """Return the distinct tours of servings, each in both driving directions (the load makes them differ)."""
    found: dict[Nodes, None] = {}
    for serving in servings:
        for nodes in serving:
            found[nodes] = None
            found[nodes[::-1]] = None
    return list(found)


def _preferences(nation: Nation, day: HubDay, tours: Sequence[Nodes]) -> list[RouteUse]:
    """Cover a day fractionally, with one type after the other cheap against the rest; return the uses."""
    plain = guessed_rates(nation, day)
    prices = pool_prices(day, tours, plain)
    uses = []
    for preferred in [None, *range(len(plain))]:
        cost = prices.cost.copy()
        if preferred is not None:
            for k in range(len(plain)):
                cost[:, k] += 0.0 if k == preferred else plain[k].fixed + 100.0 * day.weight
        covered = cover(PoolPrices(prices.tours, cost, prices.visits))
        uses.append(_use(day, prices, covered.chosen))
    return uses


def guessed_rates(nation: Nation, day: HubDay) -> list[Rates]:
    """Rates before there are dual prices: a vehicle's loss of value and insurance, and the mean tariff."""
    tariff = nation.tariff[nation.city[day.network.city].tariff]
    position = nation.position(day.year)
    kwh = float(np.mean([p.price_cny_per_kwh_by_year[position] for p in tariff.period]))
    days = sum(d.days_per_year for d in nation.day_types)
    rates = []
    for ride in day.rides:
        vehicle = nation.vehicle_type[ride.vehicle_type]
        age = min(3, vehicle.life_years)
        price = nation.net_price_cny(ride.vehicle_type, day.year)
        lost = price * (1 - vehicle.resale_share_by_age[age]) / age
        rates.append(plain_rates(day, ride, (lost + vehicle.insurance_cny_per_year) / days, kwh))
    return rates


def _use(day: HubDay, prices: PoolPrices, chosen: Sequence[tuple[Choice, float]]) -> RouteUse:
    totals = np.zeros((4, len(day.rides)))
    for (t, k), weight in chosen:
        tour = prices.tours[t]
        used = day.rides[k].consumption(tour.distance_km, tour.kg_km * day.factor)
        totals[:, k] += weight * np.array([1.0, tour.distance_km, day.duration_h(tour), used])
    return RouteUse(*totals)


# -- bounds ---------------------------------------------------------------------------------------------


def bounds(
    nation: Nation, hub: str, rates: RatesByDay, pool: CutPool, rounds: int, by_worth: bool = False
) -> tuple[dict[DayKey, HubDayBound], CutPool]:
    """Bound every day of a hub at its rates; the cuts found serve the next days and calls.

    With ``by_worth`` a day gets rounds of cuts as the square root of what it costs, about.
    """
    days = days_of(nation, hub)
    worth = {key: _worth(day, rates[key]) for key, day in days.items()}
    most = max(worth.values())
    found = {}
    for key, day in days.items():
        share = math.sqrt(worth[key] / most) if by_worth and most > 0 else 1.0
        found[key] = hub_day_bound(day, rates[key], pool, max_rounds=max(1, math.ceil(rounds * share)))
    return found, pool


def _worth(day: HubDay, rates: Sequence[Rates]) -> float:
    """Cost of a day, about: full vehicles of the best type, driving to each village as for a full load."""
    net, best = day.network, math.inf
    for ride, rate in zip(day.rides, rates, strict=True):
        full = np.maximum(day.kg / max(ride.payload_kg, 1e-9), day.m3 / max(ride.volume_m3, 1e-9))
        km, hours = float(2 * net.distance_km[0] @ full), float(2 * net.drive_h[0] @ full)
        hours += float(day.service_h.sum())
        running = (rate.per_km + rate.per_unit * ride.empty_per_km) * km + rate.per_h * hours
        best = min(best, rate.fixed * float(full.sum()) + running)
    return best


# -- columns --------------------------------------------------------------------------------------------


def columns(
    nation: Nation, hub: str, rates: RatesByDay, servings: Sequence[Serving], effort: ColumnEffort, seed: int
) -> HubColumns:
    """Search over promising fleet mixes, keep the columns of least reduced cost, pick plans of each day."""
    days = days_of(nation, hub)
    known = dict.fromkeys(servings)
    for key, day in days.items():
        prices = pool_prices(day, tours_of(list(known)), rates[key])
        km = sum(w * prices.tours[t].distance_km for (t, _), w in cover(prices).chosen)
        found = mix_servings(
            day, rates[key], km, mixes=effort.mixes, iterations=effort.iterations, seed=seed
        )  # fmt: skip
        known.update(dict.fromkeys(found))
    servings = list(known)
    tours = tours_of(servings)
    picked = {key: _pick(day, servings, tours, rates[key], effort) for key, day in days.items()}
    return HubColumns(picked, servings)


def _pick(
    day: HubDay,
    servings: Sequence[Serving],
    tours: Sequence[Nodes],
    rates: Sequence[Rates],
    effort: ColumnEffort,
) -> DayColumns:
    prices = pool_prices(day, tours, rates)
    plans = _plans(day, servings, tours, prices, rates, effort.plans)
    reduced = reduced_costs(prices, cover(prices).prize)
    wanted = {choice for plan in plans for choice in plan} | set(_lowest(reduced, effort.kept))
    among = sorted(wanted)
    best = partition(prices, among, effort.nodes)
    if best and sorted(best) not in plans:
        plans.insert(0, sorted(best))
    made = {(t, k): day.column(day.rides[k], prices.tours[t]) for t, k in among}
    position = {choice: j for j, choice in enumerate(c for c in among if made[c] is not None)}
    return DayColumns(
        columns=[column for choice in position if (column := made[choice]) is not None],
        plans=[[position[c] for c in plan] for plan in plans if all(c in position for c in plan)],
    )


def _plans(
    day: HubDay,
    servings: Sequence[Serving],
    tours: Sequence[Nodes],
    prices: PoolPrices,
    rates: Sequence[Rates],
    most: int,
) -> list[list[Choice]]:
    """Cheapest servings at several prices of electric vehicle-days, each tour by its cheapest type."""
    position = {nodes: t for t, nodes in enumerate(tours)}
    forth = [[position[nodes] for nodes in serving] for serving in servings]
    back = [[position[nodes[::-1]] for nodes in serving] for serving in servings]
    plans: list[list[Choice]] = []
    for tilt in _TILTS:
        cost = prices.cost.copy()
        for k, (ride, rate) in enumerate(zip(day.rides, rates, strict=True)):
            if ride.electric:
                cost[:, k] = np.inf if math.isinf(tilt) else cost[:, k] + (tilt - 1.0) * rate.fixed
        least = cost.min(axis=1)
        total = [np.minimum(least[a], least[b]).sum() for a, b in zip(forth, back, strict=True)]
        for s in np.argsort(total, kind="stable")[:most]:
            if np.isfinite(total[s]):
                ways = zip(forth[s], back[s], strict=True)
                plan = sorted(_cheapest(cost, a if least[a] <= least[b] else b) for a, b in ways)
                if plan not in plans:
                    plans.append(plan)
    return plans


def _cheapest(cost: NDArray[np.float64], tour: int) -> Choice:
    return tour, int(np.argmin(cost[tour]))


def _lowest(reduced: NDArray[np.float64], most: int) -> list[Choice]:
    """Choices of least reduced cost over all types, and a share for every type on its own."""
    types = reduced.shape[1]
    order = np.argsort(reduced, axis=None, kind="stable")[:most]
    picked = {(int(j) // types, int(j) % types) for j in order if np.isfinite(reduced.flat[j])}
    for k in range(types):
        best = np.argsort(reduced[:, k], kind="stable")[: most // 8]
        picked |= {(int(t), k) for t in best if np.isfinite(reduced[t, k])}
    return sorted(picked)
