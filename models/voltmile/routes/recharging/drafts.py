"""Plans in the making, and what their routes cost with the best stations put in."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.routing import RoutingProblem
from voltmile.routes.recharging.follow import cheapest_place, follow
from voltmile.routes.recharging.types import VehicleType, vehicle_type

_NEVER = (math.inf, -1)


@dataclass(frozen=True, slots=True)
class Tour:
    """A vehicle type and its customers in order."""

    vehicle: int
    order: tuple[int, ...]

    def with_one(self, customer: int, place: int) -> Tour:
        """Put in a customer."""
        return Tour(self.vehicle, (*self.order[:place], customer, *self.order[place:]))

    def array(self) -> NDArray[np.int64]:
        """Return the order as the compiled operations take it."""
        return np.array(self.order, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Draft:
    """Tours and who is left out."""

    tours: tuple[Tour, ...]
    left: frozenset[int]


@dataclass(eq=False)
class Costs:
    """Costs of tours and of insertions into them, each found once.

    Attributes
    ----------
    surcharge : float
        Of every tour, where fewest come first.
    tours : dict
        Every tour measured so far.
    """

    problem: RoutingProblem
    surcharge: float
    made: list[VehicleType] = field(init=False)
    tours: dict[Tour, float] = field(default_factory=dict)
    places: dict[tuple[Tour, int], tuple[float, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.made = [vehicle_type(self.problem, k) for k in range(len(self.problem.vehicles))]

    def fixed(self, vehicle: int) -> float:
        """Cost of having a tour."""
        return self.problem.vehicles[vehicle].fixed + self.surcharge

    def of(self, tour: Tour) -> float:
        """Cost of a tour, 0 for one without customers, infinity for one that cannot be driven."""
        if not tour.order:
            return 0.0
        if tour not in self.tours:
            made = self.made[tour.vehicle]
            cost, _ = follow(made.ground, made.hops, tour.array(), math.inf)
            self.tours[tour] = float(cost) + self.fixed(tour.vehicle)
        return self.tours[tour]

    def place(self, tour: Tour, customer: int) -> tuple[float, int]:
        """Additional cost of a customer in a tour, and the place; infinity where it does not fit."""
        key = (tour, customer)
        if key not in self.places:
            self.places[key] = self._place(tour, customer)
        return self.places[key]

    def _place(self, tour: Tour, customer: int) -> tuple[float, int]:
        demand, vehicle = self.problem.demand, self.problem.vehicles[tour.vehicle]
        if math.fsum([*demand[list(tour.order)], demand[customer]]) > vehicle.capacity * (1 + 1e-9):
            return _NEVER
        made = self.made[tour.vehicle]
        cost, at = cheapest_place(made.ground, made.hops, tour.array(), customer, math.inf)
        if at < 0:
            return _NEVER
        whole = float(cost) + self.fixed(tour.vehicle)
        self.tours[tour.with_one(customer, int(at))] = whole
        return whole - self.of(tour), int(at)

    def value(self, draft: Draft) -> tuple[int, float]:
        """How much a draft lacks, in customers and vehicles, or has too many of, and what it costs."""
        most = self.problem.max_routes
        lacking = len(draft.left) + sum(missing(self.problem, draft.tours))
        lacking += 0 if most is None else max(len(draft.tours) - most, 0)
        return lacking, math.fsum(self.of(tour) for tour in draft.tours)


def used(problem: RoutingProblem, tours: Iterable[Tour]) -> list[int]:
    """Count the tours of each type."""
    counts = [0] * len(problem.vehicles)
    for tour in tours:
        counts[tour.vehicle] += 1
    return counts


def missing(problem: RoutingProblem, tours: Iterable[Tour]) -> list[int]:
    """Tours of each type short of the least number there have to be."""
    return [max(v.least - n, 0) for v, n in zip(problem.vehicles, used(problem, tours), strict=True)]
