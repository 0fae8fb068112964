"""An instance at a glance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from voltmile.problem.limits import (
    BudgetLimit,
    CarbonLimit,
    FundLimit,
    GreenCitiesLimit,
    JourneyLimit,
    LabelsLimit,
    Limit,
    SupplyLimit,
)
from voltmile.problem.nation import Nation
from voltmile.problem.vehicles import BatteryVehicle
from voltmile.study.sheets import Cell, Sheet

Row = tuple[Cell, ...]


def overview(nation: Nation) -> Sheet:
    """Return the size of an instance, its demand, fleet, limits and grids in a few lines."""
    parts = (_places, _demand, _fleet, _measures, _limits, _grid)
    rows = [row for part in parts for row in part(nation)]
    columns = (("", None), ("", None))
    return Sheet(f"{nation.name}: {nation.header.title}", columns, tuple(rows))


def counts(nation: Nation) -> str:
    """Return the size of an instance in a few words."""
    parts = (
        (len(nation.cities), "city", "cities"),
        (len(nation.hubs), "hub", "hubs"),
        (len(nation.villages), "village", "villages"),
        (len(nation.years), "year", "years"),
        (len(nation.limits), "limit", "limits"),
    )
    return ", ".join(f"{number:,} {one if number == 1 else many}" for number, one, many in parts)


def _places(nation: Nation) -> Iterator[Row]:
    years = nation.years
    yield "years", f"{years[0]} to {years[-1]}" if len(years) > 1 else str(years[0])
    days = ", ".join(f"{day.id} ({day.days_per_year:g} a year)" for day in nation.day_types)
    yield "day types", days
    yield "cities", f"{len(nation.cities):,}"
    yield "hubs", f"{len(nation.hubs):,}"
    sizes = sorted(len(villages) for villages in nation.villages_of.values())
    most = f", {sizes[0]:,} to {sizes[-1]:,} a hub" if sizes else ""
    yield "villages", f"{len(nation.villages):,}{most}"


def _demand(nation: Nation) -> Iterator[Row]:
    demand = nation.header.demand
    kg = sum(village.demand_kg_per_day for village in nation.villages)
    parcels = sum(village.parcels_per_day for village in nation.villages)
    urban = sum(city.urban_parcels_per_day for city in nation.cities)
    growth = (demand.village_factor_by_year, demand.urban_factor_by_year)
    village_growth, urban_growth = (", ".join(f"{factor:g}" for factor in factors) for factors in growth)
    yield "village parcels", f"{parcels:,.0f} a day ({kg:,.0f} kg), times {village_growth}"
    yield "urban parcels", f"{urban:,.0f} a day, times {urban_growth}"


def _fleet(nation: Nation) -> Iterator[Row]:
    existing = Counter[str]()
    for row in nation.existing_fleet:
        existing[row.vehicle_type] += row.count
    for kind in nation.vehicle_types:
        drive = "electric" if isinstance(kind, BatteryVehicle) else "fuel"
        owned = f"{existing[kind.id]:,} there already"
        yield f"vehicle {kind.id}", f"{drive}, {kind.payload_kg:,.0f} kg, {owned}"
    chargers = Counter[str]()
    for there in nation.existing_chargers:
        chargers[there.charger_type] += there.count
    for charger in nation.charger_types:
        yield f"charger {charger.id}", f"{charger.power_kw:g} kW, {chargers[charger.id]:,} there already"


def _limits(nation: Nation) -> Iterator[Row]:
    for limit in nation.limits:
        price = limit.price_cny_per_unit
        if isinstance(limit, CarbonLimit) and limit.max_co2_kg == 0 and price is not None:
            yield f"limit {limit.id}", f"{1000 * price:,g} CNY for a tonne of CO2 in {limit.year}"
            continue
        firmness = "hard" if price is None else f"or {price:,g} CNY a unit"
        yield f"limit {limit.id}", f"{_said(limit)}; {firmness}"


def _said(limit: Limit) -> str:
    match limit:
        case BudgetLimit():
            return f"{limit.max_cny:,.0f} CNY in {limit.year} for {', '.join(limit.counts)}"
        case SupplyLimit():
            return f"{limit.max_vehicles:,.0f} vehicles of {', '.join(limit.vehicle_types)} in {limit.year}"
        case CarbonLimit():
            return f"{limit.max_co2_kg:,.0f} kg CO2 in {limit.year}"
        case GreenCitiesLimit():
            return f"{limit.electric_share:.0%} electric in the last year in {limit.min_cities} of the cities"
        case JourneyLimit():
            return f"{limit.max_km_per_visit:g} km per village visit in {limit.year}"
        case LabelsLimit():
            return f"{limit.min_labels_million:,.0f} million e-labels by {limit.year}"
        case FundLimit():
            return f"{limit.max_cny:,.0f} CNY in all years for {', '.join(limit.counts)}"


def _measures(nation: Nation) -> Iterator[Row]:
    given = nation.campaign
    if given.e_label is not None:
        parcels = ", ".join(f"{million:,g}" for million in given.e_label.parcels_million_by_year)
        yield "measure e_label", f"{parcels} million parcels, {given.e_label.base_share:.0%} labelled anyway"
    for platform in given.packaging:
        parcels = ", ".join(f"{million:,g}" for million in platform.parcels_million_by_year)
        yield f"measure packaging {platform.id}", f"{parcels} million parcels, {len(platform.step)} steps"
    if given.boxes is not None:
        yield "measure boxes", f"up to {given.boxes.share_max:.0%} of the parcels in every city"
    if given.cutlery is not None:
        orders = ", ".join(f"{million:,g}" for million in given.cutlery.orders_million_by_year)
        last = given.cutlery.response[-1].opt_out_share
        shares = f"{given.cutlery.no_response:.1%} to {last:.1%} without cutlery"
        yield "measure cutlery", f"{orders} million orders, {shares}"


def _grid(nation: Nation) -> Iterator[Row]:
    for year in nation.years:
        factors = [nation.grid_factor(city.id, year) for city in nation.cities]
        kind = nation.header.carbon.grid_factor.replace("_", " ")
        yield f"grid factor {year}", f"{min(factors):.3f} to {max(factors):.3f} kg CO2 per kWh ({kind})"
