"""The two-index bound never exceeds what the best plan costs, and says so from its dual values alone."""

import itertools
import math
import pickle
from dataclasses import replace

import numpy as np
import pytest

from voltmile.routes.day import HubDay, Ride
from voltmile.routes.network import Network
from voltmile.routes.rates import Rates
from voltmile.routes.tours import Tour, tour_of
from voltmile.solve.certificate import HubDayProof
from voltmile.solve.hub_bound import CutPool, Effort, hub_day_bound, proof_value
from voltmile.solve.hub_master import dominators
from voltmile.solve.separation import capacity_terms, crossings, grown_sets
from voltmile.solve.two_index import day_program, shortest_km
from voltmile.solve.use import RouteUse, price_of

INF = math.inf


def _paid(day: HubDay, ride: Ride, rate: Rates, tour: Tour) -> float:
    used = ride.consumption(tour.distance_km, tour.kg_km * day.factor)
    hours = day.duration_h(tour)
    return rate.fixed + rate.per_km * tour.distance_km + rate.per_h * hours + rate.per_unit * used


def network(distance_km, kg, m3, speed: float = 40.0) -> Network:
    n = len(distance_km) - 1
    return Network(
        hub="h",
        city="c",
        villages=tuple(f"v{i}" for i in range(1, n + 1)),
        distance_km=np.array(distance_km, dtype=float),
        drive_h=np.array(distance_km, dtype=float) / speed,
        kg=np.array([0.0, *kg]),
        m3=np.array([0.0, *m3]),
        parcels=np.array([0.0, *kg]),
        open_h=np.zeros(n + 1),
        close_h=np.full(n + 1, INF),
    )


def day_of(net: Network, rides, factor: float = 1.0, shift_h: float = 8.0) -> HubDay:
    service_h = np.where(np.arange(net.size + 1) > 0, 0.1 + 0.001 * net.parcels * factor, 0.0)
    return HubDay(
        network=net,
        year=2020,
        day_type="plain",
        factor=factor,
        weight=1.0,
        days_per_year=1.0,
        shift_h=shift_h,
        kg=net.kg * factor,
        m3=net.m3 * factor,
        parcels=net.parcels * factor,
        service_h=service_h,
        rides=tuple(rides),
    )


def van(name: str, payload: float = 100.0, volume: float = 1.0, usable: float = INF, **more) -> Ride:
    numbers = {"empty_per_km": 0.2, "load_per_km_kg": 0.001, "cny_per_km": 0.1, "cny_per_h": 20.0} | more
    return Ride(
        vehicle_type=name,
        electric=usable < INF,
        payload_kg=payload,
        volume_m3=volume,
        usable_kwh=usable,
        cny_per_l=0.0 if usable < INF else 7.0,
        **numbers,
    )


def random_case(seed: int) -> tuple[HubDay, list[Rates]]:
    """Return a hub-day of 1 to 5 villages and 2 or 3 types, its limits binding now and then."""
    rng = np.random.default_rng(seed)
    n, kinds = int(rng.integers(1, 6)), int(rng.integers(2, 4))
    points = rng.uniform(-20, 20, (n + 1, 2))
    km = np.linalg.norm(points[:, None] - points[None], axis=2)
    if seed % 3 == 1:  # one-way streets: asymmetric, and not even metric
        km = km * rng.uniform(0.6, 1.5, km.shape)
    kg = rng.uniform(10, 60, n) * (rng.random(n) > 0.1)
    m3 = kg / 100 if seed % 2 else rng.uniform(0.1, 0.6, n)
    rides, rates = [], []
    for k in range(kinds):
        usable = rng.uniform(10, 40) if rng.random() < 0.6 else INF
        payload, volume = rng.uniform(60, 160), rng.uniform(0.6, 1.6)
        empty, load = rng.uniform(0.1, 0.4), rng.uniform(0, 0.003)
        rides.append(van(f"k{k}", payload, volume, usable, empty_per_km=empty, load_per_km_kg=load))
        rates.append(Rates(*(rng.uniform(0, (80, 2, 30, 3)) * (rng.random(4) > 0.15))))
    if seed % 4 == 0:  # a type that another one undercuts
        rides[-1] = replace(rides[0], vehicle_type=f"k{kinds - 1}", payload_kg=rides[0].payload_kg * 0.8)
        rates[-1] = replace(rates[0], fixed=rates[0].fixed + 5)
    shift_h = float(rng.choice([2.5, 4.0, 8.0]))
    return day_of(network(km, kg, m3), rides, float(rng.uniform(0.7, 1.3)), shift_h), rates


def optimum(day: HubDay, rates) -> float:
    """Return the cost of the cheapest plan by trying every set of villages, order, type and partition."""
    n = day.network.size
    cheapest = np.full(2**n, INF)
    for length in range(1, n + 1):
        for order in itertools.permutations(range(1, n + 1), length):
            tour = tour_of(day.network, order)
            for ride, rate in zip(day.rides, rates, strict=True):
                if day.column(ride, tour) is not None:
                    members = sum(1 << (i - 1) for i in order)
                    cheapest[members] = min(cheapest[members], _paid(day, ride, rate, tour))
    plan = np.zeros(2**n)
    for members in range(1, 2**n):
        lowest = members & -members
        parts = (part for part in range(1, members + 1) if part & members == part and part & lowest)
        plan[members] = min(cheapest[part] + plan[members ^ part] for part in parts)
    return float(plan[-1])


def servable(seeds, make=random_case) -> list[tuple[HubDay, list[Rates], float]]:
    cases = []
    for seed in seeds:
        day, rates = make(seed)
        least = optimum(day, rates)
        if math.isfinite(least):
            cases.append((day, rates, least))
    return cases


@pytest.fixture(scope="module")
def cases():
    found = servable(range(320))
    assert len(found) > 200
    return found


def sized(n: int = 22, seed: int = 5) -> tuple[HubDay, list[Rates]]:
    """Return a hub-day with a few dozen villages, three types that all have their uses."""
    rng = np.random.default_rng(seed)
    points = np.vstack([np.zeros(2), rng.uniform(-25, 25, (n, 2))])
    km = np.linalg.norm(points[:, None] - points[None], axis=2)
    kg = rng.uniform(10, 60, n)
    rides = [van("ev", 250, 3.0, 30.0), van("small", 150, 1.5), van("large", 400, 4.5, empty_per_km=0.3)]
    rates = [Rates(60, 0.1, 25, 0.6), Rates(40, 0.1, 25, 7), Rates(75, 0.1, 25, 7)]
    return day_of(network(km, kg, kg / 90), rides), rates


def test_no_plan_is_cheaper_than_the_bound(cases):
    closed = 0
    for day, rates, least in cases:
        bound = hub_day_bound(day, rates, CutPool())
        assert bound.value <= least * (1 + 1e-12) + 1e-9, day
        assert bound.value == proof_value(day, rates, bound.proof) == bound.proof.value
        closed += bound.value >= least * (1 - 1e-6)
    assert closed > len(cases) / 4  # and on small hubs it is often the optimum itself


def test_any_dual_values_prove_something(cases):
    rng = np.random.default_rng(0)
    for day, rates, least in cases[::2]:
        proof = hub_day_bound(day, rates, CutPool()).proof
        for scale in (1e-6, 0.05, 1.0):
            assert proof_value(day, rates, shaken(proof, rng, scale)) <= least * (1 + 1e-12) + 1e-9
        worse = [Rates(r.fixed * 0.8, r.per_km, r.per_h * 1.2, r.per_unit) for r in rates]
        assert proof_value(day, worse, proof) <= optimum_at(day, worse) * (1 + 1e-12) + 1e-9


def optimum_at(day: HubDay, rates) -> float:
    return optimum(day, rates) if day.network.size < 5 else INF


def shaken(proof: HubDayProof, rng: np.random.Generator, scale: float) -> HubDayProof:
    """Return the proof with every dual value moved at random, now and then to the wrong sign."""

    def moved(value: float) -> float:
        return float(value * (1 + scale * rng.normal()) + 30 * scale * rng.normal())

    changed: dict[str, object] = {
        "assign": tuple(moved(v) for v in proof.assign),
        "degree": {k: tuple(moved(v) for v in row) for k, row in proof.degree.items()},
    }
    for row in ("hub_degree", "kg", "m3", "shift", "range"):
        changed[row] = {k: moved(v) for k, v in getattr(proof, row).items()}
    for kind in ("capacity_cuts", "connectivity_cuts"):
        cuts = getattr(proof, kind)
        changed[kind] = tuple(cut.model_copy(update={"dual": moved(cut.dual)}) for cut in cuts)
    return proof.model_copy(update=changed)


def test_a_warm_pool_finds_the_same_bound_sooner():
    day, rates = sized()
    pool = CutPool()
    cold = hub_day_bound(day, rates, pool)
    warm = hub_day_bound(day, rates, pickle.loads(pickle.dumps(pool)))
    assert warm.value == pytest.approx(cold.value, rel=3e-4)
    assert warm.rounds < cold.rounds
    other = [replace(rate, fixed=rate.fixed * 1.05) for rate in rates]
    assert hub_day_bound(day, other, pool).value == pytest.approx(
        hub_day_bound(day, other, CutPool()).value, rel=1e-3
    )


def test_the_same_arguments_give_the_same_bound():
    day, rates = sized()
    first, second = (hub_day_bound(day, rates, CutPool()) for _ in range(2))
    assert first.proof == second.proof


def test_the_use_costs_the_value(cases):
    for day, rates, _ in [*cases[::5], (*sized(), None)]:
        bound = hub_day_bound(day, rates, CutPool())
        assert price_of(bound.use, rates) == pytest.approx(bound.value, rel=2e-4, abs=1e-6)
        assert bound.use.routes.min() >= -1e-9
    plan = RouteUse(np.array([2.0]), np.array([30.0]), np.array([5.0]), np.array([7.0]))
    assert price_of(plan, [Rates(10, 1, 20, 3)]) == 20 + 30 + 100 + 21


def test_few_rounds_and_few_edges_still_prove_a_bound():
    day, rates = sized()
    best = hub_day_bound(day, rates, CutPool()).value
    for effort, rounds in ((Effort(neighbours=1), 8), (Effort(), 1), (Effort(rounds_per_program=2), 5)):
        assert hub_day_bound(day, rates, CutPool(), max_rounds=rounds, effort=effort).value <= best * (
            1 + 1e-4
        )


def test_the_certificate_keeps_every_bit():
    day, rates = sized()
    bound = hub_day_bound(day, rates, CutPool())
    again = HubDayProof.model_validate_json(bound.proof.model_dump_json())
    assert again == bound.proof
    assert proof_value(day, rates, again) == bound.value
    assert again.capacity_cuts
    assert again.connectivity_cuts


def test_one_village_is_served_by_a_return_trip():
    # 2 * 10 km, 0.5 h + 0.15 h; fuel 0.2 * 20 + 0.001 * 50 * 10 = 4.5 l: 40 + 2 + 13 + 31.5
    day = day_of(network([[0, 10], [10, 0]], [50], [0.5]), [van("small"), van("tiny", payload=20)])
    rates = [Rates(40, 0.1, 20, 7), Rates(0, 0.1, 20, 7)]
    bound = hub_day_bound(day, rates, CutPool())
    assert bound.value == pytest.approx(86.5, rel=1e-9)
    assert bound.value <= 86.5
    assert bound.use.routes == pytest.approx([1, 0])


def test_a_village_without_demand_is_visited():
    day = day_of(network([[0, 10], [10, 0]], [0], [0]), [van("small")])
    assert hub_day_bound(day, [Rates(40, 0.1, 0, 0)], CutPool()).value == pytest.approx(42)


def test_a_village_too_large_for_every_type_is_named():
    day = day_of(network([[0, 10], [10, 0]], [150], [0.5]), [van("small"), van("tiny", payload=20)])
    with pytest.raises(ValueError, match=r"'v1' of hub 'h' on \(2020, plain\): 150 kg .* payload is 100 kg"):
        hub_day_bound(day, [Rates(1, 1, 1, 1)] * 2, CutPool())


def test_a_village_out_of_reach_is_an_error():
    day = day_of(network([[0, 90], [90, 0]], [50], [0.5]), [van("ev", usable=20.0)])
    with pytest.raises(ValueError, match="out of reach"):
        hub_day_bound(day, [Rates(1, 1, 1, 1)], CutPool())


def test_a_village_out_of_reach_on_its_own_needs_more_than_hub_edges():
    # v2 is 90 km from the hub, but 10 km from v1 and v3: only the tour over all three, 40 km, gets there.
    km = [[0, 10, 90, 10], [10, 0, 10, 20], [90, 10, 0, 10], [10, 20, 10, 0]]
    day = day_of(network(km, [10] * 3, [0.1] * 3), [van("ev", usable=24.0, load_per_km_kg=0.0)])
    rates = [Rates(10, 1, 0, 0)]
    assert optimum(day, rates) == 50
    bound = hub_day_bound(day, rates, CutPool(), effort=Effort(neighbours=0))
    assert 0 < bound.value <= 50
    assert shortest_km(day.network.distance_km).tolist() == [0, 10, 20, 10]


def test_a_proof_of_another_hub_is_refused():
    day, rates = sized()
    proof = hub_day_bound(day, rates, CutPool()).proof
    with pytest.raises(ValueError, match="22 villages"):
        proof_value(day, rates, proof.model_copy(update={"assign": proof.assign[1:]}))
    cut = proof.capacity_cuts[0]
    for change, words in (({"divisor": 0.0}, "divisor"), ({"villages": ("elsewhere",)}, "elsewhere")):
        wrong = proof.model_copy(update={"capacity_cuts": (cut.model_copy(update=change),)})
        with pytest.raises(ValueError, match=words):
            proof_value(day, rates, wrong)


def test_a_type_that_is_undercut_is_left_out():
    day, rates = sized()
    twin = replace(day.rides[0], vehicle_type="twin", usable_kwh=25.0)
    day, rates = replace(day, rides=(*day.rides, twin)), [*rates, replace(rates[0], fixed=61)]
    program = day_program(day)
    assert dominators(program, program.costs(rates)) == [0, 1, 2, 0]
    bound = hub_day_bound(day, rates, CutPool())
    assert bound.value == pytest.approx(hub_day_bound(*sized(), CutPool()).value, rel=1e-6)


def test_a_capacity_cut_by_hand():
    # Vans of 100 and 60 kg, 130 kg to bring. By 100: X1 + X2 >= 2; by 60: 2 X1 + X2 >= 3.
    coefficients, rhs = capacity_terms(np.array([100.0, 60.0]), np.array([130.0]), np.array([100.0, 60.0]))
    assert coefficients.tolist() == [[1, 1], [2, 1]]
    assert rhs.tolist() == [4, 6]


def test_crossings_and_growth_on_a_path():
    # hub - 1 - 2, and 3 - 4 apart
    z = np.zeros((1, 5, 5))
    for i, j in ((0, 1), (1, 2), (3, 4)):
        z[0, i, j] = z[0, j, i] = 1.0
    sets, chains = grown_sets(z, np.ones((1, 4), dtype=bool))
    assert [True, True, False, False] in sets.tolist()
    assert sets[chains[2]].sum(axis=1).tolist() == [1, 2, 3, 4]
    assert crossings(sets[chains[2]], z)[:, 0].tolist() == [1, 0, 2, 1]
