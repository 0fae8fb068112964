"""The E-VRP-NL files of Montoya, Gueret, Mendoza and Villegas (2017), XML of the VRP-REP."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np

from voltmile.problem.benchmarks.assemble import Nodes, assemble
from voltmile.problem.benchmarks.distances import euclidean
from voltmile.problem.benchmarks.montoya_fleet import Fleet, read_fleet
from voltmile.problem.benchmarks.source import Source
from voltmile.problem.benchmarks.xml_tree import Branch
from voltmile.problem.routing import Matrix, RoutingProblem, Vector

_DEPOT, _CUSTOMER, _STATION = "0", "1", "2"


def read_montoya(source: Source) -> list[RoutingProblem]:
    """Read an E-VRP-NL file: least driving and charging time, charging that slows down as the battery fills.

    Times are in hours, distances in km, energy in Wh. Service counts in the longest duration but not in the
    cost. There is no load: capacity is infinite and demands are 0.

    Raises
    ------
    BenchmarkError
    """
    try:
        root = Branch(source, ElementTree.fromstring(source.text), "instance")
    except ElementTree.ParseError as error:
        raise source.error(error.position[0], f"is not XML: {str(error).split(':')[0]}") from error
    if root.element.tag != "instance":
        raise source.error(root.element.tag, "is the outermost element; valid: instance")
    nodes, kinds, points = _nodes(root)
    labels = tuple(node.attribute("id") for node in nodes)
    customers = kinds.count(_CUSTOMER)
    fleet = read_fleet(root.child("fleet").child("vehicle_profile"), labels[0])
    distance = euclidean(source, points, "real")
    return [
        assemble(
            source,
            Nodes(
                labels=labels,
                coordinates=points,
                demand=np.zeros(customers + 1),
                service=_service(root, labels[: customers + 1]),
                stations=_stations(nodes[customers + 1 :], fleet),
            ),
            [fleet.vehicle],
            distance,
            time=distance / fleet.speed,
            family=f"E-VRP-NL {customers}",
            variant="E-VRP-NL",
        )
    ]


def _nodes(root: Branch) -> tuple[list[Branch], list[str], Matrix]:
    """Return the nodes, their types and coordinates, the depot first and the stations last."""
    network = root.child("network")
    network.only("nodes", "euclidean", "decimals")
    network.child("euclidean")
    nodes = network.child("nodes").children("node")
    for node in nodes:
        kind = node.attribute("type")
        if kind not in (_DEPOT, _CUSTOMER, _STATION):
            raise node.error(f"its type is {kind!r}; valid: 0 (depot), 1 (customer), 2 (station)")
        node.only("cx", "cy", *(["custom"] if kind == _STATION else []))
    nodes = sorted(nodes, key=lambda node: node.attribute("type"))
    kinds = [node.attribute("type") for node in nodes]
    if kinds.count(_DEPOT) != 1:
        raise root.source.error("nodes", f"there are {kinds.count(_DEPOT)} depots (type 0); valid: one")
    labels = [node.attribute("id") for node in nodes]
    for node in nodes:
        if labels.count(node.attribute("id")) > 1:
            raise node.error("is given twice")
    return nodes, kinds, np.array([[node.number("cx"), node.number("cy")] for node in nodes])


def _service(root: Branch, labels: tuple[str, ...]) -> Vector:
    """Return the service time of each node, each customer having one request."""
    found: dict[str, float] = {}
    for request in root.child("requests").children("request"):
        request.only("service_time")
        node = request.attribute("node")
        if node not in labels[1:] or node in found:
            what = "has two requests" if node in found else "is not a customer"
            raise request.error(f"node {node} {what}; valid: one request for each customer")
        found[node] = request.number("service_time", least=0)
    missing = [label for label in labels[1:] if label not in found]
    if missing:
        raise root.source.error("requests", f"none for customer {missing[0]}; valid: one for each customer")
    return np.array([0.0] + [found[label] for label in labels[1:]])


def _stations(nodes: list[Branch], fleet: Fleet) -> tuple[str, ...]:
    kinds = tuple(node.child("custom").text("cs_type") for node in nodes)
    battery = fleet.vehicle.battery
    for node, kind in zip(nodes, kinds, strict=True):
        if battery is None or kind not in battery.charging:
            raise node.error(f"there is no charging function for its kind {kind!r}")
    return kinds
