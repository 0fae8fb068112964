"""Faults that show only when the files of an instance are held against each other."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from voltmile.problem.faults import Fault, nearest
from voltmile.problem.limits import FundLimit, LabelsLimit, SupplyLimit
from voltmile.problem.nation import Nation
from voltmile.problem.records import Record
from voltmile.problem.vehicles import FuelVehicle


def reference_faults(nation: Nation) -> list[Fault]:
    """Every fault between the files: doubled ids, unknown references, lists of a wrong length, gaps."""
    checks: tuple[Callable[[Nation], Iterator[Fault]], ...] = (
        _doubled,
        _unknown,
        _lengths,
        _limits,
        _gaps,
        _urban,
        _ages,
        _windows,
        _upgrades,
        _distances,
        _parameters,
    )
    return [fault for check in checks for fault in check(nation)]


def _rows(records: Iterable[Record]) -> Iterator[tuple[str, Any]]:
    """Each record of a table with its row as a spreadsheet counts it."""
    return ((f"row {number}", record) for number, record in enumerate(records, start=2))


def _doubled(n: Nation) -> Iterator[Fault]:
    keyed: list[tuple[str, str, list[Any]]] = [
        ("instance.toml", "day_type.id", [d.id for d in n.day_types]),
        ("instance.toml", "limit.id", [limit.id for limit in n.limits]),
        ("vehicles.toml", "vehicle_type.id", [k.id for k in n.vehicle_types]),
        ("energy.toml", "fuel.id", [f.id for f in n.energy_book.fuel]),
        ("energy.toml", "tariff.id", [t.id for t in n.energy_book.tariff]),
        ("energy.toml", "charger_type.id", [s.id for s in n.charger_types]),
        ("cities.csv", "id", [c.id for c in n.cities]),
        ("hubs.csv", "id", [h.id for h in n.hubs]),
        ("villages.csv", "id", [i.id for i in n.villages]),
        ("temperatures.csv", "city, day_type", [(t.city, t.day_type) for t in n.temperatures]),
        ("grid.csv", "grid, kind, year", [(g.grid, g.kind, g.year) for g in n.grid]),
        ("existing_fleet.csv", "key", [(e.city, e.vehicle_type, e.age_years) for e in n.existing_fleet]),
        ("existing_chargers.csv", "key", [(e.hub, e.charger_type, e.age_years) for e in n.existing_chargers]),
        ("distances.csv", "hub, from, to", [(r.hub, r.from_node, r.to_node) for r in n.distances]),
    ]
    keyed.append(("measures.toml", "packaging.id", [o.id for o in n.campaign.packaging]))
    for tariff in n.energy_book.tariff:
        keyed.append(("energy.toml", f"tariff {tariff.id}, period.id", [p.id for p in tariff.period]))
    for file, where, keys in keyed:
        for key, count in Counter(keys).items():
            if count > 1:
                yield Fault(file, where, f"{key!r} stands there {count} times; valid: once")
    nodes = Counter([h.id for h in n.hubs] + [i.id for i in n.villages])
    for hub in n.hubs:
        if nodes[hub.id] > 1 and hub.id in n.village:
            yield Fault("villages.csv", "id", f"{hub.id!r} is also the id of a hub; valid: ids of their own")


def _unknown(n: Nation) -> Iterator[Fault]:
    grids = {row.grid for row in n.grid}
    references: list[tuple[str, Iterable[Record], str, Iterable[str]]] = [
        ("cities.csv", n.cities, "tariff", n.tariff),
        ("cities.csv", n.cities, "grid", grids),
        ("hubs.csv", n.hubs, "city", n.city),
        ("villages.csv", n.villages, "hub", n.hub),
        ("temperatures.csv", n.temperatures, "city", n.city),
        ("temperatures.csv", n.temperatures, "day_type", n.day_type),
        ("existing_fleet.csv", n.existing_fleet, "city", n.city),
        ("existing_fleet.csv", n.existing_fleet, "vehicle_type", n.vehicle_type),
        ("existing_chargers.csv", n.existing_chargers, "hub", n.hub),
        ("existing_chargers.csv", n.existing_chargers, "charger_type", n.charger_type),
        ("distances.csv", n.distances, "hub", n.hub),
    ]
    for file, rows, field, valid in references:
        names = set(valid)
        for where, row in _rows(rows):
            found = getattr(row, field)
            if found not in names:
                yield Fault(file, f"{where}, {field}", f"{found!r} is unknown; {nearest(found, names)}")
    for k in n.vehicle_types:
        if isinstance(k, FuelVehicle) and k.fuel not in n.fuel:
            yield Fault("vehicles.toml", f"{k.id}.fuel", f"{k.fuel!r} is unknown; {nearest(k.fuel, n.fuel)}")


def _books(n: Nation) -> dict[str, Record]:
    """Return the records by the TOML file they come from."""
    books: dict[str, Record] = {
        "instance.toml": n.header,
        "vehicles.toml": n.vehicle_book,
        "energy.toml": n.energy_book,
    }
    return books if n.measures is None else books | {"measures.toml": n.measures}


def _lengths(n: Nation) -> Iterator[Fault]:
    for file, book in _books(n).items():
        for path, values in _by_year(book):
            if len(values) != len(n.years):
                wanted = f"one entry for each of the {len(n.years)} years"
                yield Fault(file, path, f"has {len(values)} entries; valid: {wanted} of horizon.years")


def _by_year(record: Record, prefix: str = "") -> Iterator[tuple[str, tuple[float, ...]]]:
    for name in type(record).model_fields:
        value = getattr(record, name)
        path = f"{prefix}{name}"
        if name.endswith("_by_year"):
            yield path, value
        elif isinstance(value, Record):
            yield from _by_year(value, f"{path}.")
        elif isinstance(value, tuple):
            for item in value:
                if isinstance(item, Record):
                    yield from _by_year(item, f"{path}.{getattr(item, 'id', '?')}.")


def _limits(n: Nation) -> Iterator[Fault]:
    for limit in n.limits:
        where = f"limit {limit.id}"
        year = n.year_of(limit)
        if year not in n.years:
            yield Fault("instance.toml", f"{where}.year", f"{year} is not planned; valid: {list(n.years)}")
        if isinstance(limit, SupplyLimit):
            for k in limit.vehicle_types:
                if k not in n.vehicle_type:
                    message = f"{k!r} is unknown; {nearest(k, n.vehicle_type)}"
                    yield Fault("instance.toml", f"{where}.vehicle_types", message)
        elif isinstance(limit, LabelsLimit) and n.campaign.e_label is None:
            yield Fault("instance.toml", where, "counts e-labels, but measures.toml has no [e_label]")
        elif isinstance(limit, FundLimit):
            yield from _unfunded(n, limit, where)
        elif limit.kind == "green_cities" and limit.min_cities > len(n.cities):
            message = f"{limit.min_cities} is more than there are; valid: at most {len(n.cities)}"
            yield Fault("instance.toml", f"{where}.min_cities", message)


def _unfunded(n: Nation, limit: FundLimit, where: str) -> Iterator[Fault]:
    """Measures that a fund pays for and that there are not."""
    there = [name for name in type(n.campaign).model_fields if getattr(n.campaign, name)]
    for term in limit.counts:
        if term not in there:
            message = f"measures.toml has no {term!r}; {nearest(term, there)}"
            yield Fault("instance.toml", f"{where}.counts", message)


def _gaps(n: Nation) -> Iterator[Fault]:
    there = {(row.city, row.day_type) for row in n.temperatures}
    factors = {(row.grid, row.year) for row in n.grid if row.kind == n.header.carbon.grid_factor}
    hubs = {hub.city for hub in n.hubs}
    for where, city in _rows(n.cities):
        for day in n.day_types:
            if (city.id, day.id) not in there:
                yield Fault("temperatures.csv", "", f"no row for city {city.id!r}, day type {day.id!r}")
        for year in n.years:
            if (city.grid, year) not in factors:
                kind = n.header.carbon.grid_factor
                yield Fault("grid.csv", "", f"no row for grid {city.grid!r}, kind {kind!r}, year {year}")
        if city.id not in hubs:
            message = f"{city.id!r} has no hub in hubs.csv; valid: at least one"
            yield Fault("cities.csv", f"{where}, id", message)


def _urban(n: Nation) -> Iterator[Fault]:
    """Cities whose urban parcels no hub or no vehicle type delivers."""
    serving = {hub.city for hub in n.hubs if hub.serves_urban}
    delivered = any(k.urban_parcels_per_day > 0 for k in n.vehicle_types)
    for where, city in _rows(n.cities):
        field, parcels = f"{where}, urban_parcels_per_day", city.urban_parcels_per_day
        if parcels > 0 and city.id not in serving:
            yield Fault("cities.csv", field, f"{parcels} but no hub of {city.id!r} has serves_urban = true")
        if parcels > 0 and not delivered:
            message = f"{parcels} in {city.id!r}, but every vehicle type in vehicles.toml delivers 0"
            valid = "0, or a vehicle type with urban_parcels_per_day above 0"
            yield Fault("cities.csv", field, f"{message}; valid: {valid}")


def _ages(n: Nation) -> Iterator[Fault]:
    vehicles = {k.id: k.life_years for k in n.vehicle_types}
    chargers = {s.id: s.life_years for s in n.charger_types}
    lives: list[tuple[str, Iterable[Record], str, dict[str, int]]] = [
        ("existing_fleet.csv", n.existing_fleet, "vehicle_type", vehicles),
        ("existing_chargers.csv", n.existing_chargers, "charger_type", chargers),
    ]
    for file, rows, field, life in lives:
        for where, row in _rows(rows):
            kind, age = getattr(row, field), row.age_years
            if kind in life and age > life[kind]:
                message = f"{age} is beyond the life of {kind!r}; valid: 1 to {life[kind]}"
                yield Fault(file, f"{where}, age_years", message)


def _windows(n: Nation) -> Iterator[Fault]:
    shift = n.header.work.shift_h
    for where, village in _rows(n.villages):
        if village.window_open_h is not None and village.window_open_h > shift:
            message = f"{village.window_open_h} is after the shift of {shift} h"
            yield Fault("villages.csv", f"{where}, window_open_h", message)


def _upgrades(n: Nation) -> Iterator[Fault]:
    if n.energy_book.grid_upgrade is not None:
        return
    for where, hub in _rows(n.hubs):
        if hub.grid_upgrade_max_kw > 0:
            message = f"found {hub.grid_upgrade_max_kw}, but energy.toml has no [grid_upgrade]; valid: 0"
            yield Fault("hubs.csv", f"{where}, grid_upgrade_max_kw", message)


def _distances(n: Nation) -> Iterator[Fault]:
    for where, row in _rows(n.distances):
        for field, node in (("from", row.from_node), ("to", row.to_node)):
            village = n.village.get(node)
            if node != row.hub and (village is None or village.hub != row.hub):
                message = f"{node!r} is neither the hub {row.hub!r} nor one of its villages"
                yield Fault("distances.csv", f"{where}, {field}", message)


_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def _parameters(n: Nation) -> Iterator[Fault]:
    books = _books(n)
    for where, row in _rows(n.parameters):
        if row.file not in books or row.value is None:
            continue
        found = _look_up(books[row.file], row.field)
        if found is None:
            yield Fault("parameters.csv", f"{where}, field", f"{row.field!r} is not in {row.file}")
        elif found != row.value:
            message = f"{row.value} here, but {row.file} has {found} at {row.field}; valid: the same"
            yield Fault("parameters.csv", f"{where}, value", message)


def _look_up(record: Any, path: str) -> float | None:
    for name, index in _STEP.findall(path):
        if index:
            record = record[int(index)] if isinstance(record, tuple) and int(index) < len(record) else None
        elif isinstance(record, tuple):
            record = next((item for item in record if str(getattr(item, "id", "")) == name), None)
        else:
            record = getattr(record, name, None)
        if record is None:
            return None
    return float(record) if isinstance(record, int | float) else None
