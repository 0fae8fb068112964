"""What the checker found: every violation in the user's words, and how much was looked at."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeGuard

PricingLevel = Literal["none", "sample", "all"]

#: Numbers agree and constraints hold up to ABSOLUTE + RELATIVE * size; solvers promise about as much.
ABSOLUTE = 1e-6
RELATIVE = 1e-7


def slack_for(*numbers: float) -> float:
    """By how much numbers of this size may differ without meaning anything."""
    return ABSOLUTE + RELATIVE * max(map(abs, numbers))


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong with a result.

    Attributes
    ----------
    rule : str
        Short name of the equation or file rule that is broken (see ``voltmile.check``).
    where : str
        Which row of it: ids joined by blanks, or a file and its row.
    message : str
        What was found and what is allowed, with units.
    """

    rule: str
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.rule} ({self.where}): {self.message}" if self.where else f"{self.rule}: {self.message}"


@dataclass(frozen=True)
class ClaimCount:
    """What became of the certificate's claims about the routes of every hub and day, seen and unseen.

    Attributes
    ----------
    level : "none", "sample" or "all"
        How many were to be proven anew.
    claims : int
        Claims in the certificate.
    examined, proven, disproven : int
        Recomputed from their dual values, and how that ended.
    seconds : float
        Time it took.
    """

    level: PricingLevel = "none"
    claims: int = 0
    examined: int = 0
    proven: int = 0
    disproven: int = 0
    seconds: float = 0.0

    @property
    def open(self) -> int:
        """Claims taken on trust: neither proven nor disproven."""
        return self.claims - self.proven - self.disproven


@dataclass(frozen=True)
class Report:
    """The verdict on a result folder.

    Attributes
    ----------
    instance : str
        Name of the instance.
    violations : tuple of Violation
        All of them; none means the result holds what it says.
    checked : mapping of str to int
        How many rows of each rule were looked at.
    objective, bound : float or None
        Recomputed (CNY); None when the file they come from is unusable. ``bound`` is safe: less its rounding
        error.
    co2_kg : mapping of int to float
        By year, recomputed.
    journey_km_per_visit : float or None
        Over the horizon, recomputed.
    claims : ClaimCount
        What the bound rests on beyond arithmetic.
    seconds : float
        Time the check took.
    """

    instance: str
    violations: tuple[Violation, ...]
    checked: Mapping[str, int]
    objective: float | None = None
    bound: float | None = None
    co2_kg: Mapping[int, float] = field(default_factory=dict)
    journey_km_per_visit: float | None = None
    claims: ClaimCount = ClaimCount()
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations

    @property
    def rules(self) -> frozenset[str]:
        """Names of the violated rules."""
        return frozenset(violation.rule for violation in self.violations)

    @property
    def gap(self) -> float | None:
        """Relative gap between the recomputed objective and bound."""
        if self.objective is None or self.bound is None or not self.objective:
            return None
        return (self.objective - self.bound) / abs(self.objective)

    def table(self) -> list[tuple[str, int, int]]:
        """Rows (rule, checked, violated) of every rule that was looked at, in the order of looking."""
        violated = Counter(violation.rule for violation in self.violations)
        rules = [*self.checked, *(rule for rule in violated if rule not in self.checked)]
        return [(rule, self.checked.get(rule, 0), violated[rule]) for rule in rules]

    def __str__(self) -> str:
        looked = f"{sum(self.checked.values())} checks of {len(self.checked)} rules"
        if self.passed:
            return f"{self.instance}: holds ({looked})"
        lines = [f"{self.instance}: {len(self.violations)} violations ({looked})", *map(str, self.violations)]
        return "\n  ".join(lines)


class Findings:
    """Collects violations and counts what was looked at."""

    def __init__(self) -> None:
        self.violations: list[Violation] = []
        self.checked: Counter[str] = Counter()

    def add(self, rule: str, where: str, message: str) -> None:
        """Note a violation that no count goes with."""
        self.violations.append(Violation(rule, where, message))

    def require(self, rule: str, ok: bool, where: str, message: str) -> bool:
        """Count a check and note the message unless it holds."""
        self.checked[rule] += 1
        if not ok:
            self.add(rule, where, message)
        return ok

    def at_most(self, rule: str, where: str, what: str, found: float, allowed: float, unit: str) -> bool:
        """Count a check that ``found`` does not exceed ``allowed``."""
        self.checked[rule] += 1
        if math.isfinite(found) and found <= allowed + slack_for(found, allowed):
            return True
        self.add(rule, where, f"{what} {number(found)} {unit}; at most {number(allowed)} {unit} allowed")
        return False

    def at_least(self, rule: str, where: str, what: str, found: float, wanted: float, unit: str) -> bool:
        """Count a check that ``found`` reaches ``wanted``."""
        self.checked[rule] += 1
        if math.isfinite(found) and found >= wanted - slack_for(found, wanted):
            return True
        self.add(rule, where, f"{what} {number(found)} {unit}; at least {number(wanted)} {unit} wanted")
        return False

    def equal(self, rule: str, where: str, what: str, found: float, expected: float, unit: str) -> bool:
        """Count a check that a written number is the recomputed one."""
        self.checked[rule] += 1
        if abs(found - expected) <= slack_for(found, expected):
            return True
        self.add(
            rule, where, f"{what} is given as {number(found)} {unit}, recomputed {number(expected)} {unit}"
        )
        return False


def is_number(value: object) -> TypeGuard[int | float]:
    """Whether something read from a file is a number one can compute with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def number(value: float) -> str:
    """Write a number so that a small difference still shows."""
    if not math.isfinite(value):
        return str(value)
    return f"{value:.10g}"
