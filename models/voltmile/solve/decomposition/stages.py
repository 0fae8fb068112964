"""Stages: one function for every city, spread over a crew, each result kept the moment it is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from voltmile.problem.nation import Nation
from voltmile.solve.crew import CityTasks, Crew
from voltmile.solve.decomposition.frames import alone
from voltmile.solve.decomposition.sources import digest_of
from voltmile.solve.decomposition.store import Store, key_of
from voltmile.solve.progress import CityDone, Listener

Result = TypeVar("Result")


class Incomplete(Exception):  # noqa: N818  (not an error: somebody said stop)
    """A stage was stopped before every city was done; what is done is kept."""


@dataclass
class Stages:
    """Runs stages of a nation, the largest cities first.

    Attributes
    ----------
    over : callable
        Asked now and then whether to stop.
    """

    nation: Nation
    crew: Crew
    store: Store
    tell: Listener
    over: Callable[[], bool]

    def __post_init__(self) -> None:
        """Weigh the cities, and digest them for the keys."""
        villages = {city.id: 0 for city in self.nation.cities}
        for hub in self.nation.hubs:
            villages[hub.city] += len(self.nation.villages_of[hub.id])
        self._by_size = sorted(villages, key=lambda city: (-villages[city], city))
        self._digest = {
            (city, limits): alone(self.nation, city, None if limits else ()).digest
            for city in villages
            for limits in (False, True)
        }

    def run(
        self,
        stage: str,
        function: Callable[..., Any],
        arguments: Callable[[str], tuple[Any, ...]],
        depends: Callable[[str], Sequence[object]],
        *,
        limits: bool = True,
        over: Callable[[], bool] | None = None,
        heard: Callable[[str, Any], None] | None = None,
    ) -> dict[str, str]:
        """Do a stage for every city that is not done yet; return the key of each result, in file order.

        Parameters
        ----------
        function
            Called as ``function(nation, city, *arguments(city))``.
        depends
            What the result depends on beside the city, the nation's limits and the code.
        limits
            Whether it depends on the nation's limits.
        over
            Where given, ends the stage early, with fewer results.
        heard
            Told every result, those of earlier runs first.

        Raises
        ------
        Incomplete
            When ``over`` said so.
        """
        code = digest_of(function.__module__)
        keys = {
            city.id: key_of(stage, city.id, [code, self._digest[city.id, limits], *depends(city.id)])
            for city in self.nation.cities
        }
        missing = [city for city in self._by_size if keys[city] not in self.store]
        done = len(keys) - len(missing)
        self.tell(CityDone(stage, None, done, len(keys)))
        if heard is not None:
            for city in sorted(keys.keys() - set(missing)):
                heard(city, self.store.get(keys[city]))
        tasks = CityTasks(missing, arguments)
        for position, result in self.crew.run(function, tasks, over or self.over):
            city = missing[position]
            self.store.put(keys[city], result)
            done += 1
            self.tell(CityDone(stage, self.nation.city[city].name, done, len(keys)))
            if heard is not None:
                heard(city, result)
        if done < len(keys) and over is None:
            raise Incomplete(f"{stage}: {done} of {len(keys)} cities done")
        return keys

    def results(self, keys: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        """Read the results of a stage one after the other, in file order."""
        for city, key in keys.items():
            yield city, self.store.get(key)
