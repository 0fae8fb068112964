"""Batteries: Schneider's windows, Mikkelsen's mixed fleets, Montoya's charging functions."""

from __future__ import annotations

import numpy as np
from benchmark_texts import ReadOne, Write
from benchmark_texts_electric import MIKKELSEN, MONTOYA, SCHNEIDER

from voltmile.problem.benchmarks import read_benchmarks
from voltmile.problem.routing import Battery

INF = float("inf")


def test_a_schneider_file_is_full_and_partial(write: Write) -> None:
    full, partial = read_benchmarks(write("c101C1.txt", SCHNEIDER))
    assert [full.variant, partial.variant] == ["E-VRPTW full", "E-VRPTW partial"]
    # Customers before stations, though the file has them after; S0 is a station though it is at the depot.
    assert full.labels == ("D0", "C30", "S0", "S5")
    assert full.stations == ("station", "station")
    assert full.distance[0].tolist() == [0, 5, 0, 10]
    assert full.time[0].tolist() == [0, 2.5, 0, 5]  # velocity 2
    assert full.demand.tolist() == [0, 4]
    assert full.service.tolist() == [0, 9]
    assert full.earliest.tolist() == [0, 10, 0, 0]
    assert full.latest.tolist() == [100, 20, 100, 100]
    assert (full.name, full.family, full.vehicles_first) == ("c101C1", "E-VRPTW 1", True)
    (vehicle,) = full.vehicles
    assert (vehicle.capacity, vehicle.count, vehicle.fixed, vehicle.per_distance) == (10, None, 0, 1)
    charging = {"station": ((0.0, 0.0), (5.0, 20.0))}  # 20 units at 0.25 each
    assert vehicle.battery == Battery(20.0, 1.5, charging, full=True)
    assert partial.vehicles[0].battery == Battery(20.0, 1.5, charging, full=False)


def test_mikkelsens_fleet_is_mixed_and_distances_are_cut(read_one: ReadOne) -> None:
    problem = read_one("c101_21_2.txt", MIKKELSEN)
    assert (problem.name, problem.family, problem.variant) == ("c101_21_2", "MFGVRP 2", "MFGVRP")
    assert problem.labels == ("0", "1", "2", "S0")
    assert problem.distance.tolist() == [[0, 5, 1, 0], [5, 0, 3, 5], [1, 3, 0, 1], [0, 5, 1, 0]]
    assert problem.time is problem.distance
    assert problem.service.tolist() == [0, 90, 80]
    assert problem.demand.tolist() == [0, 4, 7]
    assert problem.cost_unit == 1
    assert not problem.has_windows
    electric, combustion = problem.vehicles
    assert (electric.count, electric.capacity, electric.max_duration) == (1, 10, 1000)
    assert electric.battery == Battery(20.5, 1.5, {"station": ((0.0, 0.0), (5.125, 20.5))})
    assert (combustion.count, combustion.max_duration, combustion.battery) == (3, 1000, None)


def test_mikkelsens_fleet_without_combustion_is_another_variant(read_one: ReadOne) -> None:
    problem = read_one("a.txt", MIKKELSEN.replace("1\n1\n3\n0", "1\n2\n0\n0"))
    assert (problem.family, problem.variant) == ("EVRP 2", "EVRP")
    assert [v.count for v in problem.vehicles] == [2]


def test_montoyas_cost_is_time(read_one: ReadOne) -> None:
    problem = read_one("tc0c1s1cf0.xml", MONTOYA)
    assert (problem.name, problem.family, problem.variant) == ("tc0c1s1cf0", "E-VRP-NL 1", "E-VRP-NL")
    assert problem.labels == ("0", "2", "1")  # the station comes last
    assert problem.stations == ("fast",)
    assert problem.distance[0].tolist() == [0, 5, 10]
    assert np.allclose(problem.time[0], [0, 0.125, 0.25])  # 40 km/h
    assert problem.service.tolist() == [0, 0.5]
    assert problem.demand.tolist() == [0, 0]
    (vehicle,) = problem.vehicles
    assert (vehicle.per_distance, vehicle.per_time, vehicle.max_duration) == (0, 1, 10)
    assert (vehicle.capacity, vehicle.count) == (INF, None)
    assert vehicle.battery == Battery(16000, 125, {"fast": ((0, 0), (0.31, 13600), (0.51, 16000))})
