"""`energy.toml`: fuels, tariffs, chargers, public charging, grid upgrade, the cold."""

from __future__ import annotations

from .book import Book
from .known import NO_SOURCE, RULE, Known, Tree, assume, derive
from .vehicles import YEARS

DEPOT_HOURS = {"valley": 8.0, "flat": 3.0, "peak": 3.0}
"""18:00 to 08:00, outside the 10 h shift: valley 23-7, flat 21-23 and 7-8, peak 18-21 (Beijing's windows)."""

TEMPERATURE_POINTS = ((-20.0, 1.6), (-7.0, None), (8.0, 1.15), (15.0, 1.0), (25.0, 1.0), (35.0, 1.2))


def fuels(book: Book) -> Tree:
    """Return gasoline and diesel: price by year and carbon, tank to wheel."""
    return [
        {
            "id": fuel,
            "price_cny_per_l_by_year": [book(f"{price}_{year}") for year in YEARS],
            "co2_kg_per_l": book(f"{fuel}_ttw"),
        }
        for fuel, price in (("gasoline", "gasoline92"), ("diesel", "diesel0"))
    ]


def national_prices(book: Book) -> list[Known]:
    """Return the mean industrial price by year: 2019 from the book, the cuts of 2019 and 2020 around it."""
    base = book("national_industrial_price")
    cut_2020 = book("tariff_cut_2020")
    before = assume(
        round(base.value / 0.9, 4),
        "CNY/kWh",
        "2019 price / 0.9: the cut of 10 % was the target for 2019 (book)",
    )
    share = 1 - cut_2020.value * 11 / 12
    after = derive(
        round(base.value * share, 4), "CNY/kWh", "2019 price less 5 % from February 2020", base, cut_2020
    )
    return [before, derive(round(base.value, 4), "CNY/kWh", base.note, base), after]


def period(name: str, prices: list[Known]) -> dict[str, Tree]:
    """Return a tariff period."""
    hours = assume(
        DEPOT_HOURS[name], "h/d", "vehicles stand at the hub from 18:00 to 08:00, outside the shift"
    )
    return {"id": name, "depot_h_per_day": hours, "price_cny_per_kwh_by_year": list(prices)}


def national_tariff(book: Book) -> dict[str, Tree]:
    """Return the national tariff: the mean price is the flat one, peak and valley by the Shandong rule."""
    mean = national_prices(book)
    periods: list[Tree] = []
    for name, multiplier in (
        ("valley", "tou_valley_multiplier"),
        ("flat", None),
        ("peak", "tou_peak_multiplier"),
    ):
        factor = book(multiplier) if multiplier else Known(1.0, "derived", RULE)
        prices = [
            derive(round(p.value * factor.value, 4), "CNY/kWh", f"mean x {factor.value:g}", p, factor)
            for p in mean
        ]
        periods.append(period(name, prices))
    return {"id": "national", "period": periods}


def beijing_tariff(book: Book) -> dict[str, Tree]:
    """Return Beijing's time-of-use tariff for charging of 2016, held constant."""
    periods: list[Tree] = []
    for name in ("valley", "flat", "peak"):
        price = book(f"beijing_ev_tou_{name}")
        held = price.noted(f"{price.note}; 2016 tariff held for 2018-2020")
        periods.append(period(name, [held] * len(YEARS)))
    return {"id": "beijing", "period": periods}


def chargers(book: Book) -> Tree:
    """Return the charger types."""
    kinds = (
        ("ac7", 7.0, "eff_ac"),
        ("dc30", 30.0, "eff_dc"),
        ("dc60", 60.0, "eff_dc"),
        ("dc120", 120.0, "eff_dc"),
    )
    life = book("charger_life")
    years = int(life.value)
    upkeep = book("charger_om_share")
    found: list[Tree] = []
    for name, power, efficiency in kinds:
        cost = book(f"{name}_cost_installed")
        fall = [
            derive(round(1 - age / years, 4), "share", "linear to 0 at the end of life", life)
            for age in range(years + 1)
        ]
        found.append(
            {
                "id": name,
                "power_kw": Known(power, "derived", RULE, "the type's nominal power", "kW"),
                "efficiency": book(efficiency),
                "life_years": life.whole(),
                "cost_cny_by_year": [cost.noted(f"{cost.note}; 2019 level in all years")] * len(YEARS),
                "resale_share_by_age": list(fall),
                "upkeep_cny_per_year": derive(
                    cost.value * upkeep.value, "CNY/yr", "3 % of the cost", cost, upkeep
                ),
            }
        )
    return found


def public_charging(book: Book) -> dict[str, Tree]:
    """Return public charging: the mean tariff plus the service fee."""
    fee = book("public_charging_service_fee")
    prices: list[Tree] = [
        derive(round(p.value + fee.value, 4), "CNY/kWh", "mean industrial price + service fee 0.8", p, fee)
        for p in national_prices(book)
    ]
    return {"price_cny_per_kwh_by_year": prices, "efficiency": book("eff_dc")}


def temperature(book: Book) -> Tree:
    """Return the energy factor over temperature."""
    points: list[Tree] = []
    for celsius, factor in TEMPERATURE_POINTS:
        known = (
            book("temp_multiplier_minus7C")
            if factor is None
            else Known(
                factor, "assumption", NO_SOURCE, "book, section 2, tau_T; at 35 C AAA 1/0.83", "x energy"
            )
        )
        points.append({"celsius": Known(celsius, "derived", RULE, "a point of tau_T", "C"), "factor": known})
    return points


def energy_book(book: Book) -> dict[str, Tree]:
    """Return `energy.toml`."""
    upgrade = assume(
        1000.0,
        "CNY/kW",
        "transformer, cable and civil works of a low-voltage extension; order of magnitude",
        500,
        2000,
    )
    return {
        "fuel": fuels(book),
        "tariff": [national_tariff(book), beijing_tariff(book)],
        "charger_type": chargers(book),
        "public_charging": public_charging(book),
        "grid_upgrade": {"cost_cny_per_kw_by_year": [upgrade] * len(YEARS)},
        "temperature": temperature(book),
    }
