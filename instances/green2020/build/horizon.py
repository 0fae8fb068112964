"""`instance.toml`: years, days, growth, work, and the national limits."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from .book import Book
from .demand import PEAK_FACTOR, Need, urban_growth, village_growth
from .fleet import LIFE_YEARS
from .known import NO_SOURCE, RULE, Known, Tree, assume, derive
from .vehicles import YEARS, electrics

WINTER_MONTHS = (12, 1, 2)
PEAK_MONTHS = (11,)
REGULAR_MONTHS = (3, 4, 5, 6, 7, 8, 9, 10, 11)
DAYS = {"regular": 224.0, "winter": 76.0, "peak": 10.0}
GREEN_SHARE = 0.33
CHARGER_CNY_PER_VAN = 2000.0


@dataclass(frozen=True)
class Plan:
    """What the limits are reasoned from: purchases and prices of the reference renewal."""

    purchases: tuple[float, ...]
    max_electric: tuple[Known, ...]
    margin: float
    round_to_cny: float


def day_types() -> Tree:
    """Return the three day types; 310 days a year as in the book."""
    notes = {
        "regular": "310 operating days (book) less winter and peak days",
        "winter": "December to February: 310 x 90 / 365",
        "peak": "the wave after Singles' Day (11 November): ten days",
    }
    found: list[Tree] = []
    for name, days in DAYS.items():
        factor = (
            assume(
                PEAK_FACTOR, "x", "ten days at 1.3 times the mean; a single 11 November is higher", 1.1, 2.0
            )
            if name == "peak"
            else Known(1.0, "derived", RULE, "the demand of the book is that of an ordinary day", "x")
        )
        found.append(
            {
                "id": name,
                "days_per_year": assume(days, "d/yr", notes[name]),
                "village_demand_factor": factor,
                "urban_demand_factor": factor,
            }
        )
    return found


def work(book: Book) -> dict[str, Tree]:
    """Return the working day."""
    driver = book("driver_cost_loaded")
    return {
        "shift_h": book("shift_length"),
        "service_h_per_stop": book("service_time_village_fixed").times(1 / 60, "h/stop"),
        "service_h_per_parcel": book("service_time_per_parcel").times(1 / 60, "h/parcel"),
        "driver_cny_per_h_by_year": [driver.noted(f"{driver.note}; 2018 level in all years")] * len(YEARS),
    }


def supply(book: Book) -> list[Known]:
    """Return the electric vehicles the parcel networks can buy in each year."""
    share = book("nev_supply_cap_express_share")
    found = []
    for year in YEARS:
        sales = book(f"nev_cargo_sales_{year}")
        note = f"{share.value:g} of national sales of {sales.value:,.0f} NEV cargo vehicles"
        found.append(derive(int(share.value * sales.value), "vehicle", note, share, sales))
    return found


def reference_plan(needs: list[Need], max_electric: list[Known], margin: float, round_to_cny: float) -> Plan:
    """Return the purchases of plain renewal: growth and a seventh of the 2018 fleet every year."""
    total = [sum(need.by_year[y] for need in needs) for y in range(len(YEARS))]
    renewal = total[0] / LIFE_YEARS
    growth = [0.0] + [later - earlier for earlier, later in pairwise(total)]
    return Plan(tuple(renewal + g for g in growth), tuple(max_electric), margin, round_to_cny)


def net_premium(book: Book, vehicles: dict[str, Tree]) -> list[float]:
    """Return what an electric microvan costs more than a gasoline one, after the subsidy (CNY by year)."""
    types = vehicles["vehicle_type"]
    assert isinstance(types, list)
    electric = next(t for t in types if isinstance(t, dict) and t["id"] == next(iter(electrics(book))))
    fuel = book("ice_microvan_price").value
    price, subsidy = electric["price_cny_by_year"], electric["subsidy_cny_by_year"]
    assert isinstance(price, list)
    assert isinstance(subsidy, list)
    pairs = zip(price, subsidy, strict=True)
    return [p.value - s.value - fuel for p, s in pairs if isinstance(p, Known) and isinstance(s, Known)]


def budget(book: Book, plan: Plan, vehicles: dict[str, Tree]) -> list[Known]:
    """Return the money for vehicles, chargers and grid in each year.

    Plain renewal with gasoline microvans and a margin, and for every electric vehicle the supply allows its
    price gap and half a wall box.
    """
    fuel = book("ice_microvan_price").value
    found = []
    gaps = net_premium(book, vehicles)
    for bought, most, gap in zip(plan.purchases, plan.max_electric, gaps, strict=True):
        vans = int(most.value)
        money = plan.margin * bought * fuel + vans * (gap + CHARGER_CNY_PER_VAN)
        note = (
            f"scenario: {bought:,.0f} gasoline microvans of {fuel:,.0f} (1/7 of the 2018 fleet, and growth) "
            f"x {plan.margin:g} + {vans:,} electric vans at a price gap of {gap:,.0f} and "
            f"{CHARGER_CNY_PER_VAN:,.0f} for charging"
        )
        found.append(
            Known(round(money / plan.round_to_cny) * plan.round_to_cny, "assumption", NO_SOURCE, note, "CNY")
        )
    return found


def limits(book: Book, plan: Plan, vehicles: dict[str, Tree], green: Known, min_cities: Known) -> list[Tree]:
    """Return the national limits: budget, supply, a price on carbon, green cities."""
    bev: list[Tree] = list(electrics(book))
    counts: list[Tree] = ["purchase", "chargers", "grid_upgrade"]
    per_kg = book("carbon_price_2020").times(1e-3, "CNY/kg", "price of December 2020 in all years")
    found: list[Tree] = []
    money = budget(book, plan, vehicles)
    for number, year in enumerate(YEARS):
        when = Known(year, "derived", RULE, "a year of the horizon", "yr")
        found += [
            {
                "id": f"budget-{year}",
                "kind": "budget",
                "year": when,
                "max_cny": money[number],
                "counts": counts,
            },
            {
                "id": f"supply-{year}",
                "kind": "supply",
                "year": when,
                "vehicle_types": bev,
                "max_vehicles": plan.max_electric[number],
            },
            {
                "id": f"carbon-price-{year}",
                "kind": "carbon",
                "year": when,
                "max_co2_kg": Known(0.0, "derived", RULE, "no cap: every kg is priced", "kg"),
                "price_cny_per_unit": per_kg,
            },
        ]
    found.append(
        {
            "id": "green-cities",
            "kind": "green_cities",
            "electric_share": green,
            "min_cities": min_cities,
        }
    )
    return found


def header(book: Book, name: str, title: str, limit: list[Tree]) -> dict[str, Tree]:
    """Return `instance.toml`."""
    return {
        "format": Known(1, "derived", RULE, "version of the format"),
        "name": name,
        "title": title,
        "horizon": {
            "years": [
                Known(year, "derived", RULE, "2018-2020: announcement and target year", "yr")
                for year in YEARS
            ],
            "discount_rate": book("discount_rate"),
            "terminal_resale": True,
        },
        "day_type": day_types(),
        "demand": {
            "village_factor_by_year": list[Tree](village_growth(book)),
            "urban_factor_by_year": list[Tree](urban_growth(book)),
        },
        "work": work(book),
        "carbon": {"grid_factor": "average"},
        "limit": limit,
    }
