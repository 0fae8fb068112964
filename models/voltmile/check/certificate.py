"""Reading certificate.json: dual values of the joint program by row, and of every hub-day."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from voltmile.check.given import Given
from voltmile.check.report import Findings, number

HubDay = tuple[str, int, str]
"""Hub, year, day type."""

#: Dual values of <= rows are <= 0, of >= rows >= 0, of = rows free (minimisation).
SIGN = {
    "vehicle_days": -1,
    "stock": 0,
    "urban_service": 1,
    "energy_balance": 0,
    "charger_power": -1,
    "grid": -1,
    "upgrade_limit": -1,
    "electric_share": 1,
    "budget": -1,
    "supply": -1,
    "carbon": -1,
    "green_share": 1,
    "green_count": 1,
    "journey": -1,
    "labels": 1,
    "fund": -1,
    "label_printing": -1,
    "packaging_rise": -1,
    "packaging_kept": 1,
    "box_pool": 0,
    "box_trips": -1,
    "cutlery_response": -1,
}
#: Solvers return duals of the wrong sign by up to this much (relative to the larger ones); they count as 0.
SIGN_ROOM = 1e-6


class _Part(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class _Dual(_Part):
    row: str
    value: float


class CapacityCut(_Part):
    """Rounded capacity cut on a set of villages."""

    villages: list[str] = Field(min_length=1)
    dimension: Literal["kg", "m3"]
    divisor: float = Field(gt=0)
    dual: float


class ConnectivityCut(_Part):
    """A type that serves the anchor enters the villages around it."""

    vehicle_type: str
    villages: list[str] = Field(min_length=1)
    anchor: str
    dual: float


class Proof(_Part):
    """Dual values of the two-index program of a hub on a day, and the bound they are said to prove.

    ``assign`` and each list of ``degree`` have one entry for each village of the hub, in file order; the
    others are by vehicle type, and types that are left out have zeros.
    """

    hub: str
    year: int
    day_type: str
    value: float
    assign: list[float]
    degree: dict[str, list[float]]
    hub_degree: dict[str, float]
    kg: dict[str, float]
    m3: dict[str, float]
    shift: dict[str, float]
    range: dict[str, float]
    capacity_cuts: list[CapacityCut] = []
    connectivity_cuts: list[ConnectivityCut] = []

    @property
    def key(self) -> HubDay:
        """Which hub and day."""
        return self.hub, self.year, self.day_type

    @property
    def cuts(self) -> list[CapacityCut | ConnectivityCut]:
        """All cuts."""
        return [*self.capacity_cuts, *self.connectivity_cuts]

    def limits(self) -> dict[str, dict[str, float]]:
        """Dual values of the rows that bound what all routes of a type take, by row and type."""
        return {"kg": self.kg, "m3": self.m3, "shift": self.shift, "range": self.range}


class _Document(_Part):
    format: Literal[1]
    bound: float
    duals: dict[str, list[_Dual]]
    hub_days: list[Proof]


@dataclass(frozen=True)
class Certificate:
    """Dual values with wrong signs set to 0, and the proofs of the hub-days.

    Attributes
    ----------
    bound : float
        As claimed (CNY).
    value : mapping of str to mapping of str to float
        Dual value by family and row; a row that is not there has 0.
    proofs : mapping of (h, y, d) to Proof
        Only those that name the hub's own villages.
    """

    bound: float
    value: Mapping[str, Mapping[str, float]]
    proofs: Mapping[HubDay, Proof]

    def dual(self, family: str, *letters: object) -> float:
        """Dual value of a row."""
        return self.value[family].get("|".join(map(str, letters)), 0.0)


def read_certificate(raw: Mapping[str, Any], given: Given, findings: Findings) -> Certificate | None:
    """Take the certificate apart; None when it is not in the format."""
    try:
        document = _Document.model_validate(raw)
    except ValidationError as error:
        for detail in error.errors(include_url=False)[:50]:
            place = ".".join(map(str, detail["loc"]))
            message = f"{detail['msg']} (found {detail['input']!r:.60})"
            findings.require("certificate", False, f"certificate.json, {place}", message)
        return None
    for family in document.duals.keys() - SIGN.keys():
        message = f"is no family of rows; valid: {', '.join(SIGN)}"
        findings.require("certificate", False, f"duals.{family}", message)
    value = {family: _read_family(family, document, given, findings) for family in SIGN}
    _clip_priced(given, value, findings)
    # As if the balance allowed more charging than use: the price of energy in a battery is not negative.
    value["energy_balance"] = {row: max(0.0, dual) for row, dual in value["energy_balance"].items()}
    return Certificate(document.bound, value, _read_proofs(document, given, findings))


def _read_family(family: str, document: _Document, given: Given, findings: Findings) -> dict[str, float]:
    entries = document.duals.get(family, [])
    rows = set(_rows(family, given)) if entries else set()
    value: dict[str, float] = {}
    sign = SIGN[family]
    for n, entry in enumerate(entries):
        where = f"duals.{family}.{n}"
        if not findings.require("certificate", entry.row in rows, where, f"there is no row {entry.row!r}"):
            continue
        findings.require("certificate", entry.row not in value, where, f"row {entry.row} stands there twice")
        wrong = max(0.0, -sign * entry.value)
        relation = ">= 0" if sign > 0 else "<= 0"
        message = f"dual value {number(entry.value)} of {entry.row} has the wrong sign; valid: {relation}"
        findings.require("dual_sign", wrong <= SIGN_ROOM, where, message)
        value[entry.row] = 0.0 if wrong else entry.value
    return value


def _clip_priced(given: Given, value: dict[str, dict[str, float]], findings: Findings) -> None:
    """Keep the dual value of a priced limit within the price: beyond, its slack would make the bound -inf."""
    for limit in given.nation.header.limit:
        if limit.price_cny_per_unit is None:
            continue
        family = "green_count" if limit.kind == "green_cities" else limit.kind
        price = given.delta[given.limit_year(limit)] * limit.price_cny_per_unit
        dual = value[family].get(limit.id, 0.0)
        message = f"dual value {number(dual)} exceeds the discounted price of {number(price)} CNY a unit"
        within = abs(dual) <= price + SIGN_ROOM * max(1.0, price)
        findings.require("dual_sign", within, f"duals.{family} {limit.id}", message)
        if abs(dual) > price:
            value[family][limit.id] = math.copysign(price, dual)


def _rows(family: str, given: Given) -> Iterator[str]:
    """Every row of a family: its index letters joined by '|'."""
    g = given
    days = [f"{y}|{d}" for y in g.years for d in g.days]
    if family == "vehicle_days":
        return (f"{c}|{k}|{day}" for c in g.cities for k in g.vehicles for day in days)
    if family == "stock":
        return _stock_rows(given)
    if family == "urban_service":
        return (f"{c}|{day}" for c in g.cities for day in days)
    if family == "energy_balance":
        return (f"{h}|{day}" for h in g.hubs for day in days)
    if family == "charger_power":
        periods = {h: g.periods_of[hub.city] for h, hub in g.hubs.items()}
        return (f"{h}|{s}|{p}|{day}" for h in g.hubs for s in g.chargers for p in periods[h] for day in days)
    if family == "grid":
        return (f"{h}|{y}" for h in g.hubs for y in g.years)
    if family in ("upgrade_limit", "electric_share"):
        return iter(g.hubs if family == "upgrade_limit" else g.cities)
    if family in _MEASURE_ROWS:
        return _MEASURE_ROWS[family](given)
    kind = "green_cities" if family.startswith("green") else family
    limits = [limit.id for limit in g.nation.header.limit if limit.kind == kind]
    if family == "green_share":
        return (f"{limit}|{c}" for limit in limits for c in g.cities)
    return iter(limits)


_MEASURE_ROWS: dict[str, Callable[[Given], Iterator[str]]] = {
    "label_printing": lambda g: (str(y) for y in g.years if g.measures.e_label is not None),
    "packaging_rise": lambda g: (f"{o}|{y}" for o in g.platforms for y in g.years),
    "packaging_kept": lambda g: (f"{o}|{y}" for o in g.platforms for y in g.years[1:]),
    "box_pool": lambda g: _box_rows(g),
    "box_trips": lambda g: _box_rows(g),
    "cutlery_response": lambda g: _response_rows(g),
}


def _box_rows(given: Given) -> Iterator[str]:
    cities = given.cities if given.measures.boxes is not None else ()
    return (f"{c}|{y}" for c in cities for y in given.years)


def _response_rows(given: Given) -> Iterator[str]:
    cutlery = given.measures.cutlery
    pieces = range(len(cutlery.response) - 1) if cutlery is not None else ()
    return (f"{n}|{y}" for n in pieces for y in given.years)


def _stock_rows(given: Given) -> Iterator[str]:
    first = given.years[0]
    for c in given.cities:
        for k, vehicle in given.vehicles.items():
            for v in range(first - vehicle.life_years, given.end):
                for y in range(max(v, first), min(given.end, v + vehicle.life_years + 1)):
                    yield f"{c}|{k}|{v}|{y}"


def _read_proofs(document: _Document, given: Given, findings: Findings) -> dict[HubDay, Proof]:
    proofs: dict[HubDay, Proof] = {}
    wanted = [(h, y, d) for h, i in given.villages_of.items() if i for y in given.years for d in given.days]
    for n, proof in enumerate(document.hub_days):
        where = f"hub_days.{n}"
        name = " ".join(map(str, proof.key))
        known = proof.hub in given.hubs and proof.year in given.years and proof.day_type in given.days
        if not findings.require("certificate", known, where, f"there is no hub and day {name}"):
            continue
        findings.require("certificate", proof.key not in proofs, where, f"{name} stands there twice")
        faults = list(_faults(proof, given))
        findings.require("certificate", not faults, where, f"{name}: {'; '.join(faults)}")
        _check_signs(proof, where, findings)
        if not faults:
            proofs[proof.key] = proof
    for key in wanted:
        name = " ".join(map(str, key))
        findings.require("certificate", key in proofs, "hub_days", f"{name} has no usable proof")
    return proofs


def _faults(proof: Proof, given: Given) -> Iterator[str]:
    """Say where a proof does not fit its hub."""
    villages = {village.id for village in given.villages_of[proof.hub]}
    lists = {"assign": proof.assign} | {f"degree of {k}": values for k, values in proof.degree.items()}
    for name, values in lists.items():
        if len(values) != len(villages):
            yield f"{name} has {len(values)} dual values; the hub has {len(villages)} villages"
    kinds = {*proof.degree, *proof.hub_degree, *(k for by_type in proof.limits().values() for k in by_type)}
    kinds |= {cut.vehicle_type for cut in proof.connectivity_cuts}
    for k in sorted(kinds - given.vehicles.keys()):
        yield f"there is no vehicle type {k!r}"
    for cut in proof.cuts:
        strange = set(cut.villages) - villages
        if strange:
            yield f"a cut names {' '.join(sorted(strange))}, which is no village of the hub"
        if len(set(cut.villages)) < len(cut.villages):
            yield "a cut names a village twice"
    for link in proof.connectivity_cuts:
        if link.anchor not in link.villages:
            yield f"the anchor {link.anchor} is not among the villages of its cut"


def _check_signs(proof: Proof, where: str, findings: Findings) -> None:
    for row, by_type in proof.limits().items():
        for k, dual in by_type.items():
            message = f"dual value {number(dual)} of {row} of {k} has the wrong sign; valid: <= 0"
            findings.require("dual_sign", dual <= SIGN_ROOM, where, message)
    for cut in proof.cuts:
        message = f"dual value {number(cut.dual)} of a cut has the wrong sign; valid: >= 0"
        findings.require("dual_sign", cut.dual >= -SIGN_ROOM, where, message)
