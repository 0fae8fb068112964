"""Bounds on mixes of vehicles: never above the optimum, loads, batteries and shifts as they are."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from numba.core.registry import CPUDispatcher
from test_two_index import day_of, network, optimum, random_case, servable, sized, van

from voltmile.routes.day import HubDay
from voltmile.routes.labelling.neighbourhoods import nearest, neighbourhoods
from voltmile.routes.pool_prices import pool_prices
from voltmile.routes.rates import Rates
from voltmile.solve import minimum_cuts
from voltmile.solve.hub_tree import Effort, best_first, growth, ruin, slices, solve_hub_day, strict_ascent
from voltmile.solve.hub_tree import beginnings as beginnings_module
from voltmile.solve.hub_tree import mixes as mixes_module
from voltmile.solve.hub_tree import strict as strict_module
from voltmile.solve.hub_tree.beginnings import beginnings, near_villages
from voltmile.solve.hub_tree.best_first import Beginnings, NgMemory, Ways, cheapest
from voltmile.solve.hub_tree.cuts import Enter, Fleet, Star, fleet_weights
from voltmile.solve.hub_tree.floor import plan_floor
from voltmile.solve.hub_tree.lessons import Lesson
from voltmile.solve.hub_tree.master import Master
from voltmile.solve.hub_tree.mix_bounds import all_mixes
from voltmile.solve.hub_tree.mixes import MixSolver
from voltmile.solve.hub_tree.nodes import NodeSolver, Work
from voltmile.solve.hub_tree.prices import Arcs, Multipliers, OfType, RouteFloor, multipliers
from voltmile.solve.hub_tree.program import shortest_ways_out, tree_program
from voltmile.solve.hub_tree.routes import Routes
from voltmile.solve.hub_tree.slices import Loads, cheapest_walks, loads_of, walk_from
from voltmile.solve.hub_tree.strict import strict_floor
from voltmile.solve.hub_tree.warm_up import warm_up

LITTLE = Effort(
    annealing=400, annealing_each=50, annealing_alone=100, iterations=60, seeds=1, more_seeds=0, guided=0
)


def tightened(seed: int) -> tuple[HubDay, list[Rates]]:
    """Return a tiny hub-day whose batteries bind and where the load costs range and money."""
    day, rates = random_case(seed)
    rng = np.random.default_rng(seed)
    rides = [
        replace(r, load_per_km_kg=float(rng.uniform(0, 0.003)), usable_kwh=r.usable_kwh * rng.uniform(0.5, 1))
        for r in day.rides
    ]
    return replace(day, rides=tuple(rides)), rates


def short_of_range(n: int, seed: int) -> tuple[HubDay, list[Rates]]:
    """Return a hub-day of some villages whose batteries bind and where the load costs range."""
    day, rates = sized(n, seed)
    rides = [replace(r, load_per_km_kg=0.002, usable_kwh=0.6 * r.usable_kwh) for r in day.rides]
    return replace(day, rides=tuple(rides)), rates


def mixes_of(day: HubDay, rates: list[Rates], cost: float) -> MixSolver:
    """Solve the mixes of a hub-day as if its best plan cost so much."""
    work = Work(lambda: False, lambda: 0.0)
    solver = MixSolver(day, rates, tree_program(day, rates), cost, LITTLE, work)
    if solver.mixes is not None and len(solver.mixes.counts):
        solver.solve(solver.mixes.counts[-1].tolist(), 0.0)
    return solver


def check(make, seeds) -> tuple[int, int]:
    """Bound tiny hub-days from a plan dearer than the best; how many, and how many within 10 %."""
    checked = near = 0
    for seed in seeds:
        day, rates = make(seed)
        least = optimum(day, rates)
        if math.isinf(least):
            continue
        base, each = plan_floor(day, rates)
        assert base + each <= least * (1 + 1e-12) + 1e-9, seed
        mixes = mixes_of(day, rates, 1.05 * least).mixes
        if mixes is None:
            continue
        checked += 1
        assert mixes.least <= least * (1 + 1e-12) + 1e-9, seed
        near += mixes.least > 0.9 * least
    return checked, near


@pytest.mark.parametrize("make", [random_case, tightened])
def test_bound_optimum(make):
    checked, near = check(make, range(40))
    assert checked > 15
    assert near > checked / 2


@pytest.mark.parametrize("make", [random_case, tightened])
def test_bound_optimum_where_labels_forget_and_are_cut_off(make, monkeypatch):
    monkeypatch.setattr(strict_module, "_NEIGHBOURS", 2)
    monkeypatch.setattr(strict_module, "_FAIR", 3)
    monkeypatch.setattr(strict_ascent, "EXACT", 8)
    checked, near = check(make, range(40))
    assert checked > 15
    assert near > checked / 2


def test_routes_that_keep_their_range_prove_more_than_walks(monkeypatch):
    higher = 0
    for day, rates, least in servable(range(40), tightened):
        strictly = mixes_of(day, rates, 1.05 * least).mixes
        with monkeypatch.context() as patched:
            patched.setattr(mixes_module, "strict_floor", lambda *_: None)
            walks = mixes_of(day, rates, 1.05 * least).mixes
        if strictly is not None and walks is not None:
            higher += strictly.least > walks.least * (1 + 1e-3)
    assert higher > 1


@pytest.mark.parametrize("make", [random_case, tightened])
def test_bound_optimum_where_mixes_are_parted_at_random(make, monkeypatch):
    rng, parted = np.random.default_rng(4), []

    def any_village(part):
        kinds, n = len(part._rides), part._master.program.n
        before = part._barred or [frozenset()] * kinds
        found = [(t, i) for t in range(kinds) for i in range(1, n + 1) if i not in before[t]]
        if kinds == 1 or not found or sum(map(len, before)) > 2:
            return None
        parted.append(part)
        return found[int(rng.integers(len(found)))]

    monkeypatch.setattr(strict_ascent.StrictAscent, "_shared_village", any_village)
    checked, near = check(make, range(40))
    assert checked > 15
    assert near > checked / 2
    assert parted


@pytest.mark.parametrize("seed", [0, 5])
def test_parting_a_mix_proves_more(seed, monkeypatch):
    monkeypatch.setattr(mixes_module, "_PARTS", 30)
    day, rates = short_of_range(16, seed)
    known = solve_hub_day(day, rates, gap=0.0, max_nodes=0, effort=LITTLE)
    parted = mixes_of(day, rates, 1.02 * known.cost).mixes
    monkeypatch.setattr(strict_ascent.StrictAscent, "halves", lambda _: [])
    whole = mixes_of(day, rates, 1.02 * known.cost).mixes
    assert parted is not None
    assert whole is not None
    assert whole.least * (1 + 1e-3) < parted.least <= known.cost


@pytest.mark.parametrize("make", [random_case, tightened])
def test_bound_optimum_where_mixes_go_on_from_lessons(make, monkeypatch):
    taken, original = [], Lesson.put_into
    monkeypatch.setattr(mixes_module, "_BEHIND", 2)
    monkeypatch.setattr(Lesson, "put_into", lambda *of: taken.append(of) or original(*of))
    checked, near = check(make, range(40))
    assert checked > 15
    assert near > checked / 2
    assert taken


@pytest.mark.parametrize("seed", range(6))
def test_a_lesson_proves_as_much_where_it_is_taken_over(seed):
    """Whatever the dual values, and whichever type's rows serve another."""
    day, rates = short_of_range(9, seed)
    rng = np.random.default_rng([6, seed])
    program = tree_program(day, rates)
    master, own = Master(program, 3000.0, 8), program.layout.types
    sets = [tuple(sorted((rng.permutation(9)[:4] + 1).tolist())) for _ in range(12)]
    master.add(
        [Fleet(sets[0], "kg", 60.0), Fleet(sets[1], "kg", 90.0)]
        + [Enter(s, t, s[1]) for t, s in zip([0, 1, 2, 0, 1, 2], sets[2:8], strict=True)]
        + [Star(s, q) for q, s in zip(range(len(program.resources)), sets[8:], strict=False)]
    )
    duals = rng.uniform(1, 9, master.n_rows)
    duals[program.n : -len(master.cuts)] *= -1
    lesson = Lesson(multipliers(master, duals, own), {own[0]: own[2], own[1]: own[1], own[2]: own[0]}, False)
    some = [own[0], own[1]] if seed % 2 else [own[1], own[2]]
    small = replace(day, rides=tuple(day.rides[k] for k in some))
    other, floor = (
        Master(tree_program(small, [rates[k] for k in some]), 3000.0, 8),
        RouteFloor(program, day, rates),
    )
    found = multipliers(other, lesson.put_into(other, some), some)
    assert floor.sides(found) == pytest.approx(floor.sides(lesson.found))
    for ride in some:
        teacher, at = lesson.by[ride], np.array([own.index(ride)])
        only = replace(lesson.found, types={teacher: lesson.found.types[teacher]})
        least, _ = floor.routes(found, ride, 1, 0.0)
        assert least == pytest.approx(floor.bound(only, at).each[0])


def test_after_the_warm_up_nothing_is_compiled():
    day, rates = short_of_range(14, 1)
    warm_up(*sized(9, 2))
    kernels = [
        value
        for module in (beginnings_module, best_first, growth, minimum_cuts, ruin, slices)
        for value in vars(module).values()
        if isinstance(value, CPUDispatcher)
    ]
    before = {kernel.__name__: len(kernel.signatures) for kernel in kernels}
    assert before["cheapest"] == before["beginnings"] == before["cheapest_walks"] == 1
    solve_hub_day(day, rates, gap=0.0, max_nodes=2, effort=LITTLE)
    assert {kernel.__name__: len(kernel.signatures) for kernel in kernels} == before


@pytest.mark.parametrize("seed", range(4))
def test_ascents_know_what_routes_cost_at_their_best_dual_values(seed, monkeypatch):
    """Others learn from it without pricing once more, whatever came in since."""
    taught, original = [], MixSolver._teach

    def watched(solver, mixes, floor, at, mix, ascent, target):
        taught.append((floor, ascent))
        original(solver, mixes, floor, at, mix, ascent, target)
        if floor is solver._floor:
            for ride, least in zip(mix.rides, ascent.each, strict=True):
                assert floor.routes(ascent.best, ride, 1, 0.0)[0] == least

    monkeypatch.setattr(MixSolver, "_teach", watched)
    day, rates = short_of_range(9, seed)
    rng = np.random.default_rng([7, seed])
    cost = solve_hub_day(day, rates, gap=0.0, max_nodes=0, effort=LITTLE).cost
    solver = mixes_of(day, rates, cost)
    tours = [tuple((rng.permutation(9)[: rng.integers(1, 7)] + 1).tolist()) for _ in range(300)]
    prices, program = pool_prices(day, tours, rates), tree_program(day, rates)
    strict = [ascent for floor, ascent in taught if floor is not solver._floor]
    assert strict
    checked, types = 0, list(program.layout.types)
    for ascent in strict[-3:]:
        found = ascent.best
        for ride, least in zip(found.types, ascent.each, strict=True):
            arcs = solver._floor.arcs(types.index(ride), found, found.types[ride], own=True)
            for tour in itertools.compress(prices.tours, np.isfinite(prices.cost[:, ride])):
                assert least <= reduced_cost(solver._floor.loads, arcs, tour.nodes) + 1e-9 * cost
                checked += 1
    assert checked > 100


def reduced_cost(loads: Loads, arcs: Arcs, nodes: tuple[int, ...]) -> float:
    """What a route costs at dual values, its load as it is aboard."""
    way = np.array((0, *nodes, 0))
    aboard = np.maximum(loads.units[way[::-1]].cumsum()[::-1][1:] - loads.spare, 0)
    return float(arcs.go[way[:-1], way[1:]].sum() + arcs.carry[way[:-1], way[1:]] @ aboard)


def test_a_walk_is_the_same_in_programs_of_other_types():
    day, rates = sized(9, 1)
    whole = tree_program(day, rates)
    floor, both = RouteFloor(whole, day, rates), []
    for kinds in (whole.layout.types, whole.layout.types[1:]):
        some = replace(day, rides=tuple(day.rides[k] for k in kinds))
        program = tree_program(some, [rates[k] for k in kinds])
        routes = Routes(program, some, [rates[k] for k in kinds], floor)
        for walk in both[0].walks if both else []:
            routes.take(len(kinds) - 1, walk, feasible=True)
        routes.add(len(kinds) - 1, (3, 1, 4))
        routes.add(len(kinds) - 1, (5,))
        both.append(routes)
        costs = routes.points(range(2)) @ program.matrix.c
        np.testing.assert_allclose(costs, routes.cost)
        assert len(routes.walks) == 2
    assert [walk for _, walk in both[1].feasible_walks()] == both[0].walks
    assert both[0].cost == both[1].cost


def test_a_program_far_behind_what_is_known_ends():
    day, rates = sized(14, 1)
    ended = []
    for known, behind in [(0.0, None), (0.0, 2), (1e6, None), (1e6, 2)]:
        solver = NodeSolver(tree_program(day, rates), 300.0, LITTLE, Work(lambda: False, lambda: 0.0))
        done = solver.bound(known, 1e7, 30, 4, set(), behind)
        assert done.bound == max(known, done.bound)
        assert done.x is not None
        ended.append(solver.master.solves)
    assert ended[0] == ended[1] == ended[2] > ended[3]


@pytest.mark.long
@pytest.mark.parametrize("make", [random_case, tightened])
def test_bound_optimum_at_length(make):
    checked, _ = check(make, range(40, 300))
    assert checked > 100


def test_the_whole_solve_with_mixes():
    by = set()
    for day, rates, least in servable(range(10), tightened):
        result = solve_hub_day(day, rates, gap=0.0, max_nodes=3, effort=LITTLE)
        assert result.bound <= least * (1 + 1e-12) + 1e-9
        assert result.cost >= least * (1 - 1e-12) - 1e-9
        by.add(result.bound_by)
    assert "mixes" in by


@pytest.mark.parametrize("many", [10**9, 0])  # labels from which on beginnings remember more villages
@pytest.mark.parametrize("whole", [True, False])
def test_every_route_is_bounded_at_any_multipliers(whole, many, monkeypatch):
    monkeypatch.setattr(strict_module, "_MANY", many)
    monkeypatch.setattr(strict_module, "_FEW", 0)
    rng, remembered_sets = np.random.default_rng(5), set()
    day, rates = sized(9, 3)
    rides = [replace(day.rides[0], load_per_km_kg=0.002, usable_kwh=26.0), *day.rides[1:]]
    kg = np.r_[0.0, rng.integers(0, 9, 9) * 7.5 if whole else rng.uniform(0.01, 60, 9)]
    day = replace(
        day, rides=tuple(rides), kg=kg, m3=kg / 200, network=replace(day.network, kg=kg, m3=kg / 200)
    )
    day = replace(day, factor=1.0)
    program = tree_program(day, rates)
    floor = RouteFloor(program, day, rates)
    strict = strict_floor(program, day, floor, 300.0)
    assert strict is not None
    nothing = np.zeros((10, 10)), np.zeros(10)
    routes = [tuple((rng.permutation(9)[: rng.integers(1, 10)] + 1).tolist()) for _ in range(500)]
    prices = pool_prices(day, routes, rates)
    tight = higher = 0
    for _ in range(12):
        sets = [tuple(sorted((rng.permutation(9)[: rng.integers(1, 6)] + 1).tolist())) for _ in range(4)]
        prize = np.r_[0.0, rng.uniform(-5, 60, 9)]
        fleet = tuple((Fleet(s, "kg", 60.0), float(rng.uniform(0, 5))) for s in sets[:2])
        enter = tuple((s, s[0], float(rng.uniform(0, 5))) for s in sets[2:])
        of = {k: OfType(enter, {"shift": 1.0, "range": 0.5}, *nothing) for k in program.layout.types}
        found = Multipliers(prize, fleet, of)
        everything = np.arange(len(program.layout.types))
        _, each, _ = floor.bound(found, everything)
        _, stricter, _ = strict.bound(found, everything)
        some = np.array([0, len(each) - 1])
        np.testing.assert_array_equal(floor.bound(found, some)[1], each[some])
        assert (strict.bound(found, some)[1] >= each[some]).all()
        for t, k in enumerate(program.layout.types):
            look = strict.look(found, k)
            remembered_sets.add(look.first.best.shape[3])
            least, walks, complete = look.least(1e6)
            assert complete
            higher += stricter[t] > each[t] + 0.1
            values = []
            for nodes, cost in zip(prices.tours, prices.cost[:, k], strict=True):
                if not np.isfinite(cost):
                    continue
                way = (0, *nodes.nodes, 0)
                value = cost - prize[list(nodes.nodes)].sum()
                for cut, pi in fleet:
                    weight = fleet_weight(program, cut, t)
                    value -= pi * weight * crossings(way, cut.members)
                for members, anchor, pi in enter:
                    value -= pi * (crossings(way, members) - 2 * (anchor in nodes.nodes))
                hours = day.duration_h(nodes)
                value += 1.0 * (hours - day.shift_h * (1 + 1e-9))
                ride = day.rides[k]
                if ride.electric:
                    used = ride.consumption(nodes.distance_km, nodes.kg_km * day.factor)
                    value += 0.5 * (used - ride.usable_kwh * (1 + 1e-9))
                assert max(each[t], stricter[t], least) <= value + 1e-6
                tight += each[t] > value - 5
                values.append(value)
            assert len(walks) == 1
            _, some = look.routes(1e6, 5, 10.0)
            assert 0 < len(some) <= 5
    assert remembered_sets == ({8} if many else {8, 32})
    assert tight
    assert higher


def fleet_weight(program, cut: Fleet, t: int) -> float:
    return float(fleet_weights(program, cut)[0][t])


def crossings(way, members) -> int:
    return sum((i in members) != (j in members) for i, j in itertools.pairwise(way))


def test_walks_are_the_cheapest_without_2_cycles():
    rng = np.random.default_rng(2)
    for _ in range(20):
        n, most = 4, 7
        go, carry = rng.uniform(-9, 9, (n + 1, n + 1)), rng.uniform(0, 1, (n + 1, n + 1))
        np.fill_diagonal(go, np.inf)
        units = np.r_[0, rng.integers(1, 4, n)]
        least = math.inf
        for length in range(1, most + 1):
            for nodes in itertools.product(range(1, n + 1), repeat=length):
                two = any(a == b for a, b in zip(nodes, nodes[2:], strict=False))
                if two or units[list(nodes)].sum() > most:
                    continue
                least = min(least, cost_of(go, carry, units, nodes))
        walks = cheapest_walks(go, carry, units, most, 0)
        assert walks.closed.min() == pytest.approx(least)
        for start in range(1, n + 1):
            nodes = walk_from(walks, units, start)
            assert cost_of(go, carry, units, nodes) == pytest.approx(walks.closed[start])


def cost_of(go, carry, units, nodes) -> float:
    aboard, cost = int(units[list(nodes)].sum()), 0.0
    for i, j in itertools.pairwise((0, *nodes, 0)):
        cost += go[i, j] + carry[i, j] * aboard
        aboard -= int(units[j])
    return cost


def test_loads_have_a_unit_in_common_or_are_rounded_down():
    whole = loads_of(np.array([0.0, 15.0, 22.5, 37.5]), np.array([60.0, 30.1]))
    assert whole.units.tolist() == [0, 2, 3, 5]
    assert whole.most == (8, 4)
    assert whole.unit_kg == pytest.approx(7.5)
    some = loads_of(np.array([0.0, 0.0, 10.0]), np.array([20.0]))
    assert (some.units.tolist(), some.most, some.spare) == ([0, 1, 1], (2,), 1)
    # 600 kg are feasible where the payload is less by 1e-9 of itself.
    assert loads_of(np.array([0.0, 199, 200, 201]), np.array([600 * (1 - 9e-10)])).most == (600,)
    rng = np.random.default_rng(0)
    kg = np.r_[0.0, rng.uniform(0, 50, 12)]
    coarse = loads_of(kg, np.array([120.0]))
    assert (coarse.units[1:] >= 1).all()
    for _ in range(300):
        some_of = rng.permutation(12)[: rng.integers(1, 8)] + 1
        if kg[some_of].sum() <= 120.0:
            held = coarse.units[some_of].sum()
            assert held <= coarse.most[0]
            assert (held - coarse.spare) * coarse.unit_kg <= kg[some_of].sum() + 1e-9


def test_mixes_carry_the_demand():
    mixes = all_mixes(np.array([60.0, 100.0]), 130.0, 3)
    assert {tuple(m) for m in mixes.tolist()} == {(1, 1), (0, 2), (3, 0), (2, 1), (1, 2), (0, 3)}
    assert all_mixes(np.ones(9), 1.0, 60) is None


def test_the_floor_by_hand():
    # Two villages 10 and 12 km out, 3 km apart; 2 CNY a km, 5 a route: a tree of 13 km, and 10 km a route.
    km = [[0, 10, 12], [10, 0, 3], [12, 3, 0]]
    day = day_of(network(km, [1, 1], [0.1, 0.1]), [van("van")])
    assert plan_floor(day, [Rates(5, 2, 0, 0)]) == pytest.approx((26.0, 25.0))


def test_a_type_without_duals_of_its_own_is_bounded_by_those_of_another():
    day, rates = sized(9, 3)
    program = tree_program(day, rates)
    floor = RouteFloor(program, day, rates)
    none = OfType((), {}, np.zeros((10, 10)), np.zeros(10))
    found = Multipliers(np.zeros(10), (), {program.layout.types[0]: none})
    _, each, _ = floor.bound(found, np.arange(len(program.layout.types)))
    singles = pool_prices(day, [(i,) for i in range(1, 10)], rates).cost
    assert (each <= singles[:, list(program.layout.types)].min(axis=0) + 1e-9).all()
    assert (each > 0).all()


def best_first_of(rng: np.random.Generator, n: int, neighbours: int, seen: int):
    """Return random ways, a memory and beginnings at two prices of the resource."""
    km = rng.uniform(1, 9, (n + 1, n + 1))
    go, carry = km - rng.uniform(0, 12, n + 1)[:, None], rng.uniform(0, 0.5, (n + 1, n + 1))
    np.fill_diagonal(go, np.inf)
    units = np.r_[0, rng.integers(1, 4, n)]
    ways = Ways(go, carry, km, carry, units, int(rng.integers(4, 9)), int(rng.integers(0, 2)), 24.0)
    found = neighbourhoods(nearest(km, neighbours))
    assert found is not None
    memory = NgMemory(found.bit, np.where(found.inside, found.bit[None, :], np.uint64(0)), found.common)
    reach = shortest_ways_out(km), shortest_ways_out(carry)
    near, prices = near_villages(km, ways.most, seen), np.array([0.0, 0.7])
    best = np.empty((2, ways.most + 1, n + 1, 1 << near.village.shape[1]))
    least = max(
        float(beginnings(go + price * km, carry * (1 + price), units, ways.spare, near, best[q]))
        - price * ways.limit
        for q, price in enumerate(prices)
    )
    bits = memory.seen[np.arange(n + 1)[:, None], near.village]
    return ways, memory, Beginnings(prices, best, bits, *reach, least)


def remembered(near, path: tuple[int, ...]) -> set[int] | None:
    """What a beginning remembers at its last village, by the rule of ng-routes; None if it may not be."""
    known: set[int] = set()
    for before, i in itertools.pairwise((0, *path)):
        if i in known or i == before:
            return None
        known = (known | ({before} if before else set())) & set(near.village[i].tolist())
    return known


def test_beginnings_are_the_cheapest_that_remember_their_nearest_villages():
    rng, n, kinds = np.random.default_rng(5), 5, set()
    for _ in range(12):
        km = rng.uniform(1, 9, (n + 1, n + 1))
        go, carry = km - rng.uniform(0, 12, n + 1)[:, None], rng.uniform(0, 0.5, (n + 1, n + 1))
        np.fill_diagonal(go, np.inf)
        units, most, spare = np.r_[0, rng.integers(1, 3, n)], 6, int(rng.integers(0, 2))
        near = near_villages(km, most, 2)
        best = np.empty((most + 1, n + 1, 4))
        least = beginnings(go, carry, units, spare, near, best)
        truth, closed = np.full((most + 1, n + 1, 4), np.inf), np.inf
        for m in range(1, most + 1):
            for path in itertools.product(range(1, n + 1), repeat=m):
                known, total = remembered(near, path), int(units[list(path)].sum())
                if known is None or total > most:
                    continue
                kinds.add(len(set(path)) < m)
                last = path[-1]
                for end in range(int(units[last]), most - total + int(units[last]) + 1):
                    left, cost = total - int(units[last]) + end, 0.0
                    for i, j in itertools.pairwise((0, *path)):
                        cost += go[i, j] + carry[i, j] * max(left - spare, 0)
                        left -= int(units[j])
                    for s in range(4):
                        inside = {int(v) for q, v in enumerate(near.village[last]) if s >> q & 1}
                        if known <= inside:
                            truth[end, last, s] = min(truth[end, last, s], cost)
                    if end == units[last]:
                        closed = min(closed, cost + go[last, 0])
        for j in range(1, n + 1):
            np.testing.assert_allclose(best[units[j] :, j], truth[units[j] :, j], rtol=1e-12, atol=1e-12)
        assert least == pytest.approx(closed)
    assert kinds == {False, True}  # routes and walks


def sums_of(ways: Ways, nodes) -> tuple[float, float]:
    """Cost and resource of a route, infinite beyond a limit."""
    left, cost, taken = int(ways.units[list(nodes)].sum()), 0.0, 0.0
    if left > ways.most:
        return math.inf, math.inf
    for i, j in itertools.pairwise((0, *nodes, 0)):
        aboard = max(left - ways.spare, 0)
        cost += ways.go[i, j] + ways.carry[i, j] * aboard
        taken += ways.take[i, j] + ways.take_carry[i, j] * aboard
        left -= int(ways.units[j])
    return (cost, taken) if taken <= ways.limit else (math.inf, taken)


def ends(tree, label: int) -> tuple[int, ...]:
    nodes, label = [], int(tree.grown_from[label])
    while label >= 0:
        nodes.append(int(tree.village[label]))
        label = int(tree.grown_from[label])
    return tuple(nodes)


@pytest.mark.parametrize("neighbours", [1, 3, 5])
def test_best_first_finds_the_cheapest_route_or_bounds_it(neighbours):
    rng = np.random.default_rng(neighbours)
    bound = cut_off = 0
    step = 0.01  # of the queue: what it proves is that much lower
    for _ in range(150):
        ways, memory, first = best_first_of(rng, 5, neighbours, 1)
        orders = [p for m in range(1, 6) for p in itertools.permutations(range(1, 6), m)]
        truth = min(sums_of(ways, p)[0] for p in orders)
        least, found, labels, complete, grown = cheapest(ways, memory, first, 1e9, step, 4, 3.0, 10_000, True)
        assert complete
        assert least <= truth + 1e-9
        if neighbours == 5:  # everything is remembered
            assert truth - step - 1e-9 <= least
        costs = [sums_of(ways, ends(labels, label))[0] for label in found]
        assert max(costs) <= least + 3.0 + step + 1e-9
        if neighbours == 5:
            assert costs[0] == pytest.approx(truth, abs=step)
            assert all(a <= b + step for a, b in itertools.pairwise(costs))
        bound += least < truth - 2 * step
        # Cut off, it bounds all the same; more than asked for is not proven.
        short, none, _, complete, few = cheapest(ways, memory, first, 1e9, step, 1, 0.0, 3, True)
        assert short <= least + 1e-9
        assert complete or not none
        assert few <= min(3, grown)
        cut_off += not complete and short < least - 1e-6
        below, *_ = cheapest(ways, memory, first, least - 0.5, step, 1, 0.0, 10_000, True)
        assert below == least - 0.5
        # A quick look finds routes that are there.
        quick, routes, labels, *_ = cheapest(ways, memory, first, 1e9, step, 4, 3.0, 10_000, False)
        assert quick >= least - 1e-9
        assert sums_of(ways, ends(labels, routes[0]))[0] <= quick + step + 1e-9
    assert (bound > 0) == (neighbours < 5)
    assert cut_off


def test_best_first_is_right_where_villages_share_bits():
    rng, n, below = np.random.default_rng(8), 7, 0
    orders = [p for m in range(1, n + 1) for p in itertools.permutations(range(1, n + 1), m)]
    for _ in range(12):
        ways, memory, first = best_first_of(rng, n, 3, 2)
        assert len(set(memory.bit[1:].tolist())) < n
        assert (first.near[1:] != 0).all()
        truth = min(sums_of(ways, p)[0] for p in orders if ways.units[list(p)].sum() <= ways.most)
        least, _, _, complete, _ = cheapest(ways, memory, first, 1e9, 0.01, 1, 0.0, 100_000, True)
        assert complete
        assert least <= truth + 1e-9
        below += least < truth - 0.02
    assert below < 12


def test_the_price_of_a_range_is_found_from_afar():
    binding = 0
    for seed in range(12):
        day, rates = tightened(seed)
        program = tree_program(day, rates)
        floor = RouteFloor(program, day, rates)
        strict = strict_floor(program, day, floor, 1000.0)
        if not floor.possible or strict is None:
            continue
        none = OfType((), {}, np.zeros((program.n + 1,) * 2), np.zeros(program.n + 1))
        for t, ride in enumerate(program.layout.types):

            def least(prize: float) -> float:
                found = Multipliers(np.r_[0.0, np.full(program.n, prize)], (), {ride: none})  # noqa: B023
                return strict.look(found, ride).first.least  # noqa: B023

            fresh = least(300.0)
            if not strict._price[t]:
                continue
            for _ in range(60):  # slack: without prizes the shortest way is the best
                least(0.0)
            assert least(300.0) >= fresh - 0.05 * abs(fresh)
            strict._price[t] *= 2.0**15
            assert least(300.0) >= fresh - 0.05 * abs(fresh)
            assert math.isfinite(strict._price[t])
            binding += 1
    assert binding


def test_a_look_at_what_walks_already_prove_ends_at_once():
    day, rates = tightened(1)
    program = tree_program(day, rates)
    floor = RouteFloor(program, day, rates)
    strict = strict_floor(program, day, floor, 1000.0)
    assert strict is not None
    ride = program.layout.types[0]
    everyone = tuple(range(1, program.n + 1))
    none = OfType((), {}, np.zeros((program.n + 1,) * 2), np.zeros(program.n + 1))
    look = strict.look(Multipliers(np.zeros(program.n + 1), (), {ride: none}), ride)
    below = look.first.least - 1.0
    least, routes, complete = look.least(below)
    assert below - 1e-6 <= least <= below
    assert (routes, complete) == ([], True)
    barred = strict.look(
        Multipliers(np.zeros(program.n + 1), (), {ride: replace(none, barred=everyone)}), ride
    )
    assert barred.first.least == math.inf
    assert barred.least() == (strict_module.NONE, [], True)
    assert math.isfinite(strict._price[0])
