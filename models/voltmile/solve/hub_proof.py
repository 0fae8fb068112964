"""What dual values of the two-index program prove, by our own arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voltmile.routes.day import HubDay
from voltmile.routes.network import Matrix, Vector
from voltmile.routes.rates import Rates
from voltmile.solve.certificate import CapacityCut, ConnectivityCut, HubDayProof
from voltmile.solve.matrix import FloatArray
from voltmile.solve.separation import Capacity, Connectivity, Cut, masks, terms_of
from voltmile.solve.two_index import LIMITS, Costs, DayProgram, day_program


@dataclass(frozen=True, eq=False)
class Duals:
    """Dual values of a hub-day; K types, n villages.

    Attributes
    ----------
    assign : array, shape (n,)
    degree : array, shape (K, n + 1)
        The hub at node 0.
    limits : array, shape (4, K)
        At most 0, in the order of ``LIMITS``.
    cuts : tuple of Cut
    cut : array, shape (number of cuts,)
        At least 0.
    """

    assign: Vector
    degree: Matrix
    limits: Matrix
    cuts: tuple[Cut, ...]
    cut: Vector


@dataclass(frozen=True, eq=False)
class Weighed:
    """Reduced costs at dual values, and the same sums in absolute values, which bound the rounding.

    Attributes
    ----------
    fixed : float
        Sum of right-hand side times dual.
    terms : int
        No fewer than were added up in any one number.
    """

    fixed: float
    reduced: Costs
    fixed_size: float
    size: Costs
    terms: int


def weigh(program: DayProgram, costs: Costs, duals: Duals) -> Weighed:
    """Reduced cost of every variable, the edges no linear program held included."""
    families, rhs = _terms(program, costs, duals)
    fixed = np.r_[duals.assign, duals.cut * rhs]
    return Weighed(
        fixed=float(fixed.sum()),
        reduced=Costs(*(np.asarray(sum(terms)) for terms in families)),
        fixed_size=float(np.abs(fixed).sum()),
        size=Costs(*(np.asarray(sum(np.abs(term) for term in terms)) for terms in families)),
        terms=costs.routes.size + costs.serve.size + costs.drive.size + 8 * (program.size + len(duals.cuts)),
    )


def safe_value(program: DayProgram, weighed: Weighed) -> float:
    """Lower bound the reduced costs prove: each variable at the bound that is worst for us, less rounding."""
    upper = _upper_bounds(program)
    low, size = weighed.fixed, weighed.fixed_size
    for name in ("routes", "serve", "drive"):
        most = getattr(upper, name)
        low += float((np.minimum(getattr(weighed.reduced, name), 0.0) * most).sum())
        size += float((getattr(weighed.size, name) * most).sum())
    return low - (weighed.terms + 10) * 2.0**-52 * size


def proof_value(day: HubDay, rates: Sequence[Rates], proof: HubDayProof) -> float:
    """Cost at the rates that no set of routes serving the hub on the day undercuts, from dual values alone.

    Any dual values prove something; those of a wrong sign count as zero.

    Raises
    ------
    ValueError
        For villages or lengths that are not the hub's, and cuts that mean nothing.
    """
    program = day_program(day)
    return safe_value(program, weigh(program, program.costs(rates), duals_of(day, proof)))


def proof_of(day: HubDay, duals: Duals, value: float) -> HubDayProof:
    """Write dual values as a record, zeros left out."""
    names, villages = [ride.vehicle_type for ride in day.rides], day.network.villages
    used = [k for k in range(len(names)) if duals.degree[k].any() or duals.limits[:, k].any()]
    limits = {
        row: {names[k]: float(duals.limits[r, k]) for k in used if duals.limits[r, k]}
        for r, row in enumerate(LIMITS)
    }
    held = [(cut, float(dual)) for cut, dual in zip(duals.cuts, duals.cut, strict=True) if dual]
    of = {cut: tuple(villages[i - 1] for i in cut.members) for cut, _ in held}
    return HubDayProof(
        hub=day.network.hub,
        year=day.year,
        day_type=day.day_type,
        value=value,
        assign=tuple(duals.assign.tolist()),
        degree={names[k]: tuple(duals.degree[k, 1:].tolist()) for k in used},
        hub_degree={names[k]: float(duals.degree[k, 0]) for k in used},
        **limits,
        capacity_cuts=tuple(
            CapacityCut(villages=of[cut], dimension=cut.dimension, divisor=cut.divisor, dual=dual)
            for cut, dual in held
            if isinstance(cut, Capacity)
        ),
        connectivity_cuts=tuple(
            ConnectivityCut(
                vehicle_type=names[cut.ride], villages=of[cut], anchor=villages[cut.anchor - 1], dual=dual
            )
            for cut, dual in held
            if isinstance(cut, Connectivity)
        ),
    )


def duals_of(day: HubDay, proof: HubDayProof) -> Duals:
    """Read dual values from a record; those of a wrong sign become zero."""
    n, names = day.network.size, [ride.vehicle_type for ride in day.rides]
    lengths = {len(proof.assign), *(len(row) for row in proof.degree.values())}
    if lengths != {n}:
        raise ValueError(
            f"hub {proof.hub!r} has {n} villages, and its proof dual values of {sorted(lengths)}"
        )
    degree = np.zeros((len(names), n + 1))
    for k, name in enumerate(names):
        degree[k, 1:], degree[k, 0] = proof.degree.get(name, 0.0), proof.hub_degree.get(name, 0.0)
    limits = np.array([[getattr(proof, row).get(name, 0.0) for name in names] for row in LIMITS])
    cuts: list[Cut] = []
    for area in proof.capacity_cuts:
        if not area.divisor > 0:
            raise ValueError(f"a capacity cut of hub {proof.hub!r} has the divisor {area.divisor}")
        cuts.append(Capacity(_members(day, area.villages), area.dimension, area.divisor))
    for link in proof.connectivity_cuts:
        if link.anchor not in link.villages:
            raise ValueError(f"village {link.anchor!r} anchors a connectivity cut it is not in")
        anchor = day.network.node[link.anchor]
        cuts.append(Connectivity(_members(day, link.villages), names.index(link.vehicle_type), anchor))
    dual = [cut.dual for cut in proof.capacity_cuts] + [cut.dual for cut in proof.connectivity_cuts]
    return Duals(np.array(proof.assign), degree, np.minimum(limits, 0.0), tuple(cuts), np.maximum(dual, 0.0))


def _members(day: HubDay, villages: Sequence[str]) -> tuple[int, ...]:
    unknown = set(villages) - set(day.network.villages)
    if unknown or not villages:
        raise ValueError(f"a cut of hub {day.network.hub!r} names no village of it: {sorted(unknown)}")
    return tuple(sorted({day.network.node[v] for v in villages}))


def _terms(program: DayProgram, costs: Costs, duals: Duals) -> tuple[list[list[FloatArray]], Vector]:
    """Terms whose sums are the reduced costs of X, y and z, and the right-hand sides of the cuts."""
    (one, both), anchored, rhs = _cut_weights(program, duals)
    hub, village, node = duals.degree[:, 0], duals.degree[:, 1:], duals.degree
    routes = [costs.routes, 2 * hub]
    serve = [costs.serve, -duals.assign[None], 2 * village, anchored]
    drive = [costs.drive, -node[:, :, None], -node[:, None, :], -one[:, :, None], -one[:, None, :], 2 * both]
    for row, dual in zip(LIMITS, duals.limits, strict=True):
        held = np.isfinite(program.limit[row])
        price = np.where(held, dual, 0.0)
        routes.append(np.where(held, program.limit[row], 0.0) * price)
        serve.append(-price[:, None] * program.limit_of_serving(row))
        driving = program.limit_of_driving(row)
        if driving is not None:
            drive.append(-price[:, None, None] * driving)
    return [routes, serve, drive], rhs


def _cut_weights(program: DayProgram, duals: Duals) -> tuple[tuple[Matrix, FloatArray], Matrix, Vector]:
    """Duals times coefficients of the cuts: on z, on y (K, n), and the right-hand side of each cut.

    An edge {i, j} crosses S when exactly one end is inside, b_i + b_j - 2 b_i b_j: the cuts weigh on z by
    ``one`` (K, n + 1) at both ends less twice ``both`` (K, n + 1, n + 1).
    """
    kinds, n, c = len(program.empty), program.size, len(duals.cuts)
    weight, anchored, rhs = np.zeros((kinds, c)), np.zeros((kinds, n)), np.zeros(c)
    for j, cut in enumerate(duals.cuts):
        if isinstance(cut, Connectivity):
            weight[cut.ride, j] = duals.cut[j]
            anchored[cut.ride, cut.anchor - 1] += 2 * duals.cut[j]
        else:
            coefficients, rhs[j] = terms_of(program, cut)
            weight[:, j] = duals.cut[j] * coefficients
    inside = np.zeros((c, n + 1))
    inside[:, 1:] = masks([cut.members for cut in duals.cuts], n)
    both = np.stack([(inside * row[:, None]).T @ inside for row in weight])
    return (weight @ inside, both), anchored, rhs


def _upper_bounds(program: DayProgram) -> Costs:
    """Upper bound of every variable; an edge counts once, above the diagonal."""
    kinds, n = program.can.shape
    edges = np.triu(np.ones((n + 1, n + 1)), 1)
    edges[0] *= 2
    return Costs(
        np.full(kinds, float(n)),
        program.can.astype(np.float64),
        np.broadcast_to(edges, (kinds, n + 1, n + 1)),
    )
