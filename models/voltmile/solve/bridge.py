"""From a Pyomo model to arrays, and from a solution back into the Pyomo model.

Pyomo's own interfaces are the reference in the tests, but not the way: they take 3-5 times longer to
translate, ignore misspelt options, lose the incumbent at Ctrl-C and have no partial MIP start.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import scipy.sparse as sp
from pyomo.common.collections import ComponentMap
from pyomo.common.enums import ObjectiveSense
from pyomo.common.errors import InfeasibleConstraintException
from pyomo.common.gc_manager import PauseGC
from pyomo.core.base import BlockData, ConstraintData, Var, VarData
from pyomo.core.expr.numvalue import value
from pyomo.core.staleflag import StaleFlagManager
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from pyomo.repn.util import FileDeterminism

from voltmile.solve.matrix import FloatArray, IntArray, MatrixModel
from voltmile.solve.outcome import Outcome

_UPPER, _LOWER = 1, -1
"""The compiler's bound types of a row in mixed form; 0 is an equation."""


class ModelError(ValueError):
    """A Pyomo model that is not a minimisation our solvers can take; the message names the component."""


@dataclass(frozen=True, eq=False)
class CompiledModel(MatrixModel):
    """The arrays of a Pyomo model, and which variable and constraint each column and row came from.

    Attributes
    ----------
    variables : tuple
        Variable of each column, in the order of declaration, then of sorted index. One that appears neither
        in an active constraint nor in the objective has no column.
    constraints : tuple
        Constraint of each row. One without variables has no row.
    model : BlockData or None
        What they belong to. They know it weakly: without it they would lose their names.
    """

    variables: tuple[VarData, ...] = ()
    constraints: tuple[ConstraintData, ...] = ()
    model: BlockData | None = None

    @cached_property
    def column_of(self) -> ComponentMap:
        """Map from a variable to its column."""
        return ComponentMap((variable, j) for j, variable in enumerate(self.variables))

    @cached_property
    def row_of(self) -> ComponentMap:
        """Map from a constraint to its row."""
        return ComponentMap((constraint, i) for i, constraint in enumerate(self.constraints))

    @cached_property
    def col_names(self) -> tuple[str, ...]:
        """Fully qualified names of the variables."""
        return tuple(variable.name for variable in self.variables)

    @cached_property
    def row_names(self) -> tuple[str, ...]:
        """Fully qualified names of the constraints."""
        return tuple(constraint.name for constraint in self.constraints)


def compile_model(model: BlockData) -> CompiledModel:
    """Compile a linear Pyomo model into arrays.

    Columns and rows come in an order that depends on the model only, not on hash seeds: declaration, then
    sorted index. A fixed variable keeps its column, with both bounds at its value, so that fixing changes
    neither the shape of the model nor its maps, and a constraint of fixed variables only is held to the
    solver's tolerance. (Folded into the right-hand side, 0.1 + 0.2 <= 0.3 would be "trivially infeasible".)
    The model is not safe to touch from another thread meanwhile: fixed variables are unfixed while it is
    compiled. No objective means feasibility only.

    Raises
    ------
    ModelError
        For a maximisation (write it as the minimisation of the negative: duals, bounds and gaps keep one sign
        everywhere), more than one active objective, a non-linear term (the product of a fixed and another
        variable is one), a fixed variable without value, a domain that is neither continuous nor integer, and
        a constraint without variables that does not hold.
    """
    began = time.perf_counter()
    with PauseGC():
        with _unfixed(model) as fixed:
            form = _standard_form(model)
        variables = tuple(form.columns)
        lower, upper, integrality = _columns(variables, fixed)
        matrix, row_lower, row_upper, constraints = _rows(form)
        return CompiledModel(
            c=form.c.toarray()[0] if form.objectives else np.zeros(len(variables)),
            A=matrix,
            row_lower=row_lower,
            row_upper=row_upper,
            col_lower=lower,
            col_upper=upper,
            integrality=integrality,
            offset=float(form.c_offset[0]) if form.objectives else 0.0,
            seconds=time.perf_counter() - began,
            variables=variables,
            constraints=constraints,
            model=model,
        )


def load(matrix: CompiledModel, outcome: Outcome) -> None:
    """Write a solution into the variables of the Pyomo model.

    Integer columns get an ``int`` where the value is whole (always after ``solve_mip``). Fixed variables keep
    their value; variables without a column keep theirs too, and count as stale.

    Raises
    ------
    ValueError
        If the outcome has no incumbent.
    """
    if outcome.x is None:
        raise ValueError(f"nothing to load: {outcome.status} without an incumbent")
    StaleFlagManager.mark_all_as_stale(delayed=True)
    for variable, number, is_integer in zip(
        matrix.variables, outcome.x.tolist(), matrix.integrality, strict=True
    ):
        if not variable.fixed:
            whole = is_integer and number.is_integer()
            variable.set_value(int(number) if whole else number, skip_validation=True)


def start_of(matrix: CompiledModel) -> dict[int, float]:
    """Return the values that the variables of the Pyomo model hold now, by column, for use as a MIP start."""
    values = ((j, variable.value) for j, variable in enumerate(matrix.variables))
    return {j: float(number) for j, number in values if number is not None}


@contextmanager
def _unfixed(model: BlockData) -> Iterator[set[int]]:
    """Unfix all variables of the model for a while; yields the ids of those that were fixed."""
    fixed = [v for v in model.component_data_objects(Var, active=None, descend_into=True) if v.fixed]
    for variable in fixed:
        if variable.value is None:
            raise ModelError(f"variable {variable.name!r} is fixed, but has no value")
    try:
        for variable in fixed:
            variable.unfix()
        yield {id(variable) for variable in fixed}
    finally:
        for variable in fixed:
            variable.fix()


def _standard_form(model: BlockData) -> Any:
    try:
        form = LinearStandardFormCompiler().write(
            model, mixed_form=True, set_sense=None, file_determinism=FileDeterminism.SORT_INDICES
        )
    except (InfeasibleConstraintException, ValueError) as error:
        raise ModelError(f"{error} (model {model.name!r})") from error
    if len(form.objectives) > 1:
        names = ", ".join(repr(objective.name) for objective in form.objectives)
        raise ModelError(f"model {model.name!r} has {len(form.objectives)} active objectives: {names}")
    if form.objectives and form.objectives[0].sense != ObjectiveSense.minimize:
        name = form.objectives[0].name
        raise ModelError(f"objective {name!r} is maximised; minimise its negative instead")
    return form


def _columns(variables: tuple[VarData, ...], fixed: set[int]) -> tuple[FloatArray, FloatArray, IntArray]:
    """Return lower bounds, upper bounds and integrality; fixed ones are continuous, both bounds the value."""
    n = len(variables)
    lower, upper, integrality = np.full(n, -np.inf), np.full(n, np.inf), np.zeros(n, dtype=np.int32)
    whole: dict[int, bool] = {}  # by domain: there are few, and asking one is slow
    for j, variable in enumerate(variables):
        if id(variable) in fixed:
            lower[j] = upper[j] = value(variable)
            continue
        below, above = variable.bounds
        if below is not None:
            lower[j] = below
        if above is not None:
            upper[j] = above
        domain = variable.domain
        if id(domain) not in whole:
            whole[id(domain)] = _is_integer(variable)
        integrality[j] = whole[id(domain)]
    return lower, upper, integrality


def _is_integer(variable: VarData) -> bool:
    if variable.is_continuous():
        return False
    if variable.is_integer():
        return True
    raise ModelError(f"variable {variable.name!r} is neither continuous nor integer: {variable.domain}")


def _rows(
    form: Any,
) -> tuple[sp.csc_array[np.float64], FloatArray, FloatArray, tuple[ConstraintData, ...]]:
    """Return coefficients, lower bounds, upper bounds and constraints of the rows, ranged rows as one.

    The compiler splits lower <= body <= upper into two consecutive rows, the upper one first.
    """
    kind = np.fromiter((row.bound_type for row in form.rows), dtype=np.int8, count=len(form.rows))
    rhs = np.asarray(form.rhs, dtype=np.float64)
    lower, upper = np.where(kind == _UPPER, -np.inf, rhs), np.where(kind == _LOWER, np.inf, rhs)
    constraints = [row.constraint for row in form.rows]
    after = np.flatnonzero((kind[1:] == _LOWER) & (kind[:-1] == _UPPER)) + 1
    second = np.array([i for i in after if constraints[i] is constraints[i - 1]], dtype=np.intp)
    if not second.size:
        return form.A, lower, upper, tuple(constraints)
    lower[second - 1] = rhs[second]
    keep = np.ones(len(constraints), dtype=bool)
    keep[second] = False
    kept = tuple(constraint for constraint, stays in zip(constraints, keep, strict=True) if stays)
    return form.A.tocsr()[keep], lower[keep], upper[keep], kept
