"""`vehicles.toml`: seven vehicle types of the book's base set."""

from __future__ import annotations

from dataclasses import dataclass

from .book import Book
from .known import RULE, Known, Tree, assume, derive, tidy

YEARS = (2018, 2019, 2020)
LOADS_PER_DAY = 1.5
HOURS_PER_DAY = 10.0
OVERHEAD_H_PER_LOAD = 1.0
AVAILABILITY = 0.95


@dataclass(frozen=True)
class Body:
    """What a vehicle carries."""

    payload_kg: Known
    volume_m3: Known


@dataclass(frozen=True)
class Electric:
    """Battery, consumption at half load and price of an electric type."""

    battery_kwh: Known
    half_kwh_per_km: Known
    price_2018: Known
    subsidy_cap_2019: float


@dataclass(frozen=True)
class Fuelled:
    """Fuel, consumption at half load and price of a fuel type."""

    fuel: str
    half_l_per_km: Known
    price: Known


def bodies(book: Book) -> dict[str, Body]:
    """Return payload and volume by type (kg, m3)."""
    ec35 = Body(book("ec35_payload"), book("ec35_volume"))
    ev80_volume = book("ev80_volume")
    truck_volume = book("lighttruck_volume")
    diesel_van = assume(
        1100.0, "kg", "book, section 1: diesel light van (A); more than EV80 by most of its pack"
    )
    diesel_truck = assume(1500.0, "kg", "book, lighttruck_payload: fuel twin of the e-truck 1,500 kg (A)")
    return {
        "ev-microvan": ec35,
        "ev-van": Body(book("t3_payload"), book("t3_volume")),
        "ev-light-van": Body(book("ev80_payload"), ev80_volume),
        "ev-light-truck": Body(book("lighttruck_payload"), truck_volume),
        "gasoline-microvan": Body(same(ec35.payload_kg, "EC35"), same(ec35.volume_m3, "EC35")),
        "diesel-light-van": Body(diesel_van, same(ev80_volume, "EV80")),
        "diesel-light-truck": Body(diesel_truck, truck_volume),
    }


def same(known: Known, other: str) -> Known:
    """Return a number taken over from another vehicle of the same body."""
    return derive(known.value, known.unit, f"as {other} (book, section 1)", known)


def electrics(book: Book) -> dict[str, Electric]:
    """Return the electric types."""
    truck_battery = assume(
        90.0, "kWh", "book, section 1: 80-100 kWh (BYD T5 / Geely E200 class); middle", 80, 100
    )
    t3_half = assume(
        0.21, "kWh/km", "book, section 1: 21 kWh/100km at half load; rated 16.8 x 1.25", 0.168, 0.26
    )
    return {
        "ev-microvan": Electric(
            book("ec35_battery"),
            per_km(book, "ev_microvan_energy_model"),
            book("ev_microvan_price_2018"),
            20_000,
        ),
        "ev-van": Electric(book("t3_battery"), t3_half, book("ev_t3class_price_2018"), 20_000),
        "ev-light-van": Electric(
            book("ev80_battery"),
            per_km(book, "ev_lightvan_energy_model"),
            book("ev_lightvan_price_2018"),
            20_000,
        ),
        "ev-light-truck": Electric(
            truck_battery,
            per_km(book, "ev_lighttruck_energy_model"),
            book("ev_lighttruck_price_2018"),
            55_000,
        ),
    }


def fuelled(book: Book) -> dict[str, Fuelled]:
    """Return the fuel types."""
    return {
        "gasoline-microvan": Fuelled(
            "gasoline", per_km(book, "ice_microvan_fuel"), book("ice_microvan_price")
        ),
        "diesel-light-van": Fuelled("diesel", per_km(book, "ice_lightvan_fuel"), book("ice_lightvan_price")),
        "diesel-light-truck": Fuelled(
            "diesel", per_km(book, "ice_lighttruck_fuel"), book("ice_lighttruck_price")
        ),
    }


NAMES = {
    "ev-microvan": "Electric microvan (DFSK EC35 class)",
    "ev-van": "Electric van (BYD T3 class)",
    "ev-light-van": "Electric light van (Maxus EV80 class)",
    "ev-light-truck": "Electric light truck (BYD T5 / Geely E200 class)",
    "gasoline-microvan": "Gasoline microvan (Wuling Rong Guang class)",
    "diesel-light-van": "Diesel light van (Jinbei / Iveco class)",
    "diesel-light-truck": "Diesel light truck (JAC / Foton 4.5 t class)",
}


def per_km(book: Book, name: str) -> Known:
    """Return a consumption given per 100 km, per km."""
    known = book(name)
    unit = "kWh/km" if known.unit.startswith("kWh") else "L/km"
    return known.times(0.01, unit)


def load_slope(half: Known, spread: Known, payload: Known) -> tuple[Known, Known]:
    """Return consumption empty (per km) and per kg aboard, from that at half load and full : empty."""
    empty = half.value / (1 + (spread.value - 1) / 2)
    slope = (spread.value - 1) * empty / payload.value
    note = f"half load {half.value:g} {half.unit}, full : empty = {spread.value:g} (book, section 2)"
    return (
        derive(empty, half.unit, f"e_half / (1 + (lambda - 1) / 2); {note}", half, spread),
        derive(slope, f"{half.unit}/kg", f"(lambda - 1) e_empty / payload; {note}", half, spread, payload),
    )


def parcels_per_load(book: Book, body: Body) -> float:
    """Return the parcels of a full load, by volume or weight."""
    by_volume = body.volume_m3.value * book("parcels_per_m3").value
    return min(by_volume, body.payload_kg.value / book("parcel_weight").value)


def urban_day(book: Book, body: Body, reference: Body) -> Known:
    """Return the parcels of an urban vehicle-day of 10 h.

    The book's 1.5 loads a day hold for the EC35 class. A load takes OVERHEAD_H_PER_LOAD for loading and the
    way out and back, and the same time per parcel in every vehicle; a bigger vehicle saves only overhead.
    """
    load = parcels_per_load(book, reference)
    hours_per_parcel = (HOURS_PER_DAY / LOADS_PER_DAY - OVERHEAD_H_PER_LOAD) / load
    own = parcels_per_load(book, body)
    value = HOURS_PER_DAY * own / (OVERHEAD_H_PER_LOAD + own * hours_per_parcel)
    note = (
        f"a 10 h day: 1 h overhead a load (assumption) + {hours_per_parcel:.4f} h per parcel, so that the "
        f"EC35 class makes the book's 1.5 loads of {load:.0f}; {own:.0f} parcels per load"
    )
    return assume(round(value, 1), "parcel/d", note)


def resale(book: Book, kind: str) -> Tree:
    """Return resale shares by age: a straight line from 1 to the book's residual at the end of life.

    A vehicle that goes on working is worth what it still saves. With a geometric fall (35 % a year for an
    electric van) the horizon's end would take that worth away, and vans of the last years would not pay.
    """
    life = int(book("vehicle_life").value)
    end = book(f"residual_{'ev' if kind == 'bev' else 'ice'}")
    note = f"straight line from 1 (new) to {end.value:g} after {life} years"
    shares = [round(1 - (1 - end.value) * age / life, 4) for age in range(life + 1)]
    return [derive(share, "share", note, end) for share in shares]


def common(book: Book, name: str, powertrain: str, body: Body, reference: Body) -> dict[str, Tree]:
    """Return the keys all vehicle types share."""
    suffix = "ev" if powertrain == "bev" else "ice"
    return {
        "id": name,
        "name": NAMES[name],
        "powertrain": powertrain,
        "payload_kg": body.payload_kg,
        "volume_m3": body.volume_m3,
        "life_years": book("vehicle_life").whole(),
        "resale_share_by_age": resale(book, powertrain),
        "insurance_cny_per_year": book("insurance_per_year"),
        "maintenance_cny_per_km": book(f"maintenance_{suffix}"),
        "availability": assume(
            AVAILABILITY, "share", "one vehicle-day in twenty for repair and inspection", 0.9, 0.98
        ),
        "urban_parcels_per_day": urban_day(book, body, reference),
        "urban_km_per_day": book("daily_distance_van"),
        "urban_h_per_day": book("shift_length"),
    }


def electric_prices(book: Book, electric: Electric) -> Tree:
    """Return the price by year: 2018 from the book, then the battery and 1,000 CNY a year of e-drive less."""
    prices: list[Tree] = [electric.price_2018]
    for number, year in enumerate(YEARS[1:], start=1):
        pack = [book(f"pack_price_{y}") for y in (2018, year)]
        fall = electric.battery_kwh.value * (pack[0].value - pack[1].value) + 1000 * number
        note = (
            f"2018 price - {electric.battery_kwh.value:g} kWh x fall of the pack price - {number},000 e-drive"
        )
        value = round(electric.price_2018.value - fall)
        prices.append(derive(value, "CNY", note, electric.price_2018, electric.battery_kwh, *pack))
    return prices


def subsidies(book: Book, electric: Electric) -> Tree:
    """Return the national purchase subsidy by year."""
    kwh = electric.battery_kwh.value
    tiers = (850.0, 30.0), (750.0, 20.0), (650.0, 1e9)
    paid, left = 0.0, kwh
    for rate, width in tiers:
        paid += rate * min(left, width)
        left -= min(left, width)
    first = book("subsidy_2018_tier1")
    cap = book("subsidy_2018_cap")
    note = "850 / 750 / 650 CNY per kWh up to 30 / 50 / more, cap 100,000; no 60 % cut of Feb-Jun 2018"
    found: list[Tree] = [derive(min(paid, cap.value), "CNY", note, first, cap)]
    for year in YEARS[1:]:
        rate_row = book(f"subsidy_{year}_rate")
        note = f"350 CNY/kWh, cap {electric.subsidy_cap_2019:,.0f}"
        value = min(rate_row.value * kwh, electric.subsidy_cap_2019)
        found.append(derive(value, "CNY", note, rate_row))
    return found


def electric_type(book: Book, name: str, electric: Electric, body: Body, reference: Body) -> dict[str, Tree]:
    """Return the table of an electric type."""
    empty, slope = load_slope(electric.half_kwh_per_km, book("load_multiplier_full_ev"), body.payload_kg)
    rural = "50 km/h cruise and 0.5 stop/km against stop-start: force balance 14.9 / 16.9 (book, section 2)"
    return common(book, name, "bev", body, reference) | {
        "price_cny_by_year": electric_prices(book, electric),
        "subsidy_cny_by_year": subsidies(book, electric),
        "battery_kwh": electric.battery_kwh,
        "soc_min": book("soc_min"),
        "soc_max": book("soc_max_depot"),
        "energy_empty_kwh_per_km": empty,
        "energy_load_kwh_per_km_kg": slope,
        "rural_energy_factor": assume(0.88, "x", rural),
        "urban_energy_factor": Known(1.0, "derived", RULE, "the consumption is that of urban service", "x"),
    }


def fuel_type(book: Book, name: str, fuelled: Fuelled, body: Body, reference: Body) -> dict[str, Tree]:
    """Return the table of a fuel type."""
    empty, slope = load_slope(fuelled.half_l_per_km, book("load_multiplier_full_diesel"), body.payload_kg)
    nothing = Known(0.0, "derived", RULE, "no subsidy for fuel vehicles", "CNY")
    return common(book, name, "ice", body, reference) | {
        "price_cny_by_year": [fuelled.price.noted(f"{fuelled.price.note}; same in all years")] * len(YEARS),
        "subsidy_cny_by_year": [nothing] * len(YEARS),
        "fuel": fuelled.fuel,
        "fuel_empty_l_per_km": empty,
        "fuel_load_l_per_km_kg": slope,
    }


def vehicle_book(book: Book) -> dict[str, Tree]:
    """Return `vehicles.toml`."""
    body = bodies(book)
    reference = body["ev-microvan"]
    types: list[Tree] = [
        electric_type(book, name, electric, body[name], reference)
        for name, electric in electrics(book).items()
    ]
    types += [fuel_type(book, name, fuel, body[name], reference) for name, fuel in fuelled(book).items()]
    return {"vehicle_type": types}


def reference_urban_parcels(book: Book) -> float:
    """Return the urban parcels of an EC35 day: the book's van-equivalent."""
    return tidy(LOADS_PER_DAY * parcels_per_load(book, bodies(book)["ev-microvan"]))
