"""Which published set an instance belongs to, by the name in its header, and how that measures distance."""

from __future__ import annotations

import re

from voltmile.problem.benchmarks.distances import Rounding

_SETS: tuple[tuple[str, str, Rounding], ...] = (
    (r"([ABEFMPX])-n\d+-k\d+", r"CVRP \1", "nearest"),
    (r"XML100_.*", "CVRP XML100", "nearest"),
    (r"(Antwerp|Brussels|Flanders|Ghent|Leuven)\d+", "CVRP XXL", "nearest"),
    (r"(Loggi|ORTEC)-n\d+-k\d+", "CVRP DIMACS", "nearest"),
    (r"CMT_?\d+", "CVRP CMT", "real"),
    (r"Golden_?\d+", "CVRP Golden", "real"),
    (r"Li_?\d+", "CVRP Li", "real"),
    (r"tai_?\d+[a-d]?", "CVRP Taillard", "real"),
    (r"X\d+-(FSMF|FSMD|FSMFD|HD|HVRP)", "HFVRP X", "real"),
    (r"\d\d\D*E\d+-\d+\w", "Golden-Taillard", "real"),
    (r"(Li_)?H\d", "HVRP Li", "real"),
    (r"(VRPNC|N)\d+", "HVRP Brandao", "real"),
)


def family_of(name: str) -> str:
    """Return the set of a name in a header, as in "CVRP A"; empty when it is none of the known ones."""
    for pattern, family, _ in _SETS:
        found = re.fullmatch(pattern, name, re.IGNORECASE)
        if found:
            return found.expand(family)
    return ""


def rounding_of(name: str) -> Rounding | None:
    """Return how the set of a name measures EUC_2D, None when it is none of the known ones."""
    for pattern, _, rounding in _SETS:
        if re.fullmatch(pattern, name, re.IGNORECASE):
            return rounding
    return None


def solomon_family(name: str, customers: int) -> str:
    """Return "Solomon 25" and the like for the names C101 to RC208, otherwise an empty text."""
    known = re.match(r"(C|R|RC)[12]\d\d(?!\d)", name, re.IGNORECASE)
    return f"Solomon {customers}" if known else ""
