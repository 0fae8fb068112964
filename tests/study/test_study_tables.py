from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
import tiny

from voltmile.problem.faults import FaultyInputError
from voltmile.solve.status import Status
from voltmile.study.config import read_experiment
from voltmile.study.provenance import describe
from voltmile.study.results import read_results, save
from voltmile.study.summary import summarise
from voltmile.study.tables import COLUMNS, Tables, make_tables


@pytest.fixture(scope="module")
def tables() -> Tables:
    return make_tables(tiny.solution())


def rows(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    return [tuple(row) for row in frame.itertuples(index=False)]


def test_fleet_counts_what_is_bought_and_sold(tables: Tables) -> None:
    assert rows(tables.fleet) == [
        ("north", "ev", 2019, 1, 0, 1, True),
        ("north", "van", 2018, 0, 0, 2, False),
        ("north", "van", 2019, 0, 2, 0, False),
        ("south", "ev", 2018, 2, 0, 2, True),
        ("south", "ev", 2019, 0, 0, 2, True),
    ]


def test_chargers_are_gone_at_the_end_of_their_life(tables: Tables) -> None:
    assert rows(tables.chargers) == [
        ("n", "ac7", 2018, 0, 1),  # of 2017, life of 2 years
        ("s", "ac7", 2018, 1, 1),
        ("s", "ac7", 2019, 0, 1),
    ]


def test_routes_carry_their_demand_and_carbon(tables: Tables) -> None:
    first, electric, peak = (row for _, row in tables.routes.iterrows())
    assert list(first[["id", "city", "powertrain", "stops", "villages"]]) == ["r1", "north", "ice", 2, "a b"]
    assert first["co2_kg"] == pytest.approx(6 * 2.5)
    # 20 kWh at 0.9 and 10 kWh at 0.8 deliver 26 of 30 kWh; 13 kWh in the battery are 15 kWh of water power
    assert electric["co2_kg"] == pytest.approx(15 * 0.1)
    # two villages on a peak day (2) of the second year (1.5)
    assert list(peak[["parcels", "load_kg", "load_m3"]]) == pytest.approx([120.0, 180.0, 1.2])


def test_costs_leave_out_zeros_and_name_the_end(tables: Tables) -> None:
    assert len(tables.costs) == len(tiny.COSTS) - 1
    assert tables.costs["discounted_cny"].sum() == pytest.approx(tiny.OBJECTIVE)
    assert rows(tables.costs)[-2:] == [
        ("south", "end", "vehicle_value", -50000.0, -32000.0),
        ("", "2018", "penalty", 600.0, 600.0),
    ]


def test_cities_add_up_a_year(tables: Tables) -> None:
    north, south = (row for _, row in tables.cities[tables.cities["year"] == 2018].iterrows())
    # 300 days of 6 l, and of half a vehicle-day of 50 km at 0.1 + 2e-4 * 500 l/km
    assert north["co2_kg"] == pytest.approx(300 * (6 + 0.5 * 50 * 0.2) * 2.5)
    assert south["co2_kg"] == pytest.approx(300 * 30 * 0.1)
    assert list(north[["discounted_cny", "vehicles", "electric_vehicles", "chargers"]]) == [15000.0, 2, 0, 1]
    assert list(south[["route_km", "visits", "urban_vehicle_days"]]) == [300 * 40.0, 310 * 2.0, 150.0]


def test_limits_are_held_against_what_is_used(tables: Tables) -> None:
    found = {row[0]: row[1:] for row in rows(tables.limits)}
    money, vans, co2, green, short = (found[key] for key in ("money", "vans", "co2", "green", "short"))
    assert money[:-1] == ("budget", 2018, "CNY", 204000.0, 250000.0, 0.0)
    assert math.isnan(money[-1])  # type: ignore[arg-type]
    assert vans[1:5] == (2018, "vehicles", 2.0, 3.0)
    assert co2[1:] == (2018, "kg", pytest.approx(300 * 11 * 2.5 + 900.0), 5000.0, 0.0, 0.5)
    assert green[1:5] == (2019, "cities", 1.0, 1.0)
    assert short[1:] == (2018, "km/visit", pytest.approx(300 * 100 / (310 * 4)), 10.0, 600.0, 1.0)


def test_the_summary_adds_up() -> None:
    summary = summarise(tiny.solution(), {"fleet_first": 3e5, "pooled_savings": 20.0}, {"plan": 2.0}, 9.0)
    assert sum(summary.costs.values()) == pytest.approx(summary.objective)
    assert summary.co2_kg == pytest.approx({"2018": 9150.0, "2019": 10 * 6.5 * 2.5})
    assert summary.co2_kg_total == pytest.approx(9150.0 + 162.5)
    assert summary.journey_km_per_visit == pytest.approx((300 * 100 + 10 * 60) / (2 * 310 * 4))
    assert summary.journey_baselines == {"pooled_savings": 20.0}
    assert summary.baselines == {"fleet_first": 3e5}
    assert summary.gap == pytest.approx(0.005)


@pytest.mark.parametrize(
    ("status", "share", "word"),
    [
        (Status.OPTIMAL, 0.995, "feasible"),  # met the gap asked for, which proves no optimum
        (Status.OPTIMAL, 0.99999, "optimal"),
        (Status.NODE_LIMIT, 0.9, "feasible"),
        (Status.TIME_LIMIT, 0.9, "time_limit"),
        (Status.INTERRUPTED, -math.inf, "interrupted"),
    ],
)
def test_the_status_claims_no_more_than_is_proven(status: Status, share: float, word: str) -> None:
    solution = replace(tiny.solution(), status=status, bound=share * tiny.OBJECTIVE)
    summary = summarise(solution, {}, {}, 0.0)
    assert summary.status == word
    assert (summary.bound is None) == math.isinf(share)
    json.dumps(summary.model_dump(mode="json"), allow_nan=False)


@pytest.fixture
def saved(tmp_path: Path, experiment: Path, tables: Tables) -> Path:
    from datetime import UTC, datetime

    folder = tmp_path / "saved"
    folder.mkdir()
    solution = tiny.solution()
    provenance = describe(
        read_experiment(experiment), tiny.nation(), folder, "voltmile run", datetime.now(UTC)
    )
    save(folder, solution, tables, summarise(solution, {}, {}, 1.0), provenance)
    return folder


def test_reading_gives_back_what_was_written(saved: Path, tables: Tables) -> None:
    found = read_results(saved)
    for (name, written), (_, read) in zip(tables.items(), found.tables.items(), strict=True):
        pd.testing.assert_frame_equal(written, read, check_exact=True, obj=name)
    assert found.plan == tiny.solution().plan
    assert found.certificate == tiny.solution().certificate
    assert found.provenance.instance_sha256 == tiny.nation().digest


def test_ids_that_look_like_numbers_stay_as_they_are(saved: Path) -> None:
    assert "0012 NA" in set(read_results(saved).tables.routes["villages"])


def test_files_are_plain_text_that_other_tools_read(saved: Path) -> None:
    assert (
        (saved / "fleet.csv")
        .read_bytes()
        .startswith(b"city,vehicle_type,year,bought,sold,stock,electric\nnorth,ev,")
    )
    assert ",true\n" in (saved / "fleet.csv").read_text()
    assert (saved / "limits.csv").read_text().splitlines()[1].endswith(",0.0,")
    assert {path.stem for path in saved.glob("*.csv")} == set(COLUMNS) - {"measures", "prices", "vans"}


def test_broken_tables_are_all_named(saved: Path) -> None:
    (saved / "costs.csv").unlink()
    (saved / "cities.csv").write_text("town,year\n")
    text = (saved / "fleet.csv").read_text().replace(",true", ",yes")
    (saved / "fleet.csv").write_text(text)
    with pytest.raises(FaultyInputError) as caught:
        _ = read_results(saved).tables
    message = str(caught.value)
    assert "costs.csv: is missing" in message
    assert "cities.csv, row 1: found town,year; valid: city,year," in message
    assert "fleet.csv, row 2: is not a row of this table: found 'yes'; valid: true or false" in message


def test_a_table_can_be_read_without_the_others(saved: Path) -> None:
    (saved / "routes.csv").unlink()
    assert len(read_results(saved).table("fleet")) > 0
    with pytest.raises(FaultyInputError, match=r"routes\.csv: is missing"):
        read_results(saved).table("routes")


def test_a_folder_without_results_is_not_taken_for_one(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"summary\.json and provenance\.json missing"):
        read_results(tmp_path)
    with pytest.raises(FileNotFoundError, match="no such result folder"):
        read_results(tmp_path / "nowhere")
