"""The ascent of a mix over routes that keep their range or shift, which walks only pay for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voltmile.routes.network import Vector
from voltmile.solve.hub_tree.ascent import Ascent, Evaluated, of_routes
from voltmile.solve.hub_tree.master import Master
from voltmile.solve.hub_tree.prices import NONE, Multipliers, RouteFloor
from voltmile.solve.hub_tree.routes import Routes
from voltmile.solve.hub_tree.strict import EXACT, Look, StrictFloor
from voltmile.solve.two_index import Bools, Ints

#: Routes of a type that come in at once; how much dearer than the cheapest, as a share of a plan's cost.
_ROUTES, _WITHIN = 60, 6e-3
#: Steps on end that gain nothing, a search cut off, after which it ends; before that walks tell the way.
_PATIENCE = 2
#: More labels a search where nothing else helps.
_HARDER = 3
#: Values of a walk that counts as used; part of a village that counts as open.
_USED, _OPEN = 1e-6, 0.02


class StrictAscent(Ascent):
    """Raises the bound of a mix by routes of :class:`StrictFloor`.

    Labels are quick near dual values at which walks are nearly feasible: that is where ``Ascent`` ends.

    Parameters
    ----------
    routes : Routes
        Feasible ones to begin with.
    """

    _lacking = 0.08
    #: Columns of walks that left the linear program.
    _dismissed: Ints

    def __init__(
        self,
        master: Master,
        duals: Vector,
        routes: Routes,
        floor: RouteFloor,
        strict: StrictFloor,
        rides: Sequence[int],
        counts: Sequence[float],
        cost: float,
        barred: Sequence[frozenset[int]] = (),
    ) -> None:
        self._strict, self._cut_off, self._effort = strict, 0, EXACT
        super().__init__(master, duals, routes, floor, rides, counts, cost, barred=barred)  # evaluates

    def harder(self, *, cut_off: bool) -> bool:
        """Go on with more labels in a search, once; say whether that is done.

        Parameters
        ----------
        cut_off : bool
            Only where searches that were cut off ended it.
        """
        if self._effort > EXACT or (cut_off and not self._cut_off):
            return False
        self._effort = _HARDER * EXACT
        self._start_over()
        return True

    def _start_over(self) -> None:
        self._cut_off, self.done = 0, False
        super()._start_over()

    def longer(self) -> bool:
        """Go on until nothing more is promised, once; say whether that is done."""
        if not self._lacking:
            return False
        self._lacking = 0.0
        self._start_over()
        return True

    @property
    def routes(self) -> Routes:
        """Those found so far, and walks."""
        return self._routes

    def halves(self) -> list[StrictAscent]:
        """Part the mix by whether a type serves a village that it serves in part; empty where none does.

        Which types serve a village is what keeps the bound down where routes of several types are long.
        """
        found = self._shared_village()
        if found is None:
            return []
        t, village = found
        before = self._barred or tuple(frozenset() for _ in self._rides)
        never = [one | {village} if q == t else one for q, one in enumerate(before)]
        always = [one if q == t else one | {village} for q, one in enumerate(before)]
        return [self._part(barred) for barred in (always, never)]

    def _part(self, barred: Sequence[frozenset[int]]) -> StrictAscent:
        routes = self._routes.without(barred)
        same = self._floor, self._strict, self._rides, self._counts.tolist(), self._cost
        part = StrictAscent(self._master, self._center, routes, *same, barred)
        part.bound, part._effort = max(part.bound, self.bound), self._effort
        return part

    def _shared_village(self) -> tuple[int, int] | None:
        """Type and village that the linear program shares most among types, far villages first."""
        solved = self._solved()
        if solved is None or solved.x is None:
            return None
        share = np.zeros((len(self._rides), self._master.program.n + 1))
        values = solved.x[self._first_walk :]
        for w in np.flatnonzero(values > _USED):
            number = int(self._held[w])
            np.add.at(share[self._routes.type[number]], list(self._routes.walks[number].nodes), values[w])
        open_ = np.minimum(share, share.sum(axis=0) - share)  # not what the box lets nobody serve
        open_[open_ < _OPEN] = 0.0
        worth = open_ * self._master.program.day_program.km[0]
        best = int(worth.argmax())
        return divmod(best, worth.shape[1]) if worth.flat[best] > 0 else None

    def _dismiss(self) -> bool:
        """Take walks out that keep no limit: they told the way as long as the bound was below theirs."""
        feasible = np.array(self._routes.feasible)[self._held]
        guests = np.flatnonzero(~feasible) + self._first_walk
        out = guests[~np.isin(guests, self._dismissed)]
        self._lp.set_column_bounds(out, 0.0, 0.0)
        self._dismissed = guests
        return len(out) > 0

    def _take_in(self) -> int:
        """Add the new ones, and let those come back that turned out to be feasible."""
        dismissed = self._held[self._dismissed - self._first_walk]
        back = self._dismissed[np.array(self._routes.feasible)[dismissed]]
        self._lp.set_column_bounds(back, 0.0, np.inf)
        self._dismissed = np.setdiff1d(self._dismissed, back)
        return super()._take_in()

    def _able(self) -> Bools:
        """Leave out what keeps no limit: next to it nothing else seems near."""
        return np.array(self._routes.feasible, dtype=np.bool_)

    def _begin(self, new: Ints) -> None:
        self._dismissed = np.zeros(0, dtype=np.int64)
        super()._begin(new)

    def _evaluate(self, duals: Vector) -> Evaluated:
        """Bound the mix at dual values; routes found come in.

        Where routes found quickly show that the bound is not worth having, it is only estimated; one that is
        worth having is proven.
        """
        found = self._meaning(duals)
        looks = [self._strict.look(found, ride) for ride in self._rides]
        sides, each, cut_off, proofs = self._floor.sides(found), self._quick(looks, duals), False, 0
        for t, look in enumerate(looks):
            if self._sum(sides, each) < self._worth_having:
                break
            proven, complete = self._prove(t, look, each[t])
            each[t], cut_off, proofs = min(each[t], proven), cut_off or not complete, proofs + 1
        value = self._sum(sides, each)
        self._cut_off = self._cut_off + 1 if cut_off and value < self._worth_having else 0
        self.done = self._cut_off >= _PATIENCE
        if self._cut_off and not self.done:
            self._ask_walks(found)
        return Evaluated(value, each, cut_off, proofs == len(looks))

    def _quick(self, looks: Sequence[Look], duals: Vector) -> Vector:
        """Cost of the cheapest route known of each type at dual values, after a quick search for more."""
        rows = np.flatnonzero(of_routes(self._master))
        worth = np.asarray(self._master.rows(rows).T @ duals[rows])
        least, near = self._routes.least_feasible(worth, len(looks)), _WITHIN * self._cost
        for t, look in enumerate(looks):
            cost, routes = look.routes(float(least[t]) + near, _ROUTES, near)
            least[t] = min(least[t], cost, NONE)  # a type may have no route at all
            self._routes.add_all(t, routes, feasible=True)
        return least

    def _prove(self, t: int, look: Look, least: float) -> tuple[float, bool]:
        """Prove what the routes of a type cost, and say whether the search was complete."""
        proven, routes, complete = look.least(least + 1e-9 * self._cost, self._effort)
        self._routes.add_all(t, routes, feasible=True)
        return proven, complete

    def _ask_walks(self, found: Multipliers) -> None:
        """Let walks come in, which tell where searches are quick."""
        for t, ride in enumerate(self._rides):
            _, walks = self._floor.routes(found, ride, _ROUTES, _WITHIN * self._cost)
            self._routes.add_all(t, walks)
