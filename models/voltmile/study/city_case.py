"""One city decided in other ways, in any process: over the routes and plans that were kept of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from voltmile.problem.limits import Limit
from voltmile.problem.measures import Measures
from voltmile.problem.nation import Nation
from voltmile.problem.parts import part
from voltmile.solve.blocks import blocks_of
from voltmile.solve.bridge import compile_model
from voltmile.solve.choice import choose_plans
from voltmile.solve.decomposition.national import right_hand_side
from voltmile.solve.decomposition.work import CityColumns, all_columns, positions
from voltmile.solve.frame import Frame, frame_of
from voltmile.solve.joint import Decided, JointEffort, JointProgram
from voltmile.solve.prices import Block, BlockKey
from voltmile.solve.singles import single_columns
from voltmile.study.stages import Holds, bought, chargers, free_of, held, held_program, planned

#: Exceeding a hard limit by all it allows costs this many times the plan of the city.
_ELASTIC = 10.0
#: Relative excess of a limit that counts.
_KEPT = 1e-6


@dataclass(frozen=True)
class CityCost:
    """What a way to decide costs in a city.

    Attributes
    ----------
    cost_cny : float or None
        Discounted; None where it ends without a plan.
    exceeds : bool
        Whether the city exceeds its part of a hard limit; what that would cost is not counted.
    """

    cost_cny: float | None
    exceeds: bool = False


@dataclass(frozen=True)
class Case:
    """A city as a nation of its own under its part of the limits, which may be exceeded.

    Attributes
    ----------
    frame : Frame
        Its program without routes.
    places : mapping
        Column of the frame by variable and index.
    """

    nation: Nation
    hard: Mapping[str, float]
    blocks: Mapping[BlockKey, Block]
    frame: Frame
    places: Mapping[tuple[str, object], int]
    known: CityColumns

    def routed(self, holds: Holds, effort: JointEffort) -> CityCost:
        """Choose a plan of every day, then everything else, with some decisions held."""
        frame = held(self.frame, self.places, holds)
        uses = self.known.uses(self.blocks)
        picked, _ = choose_plans(frame, self.blocks, uses, gap=effort.gap, nodes=effort.nodes)
        if picked is None:
            return CityCost(None)
        columns = all_columns(self.known)
        program = JointProgram(self.nation, [columns[j] for j in positions(self.known, picked)])
        held_program(program, holds)
        outcome = program.with_routes(range(len(program.columns)), effort)
        return self.cost(program.decided(outcome)) if outcome.has_incumbent else CityCost(None)

    def cost(self, decided: Decided) -> CityCost:
        """Return the cost without what exceeding hard limits was made to cost."""
        over = {one.limit: one.amount for one in decided.plan.slack if one.limit in self.hard}
        penalty = sum(self.hard[limit] * amount for limit, amount in over.items())
        cost = decided.objective - penalty
        return CityCost(cost, penalty > _KEPT * abs(cost))


def case_of(
    nation: Nation,
    city: str,
    known: CityColumns,
    limits: Sequence[Limit],
    measures: Measures | None,
    scale: float,
) -> Case:
    """State a city.

    Parameters
    ----------
    limits
        The city's parts of the nation's.
    scale : float
        What the city costs, about.
    """
    soft, hard = [], dict[str, float]()
    bare = part(nation, {city}, limits, measures=measures)
    for limit in limits:
        if limit.price_cny_per_unit is None:
            price = _ELASTIC * abs(scale) / max(1.0, abs(right_hand_side(bare, limit)))
            hard[limit.id] = price * nation.discount(nation.year_of(limit))
            limit = limit.model_copy(update={"price_cny_per_unit": price})
        soft.append(limit)
    own = part(nation, {city}, soft, measures=measures)
    blocks = blocks_of(own)
    days = [block.day for block in blocks.values()]
    compiled = compile_model(JointProgram.statement(own, single_columns(own, days)))
    names = [(v.parent_component().local_name, v.index()) for v in compiled.variables]
    places = {name: j for j, name in enumerate(name for name in names if name[0] != "Use")}
    return Case(own, hard, blocks, frame_of(compiled), places, known)


def alone(case: Case, _km_per_visit: float, effort: JointEffort) -> CityCost:
    """Decide everything together."""
    return case.routed({}, effort)


def fleet_first(case: Case, km_per_visit: float, effort: JointEffort) -> CityCost:
    """Decide the fleet with average kilometres, then everything else."""
    holds = bought(case.nation, case.places, _fleet(case, case.frame, km_per_visit, effort))
    return CityCost(None) if holds is None else case.routed(holds, effort)


def sequential(case: Case, km_per_visit: float, effort: JointEffort) -> CityCost:
    """Decide the fleet as if charging were free to build, then chargers for it, then routes."""
    free = free_of(case.frame, case.places)
    fleet = bought(case.nation, case.places, _fleet(case, free, km_per_visit, effort))
    if fleet is None:
        return CityCost(None)
    with_fleet = held(case.frame, case.places, fleet)
    built = chargers(case.places, _fleet(case, with_fleet, km_per_visit, effort))
    if built is None:
        return CityCost(None)
    return case.routed({**fleet, **built}, effort)


def _fleet(case: Case, frame: Frame, km_per_visit: float, effort: JointEffort) -> np.ndarray | None:
    """Decide without routes: a hub is served by any mixture of types at average kilometres."""
    uses = planned(case.blocks, km_per_visit)
    _, outcome = choose_plans(frame, case.blocks, uses, gap=1e-3, nodes=effort.nodes, mixed=True)
    return None if outcome.x is None else outcome.x[: len(frame.c)]


WAYS: Mapping[str, Callable[[Case, float, JointEffort], CityCost]] = {
    "city_alone": alone,
    "fleet_first": fleet_first,
    "sequential": sequential,
}


def decide(
    nation: Nation,
    city: str,
    way: str,
    known: CityColumns,
    limits: Sequence[Limit],
    measures: Measures | None,
    scale: float,
    km_per_visit: float,
    effort: JointEffort,
) -> CityCost:
    """Decide a city in one of the ways: the work of one task."""
    return WAYS[way](case_of(nation, city, known, limits, measures, scale), km_per_visit, effort)
