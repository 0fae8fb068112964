"""Limits, interruptions, starts, options: what a solve may never lose and never ignore."""

import json
import math
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sp

from voltmile.solve.highs import solve_lp, solve_mip
from voltmile.solve.matrix import MatrixModel
from voltmile.solve.options import OptionError, check_options
from voltmile.solve.outcome import relative_gap
from voltmile.solve.status import SolverError, Status

INF = math.inf


def knapsacks(n: int = 100, m: int = 10, seed: int = 0) -> MatrixModel:
    """Return n binaries in m knapsacks, profits close to weights; 100 in 10 is far beyond a test's time."""
    rng = np.random.default_rng(seed)
    weight = rng.integers(1, 1000, (m, n))
    return MatrixModel(
        c=-(weight.mean(axis=0) + rng.integers(0, 500, n)).round(),
        A=weight,
        row_lower=np.full(m, -INF),
        row_upper=np.floor(weight.sum(axis=1) / 2),
        col_lower=np.zeros(n),
        col_upper=np.ones(n),
        integrality=np.ones(n),
    )


def small(c, a, rows, cols, integrality=None, offset=0.0) -> MatrixModel:
    """Return a model from lists; rows and cols are pairs (lower, upper)."""
    bounds = [np.array(pairs, dtype=float).reshape(-1, 2) for pairs in (rows, cols)]
    return MatrixModel(
        c=np.array(c, dtype=float),
        A=np.array(a, dtype=float).reshape(len(rows), len(cols)),
        row_lower=bounds[0][:, 0],
        row_upper=bounds[0][:, 1],
        col_lower=bounds[1][:, 0],
        col_upper=bounds[1][:, 1],
        integrality=np.zeros(len(cols)) if integrality is None else integrality,
        offset=offset,
    )


def assert_between(outcome):
    """The incumbent is feasible, has its objective, and lies above a finite bound."""
    assert outcome.has_incumbent
    assert outcome.violation < 1e-5
    assert -INF < outcome.dual_bound <= outcome.objective
    assert outcome.gap == relative_gap(outcome.objective, outcome.dual_bound) > 0


# Limits


def test_a_time_limit_keeps_the_incumbent_and_the_bound():
    outcome = solve_mip(knapsacks(), time_limit_s=1)
    assert outcome.status is Status.TIME_LIMIT
    assert_between(outcome)
    assert outcome.seconds_solve >= 1


def test_a_time_limit_of_zero_finds_nothing_and_claims_nothing():
    outcome = solve_mip(knapsacks(), time_limit_s=0)
    assert outcome.status is Status.TIME_LIMIT
    assert not outcome.has_incumbent
    assert (outcome.objective, outcome.dual_bound, outcome.gap) == (None, -INF, INF)


def test_a_node_limit_keeps_the_incumbent_and_the_bound_and_is_repeatable():
    first, second = (solve_mip(knapsacks(60), node_limit=20, seed=3) for _ in range(2))
    assert first.status is Status.NODE_LIMIT
    assert_between(first)
    assert first.nodes == second.nodes >= 1
    assert first.x.tolist() == second.x.tolist()
    assert first.dual_bound == second.dual_bound


def test_a_gap_is_enough_to_be_optimal():
    outcome = solve_mip(knapsacks(), gap_rel=0.05)
    assert outcome.status is Status.OPTIMAL
    assert 0 < outcome.gap <= 0.05


def test_the_default_gap_is_that_of_a_proof():
    outcome = solve_mip(knapsacks(25, 3))
    assert outcome.status is Status.OPTIMAL
    assert outcome.objective - outcome.dual_bound <= 1e-6 + 1e-9 * abs(outcome.objective)


# Statuses


@pytest.mark.parametrize("presolve", ["on", "off"])
def test_statuses_of_lps_without_an_optimum(presolve):
    options = {"presolve": presolve}
    infeasible = small([1, 1], [[1, 1]], [(3, INF)], [(0, 1), (0, 1)])
    outcome = solve_lp(infeasible, options=options)
    assert (outcome.status, outcome.dual_bound) == (Status.INFEASIBLE, INF)
    assert outcome.x is outcome.row_duals is outcome.reduced_costs is outcome.objective is None
    unbounded = small([-1, -1], [[1, -2]], [(-INF, 3)], [(0, INF), (0, INF)])
    outcome = solve_lp(unbounded, options=options)
    assert (outcome.status, outcome.dual_bound, outcome.row_duals) == (Status.UNBOUNDED, -INF, None)
    assert outcome.status.is_conclusive


def test_statuses_of_mips_without_an_optimum():
    parity = small([1, 1], [[2, 2]], [(3, 3)], [(0, 5), (0, 5)], [1, 1])
    outcome = solve_mip(parity)
    assert (outcome.status, outcome.x, outcome.dual_bound) == (Status.INFEASIBLE, None, INF)
    unbounded = small([-1, -1], [[1, -2]], [(-INF, 3.5)], [(0, INF), (0, INF)], [1, 0])
    outcome = solve_mip(unbounded)
    assert outcome.status in (Status.UNBOUNDED, Status.INFEASIBLE_OR_UNBOUNDED)
    assert outcome.dual_bound == -INF


def test_a_model_without_columns_costs_its_offset_unless_a_row_forbids_it():
    empty = small([], [], [(0, 1)], [], offset=5.0)
    assert (solve_mip(empty).status, solve_mip(empty).objective) == (Status.OPTIMAL, 5)
    forbidden = small([], [], [(1, 2)], [], offset=5.0)
    assert (solve_lp(forbidden).status, solve_lp(forbidden).x) == (Status.INFEASIBLE, None)


def test_a_mip_without_integers_is_an_lp():
    outcome = solve_mip(small([2, 3], [[1, 1]], [(4.5, INF)], [(0, 10), (0, 10)], offset=1))
    assert outcome.objective == outcome.dual_bound == 10
    assert outcome.row_duals.tolist() == [2]
    assert outcome.reduced_costs.tolist() == [0, 1]


def test_the_relaxation_is_not_rounded():
    model = small([2, 3], [[1, 1]], [(4.5, INF)], [(0, 10), (0, 10)], [1, 1])
    assert solve_lp(model).x.tolist() == [4.5, 0]
    assert solve_mip(model).x.tolist() == [5, 0]


def test_a_limit_says_so():
    assert Status.TIME_LIMIT.is_limit
    assert Status.INTERRUPTED.is_limit
    assert not Status.OPTIMAL.is_limit
    assert not Status.FAILED.is_limit
    assert not Status.FAILED.is_conclusive


# Starts


def test_a_partial_start_is_completed_and_never_worse():
    model = knapsacks(60)
    good = solve_mip(model, node_limit=50)
    ones = {int(j): 1.0 for j in np.flatnonzero(good.x)}
    started = solve_mip(model, start=ones, node_limit=1)
    assert started.objective <= good.objective
    seen = []
    solve_mip(model, start=ones, node_limit=1, on_progress=seen.append)
    first = next(progress.primal for progress in seen if progress.primal < INF)
    assert first <= good.objective


def test_a_full_and_an_infeasible_start_are_taken():
    model = knapsacks(25, 3)
    best = solve_mip(model)
    full = solve_mip(model, start=dict(enumerate(best.x)), node_limit=1)
    assert full.objective == best.objective
    assert solve_mip(model, start=dict.fromkeys(range(25), 1.0)).objective == best.objective


@pytest.mark.parametrize("start", [{25: 1.0}, {-1: 1.0}, {0: math.nan}])
def test_a_start_outside_the_model_is_an_error(start):
    with pytest.raises(ValueError, match=r"column indices 0\.\.24"):
        solve_mip(knapsacks(25, 3), start=start)


# Progress and interruptions


def test_progress_has_a_monotone_bound_and_ends_near_the_outcome():
    seen = []
    outcome = solve_mip(knapsacks(60), node_limit=20, on_progress=seen.append, progress_every_s=0.0)
    assert len(seen) > 10
    assert all(a.dual <= b.dual and a.primal >= b.primal for a, b in pairwise(seen))
    assert all(a.seconds <= b.seconds for a, b in pairwise(seen))
    assert seen[-1].primal == pytest.approx(outcome.objective)
    assert outcome.dual_bound >= seen[-1].dual - 1e-6
    assert seen[0].gap == INF
    assert seen[-1].gap < 0.1


def test_progress_is_throttled_but_for_better_incumbents():
    seen = []
    solve_mip(knapsacks(60), node_limit=20, on_progress=seen.append, progress_every_s=1e9)
    assert len({progress.primal for progress in seen}) == len(seen)


def test_an_exception_of_the_caller_ends_the_solve_and_is_not_lost():
    def fail(progress):
        raise LookupError("the disk is full")

    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(LookupError, match="the disk is full"):
        solve_mip(knapsacks(), on_progress=fail)
    assert signal.getsignal(signal.SIGINT) is before


def test_an_event_stops_a_mip_and_keeps_the_incumbent():
    stop = threading.Event()
    seen = []

    def when_found(progress):
        seen.append(progress)
        if progress.dual > -INF and progress.primal < 0:
            stop.set()

    outcome = solve_mip(knapsacks(), on_progress=when_found, stop=stop)
    assert (outcome.status, outcome.interrupted) == (Status.INTERRUPTED, True)
    assert_between(outcome)


@pytest.mark.parametrize("solver", ["simplex", "ipx"])
def test_a_function_stops_an_lp(solver):
    options = {"solver": solver, "presolve": "off"}
    outcome = solve_lp(knapsacks(), options=options, stop=lambda: True)
    assert (outcome.status, outcome.interrupted) == (Status.INTERRUPTED, True)
    assert outcome.dual_bound == -INF
    assert outcome.row_duals is None


def test_ctrl_c_where_it_is_ignored_stays_ignored():
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        during = []
        solve_mip(
            knapsacks(), node_limit=1, on_progress=lambda _: during.append(signal.getsignal(signal.SIGINT))
        )
        assert set(during) == {signal.SIG_IGN}
    finally:
        signal.signal(signal.SIGINT, before)


CHILD = """
import json, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where tests run in the background
sys.path.insert(0, sys.argv[1])
from test_highs import knapsacks
from voltmile.solve.highs import solve_mip

def say(progress):
    if progress.primal < 0 and progress.dual > -1e300:
        print("found", flush=True)

outcome = solve_mip(knapsacks(), time_limit_s=60, on_progress=say)
print(json.dumps([outcome.status, outcome.objective, outcome.dual_bound, outcome.interrupted]))
try:
    raise KeyboardInterrupt if outcome.interrupted else SystemExit("not interrupted")
except KeyboardInterrupt:
    print("handled by the application")
"""


def test_ctrl_c_returns_the_incumbent():
    folder = str(Path(__file__).parent)
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, folder],
        env={"PYTHONPATH": ":".join(sys.path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert child.stdout.readline() == "found\n"
        child.send_signal(signal.SIGINT)
        lines, _ = child.communicate(timeout=120)
    finally:
        child.kill()
    assert child.returncode == 0
    *_, answer, farewell = lines.splitlines()
    status, objective, bound, interrupted = json.loads(answer)
    assert (status, interrupted) == ("interrupted", True)
    assert -1e6 < bound <= objective < 0
    assert farewell == "handled by the application"


# Options and environment


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"mip_rel_gapp": 1e-3}, "no option 'mip_rel_gapp'; did you mean 'mip_rel_gap'"),
        ({"presolv": "off"}, "did you mean 'presolve'"),
        ({"mip_heuristic_run_rin": True}, "did you mean 'mip_heuristic_run_rins'"),
        ({"zzz": 1}, "no option 'zzz'$"),
        ({"presolve": "offf"}, r"refuses 'offf' .* \"off\", \"choose\" or \"on\""),
        ({"presolve": True}, "'presolve' does not take True: .* string"),
        ({"mip_heuristic_effort": 2.0}, r"range: \[0, 1\]"),
        ({"mip_max_stall_nodes": 1.0}, "does not take 1.0: .* integer"),
        ({"mip_max_stall_nodes": True}, "does not take True"),
        ({"mip_detect_symmetry": 1}, "does not take 1: .*type: bool"),
        ({"mip_feasibility_tolerance": "1e-6"}, "does not take '1e-6': .* double"),
        ({"time_limit": 3.0}, "set by the argument 'time_limit_s'"),
        ({"threads": 2}, "set by the argument 'threads'"),
    ],
)
def test_a_wrong_option_is_named_with_what_would_be_right(options, message):
    with pytest.raises(OptionError, match=message):
        check_options(options)
    with pytest.raises(OptionError, match=message):
        solve_mip(knapsacks(5, 1), options=options)
    with pytest.raises(OptionError, match=message):
        solve_lp(knapsacks(5, 1), options=options)


def test_right_options_pass():
    check_options(
        {"presolve": "off", "mip_heuristic_effort": 0, "output_flag": False, "mip_detect_symmetry": True}
    )


@pytest.mark.parametrize(
    "argument", [{"gap_rel": -1.0}, {"time_limit_s": -1.0}, {"seed": -1}, {"threads": -1}]
)
def test_an_argument_out_of_range_is_an_error(argument):
    with pytest.raises(ValueError, match="refuses -1"):
        solve_mip(knapsacks(5, 1), **argument)


def test_the_number_of_threads_may_change_from_solve_to_solve():
    model = knapsacks(25, 3)
    found = {solve_mip(model, threads=threads).objective for threads in (1, 2, 1)}
    assert len(found) == 1


def test_solves_in_python_threads_agree():
    model = knapsacks(25, 3)
    found = []
    workers = [threading.Thread(target=lambda: found.append(solve_mip(model).objective)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    assert found == [solve_mip(model).objective] * 4


def test_a_coefficient_beyond_the_range_of_highs_is_refused():
    with pytest.raises(SolverError, match="1e15"):
        solve_lp(small([1, 1], [[1e16, 1]], [(1, INF)], [(0, 1), (0, 1)]))


# The matrix


def test_the_fingerprint_is_of_the_numbers():
    model = knapsacks(5, 2)
    same = replace(model, A=sp.coo_array(model.A), c=model.c - 0.0, seconds=3.0)
    assert model.fingerprint() == same.fingerprint() == knapsacks(5, 2).fingerprint()
    changes = [
        {"c": model.c + 1},
        {"A": 2 * model.A},
        {"row_upper": model.row_upper + 1},
        {"col_upper": model.col_upper + 1},
        {"integrality": np.zeros(5)},
        {"offset": 1.0},
    ]
    assert len({replace(model, **change).fingerprint() for change in changes} | {model.fingerprint()}) == 7


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"c": np.zeros(4)}, r"c has shape \(4,\)"),
        ({"row_upper": np.zeros(3)}, r"row_upper has shape \(3,\)"),
        ({"c": np.full(5, np.nan)}, "c holds a number that is not finite"),
        ({"A": np.full((2, 5), np.inf)}, "A holds a number that is not finite"),
        ({"col_lower": np.full(5, np.nan)}, "col_lower holds inf or NaN"),
        ({"col_upper": np.full(5, -np.inf)}, "col_upper holds -inf or NaN"),
        ({"integrality": np.full(5, 2)}, "integrality is 0 or 1"),
        ({"offset": math.nan}, "the offset is nan"),
    ],
)
def test_numbers_that_mean_nothing_do_not_reach_the_solver(change, message):
    with pytest.raises(ValueError, match=message):
        replace(knapsacks(5, 2), **change)


def test_gaps():
    assert relative_gap(100, 99) == 0.01
    assert relative_gap(-99, -100) == pytest.approx(1 / 99)
    assert relative_gap(99, 100) == 0
    assert relative_gap(0, 0) == 0
    assert relative_gap(0, -1) == INF
    assert relative_gap(1, -INF) == INF


def test_nothing_is_printed_by_the_first_solver_of_a_process() -> None:
    code = "from voltmile.solve.options import new_highs; new_highs({}); print('only this')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "only this\n"
