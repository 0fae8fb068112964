"""What hubs offer: columns and plans of every day, found at prices that the offers themselves move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from voltmile.routes.columns import Column
from voltmile.routes.generate import Serving
from voltmile.solve import hub_work
from voltmile.solve.frame import Frame, Vector
from voltmile.solve.hub_work import DayColumns, FirstServings
from voltmile.solve.infeasible import contradiction
from voltmile.solve.prices import Block, BlockKey, Master, UnpriceableError
from voltmile.solve.progress import Message
from voltmile.solve.run import NoPlanError, Run, of_hub
from voltmile.solve.use import RouteUse, use_of


@dataclass
class Offers:
    """Columns and plans of a hub on a day, in the order in which they were found, each once.

    Attributes
    ----------
    plans : dict
        Positions in ``columns`` that serve every village once -> what that takes.
    """

    block: Block
    columns: list[Column] = field(default_factory=list)
    plans: dict[tuple[int, ...], RouteUse] = field(default_factory=dict)
    _position: dict[Column, int] = field(default_factory=dict)

    def add(self, made: DayColumns) -> list[RouteUse]:
        """Add columns and plans; return the uses of the plans that are new."""
        place = [self._place(column) for column in made.columns]
        fresh = []
        for plan in made.plans:
            key = tuple(sorted(place[j] for j in plan))
            if key not in self.plans:
                self.plans[key] = use_of(self.block.day, [self.columns[j] for j in key])
                fresh.append(self.plans[key])
        return fresh

    def _place(self, column: Column) -> int:
        if column not in self._position:
            self._position[column] = len(self.columns)
            self.columns.append(column)
        return self._position[column]


def first_servings(run: Run, hubs: Sequence[str]) -> dict[str, FirstServings]:
    """Search the first tours of every hub.

    Raises
    ------
    NoPlanError
        When Ctrl-C came meanwhile.
    """
    tasks = [(hub, run.effort.tour_iterations, run.seed) for hub in hubs]
    found: dict[str, FirstServings] = {}
    for position, first in run.crew.run(hub_work.first_servings, tasks, run.stop.is_set):
        found[hubs[position]] = first
        run.tell(Message(f"hub {hubs[position]}: {len(first.servings)} servings"))
    if len(found) < len(hubs):
        raise NoPlanError("stopped before the first plan: tours were still being searched")
    return {hub: found[hub] for hub in hubs}


def gather(
    run: Run, blocks: Mapping[BlockKey, Block], frame: Frame, first: Mapping[str, FirstServings]
) -> tuple[dict[BlockKey, Offers], Vector]:
    """Let hubs offer plans at prices, and price the offers, until no hub has a new one.

    Returns
    -------
    offers : dict
        By block.
    dual : array
        Prices at the end.

    Raises
    ------
    InfeasibleError
        When the shared rows contradict each other whatever the routes are.
    NoPlanError
        When Ctrl-C came before every hub had offered a plan for every day.
    """
    dual = _first_prices(run, blocks, frame, first)
    offers = {key: Offers(block) for key, block in blocks.items()}
    servings = {hub: found.servings for hub, found in first.items()}
    master = Master(frame, blocks)
    effort = run.effort.columns
    for _ in range(run.effort.offer_rounds):
        rates = {key: block.rates(frame, dual) for key, block in blocks.items()}
        tasks = [(hub, of_hub(hub, rates), servings[hub], effort, run.seed) for hub in servings]
        fresh = _ask(run, tasks, offers, servings, master)
        if any(not offer.plans for offer in offers.values()):
            raise NoPlanError("stopped before the first plan: columns were still being chosen")
        prices = master.solve()
        plans = sum(len(offer.plans) for offer in offers.values())
        run.tell(
            Message(f"{fresh} new plans, {plans} in all: a mixture of them costs {prices.value:,.0f} CNY")
        )
        dual = frame.clipped(prices.dual)
        if not fresh or run.over:
            break
        effort = replace(effort, mixes=0)  # later rounds recombine what the first one searched
    return offers, dual


def _first_prices(
    run: Run, blocks: Mapping[BlockKey, Block], frame: Frame, first: Mapping[str, FirstServings]
) -> Vector:
    """Prices at which every day is served by a mixture of its first uses."""
    master = Master(frame, blocks)
    for hub, found in first.items():
        for (y, d), uses in found.uses.items():
            for use in uses:
                master.propose((hub, y, d), use)
    try:
        return frame.clipped(master.solve().dual)
    except UnpriceableError as error:
        raise contradiction(run.nation, "no plan exists, whatever the routes") from error


def _ask(
    run: Run,
    tasks: Sequence[tuple[Any, ...]],
    offers: Mapping[BlockKey, Offers],
    servings: dict[str, list[Serving]],
    master: Master,
) -> int:
    """Take in what every hub offers, in the order of the tasks; return how many plans are new."""
    found = dict(run.crew.run(hub_work.columns, tasks, run.stop.is_set))
    fresh = 0
    for position in sorted(found):
        hub = tasks[position][0]
        servings[hub] = found[position].servings
        for (y, d), made in found[position].days.items():
            for use in offers[hub, y, d].add(made):
                master.propose((hub, y, d), use)
                fresh += 1
    return fresh
