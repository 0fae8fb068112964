"""Solve a sample of hub-days into a folder, going on where an earlier run ended."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from pathlib import Path

from voltmile.problem.folder import read
from voltmile.problem.nation import Nation
from voltmile.solve.hub_tree import solve_hub_day
from voltmile.solve.hub_tree.warm_up import warm_up
from voltmile.solve.pools import children_of_one_thread
from voltmile.study.benchmark.origin import Origin, going_on, this_run
from voltmile.study.benchmark.store import write_whole
from voltmile.study.hub_days.report import write_report
from voltmile.study.hub_days.rows import Row, make_row, read_rows, write_rows
from voltmile.study.hub_days.sample import Case, day_and_rates, draw

ROWS, PROVENANCE = "rows.csv", "provenance.json"


@dataclass(frozen=True)
class Settings:
    """What is solved and how long.

    Attributes
    ----------
    hubs, seed : int
        Of the sample.
    gap : float
        At which a solve ends.
    time_limit_s : float
        Wall seconds of a solve, after which it finishes the step under way: a little under what is promised.
    """

    instance: Path
    hubs: int = 30
    seed: int = 1
    gap: float = 0.001
    time_limit_s: float = 57.0


def run(
    settings: Settings, folder: Path, workers: int, arguments: Sequence[str], tell: Callable[[str], object]
) -> None:
    """Solve what the folder does not have yet and write rows, provenance, report and figure.

    Raises
    ------
    ValueError
        For a folder made with other settings.
    """
    nation = read(settings.instance)
    folder.mkdir(parents=True, exist_ok=True)
    cases = draw(nation, settings.hubs, settings.seed)
    rows = {row.case: row for row in read_rows(folder / ROWS)}
    origin = _origin(folder / PROVENANCE, settings, nation, arguments, workers)
    missing = [case for case in cases if case not in rows]
    try:
        for row in _solve_all(settings, nation, missing, workers):
            rows[row.case] = row
            origin = origin.with_row(f"{row.hub} {row.year} {row.day_type}")
            write_rows(folder / ROWS, [rows[case] for case in cases if case in rows])
            write_whole(folder / PROVENANCE, origin.to_json())
            tell(f"{row.hub} {row.year} {row.day_type}: n {row.n}, gap {row.gap:.2%}, {row.time_s:.0f} s")
    finally:  # Ctrl-C too
        write_whole(folder / PROVENANCE, origin.without_idle_runs().to_json())
        if rows:
            write_report(folder, [rows[case] for case in cases if case in rows], settings.hubs, origin)


def _origin(path: Path, settings: Settings, nation: Nation, arguments: Sequence[str], workers: int) -> Origin:
    definition = {**asdict(settings), "instance": settings.instance.name, "instance_sha256": nation.digest}
    return going_on(path, "hub-days", definition, this_run(arguments, workers), "with other settings")


# -- solving --------------------------------------------------------------------------------------------


def _solve_all(settings: Settings, nation: Nation, cases: Sequence[Case], workers: int) -> Iterator[Row]:
    if workers <= 1:
        _warm_up(nation, cases)
        for case in cases:
            yield _solve(settings, nation, case)
        return
    children_of_one_thread()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin, (settings,)) as pool:
        for done in as_completed([pool.submit(_serve, case) for case in cases]):
            yield done.result()


def _solve(settings: Settings, nation: Nation, case: Case) -> Row:
    day, rates = day_and_rates(nation, case)
    wall, cpu = time.perf_counter(), time.process_time()
    result = solve_hub_day(day, rates, gap=settings.gap, time_limit_s=settings.time_limit_s)
    return make_row(nation, case, day, result, time.perf_counter() - wall, time.process_time() - cpu)


def _warm_up(nation: Nation, cases: Sequence[Case]) -> None:
    """Have the kernels compiled, which takes once what it takes, before anything is timed."""
    if cases:
        warm_up(*day_and_rates(nation, cases[0]))


_TASK: list[tuple[Settings, Nation]] = []
"""Of a worker process."""


def _begin(settings: Settings) -> None:
    nation = read(settings.instance)
    _warm_up(nation, draw(nation, 1, settings.seed))
    _TASK.append((settings, nation))


def _serve(case: Case) -> Row:
    return _solve(*_TASK[0], case)
