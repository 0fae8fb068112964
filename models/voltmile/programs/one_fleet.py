"""One fleet in all scenarios: joint programs side by side that buy, sell, build and upgrade alike."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pyomo.environ as pyo

from voltmile.programs.feature import Model, Relation

FIRST_STAGE = ("Buy", "Sell", "Build", "Upgrade")
"""Variables decided before it is known which scenario comes; all others wait for it."""


def join(
    models: Mapping[str, Model], weights: Mapping[str, float], goal: Literal["expected", "worst"]
) -> Model:
    """Join the programs of scenarios into their deterministic equivalent.

    Parameters
    ----------
    models : mapping of str to Model
        From :func:`voltmile.programs.nation.build`, of nations with the same cities, hubs and types. They
        become blocks ``scenario_0``, ``scenario_1`` ... of the result, and belong to it from then on.
    weights : mapping of str to float
        Probabilities, for the expected cost.
    goal : {"expected", "worst"}
        Which cost is least.
    """
    m = pyo.ConcreteModel(name="one fleet")
    m.blocks = {}
    for number, (name, model) in enumerate(models.items()):
        model.objective.deactivate()
        m.add_component(f"scenario_{number}", model)
        m.blocks[name] = model
    first, *others = m.blocks
    m.first_stage = [(name, index) for name in FIRST_STAGE for index in m.blocks[first].find_component(name)]
    places = range(len(m.first_stage))
    m.same_fleet = pyo.Constraint([(one, place) for one in others for place in places], rule=same_fleet)
    if goal == "expected":
        total = sum(weights[name] * model.objective.expr for name, model in m.blocks.items())
        m.least = pyo.Objective(expr=total)
        return m
    m.Worst = pyo.Var()
    m.worst_cost = pyo.Constraint(list(m.blocks), rule=worst_cost)
    m.least = pyo.Objective(expr=m.Worst)
    return m


def same_fleet(m: Model, scenario: str, place: int) -> Relation:
    r"""Decisions taken before the scenario is known are the same in all of them.

    .. math:: v^{\omega}_i - v^{\omega_1}_i = 0 \quad \forall \omega \ne \omega_1,\,
              v \in \{B, Z, C, G\},\, i
    """
    first = next(iter(m.blocks))
    name, index = m.first_stage[place]
    here, there = (m.blocks[one].find_component(name)[index] for one in (scenario, first))
    return here - there == 0


def worst_cost(m: Model, scenario: str) -> Relation:
    r"""Let the worst cost be at least that of every scenario.

    .. math:: W - cost^{\omega} \ge 0 \quad \forall \omega
    """
    return m.Worst - m.blocks[scenario].objective.expr >= 0
