"""What a city does at prices, as far as plans of its hubs and days are known: a linear program kept warm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
import scipy.sparse as sp

from voltmile.solve.decomposition.frames import City, CityFrame
from voltmile.solve.frame import Vector
from voltmile.solve.linking import RowKey, column_of
from voltmile.solve.lp import LpModel
from voltmile.solve.matrix import MatrixModel
from voltmile.solve.prices import BlockKey
from voltmile.solve.status import SolverError, Status
from voltmile.solve.use import RouteUse

#: Cost of leaving a block unserved, as a multiple of the dearest plan of a day.
_ARTIFICIAL = 100.0
#: Coefficients below this are noise, and HiGHS takes none below 1e-9.
_NEGLIGIBLE = 1e-7
#: Binary variables of a city up to which every case is solved.
_CASES = 3


@dataclass(frozen=True)
class Proposals:
    """Plans of the blocks of a city as columns.

    Attributes
    ----------
    blocks : tuple of BlockKey
    block : array, shape (P,)
        Which block each plan serves.
    cost : array, shape (P,)
        Without prices.
    own, shared : csc_array, shapes (rows of the city, P) and (shared rows, P)
    """

    blocks: tuple[BlockKey, ...]
    block: np.ndarray
    cost: Vector
    own: sp.csc_array[np.float64]
    shared: sp.csc_array[np.float64]


def proposals_of(city: City, frame: CityFrame, plans: Mapping[BlockKey, Sequence[RouteUse]]) -> Proposals:
    """Turn plans of days into columns of the city's program."""
    row = frame.own.row
    place = {key: r for r, key in enumerate(city.shared)}
    blocks = tuple(city.blocks)
    block: list[int] = []
    cost: list[float] = []
    own: list[tuple[int, int, float]] = []
    shared: list[tuple[int, int, float]] = []
    for b, key in enumerate(blocks):
        for use in plans[key]:
            price, entries = column_of(city.blocks[key].links, use)
            j = len(cost)
            cost.append(price)
            block.append(b)
            for name, value in entries.items():
                if abs(value) <= _NEGLIGIBLE:
                    continue
                if name in row:
                    own.append((row[name], j, value))
                elif name in place:
                    shared.append((place[name], j, value))
    count = len(cost)
    return Proposals(
        blocks=blocks,
        block=np.array(block, dtype=np.intp),
        cost=np.array(cost),
        own=_csc(own, (len(frame.own.keys), count)),
        shared=_csc(shared, (len(city.shared), count)),
    )


def _csc(entries: Sequence[tuple[int, int, float]], shape: tuple[int, int]) -> sp.csc_array[np.float64]:
    r, j, v = zip(*entries, strict=True) if entries else ((), (), ())
    return sp.csc_array((np.array(v, dtype=float), (r, j)), shape=shape)


@dataclass(frozen=True)
class Answer:
    """What a city does at prices, mixtures of plans and vehicles allowed.

    Attributes
    ----------
    value : float
        Cost less what it uses of the shared rows at the prices: no mixture of the known plans is cheaper.
    cost : float
        Without the prices.
    use : array, shape (shared rows,)
    dual : array, shape (rows of the city,)
    unserved : float
        Share of blocks for which no known plan fits the city's own rows.
    """

    value: float
    cost: float
    use: Vector
    dual: Vector
    unserved: float


class CityOracle:
    """Answers prices; the basis of the last answer is where the next one starts.

    Parameters
    ----------
    frame, proposals
    shared
        Keys of the shared rows.
    """

    def __init__(self, frame: CityFrame, proposals: Proposals, shared: Sequence[RowKey]) -> None:
        names = [name for name, _ in shared]
        blocks, count = len(proposals.blocks), len(proposals.cost)
        rows, dearest = len(frame.own.keys), float(proposals.cost.max(initial=1.0))
        convexity = sp.csc_array((np.ones(count), (proposals.block, np.arange(count))), shape=(blocks, count))
        self._shared = sp.csc_array(
            sp.hstack([frame.shared, sp.csc_array((frame.shared.shape[0], blocks)), proposals.shared])
        )
        self._constant = frame.constant
        self._cost = np.concatenate([frame.own.c, np.full(blocks, _ARTIFICIAL * dearest), proposals.cost])
        self._offset, self._rows = frame.own.offset, rows
        counted = np.unique(
            frame.shared.tocsr()[[r for r, name in enumerate(names) if name == "green_count"], :].indices
        )
        self._binary = counted[frame.own.integrality[counted] == 1]
        self._artificial = slice(len(frame.own.c), len(frame.own.c) + blocks)
        extra = blocks + count
        matrix = MatrixModel(
            c=self._cost,
            A=sp.csc_array(
                sp.vstack(
                    [
                        sp.hstack([frame.own.A, sp.csc_array((rows, blocks)), proposals.own]),
                        sp.hstack(
                            [sp.csc_array((blocks, len(frame.own.c))), sp.eye_array(blocks), convexity]
                        ),
                    ]
                )
            ),
            row_lower=np.concatenate([frame.own.row_lower, np.ones(blocks)]),
            row_upper=np.concatenate([frame.own.row_upper, np.ones(blocks)]),
            col_lower=np.concatenate([frame.own.lower, np.zeros(extra)]),
            col_upper=np.concatenate([frame.own.upper, np.full(extra, np.inf)]),
            integrality=np.zeros(len(self._cost), dtype=np.int32),
        )
        self._lp = LpModel(matrix)
        self._everything = np.arange(len(self._cost))

    def answer(self, prices: Vector, *, whole: bool = False) -> Answer:
        """Solve at dual values of the shared rows.

        Parameters
        ----------
        whole : bool
            Whether the city counts as green or does not; as a linear program it may count in part, for next
            to nothing.

        Raises
        ------
        SolverError
            When the city's own rows contradict each other, or HiGHS gives up.
        """
        prices = prices[: len(self._constant)]
        self._lp.set_costs(self._everything, self._cost - self._shared.T @ prices)
        if not whole or len(self._binary) > _CASES:
            answer = self._solved(prices)
            if answer is None:
                raise SolverError("a city's program at prices has no solution")
            return answer
        found: list[Answer] = []
        for case in product((0.0, 1.0), repeat=len(self._binary)):
            self._lp.set_column_bounds(self._binary, case, case)
            one = self._solved(prices)
            if one is not None:
                found.append(one)
        if len(self._binary):
            self._lp.set_column_bounds(self._binary, 0.0, 1.0)
        if not found:
            raise SolverError("a city's program at prices has no solution")
        return min(found, key=lambda one: one.value)

    def _solved(self, prices: Vector) -> Answer | None:
        result = self._lp.solve()
        if result.status is Status.INFEASIBLE:
            return None
        if result.status is not Status.OPTIMAL or result.x is None or result.row_duals is None:
            raise SolverError(f"a city's program at prices ended {result.status}")
        use = np.asarray(self._shared @ result.x + self._constant)
        cost = float(self._cost @ result.x) + self._offset
        return Answer(
            value=cost - float(use @ prices),
            cost=cost,
            use=use,
            dual=result.row_duals[: self._rows],
            unserved=float(result.x[self._artificial].sum()),
        )
