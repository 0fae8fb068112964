"""A result folder appears whole or not at all, and an older one stays until the new one is complete."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # not on Windows, where two runs into one folder are not kept apart
    fcntl = None  # type: ignore[assignment]

MARKS = ("summary.json", "provenance.json")
"""A folder with these files holds results."""

RESULT_FILES = frozenset(
    {
        *MARKS,
        "plan.json",
        "certificate.json",
        "fleet.csv",
        "chargers.csv",
        "routes.csv",
        "costs.csv",
        "cities.csv",
        "limits.csv",
        "prices.csv",
        "vans.csv",
        "measures.csv",
        "figures",
        "report.html",
    }
)


@dataclass(frozen=True)
class Kind:
    """A kind of result folder.

    Attributes
    ----------
    what : str
        What it holds, in a word.
    marks : tuple of str
        Files that say it is of this kind.
    files : frozenset of str
        All that may be in one.
    """

    what: str
    marks: tuple[str, ...]
    files: frozenset[str]


RUN = Kind("results", MARKS, RESULT_FILES)
_SERIES_FILES = frozenset({"provenance.json", "summary.json", "figures"})
FRONTIER = Kind(
    "frontier",
    ("frontier.csv", "provenance.json"),
    _SERIES_FILES | {"frontier.csv", "bound_curve.csv", "points"},
)
SCENARIOS = Kind(
    "scenarios",
    ("scenarios.csv", "provenance.json"),
    _SERIES_FILES | {"scenarios.csv", "plans", "robust.csv", "robust.json", "robust"},
)


class OutputError(Exception):
    """Results cannot go where they should; the message says why and what happened to older ones."""


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a folder to write into that becomes ``target`` when the block ends well.

    The new folder stands beside the target until everything in it is on the disk. An exception leaves the
    target as it was. What killed runs left behind is cleaned up first, and an old result that such a run had
    moved aside is put back.

    Parameters
    ----------
    target : Path
        Absent, empty, or a result folder.

    Raises
    ------
    OutputError
        At once, before any work is done, when the target cannot be written, is not ours to replace, or is
        being written by another run; at the end, when the disk is full.
    """
    with taken(target) as alone, replacement(target, alone) as staging:
        yield staging


@contextmanager
def taken(target: Path, kind: Kind = RUN) -> Iterator[bool]:
    """Take the target for a run that may replace it more than once, see :func:`replacement`.

    Raises
    ------
    OutputError
        As :func:`replacing`.
    """
    _refuse_foreign(target, kind)
    with locked(target) as alone:
        yield alone


@contextmanager
def replacement(target: Path, alone: bool) -> Iterator[Path]:
    """Give a folder that becomes the target, which is taken, when the block ends well.

    Parameters
    ----------
    alone : bool
        What :func:`taken` gave.
    """
    with explained(target):
        _recover(target, alone)
        staging = Path(tempfile.mkdtemp(prefix=_beside(target, "new-").name, dir=target.parent))
    try:
        yield staging
        with explained(target):
            _to_disk(staging)
            _swap(staging, target)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def work_folder(target: Path) -> Path:
    """Where a run into ``target`` keeps what is finished, so that a run after it can go on."""
    return _beside(target, "work")


def drop_work(target: Path) -> None:
    """Remove what was kept for going on: all of it is in the results."""
    shutil.rmtree(work_folder(target), ignore_errors=True)


@contextmanager
def explained(target: Path) -> Iterator[None]:
    """Turn a failure to write into an OutputError that says what became of the target."""
    try:
        yield
    except OSError as error:
        fate = f"the old results in {target} are untouched" if target.exists() else f"{target} was not made"
        where = f" ({error.filename})" if error.filename else ""
        raise OutputError(f"cannot write the results: {error.strerror or error}{where}; {fate}") from error


def _beside(target: Path, what: str) -> Path:
    return target.with_name(f".{target.name}.{what}")


def _refuse_foreign(target: Path, kind: Kind) -> None:
    """Refuse to replace what is not a result folder of a kind, or holds more than results."""
    if not target.name:
        raise OutputError(f"{target} cannot be a result folder; name a folder of its own")
    try:
        there = {entry.name for entry in target.iterdir()}
    except FileNotFoundError:
        return
    except OSError as error:
        raise OutputError(f"{target} cannot be a result folder: {error.strerror or error}") from error
    if there and not there.issuperset(kind.marks):
        raise OutputError(f"{target} exists and holds no {kind.what}; choose another output folder")
    foreign = sorted(there - kind.files)
    if foreign:
        names = ", ".join(foreign[:5]) + (", ..." if len(foreign) > 5 else "")
        raise OutputError(f"{target} also holds {names}; move that away or choose another output folder")


@contextmanager
def locked(target: Path) -> Iterator[bool]:
    """Take the target for this process, and say whether it is certain that no other run writes there."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        lock = _lock(target)
    except OSError as error:
        raise OutputError(f"cannot write to {target.parent}: {error.strerror or error}") from error
    try:
        yield lock is not None
    finally:
        if lock is not None:
            _beside(target, "lock").unlink(missing_ok=True)
            lock.close()


def _lock(target: Path) -> IO[str] | None:
    """Lock the target, or return None where the system or the file system has no locks.

    A POSIX record lock belongs to this process alone: workers do not inherit it, and it ends with the
    process, however that ends.
    """
    if fcntl is None:
        return None
    path = _beside(target, "lock")
    while True:
        lock = path.open("a", encoding="utf-8")
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError) as error:
            lock.close()
            message = f"another run is writing {target}; wait for it or choose another output folder"
            raise OutputError(message) from error
        except OSError:
            lock.close()
            path.unlink(missing_ok=True)
            return None
        with suppress(FileNotFoundError):
            if path.stat().st_ino == os.fstat(lock.fileno()).st_ino:
                return lock
        lock.close()  # the run that had it has removed the file: take a new one


def _recover(target: Path, alone: bool) -> None:
    """Put back an old result that a killed run had moved aside; clean up when nobody else writes here."""
    for old in _leftovers(target, "old-"):
        if not target.exists() and (old / target.name).exists():
            (old / target.name).rename(target)
        if alone:
            shutil.rmtree(old, ignore_errors=True)
    for new in _leftovers(target, "new-") if alone else []:
        shutil.rmtree(new, ignore_errors=True)


def _leftovers(target: Path, what: str) -> list[Path]:
    start = _beside(target, what).name
    return sorted(path for path in target.parent.iterdir() if path.name.startswith(start))


def _to_disk(folder: Path) -> None:
    """Force all files to the disk: after a power cut the renamed folder must not be hollow."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and os.name == "nt":
            continue
        handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _swap(staging: Path, target: Path) -> None:
    """Put the new folder in the target's place, which is empty only between two renames."""
    staging.chmod(0o777 & ~_umask())
    if not target.exists():
        staging.rename(target)
        return
    aside = Path(tempfile.mkdtemp(prefix=_beside(target, "old-").name, dir=target.parent))
    try:
        target.rename(aside / target.name)
        staging.rename(target)
    except BaseException:
        if not target.exists():
            (aside / target.name).rename(target)
        aside.rmdir()
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
