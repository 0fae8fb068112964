"""What a solve tells whoever watches it: small events, and nothing heavy to import."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """A phase begins; the one before it is over."""

    name: str


@dataclass(frozen=True, slots=True)
class HubPriced:
    """A hub was priced on one day (year, day type).

    Attributes
    ----------
    done : int
        Days of hubs priced in this round by now, over all hubs.
    bound : float or None
        Lower bound on the nation's cost by now (CNY), when there is one.
    """

    city: str
    hub: str
    year: int
    day_type: str
    done: int
    bound: float | None = None


@dataclass(frozen=True, slots=True)
class CityDone:
    """A stage is done for a city, or begins (``city`` is None) with so many done by an earlier run.

    Attributes
    ----------
    city : str or None
        Its name.
    done, total : int
        Cities.
    """

    stage: str
    city: str | None
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class BoundImproved:
    """A better bound or a better plan (CNY); ``gap`` is relative to the plan, None without one."""

    bound: float
    plan: float | None = None
    gap: float | None = None


@dataclass(frozen=True, slots=True)
class MipProgress:
    """Where a MIP stands: incumbent (None without one), proven bound, relative gap, nodes, seconds in it."""

    primal: float | None
    dual: float
    gap: float | None
    nodes: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Message:
    """One sentence for the user."""

    text: str


Event = PhaseStarted | HubPriced | CityDone | BoundImproved | MipProgress | Message
Listener = Callable[[Event], None]


def unheard(_event: Event) -> None:
    """Listen to nothing."""
