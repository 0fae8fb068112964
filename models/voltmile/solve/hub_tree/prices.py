"""What routes of every type cost at least at the dual values of a two-index program (models/ROUTING.md)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from voltmile.routes.day import HubDay
from voltmile.routes.network import Matrix, Vector
from voltmile.routes.rates import Rates
from voltmile.solve.hub_tree.cuts import Enter, Fleet, Star, fleet_terms, row_of
from voltmile.solve.hub_tree.master import Master
from voltmile.solve.hub_tree.program import TreeProgram
from voltmile.solve.hub_tree.ruin import Nodes
from voltmile.solve.hub_tree.slices import Walks, cheapest_walks, loads_of, walk_from
from voltmile.solve.matrix import FloatArray
from voltmile.solve.separation import Members
from voltmile.solve.two_index import Bools, Ints

#: Dual values that count, as a share of the largest.
_LEAST = 1e-9
#: As in ``cuts``.
_EXCESS = 1e-7
#: Levels of load that take too long.
_MOST_LEVELS = 4000
#: Stands for the cost of a route where a type has none.
NONE = 1e12


@dataclass(frozen=True, eq=False)
class OfType:
    """Dual values of the rows of one type.

    Attributes
    ----------
    enter : tuple of (members, anchor, dual value)
    limits : dict
        Of rows ``shift`` and ``range``, not negative.
    star_drive : array, shape (n + 1, n + 1)
    star_serve : array, shape (n + 1,)
        What Star cuts take off the cost of driving an arc and of serving a village.
    stars : tuple of (members, row of the resource, dual value)
    barred : tuple of int
        Villages that the type does not serve, in a part of a mix.
    """

    enter: tuple[tuple[Members, int, float], ...]
    limits: dict[str, float]
    star_drive: Matrix
    star_serve: Vector
    stars: tuple[tuple[Members, str, float], ...] = ()
    barred: tuple[int, ...] = ()


@dataclass(frozen=True, eq=False)
class Multipliers:
    """Dual values of a two-index program that mean something for single routes.

    Attributes
    ----------
    prize : array, shape (n + 1,)
        Of the assign rows.
    fleet : tuple of (cut, dual value)
    types : dict
        By vehicle type, as position in ``day.rides``.
    """

    prize: Vector
    fleet: tuple[tuple[Fleet, float], ...]
    types: dict[int, OfType]


def multipliers(
    master: Master, duals: Vector, rides: Sequence[int], barred: Sequence[frozenset[int]] = ()
) -> Multipliers:
    """Take the dual values of a linear program.

    Parameters
    ----------
    rides : sequence of int
        What its types are in the whole day.
    barred : sequence of frozenset of int
        Villages that each type does not serve; none of any type by default.
    """
    program, n = master.program, master.program.n
    size = float(np.abs(duals).max(initial=0.0)) * _LEAST
    alive = [(cut, float(duals[master.row[cut]])) for cut in master.cuts if duals[master.row[cut]] > size]
    of_resources = duals[program.resource_rows]
    types = {}
    for t, ride in enumerate(rides):
        limits = {
            r.row: max(0.0, -float(of_resources[q]))
            for q, r in enumerate(program.resources)
            if r.type == t and r.row in ("shift", "range")
        }
        enter = tuple((c.members, c.anchor, pi) for c, pi in alive if isinstance(c, Enter) and c.type == t)
        stars = [
            (c, pi) for c, pi in alive if isinstance(c, Star) and program.resources[c.resource].type == t
        ]
        never = tuple(sorted(barred[t])) if barred else ()
        named = tuple((c.members, program.resources[c.resource].row, pi) for c, pi in stars)
        types[ride] = OfType(enter, limits, *_stars(program, t, stars), named, never)
    fleet = tuple((cut, pi) for cut, pi in alive if isinstance(cut, Fleet))
    return Multipliers(np.r_[0.0, duals[:n]], fleet, types)


def _stars(program: TreeProgram, t: int, stars: Sequence[tuple[Star, float]]) -> tuple[Matrix, Vector]:
    n, layout = program.n, program.layout
    drive, serve = np.zeros((n + 1, n + 1)), np.zeros(n + 1)
    for cut, pi in stars:
        row = row_of(program, cut)[0][t * layout.width : (t + 1) * layout.width]
        serve[1:] += pi * row[1 : 1 + n]
        drive[layout.tail, layout.head] += pi * row[1 + n :]
    return drive + drive.T, serve


class Floors(NamedTuple):
    """What dual values prove of any plan: ``fixed``, and ``each`` for every route of a type, together.

    Attributes
    ----------
    fixed : float
    each : array, one of each type asked for
    by : array of int, the same
        Of which type the rows are that prove it, as position in ``day.rides``.
    """

    fixed: float
    each: Vector
    by: Ints


@dataclass(frozen=True, eq=False)
class Arcs:
    """Reduced costs of driving for one type; ``off`` is more than rounding can change a walk by."""

    go: Matrix
    carry: Matrix
    off: float


class RouteFloor:
    """Least cost of a route of each type, less its share in the rows of a two-index program.

    Parameters
    ----------
    program : TreeProgram
        With all types that are worth having.
    """

    def __init__(self, program: TreeProgram, day: HubDay, rates: Sequence[Rates]) -> None:
        self._program, self._day, self._rates = program, day, list(rates)
        self._types = program.layout.types
        carries = program.day_program.carries["kg"][list(self._types)]
        self.loads = loads_of(day.kg, carries)
        self.step: Matrix = day.network.drive_h + np.r_[0.0, day.service_h[1:]][:, None]
        self._barred = _barred(program)

    @property
    def possible(self) -> bool:
        """Whether the loads have few enough levels."""
        return max(self.loads.most) <= _MOST_LEVELS

    def bound(self, found: Multipliers, types: Ints) -> Floors:
        """Bound the routes of types by the dual values of the type that prove most.

        Parameters
        ----------
        types : array of int
            Positions in the program.
        """
        each = np.empty((len(found.types), len(types)))
        for r, (ride, of) in enumerate(found.types.items()):
            each[r] = [self._walks(t, found, of, own=ride == self._types[t])[1] for t in types]
        best = each.argmax(axis=0)
        return Floors(self.sides(found), each[best, np.arange(len(types))], np.array(list(found.types))[best])

    def routes(self, found: Multipliers, ride: int, most: int, within: float) -> tuple[float, list[Nodes]]:
        """Bound the routes of a type by its own dual values; and the cheapest walks, one for each start.

        Parameters
        ----------
        within : float
            Walks that cost more than the cheapest one by so much are left out, unless they cost less than 0.
        """
        walks, least = self._walks(self._types.index(ride), found, found.types[ride], own=True)
        top = max(float(walks.closed.min()) + within, 0.0)
        starts = [int(j) for j in np.argsort(walks.closed, kind="stable")[:most] if walks.closed[j] < top]
        return least, [walk_from(walks, self.loads.units, j) for j in starts]

    def sides(self, found: Multipliers) -> float:
        """Prizes of all villages and right-hand sides of the capacity cuts at their dual values."""
        n, program = self._program.n, self._program.day_program
        parts = [float(p) for p in found.prize]
        for cut, pi in found.fleet:
            demand = program.demand(cut.dimension)[np.array(cut.members) - 1].sum()
            parts.append(pi * float(2 * np.ceil(demand / cut.divisor - _EXCESS)))
        return math.fsum(parts) - (n + 10) * 2.0**-52 * math.fsum(abs(p) for p in parts)

    def _walks(self, t: int, found: Multipliers, of: OfType, *, own: bool) -> tuple[Walks, float]:
        """Return the cheapest walks of a type by the dual values of one type, and a safe bound on them."""
        arcs, most = self.arcs(t, found, of, own=own), self.loads.most[t]
        walks = cheapest_walks(arcs.go, arcs.carry, self.loads.units, most, self.loads.spare)
        least = float(walks.closed.min())
        return walks, least - arcs.off if least < math.inf else NONE * max(arcs.off, 1.0)

    def arcs(self, t: int, found: Multipliers, of: OfType, *, own: bool) -> Arcs:
        """Reduced costs of driving for a type by the dual values of one, ``own`` if it is the same."""
        k, n = self._types[t], self._program.n
        ride, rate, limit = self._day.rides[k], self._rates[k], self._program.day_program.limit
        shift, reach = float(limit["shift"][k]), float(limit["range"][k])
        of_h = of.limits.get("shift", 0.0) if math.isfinite(shift) else 0.0
        of_unit = of.limits.get("range", 0.0) if ride.electric and math.isfinite(reach) else 0.0
        fixed = rate.fixed - (of_h * shift if of_h else 0.0) - (of_unit * reach if of_unit else 0.0)
        km, per_unit = self._day.network.distance_km, rate.per_unit + of_unit
        drive = (rate.per_km + per_unit * ride.empty_per_km) * km + (rate.per_h + of_h) * self.step
        serve = -found.prize
        entered, pi = np.zeros((len(of.enter), n + 1)), np.array([pi for _, _, pi in of.enter])
        for c, (members, anchor, value) in enumerate(of.enter):
            entered[c, list(members)] = 1.0
            serve[anchor] += 2 * value
        across = self._fleet_across(k, found) + _across(entered, pi)
        if own:
            across, serve = across + of.star_drive, serve - of.star_serve
        go = drive + serve[:, None] - across
        go[0] += fixed
        carry = per_unit * ride.load_per_km_kg * self.loads.unit_kg * km
        steps, terms = self.loads.most[t] + 2, len(found.fleet) + len(of.enter) + n + 20
        size = np.abs(drive).max() + np.abs(serve).max() + np.abs(across).max() + abs(fixed)
        size += 4 * (float(pi.sum()) + sum(value for _, value in found.fleet) * n)
        size += float(carry.max()) * steps
        go[self._barred[t]] = np.inf
        never = list(of.barred)
        go[never], go[:, never] = np.inf, np.inf
        return Arcs(go, carry, float(8 * (steps + terms) * 2.0**-52 * steps * size))

    def _fleet_across(self, k: int, found: Multipliers) -> Matrix:
        """Sum over the capacity cuts that each arc crosses of what they count for a type."""
        n, program = self._program.n, self._program.day_program
        inside, weights = np.zeros((len(found.fleet), n + 1)), np.zeros(len(found.fleet))
        for c, (cut, pi) in enumerate(found.fleet):
            inside[c, list(cut.members)] = 1.0
            demand = program.demand(cut.dimension)[np.array(cut.members) - 1].sum()
            carries = program.carries[cut.dimension][k : k + 1]
            weights[c] = pi * fleet_terms(carries, np.array(demand), np.array(cut.divisor))[0][0]
        return _across(inside, weights)


def _barred(program: TreeProgram) -> Bools:
    """Arcs that no route of a type drives, shape (T, n + 1, n + 1)."""
    n, layout = program.n, program.layout
    _, y, z = program.split(program.upper)
    barred = layout.spread(z) <= 0
    barred[:, 1:, :] |= (y <= 0)[:, :, None]
    barred[:, :, 1:] |= (y <= 0)[:, None, :]
    barred[:, np.arange(n + 1), np.arange(n + 1)] = True
    return np.asarray(barred)


def _across(inside: FloatArray, weight: Vector) -> Matrix:
    """Sum of weights of the sets that each arc crosses; sets (c, n + 1)."""
    each = weight @ inside
    both = inside.T @ (weight[:, None] * inside)
    return np.asarray(each[:, None] + each[None] - 2 * both)
