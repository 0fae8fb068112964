"""Why a city cannot do its work, whatever the nation allows: in words, with what would be enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from voltmile.problem.nation import Nation
from voltmile.problem.vehicles import FuelVehicle
from voltmile.solve.decomposition.words import number
from voltmile.solve.frame import Frame
from voltmile.solve.linking import RowKey
from voltmile.solve.lp import LpModel
from voltmile.solve.prices import BlockKey
from voltmile.solve.status import Status

_TOLERANCE = 1e-6
_UNDONE, _GRID, _FUEL, _SHARE = "undone", "grid", "fuel", "share"


@dataclass(frozen=True)
class Soft:
    """Something of a city that may give.

    Attributes
    ----------
    family : str
        What is relaxed together.
    rows : mapping of int to float
        Coefficients of the slack.
    words : str
        With ``{}`` for how much.
    """

    family: str
    rows: Mapping[int, float]
    words: str


def city_words(nation: Nation, city: str, own: Frame, lp: LpModel, blocks: Mapping[int, BlockKey]) -> str:
    """Say what a city leaves undone at the least, and which of its own rules would have to give.

    Parameters
    ----------
    own : Frame
        Its rows, the first of the program.
    lp : LpModel
        Of the city; it is of no other use afterwards.
    blocks : mapping of int to BlockKey
        Columns that leave a hub's day unserved.

    Returns
    -------
    str
        Empty where all work can be done.
    """
    soft = _soft(nation, own)
    first = lp.n_cols
    lp.set_costs(np.arange(first), 0.0)
    for one in soft:
        lp.add_columns([1.0], [0, len(one.rows)], list(one.rows), list(one.rows.values()), 0.0, np.inf)
    lp.set_costs(list(blocks), 1.0)
    undone = _least(lp, soft, first, blocks, _UNDONE)
    if undone == []:
        return ""
    name = nation.city[city].name
    told = "; ".join(undone or ["its own rules contradict each other"])
    alone = (_least(lp, soft, first, blocks, family) for family in (_GRID, _FUEL, _SHARE))
    enough = [" and ".join(found) for found in alone if found]
    repair = f"Enough would be {'; or '.join(enough)}" if enough else "None of its own rules alone is enough"
    return f"{name} cannot do its work, whatever the national limits are: {told}. {repair}."


def _least(
    lp: LpModel, soft: Sequence[Soft], first: int, blocks: Mapping[int, BlockKey], family: str
) -> list[str] | None:
    """Return in words the least of a family that has to give, nothing else; None where that is not enough."""
    upper = [np.inf if one.family == family else 0.0 for one in soft]
    lp.set_column_bounds(range(first, first + len(soft)), 0.0, upper)
    lp.set_column_bounds(list(blocks), 0.0, np.inf if family == _UNDONE else 0.0)
    result = lp.solve()
    if result.status is not Status.OPTIMAL or result.x is None:
        return None
    x = result.x
    found = [
        f"hub {hub} on {day} days of {year} has no vehicle for {x[j]:.0%} of its village routes"
        for j, (hub, year, day) in blocks.items()
        if x[j] > _TOLERANCE
    ]
    amounts = x[first:].tolist()
    return found + [
        one.words.format(number(amount))
        for one, amount in zip(soft, amounts, strict=True)
        if amount > _TOLERANCE
    ]


def _soft(nation: Nation, own: Frame) -> list[Soft]:
    """List what may give: parcels undelivered, kWh, forbidden fuel vehicles, the electric share."""
    found = []
    fuel: dict[tuple[object, object], dict[int, float]] = {}
    for row, key in enumerate(own.keys):
        kind, letters = key
        if kind == "urban_service":
            _, year, day = letters
            found.append(
                Soft(_UNDONE, {row: 1.0}, f"{{}} urban parcels a day on {day} days of {year} are left")
            )
        elif kind == "energy_balance":
            hub, year, day = letters
            words = f"{{}} kWh a day more at hub {hub} on {day} days of {year} than grid_kw lets it charge"
            found.append(Soft(_GRID, {row: 1.0}, words))
        elif kind == "electric_share":
            found.append(Soft(_SHARE, {row: 1.0}, "{} electric vehicles fewer than electric_share_min asks"))
        elif kind == "vehicle_days" and _is_forbidden(nation, key):
            _, vehicle, year, _ = letters
            fuel.setdefault((vehicle, year), {})[row] = -1.0
    for (vehicle, year), rows in fuel.items():
        words = f"{{}} of vehicle type {vehicle} more in {year} than ev_only_from_year leaves"
        found.append(Soft(_FUEL, rows, words))
    return found


def _is_forbidden(nation: Nation, key: RowKey) -> bool:
    """Whether a row counts fuel vehicles that the city may not buy any more."""
    city, vehicle, year = key[1][:3]
    since = nation.city[str(city)].ev_only_from_year
    fuel = isinstance(nation.vehicle_type[str(vehicle)], FuelVehicle)
    return fuel and since is not None and int(str(year)) >= since
