"""Cutting planes at a node: separate, add, drop what no longer holds, go on while it pays."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voltmile.routes.pricing import Pricer
from voltmile.solve.routing.capacity import capacity_cut, violated
from voltmile.solve.routing.columns import reduced_costs
from voltmile.solve.routing.generation import Converged, converge
from voltmile.solve.routing.master import Master, Point
from voltmile.solve.routing.rows import ArcRow, Packed, Row, SubsetCut, VehicleRow, pack
from voltmile.solve.routing.search import Search
from voltmile.solve.routing.subset import repeated_visits, subset_cuts

_CAPACITY_CUTS = 40
_SUBSET_CUTS = 30
_MOST_COLUMNS = 4000
_POSITIVE = 1e-7
#: See ``converge``, between rounds of cuts.
_LOOSE = 0.02


@dataclass
class Limits:
    """How far cutting goes at a node.

    Attributes
    ----------
    subset : bool
        Whether subset-row cuts are allowed: they make pricing harder.
    full_memory : bool
        Whether they remember at every customer.
    most_subsets : int
        Subset-row cuts in the master at the same time.
    """

    subset: bool = True
    full_memory: bool = False
    most_subsets: int = 180


def flows(point_x: NDArray[np.float64], packed: Packed, kinds: int, n: int) -> NDArray[np.float64]:
    """How often the routes of each type use each edge, shape (K, n + 1, n + 1), symmetric."""
    table = np.zeros((kinds, n + 1, n + 1))
    kind, value = packed.kind[packed.of], point_x[packed.of]
    np.add.at(table, (kind, packed.tail, packed.head), value)
    return table + table.transpose(0, 2, 1)


def positive(master: Master, point: Point) -> tuple[Packed, NDArray[np.float64]]:
    """Routes of the master with a positive value, and their values."""
    held = np.flatnonzero(point.x > _POSITIVE)
    return pack(master.problem, [master.routes[j] for j in held]), point.x[held]


def separate(search: Search, master: Master, point: Point, limits: Limits) -> list[Row]:
    """Violated cuts: capacity cuts, and subset-row cuts where those run dry."""
    problem = search.problem
    packed, x = positive(master, point)
    flow = flows(x, packed, len(problem.vehicles), problem.size)
    have = {(row.members, round(row.low)) for row in master.rows if isinstance(row, ArcRow) and row.members}
    cuts: list[Row] = []
    worst = 0.0
    for worth, members, divisor in violated(problem, flow, _CAPACITY_CUTS, seed=len(have)):
        cut = capacity_cut(problem, members, divisor)
        if (cut.members, round(cut.low)) not in have:
            cuts.append(cut)
            worst = max(worst, worth)
    if limits.subset and (len(cuts) < 3 or worst < 0.1):
        held = sum(isinstance(row, SubsetCut) for row in master.rows)
        room = min(_SUBSET_CUTS * (2 if limits.full_memory else 1), limits.most_subsets - held)
        cuts += subset_cuts(packed, x, problem.size, room, limits.full_memory)
    return cuts


def merge(rows: list[Row], new: list[Row]) -> list[Row]:
    """Rows with the new ones; a subset cut on customers of an old one takes over its memory."""
    memory = {row.members: row.memory for row in new if isinstance(row, SubsetCut)}
    result: list[Row] = []
    for row in rows:
        if isinstance(row, SubsetCut) and row.members in memory:
            memory[row.members] |= row.memory
        else:
            result.append(row)
    result += [
        SubsetCut(row.members, memory[row.members]) if isinstance(row, SubsetCut) else row for row in new
    ]
    return result


def tidy(
    search: Search, master: Master, solved: Converged, allowed: NDArray[np.bool_], new: list[Row]
) -> None:
    """Change the rows: add cuts, drop cuts without a dual value, and drop columns that cannot matter soon."""
    duals = solved.point.duals
    rows = [
        row
        for row, dual in zip(master.rows, duals.rows.tolist(), strict=True)
        if dual != 0.0 or isinstance(row, VehicleRow) or (isinstance(row, ArcRow) and not row.members)
    ]
    packed = pack(master.problem, master.routes)
    may = np.bincount(packed.of, ~allowed[packed.kind[packed.of], packed.tail, packed.head], len(packed)) == 0
    reduced = reduced_costs(master, duals, packed, master.cost)
    gap = search.goal - solved.bound
    keep = may & ((reduced <= max(gap, 1e-6)) | (solved.point.x > _POSITIVE))
    if keep.sum() > _MOST_COLUMNS:
        limit = np.partition(reduced[keep], _MOST_COLUMNS)[_MOST_COLUMNS]
        keep &= (reduced <= limit) | (solved.point.x > _POSITIVE)
    search.cuts += len(new)
    master.change_rows(merge(rows, new), keep)


def cut_rounds(
    search: Search,
    master: Master,
    pricer: Pricer,
    allowed: NDArray[np.bool_],
    solved: Converged,
    limits: Limits,
    most_rounds: int,
    reached: Callable[[Converged], object],
) -> Converged:
    """Add rounds of cuts until they gain little or the node is closed.

    Parameters
    ----------
    reached : callable
        Told of every bound on the way: those are kept when time is up.
    """
    gains: list[float] = []
    for _ in range(most_rounds):
        if solved.bound >= search.goal:
            break
        new = separate(search, master, solved.point, limits)
        if not new:
            break
        tidy(search, master, solved, allowed, new)
        before = solved
        solved = _not_below(before, converge(search, master, pricer, allowed, _LOOSE, reached))
        gains.append(solved.point.value - before.point.value)
        rest = max(search.goal - solved.point.value, 1e-9)
        if len(gains) >= 4 and sum(gains[-4:]) < 0.04 * rest:
            break
    if gains and solved.bound < search.goal:
        solved = _not_below(solved, converge(search, master, pricer, allowed, reached=reached))
    return solved


def bar_second_visits(
    search: Search,
    master: Master,
    pricer: Pricer,
    allowed: NDArray[np.bool_],
    solved: Converged,
    reached: Callable[[Converged], object],
) -> Converged | None:
    """Cut off all second visits of a point, whatever that gains; None where it has none."""
    packed, x = positive(master, solved.point)
    n = search.problem.size
    new: list[Row] = [*repeated_visits(packed, x, n, n, _POSITIVE)]
    if not new:
        return None
    tidy(search, master, solved, allowed, new)
    return _not_below(solved, converge(search, master, pricer, allowed, reached=reached))


def _not_below(before: Converged, solved: Converged) -> Converged:
    """Keep the earlier bound and its prices where the later one is lower: cuts dropped, or a loose end."""
    if solved.bound < before.bound:
        return Converged(before.bound, solved.point, before.prices)
    return solved
