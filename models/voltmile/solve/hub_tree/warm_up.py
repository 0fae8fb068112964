"""Compile the kernels of hub-days before a clock runs: half a minute when nothing is cached on disk."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voltmile.routes.day import HubDay
from voltmile.routes.rates import Rates
from voltmile.solve.hub_tree.prices import Multipliers, OfType, RouteFloor
from voltmile.solve.hub_tree.program import tree_program
from voltmile.solve.hub_tree.records import Effort
from voltmile.solve.hub_tree.solve import solve_hub_day
from voltmile.solve.hub_tree.strict import strict_floor


def warm_up(day: HubDay, rates: Sequence[Rates]) -> None:
    """Run every kernel once on a hub-day; the smaller it is, the sooner that is done."""
    little = Effort(annealing=1, annealing_each=1, annealing_alone=1, seeds=1)
    solve_hub_day(day, rates, max_nodes=0, effort=little)
    program = tree_program(day, rates)
    strict, ride = strict_floor(program, day, RouteFloor(program, day, rates), 1.0), program.layout.types[0]
    if strict is None:
        return
    m = program.n + 1
    nothing = OfType((), {}, np.zeros((m, m)), np.zeros(m))
    look = strict.look(Multipliers(np.zeros(m), (), {ride: nothing}), ride)
    look.routes(look.first.least + 1.0, 1, 0.0)
    look.least(look.first.least + 1.0)
