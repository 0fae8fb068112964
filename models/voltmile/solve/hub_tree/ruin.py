"""Plans by ruin and recreate, with every route measured as the model measures it.

Christiaens and Vanden Berghe (2020, doi:10.1287/trsc.2019.0914): strings of villages near a seed leave their
routes and come back one by one where they cost least, under simulated annealing. A route is driven by the
type that does it at least cost; load, shift and the energy under the true load are limits, so that no guess
of the load aboard is needed. One extra ruin takes out whole routes, which changes the fleet.
"""

# ruff: noqa: NPY002 - numba's own generator
from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voltmile.routes.day import HubDay
from voltmile.routes.pool_prices import pool_prices
from voltmile.routes.rates import Rates
from voltmile.solve.matrix import FloatArray

Nodes = tuple[int, ...]

#: Pieces of a search, after each of which the tours at hand are remembered; temperatures as shares of the
#: mean price of a vehicle-day (of a round trip, where vehicles are free).
_PIECES, _HOT, _COLD = 40, 0.5, 0.005
#: Columns of ``Ground.types``.
_KG, _M3, _USABLE, _FIXED, _OF_KM, _OF_H, _OF_KG_KM, _EMPTY, _LOAD = range(9)
#: Mean villages that leave at once, the longest string, chance to pass a place over, chance of the ruins.
_OUT, _STRING, _BLINK, _SPLIT, _WHOLE = 10.0, 12.0, 0.01, 0.5, 0.03
_ROOM = 1 + 1e-9


class Ground(NamedTuple):
    """A hub-day as arrays; node 0 is the hub.

    Attributes
    ----------
    km, hours : array, shape (n + 1, n + 1)
    kg, m3, service : array, shape (n + 1,)
    near : array of int, shape (n + 1, n)
        Villages by distance from each node, itself first.
    types : array, shape (k, 9)
        Payload, volume, usable energy; cost of a route, a km, an hour, a kg km; energy of a km and a kg km.
    shift : float
    """

    km: Any
    hours: Any
    kg: Any
    m3: Any
    service: Any
    near: Any
    types: Any
    shift: float


class Annealing:
    """Searches of one hub-day without time windows."""

    def __init__(self, day: HubDay, rates: Sequence[Rates]) -> None:
        self._day, self._rates = day, rates
        self._ground = ground_of(day, rates)
        self._n = day.network.size
        mean = float(np.mean([r.fixed for r in rates]))
        trips = self._ground.types[:, [_OF_KM, _OF_H]].mean(axis=0) @ [
            2 * float(day.network.distance_km[0].mean()),
            2 * float(day.network.drive_h[0].mean()) + float(day.service_h.mean()),
        ]
        self._unit = max(mean, float(trips), 1e-9)

    def search(self, iterations: int, seed: int) -> list[Nodes]:
        """Search once from round trips to single villages; the tours of the plans along the way.

        Villages that no type can serve on a trip of their own make every plan cost infinity: none is found.
        """
        return self._search(self._ground, np.ones(self._n, dtype=np.int64), iterations, seed)[0]

    def search_alone(self, ride: int, iterations: int, seed: int) -> tuple[list[Nodes], float]:
        """Search with one type only; the tours, and the cost of the best plan.

        Villages that it cannot serve are left out, each at the cost of a round trip with the cheapest type
        that can.

        Parameters
        ----------
        ride : int
            Position in ``day.rides``.
        """
        ground = self._ground._replace(types=self._ground.types[ride : ride + 1].copy())
        served = np.isfinite(self._round_trips[:, ride])
        tours, cost = self._search(ground, served.astype(np.int64), iterations, seed)
        return tours, cost + float(self._round_trips[~served].min(axis=1).sum())

    @cached_property
    def _round_trips(self) -> FloatArray:
        """Cost of a trip to each village alone by each type, shape (n, k); infinity where it cannot."""
        return pool_prices(self._day, [(i,) for i in range(1, self._n + 1)], self._rates).cost

    def _search(
        self, ground: Ground, sizes: NDArray[np.int64], iterations: int, seed: int
    ) -> tuple[list[Nodes], float]:
        n, least = self._n, np.inf
        nodes = np.zeros((n, n), dtype=np.int64)
        nodes[:, 0] = np.arange(1, n + 1)
        cooling = (_COLD / _HOT) ** (1 / _PIECES)
        found: dict[Nodes, None] = {}
        for piece in range(_PIECES):
            hot = _HOT * self._unit * cooling**piece
            many = iterations // _PIECES + (piece < iterations % _PIECES)
            best, held, cost = anneal(ground, nodes, sizes, many, hot, hot * cooling, (seed + piece) % 2**32)
            least = min(least, cost)
            for a, b in ((nodes, sizes), (best, held)):
                found |= dict.fromkeys(tuple(a[r, : b[r]].tolist()) for r in range(n) if b[r])
        return list(found), float(least)


def ground_of(day: HubDay, rates: Sequence[Rates]) -> Ground:
    """Reduce a hub-day and its rates to arrays."""
    net = day.network
    types = [
        (
            ride.payload_kg,
            ride.volume_m3,
            ride.usable_kwh if ride.electric else np.inf,
            rate.fixed,
            rate.per_km + rate.per_unit * ride.empty_per_km,
            rate.per_h,
            rate.per_unit * ride.load_per_km_kg,
            ride.empty_per_km,
            ride.load_per_km_kg,
        )
        for ride, rate in zip(day.rides, rates, strict=True)
    ]
    return Ground(
        km=net.distance_km,
        hours=net.drive_h,
        kg=day.kg,
        m3=day.m3,
        service=day.service_h,
        near=np.argsort(net.distance_km[:, 1:], axis=1, kind="stable") + 1,
        types=np.array(types, dtype=np.float64),
        shift=float(day.shift_h),
    )


@njit(cache=True)
def _price(g: Ground, km: float, hours: float, kg: float, m3: float, kg_km: float) -> tuple[float, int]:
    """Least cost over the types that can drive a route, and the type; infinity without one."""
    best, kind = np.inf, -1
    if hours > g.shift * _ROOM:
        return best, kind
    for k in range(len(g.types)):
        row = g.types[k]
        cost = row[_FIXED] + row[_OF_KM] * km + row[_OF_H] * hours + row[_OF_KG_KM] * kg_km
        if (
            cost < best
            and kg <= row[_KG] * _ROOM
            and m3 <= row[_M3] * _ROOM
            and row[_EMPTY] * km + row[_LOAD] * kg_km <= row[_USABLE] * _ROOM
        ):
            best, kind = cost, k
    return best, kind


@njit(cache=True)
def _measure(g: Ground, nodes: Any, size: int, sums: Any) -> tuple[float, int]:
    """Km, hours, kg, m3 and kg km of a route into ``sums``; its price."""
    km, hours, kg, m3, kg_km, before = 0.0, 0.0, 0.0, 0.0, 0.0, 0
    for p in range(size):
        i = nodes[p]
        km += g.km[before, i]
        hours += g.hours[before, i] + g.service[i]
        kg += g.kg[i]
        m3 += g.m3[i]
        kg_km += g.kg[i] * km
        before = i
    km += g.km[before, 0]
    hours += g.hours[before, 0]
    sums[0], sums[1], sums[2], sums[3], sums[4] = km, hours, kg, m3, kg_km
    return _price(g, km, hours, kg, m3, kg_km)


@njit(cache=True)
def _place(g: Ground, nodes: Any, size: int, sums: Any, c: int, least: float, able: Any) -> tuple[float, int]:
    """Cheapest price of a route with one village more if it is under ``least``, and its position.

    ``able``, room for a number for each type, is overwritten.
    """
    best, at, out, aboard, before = least, -1, 0.0, sums[2], 0
    kg, m3 = sums[2] + g.kg[c], sums[3] + g.m3[c]
    many = 0
    for k in range(len(g.types)):  # load does not depend on the position, and rules out most types
        if kg <= g.types[k, _KG] * _ROOM and m3 <= g.types[k, _M3] * _ROOM:
            able[many] = k
            many += 1
    if many == 0:
        return best, at
    for p in range(size + 1):
        after = nodes[p] if p < size else 0
        hours = sums[1] + g.hours[before, c] + g.hours[c, after] - g.hours[before, after] + g.service[c]
        if np.random.random() >= _BLINK and hours <= g.shift * _ROOM:
            more = g.km[before, c] + g.km[c, after] - g.km[before, after]
            km = sums[0] + more
            kg_km = sums[4] + g.kg[c] * (out + g.km[before, c]) + more * aboard
            for a in range(many):
                row = g.types[able[a]]
                cost = row[_FIXED] + row[_OF_KM] * km + row[_OF_H] * hours + row[_OF_KG_KM] * kg_km
                if cost < best and row[_EMPTY] * km + row[_LOAD] * kg_km <= row[_USABLE] * _ROOM:
                    best, at = cost, p
        if p < size:
            out += g.km[before, after]
            aboard -= g.kg[after]
            before = after
    return best, at


@njit(cache=True)
def _ruin(g: Ground, nodes: Any, sizes: Any, where: Any, touched: Any, out: Any) -> int:
    """Take strings of villages near a seed out of their routes; how many."""
    n, gone = len(g.kg) - 1, 0
    routes = 0
    for r in range(n):
        routes += sizes[r] > 0
    if np.random.random() < _WHOLE:
        longest, strings = float(n), 1 + np.random.randint(2)
    else:
        longest = min(_STRING, n / max(routes, 1))
        strings = int(np.random.random() * (4 * _OUT / (1 + longest) - 1) + 1)
    seed = 1 + np.random.randint(n)
    for a in range(n):
        if strings <= 0:
            break
        c = g.near[seed, a]
        r = where[c]
        if r < 0 or touched[r]:
            continue
        touched[r] = True
        strings -= 1
        size = sizes[r]
        most = int(min(longest, float(size)))
        length = size if longest >= n else 1 + np.random.randint(most)
        spared = 0
        if length < size and length > 1 and np.random.random() < _SPLIT:
            spared = 1
            while length + spared < size and np.random.random() > 0.1:
                spared += 1
        at = 0
        while nodes[r, at] != c:
            at += 1
        low, high = max(0, at - length - spared + 1), min(at, size - length - spared)
        first = low + np.random.randint(high - low + 1)
        keep_from = first + (1 + np.random.randint(length - 1) if spared else length)
        keep_to = keep_from + spared
        kept = 0
        for p in range(size):
            i = nodes[r, p]
            if first <= p < keep_from or keep_to <= p < first + length + spared:
                out[gone] = i
                where[i] = -1
                gone += 1
            else:
                nodes[r, kept] = i
                kept += 1
        sizes[r] = kept
    return gone


@njit(cache=True)
def _sort(g: Ground, out: Any, gone: int) -> None:
    """Put the villages taken out in one of four orders: any, most load first, far first, near first."""
    draw, keys = np.random.randint(11), np.empty(gone)
    for a in range(gone):
        if draw < 4:
            keys[a] = np.random.random()
        elif draw < 8:
            keys[a] = -g.m3[out[a]] - 1e-3 * g.kg[out[a]]
        elif draw < 10:
            keys[a] = -g.km[0, out[a]]
        else:
            keys[a] = g.km[0, out[a]]
    order = np.argsort(keys)
    out[:gone] = out[:gone][order]


@njit(cache=True)
def _recreate(
    g: Ground, nodes: Any, sizes: Any, sums: Any, price: Any, where: Any, out: Any, gone: int
) -> bool:
    """Put villages back one by one where they cost least; False where one has no place."""
    n, able = len(g.kg) - 1, np.empty(len(g.types), dtype=np.int64)
    for a in range(gone):
        c = out[a]
        best, to, at, opened = np.inf, -1, -1, False
        for r in range(n):
            if sizes[r] == 0 and opened:
                continue
            opened |= sizes[r] == 0
            before = price[r] if sizes[r] else 0.0
            cost, p = _place(g, nodes[r], sizes[r], sums[r], c, best + before, able)
            if p >= 0:
                best, to, at = cost - before, r, p
        if to < 0:
            return False
        for p in range(sizes[to], at, -1):
            nodes[to, p] = nodes[to, p - 1]
        nodes[to, at] = c
        sizes[to] += 1
        where[c] = to
        price[to], _ = _measure(g, nodes[to], sizes[to], sums[to])
    return True


@njit(cache=True)
def anneal(
    g: Ground, nodes: Any, sizes: Any, iterations: int, hot: float, cold: float, seed: int
) -> tuple[Any, Any, float]:
    """Improve a plan in place of ``nodes`` (n, n) and ``sizes`` (n,); the best one and its cost.

    Parameters
    ----------
    hot, cold : float
        First and last temperature, in the unit of the costs.
    """
    np.random.seed(seed)
    n = len(g.kg) - 1
    sums, price, where = np.zeros((n, 5)), np.zeros(n), np.full(n + 1, -1)
    for r in range(n):
        if sizes[r]:
            price[r], _ = _measure(g, nodes[r], sizes[r], sums[r])
        for p in range(sizes[r]):
            where[nodes[r, p]] = r
    cost = price.sum()
    best, best_nodes, best_sizes = cost, nodes.copy(), sizes.copy()
    out, touched = np.empty(n, dtype=np.int64), np.zeros(n, dtype=np.bool_)
    old_nodes, old_sizes, old_sums = nodes.copy(), sizes.copy(), sums.copy()
    old_price, old_where = price.copy(), where.copy()
    cooling = (cold / hot) ** (1.0 / max(iterations, 1))
    heat = hot
    for _ in range(iterations):
        heat *= cooling
        touched[:] = False
        gone = _ruin(g, nodes, sizes, where, touched, out)
        done = True
        for r in range(n):
            if touched[r]:
                price[r] = 0.0
                sums[r] = 0.0
                if sizes[r]:
                    price[r], _ = _measure(g, nodes[r], sizes[r], sums[r])
                    done &= price[r] < np.inf
        _sort(g, out, gone)
        done = done and _recreate(g, nodes, sizes, sums, price, where, out, gone)
        if done:
            for r in range(n):
                if sizes[r] and (sizes[r] != old_sizes[r] or (nodes[r] != old_nodes[r]).any()):
                    nodes[r, : sizes[r]] = nodes[r, : sizes[r]][::-1].copy()
                    turned, _ = _measure(g, nodes[r], sizes[r], sums[r])
                    if turned >= price[r]:
                        nodes[r, : sizes[r]] = nodes[r, : sizes[r]][::-1].copy()
                        price[r], _ = _measure(g, nodes[r], sizes[r], sums[r])
                    else:
                        price[r] = turned
        now = 0.0
        for r in range(n):
            now += price[r] if sizes[r] else 0.0
        if done and now < cost - heat * np.log(np.random.random()):
            cost = now
            for r in range(n):
                if sizes[r] or old_sizes[r]:
                    old_nodes[r], old_sums[r] = nodes[r], sums[r]
            old_sizes[:], old_price[:], old_where[:] = sizes, price, where
            if cost < best - 1e-9 * best:
                best, best_nodes[:], best_sizes[:] = cost, nodes, sizes
        else:
            for r in range(n):
                if sizes[r] or old_sizes[r]:
                    nodes[r], sums[r] = old_nodes[r], old_sums[r]
            sizes[:], price[:], where[:] = old_sizes, old_price, old_where
    return best_nodes, best_sizes, best
