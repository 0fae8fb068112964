"""What national limits cost, and what one more vehicle is worth to a city: records of a solution."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LimitPrice:
    """Shadow price of a national limit, and what solving again with another limit says.

    Attributes
    ----------
    dual_cny_per_unit : float
        Discounted CNY that one unit more (of a minimum: one less) saves; 0 where the limit does not bind.
    confirmed_cny_per_unit : float
        Saved per unit when the limit is ``step`` wider. Never above the dual: costs are convex in the limit.
    tightened_cny_per_unit : float or None
        Lost per unit when it is ``step`` tighter, never below the dual; None when no plan is left then.
    step : float
    agrees : bool
        Whether the dual lies between the two, within what is left open by the solves.
    """

    limit: str
    dual_cny_per_unit: float
    confirmed_cny_per_unit: float
    tightened_cny_per_unit: float | None
    step: float
    agrees: bool


@dataclass(frozen=True)
class VanGain:
    """What one more electric vehicle of a supply limit saves a city (discounted CNY), others left alone."""

    city: str
    limit: str
    gain_cny: float
