"""The registry of cost terms: the objective is their discounted sum, and the report prints exactly them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Final, Literal

import pyomo.environ as pyo

from voltmile.problem.nation import Nation
from voltmile.programs.feature import Expr, Feature, Model

NATIONAL: Final = ""
"""Stands where a city stands in the keys of Cost and Emission."""

END: Final = "end"
"""Stands where a year stands in the keys of Cost: after the last year."""

CostKey = tuple[str, int | Literal["end"], str]


def declare(m: Model, features: Sequence[Feature]) -> None:
    """Declare ``Cost[c, y, term]``: undiscounted cash of every registered term, summed over the features."""
    parts: dict[CostKey, list[Expr]] = defaultdict(list)
    for feature in features:
        for term, cash in feature.costs.items():
            for c in m.CITIES:
                for y in m.YEARS:
                    parts[c, y, term].append(cash(m, c, y))
        for term, national_cash in feature.national_costs.items():
            for y in m.YEARS:
                parts[NATIONAL, y, term].append(national_cash(m, y))
        if m.nation.header.horizon.terminal_resale:
            for term, value in feature.terminal_costs.items():
                for c in m.CITIES:
                    parts[c, END, term].append(value(m, c))
    m.Cost = pyo.Expression(list(parts), initialize={key: sum(exprs) for key, exprs in parts.items()})


def discount(nation: Nation, y: int | str) -> float:
    """Weight of the cash of a year, or of the end of the horizon, in the objective."""
    return nation.discount(nation.years[-1] + 1 if isinstance(y, str) else y)


def objective(m: Model) -> Expr:
    r"""All cash, discounted to the first year.

    .. math:: \sum_{c, y, t} \delta_y\, cash_{cyt} + \delta_{end} \sum_{c, t} cash_{c\,end\,t}
    """
    return pyo.quicksum(discount(m.nation, y) * m.Cost[c, y, term] for c, y, term in m.Cost)
