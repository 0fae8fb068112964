"""How the cost of solving grows with cities: parts of green2020, by one worker, by two, and by Dask with two.

    python experiments/growth.py --output results/growth [--cities 1 5 10 25] [--ways 1 2 dask] [--hubs 1]

Every case is a process of its own and writes a row when it is there; the same command goes on with the rest.
A part has every so-many-th city of the instance and its share of the limits by urban parcels. With `--hubs N`
cities have only their first N hubs with villages. The exit code is 1 when plans depend on who worked.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from voltmile.study.growth.report import differing
from voltmile.study.growth.rows import WAYS, Case, Row
from voltmile.study.growth.run import run

_ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Solve what is missing, then write the page."""
    a = _arguments()
    cases = [Case(a.hubs, cities, way) for cities in a.cities for way in a.ways]
    return 1 if differing(run(a.instance.resolve(), cases, a.output, sys.argv, _tell)) else 0


def _tell(row: Row) -> None:
    print(f"{row.cities} cities, {row.way}: {row.wall_s:.1f} s, gap {row.gap:.2%}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--instance", type=Path, default=_ROOT / "instances" / "green2020")
    parser.add_argument("--cities", type=int, nargs="+", default=[1, 5, 10, 25, 50, 100])
    parser.add_argument("--ways", nargs="+", choices=WAYS, default=list(WAYS))
    parser.add_argument("--hubs", type=int, default=0, help="hubs with villages a city; 0 for all")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
