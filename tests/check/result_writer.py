"""A complete result folder from a solved enumeration, written from its own variables and cash."""

from __future__ import annotations

import csv
import itertools
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from enumeration import Key, Program
from measures_table import measure_rows
from solving import Solved, least_without_routes, solve
from tours import Tour
from two_index import prove

from voltmile.problem.nation import Nation

FIELDS = {
    "buy": ("city", "vehicle_type", "year", "count"),
    "sell": ("city", "vehicle_type", "vintage", "year", "count"),
    "build": ("hub", "charger_type", "year", "count"),
    "upgrade": ("hub", "year", "kw"),
    "urban": ("hub", "vehicle_type", "year", "day_type", "vehicle_days"),
    "charge": ("hub", "charger_type", "period", "year", "day_type", "kwh"),
    "public": ("hub", "year", "day_type", "kwh"),
    "slack": ("limit", "amount"),
}
FAMILIES = [
    "vehicle_days",
    "stock",
    "urban_service",
    "energy_balance",
    "charger_power",
    "grid",
    "upgrade_limit",
    "electric_share",
    "budget",
    "supply",
    "carbon",
    "green_share",
    "green_count",
    "journey",
    "labels",
    "fund",
    "label_printing",
    "packaging_rise",
    "packaging_kept",
    "box_pool",
    "box_trips",
    "cutlery_response",
]
MEASURES = {
    "e_label": (("year",), {"printers_thousand": "printers", "labels_million": "labels"}),
    "packaging": (("platform", "step", "year"), {"parcels_million": "packed"}),
    "boxes": (
        ("city", "year"),
        {"bought_thousand": "boxes", "owned_thousand": "pool", "trips_thousand": "trips"},
    ),
    "cutlery": (("year",), {"spent_thousand_cny": "spent", "orders_million": "declined"}),
}


class ResultWriter:
    """Writes what RESULT.md describes."""

    def __init__(self, program: Program, solved: Solved) -> None:
        self.p, self.n, self.s = program, program.n, solved
        self.duals = {row: pi for row, pi in solved.duals.items() if row[0] != "cover"}
        self.duals |= {row: max(0.0, pi) for row, pi in self.duals.items() if row[0] == "energy_balance"}
        served = ((h, y, d) for h in self.n.hub if self.n.villages_of[h] for y, d in program.days)
        self.proofs = [prove(program, *key, self.duals) for key in served]
        self.bound = least_without_routes(program, self.duals) + sum(proof["value"] for proof in self.proofs)
        self.routes = [key for key in solved.value if key[0] == "route"]
        self.cash: dict[Key, float] = defaultdict(float, program.constants)
        self.co2: dict[Key, float] = defaultdict(float)
        for key, value in solved.value.items():
            for account, cash in program.variables[key].cash.items():
                self.cash[account] += cash * value
            for account, kg in program.variables[key].co2.items():
                self.co2[account] += kg * value

    def write(self, folder: Path) -> None:
        """Write every file."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in {
            "plan": self.plan(),
            "summary": self.summary(),
            "certificate": self.certificate(),
            "provenance": {"instance_sha256": self.n.digest, "seed": 1},
        }.items():
            (folder / f"{name}.json").write_text(json.dumps(data, indent=1), encoding="utf-8")
        for name, rows in self.tables().items():
            with (folder / name).open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
                writer.writeheader()
                writer.writerows({k: _cell(v) for k, v in row.items()} for row in rows)

    def plan(self) -> dict[str, Any]:
        plan: dict[str, Any] = {"format": 1, "instance": self.n.name}
        for part, fields in FIELDS.items():
            entries = []
            for key, value in self.s.value.items():
                if key[0] == part:
                    amount = round(value) if fields[-1] == "count" else value
                    entries.append(dict(zip(fields, (*key[1:], amount), strict=True)))
            plan[part] = entries
        plan["measures"] = {part: self._measure(*fields) for part, fields in MEASURES.items()}
        plan["green"] = [{"limit": key[1], "city": key[2]} for key in self.s.value if key[0] == "green"]
        plan["routes"] = [
            {"id": f"r{n}", "hub": h, "vehicle_type": k, "year": y, "day_type": d, "stops": list(stops)}
            for n, (_, h, k, y, d, stops) in enumerate(self.routes)
        ]
        return plan

    def _measure(self, letters: tuple[str, ...], amounts: dict[str, str]) -> list[dict[str, Any]]:
        found = dict.fromkeys(key[1:] for key in self.s.value if key[0] in amounts.values())
        return [
            dict(zip(letters, key, strict=True))
            | {amount: self.value(name, *key) for amount, name in amounts.items()}
            for key in found
        ]

    def summary(self) -> dict[str, Any]:
        costs: dict[str, float] = defaultdict(float)
        for (_, year, term), cash in self.cash.items():
            costs[str(term)] += self.p.weight(year) * cash
        years = {y: sum(kg for (_, year), kg in self.co2.items() if year == y) for y in self.n.years}
        days = sum(d.days_per_year for d in self.n.day_types)
        visits = days * len(self.n.villages)
        km = {
            y: sum(self.days_of(r) * self.p.tours[r].km for r in self.routes if r[3] == y)
            for y in self.n.years
        }
        gap = (self.s.objective - self.bound) / abs(self.s.objective)
        return {
            "format": 1,
            "instance": self.n.name,
            "status": "feasible",
            "objective": self.s.objective,
            "bound": self.bound,
            "gap": gap,
            "seconds": 1.0,
            "costs": dict(costs),
            "co2_kg": {str(y): kg for y, kg in years.items()},
            "co2_kg_total": sum(years.values()),
            "journey_km_per_visit": sum(km.values()) / visits / len(self.n.years),
            "journey_km_per_visit_by_year": {str(y): km[y] / visits for y in self.n.years},
            "journey_baselines": {},
            "baselines": {},
            "seconds_by_phase": {},
            "sizes": {
                "cities": len(self.n.cities),
                "hubs": len(self.n.hubs),
                "villages": len(self.n.villages),
            },
        }

    def certificate(self) -> dict[str, Any]:
        duals = {
            family: [
                {"row": "|".join(map(str, row[1:])), "value": value}
                for row, value in self.duals.items()
                if row[0] == family and value
            ]
            for family in FAMILIES
        }
        return {"format": 1, "bound": self.bound, "duals": duals, "hub_days": self.proofs}

    # -- tables ---------------------------------------------------------------------------------------------

    def days_of(self, route: Key) -> float:
        return self.n.day_type[str(route[4])].days_per_year

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        tables = {
            "fleet.csv": list(self._fleet()),
            "chargers.csv": list(self._chargers())
            or [dict.fromkeys(("hub", "charger_type", "year", "built", "installed"))],
            "routes.csv": [self._route(n, key) for n, key in enumerate(self.routes)],
            "costs.csv": [
                {
                    "city": city,
                    "year": year,
                    "term": term,
                    "cash_cny": cash,
                    "discounted_cny": cash * self.p.weight(year),
                }
                for (city, year, term), cash in self.cash.items()
                if cash
            ],
            "cities.csv": [self._city(c, y) for c in self.n.city for y in self.n.years],
            "limits.csv": [self._limit(limit) for limit in self.n.limits],
        }
        if self.n.measures is not None:
            tables["measures.csv"] = list(measure_rows(self))
        return tables

    def value(self, *key: object) -> float:
        return self.s.value.get(key, 0.0)

    def stock(self, c: str, k: str, y: int) -> int:
        return round(
            sum(
                v for key, v in self.s.value.items() if key[0] == "stock" and (*key[1:3], key[4]) == (c, k, y)
            )
        )

    def _fleet(self):
        for c, k, y in itertools.product(self.n.city, self.n.vehicle_type, self.n.years):
            sold = sum(
                v for key, v in self.s.value.items() if key[0] == "sell" and (*key[1:3], key[4]) == (c, k, y)
            )
            row = {
                "bought": round(self.value("buy", c, k, y)),
                "sold": round(sold),
                "stock": self.stock(c, k, y),
            }
            if any(row.values()):
                yield {"city": c, "vehicle_type": k, "year": y} | row | {"electric": self.p.bev(k)}

    def installed(self, h: str, s: str, y: int) -> int:
        n, life = self.n, self.n.charger_type[s].life_years
        old = [e for e in n.existing_chargers if (e.hub, e.charger_type) == (h, s)]
        alive = sum(e.count for e in old if e.age_years + y - n.years[0] < life)
        return alive + round(sum(self.value("build", h, s, v) for v in n.years if 0 <= y - v < life))

    def _chargers(self):
        for h, s, y in itertools.product(self.n.hub, self.n.charger_type, self.n.years):
            row = {"built": round(self.value("build", h, s, y)), "installed": self.installed(h, s, y)}
            if any(row.values()):
                yield {"hub": h, "charger_type": s, "year": y} | row

    def _route(self, number: int, key: Key) -> dict[str, Any]:
        tour = self.p.tours[key]
        return route_row(self, f"r{number}", tour)

    def _city(self, c: str, y: int) -> dict[str, Any]:
        routes = [r for r in self.routes if self.n.hub[str(r[1])].city == c and r[3] == y]
        urban = [(key, v) for key, v in self.s.value.items() if key[0] == "urban" and key[3] == y]
        return {
            "city": c,
            "year": y,
            "discounted_cny": sum(
                v * self.p.weight(y) for (a, b, _), v in self.cash.items() if (a, b) == (c, y)
            ),
            "co2_kg": self.co2[c, y],
            "vehicles": sum(self.stock(c, k, y) for k in self.n.vehicle_type),
            "electric_vehicles": sum(self.stock(c, k, y) for k in self.n.vehicle_type if self.p.bev(k)),
            "chargers": sum(
                self.installed(h.id, s, y) for h in self.n.hubs_of[c] for s in self.n.charger_type
            ),
            "route_km": sum(self.days_of(r) * self.p.tours[r].km for r in routes),
            "visits": sum(self.days_of(r) * len(self.p.tours[r].stops) for r in routes),
            "urban_vehicle_days": sum(
                v * self.days_of(key) for key, v in urban if self.n.hub[str(key[1])].city == c
            ),
        }

    def _limit(self, limit: Any) -> dict[str, Any]:
        slack = self.value("slack", limit.id)
        if limit.kind == "green_cities":
            used = sum(v for key, v in self.s.value.items() if key[:2] == ("green", limit.id))
            allowed, year = limit.min_cities, self.n.years[-1]
        else:
            row, year = self.p.rows[limit.kind, limit.id], getattr(limit, "year", self.n.years[-1])
            used = sum(a * self.value(*key) for key, a in row.coefficients.items() if key[0] != "slack")
            key = {
                "budget": "max_cny",
                "supply": "max_vehicles",
                "carbon": "max_co2_kg",
                "journey": "max_km_per_visit",
                "labels": "min_labels_million",
                "fund": "max_cny",
            }
            allowed = getattr(limit, key[limit.kind])
            if limit.kind in ("budget", "labels"):
                used += allowed - row.rhs
            if limit.kind == "journey":
                used /= row.rhs / allowed
        return {
            "limit": limit.id,
            "kind": limit.kind,
            "year": year,
            "unit": "-",
            "used": used,
            "allowed": allowed,
            "slack": slack,
            "price_cny_per_unit": limit.price_cny_per_unit,
        }


def route_row(writer: ResultWriter, name: str, tour: Tour) -> dict[str, Any]:
    """Row of routes.csv."""
    n: Nation = writer.n
    c, electric, y = n.hub[tour.hub].city, writer.p.bev(tour.vehicle_type), tour.year
    co2 = tour.energy * writer.p.fuel(tour.vehicle_type, y)[1]
    if electric:
        day = (tour.year, tour.day_type)
        drawn = delivered = 0.0
        for key, kwh in writer.s.value.items():
            if key[0] == "charge" and key[1] == tour.hub and key[4:] == day:
                drawn, delivered = drawn + kwh, delivered + kwh * n.charger_type[str(key[2])].efficiency
            if key[0] == "public" and key[1] == tour.hub and key[2:] == day:
                drawn, delivered = drawn + kwh, delivered + kwh * n.energy_book.public_charging.efficiency
        co2 = tour.energy * drawn / delivered * n.grid_factor(c, y)
    return {
        "id": name,
        "city": c,
        "hub": tour.hub,
        "vehicle_type": tour.vehicle_type,
        "powertrain": n.vehicle_type[tour.vehicle_type].powertrain,
        "year": y,
        "day_type": tour.day_type,
        "stops": len(tour.stops),
        "parcels": tour.parcels,
        "load_kg": tour.kg,
        "load_m3": tour.m3,
        "distance_km": tour.km,
        "duration_h": tour.hours,
        "energy_kwh": tour.energy if electric else 0.0,
        "fuel_l": 0.0 if electric else tour.energy,
        "co2_kg": co2,
        "cost_cny": tour.driver + tour.maintenance + tour.fuel,
        "villages": " ".join(tour.stops),
    }


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return (
        str(value).lower()
        if isinstance(value, bool)
        else repr(value)
        if isinstance(value, float)
        else str(value)
    )


def write_result(nation: Nation, folder: Path) -> ResultWriter:
    """Solve a nation by enumeration and write its result."""
    program = Program(nation)
    writer = ResultWriter(program, solve(program))
    writer.write(folder)
    return writer
