"""The published files: every one is read, formats of a set agree, other kinds are refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

from voltmile.problem.benchmarks import BenchmarkError, lookup, read_benchmarks, read_best_known

# Set -> pattern of its files; the largest (a matrix of gigabytes) are apart.
SETS = {
    "cvrp_abefmp": "*/*.vrp",
    "cvrp_x": "*.vrp",
    "cvrp_cmt": "*.vrp",
    "cvrp_golden_li_tai": "*/*.vrp",
    "cvrp_xml100_sample": "*.vrp",
    "cvrp_dimacs": "*.vrp",
    "cvrp_xxl": "Leuven1.vrp",
    "fsm_golden_taillard": "*/*.txt",
    "hvrp_brandao_li": "*.txt",
    "hfvrp_x": "*/*.vrp",
    "vrptw_solomon": "[125]*/*.[tv]*",
    "evrptw_schneider": "[15]*/*.txt",
    "mfgvrp_mikkelsen": "*/*.txt",
    "evrpnl_montoya": "xml/*.xml",
}

LARGE = ("Antwerp1", "Antwerp2", "Ghent2", "Brussels1", "Brussels2", "Flanders1", "Leuven2", "Flanders2")


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob(SETS[folder.name]))


@pytest.mark.parametrize("name", SETS)
def test_every_file_is_read_and_every_value_finds_its_problem(published: Path, name: str) -> None:
    folder = published / name
    table = read_best_known(folder / "best_known.csv")
    if name == "cvrp_xxl":
        table = {key: best for key, best in table.items() if key[0] not in LARGE}
    found = set()
    for path in files(folder):
        for problem in read_benchmarks(path):
            assert problem.family, path
            best = lookup(table, problem)
            assert best is not None, (path, problem.variant)
            found.update(key for key, value in table.items() if value is best)
    assert found == set(table)


def test_both_formats_of_heterogeneous_fleets_are_one_problem(published: Path) -> None:
    folder = published / "hfvrp_x"
    for path in sorted(folder.glob("pessoa_original/*.vrp")):
        (one,), (other,) = read_benchmarks(path), read_benchmarks(folder / "pyvrp_int" / path.name)
        assert one.vehicles == other.vehicles, path
        assert (one.name, one.variant, one.family, one.labels) == (
            other.name,
            other.variant,
            other.family,
            other.labels,
        )
        assert np.array_equal(one.distance, other.distance)
        assert np.array_equal(one.demand, other.demand)


def test_both_formats_of_golden_and_taillard_are_one_problem(published: Path) -> None:
    folder = published / "fsm_golden_taillard"
    base = {
        (problem.name, problem.variant): problem
        for path in folder.glob("ails_format/*.txt")
        for problem in read_benchmarks(path)
    }
    for path in folder.glob("queiroga_format/*.txt"):
        (small,) = read_benchmarks(path)
        other = base[small.name, small.variant]
        assert small.vehicles == other.vehicles, path
        assert np.array_equal(small.distance, other.distance)
        assert np.array_equal(small.demand, other.demand)


def test_energy_and_times_of_montoya_are_those_of_frvcpy(published: Path) -> None:
    """Its last node, a charger at the depot, is not in the XML."""

    folder = published / "evrpnl_montoya" / "frvcpy_test_data"
    known = json.loads((folder / "frvcpy-instance.json").read_text(encoding="utf-8"))
    (problem,) = read_benchmarks(folder / "vrprep-instance.xml")
    (vehicle,) = problem.vehicles
    assert vehicle.battery is not None
    energy, time = (np.array(known[name])[:-1, :-1] for name in ("energy_matrix", "time_matrix"))
    assert np.allclose(problem.distance * vehicle.battery.per_distance, energy)
    assert np.allclose(problem.time, time)
    assert (vehicle.battery.capacity, vehicle.max_duration) == (known["max_q"], known["t_max"])
    assert problem.service.tolist() == known["process_times"][: problem.size + 1]
    curves = {tuple(zip(b["time"], b["charge"], strict=True)) for b in known["breakpoints_by_type"]}
    assert set(vehicle.battery.charging.values()) == curves
    kinds = [station["cs_type"] for station in known["css"][:-1]]
    assert [("fast", "normal", "slow").index(kind) for kind in problem.stations] == kinds


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("mdvrp_cordeau/p01", "several depots"),
        ("mdvrptw_vidal/PR11A.vrp", "'MDVRPTW' is not supported"),
        ("sdvrptw_cordeau/PR01.vrp", "'SDVRPTW' is not supported"),
        ("lrp/prins_prodhon/coord20-5-1.dat", "location-routing"),
        ("lrp/schneider_loeffler/100-10-1c.json", "known formats"),
        ("gvrp_emh/EMH/AS1_20c3sU1.txt", "green vehicle routing"),
        ("gvrp_emh/AB/AB101.dat", "green vehicle routing"),
        ("cevrp_mavrovouniotis/wcci2020/E-n22-k4.evrp", "'EVRP' is not supported"),
        ("evrsp_yamin/C101-25.xml", "<links> is not known here"),
        ("README.md", "known formats"),
        ("cvrp_x/best_known.csv", "known formats"),
    ],
)
def test_other_kinds_are_refused_by_name(published: Path, file: str, kind: str) -> None:
    path = published / file
    if not path.is_file():
        pytest.skip(f"{file} is held back")
    with pytest.raises(BenchmarkError, match=re.escape(kind)) as caught:
        read_benchmarks(path)
    assert "\n" not in str(caught.value)
