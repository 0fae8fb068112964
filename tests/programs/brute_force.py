"""The truth: every plan of a tiny instance, enumerated in plain Python, without a line of voltmile.programs.

For instances with one hub a city, one day type, one charger type and one tariff period, no public charging,
urban tours by at most one vehicle type, budgets that count investments only, and upgrades of the grid that do
not get dearer. What is not enumerated is decided in closed form: the energy charged is the energy used over
the efficiency, and the grid is upgraded when the chargers need it.

Days, fleets, chargers and plans of a city are dropped only when another one is no worse in its cost, in
everything it provides (vehicles, kWh) or needs, and in every use of a national limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import ceil, floor

from voltmile.problem.nation import Nation
from voltmile.routes.columns import Column

EPS = 1e-9
INVESTMENTS = {"purchase", "resale", "chargers", "grid_upgrade"}


@dataclass(frozen=True)
class Day:
    """One way to serve a city's villages and urban parcels on a day of a year."""

    vehicles: tuple[float, ...]
    """By vehicle type, in the order of the instance."""
    kwh: float
    km: float
    fuel_co2_kg: float
    cny: float

    def vector(self) -> tuple[float, ...]:
        return (*self.vehicles, self.kwh, self.km, self.fuel_co2_kg, self.cny)


@dataclass(frozen=True)
class CityPlan:
    """What a plan of a city costs (discounted, without penalties) and uses of each national limit."""

    cny: float
    uses: tuple[float, ...]

    def vector(self) -> tuple[float, ...]:
        return (self.cny, *self.uses)


def optimum(nation: Nation, routes: Sequence[Column]) -> float | None:
    """Least discounted cost of any plan, penalties included; None when no plan keeps the hard limits."""
    assert all(len(hubs) == 1 for hubs in nation.hubs_of.values())
    assert len(nation.day_types) == len(nation.charger_types) == 1
    assert nation.energy_book.public_charging is None
    assert all(set(limit.counts) <= INVESTMENTS for limit in nation.limits if limit.kind == "budget")
    choices = [best_city_plans(nation, city.id, routes) for city in nation.cities]
    totals = (penalised(nation, plans) for plans in product(*choices))
    return min((total for total in totals if total is not None), default=None)


def penalised(nation: Nation, plans: Sequence[CityPlan]) -> float | None:
    total = sum(plan.cny for plan in plans)
    for place, limit in enumerate(nation.limits):
        used = sum(plan.uses[place] for plan in plans)
        excess = max(0.0, used - allowed(nation, limit))
        if limit.price_cny_per_unit is None:
            if excess > 1e-6:
                return None
        else:
            year = getattr(limit, "year", nation.years[-1])
            total += nation.discount(year) * limit.price_cny_per_unit * excess
    return total


def allowed(nation: Nation, limit: object) -> float:
    match limit.kind:
        case "budget":
            return limit.max_cny
        case "supply":
            return limit.max_vehicles
        case "carbon":
            return limit.max_co2_kg
        case "green_cities":
            return -limit.min_cities
        case "journey":
            days = nation.day_types[0].days_per_year
            return limit.max_km_per_visit * days * len(nation.villages)
    raise AssertionError(limit)


# -- days -----------------------------------------------------------------------------------------------


def days_of(nation: Nation, city: str, year: int, routes: Sequence[Column]) -> list[Day]:
    """Every way to serve a city on a day of the year."""
    hub = nation.hubs_of[city][0]
    here = [r for r in routes if (r.hub, r.year) == (hub.id, year)]
    villages = frozenset(v.id for v in nation.villages_of[hub.id])
    urban = urban_day(nation, city, year)
    return undominated([day_of(nation, urban, used) for used in partitions(villages, here)])


def partitions(villages: frozenset[str], routes: Sequence[Column]) -> Iterator[tuple[Column, ...]]:
    """Every set of routes that visits every village exactly once."""
    if not villages:
        yield ()
        return
    first = min(villages)
    for route in routes:
        if first in route.stops and villages.issuperset(route.stops):
            for others in partitions(villages.difference(route.stops), routes):
                yield (route, *others)


def day_of(nation: Nation, urban: Day, used: Sequence[Column]) -> Day:
    types = [k.id for k in nation.vehicle_types]
    vehicles = tuple(
        urban.vehicles[place] + sum(route.vehicle_type == k for route in used)
        for place, k in enumerate(types)
    )
    co2 = sum(route.fuel_l * co2_per_l(nation, route.vehicle_type) for route in used)
    return Day(
        vehicles,
        kwh=urban.kwh + sum(route.energy_kwh for route in used),
        km=sum(route.distance_km for route in used),
        fuel_co2_kg=urban.fuel_co2_kg + co2,
        cny=urban.cny + sum(route.cost_cny for route in used),
    )


def urban_day(nation: Nation, city: str, year: int) -> Day:
    """Urban tours of a day, by the one vehicle type that can drive them."""
    nobody = Day(tuple(0.0 for _ in nation.vehicle_types), 0.0, 0.0, 0.0, 0.0)
    day, place = nation.day_types[0], nation.position(year)
    parcels = nation.city[city].urban_parcels_per_day * day.urban_demand_factor
    parcels *= nation.header.demand.urban_factor_by_year[place]
    if not parcels:
        return nobody
    (kind,) = [k for k in nation.vehicle_types if k.urban_parcels_per_day]
    tours = parcels / (kind.urban_parcels_per_day * nation.city[city].urban_productivity_factor)
    cny = nation.header.work.driver_cny_per_h_by_year[place] * kind.urban_h_per_day
    cny += kind.maintenance_cny_per_km * kind.urban_km_per_day
    vehicles = tuple(tours if k is kind else 0.0 for k in nation.vehicle_types)
    if kind.powertrain == "bev":
        cold = nation.temperature_factor(city, day.id) * kind.urban_energy_factor
        per_km = kind.energy_empty_kwh_per_km + kind.energy_load_kwh_per_km_kg * kind.payload_kg / 2
        return replace(
            nobody, vehicles=vehicles, kwh=tours * per_km * cold * kind.urban_km_per_day, cny=tours * cny
        )
    litres = (
        kind.fuel_empty_l_per_km + kind.fuel_load_l_per_km_kg * kind.payload_kg / 2
    ) * kind.urban_km_per_day
    fuel = nation.fuel[kind.fuel]
    cny += litres * fuel.price_cny_per_l_by_year[place]
    return replace(nobody, vehicles=vehicles, fuel_co2_kg=tours * litres * fuel.co2_kg_per_l, cny=tours * cny)


def co2_per_l(nation: Nation, vehicle_type: str) -> float:
    vehicle = nation.vehicle_type[vehicle_type]
    return nation.fuel[vehicle.fuel].co2_kg_per_l if vehicle.powertrain == "ice" else 0.0


# -- fleets and chargers --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fleet:
    """One way to buy and sell vehicles, with the discounted cash of it all."""

    cny: float = 0.0
    owned: tuple[tuple[int, ...], ...] = ()
    """By year and type."""
    uses: tuple[float, ...] = ()
    """By limit."""

    def vector(self) -> tuple[float, ...]:
        return (self.cny, *self.uses, *(-number for year in self.owned for number in year))


Stock = dict[tuple[int, int], int]
"""(vehicle type as its place in the instance, vintage) -> number."""


def fleets_of(nation: Nation, city: str, needed: Sequence[float]) -> list[Fleet]:
    """Every way to buy and sell vehicles that another does not beat; those never needed do not count."""
    existing = {
        (type_names(nation).index(row.vehicle_type), nation.years[0] - row.age_years): row.count
        for row in nation.existing_fleet
        if row.city == city
    }
    empty = Fleet(uses=(0.0,) * len(nation.limits))
    cheapest: dict[object, Fleet] = {}
    for fleet in later_years(nation, city, nation.years, existing, empty):
        enough = tuple(
            tuple(min(number, ceil(most / kind.availability)) for number, most, kind in zip(
                owned, needed, nation.vehicle_types, strict=True
            ))
            for owned in fleet.owned
        )  # fmt: skip
        capped = replace(fleet, owned=enough)
        key = (capped.owned, capped.uses)
        if key not in cheapest or capped.cny < cheapest[key].cny:
            cheapest[key] = capped
    return undominated(list(cheapest.values()))


def type_names(nation: Nation) -> list[str]:
    return [kind.id for kind in nation.vehicle_types]


def later_years(
    nation: Nation, city: str, years: Sequence[int], stock: Stock, fleet: Fleet
) -> Iterator[Fleet]:
    if not years:
        if reaches(nation, fleet, nation.city[city].electric_share_min):
            worth = sum(
                number * value(nation, k, v, nation.years[-1] + 1) for (k, v), number in stock.items()
            )
            worth *= nation.discount(nation.years[-1] + 1) if nation.header.horizon.terminal_resale else 0.0
            yield replace(fleet, cny=fleet.cny - worth, uses=added(fleet.uses, green_uses(nation, fleet)))
        return
    year = years[0]
    for bought in purchases(nation, city, year):
        paid = sum(number * net_price(nation, k, year) for k, number in enumerate(bought))
        for kept, resale in sales(nation, list(stock.items()), year):
            after = kept | {(k, year): number for k, number in enumerate(bought) if number}
            owned = tuple(sum(n for (k, _), n in after.items() if k == place) for place in range(len(bought)))
            insurance = sum(
                number * kind.insurance_cny_per_year
                for number, kind in zip(owned, nation.vehicle_types, strict=True)
            )
            grown = Fleet(
                cny=fleet.cny + nation.discount(year) * (paid - resale + insurance),
                owned=(*fleet.owned, owned),
                uses=added(fleet.uses, fleet_uses(nation, year, bought, paid, resale)),
            )
            yield from later_years(nation, city, years[1:], after, grown)


def added(one: Sequence[float], other: Sequence[float]) -> tuple[float, ...]:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def fleet_uses(
    nation: Nation, year: int, bought: Sequence[int], paid: float, resale: float
) -> tuple[float, ...]:
    """What the purchases and sales of a year use of each limit."""
    uses = []
    for limit in nation.limits:
        if limit.kind == "budget" and limit.year == year:
            uses.append(paid * ("purchase" in limit.counts) - resale * ("resale" in limit.counts))
        elif limit.kind == "supply" and limit.year == year:
            names = zip(type_names(nation), bought, strict=True)
            uses.append(float(sum(number for name, number in names if name in limit.vehicle_types)))
        else:
            uses.append(0.0)
    return tuple(uses)


def green_uses(nation: Nation, fleet: Fleet) -> tuple[float, ...]:
    """-1 for each green_cities limit whose share the fleet reaches."""
    return tuple(
        -float(reaches(nation, fleet, limit.electric_share)) if limit.kind == "green_cities" else 0.0
        for limit in nation.limits
    )


def reaches(nation: Nation, fleet: Fleet, share: float) -> bool:
    """Whether the fleet of the last year is electric to a share."""
    owned = list(zip(nation.vehicle_types, fleet.owned[-1], strict=True))
    electric = sum(number for kind, number in owned if kind.powertrain == "bev")
    return electric >= share * sum(number for _, number in owned) - EPS


def sales(
    nation: Nation, stock: list[tuple[tuple[int, int], int]], year: int
) -> Iterator[tuple[Stock, float]]:
    """Every way to sell some of the stock before the year: what is left, and the cash."""
    if not stock:
        yield {}, 0.0
        return
    ((k, v), number), *others = stock
    too_old = year - v >= nation.vehicle_types[k].life_years
    for sold in [number] if too_old else range(number + 1):
        for kept, cash in sales(nation, others, year):
            left = {(k, v): number - sold} if number > sold else {}
            yield left | kept, cash + sold * value(nation, k, v, year)


def purchases(nation: Nation, city: str, year: int) -> Iterator[tuple[int, ...]]:
    record = nation.city[city]
    most = []
    for kind in nation.vehicle_types:
        existing = sum(
            row.count for row in nation.existing_fleet if (row.city, row.vehicle_type) == (city, kind.id)
        )
        urban = max(
            urban_day(nation, city, y).vehicles[nation.vehicle_types.index(kind)] for y in nation.years
        )
        villages = len(nation.villages_of[nation.hubs_of[city][0].id])
        banned = record.ev_only_from_year is not None and record.ev_only_from_year <= year
        no_more = banned and kind.powertrain == "ice"
        supply = [
            floor(limit.max_vehicles)
            for limit in nation.limits
            if limit.kind == "supply" and limit.year == year and limit.price_cny_per_unit is None
            if kind.id in limit.vehicle_types
        ]
        wanted = existing + ceil((villages + urban) / kind.availability)
        most.append(0 if no_more else min([wanted, *supply]))
    return product(*(range(number + 1) for number in most))


def net_price(nation: Nation, k: int, vintage: int) -> float:
    place = max(0, vintage - nation.years[0])
    kind = nation.vehicle_types[k]
    return kind.price_cny_by_year[place] - kind.subsidy_cny_by_year[place]


def value(nation: Nation, k: int, vintage: int, year: int) -> float:
    return nation.vehicle_types[k].resale_share_by_age[year - vintage] * net_price(nation, k, vintage)


@dataclass(frozen=True)
class Chargers:
    """One way to build chargers, with its discounted cash."""

    cny: float
    kwh: tuple[float, ...]
    """By year what they can draw a day."""
    uses: tuple[float, ...]
    """By limit."""

    def vector(self) -> tuple[float, ...]:
        return (self.cny, *self.uses, *(-kwh for kwh in self.kwh))


def chargers_of(nation: Nation, city: str) -> list[Chargers]:
    """Every way to build chargers that the grid connection can power, upgraded when it must be."""
    hub, kind = nation.hubs_of[city][0], nation.charger_types[0]
    most = floor((hub.grid_kw + hub.grid_upgrade_max_kw) / kind.power_kw + EPS)
    found = [chargers(nation, city, built) for built in product(range(most + 1), repeat=len(nation.years))]
    return undominated([one for one in found if one is not None])


def chargers(nation: Nation, city: str, built: Sequence[int]) -> Chargers | None:
    hub, kind, offer = nation.hubs_of[city][0], nation.charger_types[0], nation.energy_book.grid_upgrade
    (period,) = nation.tariff[nation.city[city].tariff].period
    first, end = nation.years[0], nation.years[-1] + 1
    vintages = [(first - row.age_years, row.count) for row in nation.existing_chargers if row.hub == hub.id]
    vintages += list(zip(nation.years, built, strict=True))
    kwh, cny, connected, uses = [], 0.0, hub.grid_kw, (0.0,) * len(nation.limits)
    for place, year in enumerate(nation.years):
        alive = sum(n for v, n in vintages if v <= year < v + kind.life_years)
        upgrade = max(0.0, alive * kind.power_kw - connected)
        connected += upgrade
        paid = {
            "chargers": built[place] * kind.cost_cny_by_year[place],
            "grid_upgrade": upgrade * offer.cost_cny_per_kw_by_year[place] if offer else 0.0,
        }
        kwh.append(alive * kind.power_kw * period.depot_h_per_day)
        cny += nation.discount(year) * (sum(paid.values()) + alive * kind.upkeep_cny_per_year)
        counted = [
            sum(cash for term, cash in paid.items() if term in limit.counts)
            if limit.kind == "budget" and limit.year == year
            else 0.0
            for limit in nation.limits
        ]
        uses = added(uses, counted)
    if connected > hub.grid_kw + hub.grid_upgrade_max_kw + EPS:
        return None
    worth = sum(
        n * kind.resale_share_by_age[end - v] * kind.cost_cny_by_year[max(0, v - first)]
        for v, n in vintages
        if end - 1 < v + kind.life_years
    )
    worth *= nation.discount(end) if nation.header.horizon.terminal_resale else 0.0
    return Chargers(cny - worth, tuple(kwh), uses)


# -- a city's plans -------------------------------------------------------------------------------------


def best_city_plans(nation: Nation, city: str, routes: Sequence[Column]) -> list[CityPlan]:
    """Every plan of a city that another does not beat in cost and in all uses of national limits."""
    days = [days_of(nation, city, year, routes) for year in nation.years]
    if not all(days):
        return []
    needed = [
        max(day.vehicles[k] for options in days for day in options) for k in range(len(nation.vehicle_types))
    ]
    found = []
    for fleet, chargers in product(fleets_of(nation, city, needed), chargers_of(nation, city)):
        possible = [
            [day for day in options if is_possible(nation, day, fleet.owned[place], chargers.kwh[place])]
            for place, options in enumerate(days)
        ]
        found += [city_plan(nation, city, fleet, chargers, chosen) for chosen in product(*possible)]
    return undominated(found)


def is_possible(nation: Nation, day: Day, owned: Sequence[int], kwh: float) -> bool:
    """Whether a day has the vehicles and the energy it needs."""
    return day.kwh <= kwh * nation.charger_types[0].efficiency + EPS and all(
        used <= kind.availability * number + EPS
        for used, number, kind in zip(day.vehicles, owned, nation.vehicle_types, strict=True)
    )


def city_plan(nation: Nation, city: str, fleet: Fleet, chargers: Chargers, chosen: Sequence[Day]) -> CityPlan:
    weight = nation.day_types[0].days_per_year
    (period,) = nation.tariff[nation.city[city].tariff].period
    cny, uses = fleet.cny + chargers.cny, added(fleet.uses, chargers.uses)
    for place, (year, day) in enumerate(zip(nation.years, chosen, strict=True)):
        drawn = day.kwh / nation.charger_types[0].efficiency
        cny += nation.discount(year) * weight * (day.cny + drawn * period.price_cny_per_kwh_by_year[place])
        of_day = {"carbon": day.fuel_co2_kg + nation.grid_factor(city, year) * drawn, "journey": day.km}
        counted = [
            weight * of_day.get(limit.kind, 0.0) if getattr(limit, "year", None) == year else 0.0
            for limit in nation.limits
        ]
        uses = added(uses, counted)
    return CityPlan(cny, uses)


def undominated(found: Sequence[Day] | Sequence[CityPlan]) -> list:
    """Those to which no other is equal or better in every respect."""
    kept: list = []
    for one in sorted(found, key=lambda each: each.vector()):
        if not any(
            all(a <= b + EPS for a, b in zip(other.vector(), one.vector(), strict=True)) for other in kept
        ):
            kept.append(one)
    return kept
