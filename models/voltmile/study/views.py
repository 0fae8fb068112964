"""Tables for readers, made from a result folder; nothing is solved or recomputed."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping

import pandas as pd

from voltmile.problem.faults import Fault, FaultyInputError
from voltmile.study.results import ResultFolder
from voltmile.study.sheets import FITTING, Cell, Sheet
from voltmile.study.summary import Summary
from voltmile.study.tables import END

Row = tuple[Cell, ...]

_ALL = "all"

TERMS = (
    "purchase",
    "resale",
    "insurance",
    "chargers",
    "charger_upkeep",
    "grid_upgrade",
    "electricity",
    "public_charging",
    "fuel",
    "drivers",
    "maintenance",
    "vehicle_value",
    "charger_value",
    "penalty",
)
"""Cost terms in the order of models/README.md."""


def summary_sheet(results: ResultFolder) -> Sheet:
    """Return the main numbers: cost and bound, carbon, journey against the baselines, fleet, time."""
    summary = results.summary
    rows = [*_outcome(summary), *_terms(summary), *_carbon(summary), *_journey(summary)]
    rows += [*_decisions(summary), *_fleet(results), *_time(summary)]
    return Sheet(
        f"{summary.instance}: summary", (("quantity", None), ("value", FITTING), ("unit", None)), tuple(rows)
    )


def _outcome(summary: Summary) -> Iterator[Row]:
    yield "status", summary.status, ""
    yield "cost", summary.objective, "CNY, discounted"
    yield "lower bound", summary.bound, "CNY, discounted"
    yield "gap", None if summary.gap is None else 100 * summary.gap, "%"


def _terms(summary: Summary) -> Iterator[Row]:
    known = [term for term in TERMS if summary.costs.get(term)]
    for term in known + sorted(summary.costs.keys() - set(TERMS)):
        yield f"cost of {term}", summary.costs[term], "CNY, discounted"


def _carbon(summary: Summary) -> Iterator[Row]:
    for year, kg in summary.co2_kg.items():
        yield f"CO2 of {year}", kg, "kg"
    yield "CO2 of all years", summary.co2_kg_total, "kg"


def _journey(summary: Summary) -> Iterator[Row]:
    own = summary.journey_km_per_visit
    yield "journey", own, "km per visit"
    for name, km in summary.journey_baselines.items():
        yield f"journey of {name}", km, "km per visit"
        if km:
            yield f"shorter than {name} by", 100 * (1 - own / km), "%"


def _decisions(summary: Summary) -> Iterator[Row]:
    for name, cost in summary.baselines.items():
        yield f"cost of {name}", cost, "CNY, discounted"
        if cost:
            yield f"cheaper than {name} by", 100 * (1 - summary.objective / cost), "%"
    for name in summary.baseline_notes:
        yield f"note on {name}", "summary.json", ""  # a sentence would leave the others no room


def _fleet(results: ResultFolder) -> Iterator[Row]:
    cities = results.table("cities")
    last = cities[cities["year"] == cities["year"].max()]
    vehicles, electric = int(last["vehicles"].sum()), int(last["electric_vehicles"].sum())
    yield "vehicles in the last year", vehicles, "vehicles"
    yield "of these electric", electric, "vehicles"
    yield "chargers in the last year", int(last["chargers"].sum()), "chargers"


def _time(summary: Summary) -> Iterator[Row]:
    for phase, seconds in summary.seconds_by_phase.items():
        yield f"time for {phase}", seconds, "s"
    yield "time in all", summary.seconds, "s"


def fleet_sheet(results: ResultFolder) -> Sheet:
    """Return vehicles by type and year over all cities."""
    sums: defaultdict[tuple[str, str, int], Counter[str]] = defaultdict(Counter)
    for row in results.table("fleet").to_dict("records"):
        drive = "electric" if row["electric"] else "fuel"
        for key in ((row["vehicle_type"], drive, row["year"]), (_ALL, "", row["year"])):
            sums[key].update({name: int(row[name]) for name in ("bought", "sold", "stock")})
    rows = [
        (kind, drive, str(year), number["bought"], number["sold"], number["stock"])
        for (kind, drive, year), number in sorted(
            sums.items(), key=lambda item: (item[0][0] == _ALL, item[0])
        )
    ]
    words, numbers = ("vehicle_type", "drive", "year"), ("bought", "sold", "stock")
    columns = (*((name, None) for name in words), *((name, 0) for name in numbers))
    return Sheet(f"{results.summary.instance}: fleet of all cities", columns, tuple(rows))


def costs_sheet(results: ResultFolder) -> Sheet:
    """Return the discounted cost by term and year over all cities, in CNY."""
    costs = results.table("costs")
    years = sorted(set(costs["year"]) - {END})
    years += [END] if (costs["year"] == END).any() else []
    sums = {key: float(v) for key, v in costs.groupby(["term", "year"])["discounted_cny"].sum().items()}
    terms = [term for term in TERMS if (costs["term"] == term).any()]
    rows: list[Row] = []
    for term in terms:
        parts = [sums.get((term, year)) for year in years]
        rows.append((term, *parts, sum(part or 0.0 for part in parts)))
    totals = [sum(sums.get((term, year), 0.0) for term in terms) for year in years]
    rows.append(("total", *totals, sum(totals)))
    columns = (("term", None), *((year, 0) for year in years), ("total", 0))
    return Sheet(f"{results.summary.instance}: discounted cost (CNY)", columns, tuple(rows))


def cities_sheet(results: ResultFolder) -> Sheet:
    """Return one row a city: cost and carbon of the horizon, fleet of the last year, journey."""
    cities, costs = results.table("cities"), results.table("costs")
    cost = costs.groupby("city")["discounted_cny"].sum()
    last = cities["year"].max()
    rows: list[Row] = []
    for city, own in cities.groupby("city", sort=False):
        final = own[own["year"] == last]
        vehicles, electric = int(final["vehicles"].sum()), int(final["electric_vehicles"].sum())
        visits = float(own["visits"].sum())
        rows.append(
            (
                str(city),
                float(cost.get(city, 0.0)),
                float(own["co2_kg"].sum()),
                vehicles,
                electric,
                100 * electric / vehicles if vehicles else None,
                int(final["chargers"].sum()),
                float(own["route_km"].sum()) / visits if visits else None,
            )
        )
    columns = (
        ("city", None),
        ("cost_cny", 0),
        ("co2_kg", 0),
        ("vehicles", 0),
        ("electric", 0),
        ("electric_percent", 1),
        ("chargers", 0),
        ("km_per_visit", 2),
    )
    return Sheet(f"{results.summary.instance}: cities", columns, tuple(rows))


def limits_sheet(results: ResultFolder) -> Sheet:
    """Return how far each national limit is used."""
    words, numbers = ("limit", "kind", "year", "unit"), ("used", "allowed", "slack", "price_cny_per_unit")
    rows: list[Row] = []
    for row in results.table("limits").to_dict("records"):
        amounts = [None if math.isnan(row[name]) else float(row[name]) for name in numbers]
        rows.append((*(str(row[name]) for name in words), *amounts))
    digits = (2, 2, 2, FITTING)
    columns = (*((name, None) for name in words), *zip(numbers, digits, strict=True))
    return Sheet(f"{results.summary.instance}: national limits", columns, tuple(rows))


def prices_sheet(results: ResultFolder) -> Sheet:
    """Return what one more unit of each national limit saves, and what solving again says."""
    words = ("limit", "kind", "year", "unit")
    numbers = (
        "used",
        "allowed",
        "dual_cny_per_unit",
        "confirmed_cny_per_unit",
        "tightened_cny_per_unit",
        "step",
    )
    rows: list[Row] = []
    for row in _worth(results, "prices").to_dict("records"):
        amounts = [None if math.isnan(row[name]) else float(row[name]) for name in numbers]
        rows.append((*(str(row[name]) for name in words), *amounts, "yes" if row["agrees"] else "no"))
    columns = (*((name, None) for name in words), *((name, FITTING) for name in numbers), ("agrees", None))
    return Sheet(f"{results.summary.instance}: prices of national limits", columns, tuple(rows))


def vans_sheet(results: ResultFolder) -> Sheet:
    """Return which cities gain from one more electric vehicle."""
    rows = [tuple(row) for row in _worth(results, "vans").itertuples(index=False)]
    columns = (
        *((name, None) for name in ("city", "name", "limit", "year")),
        ("gain_cny", 0),
        ("grid_co2_kg_per_kwh", 3),
        ("temperature_factor", 2),
    )
    cells = tuple(
        (c, name, limit, str(y), float(g), float(f), float(t)) for c, name, limit, y, g, f, t in rows
    )
    return Sheet(f"{results.summary.instance}: what one more van saves", columns, cells)


def _worth(results: ResultFolder, name: str) -> pd.DataFrame:
    """Return a table of what limits are worth, and refuse to show none where it was not found out."""
    if results.table("prices").empty and not results.table("limits").empty:
        words = "what limits are worth is not found out in interrupted runs, frontiers and scenarios"
        raise FaultyInputError(str(results.path), [Fault("prices.csv", "", f"is missing: {words}")])
    return results.table(name)


def measures_sheet(results: ResultFolder) -> Sheet:
    """Return what the campaign measures do, year by year."""
    words = ("measure", "part", "what", "unit")
    rows: dict[tuple[str, ...], list[float]] = {}
    for row in results.table("measures").to_dict("records"):
        rows.setdefault(tuple(str(row[name]) for name in words), []).append(float(row["value"]))
    years = sorted(results.table("measures")["year"].unique())
    columns = (*((name, None) for name in words), *((str(year), FITTING) for year in years))
    title = f"{results.summary.instance}: campaign measures"
    return Sheet(title, columns, tuple((*key, *values) for key, values in rows.items()))


VIEWS: Mapping[str, Callable[[ResultFolder], Sheet]] = {
    "summary": summary_sheet,
    "fleet": fleet_sheet,
    "costs": costs_sheet,
    "cities": cities_sheet,
    "limits": limits_sheet,
    "prices": prices_sheet,
    "vans": vans_sheet,
    "measures": measures_sheet,
}
