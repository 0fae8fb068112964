"""The linear program of the two-index bound while cuts are added to it, and its dual values."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voltmile.routes.network import Matrix, Vector
from voltmile.solve.hub_proof import Duals
from voltmile.solve.lp import LpModel, LpResult
from voltmile.solve.matrix import FloatArray
from voltmile.solve.separation import Capacity, Connectivity, Cut, masks, terms_of
from voltmile.solve.status import SolverError, Status
from voltmile.solve.two_index import LIMITS, Bools, Costs, DayProgram, Layout, base_matrix

#: Dual values below this are those of a slack row.
_ZERO = 1e-9


class HubMaster:
    """The linear program of some types and edges, with the cuts added so far.

    Parameters
    ----------
    program, costs, layout
    stand_in
        ``dominators`` of the program.
    cuts
        To begin with; those of types the layout leaves out are dropped.

    Attributes
    ----------
    cuts : list of Cut
    row_of : dict
        Number of each cut.
    """

    def __init__(
        self, program: DayProgram, costs: Costs, layout: Layout, stand_in: Sequence[int], cuts: Sequence[Cut]
    ) -> None:
        self.program, self.layout, self._stand_in = program, layout, tuple(stand_in)
        self._limits = _limits_needed(program, layout.types)
        matrix = base_matrix(program, costs, layout, self._limits)
        # Rows are what is added: the dual simplex goes on from the last basis, which presolve would discard.
        self._lp = LpModel(matrix, options={"simplex_strategy": 1, "presolve": "off"})
        self._base_rows = matrix.n_rows
        self.cuts: list[Cut] = []
        self.row_of: dict[Cut, int] = {}
        self._inner: list[bool] = []
        self._weights: list[FloatArray] = []
        self.add([cut for cut in cuts if isinstance(cut, Capacity) or cut.ride in layout.types])

    def add(self, cuts: Sequence[Cut]) -> None:
        """Add cuts, each as a sum over delta(S) or, where that has fewer entries, over the edges within S.

        The degree rows say z(delta(S)) = 2 y(S) - 2 z(E(S)); ``duals`` turns the second form back.
        """
        if not cuts:
            return
        n, types = self.layout.n, self.layout.types
        inside = np.zeros((len(cuts), n + 1), dtype=np.bool_)
        inside[:, 1:] = masks([cut.members for cut in cuts], n)
        tail, head = inside[:, self.layout.tail], inside[:, self.layout.head]
        across, within = tail ^ head, tail & head
        inner = within.sum(axis=1) + inside.sum(axis=1) < across.sum(axis=1)
        weights, lower = self._terms(cuts)
        rows = np.zeros((len(cuts), len(types), self.layout.width))
        rows[:, :, 1 + n :] = (
            weights[:, :, None] * np.where(inner[:, None], -2.0 * within, across)[:, None, :]
        )
        rows[:, :, 1 : 1 + n] = 2 * weights[:, :, None] * (inside[:, 1:] & inner[:, None])[:, None, :]
        for j, cut in enumerate(cuts):
            if isinstance(cut, Connectivity):
                rows[j, types.index(cut.ride), cut.anchor] -= 2
        flat = rows.reshape(len(cuts), -1)
        row, column = np.nonzero(flat)
        starts = np.r_[0, np.cumsum(np.bincount(row, minlength=len(cuts)))]
        self._lp.add_rows(starts, column, flat[row, column], lower)
        self.row_of.update({cut: len(self.cuts) + j for j, cut in enumerate(cuts)})
        self.cuts += cuts
        self._inner += inner.tolist()
        self._weights += list(weights)

    def solve(self) -> LpResult:
        """Solve from the last basis.

        Raises
        ------
        ValueError
            No set of routes serves the hub on the day.
        SolverError
            HiGHS cannot solve it.
        """
        result = self._lp.solve()
        if result.status is Status.INFEASIBLE:
            day = self.program.day
            raise ValueError(
                f"no set of routes serves hub {day.network.hub!r} on ({day.year}, {day.day_type}): "
                "some village is out of reach of every vehicle type that can carry it"
            )
        if result.status is not Status.OPTIMAL:
            raise SolverError(f"the two-index program ends with status {result.status}")
        return result

    def binding(self, result: LpResult) -> tuple[Cut, ...]:
        """Cuts with a dual value."""
        dual = _duals_of(result)[self._base_rows :]
        return tuple(cut for cut, value in zip(self.cuts, dual, strict=True) if value > _ZERO)

    def duals(self, result: LpResult) -> Duals:
        """Dual values for all types: those of a type that was left out are its dominator's.

        They make no reduced cost of that type smaller than its dominator's, which at an optimum are not
        negative. X: no smaller cost, and duals at most 0 on a capacity that is no larger. y: the same duals
        of assign, degree, connectivity and loads, no smaller cost. z: the same again, no smaller cost, and no
        larger coefficient in any capacity cut. The range dual is scaled by the ratio of the batteries, so
        that the two X get the same; ``dominators`` sees to y and z.
        """
        n, types, kinds = self.layout.n, list(self.layout.types), len(self._stand_in)
        dual = _duals_of(result)
        at_nodes, at_limits = n, n + len(types) * (n + 1)
        degree, limits = np.zeros((kinds, n + 1)), np.zeros((len(LIMITS), kinds))
        degree[types] = np.roll(dual[at_nodes:at_limits].reshape(len(types), n + 1), 1, axis=1)
        for (row, k), value in zip(self._limits, dual[at_limits : self._base_rows], strict=True):
            limits[LIMITS.index(row), k] = min(value, 0.0)
        of_cut = np.maximum(dual[self._base_rows :], 0.0)
        if self.cuts:
            turned = np.array(self._weights) * (of_cut * np.array(self._inner))[:, None]
            degree[types, 1:] -= turned.T @ masks([cut.members for cut in self.cuts], n)
        held = [(cut, float(value)) for cut, value in zip(self.cuts, of_cut, strict=True) if value > 0]
        for k, other in enumerate(self._stand_in):
            if k != other:
                degree[k], limits[:, k] = degree[other], self._scaled(limits[:, other], k, other)
                held += [
                    (Connectivity(cut.members, k, cut.anchor), value)
                    for cut, value in held
                    if isinstance(cut, Connectivity) and cut.ride == other
                ]
        return Duals(dual[:n], degree, limits, tuple(cut for cut, _ in held), np.array([v for _, v in held]))

    def _scaled(self, limits: Vector, k: int, other: int) -> Vector:
        scaled, usable = limits.copy(), self.program.limit["range"]
        at = LIMITS.index("range")
        scaled[at] = limits[at] * usable[other] / usable[k] if limits[at] and np.isfinite(usable[k]) else 0.0
        return scaled

    def _terms(self, cuts: Sequence[Cut]) -> tuple[Matrix, Vector]:
        """Coefficient of each type of the layout and right-hand side of every cut."""
        types = list(self.layout.types)
        weights, lower = np.zeros((len(cuts), len(types))), np.zeros(len(cuts))
        for j, cut in enumerate(cuts):
            if isinstance(cut, Connectivity):
                weights[j, types.index(cut.ride)] = 1.0
            else:
                coefficients, lower[j] = terms_of(self.program, cut)
                weights[j] = coefficients[types]
        return weights, lower


def dominators(program: DayProgram, costs: Costs) -> list[int]:
    """For each type the first undominated one that does all it can at no more cost, or itself."""
    beats = _beats(program, costs)
    first = np.triu(np.ones_like(beats), 1)  # of two that are alike, the first one
    strictly = beats & (~beats.T | first)
    free: Bools = np.asarray(~strictly.any(axis=0))
    return [k if free[k] else int(np.flatnonzero(strictly[:, k] & free)[0]) for k in range(len(free))]


def _beats(program: DayProgram, costs: Costs) -> Bools:
    """Whether type a (row) can stand in for type b (column): see ``HubMaster.duals``."""
    kinds = len(program.empty)
    usable = program.limit["range"]
    beats = ~np.eye(kinds, dtype=np.bool_)
    for a, b in np.argwhere(beats):
        cheaper = (
            costs.routes[a] <= costs.routes[b]
            and (costs.serve[a] <= costs.serve[b]).all()
            and (costs.drive[a] <= costs.drive[b]).all()
        )
        larger = all(program.limit[row][a] >= program.limit[row][b] for row in ("kg", "m3"))
        farther = np.isinf(usable[a]) or all(
            usable[b] * per[a] <= usable[a] * per[b] for per in (program.empty, program.load)
        )
        beats[a, b] = cheaper and larger and farther
    return beats


def _limits_needed(program: DayProgram, types: Sequence[int]) -> list[tuple[str, int]]:
    """Rows of ``LIMITS`` of each type, without a load row that the other one implies."""
    rows: list[tuple[str, int]] = []
    kg, m3 = program.demand("kg"), program.demand("m3")
    for k in types:
        kg_bound, m3_bound = kg * program.limit["m3"][k], m3 * program.limit["kg"][k]
        kg_implied = bool((kg_bound <= m3_bound).all())
        m3_implied = not kg_implied and bool((m3_bound <= kg_bound).all())
        rows += [(row, k) for row, implied in (("kg", kg_implied), ("m3", m3_implied)) if not implied]
        rows.append(("shift", k))
        if np.isfinite(program.limit["range"][k]):
            rows.append(("range", k))
    return rows


def _duals_of(result: LpResult) -> FloatArray:
    if result.row_duals is None:
        raise SolverError("the two-index program has no dual values")
    return result.row_duals
