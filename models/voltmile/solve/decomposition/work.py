"""The work on one city: tours, columns, bounds and plans. Runs in any process, knows no other city."""

from __future__ import annotations

import math
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voltmile.problem.nation import Nation
from voltmile.routes.columns import Column
from voltmile.solve import bounding, hub_work, offers
from voltmile.solve.certificate import HubDayProof
from voltmile.solve.crew import Crew
from voltmile.solve.decomposition.effort import CityEffort
from voltmile.solve.decomposition.frames import City, CityFrame, city_frame, city_of
from voltmile.solve.decomposition.proposals import Proposals, proposals_of
from voltmile.solve.frame import Vector
from voltmile.solve.hub_bound import nothing_proven
from voltmile.solve.hub_work import FirstServings
from voltmile.solve.offers import Offers
from voltmile.solve.prices import Block, BlockKey, lagrangian
from voltmile.solve.progress import unheard
from voltmile.solve.run import Run
from voltmile.solve.use import RouteUse, use_of

CityTours = dict[str, FirstServings]
"""By hub with villages, servings and first uses: what is known before there are limits and prices."""


@dataclass(frozen=True)
class Framed:
    """A city's program but for its routes, and its first uses as columns of it."""

    frame: CityFrame
    proposals: Proposals


@dataclass(frozen=True)
class CityColumns:
    """Routes of a city by hub and day, and plans of each day as positions of routes."""

    columns: dict[BlockKey, tuple[Column, ...]]
    plans: dict[BlockKey, tuple[tuple[int, ...], ...]]
    proposals: Proposals

    def uses(self, blocks: Mapping[BlockKey, Block]) -> dict[BlockKey, list[RouteUse]]:
        """Return what each plan takes."""
        return {
            key: [use_of(blocks[key].day, [self.columns[key][j] for j in plan]) for plan in plans]
            for key, plans in self.plans.items()
        }


@dataclass(frozen=True)
class CityBound:
    """A lower bound on what a city costs at prices, over all routes.

    Attributes
    ----------
    value : float
        Priced uses of the shared rows included.
    dual : array
        Of the city's own rows.
    proofs : tuple of HubDayProof
    """

    value: float
    dual: Vector
    proofs: tuple[HubDayProof, ...]


def tours(nation: Nation, city_id: str, effort: CityEffort, seed: int) -> CityTours:
    """Search tours of every hub; the nation's limits do not matter."""
    city = city_of(nation, city_id)
    hubs = sorted({key[0] for key in city.blocks})
    iterations = effort.solve.tour_iterations
    return {hub: hub_work.first_servings(city.nation, hub, iterations, seed) for hub in hubs}


def framed(nation: Nation, city_id: str, known: CityTours) -> Framed:
    """State a city's program under the nation's limits."""
    city = city_of(nation, city_id)
    frame = city_frame(city)
    uses = {(h, y, d): found for h, one in known.items() for (y, d), found in one.uses.items()}
    return Framed(frame, proposals_of(city, frame, uses))


def columns(
    nation: Nation,
    city_id: str,
    frame: CityFrame,
    known: CityTours,
    prices: Vector,
    effort: CityEffort,
    seed: int,
) -> CityColumns:
    """Search routes and plans of every hub and day at prices of the shared rows."""
    city = city_of(nation, city_id)
    with Crew(city.nation, 1) as crew:
        run = _run(city, crew, effort, seed)
        found, _ = offers.gather(run, city.blocks_at(prices), frame.at(prices), known)
    made = {key: tuple(offer.columns) for key, offer in found.items()}
    plans = {key: tuple(offer.plans) for key, offer in found.items()}
    uses = {key: list(offer.plans.values()) for key, offer in found.items()}
    return CityColumns(made, plans, proposals_of(city, frame, uses))


def bound(
    nation: Nation,
    city_id: str,
    frame: CityFrame,
    known: CityColumns,
    prices: Vector,
    dual: Vector,
    effort: CityEffort,
) -> CityBound:
    """Bound a city from below at prices of the shared rows, beginning with dual values of its own rows."""
    city = city_of(nation, city_id)
    priced = frame.at(prices)
    blocks = city.blocks_at(prices)
    uses = known.uses(city.blocks)
    given = {
        key: Offers(block, list(known.columns[key]), dict(zip(known.plans[key], uses[key], strict=True)))
        for key, block in blocks.items()
    }
    with Crew(city.nation, 1) as crew:
        found = bounding.bound(_run(city, crew, effort, 0), priced, given, priced.clipped(dual))
    return CityBound(found.value, found.dual, tuple(hub.proof for hub in found.hubs.values()))


def nothing_bounded(
    nation: Nation, city_id: str, frame: CityFrame, prices: Vector, dual: Vector
) -> CityBound:
    """Bound a city as if its routes cost nothing: what there is before any hub is looked at."""
    priced = frame.at(prices)
    valid = priced.clipped(dual)
    blocks = city_of(nation, city_id).blocks_at(prices)
    found = [nothing_proven(block.day, block.rates(priced, valid)) for block in blocks.values()]
    value = lagrangian(priced, valid, [one.value for one in found])
    return CityBound(value, valid, tuple(one.proof for one in found))


def _run(city: City, crew: Crew, effort: CityEffort, seed: int) -> Run:
    """Return a run without listeners and without an end but its own."""
    return Run(city.nation, crew, effort.solve, seed, unheard, threading.Event(), math.inf)


def all_columns(known: CityColumns) -> list[Column]:
    """Routes of all days, in the order of the blocks."""
    return [column for columns in known.columns.values() for column in columns]


def positions(known: CityColumns, chosen: Mapping[BlockKey, int]) -> Sequence[int]:
    """Positions in :func:`all_columns` of the routes of one plan for every block."""
    found, first = list[int](), 0
    for key, columns in known.columns.items():
        found += [first + j for j in known.plans[key][chosen[key]]]
        first += len(columns)
    return found
