"""Smaller nations of the same kind: some cities, perhaps few hubs in each, with their share of the limits."""

from __future__ import annotations

import math

from voltmile.problem.limits import GreenCitiesLimit, Limit
from voltmile.problem.nation import Nation
from voltmile.problem.parts import part
from voltmile.study.allotted import shared_out


def some_cities(nation: Nation, cities: int, hubs: int | None = None) -> Nation:
    """Return the nation of every so-many-th city, of those with villages as far as they go.

    Limits and measures are shared out by urban parcels, green cities by cities and rounded down.

    Parameters
    ----------
    hubs : int, optional
        Of a city's hubs with villages only so many, the first of the file; all by default.

    Raises
    ------
    ValueError
        For fewer than one or more cities than there are, or fewer than one hub.
    """
    if not 1 <= cities <= len(nation.cities):
        raise ValueError(f"{cities} cities of {len(nation.cities)}")
    if cities == len(nation.cities) and hubs is None:
        return nation
    served = {hub.city for hub in nation.hubs if nation.villages_of[hub.id]}
    rural = [city for city in nation.cities if city.id in served]
    among = rural if cities <= len(rural) else nation.cities
    step = len(among) / cities
    chosen = {among[int(i * step + step / 2)].id for i in range(cities)}
    parcels = {city.id: city.urban_parcels_per_day for city in nation.cities}
    share = sum(parcels[city] for city in chosen) / sum(parcels.values())
    return part(
        nation,
        chosen,
        [_shared(limit, share, cities / len(nation.cities)) for limit in nation.limits],
        measures=nation.measures and nation.measures.of_share(share),
        hubs=_hubs(nation, hubs),
    )


def _hubs(nation: Nation, most: int | None) -> set[str]:
    """Hubs without villages, and the first so many with villages of every city."""
    if most is None:
        return set(nation.hub)
    if most < 1:
        raise ValueError(f"{most} hubs a city")
    kept, seen = set[str](), dict.fromkeys(nation.city, 0)
    for hub in nation.hubs:
        villages = bool(nation.villages_of[hub.id])
        if not villages or seen[hub.city] < most:
            kept.add(hub.id)
        seen[hub.city] += villages
    return kept


def _shared(limit: Limit, share: float, of_cities: float) -> Limit:
    if isinstance(limit, GreenCitiesLimit):
        return limit.model_copy(update={"min_cities": math.floor(of_cities * limit.min_cities)})
    return shared_out(limit, share)
