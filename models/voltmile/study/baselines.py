"""Baselines by name: what the plan is compared with, none of it an input to the plan."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from threading import Event

from voltmile.problem.nation import Nation
from voltmile.routes.day import HubDay
from voltmile.solve import hub_work
from voltmile.solve.crew import Crew
from voltmile.solve.joint import JointEffort
from voltmile.solve.progress import Listener, unheard
from voltmile.solve.solution import Solution
from voltmile.study import city_by_city, journey, separate
from voltmile.study.baseline_note import BaselineNote
from voltmile.study.config import JOURNEY_BASELINES
from voltmile.study.separate import Compared

#: Carriers of equal shares in the journey baseline. No source gives a number for villages; several is the
#: point, and the km per visit grow with it.
CARRIERS = 3

_EFFORT = JointEffort(gap=2e-3, nodes=60)


def compute(
    nation: Nation,
    solution: Solution,
    names: Sequence[str],
    *,
    workers: int = 1,
    cluster: str | None = None,
    on_progress: Listener = unheard,
    stop: Event | None = None,
) -> dict[str, float]:
    """Compute baselines of a solved nation; those not begun when ``stop`` is set are left out.

    Parameters
    ----------
    names : sequence of str
        Of ``voltmile.study.config.BASELINES``.
    workers, cluster
        Who works on cities side by side; the numbers do not depend on it.

    Returns
    -------
    dict of str to float
        Km per village and day for the journeys, discounted CNY for the ways to decide. One that ends without
        a plan is left out and the reason told to ``on_progress``.
    """
    halt = stop or Event()
    found: dict[str, float] = {}
    with Crew(nation, workers, cluster) as crew:
        ways = _Ways(nation, solution, crew, halt)
        for name in names:
            if halt.is_set():
                break
            value = ways.journey(name) if name in JOURNEY_BASELINES else ways.compared(name)
            if halt.is_set():
                break  # cut off half-way: no comparison
            if isinstance(value, Compared):
                if value.reason is not None:
                    none = "no plan: " if value.cost_cny is None else ""
                    on_progress(BaselineNote(f"baseline {name}: {none}{value.reason}", name))
                if value.cost_cny is None:
                    continue
                value = value.cost_cny
            found[name] = value
    return found


class _Ways:
    """The ways to route and to decide, over all columns where there are any, else city by city."""

    def __init__(self, nation: Nation, solution: Solution, crew: Crew, stop: Event) -> None:
        self._nation, self._solution, self._crew, self._stop = nation, solution, crew, stop
        self._km: dict[str, float] = {}

    def journey(self, name: str) -> float:
        """Return km per visit, a task a city."""
        if name not in self._km:
            tasks = [(city.id, name, CARRIERS) for city in self._nation.cities]
            found = dict(self._crew.run(journey.km_of_city, tasks, self._stop.is_set))
            self._km[name] = journey.km_per_visit(found[position] for position in sorted(found))
        return self._km[name]

    def compared(self, name: str) -> Compared:
        """Return the cost of a way to decide."""
        solution, kept = self._solution, self._solution.kept
        if kept is not None:
            km = self.journey("pooled_savings")
            return city_by_city.compared(self._crew, solution, kept, name, km, _EFFORT, self._stop.is_set)
        if name == "city_alone":
            return separate.city_alone(self._nation, solution.columns, _EFFORT, self._stop)
        way = _IN_STAGES[name]
        return way(self._nation, solution.columns, self._days(), _EFFORT, self._stop)

    def _days(self) -> list[HubDay]:
        nation = self._nation
        hubs = [hub.id for hub in nation.hubs if nation.villages_of[hub.id]]
        return [day for hub in hubs for day in hub_work.days_of(nation, hub).values()]


_IN_STAGES: Mapping[str, Callable[..., Compared]] = {
    "fleet_first": separate.fleet_first,
    "sequential": separate.sequential,
}
