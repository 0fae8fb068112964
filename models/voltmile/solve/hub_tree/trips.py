"""Routes of negative reduced cost of a hub-day, and how negative at most, safely."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from voltmile.routes.day import HubDay
from voltmile.routes.network import Matrix, Vector
from voltmile.routes.rates import Rates
from voltmile.solve.hub_tree.labels import Ends, Found, Trip, cheapest, settle
from voltmile.solve.hub_tree.program import worth_having
from voltmile.solve.hub_tree.ruin import Nodes
from voltmile.solve.two_index import Ints, day_program

#: A feasible route may exceed a limit by 1e-9, and sums are not exact.
_SLACK = 1 + 1e-8
#: Steps of completion tables: in the search for routes, and for a bound.
_ROUGH_STEPS, _STEPS = 300, 800
#: Villages that fit the two words of a label's memory.
MOST_VILLAGES = 127


class Trips:
    """Pricing of a hub-day without time windows, one vehicle type after the other.

    Parameters
    ----------
    neighbours : int
        Villages each village remembers, itself apart.
    most : int
        Labels at which a labelling gives up.

    Attributes
    ----------
    types : tuple of int
        Positions in ``day.rides``; another type does better in everything than those left out.
    floor : tuple of float
        No plan of m routes costs less than the first plus m times the second.
    """

    def __init__(self, day: HubDay, rates: Sequence[Rates], neighbours: int, most: int) -> None:
        self.day, self.rates, self._most = day, list(rates), most
        self.types = worth_having(day, rates)
        self._carries = day_program(day).carries
        net, n = day.network, day.network.size
        self._step = net.drive_h + np.r_[0.0, day.service_h[1:]][:, None]
        apart = self._step[1:] + np.where(np.eye(n + 1)[1:] > 0, np.inf, 0.0)
        self._width = float(apart.min()) * (1 - 1e-9)
        self._near = _memories(net.distance_km, neighbours)
        self.floor = self._floor()

    @property
    def possible(self) -> bool:
        """Whether labelling can do it: no windows, every step takes time, villages fit a memory."""
        day = self.day
        slices = day.shift_h / max(self._width, 1e-12)
        return not day.network.has_windows and day.network.size <= MOST_VILLAGES and slices < 5000

    def price(self, kind: int, prize: Vector, below: float, per_slice: int) -> tuple[Found, float]:
        """Label one type; what was found, and a safe bound on the reduced cost of every route of it.

        Parameters
        ----------
        prize : array, shape (n + 1,)
            Dual value of each village; 0 at the hub.
        below : float
            Not positive: only routes under it are found.
        per_slice : int
            As in ``labels.settle``; the bound is minus infinity unless it is 0.
        """
        trip = self._trip(kind, prize)
        ends = self._ends(trip, _ROUGH_STEPS if per_slice else _STEPS, safe=not per_slice)
        found = settle(trip, ends, self._width, below, per_slice, self._most)
        if not found.complete:
            return found, -np.inf
        return found, min(found.least, below) - self._rounding(trip, float(prize.max()))

    def routes(self, found: Found, most: int) -> list[Nodes]:
        """Return the best routes found, no more than a share of them with the same first village."""
        share, routes, firsts = max(1, most // 15), dict[Nodes, None](), dict[int, int]()
        for at in np.argsort(found.reduced, kind="stable").tolist():
            label = int(found.last[at])
            first = int(found.node[label])
            if firsts.get(first, 0) >= share:
                continue
            firsts[first] = firsts.get(first, 0) + 1
            nodes = []
            while label >= 0:
                nodes.append(int(found.node[label]))
                label = int(found.pred[label])
            routes[tuple(nodes)] = None
            if len(routes) == most:
                break
        return list(routes)

    def _trip(self, kind: int, prize: Vector) -> Trip:
        day, ride, rate = self.day, self.day.rides[kind], self.rates[kind]
        km, electric = day.network.distance_km, ride.electric
        go = (rate.per_km + rate.per_unit * ride.empty_per_km) * km + rate.per_h * self._step - prize[:, None]
        go[0] += rate.fixed
        reach = (day.kg <= ride.payload_kg * _SLACK) & (day.m3 <= ride.volume_m3 * _SLACK)
        reach[0] = True
        return Trip(
            go=go,
            km=km,
            step=self._step,
            kg=day.kg,
            m3=day.m3,
            near=self._near,
            reach=reach,
            of_kg_km=rate.per_unit * ride.load_per_km_kg,
            empty=ride.empty_per_km if electric else 1.0,
            load=ride.load_per_km_kg if electric else 0.0,
            most_kg=float(self._carries["kg"][kind]) * _SLACK,
            most_m3=float(ride.volume_m3) * _SLACK,
            most_h=day.shift_h * _SLACK,
            most_energy=(ride.usable_kwh if electric else np.inf) * _SLACK,
        )

    def _ends(self, trip: Trip, steps: int, *, safe: bool) -> Ends:
        """Completion tables; in the search for routes they may cut too much off."""
        kg = np.broadcast_to(trip.kg[:, None], trip.km.shape)
        far = trip.most_energy / trip.empty
        tables, per, per_h = [], [], []
        for use, most in ((kg, trip.most_kg), (trip.km, far)):
            shown = _units(use, most, self._step, trip.most_h, self._width, steps, safe)
            if shown is None:
                tables.append(np.zeros((len(trip.kg), 0)))
                per.append(0.0)
                per_h.append(0.0)
            else:
                tables.append(cheapest(trip.go, shown[0], trip.reach, steps + 1))
                per.append(shown[1])
                per_h.append(shown[2])
        return Ends(tables[0], tables[1], per[0], per[1], per_h[0], per_h[1])

    def _floor(self) -> tuple[float, float]:
        """Cheapest services and a spanning tree; the fixed cost and an edge at the hub, for each route."""
        day, km, n = self.day, self.day.network.distance_km, self.day.network.size
        rides = [(self.rates[k], day.rides[k]) for k in self.types]
        drive = np.min(
            [(r.per_km + r.per_unit * v.empty_per_km) * km + r.per_h * day.network.drive_h for r, v in rides],
            axis=0,
        )
        drive = np.minimum(drive, drive.T)
        serve = min(r.per_h for r, _ in rides) * float(day.service_h[1:].sum())
        joined, tree = np.arange(n + 1) == 0, 0.0
        apart = drive[0].copy()
        for _ in range(n):  # Prim
            apart[joined] = np.inf
            new = int(apart.argmin())
            tree += float(apart[new])
            joined[new] = True
            apart = np.minimum(apart, drive[new])
        each = min(r.fixed for r, _ in rides) + float(drive[0, 1:].min())
        return (serve + tree) * (1 - 1e-12), each * (1 - 1e-12)

    def _rounding(self, trip: Trip, most_prize: float) -> float:
        """More than rounding can have changed a reduced cost by (models/ROUTING.md, *Hub-days*)."""
        steps = max(self.day.shift_h * _SLACK / self._width, _STEPS) + 3
        largest = float(trip.go.max()) + 2 * most_prize  # of what is summed up to one step
        largest += trip.of_kg_km * trip.most_kg * float(trip.km.max())
        return float(8 * steps * 2.0**-52 * steps * largest)


def _units(
    use: Matrix, most: float, step: Matrix, most_h: float, width: float, steps: int, safe: bool
) -> tuple[Ints, float, float] | None:
    """Whole units of every arc, and units in each unit of the resource and of hours; None: no limit at all.

    As much of time is mixed in as it takes for every step to count at least one unit.
    """
    mixed = min(most_h / (width * steps) * (1 + 1e-6), 1.0)
    if not np.isfinite(most) or most <= 0 or (safe and mixed >= 1.0):
        return None
    if not safe:
        mixed = 0.0
    per, per_h = (1 - mixed) * steps / most, mixed * steps / most_h
    units = np.floor((use * per + step * per_h) * (1 - 1e-12)).astype(np.int64)
    if not safe:
        units[1:] = np.maximum(units[1:], 1)
    off = units[1:] + np.eye(len(use), dtype=np.int64)[1:]
    return (units, per, per_h) if (off >= 1).all() else None


def _memories(km: Matrix, neighbours: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint64]]:
    """Nearest villages of each village as bits of two words."""
    n = len(km) - 1
    both = km[1:, 1:] + km[1:, 1:].T + np.diag(np.full(n, -np.inf))
    order = np.argsort(both, axis=1, kind="stable")[:, : min(neighbours + 1, n)] + 1
    near = np.zeros((n + 1, 2), dtype=np.uint64)
    for i in range(1, n + 1):
        for j in order[i - 1].tolist():
            if j <= MOST_VILLAGES:
                near[i, j >> 6] |= np.uint64(1) << np.uint64(j & 63)
    return near
