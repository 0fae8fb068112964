"""How the cost of solving grows with cities: parts of green2020, by one worker, by two, and by Dask with two.

    python experiments/growth.py --output results/growth [--cities 1 5 10 25] [--how 1 2 dask]

Every run is a process of its own and writes a row when it is there; the same command goes on with the rest. A
part has every so-many-th city of the instance and its share of the limits by urban parcels.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ROOT = Path(__file__).resolve().parent.parent
HOW = ("1", "2", "dask")
COLUMNS = (
    "cities",
    "how",
    "villages",
    "wall_s",
    "cpu_s",
    "rss_mb",
    "tours_s",
    "columns_s",
    "prices_s",
    "plan_s",
    "bound_s",
    "cost_cny",
    "bound_cny",
    "gap",
)


def main() -> None:
    """Solve what is missing, then draw."""
    arguments = _arguments()
    if arguments.one:
        print(json.dumps(_solve(arguments.instance, arguments.cities[0], arguments.how[0])))
        return
    arguments.output.mkdir(parents=True, exist_ok=True)
    path = arguments.output / "rows.csv"
    rows = _read(path)
    for cities in arguments.cities:
        for how in arguments.how:
            if any((row["cities"], row["how"]) == (str(cities), how) for row in rows):
                continue
            words = [sys.executable, __file__, "--one", "--cities", str(cities), "--how", how]
            words += ["--instance", str(arguments.instance), "--output", str(arguments.output)]
            done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True)
            rows.append(json.loads(done.stdout.splitlines()[-1]))
            _write(path, rows)
            print(rows[-1], flush=True)
    _draw(rows, arguments.output / "growth.png")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--instance", type=Path, default=_ROOT / "instances" / "green2020")
    parser.add_argument("--cities", type=int, nargs="+", default=[1, 5, 10, 25, 50, 100])
    parser.add_argument("--how", nargs="+", choices=HOW, default=list(HOW))
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _solve(instance: Path, cities: int, how: str) -> dict[str, object]:
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    import voltmile as vm

    nation = _part(vm.read(instance), cities)
    began = time.perf_counter()
    with _cluster(how) as cluster:
        workers = 1 if how == "1" else 2
        found = vm.solve(
            nation, method="cities", workers=workers, cluster=cluster, time_limit_s=86400.0, gap=0.0
        )
        wall_s = time.perf_counter() - began
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    row: dict[str, object] = {"cities": cities, "how": how, "villages": len(nation.villages)}
    row["wall_s"] = round(wall_s, 2)
    row["cpu_s"] = round(own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime, 2)
    row["rss_mb"] = round(max(own.ru_maxrss, children.ru_maxrss) / 1024)
    row |= {f"{name}_s": round(found.seconds_by_phase[name], 2) for name in
            ("tours", "columns", "prices", "plan", "bound")}  # fmt: skip
    return row | {"cost_cny": found.objective, "bound_cny": found.bound, "gap": found.gap}


@contextmanager
def _cluster(how: str) -> Iterator[str | None]:
    """Two Dask workers of this machine."""
    if how != "dask":
        yield None
        return
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        yield cluster.scheduler_address


def _part(nation, cities: int):  # type: ignore[no-untyped-def]
    """Every so-many-th city under its share of the limits."""
    from voltmile.problem.parts import part

    step = len(nation.cities) / cities
    chosen = {nation.cities[int(i * step + step / 2)].id for i in range(cities)}
    parcels = {city.id: city.urban_parcels_per_day for city in nation.cities}
    share = sum(parcels[c] for c in chosen) / sum(parcels.values())
    if cities == len(nation.cities):
        return nation
    names = {"budget": "max_cny", "supply": "max_vehicles", "carbon": "max_co2_kg", "fund": "max_cny"}
    limits = []
    for limit in nation.limits:
        if limit.kind in names:
            name = names[limit.kind]
            limits.append(limit.model_copy(update={name: share * getattr(limit, name)}))
        elif limit.kind == "green_cities":
            fewer = max(1, round(limit.min_cities * cities / len(nation.cities)))
            limits.append(limit.model_copy(update={"min_cities": fewer}))
        elif limit.kind == "labels":
            limits.append(limit.model_copy(update={"min_labels_million": share * limit.min_labels_million}))
        else:
            limits.append(limit)
    return part(nation, chosen, limits, measures=nation.measures and nation.measures.of_share(share))


def _read(path: Path) -> list[dict[str, object]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    new = path.with_suffix(".new")
    with new.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    new.replace(path)


def _draw(rows: list[dict[str, object]], path: Path) -> None:
    """Wall seconds against cities on logarithmic axes, with a power law fitted to each way."""
    import numpy as np

    from voltmile.study.figures.style import ELECTRIC, FUEL, GAIN, PNG_DPI, headed, new_figure, styled

    colours = dict(zip(HOW, (FUEL, ELECTRIC, GAIN), strict=True))
    words = {"1": "1 worker", "2": "2 workers", "dask": "Dask, 2 workers"}
    with styled():
        figure = new_figure(6.0, 4.0)
        axes = figure.subplots()
        legend = {}
        for how in HOW:
            points = sorted(
                (float(str(r["cities"])), float(str(r["wall_s"]))) for r in rows if r["how"] == how
            )
            if not points:
                continue
            x, y = np.array(points).T
            exponent = f", exponent {np.polyfit(np.log(x), np.log(y), 1)[0]:.2f}" if len(points) > 1 else ""
            axes.plot(x, y, marker="o", markersize=4, color=colours[how], linewidth=1.0)
            legend[words[how] + exponent] = colours[how]
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("cities")
        axes.set_ylabel("wall seconds")
        headed(figure, "Solving parts of green2020", legend)
        figure.savefig(path, dpi=PNG_DPI, metadata={"Software": None})


if __name__ == "__main__":
    main()
