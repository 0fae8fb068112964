"""A city's part of the national limits: its population's share, or what a plan gives it."""

from __future__ import annotations

from collections.abc import Mapping

from voltmile.problem.limits import (
    BudgetLimit,
    CarbonLimit,
    FundLimit,
    GreenCitiesLimit,
    JourneyLimit,
    LabelsLimit,
    Limit,
    SupplyLimit,
)
from voltmile.problem.nation import Nation
from voltmile.solve.solution import Solution
from voltmile.study import accounts

NATION = ""
"""Stands where a city stands for what belongs to none."""

_SIDES = {
    "budget": "max_cny",
    "supply": "max_vehicles",
    "carbon": "max_co2_kg",
    "labels": "min_labels_million",
    "fund": "max_cny",
}


def by_population(nation: Nation, city: str) -> list[Limit]:
    """Return every limit with the city's share; so many of the largest cities have to be green."""
    people = sum(one.population for one in nation.cities)
    ranked = sorted(nation.cities, key=lambda one: (-one.population, one.id))
    rank = [one.id for one in ranked].index(city)
    return [_share(limit, nation.city[city].population / people, rank) for limit in nation.limits]


def _share(limit: Limit, share: float, rank: int) -> Limit:
    if isinstance(limit, GreenCitiesLimit):
        return limit.model_copy(update={"min_cities": int(rank < limit.min_cities)})
    return shared_out(limit, share)


def shared_out(limit: Limit, share: float) -> Limit:
    """Return a share of a limit on a sum over cities; a journey, which is a mean, stays as it is."""
    if isinstance(limit, JourneyLimit):
        return limit
    name = _SIDES[limit.kind]
    return limit.model_copy(update={name: getattr(limit, name) * share})


def by_plan(solution: Solution) -> dict[str, list[Limit]]:
    """Return what a plan uses in each city, and of what it leaves (or exceeds) the population's share.

    Limits that ask for national labels alone are left out: what the nation decides itself stays as it is.
    """
    nation = solution.nation
    people = sum(city.population for city in nation.cities)
    parts: dict[str, list[Limit]] = {city.id: [] for city in nation.cities}
    for limit in nation.limits:
        if isinstance(limit, LabelsLimit):
            continue
        used, allowed = used_by_city(solution, limit)
        left = allowed - sum(used.values())
        for city in nation.cities:
            part = used.get(city.id, 0.0) + city.population / people * left
            made = _with_side(nation, limit, city.id, part, used.get(city.id, 0.0))
            if made is not None:
                parts[city.id].append(made)
    return parts


def used_by_city(solution: Solution, limit: Limit) -> tuple[Mapping[str, float], float]:
    """Return what cities (and the nation, under a blank) use of a limit, and what all may use."""
    nation, plan = solution.nation, solution.plan
    used: dict[str, float] = {}

    def add(city: str, amount: float) -> None:
        used[city] = used.get(city, 0.0) + amount

    match limit:
        case BudgetLimit() | FundLimit():
            year = limit.year if isinstance(limit, BudgetLimit) else None
            for row in solution.costs:
                if row.term in limit.counts and year in (None, row.year):
                    add(row.city or NATION, row.cash_cny)
            return used, limit.max_cny
        case SupplyLimit():
            for buy in plan.buy:
                if buy.year == limit.year and buy.vehicle_type in limit.vehicle_types:
                    add(buy.city, float(buy.count))
            return used, limit.max_vehicles
        case CarbonLimit():
            for (city, year, _), kg in accounts.co2_kg(nation, plan, solution.routes).items():
                if year == limit.year:
                    add(city, kg)
            return used, limit.max_co2_kg
        case GreenCitiesLimit():
            for green in plan.green:
                if green.limit == limit.id:
                    add(green.city, 1.0)
            return used, sum(used.values())
        case JourneyLimit():
            for (city, year), km in accounts.route_km(nation, solution.routes).items():
                if year == limit.year:
                    add(city, km)
            return used, limit.max_km_per_visit * sum(accounts.visits(nation).values())
        case LabelsLimit():
            return used, limit.min_labels_million


def _with_side(nation: Nation, limit: Limit, city: str, part: float, used: float) -> Limit | None:
    if isinstance(limit, GreenCitiesLimit):
        return limit.model_copy(update={"min_cities": round(used)})
    if isinstance(limit, JourneyLimit):
        visits = accounts.visits(nation)[city]
        return limit.model_copy(update={"max_km_per_visit": max(0.0, part) / visits}) if visits else None
    part = part if isinstance(limit, CarbonLimit) else max(0.0, part)
    return limit.model_copy(update={_SIDES[limit.kind]: part})
