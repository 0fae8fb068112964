"""What to branch on: how often types, or all of them, enter sets of villages."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from voltmile.solve.hub_tree.cuts import Count
from voltmile.solve.hub_tree.program import TreeProgram
from voltmile.solve.hub_tree.separate import members_of, unlike
from voltmile.solve.matrix import FloatArray
from voltmile.solve.separation import crossings, grown_sets
from voltmile.solve.two_index import Bools

Limits = dict[Count, tuple[float, float]]
"""Bounds of a node on what was branched on above it."""

#: Least distance from an integer of a set that is worth a branching, and of a single village or edge.
_FRACTIONAL, _INTEGRAL = 0.02, 1e-5
#: Branchings on numbers of routes tried at once; sets that share more are tried once.
_COUNTS, _ALIKE = 3, 0.7
#: Best sets by score that are compared with each other.
_SETS = 400


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something to branch on and its value at the point."""

    count: Count
    value: float


def candidates(program: TreeProgram, x: FloatArray, limits: Limits, most: int) -> list[Candidate]:
    """Fractional numbers of routes and of entries into sets; single villages and edges where no set is."""
    found = [*_route_counts(program, x)[:_COUNTS]]
    found += _sets(program, x, most - len(found))
    found = [c for c in found if is_open(c, limits)]
    return found or [c for c in _singles(program, x) if is_open(c, limits)][:most]


def halves(candidate: Candidate, limits: Limits) -> tuple[tuple[float, float], tuple[float, float]]:
    """Bounds of the two children."""
    low, high = limits.get(candidate.count, (-math.inf, math.inf))
    below = math.floor(candidate.value)
    return (low, float(below)), (float(below + 1), high)


def is_open(candidate: Candidate, limits: Limits) -> bool:
    """Whether the value lies between the bounds: a penalty may hold it outside of them."""
    low, high = limits.get(candidate.count, (-math.inf, math.inf))
    return low < candidate.value < high


def _route_counts(program: TreeProgram, x: FloatArray) -> list[Candidate]:
    routes, _, _ = program.split(x)
    values = [float(routes.sum()), *routes.tolist()]
    found = [Candidate(Count(program.everyone, t - 1), v) for t, v in enumerate(values)]
    return sorted((c for c in found if _off(c.value) > _FRACTIONAL), key=lambda c: -_off(c.value))


def _sets(program: TreeProgram, x: FloatArray, most: int) -> list[Candidate]:
    """Find sets that are entered a fractional number of times, far and large ones first."""
    routes, _, flow = program.split(x)
    z = program.layout.spread(flow)
    kinds = [-1, *(t for t in range(program.kinds) if routes[t] > 0.5)]
    graphs = np.stack([z.sum(axis=0) if t < 0 else z[t] for t in kinds])
    sets, _ = grown_sets(graphs, np.zeros((0, program.n), dtype=np.bool_))
    entries = crossings(sets, graphs) / 2
    off = np.abs(entries - np.round(entries))
    far = np.where(sets, program.day_program.km[0, 1:], 0.0).max(axis=1)
    size = 1 + np.minimum(sets.sum(axis=1), 10) / 10
    score = off * (np.sqrt(far) * size)[:, None]
    ranked = [divmod(int(at), len(kinds)) for at in np.argsort(-score, axis=None, kind="stable")[:_SETS]]
    ranked = [(s, g) for s, g in ranked if off[s, g] > _FRACTIONAL and not sets[s].all()]
    taken = unlike([sets[s] for s, _ in ranked], _ALIKE, [g for _, g in ranked])
    best = [ranked[j] for j in taken[: max(most, 1)]]
    return [Candidate(Count(members_of(sets[s]), kinds[g]), float(entries[s, g])) for s, g in best]


def _singles(program: TreeProgram, x: FloatArray) -> list[Candidate]:
    """Numbers of routes, villages and edges that are not integral: where there is none, the point is."""
    routes, y, z = program.split(x)
    found = [Candidate(Count(program.everyone, t), float(v)) for t, v in enumerate(routes)]
    if program.n > 1:
        found += [Candidate(Count((i + 1,), t), float(y[t, i])) for t, i in np.ndindex(*y.shape)]
    if program.n > 2:
        tail, head = program.layout.tail, program.layout.head
        for t, e in zip(*np.nonzero(_fraction(z)), strict=True):
            i, j = int(tail[e]), int(head[e])
            if i > 0:
                value = float(y[t, i - 1] + y[t, j - 1] - z[t, e])
                found.append(Candidate(Count((i, j), int(t)), value))
    return sorted((c for c in found if _off(c.value) > _INTEGRAL), key=lambda c: -_off(c.value))


def _fraction(z: FloatArray) -> Bools:
    return np.asarray(np.abs(z - np.round(z)) > _INTEGRAL)


def _off(value: float) -> float:
    return abs(value - round(value))
