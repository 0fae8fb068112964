"""Kill runs at random moments, run them again, and compare their tables with those of an undisturbed run.

    python experiments/interruptions.py CONFIG --moments 10 [--kinds main worker disk] [--seed 1]

`main`: the process is killed (SIGKILL). `worker`: one of its workers is. `disk`: no file may grow beyond some
random size, so that writing fails as on a full disk. Each time the same command is then given again without
disturbance. What may differ is `provenance.json` and the seconds in `summary.json`; anything else is printed,
and the exit code is 1. Moments are drawn over the duration of the undisturbed run. Results go to a temporary
folder.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

KINDS = ("main", "worker", "disk")


def main() -> int:
    """Disturb and compare."""
    arguments = _arguments()
    rng = random.Random(arguments.seed)
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="voltmile-interruptions-") as name:
        folder = Path(name)
        began = time.perf_counter()
        _run(arguments, folder / "undisturbed").wait()
        whole_s = time.perf_counter() - began
        wanted = _tables(folder / "undisturbed")
        print(f"undisturbed: {whole_s:.1f} s, {len(wanted)} files")
        for kind in arguments.kinds:
            for moment in range(arguments.moments):
                target = folder / f"{kind}-{moment}"
                told = _disturbed(arguments, target, kind, rng.uniform(0.05, 1.0) * whole_s, rng)
                kept = len(list((folder / f".{target.name}.work").rglob("*.pickle")))
                code = _run(arguments, target).wait()
                found = _tables(target) if target.is_dir() else {}
                differing = sorted(n for n in wanted.keys() | found.keys() if wanted.get(n) != found.get(n))
                wrong += bool(differing or code)
                verdict = f"differs in {', '.join(differing)}" if differing else "the same tables"
                print(f"{kind} {moment + 1}: {told}; {kept} kept; then exit {code}, {verdict}", flush=True)
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("--moments", type=int, default=10)
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=list(KINDS))
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _run(
    arguments: argparse.Namespace, output: Path, before: Callable[[], None] | None = None
) -> subprocess.Popen[bytes]:
    words = [sys.executable, "-m", "voltmile.cli", "run", str(arguments.config), "--quiet"]
    words += ["--output", str(output), "--workers", str(arguments.workers)]
    errors = subprocess.DEVNULL if before is not None else None
    return subprocess.Popen(words, preexec_fn=before, stdout=subprocess.DEVNULL, stderr=errors)


def _disturbed(
    arguments: argparse.Namespace, output: Path, kind: str, after_s: float, rng: random.Random
) -> str:
    """Run with one disturbance, and say what came of it."""
    if kind == "disk":
        most = int(10 ** rng.uniform(2.0, 5.5))

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        return f"files up to {most:,} bytes: exit {_run(arguments, output, limit).wait()}"
    process = _run(arguments, output)
    try:
        process.wait(after_s)
        return f"over before {after_s:.1f} s"
    except subprocess.TimeoutExpired:
        pass
    victims = [process.pid] if kind == "main" else _children(process.pid)
    if not victims:
        return f"no worker there at {after_s:.1f} s: exit {process.wait()}"
    os.kill(rng.choice(victims), signal.SIGKILL)
    return f"killed at {after_s:.1f} s: exit {process.wait()}"


def _children(pid: int) -> list[int]:
    """Worker processes: spawned by multiprocessing, its resource tracker apart (Linux)."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((path / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (path / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == pid and b"spawn_main" in command:
            found.append(int(path.name))
    return sorted(found)


def _tables(folder: Path) -> dict[str, bytes]:
    """Contents of a result folder without what may differ."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or name == "provenance.json":
            continue
        content = path.read_bytes()
        if name == "summary.json":
            summary = json.loads(content)
            for key in ("seconds", "seconds_by_phase"):
                summary.pop(key)
            content = json.dumps(summary).encode()
        found[name] = content
    return found


if __name__ == "__main__":
    sys.exit(main())
