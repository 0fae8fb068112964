"""Instance folders: exact round trips, and every fault named with file, row, field and a remedy."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import voltmile as vm
from voltmile.problem.faults import FaultyInputError
from voltmile.problem.parts import part

INSTANCES = Path(__file__).parents[2] / "instances"


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(INSTANCES / "toy", tmp_path / "toy"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def messages(folder: Path) -> list[str]:
    with pytest.raises(FaultyInputError) as error:
        vm.read(folder)
    return [str(fault) for fault in error.value.faults]


@pytest.mark.parametrize("name", ["toy", "quickstart", "green2020"])
def test_reading_what_was_written_gives_the_same_records(name: str, tmp_path: Path) -> None:
    nation = vm.read(INSTANCES / name)
    vm.write(nation, tmp_path / "copy")
    again = vm.read(tmp_path / "copy")
    assert again == nation
    assert again.digest == nation.digest


def test_a_misspelt_key_is_named_with_the_nearest_valid_one(toy: Path) -> None:
    edit(toy / "instance.toml", "discount_rate", "discount_rat")
    found = messages(toy)
    assert any(
        "instance.toml, horizon.discount_rat: unknown key; did you mean 'discount_rate'?" in m for m in found
    )
    assert any("horizon.discount_rate: is missing" in m for m in found)


def test_all_faults_of_all_files_come_at_once(toy: Path) -> None:
    edit(toy / "instance.toml", "shift_h", "shift_hours")
    lines = (toy / "villages.csv").read_text().splitlines()
    lines[1] = lines[1].replace(lines[1].split(",")[0], "", 1)
    lines[2] = ",".join([*lines[2].split(",")[:-1], "-5"])
    (toy / "villages.csv").write_text("\n".join(lines) + "\n")
    found = messages(toy)
    assert sum(m.startswith("instance.toml") for m in found) >= 2
    assert any(m.startswith("villages.csv, row 2, id") for m in found)
    assert any(m.startswith("villages.csv, row 3") for m in found)


def test_a_number_that_is_none_shows_what_stands_there(toy: Path) -> None:
    header, first, *rest = (toy / "cities.csv").read_text().splitlines()
    cells = first.split(",")
    cells[header.split(",").index("population")] = "many"
    (toy / "cities.csv").write_text("\n".join([header, ",".join(cells), *rest]) + "\n")
    assert any("cities.csv, row 2, population: found 'many'" in m for m in messages(toy))


def test_an_unknown_hub_is_named_with_its_row_and_the_nearest_one(toy: Path) -> None:
    nation = vm.read(toy)
    hub = nation.villages[0].hub
    edit(toy / "villages.csv", f",{hub},", f",{hub}x,")
    assert any(f"'{hub}x' is unknown; did you mean '{hub}'?" in m for m in messages(toy))


def test_a_doubled_village_is_reported(toy: Path) -> None:
    lines = (toy / "villages.csv").read_text().splitlines()
    (toy / "villages.csv").write_text("\n".join([*lines, lines[1]]) + "\n")
    assert any("stands there 2 times; valid: once" in m for m in messages(toy))


def test_a_list_by_year_of_the_wrong_length_is_reported(toy: Path) -> None:
    edit(toy / "instance.toml", "village_factor_by_year = [", "village_factor_by_year = [1.0, ")
    assert any("demand.village_factor_by_year: has" in m and "valid: one entry" in m for m in messages(toy))


def test_missing_and_unknown_columns_are_reported(toy: Path) -> None:
    edit(toy / "hubs.csv", "grid_kw", "grid_kva")
    found = messages(toy)
    assert any("unknown column 'grid_kva'; did you mean 'grid_kw'?" in m for m in found)
    assert any("column 'grid_kw' is missing" in m for m in found)


def test_a_ragged_row_is_reported(toy: Path) -> None:
    with (toy / "hubs.csv").open("a") as out:
        out.write("only,three,cells\n")
    assert any("has 3 cells; valid:" in m for m in messages(toy))


def test_a_missing_file_is_reported(toy: Path) -> None:
    (toy / "cities.csv").unlink()
    assert messages(toy) == ["cities.csv: is missing"]


def test_a_source_row_that_disagrees_with_the_number_is_reported(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(INSTANCES / "quickstart", tmp_path / "quickstart"))
    edit(folder / "instance.toml", "shift_h = 10.0", "shift_h = 9.5")
    assert any("parameters.csv" in m and "instance.toml has 9.5" in m for m in messages(folder))


def test_no_number_of_the_national_instance_stands_without_its_source() -> None:
    nation = vm.read(INSTANCES / "green2020")
    named = {(row.file, row.field) for row in nation.parameters}
    for k in nation.vehicle_types:
        for field in ("payload_kg", "volume_m3", "life_years", "availability", "maintenance_cny_per_km"):
            assert ("vehicles.toml", f"vehicle_type.{k.id}.{field}") in named


def test_a_part_of_a_nation_holds_nothing_of_the_other_cities() -> None:
    nation = vm.read(INSTANCES / "quickstart")
    city = nation.cities[0].id
    own = part(nation, {city}, ())
    assert [c.id for c in own.cities] == [city]
    assert {v.hub for v in own.villages} <= {h.id for h in own.hubs}
    assert own.limits == ()
    assert own.villages_of.keys() == {h.id for h in own.hubs}
