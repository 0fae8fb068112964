"""One case in a process of its own, so that its seconds, memory and workers are nobody else's."""

from __future__ import annotations

import hashlib
import multiprocessing
import resource
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from voltmile.problem.folder import read
from voltmile.solve.plan import solve
from voltmile.solve.pools import children_of_one_thread
from voltmile.solve.solution import Solution
from voltmile.study.growth.parts import some_cities
from voltmile.study.growth.rows import Case, Row

#: Wall seconds of a solve at most: no case takes so long, the result is the same on any machine.
_ENOUGH_S = 1e6


def in_own_process(instance: Path, case: Case) -> Row:
    """Solve a case in a new process."""
    children_of_one_thread()
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(solve_case, instance, case).result()


def solve_case(instance: Path, case: Case) -> Row:
    """Solve a case; times include the beginning and the end of its workers."""
    nation = some_cities(read(instance), case.cities, case.hubs or None)
    began = time.perf_counter()
    with _cluster(case.way) as cluster:
        found = solve(
            nation,
            method="cities",
            workers=1 if case.way == "1" else 2,
            cluster=cluster,
            time_limit_s=_ENOUGH_S,
            gap=0.0,
        )
    wall_s = time.perf_counter() - began
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seconds = {name: round(found.seconds_by_phase[name], 2) for name in found.seconds_by_phase}
    return Row(
        hubs=case.hubs,
        cities=case.cities,
        way=case.way,
        villages=len(nation.villages),
        wall_s=round(wall_s, 2),
        cpu_s=round(own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime, 2),
        rss_mb=round(max(own.ru_maxrss, others.ru_maxrss) / 1024),
        tours_s=seconds["tours"],
        frames_s=seconds["first prices"],
        columns_s=seconds["columns"],
        prices_s=seconds["prices"],
        plan_s=seconds["plan"],
        bound_s=seconds["bound"],
        cost_cny=found.objective,
        bound_cny=found.bound,
        gap=found.gap,
        sha256=_digest(found),
    )


def _digest(found: Solution) -> str:
    parts = [found.plan.model_dump_json(), repr(found.objective), found.certificate.model_dump_json()]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@contextmanager
def _cluster(way: str) -> Iterator[str | None]:
    """Two Dask workers of this machine."""
    if way != "dask":
        yield None
        return
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield str(cluster.scheduler_address)
