"""Which hub-days: hubs drawn from an instance, each with one of its days."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voltmile.problem.nation import Nation
from voltmile.routes.day import HubDay, hub_day
from voltmile.routes.network import network_of
from voltmile.routes.rates import Rates
from voltmile.solve.hub_work import guessed_rates


@dataclass(frozen=True, slots=True)
class Case:
    """A hub on a day."""

    hub: str
    year: int
    day_type: str


def draw(nation: Nation, hubs: int, seed: int) -> list[Case]:
    """Draw hubs with villages, without putting any back, and for each a day; in the order of the hubs' ids.

    Raises
    ------
    ValueError
        For more hubs than there are.
    """
    ids = sorted(h for h in nation.hub if nation.villages_of.get(h))
    if not 0 < hubs <= len(ids):
        raise ValueError(f"{hubs} hubs are asked for, {len(ids)} have villages")
    days = [(year, d.id) for year in nation.years for d in nation.day_types]
    rng = np.random.default_rng(seed)
    places = sorted(rng.choice(len(ids), hubs, replace=False).tolist())
    return [Case(ids[place], *days[int(rng.integers(len(days)))]) for place in places]


def day_and_rates(nation: Nation, case: Case) -> tuple[HubDay, list[Rates]]:
    """Return a hub-day and what its routes cost without dual prices.

    A vehicle-day costs what three years take from the vehicle's price, and its insurance, over the days of
    a year; a kWh the mean of the city's tariff.
    """
    day = hub_day(nation, network_of(nation, case.hub), case.year, case.day_type)
    return day, guessed_rates(nation, day)
