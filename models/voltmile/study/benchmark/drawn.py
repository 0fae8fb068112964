"""The problems of a published table: which files were drawn, and what is in them."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path

from voltmile.problem.benchmarks import lookup, read_best_known
from voltmile.problem.routing import RoutingProblem
from voltmile.study.benchmark.definitions import Selection
from voltmile.study.benchmark.files import read_file
from voltmile.study.benchmark.rows import Row, key_of
from voltmile.study.benchmark.samples import draw
from voltmile.study.benchmark.store import Key, key_in


class NothingToDrawError(ValueError):
    """The benchmark folder has none of the files asked for."""


@dataclass(frozen=True)
class Drawn:
    """A problem of a published table, and the file it is in.

    Attributes
    ----------
    file : str
        Relative to the benchmark folder, with forward slashes.
    sha256 : str
        Of the file: it is not part of the project.
    instance, family, variant, n : str
        As in the rows.
    optimum_known : str
        "yes" where the best known value is known as optimal.
    """

    file: str
    sha256: str
    instance: str
    family: str
    variant: str
    n: str
    optimum_known: str

    @property
    def key(self) -> Key:
        """What the problem's row is found by."""
        return (self.instance, self.family, self.variant, self.n)

    @property
    def customers(self) -> int:
        """Number of customers."""
        return int(self.n)


COLUMNS = tuple(field.name for field in fields(Drawn))


def draw_problems(selection: Selection, folder: Path, name: str) -> list[Drawn]:
    """Draw the files of a selection and list their problems, those of few customers first.

    Parameters
    ----------
    folder : Path
        The benchmark folder.
    name : str
        What the draw depends on, beside the names of the files.

    Raises
    ------
    NothingToDrawError
    """
    known = read_best_known(folder / selection.best_known)
    found: dict[str, list[RoutingProblem]] = {}
    for path in sorted({path for pattern in selection.files for path in folder.glob(pattern)}):
        problems = [p for p in read_file(path, None, selection.variant, named=False) if _fits(p, selection)]
        if problems:
            found[path.relative_to(folder).as_posix()] = problems
    if not found:
        raise NothingToDrawError(f"{folder} holds no file of {', '.join(selection.files)}")
    ordered = sorted(found, key=lambda file: (_size(found[file], selection), file))
    chosen = draw(ordered, selection.draw or len(ordered), name)
    seen: dict[Key, Drawn] = {}
    for file in sorted(chosen, key=lambda file: (found[file][0].size, chosen.index(file))):
        digest = hashlib.sha256((folder / file).read_bytes()).hexdigest()
        for problem in found[file]:
            best = lookup(known, problem)
            optimum = "yes" if best is not None and best.proven_optimal else ""
            key = key_of(problem)
            seen.setdefault(key_in(key), Drawn(file, digest, **key, optimum_known=optimum))
    return list(seen.values())


def _fits(problem: RoutingProblem, selection: Selection) -> bool:
    most = problem.size if selection.most_customers is None else selection.most_customers
    return selection.least_customers <= problem.size <= most


def _size(problems: Sequence[RoutingProblem], selection: Selection) -> float:
    problem = problems[0]
    if selection.over == "customers":
        return float(problem.size)
    return max(v.capacity for v in problem.vehicles) / float(problem.demand[1:].mean())


def files_of(drawn: Iterable[Drawn]) -> list[str]:
    """Return the files of problems, each once, in order."""
    return list(dict.fromkeys(one.file for one in drawn))


def to_csv(drawn: Sequence[Drawn]) -> str:
    """Return the table of problems."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([COLUMNS, *map(astuple, drawn)])
    return out.getvalue()


def from_csv(text: str) -> list[Drawn]:
    """Read a table of problems."""
    header, *lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    if tuple(header) != COLUMNS:
        raise ValueError(f"the columns of a table of problems are {', '.join(COLUMNS)}")
    return [Drawn(*line) for line in lines]


def optima(drawn: Iterable[Drawn]) -> frozenset[Key]:
    """Return the keys of problems whose optimum is known."""
    return frozenset(one.key for one in drawn if one.optimum_known)


def missing(drawn: Sequence[Drawn], rows: Iterable[Row]) -> list[Drawn]:
    """Return the problems without a row."""
    have = {key_in(row) for row in rows}
    return [one for one in drawn if one.key not in have]
