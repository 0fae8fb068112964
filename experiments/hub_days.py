"""Solve a sample of hub-days of green2020, each within a minute on one thread.

    python experiments/hub_days.py --output experiments/published/hub_days [--workers 2]

A run that was ended goes on where it stopped: rows that are there are kept.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from voltmile.study.hub_days.run import Settings, run

_ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Read the arguments and run."""
    a = _arguments()
    settings = Settings(a.instance.resolve(), a.hubs, a.seed, a.gap, a.time_limit)
    run(settings, a.output, a.workers, sys.argv, lambda line: print(line, flush=True))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--instance", type=Path, default=_ROOT / "instances" / "green2020")
    parser.add_argument("--hubs", type=int, default=Settings.hubs)
    parser.add_argument("--seed", type=int, default=Settings.seed)
    parser.add_argument("--gap", type=float, default=Settings.gap)
    parser.add_argument("--time-limit", type=float, default=Settings.time_limit_s)
    parser.add_argument("--workers", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
