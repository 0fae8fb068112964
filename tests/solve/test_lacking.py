"""What a plan that cannot exist lacks, in words: amounts on the toy by hand."""

from __future__ import annotations

import pytest
from test_decomposition import QUICK
from test_program_measures import campaign, labels
from toy_world import Data, limit, toy
from typer.testing import CliRunner

import voltmile as vm
from voltmile.cli import app
from voltmile.problem.nation import Nation
from voltmile.solve.plan import Effort, InfeasibleError, solve

METHODS = ("joint", "cities")


def refusal(nation: Nation, method: str) -> list[str]:
    with pytest.raises(InfeasibleError) as caught:
        solve(nation, method=method, effort=Effort(tour_iterations=20), city_effort=QUICK)  # type: ignore[arg-type]
    return str(caught.value).splitlines()


def said(lines: list[str], start: str) -> str:
    (line,) = [line for line in lines if line.startswith(start)]
    return line


def city(data: Data, name: str) -> Data:
    return next(record for record in data["cities"] if record["id"] == name)


@pytest.mark.parametrize("method", METHODS)
def test_labels_nobody_can_make_are_counted(method: str) -> None:
    """15 million are there anyway and 7 can be made (test_program_measures.py): 22 of 23."""
    lines = refusal(toy(campaign(labels(23.0))), method)
    assert said(lines, "labels lacks") == (
        "labels lacks 1 million labels of the 23 asked for (4.3%). No city has a part in it."
    )
    assert said(lines, "One limit alone").endswith("ask for 1 million labels less in labels.")


@pytest.mark.parametrize("method", METHODS)
def test_a_journey_too_short_names_the_cities_and_their_shortest_tours(method: str) -> None:
    """Tours of 80 and 100 km on 300 days, and 30 km * 5 villages * 300 days allowed."""
    lines = refusal(toy(lambda data: limit(data, "journey-2019").update(max_km_per_visit=30.0)), method)
    found = said(lines, "journey-2019 lacks")
    assert "9,000 km a year of the 45,000 allowed (20.0%)" in found
    assert "All cities together need at least 54,000 km a year" in found
    assert "in Dark Ridge (at least 30,000 km a year), in Bright River (at least 24,000 km a year)" in found
    assert "allow 9,000 km a year more in journey-2019." in said(lines, "One limit alone")


@pytest.mark.parametrize("method", METHODS)
def test_the_cheapest_repair_and_each_limit_that_would_do_alone(method: str) -> None:
    """Half an electric van makes a city green: 3,000 CNY buy 0.05, so 0.45 lack, or 27,000 CNY."""
    lines = refusal(toy(lambda data: limit(data, "budget-2018").update(max_cny=3000.0)), method)
    assert said(lines, "e-vans-2019 lacks").startswith("e-vans-2019 lacks 0.45 vehicles of the 0 allowed.")
    assert said(lines, "Cheapest repair").endswith("allow 1 vehicles more in e-vans-2019.")
    assert said(lines, "One limit alone") == (
        "One limit alone would be enough: allow 27,000 CNY more in budget-2018; or "
        "allow 1 vehicles more in e-vans-2019; or ask for 1 cities less in one-green-city."
    )


@pytest.mark.parametrize("method", METHODS)
def test_two_limits_that_both_have_to_give(method: str) -> None:
    def change(data: Data) -> None:
        limit(data, "e-vans-2018")["max_vehicles"] = 0.0
        limit(data, "journey-2019")["max_km_per_visit"] = 30.0

    lines = refusal(toy(change), method)
    assert said(lines, "Cheapest repair").endswith(
        "allow 1 vehicles more in e-vans-2018 and allow 9,000 km a year more in journey-2019."
    )
    assert "No limit alone is enough." in lines


def only_electric_without_grid(data: Data) -> None:
    city(data, "dark")["ev_only_from_year"] = 2018
    for hub in data["hubs"]:
        if hub["city"] == "dark":
            hub |= {"grid_kw": 0.0, "grid_upgrade_max_kw": 0.0}


@pytest.mark.parametrize("method", METHODS)
def test_a_city_without_a_grid_names_hub_and_day_and_what_would_do(method: str) -> None:
    """The petrol van there drives in 2018 and must be sold then: in 2019, 20 kWh or a petrol van lack."""
    (line,) = refusal(toy(only_electric_without_grid), method)
    assert line == (
        "Dark Ridge cannot do its work, whatever the national limits are: hub dark-hub on regular days of "
        "2019 has no vehicle for 100% of its village routes. Enough would be 20 kWh a day more at hub "
        "dark-hub on regular days of 2019 than grid_kw lets it charge; or 1 of vehicle type van more in 2019 "
        "than ev_only_from_year leaves."
    )


@pytest.mark.parametrize("method", METHODS)
def test_urban_parcels_that_no_vehicle_can_deliver_are_counted(method: str) -> None:
    def change(data: Data) -> None:
        only_electric_without_grid(data)
        city(data, "dark")["urban_parcels_per_day"] = 10.0
        for hub in data["hubs"]:
            hub["serves_urban"] = True
        for kind in data["vehicle_book"]["vehicle_type"]:
            kind |= {"urban_parcels_per_day": 100.0, "urban_km_per_day": 50.0, "urban_h_per_day": 5.0}

    (line,) = refusal(toy(change), method)
    assert "10 urban parcels a day on regular days of 2019 are left" in line
    assert "1.1 of vehicle type van more in 2019" in line


@pytest.mark.parametrize("method", METHODS)
def test_urban_parcels_for_fuel_vehicles_alone_name_what_ev_only_from_year_leaves(method: str) -> None:
    """Whether a type that delivers them can be bought depends on years: no fault of the instance."""

    def change(data: Data) -> None:
        city(data, "dark").update(urban_parcels_per_day=10.0, ev_only_from_year=2018)
        for hub in data["hubs"]:
            hub["serves_urban"] = True
        for kind in data["vehicle_book"]["vehicle_type"]:
            kind["urban_parcels_per_day"] = 100.0 if kind["powertrain"] == "ice" else 0.0

    (line,) = refusal(toy(change), method)
    assert line == (
        "Dark Ridge cannot do its work, whatever the national limits are: 10 urban parcels a day on regular "
        "days of 2019 are left. Enough would be 0.1 of vehicle type van more in 2019 than ev_only_from_year "
        "leaves."
    )


@pytest.mark.parametrize("method", METHODS)
def test_a_share_without_electric_vehicles_is_said(method: str) -> None:
    """Half of one van has to be electric, and none can be bought."""

    def change(data: Data) -> None:
        kinds = data["vehicle_book"]["vehicle_type"]
        data["vehicle_book"]["vehicle_type"] = [kind for kind in kinds if kind["powertrain"] == "ice"]
        data["header"]["limit"] = []
        city(data, "bright")["electric_share_min"] = 0.5

    (line,) = refusal(toy(change), method)
    assert line.startswith("Bright River cannot do its work")
    assert "0.5 electric vehicles fewer than electric_share_min asks" in line


def test_the_command_line_prints_it_and_ends_with_1(tmp_path: object) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path))
    vm.write(toy(only_electric_without_grid), folder / "instance")
    file = folder / "study.toml"
    file.write_text('instance = "instance"\n[output]\nfolder = "results"\n', encoding="utf-8")
    done = CliRunner().invoke(app, ["run", str(file), "--quiet"])
    assert done.exit_code == 1
    assert "Dark Ridge cannot do its work" in done.output
