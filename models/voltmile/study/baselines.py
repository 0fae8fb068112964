"""Baselines by name: what the plan is compared with, none of it an input to the plan."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Event

from voltmile.problem.nation import Nation
from voltmile.solve import hub_work
from voltmile.solve.joint import JointEffort
from voltmile.solve.progress import Listener, Message, unheard
from voltmile.solve.solution import Solution
from voltmile.study import journey, separate

#: Carriers of equal shares in the journey baseline. No source gives a number for villages; several is the
#: point, and the km per visit grow with it.
CARRIERS = 3

_EFFORT = JointEffort(gap=2e-3, nodes=60)


def compute(
    nation: Nation,
    solution: Solution,
    names: Sequence[str],
    *,
    on_progress: Listener = unheard,
    stop: Event | None = None,
) -> dict[str, float]:
    """Compute baselines of a solved nation; those not begun when ``stop`` is set are left out.

    Parameters
    ----------
    names : sequence of str
        Of ``voltmile.study.config.BASELINES``.

    Returns
    -------
    dict of str to float
        Km per village and day for the journeys, discounted CNY for the ways to decide. One that ends without
        a plan is left out and the reason told to ``on_progress``.
    """
    halt = stop or Event()
    found: dict[str, float] = {}
    ways = _ways(nation, solution, halt)
    for name in names:
        if halt.is_set():
            break
        value = ways[name]()
        if halt.is_set():
            break  # cut off half-way: no comparison
        if isinstance(value, separate.Compared):
            if value.cost_cny is None:
                on_progress(Message(f"baseline {name}: no plan ({value.reason})"))
                continue
            value = value.cost_cny
        found[name] = value
    return found


def _ways(
    nation: Nation, solution: Solution, stop: Event
) -> dict[str, Callable[[], float | separate.Compared]]:
    def fleet_first() -> separate.Compared:
        days = [
            day
            for hub in nation.hubs
            if nation.villages_of[hub.id]
            for day in hub_work.days_of(nation, hub.id).values()
        ]
        return separate.fleet_first(nation, solution.columns, days, _EFFORT, stop)

    return {
        "separate_carriers": lambda: journey.separate_carriers_km(nation, CARRIERS),
        "fixed_territories": lambda: journey.fixed_territories_km(nation),
        "pooled_savings": lambda: journey.pooled_savings_km(nation),
        "fleet_first": fleet_first,
        "city_alone": lambda: separate.city_alone(nation, solution.columns, _EFFORT, stop),
    }
