"""Reusable boxes: a closed loop in every city, sent out and returned on the vehicles that come by anyway.

The way of a box back is paid as driver time and CO2; it takes no room on the routes, because boxes come
back folded on vehicles that have delivered their load.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyomo.environ as pyo

from voltmile.problem.nation import Nation
from voltmile.programs.feature import Expr, Feature, Model, Relation, Rows

THOUSAND = 1e3


def declare(m: Model) -> None:
    """Declare Boxes, Pool and Trips, in thousands; there are none without ``[boxes]``."""
    m.loop = m.nation.campaign.boxes
    keys = [(c, y) for c in m.CITIES for y in m.YEARS] if m.loop is not None else []
    m.trips_max = {(c, y): trips_max(m.nation, c, y) for c, y in keys}
    m.Boxes = pyo.Var(keys, bounds=boxes_bounds)
    m.Pool = pyo.Var(keys, bounds=boxes_bounds)
    m.Trips = pyo.Var(keys, bounds=trips_bounds)


def trips_max(nation: Nation, c: str, y: int) -> float:
    """Trips that boxes can make in a city: the share of its parcels of the year (thousand)."""
    loop = nation.campaign.boxes
    return loop.share_max * nation.parcels_of_year(c, y) / THOUSAND if loop is not None else 0.0


def trips_bounds(m: Model, c: str, y: int) -> tuple[float, float]:
    """Bounds of Trips."""
    return 0, m.trips_max[c, y]


def boxes_bounds(m: Model, c: str, y: int) -> tuple[float, float]:  # noqa: ARG001
    """Bounds of Boxes and Pool: as many as make all trips of any year."""
    return 0, m.loop.boxes_per_trip * max(m.trips_max[c, year] for year in m.YEARS)


def lost(m: Model, c: str, y: int) -> Expr:
    """Boxes that do not come back in a year (thousand)."""
    return m.loop.loss_share * m.Trips[c, y]


def returned(m: Model, c: str, y: int) -> Expr:
    """Boxes that come back in a year, once for every trip (thousand)."""
    return (1 - m.loop.loss_share) * m.Trips[c, y]


def loops(m: Model) -> Iterator[tuple[str, int]]:
    """Every (c, y) with a loop."""
    return ((c, y) for c, y in m.Pool)


def box_pool(m: Model, c: str, y: int) -> Relation:
    r"""Boxes owned are those of the year before less the lost ones, and those just bought (Eq. 19).

    .. math:: O_{cy} - B^{box}_{cy} - O_{c\,y-1} + loss\, T_{c\,y-1} = 0 \quad \forall c, y

    Before the first year there are none.
    """
    before = 0.0
    if y > m.nation.years[0]:
        before = m.Pool[c, y - 1] - lost(m, c, y - 1)
    return m.Pool[c, y] - m.Boxes[c, y] - before == 0


def box_trips(m: Model, c: str, y: int) -> Relation:
    r"""Boxes make the trips of a year; those lost in it are there for half of it on average (Eq. 20).

    .. math:: \Big( \frac{1}{trips\_per\_box} + \frac{loss}{2} \Big) T_{cy} - O_{cy} \le 0 \quad \forall c, y
    """
    return m.loop.boxes_per_trip * m.Trips[c, y] - m.Pool[c, y] <= 0


def boxes(m: Model, c: str, y: int) -> Expr:
    r"""Boxes bought in a year.

    .. math:: 10^3\, price_y\, B^{box}_{cy} \quad \forall c, y
    """
    if (c, y) not in m.Boxes:
        return 0
    return THOUSAND * m.loop.box_cny_by_year[m.nation.position(y)] * m.Boxes[c, y]


def savings(m: Model, c: str, y: int) -> Expr:
    r"""Cartons that boxes stand in for in a year.

    .. math:: -10^3\, saving\, T_{cy} \quad \forall c, y
    """
    return -THOUSAND * m.loop.saving_cny_per_trip * m.Trips[c, y] if (c, y) in m.Trips else 0


def drivers(m: Model, c: str, y: int) -> Expr:
    r"""Driver time to take boxes back in a year.

    .. math:: 10^3\, wage_y\, return\_h\, (1 - loss)\, T_{cy} \quad \forall c, y
    """
    if (c, y) not in m.Trips:
        return 0
    wage = m.nation.header.work.driver_cny_per_h_by_year[m.nation.position(y)]
    return THOUSAND * wage * m.loop.return_h * returned(m, c, y)


def box_value(m: Model, c: str) -> Expr:
    r"""Value of the boxes left after the last year Y.

    .. math:: -10^3\, end\_value\_share\, price_Y\, (O_{cY} - loss\, T_{cY}) \quad \forall c
    """
    last = m.nation.years[-1]
    if (c, last) not in m.Pool:
        return 0
    worth = THOUSAND * m.loop.end_value_share * m.loop.box_cny_by_year[-1]
    return -worth * (m.Pool[c, last] - lost(m, c, last))


def box_co2(m: Model, c: str, y: int) -> Expr:
    r"""CO2 of making boxes and taking them back, less that of the cartons not made (part of Eq. 12).

    .. math:: 10^3 \big( co2_{box}\, B^{box}_{cy} + co2_{return}\, (1 - loss)\, T_{cy}
              - co2\_saved\, T_{cy} \big) \quad \forall c, y
    """
    if (c, y) not in m.Trips:
        return 0
    made = m.loop.co2_kg_per_box * m.Boxes[c, y]
    back = m.loop.co2_kg_per_return * returned(m, c, y)
    return THOUSAND * (made + back - m.loop.co2_saved_kg_per_trip * m.Trips[c, y])


FEATURE = Feature(
    variables=declare,
    costs={"boxes": boxes, "savings": savings, "drivers": drivers},
    terminal_costs={"box_value": box_value},
    emissions={"boxes": box_co2},
    constraints=(Rows(box_pool, loops), Rows(box_trips, loops)),
)
