"""The blocks of a nation: every hub with villages on every day, and how its routes enter the program."""

from __future__ import annotations

from voltmile.problem.nation import Nation
from voltmile.solve import hub_work
from voltmile.solve.linking import linking
from voltmile.solve.prices import Block, BlockKey


def blocks_of(nation: Nation) -> dict[BlockKey, Block]:
    """Return the blocks, hubs by their ids."""
    hubs = [hub for hub in sorted(nation.hub) if nation.villages_of[hub]]
    days = [day for hub in hubs for day in hub_work.days_of(nation, hub).values()]
    keys = [(day.network.hub, day.year, day.day_type) for day in days]
    return {key: Block(key, day, linking(nation, day)) for key, day in zip(keys, days, strict=True)}
