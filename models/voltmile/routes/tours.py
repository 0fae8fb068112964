"""Tours: closed walks from a hub, with the few sums from which every day and vehicle type prices them."""

from __future__ import annotations

from collections.abc import Sequence
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
