"""Random little hubs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from voltmile.routes.day import HubDay, Ride
from voltmile.routes.network import Network


def random_network(seed: int, n: int, *, windows: bool = False) -> Network:
    """A hub with n villages within about 60 km, directed distances."""
    rng = np.random.default_rng(seed)
    at = rng.uniform(-30, 30, (n + 1, 2))
    km = np.sqrt(((at[:, None] - at[None]) ** 2).sum(-1)) * rng.uniform(1.0, 1.2, (n + 1, n + 1))
    np.fill_diagonal(km, 0.0)
    parcels = np.concatenate([[0.0], rng.integers(5, 60, n).astype(float)])
    open_h = np.concatenate([[0.0], rng.uniform(0, 3, n)]) if windows else np.zeros(n + 1)
    close_h = (
        np.concatenate([[np.inf], open_h[1:] + rng.uniform(1, 5, n)]) if windows else np.full(n + 1, np.inf)
    )
    names = tuple(f"v{i}" for i in range(1, n + 1))
    kg, m3 = parcels * 1.5, parcels / rng.uniform(90, 130, n + 1)
    return Network("h", "c", names, km, km / 40, kg, m3, parcels, open_h, close_h)


def day_of(network: Network, factor: float = 1.0) -> HubDay:
    """A day with an electric and a fuel van."""
    service = 0.07 + 0.0025 * network.parcels * factor
    service[0] = 0.0
    rides = (
        Ride("ev", True, 200.0, 1.5, 0.2, 1e-4, 30.0, 0.07, 25.0, 0.0),
        Ride("ice", False, 300.0, 2.0, 0.08, 2e-5, float("inf"), 0.12, 25.0, 7.0),
    )
    kg, m3, parcels = network.kg * factor, network.m3 * factor, network.parcels * factor
    return HubDay(network, 2018, "regular", factor, 250.0, 250.0, 10.0, kg, m3, parcels, service, rides)


@pytest.fixture
def small_day() -> Callable[..., HubDay]:
    """Make a random hub-day from a seed and a number of villages."""

    def make(seed: int, n: int, *, factor: float = 1.0, windows: bool = False) -> HubDay:
        return day_of(random_network(seed, n, windows=windows), factor)

    return make
