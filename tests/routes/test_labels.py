"""Labels by what they remember: looks and lists against all labels one by one."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from routing_truth import KINDS, all_routes, random_prices, random_problem, reduced_cost

from voltmile.problem.routing import RoutingProblem
from voltmile.routes import pricing
from voltmile.routes.labelling import cheapest, completion, graphs
from voltmile.routes.labelling import pricer as pricers
from voltmile.routes.labelling.cheapest import enter, over_subsets, set_of, told_apart
from voltmile.routes.labelling.joining import bin_of, by_bin
from voltmile.routes.labelling.kernel import EXACT, NO_MEMORY, NO_ROWS, Classes, Completion, Limits
from voltmile.routes.labelling.labels import (
    COST,
    DRAIN,
    LOAD,
    TIME,
    dominator,
    keep,
    no_labels,
    none_kept,
    with_room,
)
from voltmile.routes.labelling.pricer import LabelPricer
from voltmile.routes.labelling.settle import settle
from voltmile.routes.pricing import Prices
from voltmile.routes.stop import lowered

OTHERS = np.array([[0, 0, 0], [2, 4, 8]], dtype=np.uint64)  # customer 1 with bit 1 tells three apart


def limits(care: int) -> Limits:
    """All resources limit labels."""
    return Limits(100.0, 100.0, True, True, False, False, 50.0, 1.0, care, 1000, lowered())


def test_a_set_holds_the_customers_told_apart_and_no_other() -> None:
    inside = np.zeros((14, 14), dtype=np.bool_)
    inside[1, 1:] = inside[2, [2, 5]] = True
    bit = np.uint64(1) << np.arange(14, dtype=np.uint64)
    others, all_told = told_apart(inside, bit)
    assert (others.shape, all_told) == ((14, 10), False)
    assert others[2].tolist() == [32] + 9 * [0]
    mask = np.uint64(2 + 4 + 8 + (1 << 13))  # 1 itself, 2, 3, and 13, which is left out
    assert set_of(mask, others, 1, 10) == 0b11
    assert set_of(mask, others, 1, 1) == 0b01
    few, all_told = told_apart(inside[:9, :9], bit[:9])
    assert (few.shape, all_told) == ((9, 7), True)


def test_the_cheapest_label_within_a_set() -> None:
    rng = np.random.default_rng(1)
    least, alone = np.full((2, 16), np.inf), np.full(16, np.inf)
    for _ in range(12):
        s, cost = int(rng.integers(16)), float(rng.uniform(0, 9))
        enter(least, 1, s, cost)
        alone[s] = min(alone[s], cost)
    expected = [min(alone[t] for t in range(16) if t & ~s == 0) for s in range(16)]
    assert least[1].tolist() == expected
    assert np.isinf(least[0]).all()
    over_subsets(alone)
    assert alone.tolist() == expected


@pytest.mark.parametrize("care", [NO_MEMORY, NO_ROWS, EXACT])
@pytest.mark.parametrize("seed", range(6))
def test_a_label_is_dominated_where_one_of_all_is_as_good(seed: int, care: int) -> None:
    rng = np.random.default_rng([seed, care])
    price, lim = np.array([3.0, 1.0] + 62 * [0.0]), limits(care)
    told = 0 if care == NO_MEMORY else 3
    made, kept = no_labels(1), none_kept(2, told, 1)
    records: list[tuple[np.ndarray, int, int]] = []
    for x in range(400):
        made.node[x], made.mask[x] = 1, np.uint64(2 * int(rng.integers(8)) + 1)
        made.rec[x], made.state[x] = rng.integers(0, 7, 4), rng.integers(4)
        s = set_of(made.mask[x], OTHERS, 1, told)
        better = [
            p
            for p, (rec, mask, state) in enumerate(records)
            if (rec[1:] <= made.rec[x, 1:]).all()
            and (care == NO_MEMORY or mask & ~int(made.mask[x]) == 0)
            and rec[COST] + _paid(state, int(made.state[x, 0]), care) <= made.rec[x, COST]
        ]
        cost, load, time, drain = made.rec[x, [COST, LOAD, TIME, DRAIN]]
        found = dominator(kept, 1, s, cost, load, time, drain, made.mask[x], made.state[x], price, lim)
        assert (found >= 0) == bool(better)
        assert found < 0 or kept.label[found] in better
        kept = with_room(kept, 1, s)
        keep(kept, made, x, s)  # dominated ones too: lists grow long
        records.append((made.rec[x].copy(), int(made.mask[x]), int(made.state[x, 0])))
    assert kept.count.sum() == 400
    lists = [kept.rec[a : a + min(c, 128), COST] for a, c in zip(kept.place[1], kept.count[1], strict=True)]
    assert all((np.diff(costs) >= 0).all() for costs in lists)


def _paid(one: int, other: int, care: int) -> float:
    """Prices of the rows of which the one has half a visit and the other has not."""
    return sum(p for row, p in enumerate([3.0, 1.0]) if one & ~other & (1 << row)) if care == EXACT else 0.0


def problem_of(seed: int, kind: str, customers: int = 7) -> tuple[RoutingProblem, Prices]:
    rng = np.random.default_rng([seed, KINDS.index(kind)])
    problem = random_problem(rng, customers, kind)
    return problem, random_prices(rng, problem)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(10))
def test_tables_that_tell_less_and_bins_of_load_lose_no_route(
    seed: int, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem, prices = problem_of(seed, kind, customers=6)
    if seed % 2:
        prices = replace(prices, rows=())
    below = np.full(len(problem.vehicles), 10.0)
    routes = [(k, r, reduced_cost(problem, k, r, prices)) for k, r in all_routes(problem, prices.allowed)]
    best = min((value for _, _, value in routes), default=0.0)
    leasts = []
    for most, each in ((0, 5_000), (2, 5_000), (10, 5_000), (10, 1)):
        monkeypatch.setattr(cheapest, "_MOST", most)
        monkeypatch.setattr(pricers, "_EACH", each)
        pricer = LabelPricer(problem, 5)
        assert pricer.ng.others.shape[1] == min(most, 4)
        assert pricer.ng.all_told == (most >= 4)
        found, slack = pricer.price(prices, care=pricing.EXACT, most=40), pricer.slack(prices, below)
        leasts.append(found.least)
        assert found.least.min() <= best + 1e-9
        for route, value in zip(found.routes, found.reduced, strict=True):
            assert value == pytest.approx(reduced_cost(problem, route.vehicle, route.nodes, prices), abs=1e-6)
        assert slack is not None
        for k, nodes, value in routes:
            if value < below[k] - 1e-6:
                assert slack[k, (0, *nodes), (*nodes, 0)].all()
    for least in leasts[1:]:
        np.testing.assert_allclose(least, leasts[0], atol=1e-9)


def test_cost_and_memory_decide_where_load_alone_limits_routes() -> None:
    decided = 0
    for seed in range(10):
        for kind in KINDS:
            problem, prices = problem_of(seed, kind)
            pricer = LabelPricer(problem, 5)
            for family in graphs.families(problem, prices):
                vehicle = problem.vehicles[family.types[0]]
                way, _ = graphs.directions(family, prices, pricer.ng, EXACT, 100, lowered())
                whole = bool((problem.demand == np.round(problem.demand)).all())
                load_alone = not problem.has_windows and math.isinf(vehicle.max_duration)
                assert way.limits.by_cost == (whole and load_alone and vehicle.battery is None)
                decided += way.limits.by_cost
    assert decided


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("slope", [0.0, 0.7])
def test_both_ways_to_fill_in_completion_bounds_agree(kind: str, slope: float) -> None:
    tables = 0
    for seed in range(12):
        problem, prices = problem_of(seed, kind, customers=12)
        pricer = LabelPricer(problem, 5)
        family = graphs.families(problem, prices)[0]
        way, _ = graphs.directions(family, prices, pricer.ng, 2, 100, lowered())
        level, levels, per_load = completion.levels_of(problem.demand, way.limits.capacity)
        if per_load == 0.0:
            continue
        filled = []
        for fill in (completion._by_arcs, completion._by_nodes):
            shape = (levels + 1, problem.size + 1)
            table = (np.full(shape, -np.inf), np.full(shape, -np.inf), np.zeros(shape, np.int32))
            fill(way.graph, level, slope, *table)
            filled.append([part[:, 1:] for part in table])
        for one, other in zip(*filled, strict=True):
            np.testing.assert_array_equal(one, other)
        tables += 1
    assert tables


def test_bins_of_loads_never_fall_and_hold_all_that_fits() -> None:
    loads = np.sort(np.random.default_rng(3).uniform(0, 120, 300))
    bins = [bin_of(load, 50.0, 4.0, 16) for load in loads.tolist()]
    assert (bins[0], bins[-1]) == (0, 15)
    assert (np.diff(bins) >= 0).all()
    assert {bin_of(load, 50.0, 4.0, 1) for load in loads.tolist()} == {0}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("bins", [1, 4])
def test_the_least_key_of_a_bin_is_below_that_of_all_labels_that_fit(seed: int, bins: int) -> None:
    problem, prices = problem_of(seed, "capacity", customers=9)
    pricer = LabelPricer(problem, 4)
    family = graphs.families(problem, prices)[-1]
    way, _ = graphs.directions(family, prices, pricer.ng, 2, 10_000, lowered())
    nothing = np.zeros((1, problem.size + 1))
    ends = Completion(nothing, nothing, nothing.astype(np.int32), 0.0)
    classes = Classes(np.array([way.limits.capacity]), np.zeros(1), 0.0, 0.0, 0.0)
    _, labels = settle(way.graph, way.limits, ends, classes, 1e9)
    slope, half = 0.3, way.limits.capacity / 2
    least, per_bin = by_bin(labels, slope, half, bins)
    sets = least.shape[2]
    for j in range(1, problem.size + 1):
        mine = slice(labels.place[j], labels.place[j] + labels.count[j])
        load, key = labels.k_load[mine], labels.k_cost[mine] + slope * labels.k_load[mine]
        their = [set_of(mask, pricer.ng.others, j, pricer.ng.others.shape[1]) for mask in labels.k_mask[mine]]
        for room in (0.3 * half, half, 1.3 * half, 2 * half):
            for s in range(sets):
                fit = [v for v, q, t in zip(key, load, their, strict=True) if q <= room and t & ~s == 0]
                bound = least[bin_of(room, half, per_bin, bins), j, s]
                assert bound <= min(fit, default=np.inf)
                if room == 2 * half or (room == half and bins > 1):
                    assert bound == min(fit, default=np.inf)
