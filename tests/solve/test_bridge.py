"""Pyomo -> arrays -> HiGHS -> Pyomo, against Pyomo's own HiGHS interface as the reference."""

import gc
import math
import subprocess
import sys

import numpy as np
import pyomo.environ as pyo
import pytest

from voltmile.solve.bridge import ModelError, compile_model, load, start_of
from voltmile.solve.highs import solve_lp, solve_mip
from voltmile.solve.status import Status


def random_model(seed: int, domain: object = pyo.Reals) -> pyo.ConcreteModel:
    """Build a feasible model with every kind of row: <=, >=, =, ranged; a fixed variable and a constant.

    The right-hand sides leave room around a random point within the bounds, so there is a solution.
    """
    rng = np.random.default_rng(seed)
    n, m = 8, 6
    a, cost, inside = rng.normal(size=(m, n)), rng.normal(size=n), rng.integers(1, 9, n)
    level = a @ inside
    model = pyo.ConcreteModel()
    model.J, model.I = pyo.RangeSet(0, n - 1), pyo.RangeSet(0, m - 1)
    model.x = pyo.Var(model.J, bounds=(-1, 10), domain=domain)
    model.x[3].fix(int(inside[3]))

    def row(model: pyo.ConcreteModel, i: int) -> object:
        body = sum(a[i, j] * model.x[j] for j in model.J) + 0.25
        return {
            0: body <= level[i] + 1,
            1: body >= level[i] - 1,
            2: (level[i] - 2, body, level[i] + 2),
            3: body == level[i] + 0.25 if domain is pyo.Reals else body <= level[i] + 3,
        }[i % 4]

    model.row = pyo.Constraint(model.I, rule=row)
    model.cost = pyo.Objective(expr=sum(cost[j] * model.x[j] for j in model.J) + 3.5)
    return model


@pytest.mark.parametrize("seed", range(6))
def test_lp_agrees_with_pyomo_in_objective_duals_and_reduced_costs(seed):
    model = random_model(seed)
    matrix = compile_model(model)
    ours = solve_lp(matrix)
    model.dual, model.rc = (pyo.Suffix(direction=pyo.Suffix.IMPORT) for _ in range(2))
    pyo.SolverFactory("highs").solve(model)

    assert ours.status is Status.OPTIMAL
    assert ours.objective == pytest.approx(pyo.value(model.cost), abs=1e-7)
    assert ours.dual_bound == ours.objective
    theirs = [model.dual[constraint] for constraint in matrix.constraints]
    np.testing.assert_allclose(ours.row_duals, theirs, atol=1e-7)
    free = [j for j, variable in enumerate(matrix.variables) if not variable.fixed]
    theirs = [model.rc[matrix.variables[j]] for j in free]
    np.testing.assert_allclose(ours.reduced_costs[free], theirs, atol=1e-7)
    np.testing.assert_allclose(ours.reduced_costs, matrix.c - matrix.A.T @ ours.row_duals, atol=1e-7)


@pytest.mark.parametrize("seed", range(6))
def test_mip_agrees_with_pyomo_and_is_loaded_whole(seed):
    model = random_model(seed, pyo.Integers)
    matrix = compile_model(model)
    ours = solve_mip(matrix)
    pyo.SolverFactory("highs").solve(model, options={"mip_rel_gap": 0.0})
    theirs = pyo.value(model.cost)

    assert ours.status is Status.OPTIMAL
    assert ours.objective == pytest.approx(theirs, abs=1e-6)
    assert ours.gap <= 1e-6
    assert ours.violation < 1e-5
    assert ours.row_duals is None
    load(matrix, ours)
    assert pyo.value(model.cost) == pytest.approx(ours.objective, abs=1e-9)
    assert all(type(variable.value) is int for variable in model.x.values() if not variable.fixed)


def test_a_compiled_model_keeps_its_names_when_nothing_else_holds_the_model():
    compiled = compile_model(random_model(0))
    gc.collect()
    assert compiled.variables[0].parent_component().local_name == "x"
    assert compiled.row_names[0] == "row[0]"


def test_a_ranged_constraint_is_one_row():
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var(bounds=(0, 5)), pyo.Var(bounds=(0, 5))
    model.low = pyo.Constraint(expr=model.x + 2 * model.y + 1 >= 2)
    model.range = pyo.Constraint(expr=(1, model.x - model.y + 1, 3))
    model.high = pyo.Constraint(expr=model.x + model.y <= 4)
    matrix = compile_model(model)
    assert matrix.row_names == ("low", "range", "high")
    assert matrix.row_lower.tolist() == [1, 0, -math.inf]
    assert matrix.row_upper.tolist() == [math.inf, 2, 4]
    assert matrix.A.toarray().tolist() == [[1, 2], [1, -1], [1, 1]]
    assert matrix.row_of[model.range] == 1
    assert matrix.column_of[model.y] == 1


def test_one_body_with_two_constraints_stays_two_rows():
    model = pyo.ConcreteModel()
    model.x = pyo.Var()
    model.high, model.low = pyo.Constraint(expr=model.x <= 4), pyo.Constraint(expr=model.x >= 1)
    assert compile_model(model).row_names == ("high", "low")


def test_the_constant_of_the_objective_is_in_the_offset_and_the_objective():
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(2, 5))
    model.cost = pyo.Objective(expr=3 * model.x + 10)
    matrix = compile_model(model)
    assert matrix.offset == 10
    assert solve_lp(matrix).objective == 16


def test_without_an_objective_any_feasible_point_is_optimal():
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 5))
    model.row = pyo.Constraint(expr=model.x >= 2)
    outcome = solve_lp(compile_model(model))
    assert (outcome.status, outcome.objective) == (Status.OPTIMAL, 0)
    assert outcome.violation == 0


def test_a_fixed_variable_keeps_its_column_and_its_value():
    model = random_model(0)
    free = compile_model(random_model(0))
    model.x[5].fix(2.5)
    matrix = compile_model(model)
    j = matrix.column_of[model.x[5]]
    assert model.x[5].fixed
    assert matrix.A.shape == free.A.shape
    assert matrix.col_lower[j] == matrix.col_upper[j] == 2.5


def test_an_integer_variable_fixed_between_whole_numbers_is_a_constant_as_in_pyomo():
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var(domain=pyo.Integers), pyo.Var(domain=pyo.NonNegativeReals)
    model.x.fix(1.5)
    model.row = pyo.Constraint(expr=model.y >= 2 * model.x)
    model.cost = pyo.Objective(expr=model.y)
    assert solve_mip(compile_model(model)).objective == pytest.approx(3)


def test_a_row_of_fixed_variables_is_held_to_the_tolerance_of_the_solver():
    # 0.1 + 0.2 <= 0.3 does not hold in floating point; Pyomo's compiler alone calls it trivially infeasible.
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var(), pyo.Var()
    model.x.fix(0.1)
    model.y.fix(0.2)
    model.row = pyo.Constraint(expr=model.x + model.y <= 0.3)
    assert solve_lp(compile_model(model)).status is Status.OPTIMAL
    model.x.fix(0.2)
    assert solve_lp(compile_model(model)).status is Status.INFEASIBLE


def test_a_variable_in_no_row_has_no_column_and_keeps_its_value():
    model = pyo.ConcreteModel()
    model.x, model.unused = pyo.Var(bounds=(1, 2)), pyo.Var(initialize=7.0)
    model.cost = pyo.Objective(expr=model.x)
    matrix = compile_model(model)
    load(matrix, solve_lp(matrix))
    assert matrix.col_names == ("x",)
    assert (model.x.value, model.unused.value) == (1, 7)


def test_the_values_of_the_pyomo_model_are_a_start():
    model = random_model(1, pyo.Integers)
    for variable in model.x.values():
        if not variable.fixed:
            variable.set_value(None)
    model.x[0].set_value(4)
    matrix = compile_model(model)
    assert start_of(matrix) == {0: 4, 3: model.x[3].value}


def _maximise(model):
    model.cost = pyo.Objective(expr=model.x, sense=pyo.maximize)


def _two_objectives(model):
    model.cost, model.carbon = pyo.Objective(expr=model.x), pyo.Objective(expr=-model.x)


def _square(model):
    model.row = pyo.Constraint(expr=model.x**2 <= 4)


def _fixed_without_value(model):
    model.y = pyo.Var()
    model.y.fixed = True


def _even_numbers(model):
    model.y = pyo.Var(domain=pyo.RangeSet(0, 10, 2))
    model.row = pyo.Constraint(expr=model.x + model.y <= 4)


def _constant_that_does_not_hold(model):
    model.p = pyo.Param(initialize=3, mutable=True)
    model.row = pyo.Constraint(expr=0 * model.x + model.p <= 2)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (_maximise, "'cost' is maximised"),
        (_two_objectives, "2 active objectives: 'cost', 'carbon'"),
        (_square, r"\(row\) contains nonlinear terms"),
        (_fixed_without_value, "'y' is fixed, but has no value"),
        (_even_numbers, "'y' is neither continuous nor integer"),
        (_constant_that_does_not_hold, "trivially infeasible constraint, 'row'"),
    ],
)
def test_a_model_we_cannot_take_is_named(spoil, message):
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 5))
    spoil(model)
    with pytest.raises(ModelError, match=message):
        compile_model(model)


def test_a_failed_compilation_leaves_fixed_variables_fixed():
    model = pyo.ConcreteModel()
    model.x, model.y = pyo.Var(), pyo.Var()
    model.y.fix(2)
    model.row = pyo.Constraint(expr=model.x * model.y <= 4)
    with pytest.raises(ModelError, match="nonlinear"):
        compile_model(model)
    assert model.y.fixed
    assert model.y.value == 2


def test_loading_nothing_is_an_error():
    model = pyo.ConcreteModel()
    model.x = pyo.Var(bounds=(0, 1))
    model.row = pyo.Constraint(expr=model.x >= 2)
    matrix = compile_model(model)
    with pytest.raises(ValueError, match="infeasible without an incumbent"):
        load(matrix, solve_lp(matrix))


HASHED = """
import pyomo.environ as pyo
from voltmile.solve.bridge import compile_model
villages = {"Wuxi", "Anqing", "Dali", "Lijiang", "Kunming"}
model = pyo.ConcreteModel()
model.V = pyo.Set(initialize=sorted(villages))
model.x, model.y = pyo.Var(model.V), pyo.Var(pyo.Any, dense=False)
model.rows = pyo.ConstraintList()
for v in sorted(villages):
    model.rows.add(sum((i + 1) * model.x[w] for i, w in enumerate(sorted(villages))) >= len(v))
model.total = pyo.Constraint(expr=sum(model.x[v] + model.y[v] for v in villages) <= 3)
model.cost = pyo.Objective(expr=sum(len(v) * model.y[v] for v in villages))
print(compile_model(model).fingerprint())
"""


def test_the_fingerprint_does_not_depend_on_the_order_of_python_sets():
    runs = [
        subprocess.run(
            [sys.executable, "-c", HASHED],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        )
        for seed in ("1", "2")
    ]
    assert runs[0].stdout == runs[1].stdout != ""
