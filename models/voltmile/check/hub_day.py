"""What serving a hub on a day costs at the least (models/README.md, section The two-index bound).

The two-index program holds for every set of feasible routes that visits each village once:

* ``X[k]`` counts the routes of a type, ``y[k,i]`` says which type serves a village, ``z[k,e]`` how often a
  type drives between two nodes, whatever the direction; each way is taken as short as the shorter direction;
* every kg travels at least the shortest distance from the hub to its village, so the energy for carrying it
  goes with ``y``.

Any dual values prove the sum of right-hand sides times dual values, plus for every variable the least of its
reduced cost times its value, between 0 and its upper bound. They are taken as they stand in the certificate,
and set to 0 where their sign is wrong; no linear program is solved here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from voltmile.check.arrays import Bools, Floats, exact_sum
from voltmile.check.certificate import CapacityCut, Proof
from voltmile.check.given import Given
from voltmile.check.rates import Rates
from voltmile.check.roads import RoadBook, shortest_paths, village_demand
from voltmile.check.sums import UNIT_ROUNDOFF

#: Relative excess over a capacity that is rounding.
ROOM = 1e-9


@dataclass(frozen=True)
class Ways:
    """The roads of a hub, both directions taken together; node 0 is the hub.

    Attributes
    ----------
    km, hours : array of shape (n + 1, n + 1)
        Of the shorter direction.
    away : array of shape (n,)
        Shortest distance from the hub to each village, over whatever nodes (km).
    node : mapping of str to int
        Node by village.
    """

    km: Floats
    hours: Floats
    away: Floats
    node: Mapping[str, int]

    @staticmethod
    def of(roads: RoadBook, h: str) -> Ways:
        """Look at the roads of a hub this way."""
        road = roads.of(h)
        away = shortest_paths(road.km)[0, 1:]
        return Ways(np.minimum(road.km, road.km.T), np.minimum(road.hours, road.hours.T), away, road.node)


@dataclass(frozen=True)
class Terms:
    """Reduced costs of many variables: sums, and the sums of magnitudes that bound their rounding errors."""

    value: Floats
    size: Floats

    def plus(self, *parts: Floats) -> Terms:
        """Add terms."""
        value, size = self.value, self.size
        for part in parts:
            value, size = value + part, size + np.abs(part)
        return Terms(value, size)


@dataclass(frozen=True)
class Proven:
    """What dual values prove.

    Attributes
    ----------
    value : float
        The lower bound as computed (CNY).
    error : float
        No less than what rounding can have added.
    """

    value: float
    error: float


class HubDayBound:
    """The two-index program of a hub on a day, and what a proof for it proves."""

    def __init__(self, given: Given, ways: Ways, proof: Proof, rates: Mapping[str, Rates]) -> None:
        self.given, self.ways, self.proof, self.rates = given, ways, proof, rates
        h, y, d = proof.key
        work, villages = given.nation.header.work, given.villages_of[h]
        parcels, self.kg, self.m3 = village_demand(villages, given.growth(y, d))
        self.service_h = work.service_h_per_stop + work.service_h_per_parcel * parcels
        self.inside = np.array([self._members(cut.villages) for cut in self.proof.cuts], dtype=float)

    def _members(self, villages: Sequence[str]) -> Bools:
        members = np.zeros(len(self.ways.km), dtype=bool)
        members[[self.ways.node[i] for i in villages]] = True
        return members

    def proven(self) -> Proven:
        """Evaluate the proof."""
        rows = [exact_sum(self.proof.assign)]
        rows += [2 * self._wanted(cut) * max(0.0, cut.dual) for cut in self.proof.capacity_cuts]
        sizes = exact_sum(map(abs, self.proof.assign)) + exact_sum(rows[1:])
        parts, error = [exact_sum(rows)], sizes
        for k in self.given.vehicles:
            for terms, upper in self._type(k):
                parts.append(exact_sum(np.minimum(0.0, terms.value * upper).ravel()))
                error += float((terms.size * upper).sum())
        # A reduced cost sums up to 9 terms and the cuts twice; a term took up to 12 operations, a distance n.
        operations = 2 * len(self.proof.cuts) + len(self.kg) + 24
        return Proven(exact_sum(parts), operations * UNIT_ROUNDOFF * error)

    def _wanted(self, cut: CapacityCut) -> float:
        """Right-hand side of a capacity cut, halved."""
        load = self.kg if cut.dimension == "kg" else self.m3
        demand = exact_sum(load[self.ways.node[i] - 1] for i in cut.villages)
        return rounded_up(demand / cut.divisor, 1e-9)

    def _type(self, k: str) -> list[tuple[Terms, Floats]]:
        """Reduced costs and upper bounds of X, y and z of a type; each edge once, from its smaller node."""
        proof, rates, n = self.proof, self.rates[k], len(self.kg)
        empty, load = self.given.rural_per_km(self.given.hubs[proof.hub].city, k, proof.day_type)
        dual = {row: min(0.0, by_type.get(k, 0.0)) for row, by_type in proof.limits().items()}
        if not self.given.is_electric(k):
            dual["range"] = 0.0
        degree, at_hub = np.array(proof.degree.get(k, [0.0] * n)), proof.hub_degree.get(k, 0.0)
        vehicle, carry = self.given.vehicles[k], load * self.kg * self.ways.away
        routes = _sum(
            rates.fixed,
            2 * at_hub,
            vehicle.payload_kg * dual["kg"],
            vehicle.volume_m3 * dual["m3"],
            self.given.nation.header.work.shift_h * dual["shift"],
            self.given.range_kwh(k) * dual["range"],
        )
        serve = _sum(
            rates.per_h * self.service_h,
            rates.per_unit * carry,
            -np.array(proof.assign),
            2 * degree,
            -dual["kg"] * self.kg,
            -dual["m3"] * self.m3,
            -dual["shift"] * self.service_h,
            -dual["range"] * carry,
            self._anchored(k),
        )
        ends = np.concatenate([[at_hub], degree])
        drive = _sum(
            (rates.per_km + rates.per_unit * empty) * self.ways.km,
            rates.per_h * self.ways.hours,
            -ends[:, None],
            -ends[None, :],
            -dual["shift"] * self.ways.hours,
            -dual["range"] * empty * self.ways.km,
        )
        edges = np.triu(np.ones((n + 1, n + 1)), 1)
        edges[0] *= 2
        fits = (self.kg <= vehicle.payload_kg * (1 + ROOM)) & (self.m3 <= vehicle.volume_m3 * (1 + ROOM))
        return [(routes, np.array(float(n))), (serve, fits.astype(float)), (self._crossed(k, drive), edges)]

    def _anchored(self, k: str) -> Floats:
        """2 times the dual values of the connectivity cuts, at their anchors."""
        found = np.zeros(len(self.kg))
        for cut in self.proof.connectivity_cuts:
            if cut.vehicle_type == k:
                found[self.ways.node[cut.anchor] - 1] += 2 * max(0.0, cut.dual)
        return found

    def _crossed(self, k: str, drive: Terms) -> Terms:
        """Take off the dual values of the cuts an edge crosses: one end inside, the other outside."""
        weight = self._weights(k)
        if not weight.any():
            return drive
        weighted = self.inside * weight[:, None]
        one = weighted.sum(axis=0)
        return drive.plus(-one[:, None], -one[None, :], 2 * (weighted.T @ self.inside))

    def _weights(self, k: str) -> Floats:
        """Coefficient of a type in each cut, times the cut's dual value."""
        vehicle = self.given.vehicles[k]
        carried = {
            "kg": most_carried(vehicle.payload_kg, self.kg, vehicle.volume_m3, self.m3),
            "m3": most_carried(vehicle.volume_m3, self.m3, vehicle.payload_kg, self.kg),
        }
        areas = [rounded_up(carried[cut.dimension] / cut.divisor, 1e-12) for cut in self.proof.capacity_cuts]
        links = [cut.vehicle_type == k for cut in self.proof.connectivity_cuts]
        dual = np.array([max(0.0, cut.dual) for cut in self.proof.cuts])
        return np.asarray(np.array([*areas, *links], dtype=float) * dual)


def _sum(*parts: Floats | float) -> Terms:
    zero = np.zeros(())
    return Terms(zero, zero).plus(*(np.asarray(part) for part in parts))


def most_carried(capacity: float, load: Floats, other_capacity: float, other_load: Floats) -> float:
    """Most of one dimension that a route can carry, its capacity in the other dimension included."""
    there = load > 0
    least = float((other_load[there] / load[there]).min(initial=np.inf))
    return min(capacity, other_capacity / least if least > 0 else np.inf)


def rounded_up(quotient: float, dust: float) -> float:
    """Ceiling, where a quotient above a whole number by no more than ``dust`` is that number.

    The dust of the coefficients of a cut is so much smaller than that of its right-hand side that a thousand
    routes cannot make up for the difference: the cut stays valid.
    """
    return float(np.ceil(quotient - dust))
