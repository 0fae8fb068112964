"""The LP of column generation: warm solves agree with cold ones, nothing unexpected passes as an answer."""

import math
import signal
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import scipy.sparse as sp

from voltmile.solve.highs import solve_lp
from voltmile.solve.lp import LpModel
from voltmile.solve.matrix import MatrixModel
from voltmile.solve.options import OptionError
from voltmile.solve.status import SolverError, Status
from voltmile.solve.watch import Watch

INF = math.inf


def covering(rows: int = 40, columns: int = 2000, seed: int = 0) -> MatrixModel:
    """Return a set covering LP with 4 rows in every column, after one priced slack column for each row."""
    rng = np.random.default_rng(seed)
    members = np.concatenate([rng.choice(rows, 4, replace=False) for _ in range(columns)])
    routes = sp.csc_array(
        (np.ones(len(members)), members, np.arange(0, len(members) + 1, 4)), shape=(rows, columns)
    )
    n = rows + columns
    return MatrixModel(
        c=np.concatenate([np.full(rows, 50.0), rng.uniform(1, 2, columns)]),
        A=sp.hstack([sp.eye_array(rows), routes]),
        row_lower=np.ones(rows),
        row_upper=np.full(rows, INF),
        col_lower=np.zeros(n),
        col_upper=np.full(n, INF),
        integrality=np.zeros(n),
    )


def columns_of(matrix: MatrixModel, index) -> MatrixModel:
    """Return the model with some of its columns."""
    keep = {name: getattr(matrix, name)[index] for name in ("c", "col_lower", "col_upper", "integrality")}
    return replace(matrix, A=matrix.A[:, index], **keep)


def generate(full: MatrixModel, batch: int = 50) -> tuple[LpModel, list[int]]:
    """Solve by column generation; return the model and the iterations of each solve."""
    lp = LpModel(columns_of(full, np.arange(full.n_rows)))
    iterations = []
    for _ in range(100):
        result = lp.solve()
        iterations.append(result.iterations)
        reduced = full.c - full.A.T @ result.row_duals
        new = np.argsort(reduced)[:batch]
        new = new[reduced[new] < -1e-9]
        if not len(new):
            return lp, iterations
        part = columns_of(full, new)
        added = lp.add_columns(part.c, part.A.indptr, part.A.indices, part.A.data)
        assert (len(added), added.stop) == (len(new), lp.n_cols)
    raise AssertionError("column generation does not end")


def test_column_generation_ends_at_the_optimum_of_the_full_lp():
    full = covering()
    lp, _ = generate(full)
    warm, cold = lp.solve(), lp.solve(cold=True)
    assert warm.status is cold.status is Status.OPTIMAL
    assert warm.objective == pytest.approx(solve_lp(full).objective, abs=1e-8)
    assert warm.objective == pytest.approx(cold.objective, abs=1e-8)
    assert (full.c - full.A.T @ warm.row_duals).min() > -1e-7
    assert full.row_lower @ warm.row_duals == pytest.approx(
        warm.objective
    )  # strong duality, columns unbounded
    assert warm.row_duals.min() >= -1e-9


def test_a_warm_solve_starts_from_the_last_basis():
    lp, iterations = generate(covering())
    assert lp.solve().iterations == 0
    cold = lp.solve(cold=True)
    assert cold.cold
    assert cold.iterations > 0
    assert iterations[-1] < cold.iterations
    # A useless column changes nothing, and costs nothing.
    lp.add_columns([1e6], [0, 1], [0], [1.0])
    warm = lp.solve()
    assert (warm.iterations, warm.x[-1], warm.cold) == (0, 0, False)


def test_columns_that_are_not_basic_can_go_and_the_basis_stays():
    lp, _ = generate(covering())
    before = lp.solve()
    dear = np.flatnonzero(before.reduced_costs > 0.05)
    left = np.setdiff1d(np.arange(lp.n_cols), dear)
    assert 0 < len(dear) < lp.n_cols - lp.n_rows
    lp.delete_columns(dear)
    after = lp.solve()
    assert (after.iterations, after.cold, lp.n_cols) == (0, False, len(left))
    assert after.objective == pytest.approx(before.objective, abs=1e-9)
    np.testing.assert_allclose(after.x, before.x[left], atol=1e-9)
    # It goes on from there like any other.
    lp.add_columns([0.5], [0, 4], [0, 1, 2, 3], np.ones(4))
    again = lp.solve()
    assert again.objective < before.objective - 0.1
    assert again.objective == pytest.approx(lp.solve(cold=True).objective, abs=1e-8)


def test_a_basic_column_is_not_deleted():
    lp, _ = generate(covering())
    before = lp.solve()
    used = int(np.argmax(before.x))
    idle = int(np.argmax(before.reduced_costs))
    for columns, message in (
        ([idle, used], "is basic"),
        ([idle, idle], "twice"),
        ([lp.n_cols], "outside"),
    ):
        with pytest.raises(ValueError, match=message):
            lp.delete_columns(columns)
    assert lp.n_cols == len(before.x)
    assert lp.solve().iterations == 0


def test_an_unchanged_master_gives_the_reduced_costs_of_its_columns():
    full = covering()
    lp = LpModel(full)
    result = lp.solve()
    np.testing.assert_allclose(result.reduced_costs, full.c - full.A.T @ result.row_duals, atol=1e-9)
    np.testing.assert_allclose(result.row_duals, solve_lp(full).row_duals, atol=1e-7)


def test_costs_and_bounds_change_what_the_next_solve_says():
    # min x + 2y, x + y >= 3: x = 3; then x <= 1: y = 2; then y is free: cost 1; then only 2 are needed.
    lp = LpModel(
        MatrixModel(
            c=[1.0, 2.0],
            A=[[1.0, 1.0]],
            row_lower=[3.0],
            row_upper=[INF],
            col_lower=[0.0, 0.0],
            col_upper=[INF, INF],
            integrality=[0, 0],
            offset=10.0,
        )
    )
    assert lp.solve().objective == 13
    lp.set_column_bounds(0, 0, 1)
    assert lp.solve().objective == 15
    assert lp.solve().reduced_costs.tolist() == [-1, 0]
    lp.set_costs([1], [0.0])
    assert lp.solve().objective == pytest.approx(10, abs=1e-9)
    lp.set_costs([0, 1], [1.0, 3.0])
    lp.set_row_bounds([0], 2, INF)
    assert lp.solve().objective == 14


def test_an_infeasible_and_an_unbounded_master_have_a_status_and_recover():
    full = covering(10, 50)
    lp = LpModel(full)
    lp.set_column_bounds(np.arange(lp.n_cols), 0, 0)
    infeasible = lp.solve()
    assert infeasible.status is Status.INFEASIBLE
    assert infeasible.x is infeasible.objective is infeasible.row_duals is None
    lp.set_column_bounds(np.arange(lp.n_cols), 0, INF)
    lp.set_costs(0, -1)
    unbounded = lp.solve()
    assert unbounded.status is Status.UNBOUNDED
    assert unbounded.row_duals is None
    lp.set_costs(0, full.c[0])
    assert lp.solve().objective == pytest.approx(solve_lp(full).objective)


def test_the_clock_of_earlier_solves_does_not_count():
    lp = LpModel(covering(60, 4000))
    longest = max(lp.solve(cold=True).seconds for _ in range(3))
    results = [lp.solve(cold=True, time_limit_s=4 * longest + 0.1) for _ in range(8)]
    assert {result.status for result in results} == {Status.OPTIMAL}


def test_a_time_limit_is_a_status_and_the_next_solve_goes_on():
    lp = LpModel(covering(60, 4000))
    assert lp.solve(time_limit_s=0).status is Status.TIME_LIMIT
    assert lp.solve(time_limit_s=0).row_duals is None
    assert lp.solve().status is Status.OPTIMAL


def test_a_stop_is_a_status_and_the_next_solve_goes_on():
    lp = LpModel(covering(60, 4000), options={"presolve": "off"})
    stopped = lp.solve(stop=lambda: True)
    assert (stopped.status, stopped.interrupted) == (Status.INTERRUPTED, True)
    assert lp.solve().status is Status.OPTIMAL


@pytest.fixture
def _listening():
    """Hear Ctrl-C even where the tests run in a background that ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def press_once(monkeypatch):
    """Press Ctrl-C when HiGHS first calls back."""
    pressed = []

    def press(watch):
        if not pressed:
            pressed.append(watch)
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Watch, "_ask", press)
    return pressed


@pytest.mark.usefixtures("_listening")
def test_ctrl_c_without_a_stop_is_not_swallowed(monkeypatch):
    press_once(monkeypatch)
    lp = LpModel(covering(40, 4000), options={"presolve": "off"})
    with pytest.raises(KeyboardInterrupt):
        lp.solve()
    assert lp.solve().objective == pytest.approx(LpModel(covering(40, 4000)).solve().objective)


@pytest.mark.parametrize("stop", [None, lambda: False])
@pytest.mark.usefixtures("_listening")
def test_ctrl_c_is_left_to_a_handler_of_the_application(monkeypatch, stop):
    heard, pressed = [], press_once(monkeypatch)
    signal.signal(signal.SIGINT, lambda *_: heard.append(1))
    result = LpModel(covering(40, 4000), options={"presolve": "off"}).solve(stop=stop)
    assert (result.status, result.interrupted, heard) == (Status.OPTIMAL, False, [1])
    assert pressed
    assert result.objective == pytest.approx(LpModel(covering(40, 4000)).solve().objective)


@pytest.mark.usefixtures("_listening")
def test_what_a_handler_raises_ends_a_solve(monkeypatch):
    def insist(*_):
        raise LookupError("insisted")

    press_once(monkeypatch)
    signal.signal(signal.SIGINT, insist)
    with pytest.raises(LookupError, match="insisted"):
        LpModel(covering(40, 4000), options={"presolve": "off"}).solve(stop=lambda: False)
    assert signal.getsignal(signal.SIGINT) is insist


@pytest.mark.usefixtures("_listening")
def test_ctrl_c_with_a_stop_is_a_status(monkeypatch):
    monkeypatch.setattr(Watch, "_ask", lambda _: signal.raise_signal(signal.SIGINT))
    result = LpModel(covering(40, 4000), options={"presolve": "off"}).solve(stop=lambda: False)
    assert (result.status, result.interrupted) == (Status.INTERRUPTED, True)


def test_a_solve_that_leads_nowhere_is_repeated_from_scratch(monkeypatch):
    lp = LpModel(covering(40, 500))
    expected = lp.solve().objective
    lp.add_columns([0.1], [0, 2], [0, 1], [1.0, 1.0])
    lp._highs.setOptionValue("simplex_iteration_limit", 0)  # as if it cycled
    result = lp.solve()
    assert (result.status, result.cold) == (Status.OPTIMAL, True)
    assert result.objective < expected
    assert lp.solve().iterations == 0
    assert lp._highs.getOptionValue("simplex_strategy")[1] == 4


def test_an_iteration_limit_of_the_caller_is_an_answer():
    lp = LpModel(covering(40, 500), options={"simplex_iteration_limit": 3, "presolve": "off"})
    assert lp.solve().status is Status.ITERATION_LIMIT


class Infos:
    """HiGHS with a violation in its information, as it says it of rows and costs of 1e9."""

    def __init__(self, highs, **said):
        self._highs, self._said, self.asked = highs, said, 0

    def __getattr__(self, name):
        return getattr(self._highs, name)

    def getInfo(self):
        info = self._highs.getInfo()
        self.asked += 1
        known = {name: getattr(info, name) for name in dir(info) if not name.startswith("_")}
        return SimpleNamespace(**{**known, **self._said})


@pytest.mark.parametrize("kind", ["primal", "dual"])
@pytest.mark.parametrize(("violation", "fine"), [(1.4e-6, True), (1e-2, False)])
def test_a_violation_no_larger_than_rounding_is_none_after_a_solve_from_scratch(kind, violation, fine):
    lp = LpModel(covering(40, 500))
    expected = lp.solve().objective
    lp.set_costs([0], [1e9])
    lp.set_row_bounds([0], [0.0], [math.inf])
    lp.add_columns([0.0], [0, 1], [0], [1.0], lower=1e9, upper=1e9)  # an activity of 1e9
    said = {f"max_{kind}_infeasibility": violation, f"{kind}_solution_status": 1}
    lp._highs = Infos(lp._highs, **said)
    if not fine:
        with pytest.raises(SolverError, match="model status kOptimal"):
            lp.solve()
        return
    result = lp.solve()
    assert (result.status, result.cold) == (Status.OPTIMAL, True)
    assert result.objective < expected
    assert result.row_duals is not None
    assert lp._highs.asked >= 2


def test_a_status_without_an_answer_raises(monkeypatch):
    lp = LpModel(covering(10, 20))
    runs = []
    monkeypatch.setattr(Watch, "run", lambda self, highs: runs.append(highs) or 0.0)  # HiGHS stays at kNotset
    with pytest.raises(SolverError, match="neither warm nor cold: model status kNotset"):
        lp.solve()
    assert len(runs) == 2


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (([1.0], [0, 1], [10], [1.0]), r"outside 0\.\.9"),
        (([1.0], [0, 1], [-1], [1.0]), r"outside 0\.\.9"),
        (([1.0], [0], [0], [1.0]), "1 costs need 2 starts"),
        (([1.0], [0, 2], [0], [1.0]), "from 0 to the number of entries, 1"),
        (([1.0], [0, 2], [0, 0], [1.0, 1.0]), "an index twice"),
        (([math.nan], [0, 1], [0], [1.0]), "NaN"),
        (([1.0], [0, 1], [0], [INF]), "not finite"),
        (([1.0], [0, 1], [0], [1e16]), "beyond its range"),
    ],
)
def test_a_column_that_does_not_fit_is_refused_and_changes_nothing(column, message):
    lp = LpModel(covering(10, 20))
    before = lp.solve().objective
    with pytest.raises(ValueError, match=message):
        lp.add_columns(*column)
    assert lp.n_cols == 30
    assert lp.solve().objective == before


def test_no_columns_and_no_rows_may_be_added():
    lp = LpModel(covering(10, 20))
    assert lp.add_columns([], [0], [], []) == range(30, 30)
    assert lp.add_rows([0], [], [], []) == range(10, 10)


def test_cutting_planes_end_at_the_optimum_of_the_full_lp():
    full = covering()
    rows = full.A.tocsr()
    half = replace(full, A=rows[:20], row_lower=full.row_lower[:20], row_upper=full.row_upper[:20])
    lp = LpModel(half, options={"simplex_strategy": 1})
    first = lp.solve()
    rest = rows[20:]
    assert lp.add_rows(rest.indptr, rest.indices, rest.data, 1.0) == range(20, 40)
    warm, cold = lp.solve(), lp.solve(cold=True)
    assert first.objective < warm.objective
    assert warm.objective == pytest.approx(cold.objective, abs=1e-8)
    assert warm.objective == pytest.approx(solve_lp(full).objective, abs=1e-8)
    assert warm.iterations < cold.iterations
    np.testing.assert_allclose(warm.reduced_costs, full.c - full.A.T @ warm.row_duals, atol=1e-9)
    assert lp.n_rows == len(warm.row_duals) == 40


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (([0, 1], [30], [1.0], 1.0), r"outside 0\.\.29"),
        (([0, 1], [-1], [1.0], 1.0), r"outside 0\.\.29"),
        (([0, 1], [0], [1.0, 1.0], 1.0), "an index and a value"),
        (([0, 2], [0], [1.0], 1.0), "from 0 to the number of entries, 1"),
        (([0, 2], [0, 0], [1.0, 1.0], 1.0), "an index twice"),
        (([0, 1], [0], [1.0], math.nan), "NaN"),
        (([0, 1], [0], [INF], 1.0), "not finite"),
        (([], [], [], 1.0), "need 1 starts"),
    ],
)
def test_a_row_that_does_not_fit_is_refused_and_changes_nothing(row, message):
    lp = LpModel(covering(10, 20))
    before = lp.solve().objective
    with pytest.raises(ValueError, match=message):
        lp.add_rows(*row)
    assert lp.n_rows == 10
    assert lp.solve().objective == before


def test_a_master_needs_a_column_and_right_options():
    full = covering(10, 20)
    with pytest.raises(ValueError, match="without columns"):
        LpModel(columns_of(full, np.arange(0)))
    with pytest.raises(OptionError, match="did you mean 'simplex_strategy'"):
        LpModel(full, options={"simplex_strateg": 4})
    with pytest.raises(ValueError, match="time limit of -1"):
        LpModel(full).solve(time_limit_s=-1)
