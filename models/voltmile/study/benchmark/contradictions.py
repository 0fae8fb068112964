"""What contradicts the literature in a table of rows, as far as the rows tell."""

from __future__ import annotations

from voltmile.study.benchmark.rows import Row

_ROOM = 0.01
"""Published values are rounded or cut, to two digits at the least."""
_DUST = 1e-6


def contradicts(row: Row, optimum_known: bool) -> bool:
    """Whether a row cannot be right if its best known value is.

    A bound above it, a plan below a known optimum, or a proof that there is none. Where fewest vehicles come
    first, only rows with as many vehicles are compared: the others have no gap to the best known value.
    """
    if not row["best_known"]:
        return False
    if row["status"] == "infeasible":
        return True
    if not row["gap_to_best_known"]:
        return False
    best = float(row["best_known"])
    room = max(_ROOM, _DUST * abs(best))
    if row["bound"] and float(row["bound"]) > best + room:
        return True
    return optimum_known and float(row["primal"]) < best - room
