"""Branch and cut on a hub-day: bound <= optimum <= plan, always; equal where it says optimal."""

import math
import threading
from dataclasses import replace

import numpy as np
import pytest
from test_two_index import day_of, network, optimum, random_case, sized, van

from voltmile.routes.day import HubDay
from voltmile.routes.rates import Rates
from voltmile.routes.tours import tour_of
from voltmile.solve.hub_bound import CutPool, hub_day_bound
from voltmile.solve.hub_tree import Effort, solve_hub_day
from voltmile.solve.hub_tree.carriage import carriage_cut, shortest_ways
from voltmile.solve.hub_tree.cuts import Carriage, Count, Enter, Fleet, NotAgain, Star, fleet_terms, row_of
from voltmile.solve.hub_tree.growth import grow, single
from voltmile.solve.hub_tree.master import Master
from voltmile.solve.hub_tree.program import KG_KM, TreeProgram, tree_program, worth_having
from voltmile.solve.hub_tree.separate import Finder
from voltmile.solve.separation import capacity_terms
from voltmile.solve.status import Status

INF = math.inf
LITTLE = Effort(
    annealing=400, annealing_each=50, annealing_alone=100, iterations=60, seeds=1, more_seeds=0, guided=0
)


def check(seeds) -> int:
    """Solve random tiny hub-days against brute force; how many were solved to optimality."""
    optimal = 0
    for seed in seeds:
        day, rates = random_case(seed)
        least = optimum(day, rates)
        if math.isinf(least):
            continue
        result = solve_hub_day(day, rates, gap=0.0, max_nodes=60, effort=LITTLE)
        assert result.bound <= least * (1 + 1e-12) + 1e-9, seed
        assert result.cost >= least * (1 - 1e-12) - 1e-9, seed
        assert served(day, result) == list(range(1, day.network.size + 1)), seed
        assert result.cost == pytest.approx(cost_of(day, rates, result), rel=1e-12)
        if result.status is Status.OPTIMAL:
            optimal += 1
            assert result.cost == pytest.approx(least, rel=1e-9, abs=1e-9), seed
            assert result.bound == pytest.approx(least, rel=1e-6, abs=1e-6), seed
    return optimal


def served(day: HubDay, result) -> list[int]:
    for route in result.routes:
        assert day.column(day.rides[route.ride], route.tour) is not None
    return sorted(i for route in result.routes for i in route.tour.nodes)


def cost_of(day: HubDay, rates, result) -> float:
    cost = 0.0
    for route in result.routes:
        rate, tour = rates[route.ride], route.tour
        used = day.rides[route.ride].consumption(tour.distance_km, tour.kg_km * day.factor)
        cost += rate.fixed + rate.per_km * tour.distance_km + rate.per_unit * used
        cost += rate.per_h * day.duration_h(tour)
    return cost


def test_bound_optimum_plan():
    assert check(range(24)) > 18


@pytest.mark.long
def test_bound_optimum_plan_at_length():
    assert check(range(24, 160)) > 115


def plan_point(program: TreeProgram, routes: list[tuple[int, tuple[int, ...]]]) -> np.ndarray:
    """Point of a plan: routes of (type in the layout, villages in order); F is what they really carry."""
    n, layout = program.n, program.layout
    x = np.zeros(len(program.upper))
    table = x[: program.carried.start].reshape(program.kinds, -1)
    edge = {pair: e for e, pair in enumerate(zip(layout.tail, layout.head, strict=True))}
    day = program.day_program.day
    for t, nodes in routes:
        table[t, 0] += 1
        aboard, before = float(day.kg[list(nodes)].sum()), 0
        for node in (*nodes, 0):
            table[t, 1 + n + edge[min(before, node), max(before, node)]] += 1
            x[program.carried.start + t] += aboard * day.network.distance_km[before, node] / KG_KM
            aboard, before = aboard - float(day.kg[node]), node
        table[t, np.array(nodes)] = 1
    return x


def plans_of(day: HubDay, program: TreeProgram, rng: np.random.Generator, many: int):
    """Return random feasible plans of a hub-day, as points."""
    points = []
    for _ in range(many):
        order, routes = rng.permutation(np.arange(1, day.network.size + 1)).tolist(), []
        while order:
            t, size = int(rng.integers(program.kinds)), int(rng.integers(1, len(order) + 1))
            nodes = tuple(order[:size])
            ride = day.rides[program.layout.types[t]]
            if day.column(ride, tour_of(day.network, nodes)) is None:
                if rng.random() < 0.1:
                    break
                continue
            routes.append((t, nodes))
            order = order[size:]
        if not order:
            points.append((routes, plan_point(program, routes)))
    return points


def loose() -> tuple[HubDay, list[Rates]]:
    """Return a hub-day of 9 villages where loads and a battery bind now and then."""
    day, rates = sized(9, 3)
    rides = [replace(day.rides[0], load_per_km_kg=0.002, usable_kwh=26.0), *day.rides[1:]]
    return replace(day, rides=tuple(rides)), rates


def test_no_plan_breaks_a_row():
    day, rates = loose()
    program = tree_program(day, rates)
    rng = np.random.default_rng(1)
    plans = plans_of(day, program, rng, 300)
    assert len(plans) > 50
    finder, matrix = Finder(program), program.matrix
    rows = {cut for t in range(program.kinds) for cut in [shortest_ways(program, t)]}
    for _ in range(12):  # cuts that random mixtures of plans and noise violate
        few = rng.integers(len(plans), size=3)
        x = np.mean([plans[i][1] for i in few], axis=0) * rng.uniform(0.5, 1.1, len(program.upper))
        rows |= set(finder.find(x, 30, deep=True)) | set(finder.carriage(x))
        some = tuple((np.flatnonzero(rng.random(program.n) < 0.4) + 1).tolist())
        rows |= {Star(some, r) for r in range(len(program.resources)) if some}
    assert {Fleet, Enter, Star, Carriage} <= {type(row) for row in rows}
    for _, x in plans:
        assert matrix.violation(x) <= 1e-9
        assert (x <= program.upper + 1e-12).all()
        for row in rows:
            weights, least = row_of(program, row)
            assert weights @ x >= least - 1e-9, row


def test_a_star_by_hand():
    # Two villages 30 km out, 1 km apart; 70 km of range: 30 + 30 are gone before and after.
    km = [[0, 30, 30], [30, 0, 1], [30, 1, 0]]
    day = day_of(network(km, [0, 0], [0, 0]), [van("ev", usable=14.0, load_per_km_kg=0.0)])
    program = tree_program(day, [Rates(1, 1, 0, 0)])
    index = next(i for i, r in enumerate(program.resources) if r.row == "range")
    weights, least = row_of(program, Star((1,), index))
    # 35 z01 - 6 z01 (in kWh: 7 - 6), and over village 2: 7 - 0.2 - 6; all over 14
    z = weights[3 : program.carried.start]
    assert z == pytest.approx(np.array([1.0, 0.0, 0.8]) / 14)
    assert least == 0.0


def test_rounding_is_never_weaker_than_rounding_up():
    rng = np.random.default_rng(0)
    carries = rng.uniform(1, 9, (50, 3))
    for row in carries:
        demand, divisor = rng.uniform(1, 40, 20), rng.uniform(1, 9, 20)
        mixed, rhs = fleet_terms(row, demand, divisor)
        up, same = capacity_terms(row, demand, divisor)
        assert (mixed <= up + 1e-12).all()
        assert (rhs == same).all()


def test_a_mixed_rounding_by_hand():
    # 250 kg by vans of 100 and 150 kg, by 100: r = 0.5, so that 1.5 counts floor(1.5) + 0.5 / 0.5 = 2;
    # 270 kg: r = 0.7, and 1.5 counts 1 + 0.5 / 0.7.
    weights, rhs = fleet_terms(np.array([100.0, 150.0]), np.array([250.0, 270.0]), np.array([100.0, 100.0]))
    assert weights == pytest.approx(np.array([[1, 2], [1, 1 + 5 / 7]]), rel=1e-6)
    assert rhs.tolist() == [6, 6]


def test_a_carriage_cut_by_hand():
    # Two villages 30 km from the hub and from each other, 50 kg each: whichever comes first, the other one's
    # load goes round, 50 * 30 + 50 * 60 kg km. The shortest ways alone say 50 * 30 twice.
    km = [[0, 30, 30], [30, 0, 30], [30, 30, 0]]
    day = day_of(network(km, [50, 50], [0.5, 0.5]), [van("van", load_per_km_kg=0.01)])
    program = tree_program(day, [Rates(1, 1, 0, 1)])
    x = plan_point(program, [(0, (1, 2))])
    assert x[program.carried].tolist() == [50 * 90 / KG_KM]
    x[program.carried] = 0.0
    _, y, z = program.split(x)
    for cut, least in ((shortest_ways(program, 0), 3.0), (carriage_cut(program, 0, y[0], z[0], 3.0), 4.5)):
        weights, _ = row_of(program, cut)
        assert -weights @ x == pytest.approx(least, rel=1e-6)


def test_a_purge_keeps_the_program():
    day, rates = sized(12, 4)
    program = tree_program(day, rates)
    master, finder = Master(program, 1e4, 8), Finder(program)
    master.add([shortest_ways(program, t) for t in range(program.kinds)])
    for _ in range(6):
        objective, x, duals, _ = master.solve()
        master.add([cut for cut in finder.find(x, 30, deep=True) if cut not in master.row])
    objective, _, duals, _ = master.solve()
    value, _ = master.safe_value(duals)
    many = len(master.cuts)
    master.purge(duals, ())
    again, _, duals, _ = master.solve()
    assert len(master.cuts) < many
    assert again == pytest.approx(objective, rel=1e-9)
    assert master.safe_value(duals)[0] == pytest.approx(value, rel=1e-6)


def test_a_plan_not_to_be_found_again_is_the_only_one_cut_off():
    day, rates = loose()
    program = tree_program(day, rates)
    plans = plans_of(day, program, np.random.default_rng(2), 200)
    for routes, own in plans[:20]:
        weights, least = row_of(program, NotAgain(tuple(routes)))
        assert weights @ own < least - 0.2
        for _, x in plans:
            assert weights @ x >= least - 1e-9 or np.array_equal(
                x[: program.carried.start], own[: program.carried.start]
            )


def test_sums_over_sets_grown_are_those_of_the_sets():
    rng = np.random.default_rng(0)
    weight = rng.random((6, 6))
    weight += weight.T
    forms = rng.random((2, 6, 6)) * (1 - np.eye(6))
    chains = grow(weight, forms)
    for c in range(6):
        for s in range(6):
            inside = chains.inside(c, s)
            assert chains.within[:, c, s] == pytest.approx(single(inside[None], forms).within[:, 0, 0])
            assert inside.sum() == s + 1
    each = rng.random(6)
    most, at = chains.largest(each)
    assert each[at] == pytest.approx(most)
    assert most[:, -1] == pytest.approx(each.max())


def test_branching_counts_entries():
    day, rates = loose()
    program = tree_program(day, rates)
    x = plan_point(program, [(0, (1, 2, 3)), (0, (4, 5)), (1, (6, 7, 8, 9))])
    for members, kind, entries in (((1, 2), 0, 1), ((2, 4), -1, 2), ((1, 3), 0, 2), ((6,), 0, 0)):
        weights, least = row_of(program, Count(members, kind))
        assert weights @ x == pytest.approx(entries)
        assert least == -INF
    assert row_of(program, Count(program.everyone, -1))[0] @ x == 3


def test_it_is_no_weaker_than_the_cutting_planes_alone():
    day, rates = sized()
    plain = hub_day_bound(day, rates, CutPool()).value
    result = solve_hub_day(day, rates, gap=0.0, max_nodes=4, effort=LITTLE)
    assert plain * (1 - 1e-3) < result.bound <= result.cost
    assert result.nodes <= 4


def test_the_same_arguments_give_the_same_result():
    day, rates = sized(10, 2)
    first, second = (solve_hub_day(day, rates, gap=0.0, max_nodes=5, effort=LITTLE, seed=3) for _ in range(2))
    assert (first.routes, first.cost, first.bound, first.nodes) == (
        second.routes,
        second.cost,
        second.bound,
        second.nodes,
    )


def test_limits_and_stops_return_what_there_is():
    day, rates = sized(12, 4)
    ended = solve_hub_day(day, rates, gap=0.0, max_nodes=1, effort=LITTLE)
    assert ended.status is Status.NODE_LIMIT
    assert 0 < ended.bound < ended.cost < INF
    late = solve_hub_day(day, rates, time_limit_s=0.0)
    assert (late.status, late.nodes, late.bound) == (Status.TIME_LIMIT, 0, 0.0)
    stop = threading.Event()
    stop.set()
    assert solve_hub_day(day, rates, stop=stop).status is Status.INTERRUPTED
    asked = iter([False] * 3 + [True] * 1000)
    assert solve_hub_day(day, rates, gap=0.0, stop=lambda: next(asked)).status is Status.INTERRUPTED


def test_a_wide_gap_ends_before_any_branching():
    day, rates = sized(14, 2)
    result = solve_hub_day(day, rates, gap=0.5, effort=LITTLE)
    assert result.status is Status.OPTIMAL
    assert result.nodes <= 1
    assert result.gap <= 0.5


def test_a_village_too_large_and_a_negative_rate_are_errors():
    day = day_of(network([[0, 10], [10, 0]], [150], [0.5]), [van("small")])
    with pytest.raises(ValueError, match="no vehicle type can carry"):
        solve_hub_day(day, [Rates(1, 1, 1, 1)])
    with pytest.raises(ValueError, match="negative"):
        solve_hub_day(day, [Rates(1, -1, 1, 1)])


def test_a_hub_day_without_a_plan_has_a_bound_only():
    day = day_of(network([[0, 90], [90, 0]], [50], [0.5]), [van("ev", usable=20.0)])
    result = solve_hub_day(day, [Rates(1, 1, 1, 1)], max_nodes=3, effort=LITTLE)
    assert result.routes == ()
    assert math.isinf(result.cost)
    assert result.gap == 1.0


def test_a_type_that_another_one_beats_is_left_out():
    day, rates = sized()
    twin = replace(day.rides[0], vehicle_type="twin", usable_kwh=25.0)
    assert worth_having(replace(day, rides=(*day.rides, twin)), [*rates, rates[0]]) == (0, 1, 2)
