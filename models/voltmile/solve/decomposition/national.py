"""What belongs to no city: rows that add cities up, slacks of priced limits, and the campaign's measures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import scipy.sparse as sp

from voltmile.problem.limits import (
    BudgetLimit,
    CarbonLimit,
    FundLimit,
    GreenCitiesLimit,
    JourneyLimit,
    LabelsLimit,
    Limit,
    SupplyLimit,
)
from voltmile.problem.nation import Nation
from voltmile.problem.parts import part
from voltmile.problem.plan import Campaign, CostRow
from voltmile.programs import report
from voltmile.programs.feature import Model
from voltmile.programs.journey import visits
from voltmile.solve.bridge import CompiledModel, compile_model
from voltmile.solve.frame import Frame, Vector, cut, key_of
from voltmile.solve.joint import JointProgram
from voltmile.solve.linking import RowKey

#: Cost of exceeding a hard limit by all it allows, in costs of the nation.
_ELASTIC = 10.0

_ROW_OF_KIND = {"green_cities": "green_count"}


def shared_rows(nation: Nation) -> tuple[RowKey, ...]:
    """Keys of the rows that add up cities, one for each limit, in the order of the file."""
    return tuple((_ROW_OF_KIND.get(limit.kind, limit.kind), (limit.id,)) for limit in nation.limits)


def right_hand_side(nation: Nation, limit: Limit) -> float:
    """Return what a limit allows or asks for, in the unit of its row (models/README.md, Eqs. 10 to 16)."""
    match limit:
        case BudgetLimit() | FundLimit():
            return limit.max_cny
        case SupplyLimit():
            return limit.max_vehicles
        case CarbonLimit():
            return limit.max_co2_kg
        case GreenCitiesLimit():
            return float(limit.min_cities)
        case JourneyLimit():
            return limit.max_km_per_visit * visits(nation)
        case LabelsLimit():
            return limit.min_labels_million


def constant_of(compiled: CompiledModel, row: int, nation: Nation, limit: Limit) -> float:
    """Return what counts towards a limit whatever is decided; the compiler moved it to the right."""
    upper, lower = float(compiled.row_upper[row]), float(compiled.row_lower[row])
    return right_hand_side(nation, limit) - (upper if np.isfinite(upper) else lower)


@dataclass(frozen=True)
class National:
    """The nation without its cities.

    Attributes
    ----------
    frame : Frame
        Rows of the limits first, then those of the measures alone; no variables of cities.
    """

    nation: Nation
    frame: Frame
    _model: Model
    _compiled: CompiledModel
    _columns: Sequence[int]

    def decided(self, x: Vector) -> tuple[list[CostRow], Campaign]:
        """Return national cost terms and measures at values of the frame's variables."""
        for variable in self._compiled.variables:
            variable.set_value(0.0, skip_validation=True)
        for j, value in zip(self._columns, x.tolist(), strict=True):
            self._compiled.variables[j].set_value(value, skip_validation=True)
        return report.cost_rows(self._model), report.campaign_of(self._model)


def national_of(nation: Nation) -> National:
    """State the nation's own program: that of a nation without cities, whose limits may be exceeded."""
    soft = [limit.model_copy(update={"price_cny_per_unit": _price(limit)}) for limit in nation.limits]
    shell = part(nation, (), soft, measures=nation.measures)
    model = JointProgram.statement(shell, ())
    compiled = compile_model(model)
    row = {key_of(constraint): r for r, constraint in enumerate(compiled.constraints)}
    keys = shared_rows(nation)
    order = [row[key] for key in keys] + [r for key, r in row.items() if key not in set(keys)]
    hard = {limit.id for limit in nation.limits if limit.price_cny_per_unit is None}
    columns = [j for j, v in enumerate(compiled.variables) if not _is_slack_of(v, hard)]
    lower, upper = compiled.row_lower[order], compiled.row_upper[order]
    for place, (limit, alone) in enumerate(zip(nation.limits, soft, strict=True)):
        more = right_hand_side(nation, limit) - right_hand_side(shell, alone)  # what is allowed a visit
        lower[place] += more
        upper[place] += more
    frame = replace(cut(compiled, order, columns), row_lower=lower, row_upper=upper)
    return National(nation, frame, model, compiled, columns)


def _price(limit: Limit) -> float:
    return 1.0 if limit.price_cny_per_unit is None else limit.price_cny_per_unit


def _is_slack_of(variable: object, limits: set[str]) -> bool:
    parent = variable.parent_component()  # type: ignore[attr-defined]
    return parent.local_name == "Slack" and variable.index() in limits  # type: ignore[attr-defined]


# -- slacks -------------------------------------------------------------------------------------------------


def slack_columns(frame: Frame) -> Mapping[int, tuple[int, float]]:
    """Row and sign of each slack, by its column: + where the row asks for at least so much."""
    return {
        int(j): (int(frame.A.indices[frame.A.indptr[j]]), float(frame.A.data[frame.A.indptr[j]]))
        for j in np.flatnonzero(np.isposinf(frame.upper))
    }


def elastic_prices(frame: Frame, limits: int, cost: float) -> Vector:
    """Prices of violating hard limits: exceeding one by all it allows costs the nation ten times over.

    Parameters
    ----------
    limits : int
        Rows of limits; they come first. Those that have a slack, and all other rows, get 0.
    """
    prices = np.zeros(len(frame.keys))
    priced = {r for r, _ in slack_columns(frame).values()}
    for r in sorted(set(range(limits)) - priced):
        allowed = abs(frame.row_lower[r] if np.isposinf(frame.row_upper[r]) else frame.row_upper[r])
        prices[r] = _ELASTIC * abs(cost) / max(allowed, 1.0)
    return prices


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
