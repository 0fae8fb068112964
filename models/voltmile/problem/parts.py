"""Parts of a nation: some of its cities, with other limits."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from voltmile.problem.limits import Limit
from voltmile.problem.measures import Measures
from voltmile.problem.nation import Header, Nation


def part(
    nation: Nation,
    cities: Collection[str],
    limits: Sequence[Limit],
    *,
    measures: Measures | None = None,
    hubs: Collection[str] | None = None,
) -> Nation:
    """Return the nation of some cities under given limits.

    Parameters
    ----------
    cities : collection of str
        City ids; hubs, villages and everything owned elsewhere are left out.
    limits : sequence of Limit
        Instead of the nation's.
    measures : Measures, optional
        Instead of the nation's, whose volumes are those of the whole nation; none by default.
    hubs : collection of str, optional
        Hub ids; of the cities' hubs only these are kept. All by default.
    """
    kept = {hub.id for hub in nation.hubs if hub.city in cities and (hubs is None or hub.id in hubs)}
    header = {name: getattr(nation.header, name) for name in type(nation.header).model_fields}
    # A new record, not a copy of the old one: a copy would keep the old one's look-up tables.
    return Nation(
        header=Header(**{**header, "limit": tuple(limits)}),
        vehicle_book=nation.vehicle_book,
        energy_book=nation.energy_book,
        cities=tuple(c for c in nation.cities if c.id in cities),
        hubs=tuple(h for h in nation.hubs if h.id in kept),
        villages=tuple(v for v in nation.villages if v.hub in kept),
        temperatures=tuple(t for t in nation.temperatures if t.city in cities),
        grid=nation.grid,
        existing_fleet=tuple(e for e in nation.existing_fleet if e.city in cities),
        existing_chargers=tuple(e for e in nation.existing_chargers if e.hub in kept),
        distances=tuple(d for d in nation.distances if d.hub in kept),
        measures=measures,
    )
