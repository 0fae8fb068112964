"""Sums and variables of a bound, with what rounding can have done to them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from voltmile.check.arrays import exact_sum

UNIT_ROUNDOFF = 2.0**-53
OPERATIONS = 12


@dataclass
class Sum:
    """A sum with a bound on its rounding error."""

    parts: list[float] = field(default_factory=list)
    error: float = 0.0

    def add(self, value: float) -> None:
        """Add a product of a few numbers."""
        self.parts.append(value)
        self.error += OPERATIONS * UNIT_ROUNDOFF * abs(value)

    @property
    def value(self) -> float:
        """The sum as computed."""
        return exact_sum(self.parts)

    @property
    def safe(self) -> float:
        """Certainly not above the exact sum."""
        return self.value - 2 * (self.error + UNIT_ROUNDOFF * abs(self.value))


@dataclass
class Variable:
    """The products that the reduced cost of a variable is the sum of."""

    products: list[float] = field(default_factory=list)

    def cost(self, cny: float) -> None:
        """Cost of a unit in the objective (CNY)."""
        self.products.append(cny)

    def row(self, coefficient: float, dual: float) -> None:
        """Coefficient in a row with this dual value."""
        if dual:
            self.products.append(-coefficient * dual)

    def least(self, upper: float, total: Sum) -> None:
        """Add the least of reduced cost times value, over values from 0 to ``upper``."""
        reduced = exact_sum(self.products)
        if not math.isfinite(reduced):
            total.parts.append(-math.inf)
            return
        error = OPERATIONS * UNIT_ROUNDOFF * exact_sum(map(abs, self.products))
        total.parts.append(min(0.0, upper * reduced))
        if reduced < error:
            total.error += upper * (error + 2 * UNIT_ROUNDOFF * abs(reduced))
