"""Prices of everything hubs share, by Dantzig-Wolfe decomposition: hubs propose, the frame prices.

Each hub and day is a block whose feasible routes are relaxed to the two-index program. The master is the
frame (everything in the joint program but routes) plus convex combinations of what the blocks proposed so
far. Its duals are prices at which every block is bounded; the sum is a Lagrangian bound on the joint program
(Dantzig and Wolfe 1960, doi:10.1287/opre.8.1.101; the bound: Geoffrion 1974, doi:10.1007/BFb0120690).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from voltmile.routes.day import HubDay
from voltmile.routes.rates import Rates
from voltmile.solve.frame import Frame, Vector
from voltmile.solve.linking import Linking, column_of
from voltmile.solve.lp import LpModel
from voltmile.solve.matrix import MatrixModel
from voltmile.solve.status import SolverError, Status
from voltmile.solve.use import RouteUse

BlockKey = tuple[str, int, str]
"""Hub, year, day type."""

#: Cost of leaving a block without a proposal, as a multiple of the dearest proposal: only while it has none
#: that fits the hard limits.
_ARTIFICIAL = 100.0

#: Coefficients below this are noise of the programs that proposed them; HiGHS takes none below 1e-9.
_NEGLIGIBLE = 1e-7


class UnpriceableError(ValueError):
    """The shared rows contradict each other, whatever the routes are."""


@dataclass(frozen=True)
class Block:
    """A hub on a day and how its routes enter the joint program."""

    key: BlockKey
    day: HubDay
    links: tuple[Linking, ...]

    def rates(self, frame: Frame, dual: Vector) -> tuple[Rates, ...]:
        """Rates of every vehicle type at valid dual values of the frame's rows."""
        prices = frame.as_mapping(dual)
        return tuple(link.rates(prices) for link in self.links)


@dataclass
class Master:
    """The restricted master: the frame and the proposals of every block.

    Attributes
    ----------
    blocks : dict
        By key, in a fixed order.
    """

    frame: Frame
    blocks: Mapping[BlockKey, Block]
    _columns: list[tuple[float, dict[int, float]]] = field(default_factory=list)
    _lp: LpModel | None = None

    def propose(self, key: BlockKey, use: RouteUse) -> None:
        """Add a proposal of a block."""
        block = self.blocks[key]
        cost, rows = column_of(block.links, use)
        entries = {
            self.frame.row[name]: value
            for name, value in rows.items()
            if name in self.frame.row and abs(value) > _NEGLIGIBLE
        }
        entries[len(self.frame.keys) + self._number[key]] = 1.0
        self._columns.append((cost, entries))
        if self._lp is not None:
            order = sorted(entries)
            values = [entries[r] for r in order]
            self._lp.add_columns([cost], [0, len(order)], order, values)

    def solve(self) -> MasterPrices:
        """Price the shared rows; the value is that of the relaxation restricted to the proposals."""
        if self._lp is None:
            self._lp = LpModel(self._matrix())
        result = self._lp.solve()
        if result.status is Status.INFEASIBLE:
            raise UnpriceableError("the frame is infeasible even with every block served for nothing")
        if result.row_duals is None or result.objective is None:
            raise SolverError(f"the master of the price search ended {result.status}")
        return MasterPrices(value=result.objective, dual=result.row_duals[: len(self.frame.keys)])

    @cached_property
    def _number(self) -> dict[BlockKey, int]:
        return {key: b for b, key in enumerate(self.blocks)}

    def _matrix(self) -> MatrixModel:
        """Frame columns, one artificial a block, then the proposals."""
        rows, blocks = len(self.frame.keys), len(self.blocks)
        dearest = max((cost for cost, _ in self._columns), default=1.0)
        extra = [(_ARTIFICIAL * max(dearest, 1.0), {rows + b: 1.0}) for b in range(blocks)] + self._columns
        relaxed = np.zeros(len(self.frame.c) + len(extra), dtype=np.int32)
        return self.frame.beside(extra, blocks, np.full(len(extra), np.inf), relaxed)


@dataclass(frozen=True)
class MasterPrices:
    """A solution of the master.

    Attributes
    ----------
    dual : array, shape (rows of the frame,)
    """

    value: float
    dual: Vector


def lagrangian(frame: Frame, dual: Vector, values: Sequence[float]) -> float:
    """Bound at valid dual values from the bounds of all blocks; minus infinity while one is missing."""
    return frame.value(dual, math.fsum(values))
