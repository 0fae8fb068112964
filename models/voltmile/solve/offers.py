"""What a hub offers for a day: columns, and plans made of them. Grows from price to price."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from voltmile.routes.columns import Column
from voltmile.solve.hub_work import DayColumns
from voltmile.solve.prices import Block
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

    def uses(self) -> Sequence[RouteUse]:
        """Uses of all plans."""
        return list(self.plans.values())

    def _place(self, column: Column) -> int:
        if column not in self._position:
            self._position[column] = len(self.columns)
            self.columns.append(column)
        return self._position[column]
