"""Ways to spoil a result folder, each with the rule that must notice. They work on any result of any nation.

A corruption takes a result folder and its nation, changes files in place, and raises ``NotApplicableError``
where the result has nothing to spoil in this way.
"""

from __future__ import annotations

import spoil_bounds
import spoil_measures
import spoil_plans
import spoil_reports
from spoiling import CORRUPTIONS, Corruption, NotApplicableError

__all__ = [
    "CORRUPTIONS",
    "Corruption",
    "NotApplicableError",
    "spoil_bounds",
    "spoil_measures",
    "spoil_plans",
    "spoil_reports",
]
