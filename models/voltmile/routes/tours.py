"""Tours: closed walks from a hub, with the few sums from which every day and vehicle type prices them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from voltmile.routes.network import Network


@dataclass(frozen=True, slots=True)
class Tour:
    """A closed walk hub - villages - hub on a plain day.

    A day scales the demand of all villages alike, so that kilometres and driving hours are the same on
    every day and the carried load (``kg_km``) and ``kg``, ``m3``, ``parcels`` scale with the day's factor.

    Attributes
    ----------
    nodes : tuple of int
        Node numbers in driving order, without the hub.
    distance_km, drive_h : float
        Over all arcs.
    kg, m3, parcels : float
        Sum over the villages.
    kg_km : float
        Sum over the arcs of kilometres times the kg aboard.
    """

    nodes: tuple[int, ...]
    distance_km: float
    drive_h: float
    kg: float
    m3: float
    parcels: float
    kg_km: float


def tour_of(network: Network, nodes: Sequence[int]) -> Tour:
    """Measure the tour that visits these nodes in this order."""
    distance = drive = kg_km = 0.0
    kg = float(sum(network.kg[i] for i in nodes))
    aboard, before = kg, 0
    for node in (*nodes, 0):
        km = float(network.distance_km[before, node])
        distance += km
        drive += float(network.drive_h[before, node])
        kg_km += km * aboard
        aboard -= float(network.kg[node])
        before = node
    return Tour(
        nodes=tuple(int(i) for i in nodes),
        distance_km=distance,
        drive_h=drive,
        kg=kg,
        m3=float(sum(network.m3[i] for i in nodes)),
        parcels=float(sum(network.parcels[i] for i in nodes)),
        kg_km=kg_km,
    )


class TourPool:
    """Distinct tours of one hub, in the order in which they were found."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self._tours: dict[tuple[int, ...], Tour] = {}

    def __len__(self) -> int:
        return len(self._tours)

    def __iter__(self) -> Iterator[Tour]:
        return iter(self._tours.values())

    def add(self, nodes: Sequence[int]) -> Tour:
        """Add the tour in both driving directions (the load makes them differ); return it as given."""
        key = tuple(nodes)
        for order in (key, key[::-1]):
            if order not in self._tours:
                self._tours[order] = tour_of(self.network, order)
        return self._tours[key]

    def extend(self, many: Iterable[Sequence[int]]) -> None:
        """Add many tours."""
        for nodes in many:
            self.add(nodes)
