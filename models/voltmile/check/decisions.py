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


def read_decisions(given: Given, ceilings: Ceilings, plan: Plan, findings: Findings) -> Decisions:
    """Sort the plan by index letters; note unknown ids, double entries and values out of bounds."""
    decisions = Decisions()
    valid = _valid_values(given)
    upper = _upper_bounds(given, ceilings)
    for part, keys, amount, unit in PARTS:
        table: dict[Any, float] = getattr(decisions, part)
        for record in getattr(plan, part):
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
        "green": lambda limit, _c: 1.0 if limits[limit].kind == "green_cities" else 0.0,
        "slack": lambda _limit: math.inf,
    }
