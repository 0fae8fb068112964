"""The numbers of vehicles of each type (*mixes*) that a better plan may have, and what it costs at least."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voltmile.routes.day import HubDay
from voltmile.routes.network import Vector
from voltmile.routes.rates import Rates
from voltmile.solve.hub_tree.floor import plan_floor
from voltmile.solve.hub_tree.program import SLACK, TreeProgram
from voltmile.solve.matrix import FloatArray
from voltmile.solve.two_index import Bools, Ints

#: More mixes than so many are too many to list.
_MOST = 400_000


@dataclass(frozen=True, eq=False)
class MixBounds:
    """What is known of all mixes that may be in a plan cheaper than the best one.

    Attributes
    ----------
    rides : tuple of int
        Positions of the types in ``day.rides``.
    counts : array of int, shape (m, T)
    bound : array, shape (m,)
        No plan with these numbers of vehicles costs less.
    done : array of bool, shape (m,)
        There is no more to be had.
    rest : float
        No plan with any other mix costs less.
    """

    rides: tuple[int, ...]
    counts: Ints
    bound: Vector
    done: Bools
    rest: float

    @property
    def least(self) -> float:
        """No plan at all costs less."""
        return float(self.bound.min(initial=self.rest))


def list_mixes(program: TreeProgram, day: HubDay, rates: Sequence[Rates], cost: float) -> MixBounds | None:
    """List the mixes that may be in a plan cheaper than the cost, each with a bound from all edges.

    None where there are too many, or where such bounds say nothing.
    """
    rides = program.layout.types
    base, each = plan_floor(day, rates)
    if each <= 0 or not base < cost < math.inf:
        return None
    carries = program.day_program.carries["kg"][list(rides)]
    most = min(day.network.size, math.floor((cost - base) / each * (1 + 1e-9)))
    counts = all_mixes(carries * SLACK, float(day.kg.sum()), most)
    if counts is None:
        return None
    _, serves, _ = program.split(program.upper)
    counts = counts[((counts > 0) @ (serves > 0).astype(np.int64) > 0).all(axis=1)]
    bound = base + each * counts.sum(axis=1)
    return MixBounds(rides, counts, bound, np.zeros(len(counts), dtype=np.bool_), cost)


def value_of(fixed: float, each: Vector, counts: Ints) -> FloatArray:
    """Return fixed + counts @ each, less what rounding can add."""
    number = counts.astype(np.float64)
    size = abs(fixed) + number @ np.abs(each)
    return np.asarray(fixed + number @ each - (len(each) + 4) * 2.0**-52 * size)


def all_mixes(carries: Vector, demand: float, routes: int) -> Ints | None:
    """All mixes of at most so many routes that carry the demand, shape (m, T); None for too many."""
    kinds = len(carries)
    if math.comb(routes + kinds, kinds) > _MOST:
        return None
    found = [np.zeros((0, kinds), dtype=np.int64)]
    for number in range(1, routes + 1):
        some = np.array(list(itertools.combinations_with_replacement(range(kinds), number)))
        mix = np.stack([(some == t).sum(axis=1) for t in range(kinds)], axis=1)
        found.append(mix[mix @ carries >= demand])
    return np.concatenate(found)
