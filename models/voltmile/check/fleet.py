"""Vehicles: those owned in each year, and whether they are enough, young and electric (Eqs. 2-4, 8, 9)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from voltmile.check.decisions import Decisions
from voltmile.check.given import Given
from voltmile.check.report import Findings
from voltmile.check.routes import Driven


@dataclass(frozen=True)
class Fleet:
    """Vehicles owned.

    Attributes
    ----------
    stock : dict of (c, k, v, y) to int
        By vintage; only where it is not 0.
    owned : dict of (c, k, y) to int
        Over all vintages.
    """

    stock: dict[tuple[str, str, int, int], int]
    owned: dict[tuple[str, str, int], int]

    def count(self, c: str, kinds: Iterable[str], y: int) -> int:
        """Vehicles of the named types a city owns in a year."""
        return sum(self.owned.get((c, k, y), 0) for k in kinds)


def count_fleet(given: Given, plan: Decisions, findings: Findings) -> Fleet:
    """Follow every vintage through the years (Eq. 3): what is sold must be there, the too old must go."""
    sold: dict[tuple[str, str, int], dict[int, int]] = defaultdict(dict)
    for (c, k, v, y), count in plan.sell.items():
        sold[c, k, v][y] = count
        life = given.vehicles[k].life_years
        message = f"vintage {v} can be sold in {max(v + 1, given.years[0])} to {v + life} only"
        findings.require("stock", v < y <= v + life, f"{c} {k} {v} {y}", message)
    bought = {(c, k, y): count for (c, k, y), count in plan.buy.items()}
    bought |= {
        (c, k, v): n for (c, k), vintages in given.existing_vehicles.items() for v, n in vintages.items()
    }
    stock: dict[tuple[str, str, int, int], int] = {}
    owned: dict[tuple[str, str, int], int] = defaultdict(int)
    for c, k, v in sorted(bought.keys() | sold.keys()):
        left = bought.get((c, k, v), 0)
        for y in range(max(v, given.years[0]), given.end):
            left -= sold[c, k, v].get(y, 0)
            _check_vintage(given, (c, k, v, y), left, findings)
            if left:
                stock[c, k, v, y] = left
                owned[c, k, y] += left
    return Fleet(stock, dict(owned))


def _check_vintage(given: Given, vintage: tuple[str, str, int, int], left: int, findings: Findings) -> None:
    c, k, v, y = vintage
    where = f"{c} {k} {v} {y}"
    message = f"{-left} more vehicles of vintage {v} are sold by {y} than there were"
    findings.require("stock", left >= 0, where, message)
    life = given.vehicles[k].life_years
    if y - v >= life:
        message = (
            f"{left} vehicles of vintage {v} are kept in {y} at the age of {y - v}; they last {life} years"
        )
        findings.require("retirement", left <= 0, where, message)


def check_fleet(
    given: Given, plan: Decisions, fleet: Fleet, driven: list[Driven], findings: Findings
) -> None:
    """Check vehicle days, urban service and the cities' rules on electric vehicles."""
    _check_vehicle_days(given, plan, fleet, driven, findings)
    _check_urban_service(given, plan, findings)
    for c, city in given.cities.items():
        if city.electric_share_min > 0:
            electric, every = electric_and_all(given, fleet, c)
            wanted = city.electric_share_min * every
            what = f"of {every} vehicles in {given.years[-1]} are electric"
            findings.at_least("electric_share", c, what, electric, wanted, "vehicles")
        since = city.ev_only_from_year
        for k in given.vehicles:
            for y in given.years:
                if since is not None and since <= y and not given.is_electric(k):
                    count = plan.buy.get((c, k, y), 0)
                    what = f"buys only electric vehicles from {since} on; {k} bought in {y}:"
                    findings.at_most("electric_only", f"{c} {k} {y}", what, count, 0, "vehicles")


def electric_and_all(given: Given, fleet: Fleet, c: str) -> tuple[int, int]:
    """Electric vehicles and all vehicles of a city in the last year."""
    last = given.years[-1]
    electric = fleet.count(c, (k for k in given.vehicles if given.is_electric(k)), last)
    return electric, fleet.count(c, given.vehicles, last)


def _check_vehicle_days(
    given: Given, plan: Decisions, fleet: Fleet, driven: list[Driven], findings: Findings
) -> None:
    needed: dict[tuple[str, str, int, str], float] = defaultdict(float)
    for one in driven:
        needed[one.city, one.route.vehicle_type, one.route.year, one.route.day_type] += 1
    for (h, k, y, d), days in plan.urban.items():
        needed[given.hubs[h].city, k, y, d] += days
    for c in given.cities:
        for k, vehicle in given.vehicles.items():
            for y in given.years:
                able = vehicle.availability * fleet.owned.get((c, k, y), 0)
                for d in given.days:
                    where = f"{c} {k} {y} {d}"
                    used = needed.get((c, k, y, d), 0.0)
                    findings.at_most(
                        "vehicle_days", where, "routes and urban tours need", used, able, "vehicles"
                    )


def _check_urban_service(given: Given, plan: Decisions, findings: Findings) -> None:
    served: dict[tuple[str, int, str], float] = defaultdict(float)
    for (h, k, y, d), days in plan.urban.items():
        c = given.hubs[h].city
        served[c, y, d] += given.productivity(c, k) * days
        message = "has urban tours although serves_urban is false"
        findings.require("urban_hub", given.hubs[h].serves_urban or days <= 0, f"{h} {k} {y} {d}", message)
    for c in given.cities:
        for y in given.years:
            for d in given.days:
                wanted = given.urban_demand(c, y, d)
                found = served.get((c, y, d), 0.0)
                findings.at_least(
                    "urban_service", f"{c} {y} {d}", "urban tours deliver", found, wanted, "parcels"
                )
