"""The join: where the register's townships and county seats are, by name within the province.

A place serves one township. Names that several places or townships share are decided by the distance to
the county's median; what lies too far from the rest of its county is dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from .divisions import Register, Township
from .gazetteer import Gazetteer, Place
from .geometry import km, median_point

CITY_OUTLIER_KM = 250.0
"""A township this far from the median of its city's townships is another place of the same name."""
COUNTY_OUTLIER_KM = 60.0
"""The same for the county."""
AMBIGUOUS_KM = 40.0
"""Of several places of a name, the nearest to the county's median counts, up to this distance."""
SEAT_KM = 40.0
"""A county seat is this near to the median of the county's townships."""

TOWNSHIPS_MIN = 3
"""The median of fewer townships proves nothing; they must lie within SEAT_KM of the county's seat by name."""

Points = dict[str, tuple[float, float]]


@dataclass(frozen=True)
class Join:
    """Townships found, with figures about how."""

    place_of: dict[str, Place]
    county_median: Points
    figures: dict[str, int]


def candidates(register: Register, gazetteer: Gazetteer) -> tuple[dict[str, list[Place]], dict[str, int]]:
    """Return the places that bear each township's name, and how many names were found how."""
    found: dict[str, list[Place]] = {}
    figures = {"full": 0, "base": 0}
    for code, township in sorted(register.townships.items()):
        how, places = gazetteer.find(township.province, township.name)
        if places:
            found[code] = places
            figures[how] += 1
    return found, figures


def sole_matches(found: dict[str, list[Place]]) -> dict[str, Place]:
    """Return the townships with one place that no other township claims."""
    claims: dict[int, int] = defaultdict(int)
    for places in found.values():
        for place in places:
            claims[place.id] += 1
    return {code: p[0] for code, p in found.items() if len(p) == 1 and claims[p[0].id] == 1}


def medians(groups: Iterable[tuple[str, Place]]) -> Points:
    """Return the median point of the places of each group."""
    points: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for group, place in groups:
        points[group].append(place.point)
    return {group: median_point(p) for group, p in points.items()}


def without_outliers(
    matches: dict[str, Place], group_of: dict[str, str], limit_km: float
) -> dict[str, Place]:
    """Keep the matches within a distance of the median of their group."""
    centre = medians((group_of[code], place) for code, place in matches.items())
    return {c: p for c, p in matches.items() if km(*p.point, *centre[group_of[c]]) <= limit_km}


def nearest_matches(
    found: dict[str, list[Place]], sole: dict[str, Place], townships: dict[str, Township], centre: Points
) -> dict[str, Place]:
    """Give the places still free to the remaining townships, the nearest to the county's median first."""
    pairs = [
        (km(*place.point, *centre[townships[code].county]), code, place)
        for code, places in found.items()
        if code not in sole and townships[code].county in centre
        for place in places
    ]
    taken = {place.id for place in sole.values()}
    matched: dict[str, Place] = {}
    for distance, code, place in sorted(pairs, key=lambda pair: (pair[0], pair[1], pair[2].id)):
        if distance <= AMBIGUOUS_KM and code not in matched and place.id not in taken:
            matched[code] = place
            taken.add(place.id)
    return matched


def confirmed(
    matches: dict[str, Place], register: Register, gazetteer: Gazetteer, city_median: Points
) -> dict[str, Place]:
    """Keep counties with TOWNSHIPS_MIN townships; of the others the townships near the county's seat."""
    of_county: dict[str, list[str]] = defaultdict(list)
    for code in matches:
        of_county[register.townships[code].county].append(code)
    kept = {}
    for county, codes in sorted(of_county.items()):
        seat = None
        if len(codes) < TOWNSHIPS_MIN and county in register.counties:
            centre = city_median[register.townships[codes[0]].city]
            seat = seat_of(register.counties[county], county[:2], centre, gazetteer, CITY_OUTLIER_KM)
        for code in codes:
            place = matches[code]
            if len(codes) >= TOWNSHIPS_MIN or (seat and km(*place.point, *seat.point) <= SEAT_KM):
                kept[code] = place
    return kept


def join(register: Register, gazetteer: Gazetteer) -> Join:
    """Find the townships' places."""
    county_of = {code: t.county for code, t in register.townships.items()}
    city_of = {code: t.city for code, t in register.townships.items()}
    found, figures = candidates(register, gazetteer)
    unique = sole_matches(found)
    kept = without_outliers(unique, city_of, CITY_OUTLIER_KM)
    kept = without_outliers(kept, county_of, COUNTY_OUTLIER_KM)
    centre = medians((county_of[code], place) for code, place in kept.items())
    near = nearest_matches(found, kept, register.townships, centre)
    city_median = medians((city_of[code], place) for code, place in (kept | near).items())
    place_of = dict(sorted(confirmed(kept | near, register, gazetteer, city_median).items()))
    figures |= {
        "named": len(found),
        "sole": len(unique),
        "sole_outliers": len(unique) - len(kept),
        "by_distance": len(near),
        "unconfirmed": len(kept) + len(near) - len(place_of),
        "located": len(place_of),
    }
    return Join(place_of, medians((county_of[c], p) for c, p in place_of.items()), figures)


def seat_of(
    name: str, province: str, near: tuple[float, float] | None, gazetteer: Gazetteer, limit_km: float
) -> Place | None:
    """Return the most populous place that bears a county's or city's name and lies near a point."""
    names = {(province, name): gazetteer.by_full_name, (province, name[:-1]): gazetteer.by_full_name}
    places = {p.id: p for key, table in names.items() for p in table.get(key, [])}
    if not places:
        places = {p.id: p for p in gazetteer.find(province, name)[1]}
    close = [p for p in places.values() if near is None or km(*p.point, *near) <= limit_km]
    return max(close, key=lambda p: (p.population, -p.id), default=None)
