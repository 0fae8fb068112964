"""The joint program of a nation: features in reading order, over given columns."""

from __future__ import annotations

from collections.abc import Sequence

import pyomo.environ as pyo
from pyomo.common.gc_manager import PauseGC

from voltmile.problem.nation import Nation
from voltmile.programs import (
    boxes,
    budget,
    carbon,
    charging,
    costs,
    coverage,
    cutlery,
    e_label,
    emissions,
    fleet,
    fund,
    green_cities,
    grid,
    journey,
    labels,
    limits,
    packaging,
    public_charging,
    sets,
    supply,
    urban,
)
from voltmile.programs.feature import Feature, Model
from voltmile.routes.columns import Column

FEATURES: tuple[Feature, ...] = (
    fleet.FEATURE,
    coverage.FEATURE,
    urban.FEATURE,
    charging.FEATURE,
    public_charging.FEATURE,
    grid.FEATURE,
    e_label.FEATURE,
    packaging.FEATURE,
    boxes.FEATURE,
    cutlery.FEATURE,
    limits.FEATURE,
    budget.FEATURE,
    supply.FEATURE,
    carbon.FEATURE,
    green_cities.FEATURE,
    journey.FEATURE,
    labels.FEATURE,
    fund.FEATURE,
)


def build(nation: Nation, columns: Sequence[Column], *, features: Sequence[Feature] = FEATURES) -> Model:
    """Build the joint program over some columns (models/README.md, equation by equation).

    Parameters
    ----------
    nation : Nation
        What is given.
    columns : sequence of Column
        The routes the program may use; ``Use[r]`` belongs to ``columns[r]``.
    features : sequence of Feature
        What the program consists of. Add one to extend it: its cost terms enter the objective and the budgets
        that count them, its emissions the carbon account.

    Returns
    -------
    ConcreteModel
        With ``m.Cost[c, y, term]``, ``m.Emission[c, y, source]`` and ``m.Used[limit]`` as named expressions.

    Raises
    ------
    ValueError
        When no column visits a village on some day, or a column's cost is not the sum of its terms.
    """
    m = pyo.ConcreteModel(name=nation.name)
    m.nation = nation
    m.columns = tuple(columns)
    with PauseGC():
        sets.declare(m, nation)
        for feature in features:
            if feature.variables is not None:
                feature.variables(m)
        costs.declare(m, features)
        emissions.declare(m, features)
        _declare_used(m, features)
        for feature in features:
            for rows in feature.constraints:
                m.add_component(rows.name, pyo.Constraint(list(rows.keys(m)), rule=rows.rule))
        m.objective = pyo.Objective(expr=costs.objective(m))
    return m


def _declare_used(m: Model, features: Sequence[Feature]) -> None:
    """Declare ``Used[limit]``: what each national limit restricts."""
    use_of_kind = {kind: use for feature in features for kind, use in feature.uses.items()}
    records = [m.limit_record[limit] for limit in m.LIMITS]
    used = {r.id: use_of_kind[r.kind](m, r) for r in records if r.kind in use_of_kind}
    m.Used = pyo.Expression(list(used), initialize=used)
