"""The joint program cut in two: what belongs to one city, and what the cities share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from voltmile.problem.limits import Limit
from voltmile.problem.measures import Measures
from voltmile.problem.nation import Nation
from voltmile.problem.parts import part
from voltmile.solve.blocks import blocks_of
from voltmile.solve.bridge import compile_model
from voltmile.solve.decomposition.national import constant_of, shared_rows
from voltmile.solve.frame import Frame, Vector, cut, key_of
from voltmile.solve.joint import JointProgram
from voltmile.solve.linking import Linking, RowKey
from voltmile.solve.prices import Block, BlockKey
from voltmile.solve.singles import single_columns

#: Rows and variables that are no city's, and routes.
_NO_CITYS_ROWS = frozenset(
    {"budget", "supply", "carbon", "green_count", "journey", "labels", "fund", "cover"}
)
_NO_CITYS_VARIABLES = frozenset({"Slack", "Use"})


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
        """Return the city's frame at dual values of the shared rows, and of others behind them."""
        prices = prices[: len(self.constant)]
        return replace(
            self.own,
            c=self.own.c - self.shared.T @ prices,
            offset=self.own.offset - float(self.constant @ prices),
        )


@dataclass(frozen=True)
class City:
    """A city as a nation of its own under the nation's limits, and its blocks.

    Attributes
    ----------
    shared : tuple of RowKey
        The nation's rows of limits.
    """

    nation: Nation
    shared: tuple[RowKey, ...]
    blocks: Mapping[BlockKey, Block]

    def blocks_at(self, prices: Vector) -> dict[BlockKey, Block]:
        """Return the blocks at dual values of the shared rows: routes cost what they use of these."""
        dual = dict(zip(self.shared, prices.tolist(), strict=False))
        return {
            key: replace(block, links=tuple(_priced(link, dual) for link in block.links))
            for key, block in self.blocks.items()
        }


def alone(nation: Nation, city: str, limits: Sequence[Limit] | None = None) -> Nation:
    """Return a city as a nation of its own, with the measures it takes, under limits a city has part in.

    Parameters
    ----------
    limits : sequence of Limit, optional
        Instead of the nation's.
    """
    local = nation.measures and Measures(boxes=nation.measures.boxes)
    kept = [limit for limit in (nation.limits if limits is None else limits) if limit.kind != "labels"]
    return part(nation, {city}, kept, measures=local)


def city_of(nation: Nation, city: str) -> City:
    """Cut a city out of a nation."""
    own = alone(nation, city)
    return City(own, shared_rows(nation), blocks_of(own))


def city_frame(city: City) -> CityFrame:
    """State and compile a city's program and cut the shared rows and the national variables off.

    Raises
    ------
    InfeasibleError
        Naming the villages that no vehicle type can serve.
    """
    nation = city.nation
    days = [block.day for block in city.blocks.values()]
    compiled = compile_model(JointProgram.statement(nation, single_columns(nation, days)))
    keys = [key_of(constraint) for constraint in compiled.constraints]
    names = [v.parent_component().local_name for v in compiled.variables]
    own_rows = [r for r, (name, _) in enumerate(keys) if name not in _NO_CITYS_ROWS]
    columns = [j for j, name in enumerate(names) if name not in _NO_CITYS_VARIABLES]
    row, limits = {key: r for r, key in enumerate(keys)}, {limit.id: limit for limit in nation.limits}
    matrix, shared, constant = sp.csr_array(compiled.A), [], np.zeros(len(city.shared))
    for place, key in enumerate(city.shared):
        r = row.get(key)
        if r is None:  # nothing the city decides counts
            shared.append(sp.csr_array((1, len(columns))))
            continue
        shared.append(matrix[[r], :][:, columns])
        constant[place] = constant_of(compiled, r, nation, limits[str(key[1][0])])
    return CityFrame(
        own=cut(compiled, own_rows, columns),
        shared=sp.csc_array(sp.vstack(shared)) if shared else sp.csc_array((0, len(columns))),
        constant=constant,
    )


def _priced(link: Linking, dual: Mapping[RowKey, float]) -> Linking:
    """Move what a link uses of the shared rows into its cost."""
    cost = list(link.cost)
    for key, attribute, coefficient in link.rows:
        cost[attribute] -= coefficient * dual.get(key, 0.0)
    rest = tuple(entry for entry in link.rows if entry[0] not in dual)
    return Linking((cost[0], cost[1], cost[2], cost[3]), rest)
