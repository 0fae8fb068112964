"""What is said when no plan can exist."""

from __future__ import annotations

from voltmile.problem.nation import Nation


class InfeasibleError(ValueError):
    """No plan can exist; the message says what stands in the way."""


def contradiction(nation: Nation, found: str) -> InfeasibleError:
    """Return the error for hard limits that cannot be kept together.

    Parameters
    ----------
    found : str
        What was found out, as the beginning of a sentence.
    """
    hard = ", ".join(limit.id for limit in nation.limits if limit.price_cny_per_unit is None)
    return InfeasibleError(
        f"{found}. Hard limits: {hard or 'none'}. Give one a price_cny_per_unit to see what it lacks; what "
        "cities own, their electric_share_min and ev_only_from_year, and the hubs' grid_kw bind as well"
    )
