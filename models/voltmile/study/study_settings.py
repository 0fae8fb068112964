"""What an experiment says about frontiers, scenarios and robust choice."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from voltmile.problem.records import AsTuple, Record, Share
from voltmile.problem.scenarios import Scenario

BASE = "base"
"""Name of the instance as it is, beside the scenarios."""

POINTS = 8

_WHOLE = 1e-6


class FrontierSettings(Record):
    """Where on the frontier points lie; one of the three keys, ``points = 8`` where there is none.

    Attributes
    ----------
    points : int
        From the cheapest plan to the one with the least carbon, both among them, evenly in CO2.
    caps_share : tuple of float
        Caps as shares of what the cheapest plan emits in each year, falling.
    caps_kg_by_year : tuple of tuple of float
        Caps of every point, a number for each year, that never rise from point to point.
    """

    points: Annotated[int, Field(ge=2)] | None = None
    caps_share: Annotated[tuple[Share, ...], AsTuple, Field(min_length=1)] | None = None
    caps_kg_by_year: (
        Annotated[
            tuple[Annotated[tuple[float, ...], AsTuple, Field(min_length=1)], ...],
            AsTuple,
            Field(min_length=1),
        ]
        | None
    ) = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        given = [name for name in type(self).model_fields if getattr(self, name) is not None]
        if len(given) > 1:
            raise ValueError(f"has {' and '.join(given)}; valid: one of them")
        return self

    @model_validator(mode="after")
    def _caps_fall(self) -> Self:
        if any(later >= earlier for earlier, later in pairwise(self.caps_share or ())):
            raise ValueError(
                f"caps_share {list(self.caps_share or ())} does not fall; valid: [1.0, 0.9, 0.8]"
            )
        for earlier, later in pairwise(self.caps_kg_by_year or ()):
            if len(earlier) != len(later) or any(b > a for a, b in zip(earlier, later, strict=True)):
                message = f"caps_kg_by_year has {list(later)} after {list(earlier)}"
                raise ValueError(f"{message}; valid: as many years, and no year's cap rises")
        return self


class RobustSettings(Record):
    """One fleet for all scenarios: the least expected or the least worst cost."""

    objective: Literal["expected", "worst"] = "expected"


def weighted(scenarios: tuple[Scenario, ...]) -> tuple[Scenario, ...]:
    """Return the scenarios with probabilities, equal ones where none is given.

    Raises
    ------
    ValueError
        For a name that stands there twice or means the instance itself, and for probabilities that are
        missing in part or do not sum to 1.
    """
    wrong = [
        f"the name {name!r} stands there {count} times; valid: once"
        for name, count in Counter(one.name for one in scenarios).items()
        if count > 1
    ]
    if any(one.name == BASE for one in scenarios):
        wrong.append(f"the name {BASE!r} means the instance as it is; valid: another one")
    without = [one.name for one in scenarios if one.probability is None]
    total = math.fsum(one.probability or 0.0 for one in scenarios)
    if without and len(without) < len(scenarios):
        wrong.append(f"{', '.join(without)}: no probability; valid: one for all or for none")
    elif scenarios and not without and abs(total - 1) > _WHOLE:
        wrong.append(f"the probabilities sum to {total:g}; valid: 1")
    if wrong:
        raise ValueError("; ".join(wrong))
    if not without:
        return scenarios
    equal = 1 / len(scenarios)
    return tuple(one.model_copy(update={"probability": equal}) for one in scenarios)
