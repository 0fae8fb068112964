"""voltmile and PyVRP alone on the same problems, seeds and seconds: ``paired.py --benchmarks DIR --out DIR``.

A pair is solved by one process: voltmile first, then PyVRP for as long as voltmile took, and never shorter
than the limit. With two workers two pairs run side by side. Pairs that are there are kept.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pyvrp_alone import solve_alone

from voltmile.check.driving import drive
from voltmile.check.routing import check_routing
from voltmile.problem.benchmarks import lookup, read_benchmarks, read_best_known
from voltmile.problem.faults import FaultyInputError
from voltmile.problem.routing import Route, RoutingProblem
from voltmile.solve.pools import children_of_one_thread
from voltmile.study.benchmark.definitions import read_definitions
from voltmile.study.benchmark.drawn import Drawn, NothingToDrawError, draw_problems
from voltmile.study.benchmark.origin import this_run
from voltmile.study.benchmark.pairs import PairStore, make_pair, pair_record
from voltmile.study.benchmark.published import PAIRS, Published
from voltmile.study.folder import OutputError

TABLES = Path(__file__).with_name("tables.toml")
EXAMPLES = Path(__file__).parents[2] / "instances" / "routing"
NAME = "paired"


@dataclass(frozen=True)
class Task:
    """A problem and a seed."""

    path: Path
    drawn: Drawn
    seed: int
    limit_s: float
    best_known: float | None

    @property
    def key(self) -> tuple[str, ...]:
        """What its pair is found by."""
        return (*self.drawn.key, str(self.seed))


def solve_pair(task: Task) -> tuple[dict[str, str], dict[str, Any]]:
    """Solve with both; a plan that fails the check raises."""
    from voltmile.solve.routing.engine import solve_routing

    problem = next(p for p in read_benchmarks(task.path) if p.variant == task.drawn.variant)
    began = time.perf_counter()
    result = solve_routing(problem, time_limit_s=task.limit_s, seed=task.seed)
    voltmile_s = time.perf_counter() - began
    began = time.perf_counter()
    alone = solve_alone(problem, max(task.limit_s, voltmile_s), task.seed)
    pyvrp_s = time.perf_counter() - began
    costs = checked(problem, result.routes), checked(problem, alone)
    pair = make_pair(problem, result, task.seed, task.limit_s, (voltmile_s, pyvrp_s), costs, task.best_known)
    return pair, pair_record(problem, task.seed, (result.routes, alone), costs)


def checked(problem: RoutingProblem, routes: Sequence[Route]) -> float:
    """Cost of a plan by voltmile's check, infinity without one."""
    if not routes:
        return math.inf
    cost = math.fsum(drive(problem, route).cost for route in routes)
    faults = check_routing(problem, routes, cost)
    if faults:
        raise ValueError(f"{problem.name}: {faults[0]}")
    return cost


def warm_up(folder: Path) -> None:
    """Load and compile what a solve needs before any clock runs."""
    from voltmile.solve.routing.engine import solve_routing

    for file in sorted(folder.glob("*.vrp")):
        for problem in read_benchmarks(file):
            solve_routing(problem, time_limit_s=20.0)


def main() -> int:
    """Return the exit code: 1 when a pair failed, 2 for wrong input, 130 when interrupted."""
    given = _arguments()
    try:
        file = read_definitions(given.tables)
        settled = file.definitions.paired[NAME]
        drawn = [draw_problems(part, given.benchmarks, NAME) for part in settled.selection]
        folder = Published(
            given.out,
            NAME,
            settled,
            file.sha256,
            this_run(sys.argv, given.workers, elsewhere=[str(given.benchmarks)]),
            "python experiments/routing/paired.py --benchmarks DIR --out DIR --workers 2",
            [one for part in drawn for one in part],
        )
        store = PairStore(given.out / PAIRS)
    except (FaultyInputError, NothingToDrawError, OutputError) as error:
        print(error, file=sys.stderr)
        return 2
    tasks = []
    for part, problems in zip(settled.selection, drawn, strict=True):
        known = given.benchmarks / part.best_known
        tasks += list(_tasks(given.benchmarks, known, problems, settled.seeds, settled.time_limit_s))
    tasks = [task for task in tasks if task.key not in store]
    print(f"{len(tasks)} pairs to solve", file=sys.stderr)
    return _solve_all(tasks, folder, store, given.workers)


def _tasks(
    benchmarks: Path, known: Path, problems: Sequence[Drawn], seeds: Sequence[int], limit_s: float
) -> Iterator[Task]:
    table = read_best_known(known)
    for one in problems:
        problem = next(p for p in read_benchmarks(benchmarks / one.file) if p.variant == one.variant)
        best = lookup(table, problem)
        for seed in seeds:
            value = None if best is None else best.value
            yield Task(benchmarks / one.file, one, seed, limit_s, value)


def _solve_all(tasks: Sequence[Task], folder: Published, store: PairStore, workers: int) -> int:
    faults = 0
    children_of_one_thread()
    pool = ProcessPoolExecutor(
        workers,
        get_context("spawn"),
        warm_up,
        (EXAMPLES,),
    )
    try:
        waiting = {pool.submit(solve_pair, task): task for task in tasks}
        for future in as_completed(waiting):
            task = waiting[future]
            name = f"{task.drawn.instance} seed {task.seed}"
            error = future.exception()
            if error is not None:
                faults += 1
                folder.fault(f"{name}: {type(error).__name__}: {error}")
                print(f"{name}: {error}", file=sys.stderr)
                continue
            pair, record = future.result()
            store.add(pair, record)
            folder.row(name)
            print(
                f"{name}: voltmile {pair['voltmile']} PyVRP {pair['pyvrp']} bound {pair['bound']}",
                file=sys.stderr,
            )
    except KeyboardInterrupt:
        pool.shutdown(wait=False, cancel_futures=True)
        return 130
    pool.shutdown()
    return int(faults > 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--benchmarks", type=Path, required=True, metavar="DIR", help="published files")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="pairs, plans, provenance, page"
    )
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="pairs side by side")
    parser.add_argument("--tables", type=Path, default=TABLES, metavar="TOML", help="instead of tables.toml")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
