"""Other ways to decide: fleets before routes, and every city for itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event

import numpy as np

from voltmile.problem.nation import Nation
from voltmile.problem.parts import part
from voltmile.routes.columns import Column
from voltmile.routes.day import HubDay
from voltmile.solve.choice import choose_plans
from voltmile.solve.frame import Frame, frame_of
from voltmile.solve.joint import JointEffort, JointProgram
from voltmile.solve.linking import linking
from voltmile.solve.prices import Block
from voltmile.study.allotted import by_population
from voltmile.study.journey import pooled_savings_km
from voltmile.study.stages import (
    Holds,
    bought,
    chargers,
    free_of,
    held,
    held_program,
    places_of,
    planned,
)


@dataclass(frozen=True)
class Compared:
    """Cost of a way to decide (CNY, discounted), or None with the reason why it ends without a plan.

    With a cost the reason is what the reader has to know about it.
    """

    cost_cny: float | None
    reason: str | None = None


def fleet_first(
    nation: Nation, columns: Sequence[Column], days: Sequence[HubDay], effort: JointEffort, stop: Event
) -> Compared:
    """Buy by cost of ownership with average kilometres, then route with what was bought.

    First the fleet program without routes: the villages of a hub are served by vehicles of any mix, each
    loaded to ``PLANNED_LOAD_SHARE`` and every village costing the pooled savings baseline's kilometres. Then
    the joint program over the columns with those electric vehicles bought, no others, and at least those fuel
    vehicles; more of these may be bought where the routes need them.
    """
    stages = _Stages(nation, columns, days, effort, stop)
    return stages.routed(bought(nation, stages.places, stages.planned(stages.frame)))


def sequential(
    nation: Nation, columns: Sequence[Column], days: Sequence[HubDay], effort: JointEffort, stop: Event
) -> Compared:
    """Decide the fleet, then chargers, then routes, each with the earlier ones fixed.

    The fleet as in :func:`fleet_first`, but as if chargers and grid connections were free, because others
    build them; then the chargers for that fleet at average kilometres; then routes, with exactly these
    chargers. More fuel vehicles, kW and public charging are what is left to repair with.
    """
    stages = _Stages(nation, columns, days, effort, stop)
    fleet = bought(nation, stages.places, stages.planned(free_of(stages.frame, stages.places)))
    if fleet is None:
        return stages.routed(None)
    built = chargers(stages.places, stages.planned(held(stages.frame, stages.places, fleet)))
    return stages.routed(None if built is None else {**fleet, **built})


class _Stages:
    """A nation decided in stages over all its columns."""

    def __init__(
        self,
        nation: Nation,
        columns: Sequence[Column],
        days: Sequence[HubDay],
        effort: JointEffort,
        stop: Event,
    ) -> None:
        self._program, self._effort, self._stop = JointProgram(nation, columns), effort, stop
        self.frame = frame_of(self._program.compiled)
        self.places = places_of(self._program)
        keys = [(d.network.hub, d.year, d.day_type) for d in days]
        self._blocks = {key: Block(key, d, linking(nation, d)) for key, d in zip(keys, days, strict=True)}
        self._uses = planned(self._blocks, pooled_savings_km(nation))

    def planned(self, frame: Frame) -> np.ndarray | None:
        """Decide without routes."""
        _, outcome = choose_plans(
            frame,
            self._blocks,
            self._uses,
            gap=1e-3,
            nodes=self._effort.nodes,
            stop=self._stop,
            mixed=True,
        )
        return None if outcome.x is None else outcome.x[: len(frame.c)]

    def routed(self, holds: Holds | None) -> Compared:
        """Decide the rest with routes."""
        if holds is None:
            return Compared(None, "the program without routes ended without a fleet")
        held_program(self._program, holds)
        routed = self._program.solve(None, self._effort, stop=self._stop)
        if not routed.has_incumbent:
            return Compared(None, f"no routes for what was decided first: {routed.status}")
        return Compared(self._program.decided(routed).objective)


def city_alone(nation: Nation, columns: Sequence[Column], effort: JointEffort, stop: Event) -> Compared:
    """Every city decides for itself under its population's share of every national limit and measure.

    A number of green cities has no shares: that many cities with the largest populations have to reach it.
    """
    people = sum(city.population for city in nation.cities)
    total = 0.0
    for city in sorted(nation.cities, key=lambda city: (-city.population, city.id)):
        limits = by_population(nation, city.id)
        measures = nation.measures and nation.measures.of_share(city.population / people)
        own = part(nation, {city.id}, limits, measures=measures)
        hubs = {hub.id for hub in own.hubs}
        program = JointProgram(own, [c for c in columns if c.hub in hubs])
        outcome = program.solve(None, effort, stop=stop)
        if not outcome.has_incumbent:
            return Compared(
                None, f"{city.name} alone has no plan under its share of the limits: {outcome.status}"
            )
        total += program.decided(outcome).objective
    return Compared(total)
