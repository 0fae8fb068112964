"""Exact pricing calls of voltmile and of public alternatives: ``throughput.py --benchmarks DIR --out DIR``.

Dual values of voltmile's root column generation are written to ``duals.json`` once; then every tool prices
with them, in a process and an environment of its own. Calls that are there are kept.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from voltmile.problem.benchmarks import read_benchmarks
from voltmile.problem.faults import FaultyInputError
from voltmile.problem.routing import RoutingProblem
from voltmile.routes.labelling.pricer import LabelPricer
from voltmile.routes.pricing import Priced, Prices
from voltmile.solve.routing.generation import converge
from voltmile.solve.routing.master import Master
from voltmile.solve.routing.search import Search
from voltmile.solve.routing.starts import single_visits
from voltmile.study.benchmark.calls import EXACT, key_of_call, read_calls, write_calls
from voltmile.study.benchmark.definitions import ThroughputSet, read_definitions
from voltmile.study.benchmark.drawn import Drawn, NothingToDrawError, draw_problems
from voltmile.study.benchmark.origin import this_run
from voltmile.study.benchmark.published import CALLS, Published
from voltmile.study.folder import OutputError

HERE = Path(__file__).parent
NAME = "throughput"
DUALS = "duals.json"
STAGES = {"early": 0.1, "middle": 0.5, "last": 1.0}
"""How far column generation is, as a share of its pricing calls."""


@dataclass(frozen=True)
class Tool:
    """A pricing tool, and what pip installs for it; nothing for voltmile itself."""

    name: str
    script: str
    requirement: str
    relaxations: tuple[str, ...]


TOOLS = (
    Tool("voltmile", "voltmile_tool.py", "", ("ng", "elementary")),
    Tool("PathWyse", "pathwyse_tool.py", "routepricer==1.0.0", ("ng", "elementary")),
    Tool("VRPSolverEasy", "vrpsolvereasy_tool.py", "VRPSolverEasy==0.1.3", ("elementary",)),
    Tool("vrpy", "vrpy_tool.py", "vrpy==0.5.1", ("elementary", "elementary mip")),
)


class Recording(LabelPricer):
    """Remembers the dual values of every call."""

    def __init__(self, problem: RoutingProblem, neighbours: int) -> None:
        super().__init__(problem, neighbours)
        self.seen: list[Prices] = []

    def price(self, prices: Prices, *, care: int, most: int) -> Priced:
        """Price, and remember with what."""
        self.seen.append(prices)
        return super().price(prices, care=care, most=most)


def duals_of(problem: RoutingProblem, neighbours: int) -> list[dict[str, Any]]:
    """Return dual values of the stages of column generation at the root, from single visits on."""
    search, pricer = Search(problem), Recording(problem, neighbours)
    routes = single_visits(problem)
    cost = np.array([search.cost_of(route) for route in routes])
    allowed = np.ones((1, problem.size + 1, problem.size + 1), dtype=np.bool_)
    converge(search, Master(problem, [], routes, cost, 2 * search.dearest), pricer, allowed)
    last = len(pricer.seen) - 1
    calls = {stage: round(share * last) for stage, share in STAGES.items()}
    return [
        {
            "stage": stage,
            "call": f"{call + 1} of {last + 1}",
            "customer": pricer.seen[call].customer.tolist(),
            "vehicle": float(pricer.seen[call].vehicle[0]),
        }
        for stage, call in calls.items()
    ]


def asked_of(problem: RoutingProblem, duals: dict[str, Any], settled: ThroughputSet) -> dict[str, Any]:
    """Return a pricing problem as the tools read it, but for the relaxation."""
    (vehicle,) = problem.vehicles
    return {
        "cost": (vehicle.per_distance * problem.distance).tolist(),
        "demand": problem.demand.tolist(),
        "capacity": vehicle.capacity,
        "prize": duals["customer"],
        "fixed": vehicle.fixed + duals["vehicle"],
        "neighbours": settled.neighbours,
        "repeats": settled.repeats,
        "limit_s": settled.limit_s,
    }


def python_of(tool: Tool, environments: Path) -> Path:
    """Return the Python of a tool's environment, which is made where it is missing.

    Raises
    ------
    subprocess.CalledProcessError
        When pip cannot install it; ``stderr`` says why.
    """
    if not tool.requirement:
        return Path(sys.executable)
    folder = environments / tool.requirement
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        subprocess.run(
            [sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True
        )
        pip = [str(python), "-m", "pip", "install", "--quiet", tool.requirement]
        subprocess.run(pip, check=True, capture_output=True, text=True)
        (folder / "installed").touch()
    return python


def call(tool: Tool, python: Path, asked: dict[str, Any]) -> dict[str, str]:
    """Let a tool price; return the cells of the row that say how it went."""
    cells = {"status": "", "seconds": "", "repeats": "", "value": "", "elementary": ""}
    process = subprocess.Popen(
        [str(python), str(HERE / "tools" / tool.script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tempfile.gettempdir(),  # some leave files behind
        start_new_session=True,  # what the tool starts ends with it
    )
    try:
        # Python and its imports are not the tool's time.
        said, complaint = process.communicate(json.dumps(asked), timeout=asked["limit_s"] + 30)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return {**cells, "status": f"over {asked['limit_s']:g} s"}
    if process.returncode:
        why = (complaint.strip().splitlines() or [f"exit code {process.returncode}"])[-1]
        return {**cells, "status": f"failed: {why}"}
    found = json.loads(said.splitlines()[-1])
    if found.get("error"):
        return {**cells, "status": found["error"]}
    if median(found["seconds"]) > asked["limit_s"]:
        return {**cells, "status": f"over {asked['limit_s']:g} s"}
    value = min(0.0, reduced_cost(asked, found["tour"]))
    wrong = faults(asked, found, value)
    return {
        **cells,
        "status": wrong or EXACT,
        "repeats": str(len(found["seconds"])),
        "seconds": f"{median(found['seconds']):.5f}",
        "value": f"{round(value, 4) + 0.0:.4f}",
        "elementary": "yes" if len(set(found["tour"])) == len(found["tour"]) else "no",
    }


def reduced_cost(asked: dict[str, Any], tour: Sequence[int]) -> float:
    """Cost of a route less its prizes; 0 for none."""
    if not tour:
        return 0.0
    legs = sum(asked["cost"][i][j] for i, j in pairwise((0, *tour, 0)))
    return float(asked["fixed"] + legs - sum(asked["prize"][i] for i in tour))


def faults(asked: dict[str, Any], found: dict[str, Any], value: float) -> str:
    """Say what is wrong with an answer, nothing when it is a route of the value it claims."""
    load = sum(asked["demand"][i] for i in found["tour"])
    if load > asked["capacity"]:
        return f"wrong: carries {load:g} of {asked['capacity']:g}"
    if found["said"] is not None and abs(min(0.0, found["said"]) - value) > 0.01:
        return f"wrong: says {found['said']:g}, its route has {value:g}"
    return ""


def main() -> int:
    """Return the exit code: 2 for wrong input."""
    given = _arguments()
    try:
        file = read_definitions(given.tables)
        settled = file.definitions.throughput[NAME]
        drawn = draw_problems(settled, given.benchmarks, NAME)
        folder = Published(
            given.out,
            NAME,
            settled,
            file.sha256,
            this_run(sys.argv, 1, elsewhere=[str(given.benchmarks)]),
            "python experiments/routing/throughput.py --benchmarks DIR --out DIR",
            drawn,
        )
    except (FaultyInputError, NothingToDrawError, OutputError) as error:
        print(error, file=sys.stderr)
        return 2
    problems = {one.instance: read_benchmarks(given.benchmarks / one.file)[0] for one in drawn}
    duals = _duals(given.out / DUALS, drawn, problems, settled.neighbours)
    path = given.out / CALLS
    calls = {key_of_call(row): row for row in read_calls(path)} if path.exists() else {}
    order = [
        (one.instance, stage["stage"], tool.name, relaxation)
        for one in drawn
        for stage in duals[one.instance]
        for tool in TOOLS
        for relaxation in tool.relaxations
    ]
    for tool in TOOLS:
        try:
            python = python_of(tool, given.environments)
        except subprocess.CalledProcessError as error:
            folder.fault(
                f"{tool.name}: pip install {tool.requirement}: {(error.stderr or '').strip()[-300:]}"
            )
            continue
        for key, row in _price(tool, python, settled, duals, problems, set(calls)):
            calls[key] = row
            write_calls(path, [calls[key] for key in order if key in calls])
            folder.row(" ".join(key))
            print(*row.values(), file=sys.stderr)
    folder.write()
    return 0


def _duals(
    path: Path, drawn: Sequence[Drawn], problems: dict[str, RoutingProblem], neighbours: int
) -> dict[str, list[dict[str, Any]]]:
    """Read the dual values, or make them."""
    if not path.exists():
        made = {one.instance: duals_of(problems[one.instance], neighbours) for one in drawn}
        path.write_text(json.dumps(made) + "\n", encoding="utf-8")
    found: dict[str, list[dict[str, Any]]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _price(
    tool: Tool,
    python: Path,
    settled: ThroughputSet,
    duals: dict[str, list[dict[str, Any]]],
    problems: dict[str, RoutingProblem],
    done: set[tuple[str, ...]],
) -> Iterator[tuple[tuple[str, ...], dict[str, str]]]:
    for name, problem in problems.items():
        for stage in duals[name]:
            asked = asked_of(problem, stage, settled)
            for relaxation in tool.relaxations:
                key = (name, stage["stage"], tool.name, relaxation)
                if key in done:
                    continue
                cells = call(tool, python, {**asked, "relaxation": relaxation})
                head = dict(zip(("instance", "stage", "tool", "relaxation"), key, strict=True))
                yield key, {**head, "n": str(problem.size), **cells}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--benchmarks", type=Path, required=True, metavar="DIR", help="published files")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="DIR", help="calls, duals, provenance, page"
    )
    parser.add_argument(
        "--environments",
        type=Path,
        default=Path("/tmp/voltmile-tools"),
        metavar="DIR",
        help="environments of the tools; those that are missing are made",
    )
    parser.add_argument(
        "--tables", type=Path, default=HERE / "tables.toml", metavar="TOML", help="instead of tables.toml"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
