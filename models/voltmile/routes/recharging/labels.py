"""Labels of partial routes, and the queue in which they wait."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from voltmile.problem.routing import Vector
from voltmile.routes.recharging.curves import Records, records
from voltmile.routes.recharging.memory import Words

Ints = NDArray[np.int64]


class Labels(NamedTuple):
    """Partial routes that end at a customer, one a row.

    Attributes
    ----------
    rec : array
        Records: the key is the cost if the route ended here and now; the cost is reduced and without what
        time costs; paid is the part of it that is prices of arcs and rows; the curve is at the start of
        service.
    mask, state : array of uint64
        Customers remembered, rows counted once.
    node, pred : array of int
        The last customer; the label before it (-1: none).
    """

    rec: Records
    mask: Words
    state: Words
    node: Ints
    pred: Ints


class Queue(NamedTuple):
    """Binary heap of labels, the one earliest (by time, or load where time does not count) on top.

    Attributes
    ----------
    size : array of int, shape (3,)
        Labels in the heap, rows ever taken, free rows.
    order, key, label : array
        The heap.
    free : array of int
        Rows of labels that were dropped.
    """

    size: Ints
    order: Vector
    key: Vector
    label: Ints
    free: Ints


def new_labels(rows: int, mask: int, state: int, points: int) -> Labels:
    """Room for labels; the system gives it page by page as it is used."""
    return Labels(
        records(rows, points), np.empty((rows, mask), np.uint64), np.empty((rows, state), np.uint64),
        np.empty(rows, np.int64), np.empty(rows, np.int64),
    )  # fmt: skip


def new_queue(rows: int) -> Queue:
    """Room for a queue."""
    return Queue(
        np.zeros(3, np.int64),
        np.empty(rows),
        np.empty(rows),
        np.empty(rows, np.int64),
        np.empty(rows, np.int64),
    )


@njit(cache=True)
def copy_row(source: NDArray[np.generic], row: int, target: NDArray[np.generic], to: int) -> None:
    """Copy a row of a matrix."""
    for c in range(source.shape[1]):
        target[to, c] = source[row, c]


@njit(cache=True)
def copy_label(labels: Labels, row: int, to: int) -> None:
    """Copy a label to another row."""
    copy_row(labels.rec, row, labels.rec, to)
    copy_row(labels.mask, row, labels.mask, to)
    copy_row(labels.state, row, labels.state, to)
    labels.node[to] = labels.node[row]
    labels.pred[to] = labels.pred[row]


@njit(cache=True)
def take_row(queue: Queue) -> int:
    """Return a row for a new label."""
    if queue.size[2] > 0:
        queue.size[2] -= 1
        return int(queue.free[queue.size[2]])
    queue.size[1] += 1
    return int(queue.size[1] - 1)


@njit(cache=True)
def give_back(queue: Queue, label: int) -> None:
    """Free the row of a dropped label."""
    queue.free[queue.size[2]] = label
    queue.size[2] += 1


@njit(cache=True)
def push(queue: Queue, order: float, key: float, label: int) -> None:
    """Put a label into the queue."""
    at = queue.size[0]
    queue.size[0] += 1
    while at > 0:
        up = (at - 1) // 2
        if queue.order[up] < order or (queue.order[up] == order and queue.key[up] <= key):
            break
        queue.order[at], queue.key[at], queue.label[at] = queue.order[up], queue.key[up], queue.label[up]
        at = up
    queue.order[at], queue.key[at], queue.label[at] = order, key, label


@njit(cache=True)
def pop(queue: Queue) -> int:
    """Take the earliest label, of equal ones the cheapest."""
    top = int(queue.label[0])
    queue.size[0] -= 1
    count = queue.size[0]
    order, key, label = queue.order[count], queue.key[count], queue.label[count]
    at = 0
    while 2 * at + 1 < count:
        down = 2 * at + 1
        if down + 1 < count:
            a, b = queue.order[down], queue.order[down + 1]
            if b < a or (b == a and queue.key[down + 1] < queue.key[down]):
                down += 1
        if order < queue.order[down] or (order == queue.order[down] and key <= queue.key[down]):
            break
        queue.order[at], queue.key[at], queue.label[at] = (
            queue.order[down],
            queue.key[down],
            queue.label[down],
        )
        at = down
    queue.order[at], queue.key[at], queue.label[at] = order, key, label
    return top
