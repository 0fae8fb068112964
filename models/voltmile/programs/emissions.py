"""The registry of emissions: the carbon account of a year is the sum of its sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import pyomo.environ as pyo

from voltmile.programs.costs import NATIONAL
from voltmile.programs.feature import Expr, Feature, Model


def declare(m: Model, features: Sequence[Feature]) -> None:
    """Declare ``Emission[c, y, source]``: kg of CO2 of every registered source, summed over the features."""
    parts: dict[tuple[str, int, str], list[Expr]] = defaultdict(list)
    for feature in features:
        for source, co2 in feature.emissions.items():
            for c in m.CITIES:
                for y in m.YEARS:
                    parts[c, y, source].append(co2(m, c, y))
        for source, national_co2 in feature.national_emissions.items():
            for y in m.YEARS:
                parts[NATIONAL, y, source].append(national_co2(m, y))
    m.Emission = pyo.Expression(list(parts), initialize={key: sum(exprs) for key, exprs in parts.items()})


def of_year(m: Model, y: int) -> Expr:
    """CO2 of a year (kg)."""
    return sum(m.Emission[key] for key in m.Emission if key[1] == y)
