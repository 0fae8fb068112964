"""The trade-off between time and battery level, as a curve: compiled operations.

A curve is the best level a vehicle can have at each time at a node: minus infinity before its first point,
then non-decreasing, concave and piecewise linear through its points, constant after the last one (the vehicle
waits).

Everything that has a curve is a row of a record array, whose first columns are ``KEY``, ``COST``, ``LOAD``,
``PAID`` and ``POINTS`` (how many points the curve has), and whose others are room for the times of the points
and then for as many levels. One array, so that no operation allocates and a label is next to its curve.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

#: Columns of a record before its curve.
KEY, COST, LOAD, PAID, POINTS, CURVE = 0, 1, 2, 3, 4, 5

Records = NDArray[np.float64]


def records(rows: int, points: int) -> Records:
    """Room for rows with curves of up to so many points."""
    return np.empty((rows, CURVE + 2 * points))


@njit(cache=True)
def room_of(rec: Records) -> int:
    """Most points of a curve."""
    return int((rec.shape[1] - CURVE) // 2)


@njit(cache=True)
def top_of(rec: Records, row: int) -> float:
    """Highest level of a curve."""
    return float(rec[row, CURVE + room_of(rec) + int(rec[row, POINTS]) - 1])


@njit(cache=True)
def level_at(rec: Records, row: int, time: float) -> float:
    """Level at a time; the first level for any time before the first point."""
    last = CURVE + int(rec[row, POINTS]) - 1
    room = room_of(rec)
    if time >= rec[row, last]:
        return float(rec[row, last + room])
    if time <= rec[row, CURVE]:
        return float(rec[row, CURVE + room])
    p = CURVE + 1
    while rec[row, p] < time:
        p += 1
    share = (time - rec[row, p - 1]) / (rec[row, p] - rec[row, p - 1])
    return float(rec[row, room + p - 1] + share * (rec[row, room + p] - rec[row, room + p - 1]))


@njit(cache=True)
def _earliest_with(rec: Records, row: int, level: float, slack: float) -> float:
    """Earliest time with a level, which is at most the highest one, up to ``slack``."""
    room = room_of(rec)
    first, last = CURVE + room, CURVE + room + int(rec[row, POINTS]) - 1
    if rec[row, first] >= level - slack:
        return float(rec[row, CURVE])
    if rec[row, last] <= level:
        return float(rec[row, last - room])
    p = first + 1
    while rec[row, p] < level:
        p += 1
    share = (level - rec[row, p - 1]) / (rec[row, p] - rec[row, p - 1])
    return float(rec[row, p - 1 - room] + share * (rec[row, p - room] - rec[row, p - 1 - room]))


@njit(cache=True)
def drive(
    rec: Records, row: int, legs: NDArray[np.float64], u: int, v: int, limits: Records, slack_time: float,
    slack_energy: float, into: Records, to: int,
) -> bool:  # fmt: skip
    """Put the curve after a leg into a row; False when the leg is infeasible.

    What is below the lowest useful level on arrival or after the latest time is cut off. There are no more
    points than before.

    Parameters
    ----------
    legs : array, shape (N, N, 3)
        Time, energy and cost of each leg.
    u, v : int
        Its ends.
    limits : array, shape (N, 3)
        Earliest and latest time and lowest level on arrival.
    """
    duration, energy = legs[u, v, 0], legs[u, v, 1]
    earliest, latest = limits[v, 0], limits[v, 1]
    room, wide = room_of(rec), room_of(into)
    last = CURVE + int(rec[row, POINTS])
    need = energy + limits[v, 2]
    if rec[row, room + last - 1] < need - slack_energy:
        return False
    begin = _earliest_with(rec, row, need, slack_energy)
    arrival = begin + duration
    if arrival > latest + slack_time:
        return False
    if arrival < earliest:
        arrival = earliest
        begin = earliest - duration
    into[to, CURVE] = arrival
    into[to, CURVE + wide] = max(level_at(rec, row, begin) - energy, 0.0)
    made = CURVE + 1
    for p in range(CURVE + 1, last):
        if rec[row, p] <= begin:
            continue
        time = rec[row, p] + duration
        if time >= latest:
            if latest > arrival:
                into[to, made] = latest
                into[to, made + wide] = level_at(rec, row, latest - duration) - energy
                made += 1
            break
        into[to, made] = time
        into[to, made + wide] = rec[row, p + room] - energy
        made += 1
    into[to, POINTS] = made - CURVE
    return True


@njit(cache=True)
def since_empty(power: Records, kind: int, level: float) -> float:
    """Time a station of a kind takes to charge an empty battery to a level.

    ``power`` holds the charging functions as records.
    """
    if level <= 0.0:
        return 0.0
    room, last = room_of(power), CURVE + int(power[kind, POINTS]) - 1
    p = CURVE + 1
    while p < last and power[kind, p + room] < level:
        p += 1
    if level >= power[kind, p + room]:
        return float(power[kind, p])
    share = (level - power[kind, p - 1 + room]) / (power[kind, p + room] - power[kind, p - 1 + room])
    return float(power[kind, p - 1] + share * (power[kind, p] - power[kind, p - 1]))


@njit(cache=True)
def charge(
    power: Records,
    kind: int,
    time: float,
    level: float,
    full: bool,
    slack_energy: float,
    into: Records,
    to: int,
) -> None:
    """Put the curve of a vehicle that begins to charge into a row: to the full, or any part of it."""
    wide, room, last = room_of(into), room_of(power), CURVE + int(power[kind, POINTS])
    origin = time - since_empty(power, kind, level)
    if full:
        into[to, CURVE] = max(origin + power[kind, last - 1], time)
        into[to, CURVE + wide] = power[kind, last - 1 + room]
        into[to, POINTS] = 1
        return
    into[to, CURVE] = time
    into[to, CURVE + wide] = level
    made = CURVE + 1
    for p in range(CURVE + 1, last):
        if power[kind, p + room] > level + slack_energy:
            into[to, made] = max(origin + power[kind, p], time)
            into[to, made + wide] = power[kind, p + room]
            made += 1
    into[to, POINTS] = made - CURVE


@njit(cache=True)
def above(
    rec: Records, row: int, shift: float, than: Records, other: int, slack_time: float, slack_energy: float
) -> bool:
    """Whether a curve, moved ``shift`` later, is nowhere below another one.

    Between two points of the other curve this one is concave, the other linear: only those points count.
    """
    if rec[row, CURVE] + shift > than[other, CURVE] + slack_time:
        return False
    if top_of(rec, row) < top_of(than, other) - slack_energy:
        return False
    room = room_of(than)
    for p in range(CURVE, CURVE + int(than[other, POINTS])):
        if level_at(rec, row, than[other, p] - shift) < than[other, p + room] - slack_energy:
            return False
    return True


@njit(cache=True)
def meet(
    rec: Records,
    row: int,
    ends: Records,
    end: int,
    battery: float,
    horizon: float,
    slack_time: float,
    slack_energy: float,
) -> bool:
    """Whether a curve and one of the mirrored problem fit together at their node.

    A point (t, b) of the mirrored curve says: from this node at time ``horizon - t`` a level of
    ``battery - b`` is enough for the rest. The sum of both levels is concave over the common times.
    """
    enough = battery - slack_energy
    if top_of(rec, row) + top_of(ends, end) < enough:
        return False
    if horizon == np.inf:
        return True
    begin, until = rec[row, CURVE], horizon - ends[end, CURVE]
    if begin > until + slack_time:
        return False
    room, wide = room_of(rec), room_of(ends)
    for p in range(CURVE, CURVE + int(rec[row, POINTS])):
        time = rec[row, p]
        if p == CURVE or time < until:
            if rec[row, p + room] + level_at(ends, end, horizon - time) >= enough:
                return True
    for p in range(CURVE, CURVE + int(ends[end, POINTS])):
        time = horizon - ends[end, p]
        if p == CURVE or time > begin:
            if level_at(rec, row, time) + ends[end, p + wide] >= enough:
                return True
    return False
