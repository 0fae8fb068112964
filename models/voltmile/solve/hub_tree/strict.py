"""What routes cost at least that also keep their range or shift and hardly visit a village twice.

The walks of :mod:`voltmile.solve.hub_tree.prices` only pay for what they use beyond a limit. Here labels
keep it: an electric type its range, the others the shift (models/ROUTING.md, *Hub-days*).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from voltmile.routes.day import HubDay
from voltmile.routes.labelling.neighbourhoods import nearest, neighbourhoods
from voltmile.routes.network import Matrix
from voltmile.solve.hub_tree.beginnings import Near, beginnings, near_villages
from voltmile.solve.hub_tree.best_first import (
    SLOTS,
    Beginnings,
    Labels,
    NgMemory,
    Ways,
    cheapest,
)
from voltmile.solve.hub_tree.prices import NONE, Arcs, Floors, Multipliers, RouteFloor
from voltmile.solve.hub_tree.program import SLACK, TreeProgram, shortest_ways_out
from voltmile.solve.hub_tree.ruin import Nodes
from voltmile.solve.matrix import FloatArray
from voltmile.solve.two_index import Ints

#: Villages a label remembers, its own with them.
_NEIGHBOURS = 8
#: Villages that beginnings remember: where labels are few, and where they are many; labels of the searches at
#: the last dual values that are few, and many. More villages take three times as long and leave fewer labels.
_NEAREST, _FEW, _MANY = (3, 5), 1_000, 10_000
#: Labels grown in a call: when routes are looked for, when a bound is proven, and when other mixes learn.
_FAIR, EXACT, _OTHERS = 20_000, 70_000, 10_000
#: Costs above the least that labels leave in the order of, as a share of a plan's.
_SPAN = 2.0
#: Where there is no limit.
_NO_LIMIT = 1e18
#: Prices of the resource tried around the last one, and at first: around the one at which all there is of it
#: costs one per cent of a plan.
_AROUND, _FIRST = (0.7, 1.0, 1.4), (0.5, 1.0, 2.0)
#: More prices tried, each half or twice the last, until the best one lies within.
_MOST_PRICES = 24
#: Gain of half a price, as a share of a plan's cost, that calls for half of that; and what is remembered at
#: least and most, in the unit of ``_FIRST``: where the resource is slack, prices would fall for ever.
_GAIN, _FARTHEST = 1e-5, (2.0**-10, 2.0**10)


@dataclass(frozen=True, eq=False)
class _Resource:
    """What driving takes of a type's battery (kWh) or, without one, shift (h).

    Attributes
    ----------
    take, carry : array, shape (n + 1, n + 1)
        Of an arc, and for each unit aboard.
    limit : float
    reach, reach_carry : array, shape (n + 1,)
        The same of the shortest way from the hub.
    """

    take: Matrix
    carry: Matrix
    limit: float
    reach: FloatArray
    reach_carry: FloatArray


class _Table(NamedTuple):
    """The table of a price: the least cost of a whole walk, and where it is."""

    price: float
    least: float
    room: int


class _Seen(NamedTuple):
    """Villages that beginnings remember, and their bits in the memory of labels."""

    near: Near
    bits: NDArray[np.uint64]


@dataclass(frozen=True, eq=False)
class Look:
    """The routes of a type at dual values.

    Attributes
    ----------
    ways, memory, first
        As ``cheapest`` takes them.
    off : float
        More than rounding can change a route's cost by.
    span : float
        Costs that routes are told apart within, from the least on.
    type : int
    grown : array of int, shape (T,)
        Labels grown at the last dual values, by type; each search adds its own.
    """

    ways: Ways
    memory: NgMemory
    first: Beginnings
    off: float
    span: float
    type: int
    grown: Ints

    def routes(self, below: float, many: int, within: float) -> tuple[float, list[Nodes]]:
        """Look quickly for routes that cost less than ``below``; nothing is proven.

        Parameters
        ----------
        below : float
        many : int
            At most so many.
        within : float
            None that is found at more than the first by so much.

        Returns
        -------
        least : float
            At which the first one was found, ``below`` without one.
        routes : list of tuple of int
        """
        least, routes, _ = self._search(below, many, within, _FAIR, exact=False)
        return least if routes else below, routes

    def least(self, below: float = math.inf, effort: int = EXACT) -> tuple[float, list[Nodes], bool]:
        """Prove what a feasible route costs at least.

        Parameters
        ----------
        below : float
            More need not be proven.
        effort : int
            Labels to grow at most.

        Returns
        -------
        least : float
        routes : list of tuple of int
            At most one, an ng-route that is not much dearer, if at all.
        complete : bool
            False: more labels may prove more.
        """
        least, routes, complete = self._search(below, 1, 0.0, effort, exact=True)
        return least - self.off if math.isfinite(least) else NONE, routes, complete

    def _search(
        self, below: float, many: int, within: float, effort: int, *, exact: bool
    ) -> tuple[float, list[Nodes], bool]:
        if not self.first.least < below:  # nor is there a walk, where it is infinite
            return below, [], True
        step = max(min(below - self.first.least, self.span), self.off) / SLOTS
        least, ends, labels, complete, grown = cheapest(
            self.ways, self.memory, self.first, below, step, many, within, effort, exact
        )
        self.grown[self.type] += grown
        return float(least), [_nodes(labels, end) for end in ends], bool(complete)


class StrictFloor:
    """Least cost of a feasible route of each type, less its share in the rows of a two-index program.

    Parameters
    ----------
    program : TreeProgram
        With all types that are worth having.
    day : HubDay
    floor : RouteFloor
        Of the same program.
    memory : NgMemory
    near : sequence of Near
        For beginnings that remember few villages, and more.
    cost : float
        Of a plan; sets the scale of prices.
    """

    def __init__(
        self,
        program: TreeProgram,
        day: HubDay,
        floor: RouteFloor,
        memory: NgMemory,
        near: Sequence[Near],
        cost: float,
    ) -> None:
        self._types, self._floor, self._cost = program.layout.types, floor, cost
        self._resources = [_resource(program, day, floor, k) for k in self._types]
        self._price = [0.0] * len(self._types)
        self._memory = memory
        each = np.arange(program.n + 1)[:, None]
        self._near = [_Seen(one, memory.seen[each, one.village]) for one in near]
        self._which = np.zeros(len(self._types), dtype=np.int64)
        self._grown = np.zeros(len(self._types), dtype=np.int64)

    def look(self, found: Multipliers, ride: int) -> Look:
        """Prepare to look at the routes of a type by its own dual values."""
        return self._look(self._types.index(ride), found, ride)

    def bound(self, found: Multipliers, types: Ints) -> Floors:
        """As ``RouteFloor.bound``, by the dual values of the type that proves most there."""
        floors = self._floor.bound(found, types)
        each = floors.each.copy()
        for q, (t, ride) in enumerate(zip(types.tolist(), floors.by.tolist(), strict=True)):
            each[q] = max(each[q], self._look(t, found, ride, brief=True).least(effort=_OTHERS)[0])
        return floors._replace(each=each)

    def _look(self, t: int, found: Multipliers, ride: int, *, brief: bool = False) -> Look:
        own = self._types[t] == ride
        arcs, loads = self._floor.arcs(t, found, found.types[ride], own=own), self._floor.loads
        taken, most = self._resources[t], loads.most[t]
        grown = np.zeros_like(self._grown) if brief else self._counted(t)
        first = self._beginnings(t, arcs, brief=brief)
        ways = Ways(arcs.go, arcs.carry, taken.take, taken.carry, loads.units, most, loads.spare, taken.limit)
        price = float(first.price.max())
        size = price * (taken.limit + (most + 2) * float(taken.take.max() + taken.carry.max() * most))
        off, span = arcs.off + 8 * (most + 10) * 2.0**-52 * (size if price else 0.0), _SPAN * self._cost
        if math.isfinite(first.least):  # and the edges of slots
            off += 8 * 2.0**-52 * (abs(first.least) + span)
        return Look(ways, self._memory, first, off, span, t, grown)

    def _counted(self, t: int) -> Ints:
        """Choose the tables of a type by the labels grown since; these are counted anew."""
        if self._grown[t] < _FEW:
            self._which[t] = 0
        elif self._grown[t] > _MANY:
            self._which[t] = 1
        self._grown[t] = 0
        return self._grown

    def _beginnings(self, t: int, arcs: Arcs, *, brief: bool) -> Beginnings:
        """Tables at some prices of the resource, around the one that was best the last time.

        Briefly, at that one alone if there is one.
        """
        taken, loads, prices = self._resources[t], self._floor.loads, [0.0]
        unit, known = self._cost / 100 / taken.limit, self._price[t]
        if brief and known:
            prices = [known]
        elif taken.limit < _NO_LIMIT:
            prices = [known * factor for factor in _AROUND] if known else [unit * factor for factor in _FIRST]
        near, bits = self._near[self._which[t]]
        best = np.empty((len(prices), loads.most[t] + 1, len(loads.units), 1 << bits.shape[1]))
        tables = [_Table(p, self._fill(t, arcs, p, near, best[q]), q) for q, p in enumerate(prices)]
        for _ in range(_MOST_PRICES if len(prices) > 1 else 0):
            at = max(range(len(tables)), key=lambda q: tables[q].least)
            gain = tables[at].least - tables[1 if at == 0 else at - 1].least
            little = 0.0 if at else _GAIN * self._cost  # upwards from far below gains are small at first
            if 0 < at < len(tables) - 1 or not gain > little:
                break
            # The best price is farther on: its table takes the place of the one at the other end.
            price, room = tables[at].price * (2.0 if at else 0.5), tables.pop(0 if at else -1).room
            new = _Table(price, self._fill(t, arcs, price, near, best[room]), room)
            tables.insert(len(tables) if at else 0, new)
        top = max(tables, key=lambda table: table.least)
        if math.isfinite(top.least) and len(tables) > 1:
            self._price[t] = min(max(top.price, unit * _FARTHEST[0]), unit * _FARTHEST[1])
        price_of = np.array([table.price for table in sorted(tables, key=lambda table: table.room)])
        return Beginnings(price_of, best, bits, taken.reach, taken.reach_carry, top.least)

    def _fill(self, t: int, arcs: Arcs, price: float, near: Near, best: FloatArray) -> float:
        """Fill the table of a price; return the least cost of a whole walk, what it may take paid back."""
        taken, loads = self._resources[t], self._floor.loads
        go, carry = arcs.go + price * taken.take, arcs.carry + price * taken.carry
        least = float(beginnings(go, carry, loads.units, loads.spare, near, best))
        return least - price * taken.limit


def strict_floor(program: TreeProgram, day: HubDay, floor: RouteFloor, cost: float) -> StrictFloor | None:
    """Return the floor of a day; None where 64 bits do not tell neighbourhoods apart."""
    memory = _memory(day.network.distance_km)
    if memory is None:
        return None
    most = max(floor.loads.most)
    near = [near_villages(day.network.distance_km, most, number) for number in _NEAREST]
    return StrictFloor(program, day, floor, memory, near, cost)


def _resource(program: TreeProgram, day: HubDay, floor: RouteFloor, k: int) -> _Resource:
    ride, km, limits = day.rides[k], day.network.distance_km, program.day_program.limit
    if ride.electric:
        take, carry = ride.empty_per_km * km, ride.load_per_km_kg * floor.loads.unit_kg * km
        most = float(limits["range"][k])
    else:
        take, carry, most = floor.step, np.zeros_like(km), float(limits["shift"][k])
    limit = most * SLACK if math.isfinite(most) else _NO_LIMIT
    return _Resource(take, carry, limit, shortest_ways_out(take), shortest_ways_out(carry))


def _memory(km: Matrix) -> NgMemory | None:
    found = neighbourhoods(nearest(km, _NEIGHBOURS))
    if found is None:
        return None
    return NgMemory(found.bit, np.where(found.inside, found.bit[None, :], np.uint64(0)), found.common)


def _nodes(labels: Labels, end: int) -> Nodes:
    """Villages of a route in driving order, from its last label."""
    nodes, label = list[int](), int(labels.grown_from[end])
    while label >= 0:
        nodes.append(int(labels.village[label]))
        label = int(labels.grown_from[label])
    return tuple(nodes)
