"""The joint program cut in two: what belongs to one city, and what the cities share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import scipy.sparse as sp

from voltmile.problem.limits import (
    BudgetLimit,
    CarbonLimit,
    GreenCitiesLimit,
    JourneyLimit,
    Limit,
    SupplyLimit,
)
from voltmile.problem.nation import Nation
from voltmile.problem.parts import part
from voltmile.programs.journey import visits
from voltmile.solve import hub_work
from voltmile.solve.bridge import compile_model
from voltmile.solve.frame import Frame, Vector, cut, key_of
from voltmile.solve.joint import JointProgram
from voltmile.solve.linking import Linking, RowKey, linking
from voltmile.solve.prices import Block, BlockKey
from voltmile.solve.singles import single_columns

#: Rows that add up what the cities do.
SHARED_ROWS = frozenset({"budget", "supply", "carbon", "green_count", "journey"})
#: Variables of the nation, of no city.
NATIONAL_VARIABLES = frozenset({"Slack"})

#: Cost of exceeding a hard limit by all it allows, in costs of the nation.
_ELASTIC = 10.0

_ROW_OF_KIND = {"green_cities": "green_count"}


def shared_rows(nation: Nation) -> tuple[RowKey, ...]:
    """Keys of the rows that add up cities, one for each limit, in the order of the file."""
    return tuple((_ROW_OF_KIND.get(limit.kind, limit.kind), (limit.id,)) for limit in nation.limits)


def right_hand_side(nation: Nation, limit: Limit) -> float:
    """Return what a limit allows or asks for, in the unit of its row (models/README.md, Eqs. 10 to 14)."""
    match limit:
        case BudgetLimit():
            return limit.max_cny
        case SupplyLimit():
            return limit.max_vehicles
        case CarbonLimit():
            return limit.max_co2_kg
        case GreenCitiesLimit():
            return float(limit.min_cities)
        case JourneyLimit():
            return limit.max_km_per_visit * visits(nation)


@dataclass(frozen=True)
class CityFrame:
    """Everything of a city in the joint program but its routes.

    Attributes
    ----------
    own : Frame
        Rows and variables of the city; costs without prices of what the cities share.
    shared : csc_array, shape (shared rows, variables of the city)
        What a unit of each variable adds to the rows the cities share.
    constant : array, shape (shared rows,)
        What the city adds whatever is decided, e.g. the upkeep of chargers it has.
    """

    own: Frame
    shared: sp.csc_array[np.float64]
    constant: Vector

    def at(self, prices: Vector) -> Frame:
        """Return the city's frame at dual values of the shared rows."""
        return replace(
            self.own,
            c=self.own.c - self.shared.T @ prices,
            offset=self.own.offset - float(self.constant @ prices),
        )


@dataclass(frozen=True)
class City:
    """A city as a nation of its own under the nation's limits, and its blocks."""

    nation: Nation
    blocks: Mapping[BlockKey, Block]

    @cached_property
    def shared(self) -> tuple[RowKey, ...]:
        """Keys of the shared rows."""
        return shared_rows(self.nation)

    def blocks_at(self, prices: Vector) -> dict[BlockKey, Block]:
        """Return the blocks at dual values of the shared rows: routes cost what they use of these."""
        dual = dict(zip(self.shared, prices.tolist(), strict=True))
        return {
            key: replace(block, links=tuple(_priced(link, dual) for link in block.links))
            for key, block in self.blocks.items()
        }


def city_of(nation: Nation, city: str) -> City:
    """Cut a city out of a nation."""
    own = part(nation, {city}, nation.limits)
    hubs = [hub for hub in sorted(own.hub) if own.villages_of[hub]]
    days = [day for hub in hubs for day in hub_work.days_of(own, hub).values()]
    keys = [(day.network.hub, day.year, day.day_type) for day in days]
    blocks = {key: Block(key, day, linking(own, day)) for key, day in zip(keys, days, strict=True)}
    return City(own, blocks)


def city_frame(city: City) -> CityFrame:
    """State and compile a city's program and cut the shared rows and the national variables off.

    Raises
    ------
    InfeasibleError
        Naming the villages that no vehicle type can serve.
    """
    nation = city.nation
    days = [block.day for block in city.blocks.values()]
    model = JointProgram.statement(nation, single_columns(nation, days))  # its components keep no reference
    compiled = compile_model(model)
    keys = [key_of(constraint) for constraint in compiled.constraints]
    own_rows = [r for r, (name, _) in enumerate(keys) if name not in SHARED_ROWS | {"cover"}]
    names = [v.parent_component().local_name for v in compiled.variables]
    columns = [j for j, name in enumerate(names) if name not in NATIONAL_VARIABLES | {"Use"}]
    row = {key: r for r, key in enumerate(keys)}
    matrix = sp.csr_array(compiled.A)
    shared, constant = [], np.zeros(len(city.shared))
    for place, (key, limit) in enumerate(zip(city.shared, nation.limits, strict=True)):
        r = row.get(key)
        if r is None:  # nothing the city decides counts
            shared.append(sp.csr_array((1, len(columns))))
            continue
        shared.append(matrix[[r], :][:, columns])
        finite = compiled.row_upper[r] if np.isfinite(compiled.row_upper[r]) else compiled.row_lower[r]
        constant[place] = right_hand_side(nation, limit) - finite
    return CityFrame(
        own=cut(compiled, own_rows, columns),
        shared=sp.csc_array(sp.vstack(shared)) if shared else sp.csc_array((0, len(columns))),
        constant=constant,
    )


def national_frame(nation: Nation) -> Frame:
    """Rows the cities share and the variables of the nation: slacks of priced limits."""
    keys = shared_rows(nation)
    priced = [(r, limit) for r, limit in enumerate(nation.limits) if limit.price_cny_per_unit is not None]
    rhs = np.array([right_hand_side(nation, limit) for limit in nation.limits])
    at_least = np.array([name == "green_count" for name, _ in keys], dtype=bool)
    sign = [1.0 if at_least[r] else -1.0 for r, _ in priced]
    entries = (sign, ([r for r, _ in priced], list(range(len(priced)))))
    return Frame(
        keys=keys,
        A=sp.csc_array(entries, shape=(len(keys), len(priced))),
        c=np.array([_slack_price(nation, limit) for _, limit in priced], dtype=float),
        lower=np.zeros(len(priced)),
        upper=np.full(len(priced), np.inf),
        row_lower=np.where(at_least, rhs, -np.inf),
        row_upper=np.where(at_least, np.inf, rhs),
        integrality=np.zeros(len(priced), dtype=np.int32),
        offset=0.0,
    )


def softened(frame: Frame, prices: Vector) -> Frame:
    """Allow violations of rows of the national frame at prices; 0 keeps a row as it is."""
    rows = np.flatnonzero(prices > 0)
    at_least = np.isposinf(frame.row_upper[rows])
    entries = (np.where(at_least, 1.0, -1.0), (rows, np.arange(len(rows))))
    more = sp.csc_array(entries, shape=(len(frame.keys), len(rows)))
    return replace(
        frame,
        A=sp.csc_array(sp.hstack([frame.A, more])),
        c=np.concatenate([frame.c, prices[rows]]),
        lower=np.concatenate([frame.lower, np.zeros(len(rows))]),
        upper=np.concatenate([frame.upper, np.full(len(rows), np.inf)]),
        integrality=np.concatenate([frame.integrality, np.zeros(len(rows), dtype=np.int32)]),
    )


def elastic_prices(frame: Frame, cost: float) -> Vector:
    """Prices of violating hard rows: exceeding one by all it allows costs the nation ten times over.

    Rows that are priced have 0.
    """
    prices = np.zeros(len(frame.keys))
    for r in sorted(set(range(len(frame.keys))) - set(frame.A.indices.tolist())):
        allowed = abs(frame.row_lower[r] if np.isposinf(frame.row_upper[r]) else frame.row_upper[r])
        prices[r] = _ELASTIC * abs(cost) / max(allowed, 1.0)
    return prices


def slack_rows(frame: Frame) -> list[tuple[int, float]]:
    """Row and sign of each variable of the nation: + where the row asks for at least so much."""
    starts = frame.A.indptr[:-1]
    return [(int(frame.A.indices[a]), float(frame.A.data[a])) for a in starts]


def _slack_price(nation: Nation, limit: Limit) -> float:
    year = getattr(limit, "year", nation.years[-1])
    assert limit.price_cny_per_unit is not None
    return nation.discount(year) * limit.price_cny_per_unit


def _priced(link: Linking, dual: Mapping[RowKey, float]) -> Linking:
    """Move what a link uses of the shared rows into its cost."""
    cost = list(link.cost)
    for key, attribute, coefficient in link.rows:
        cost[attribute] -= coefficient * dual.get(key, 0.0)
    rest = tuple(entry for entry in link.rows if entry[0] not in dual)
    return Linking((cost[0], cost[1], cost[2], cost[3]), rest)
