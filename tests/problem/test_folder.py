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


def test_urban_parcels_need_a_hub_and_a_vehicle_type_that_deliver_them(toy: Path) -> None:
    edit(toy / "cities.csv", "flat,coal,0.0,", "flat,coal,10.0,")
    hub, vehicle = messages(toy)
    assert hub == (
        "cities.csv, row 3, urban_parcels_per_day: 10.0 but no hub of 'dark' has serves_urban = true"
    )
    assert vehicle == (
        "cities.csv, row 3, urban_parcels_per_day: 10.0 in 'dark', but every vehicle type in vehicles.toml "
        "delivers 0; valid: 0, or a vehicle type with urban_parcels_per_day above 0"
    )
    edit(toy / "hubs.csv", "4.0,0.0,false", "4.0,0.0,true")
    assert messages(toy) == [vehicle]
    edit(toy / "vehicles.toml", "urban_parcels_per_day = 0.0", "urban_parcels_per_day = 100.0")
    assert vm.read(toy).urban_parcels("dark", 2018, "regular") == 10.0


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


# -- measures.toml --------------------------------------------------------------------------------------

MEASURES = """
[e_label]
parcels_million_by_year = [10.0, 20.0]
base_share = 0.5
share_max_by_year = [0.6, 0.8]
printer_cny_by_year = [800.0, 700.0]
printer_life_years = 2
labels_per_printer_year = 50000.0
saving_cny_per_label = 0.2
co2_saved_kg_per_label = 0.01
sheets_saved_per_label = 4.0

[[packaging]]
id = "market"
parcels_million_by_year = [5.0, 8.0]
rise_max_per_year = 0.25
saving_cny_per_parcel = 0.15
co2_saved_kg_per_parcel = 0.04
step = [{ share = 0.2, cny_per_parcel = 0.05 }, { share = 0.5, cny_per_parcel = 0.17 }]

[boxes]
box_cny_by_year = [25.0, 20.0]
trips_per_box_year = 20.0
loss_share = 0.05
return_h = 0.01
share_max = 0.1
saving_cny_per_trip = 1.0
co2_kg_per_box = 2.0
co2_kg_per_return = 0.02
co2_saved_kg_per_trip = 0.3
end_value_share = 0.4

[cutlery]
orders_million_by_year = [3.0, 4.0]
saving_cny_per_set = 0.15
co2_saved_kg_per_set = 0.04
response = [
    { cny_per_order = 0.0, opt_out_share = 0.03 },
    { cny_per_order = 0.01, opt_out_share = 0.23 },
    { cny_per_order = 0.03, opt_out_share = 0.33 },
]
"""


@pytest.fixture
def campaign(toy: Path) -> Path:
    """The toy with measures."""
    (toy / "measures.toml").write_text(MEASURES, encoding="utf-8")
    return toy


def test_measures_are_read_and_written(campaign: Path, tmp_path: Path) -> None:
    nation = vm.read(campaign)
    assert nation.measures is not None
    assert nation.measures.cutlery is not None
    assert nation.measures.cutlery.slopes == pytest.approx((20.0, 5.0))
    vm.write(nation, tmp_path / "copy")
    assert vm.read(tmp_path / "copy") == nation
    assert nation.digest != vm.read(INSTANCES / "toy").digest


def test_any_of_the_measures_may_be_left_out(toy: Path) -> None:
    (toy / "measures.toml").write_text(MEASURES.split("[[packaging]]")[0], encoding="utf-8")
    nation = vm.read(toy)
    assert nation.campaign.e_label is not None
    assert (nation.campaign.packaging, nation.campaign.boxes, nation.campaign.cutlery) == ((), None, None)


def test_an_instance_without_measures_has_the_digest_it_always_had() -> None:
    """Published results name it (experiments/published/quickstart/provenance.json)."""
    published = "4c1416b04f289d4c6a27374cfc910a23e561df919f3624158c916e4d89b80991"
    assert vm.read(INSTANCES / "quickstart").digest == published


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "base_share = 0.5",
            "bas_share = 0.5",
            "e_label.bas_share: unknown key; did you mean 'base_share' or 'loss_share'?",
        ),
        (
            "share_max_by_year = [0.6, 0.8]",
            "share_max_by_year = [0.4, 0.8]",
            "e_label: share_max_by_year has 0.4, below base_share 0.5; valid: that or more",
        ),
        (
            "printer_cny_by_year = [800.0, 700.0]",
            "printer_cny_by_year = [800.0]",
            "e_label.printer_cny_by_year: has 1 entries; valid: one entry for each of the 2 years",
        ),
        (
            "parcels_million_by_year = [5.0, 8.0]",
            "parcels_million_by_year = [5.0, 0.0]",
            "packaging[0].parcels_million_by_year[1]: found 0.0; input should be greater than 0",
        ),
        (
            "cny_per_parcel = 0.17",
            "cny_per_parcel = 0.01",
            "packaging[0]: step.cny_per_parcel [0.05, 0.01] falls; valid: steps that cost more and more",
        ),
        ("share = 0.5,", "share = 0.9,", "packaging[0]: step.share sums to 1.1; valid: at most 1"),
        (
            "loss_share = 0.05",
            "loss_share = 0.2",
            "boxes: loss_share * trips_per_box_year is 4: more boxes would be lost in a year than there are",
        ),
        (
            "opt_out_share = 0.33",
            "opt_out_share = 0.9",
            "cutlery: response has the slopes 20, 33.5 (share for each CNY an order); valid: slopes that",
        ),
        (
            "opt_out_share = 0.33",
            "opt_out_share = 0.1",
            "cutlery: response has the slopes 20, -6.5",
        ),
        (
            "{ cny_per_order = 0.0,",
            "{ cny_per_order = 0.02,",
            "cutlery: response.cny_per_order [0.02, 0.01, 0.03] must rise strictly from 0",
        ),
        ("loss_share = 0.05", "loss_share = 1.05", "boxes.loss_share: found 1.05"),
        ('id = "market"', "", "packaging[0].id: is missing"),
    ],
)
def test_faulty_measures_are_named(old: str, new: str, message: str, campaign: Path) -> None:
    edit(campaign / "measures.toml", old, new)
    found = messages(campaign)
    assert any(m.startswith(f"measures.toml, {message}") for m in found), found


def test_a_platform_stands_there_once(campaign: Path) -> None:
    market = MEASURES[MEASURES.index("[[packaging]]") : MEASURES.index("[boxes]")]
    (campaign / "measures.toml").write_text(MEASURES + market, encoding="utf-8")
    assert messages(campaign) == ["measures.toml, packaging.id: 'market' stands there 2 times; valid: once"]


LIMITS = """
[[limit]]
id = "labels"
kind = "labels"
year = 2019
min_labels_million = 10.0

[[limit]]
id = "foundation"
kind = "fund"
max_cny = 100.0
counts = ["e_label", "boxes"]
"""


def with_limits(folder: Path, limits: str = LIMITS) -> None:
    with (folder / "instance.toml").open("a", encoding="utf-8") as out:
        out.write(limits)


def test_limits_on_measures_that_are_not_there_are_reported(toy: Path) -> None:
    with_limits(toy)
    (toy / "measures.toml").write_text(MEASURES[MEASURES.index("[boxes]") :], encoding="utf-8")
    assert messages(toy) == [
        "instance.toml, limit labels: counts e-labels, but measures.toml has no [e_label]",
        "instance.toml, limit foundation.counts: measures.toml has no 'e_label'; valid: boxes, cutlery",
    ]


def test_a_limit_on_measures_is_named_without_its_kind(campaign: Path) -> None:
    with_limits(campaign, LIMITS.replace("10.0", "-10.0").replace('"boxes"', '"fuel"'))
    found = messages(campaign)
    last = len(vm.read(INSTANCES / "toy").limits)
    assert any(m.startswith(f"instance.toml, limit[{last}].min_labels_million: found -10.0") for m in found)
    assert any(m.startswith(f"instance.toml, limit[{last + 1}].counts[1]: found 'fuel'") for m in found)


def test_a_part_of_a_nation_has_no_measures_unless_it_is_given_some(campaign: Path) -> None:
    nation = vm.read(campaign)
    assert nation.measures is not None
    city = nation.cities[0].id
    assert part(nation, {city}, ()).measures is None
    own = part(nation, {city}, (), measures=nation.measures.of_share(0.25)).campaign
    assert own.e_label is not None
    assert own.cutlery is not None
    assert own.e_label.parcels_million_by_year == (2.5, 5.0)
    assert own.packaging[0].parcels_million_by_year == (1.25, 2.0)
    assert own.cutlery.orders_million_by_year == (0.75, 1.0)
    assert own.boxes == nation.measures.boxes
