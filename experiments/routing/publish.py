"""Make a published table of ``tables.toml``, or go on: ``publish.py SET --benchmarks DIR --out DIR``."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from threading import Event

from voltmile.cli.benchmark_progress import watched
from voltmile.problem.faults import FaultyInputError
from voltmile.solve.interrupt import watching
from voltmile.study.benchmark.definitions import read_definitions
from voltmile.study.benchmark.drawn import NothingToDrawError, draw_problems, files_of
from voltmile.study.benchmark.origin import this_run
from voltmile.study.benchmark.publish import publish
from voltmile.study.folder import OutputError

TABLES = Path(__file__).with_name("tables.toml")


def main() -> int:
    """Return the exit code: 1 when something was found wrong, 2 for wrong input, 130 when interrupted."""
    try:
        given = _arguments()
        file = read_definitions(given.tables)
        settled = file.definitions.benchmark.get(given.set)
        if settled is None:
            print(f"no set {given.set!r}; valid: {', '.join(file.definitions.benchmark)}", file=sys.stderr)
            return 2
        if given.dry_run:
            problems = draw_problems(settled, given.benchmarks, given.set)
            print(f"{len(problems)} problems in", *files_of(problems), sep="\n")
            return 0
        stop = Event()
        with watching(stop), watched() as listener:
            tally = publish(
                given.set,
                settled,
                file.sha256,
                given.benchmarks,
                given.out,
                this_run(sys.argv, given.workers, elsewhere=[str(given.benchmarks)]),
                recipe=f"python experiments/routing/publish.py {given.set} --benchmarks DIR --out DIR",
                stop=stop,
                listener=listener,
            )
    except (FaultyInputError, NothingToDrawError, OutputError) as error:
        print(error, file=sys.stderr)
        return 2
    return 130 if tally.interrupted else int(tally.faults > 0)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("set", help="a [benchmark.SET] of the tables")
    parser.add_argument("--benchmarks", type=Path, required=True, metavar="DIR", help="published files")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="rows, routes, provenance, page"
    )
    parser.add_argument("--workers", type=int, default=1, metavar="N", help="processes side by side")
    parser.add_argument("--tables", type=Path, default=TABLES, metavar="TOML", help="instead of tables.toml")
    parser.add_argument("--dry-run", action="store_true", help="only say which files are drawn")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
