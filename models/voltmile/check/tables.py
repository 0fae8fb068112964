"""The tables of a result held against the plan: fleet, chargers, routes, costs, cities and limits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from voltmile.check.charging import Charging
from voltmile.check.costs import Books
from voltmile.check.decisions import Decisions
from voltmile.check.fleet import Fleet
from voltmile.check.given import Given
from voltmile.check.limits import Used
from voltmile.check.measures import table_rows
from voltmile.check.report import ABSOLUTE, Findings
from voltmile.check.result import Row
from voltmile.check.routes import Driven

#: Key of a row -> what its cells must hold, by column.
Expected = Mapping[tuple[Any, ...], Mapping[str, Any]]


@dataclass(frozen=True)
class Recomputed:
    """Everything the tables report, worked out from the plan."""

    given: Given
    plan: Decisions
    fleet: Fleet
    charging: Charging
    books: Books
    driven: list[Driven]
    used: Mapping[str, Used]


@dataclass(frozen=True)
class Sheet:
    """How a table is checked.

    Attributes
    ----------
    rule : str
        Rule its violations go under.
    key : tuple of str
        Columns that tell rows apart.
    units : mapping of str to str
        Unit of the numeric columns.
    all_rows : bool
        Whether a row may be left out when all its numbers are zero.
    """

    rule: str
    key: tuple[str, ...]
    units: Mapping[str, str]
    may_omit_zeros: bool


SHEETS: dict[str, Sheet] = {
    "fleet.csv": Sheet("fleet_table", ("city", "vehicle_type", "year"), {}, True),
    "chargers.csv": Sheet("charger_table", ("hub", "charger_type", "year"), {}, True),
    "routes.csv": Sheet(
        "route_attributes",
        ("id",),
        {
            "load_kg": "kg",
            "load_m3": "m3",
            "distance_km": "km",
            "duration_h": "h",
            "energy_kwh": "kWh",
            "fuel_l": "l",
            "co2_kg": "kg",
            "cost_cny": "CNY",
        },
        False,
    ),
    "costs.csv": Sheet(
        "cost_term", ("city", "year", "term"), {"cash_cny": "CNY", "discounted_cny": "CNY"}, True
    ),
    "cities.csv": Sheet(
        "city_table", ("city", "year"), {"discounted_cny": "CNY", "co2_kg": "kg", "route_km": "km"}, False
    ),
    "measures.csv": Sheet("measures_table", ("year", "measure", "part", "what"), {}, True),
    "limits.csv": Sheet("limits_table", ("limit",), {"price_cny_per_unit": "CNY"}, False),
}


def check_tables(found: Mapping[str, list[Row]], right: Recomputed, findings: Findings) -> None:
    """Compare every table that could be read, row by row."""
    for name, rows in found.items():
        _compare(name, rows, dict(_EXPECTED[name](right)), findings)


def _compare(name: str, rows: list[Row], expected: Expected, findings: Findings) -> None:
    sheet, seen = SHEETS[name], set()
    for row in rows:
        key = tuple(row[column] for column in sheet.key)
        where = f"{name}, row {row['_row']} ({' '.join(str(part) for part in key if part is not None)})"
        if not findings.require(sheet.rule, key not in seen, where, "stands there more than once"):
            continue
        seen.add(key)
        if key in expected:
            _compare_row(sheet, where, row, expected[key], findings)
        else:
            empty = sheet.may_omit_zeros and _is_zero(row, sheet)
            findings.require(sheet.rule, empty, where, "has nothing behind it in plan.json")
    for key, values in expected.items():
        if key not in seen:
            where = f"{name} ({' '.join(str(part) for part in key if part is not None)})"
            empty = sheet.may_omit_zeros and _is_zero(values, sheet)
            findings.require(sheet.rule, empty, where, "the row is missing")


def _is_zero(values: Mapping[str, Any], sheet: Sheet) -> bool:
    numbers = [
        v
        for column, v in values.items()
        if column not in (*sheet.key, "_row") and not isinstance(v, bool | str)
    ]
    return all(value is None or abs(value) <= ABSOLUTE for value in numbers)


def _compare_row(sheet: Sheet, where: str, row: Row, expected: Mapping[str, Any], findings: Findings) -> None:
    for column, value in expected.items():
        found = row[column]
        if isinstance(value, int | float) and not isinstance(value, bool) and found is not None:
            findings.equal(sheet.rule, where, column, float(found), float(value), sheet.units.get(column, ""))
        else:
            message = f"{column} is {found!r}, recomputed {value!r}"
            findings.require(sheet.rule, found == value, where, message)


Rows = Iterator[tuple[tuple[Any, ...], Mapping[str, Any]]]


def _fleet(right: Recomputed) -> Rows:
    g, plan = right.given, right.plan
    sold: dict[tuple[str, str, int], int] = defaultdict(int)
    for (c, k, _, y), count in plan.sell.items():
        sold[c, k, y] += count
    for key in plan.buy.keys() | sold.keys() | right.fleet.owned.keys():
        yield (
            key,
            {
                "bought": plan.buy.get(key, 0),
                "sold": sold.get(key, 0),
                "stock": right.fleet.owned.get(key, 0),
                "electric": g.is_electric(key[1]),
            },
        )


def _chargers(right: Recomputed) -> Rows:
    for key, installed in right.charging.installed.items():
        yield key, {"built": right.plan.build.get(key, 0), "installed": installed}


def _routes(right: Recomputed) -> Rows:
    g = right.given
    for one in right.driven:
        route, electric = one.route, g.is_electric(one.route.vehicle_type)
        co2 = g.fuel_co2(route.vehicle_type) * one.energy
        if electric:
            efficiency = right.charging.efficiency((route.hub, route.year, route.day_type))
            co2 = one.energy / efficiency * g.grid_co2(one.city, route.year) if efficiency > 0 else 0.0
        yield (
            (route.id,),
            {
                "city": one.city,
                "hub": route.hub,
                "vehicle_type": route.vehicle_type,
                "powertrain": g.vehicles[route.vehicle_type].powertrain,
                "year": route.year,
                "day_type": route.day_type,
                "stops": len(route.stops),
                "parcels": one.parcels,
                "load_kg": one.kg,
                "load_m3": one.m3,
                "distance_km": one.km,
                "duration_h": one.hours,
                "energy_kwh": one.energy if electric else 0.0,
                "fuel_l": 0.0 if electric else one.energy,
                "co2_kg": co2,
                "cost_cny": one.cost_cny,
                "villages": " ".join(route.stops),
            },
        )


def _costs(right: Recomputed) -> Rows:
    for account, cash in right.books.cash.items():
        city, year, term = account
        yield (city, str(year), term), {"cash_cny": cash, "discounted_cny": right.books.discounted(account)}


def _cities(right: Recomputed) -> Rows:
    g, books = right.given, right.books
    discounted: dict[tuple[Any, Any], float] = defaultdict(float)
    for account in books.cash:
        discounted[account[0], account[1]] += books.discounted(account)
    km: dict[tuple[str, int], float] = defaultdict(float)
    visits: dict[tuple[str, int], float] = defaultdict(float)
    urban: dict[tuple[str, int], float] = defaultdict(float)
    for one in right.driven:
        days = g.days[one.route.day_type].days_per_year
        km[one.city, one.route.year] += days * one.km
        visits[one.city, one.route.year] += days * len(one.route.stops)
    for (h, _, y, d), vehicle_days in right.plan.urban.items():
        urban[g.hubs[h].city, y] += g.days[d].days_per_year * vehicle_days
    for c in g.cities:
        hubs = {hub.id for hub in g.hubs_of[c]}
        for y in g.years:
            yield (
                (c, y),
                {
                    "discounted_cny": discounted[c, y],
                    "co2_kg": books.co2_kg.get((c, y), 0.0),
                    "vehicles": right.fleet.count(c, g.vehicles, y),
                    "electric_vehicles": right.fleet.count(c, filter(g.is_electric, g.vehicles), y),
                    "chargers": sum(right.charging.installed[h, s, y] for h in hubs for s in g.chargers),
                    "route_km": km[c, y],
                    "visits": visits[c, y],
                    "urban_vehicle_days": urban[c, y],
                },
            )


def _limits(right: Recomputed) -> Rows:
    for limit in right.given.nation.header.limit:
        used = right.used[limit.id]
        yield (
            (limit.id,),
            {
                "kind": limit.kind,
                "year": used.year,
                "used": used.used,
                "allowed": used.allowed,
                "slack": used.slack,
                "price_cny_per_unit": limit.price_cny_per_unit,
            },
        )


_EXPECTED: dict[str, Callable[[Recomputed], Rows]] = {
    "fleet.csv": _fleet,
    "chargers.csv": _chargers,
    "routes.csv": _routes,
    "costs.csv": _costs,
    "cities.csv": _cities,
    "limits.csv": _limits,
    "measures.csv": lambda right: table_rows(right.given, right.plan),
}
