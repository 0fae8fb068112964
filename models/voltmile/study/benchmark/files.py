"""Which files are meant, and the problems in them, read one file at a time: some fill the memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from voltmile.problem.benchmarks import BenchmarkError, read_benchmarks, same_variant
from voltmile.problem.benchmarks.detect import detect
from voltmile.problem.benchmarks.source import read_source
from voltmile.problem.routing import RoutingProblem

_NAMED = 3
"""Files of a kind that a line names."""


@dataclass
class Files:
    """Files to read.

    Attributes
    ----------
    paths : list of Path
        In order, none twice.
    named : set of Path
        Those the user has named; the others stood in a folder.
    notes : list of str
        What was passed over, a line a folder.
    faults : list of str
        What cannot be read, a line each.
    """

    paths: list[Path] = field(default_factory=list)
    named: set[Path] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def find_files(paths: Sequence[Path], format: str | None) -> Files:
    """Expand folders into the files in them that some reader knows."""
    found = Files()
    for path in paths:
        if path.is_dir():
            _look_into(path, format, found)
        elif path.exists():
            found.named.add(path)
            found.paths.append(path)
        else:
            found.faults.append(f"{path}: does not exist")
    found.paths = list(dict.fromkeys(found.paths))
    return found


def _look_into(folder: Path, format: str | None, found: Files) -> None:
    inside = [path for path in sorted(folder.rglob("*")) if path.is_file() and not _hidden(path, folder)]
    known = [path for path in inside if _is_known(path, format)]
    found.paths += known
    if not known:
        kind = "a known format" if format is None else f"the format {format}"
        found.faults.append(f"{folder}: holds no file in {kind}")
    elif len(known) < len(inside):
        names = [path.relative_to(folder).as_posix() for path in inside if path not in set(known)]
        found.notes.append(f"{folder}: {_counted(names)} skipped, in no known format")


def _hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(folder).parts)


def _is_known(path: Path, format: str | None) -> bool:
    try:
        kind = detect(read_source(path))
    except BenchmarkError:
        return False
    return format is None or kind == format


def _counted(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED]) + (", ..." if len(names) > _NAMED else "")
    return f"{len(names)} {'file' if len(names) == 1 else 'files'} ({shown})"


def read_file(path: Path, format: str | None, variant: str | None, named: bool) -> list[RoutingProblem]:
    """Read the problems of a file; none where a file of a folder has not the variant.

    Raises
    ------
    BenchmarkError
        For a damaged file, and where a file that was named has not the variant.
    """
    if named or variant is None:
        return read_benchmarks(path, format=format, variant=variant)
    problems = read_benchmarks(path, format=format)
    return [problem for problem in problems if same_variant(problem.variant, variant)]


def fingerprint(problem: RoutingProblem) -> str:
    """Digest of everything in a problem that matters to its solution; names do not."""
    digest = hashlib.sha256()
    for array in (
        problem.distance,
        problem.time,
        problem.demand,
        problem.service,
        problem.earliest,
        problem.latest,
    ):
        digest.update(np.ascontiguousarray(array, dtype=np.float64).tobytes())
    for value in _rest(problem):
        digest.update(repr(value).encode())
    return digest.hexdigest()


def _rest(problem: RoutingProblem) -> Iterator[object]:
    yield problem.stations, problem.max_routes, problem.vehicles_first
    for v in problem.vehicles:
        yield v.capacity, v.count, v.fixed, v.per_distance, v.per_time, v.max_duration, v.battery, v.least
