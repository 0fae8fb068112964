"""The program with measures against an enumeration that shares no code with it, over random measures."""

from __future__ import annotations

import random

import pytest
from enumeration import Program
from everything import measures
from solving import solve as enumerate_all
from toy_world import Data, all_routes, limit, solve, toy

from voltmile.programs.nation import build


def shaken(seed: int) -> Data:
    """Return a function that gives the toy random measures, limits on them, and prices of carbon."""
    chance = random.Random(f"measures {seed}")

    def change(data: Data) -> None:
        data["header"]["horizon"]["terminal_resale"] = chance.random() < 0.7
        data["measures"] = given = measures()
        shake_labels(given["e_label"], chance)
        shake_packaging(given["packaging"][0], chance)
        given["packaging"].append(
            given["packaging"][0] | {"id": "second", "rise_max_per_year": chance.random()}
        )
        shake_boxes(given["boxes"], chance)
        given["cutlery"]["saving_cny_per_set"] = chance.uniform(0, 0.3)
        limit(data, "carbon-2018").update(max_co2_kg=-1e6, price_cny_per_unit=chance.uniform(0, 1))
        limit(data, "carbon-2019").update(max_co2_kg=chance.uniform(-3e5, 0), price_cny_per_unit=2.0)
        data["header"]["limit"] += [
            {
                "id": "fund",
                "kind": "fund",
                "max_cny": chance.uniform(0, 4e5),
                "counts": chance.sample(["e_label", "packaging", "boxes", "cutlery"], chance.randint(1, 4)),
                "price_cny_per_unit": chance.choice([None, None, 1.5]),
            },
            {
                "id": "labels",
                "kind": "labels",
                "year": chance.choice([2018, 2019]),
                "min_labels_million": chance.uniform(0, 30),
                "price_cny_per_unit": chance.uniform(0, 3e5),
            },
        ]
        limit(data, "budget-2018").update(
            price_cny_per_unit=2.0, counts=["purchase", "drivers", "savings", "boxes"]
        )

    return change


def shake_labels(given: Data, chance: random.Random) -> None:
    given |= {"printer_life_years": chance.randint(1, 3), "saving_cny_per_label": chance.uniform(0, 0.05)}
    given["printer_cny_by_year"] = [chance.uniform(200, 3000), chance.uniform(200, 3000)]


def shake_packaging(given: Data, chance: random.Random) -> None:
    given["rise_max_per_year"] = chance.random()
    costs = sorted(chance.uniform(0, 0.3) for _ in range(3))
    given["step"] = [{"share": chance.uniform(0.05, 0.33), "cny_per_parcel": cost} for cost in costs]


def shake_boxes(given: Data, chance: random.Random) -> None:
    given |= {"trips_per_box_year": chance.uniform(5, 40), "loss_share": chance.uniform(0, 0.05)}
    given |= {"share_max": chance.random(), "end_value_share": chance.random()}
    given["saving_cny_per_trip"] = chance.uniform(0.5, 4)


@pytest.mark.parametrize("seed", range(16))
def test_the_program_finds_what_the_enumeration_finds(seed: int) -> None:
    nation = toy(shaken(seed))
    assert solve(build(nation, all_routes(nation))) == pytest.approx(
        enumerate_all(Program(nation)).objective, rel=1e-7, abs=1e-3
    )
