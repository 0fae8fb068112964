"""The plan as look-ups by index letters, every entry held against the sets and bounds of its variable."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from voltmile.check.ceilings import Ceilings
from voltmile.check.given import Given
from voltmile.check.report import ABSOLUTE, Findings, number, slack_for
from voltmile.problem.plan import Plan
from voltmile.problem.records import Record


@dataclass
class Decisions:
    """Values of the variables by their index letters; what is not there is 0.

    Entries with unknown ids are left out (and noted as violations of ``reference``).
    """

    buy: dict[tuple[str, str, int], int] = field(default_factory=dict)
    sell: dict[tuple[str, str, int, int], int] = field(default_factory=dict)
    build: dict[tuple[str, str, int], int] = field(default_factory=dict)
    upgrade: dict[tuple[str, int], float] = field(default_factory=dict)
    urban: dict[tuple[str, str, int, str], float] = field(default_factory=dict)
    charge: dict[tuple[str, str, str, int, str], float] = field(default_factory=dict)
    public: dict[tuple[str, int, str], float] = field(default_factory=dict)
    printers: dict[int, float] = field(default_factory=dict)
    labels: dict[int, float] = field(default_factory=dict)
    packed: dict[tuple[str, int, int], float] = field(default_factory=dict)
    boxes: dict[tuple[str, int], float] = field(default_factory=dict)
    pool: dict[tuple[str, int], float] = field(default_factory=dict)
    trips: dict[tuple[str, int], float] = field(default_factory=dict)
    spent: dict[int, float] = field(default_factory=dict)
    declined: dict[int, float] = field(default_factory=dict)
    green: dict[tuple[str, str], int] = field(default_factory=dict)
    slack: dict[str, float] = field(default_factory=dict)


#: Part of the plan, its key fields, its amount field (None: 1), its unit.
PARTS: tuple[tuple[str, tuple[str, ...], str | None, str], ...] = (
    ("buy", ("city", "vehicle_type", "year"), "count", "vehicles"),
    ("sell", ("city", "vehicle_type", "vintage", "year"), "count", "vehicles"),
    ("build", ("hub", "charger_type", "year"), "count", "chargers"),
    ("upgrade", ("hub", "year"), "kw", "kW"),
    ("urban", ("hub", "vehicle_type", "year", "day_type"), "vehicle_days", "vehicle-days"),
    ("charge", ("hub", "charger_type", "period", "year", "day_type"), "kwh", "kWh"),
    ("public", ("hub", "year", "day_type"), "kwh", "kWh"),
    ("green", ("limit", "city"), None, "city"),
    ("slack", ("limit",), "amount", "units"),
)

#: The same for the measures of the plan; the first name is that of the decision.
MEASURES: tuple[tuple[str, str, tuple[str, ...], str, str], ...] = (
    ("printers", "e_label", ("year",), "printers_thousand", "thousand printers"),
    ("labels", "e_label", ("year",), "labels_million", "million labels"),
    ("packed", "packaging", ("platform", "step", "year"), "parcels_million", "million parcels"),
    ("boxes", "boxes", ("city", "year"), "bought_thousand", "thousand boxes"),
    ("pool", "boxes", ("city", "year"), "owned_thousand", "thousand boxes"),
    ("trips", "boxes", ("city", "year"), "trips_thousand", "thousand trips"),
    ("spent", "cutlery", ("year",), "spent_thousand_cny", "thousand CNY"),
    ("declined", "cutlery", ("year",), "orders_million", "million orders"),
)


def read_decisions(given: Given, ceilings: Ceilings, plan: Plan, findings: Findings) -> Decisions:
    """Sort the plan by index letters; note unknown ids, double entries and values out of bounds."""
    decisions = Decisions()
    valid = _valid_values(given)
    upper = _upper_bounds(given, ceilings)
    parts = [(part, getattr(plan, part), keys, amount, unit) for part, keys, amount, unit in PARTS]
    parts += [(name, getattr(plan.measures, part), *rest) for name, part, *rest in MEASURES]
    for part, records, keys, amount, unit in parts:
        table: dict[Any, float] = getattr(decisions, part)
        for record in records:
            key = tuple(getattr(record, name) for name in keys)
            where = f"{part} {' '.join(map(str, key))}"
            if not _is_known(given, record, keys, valid, where, findings):
                continue
            index = key if len(key) > 1 else key[0]
            findings.require("duplicate", index not in table, where, "stands in plan.json more than once")
            value = getattr(record, amount) if amount else 1
            table[index] = table.get(index, 0) + value
            highest = upper[part](*key)
            ok = -ABSOLUTE <= value <= highest + slack_for(highest)
            findings.require(
                "bounds", ok, where, f"is {number(value)} {unit}; valid: 0 to {number(highest)} {unit}"
            )
    return decisions


def _valid_values(given: Given) -> dict[str, Iterable[object]]:
    return {
        "city": given.cities,
        "hub": given.hubs,
        "vehicle_type": given.vehicles,
        "charger_type": given.chargers,
        "year": given.years,
        "day_type": given.days,
        "limit": {limit.id: limit for limit in given.nation.header.limit},
        "platform": given.platforms,
        "vintage": range(-(10**6), given.end),
    }


def _is_known(
    given: Given,
    record: Record,
    keys: Sequence[str],
    valid: dict[str, Iterable[object]],
    where: str,
    findings: Findings,
) -> bool:
    unknown = [
        f"{name} {getattr(record, name)!r}"
        for name in keys
        if name in valid and getattr(record, name) not in valid[name]
    ]
    period, hub = getattr(record, "period", None), given.hubs.get(getattr(record, "hub", ""))
    if period is not None and hub is not None and period not in given.periods_of[hub.city]:
        unknown.append(
            f"period {period!r} (the tariff of {hub.city!r} has {' '.join(given.periods_of[hub.city])})"
        )
    return findings.require(
        "reference", not unknown, where, f"names what the instance has not: {', '.join(unknown)}"
    )


def _upper_bounds(given: Given, ceilings: Ceilings) -> dict[str, Callable[..., float]]:
    limits = {limit.id: limit for limit in given.nation.header.limit}
    return {
        "buy": lambda c, k, _y: ceilings.fleet_max[c, k],
        "sell": lambda c, k, v, _y: ceilings.vintage(c, k, v),
        "build": lambda h, s, _y: ceilings.build(h, s),
        "upgrade": lambda h, _y: given.hubs[h].grid_upgrade_max_kw,
        "urban": lambda h, k, y, d: ceilings.urban(h, k, y, d),
        "charge": lambda h, _s, p, _y, _d: ceilings.charge(h, p),
        "public": lambda h, y, d: ceilings.public(h, y, d),
        "printers": lambda _y: ceilings.printers(),
        "labels": ceilings.labels,
        "packed": ceilings.packed,
        "boxes": lambda c, _y: ceilings.boxes(c),
        "pool": lambda c, _y: ceilings.boxes(c),
        "trips": ceilings.trips,
        "spent": ceilings.spent,
        "declined": ceilings.declined,
        "green": lambda limit, _c: 1.0 if limits[limit].kind == "green_cities" else 0.0,
        "slack": lambda _limit: math.inf,
    }
