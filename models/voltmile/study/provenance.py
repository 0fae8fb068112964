"""Where a result comes from: config, instance, code, versions, machine."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import voltmile
from voltmile.problem.nation import Nation
from voltmile.problem.records import Record
from voltmile.study.config import ExperimentFile

LIBRARIES = ("highspy", "matplotlib", "numpy", "pandas", "pydantic", "pyomo", "pyvrp", "scipy")


class Machine(Record):
    """The computer a run was made on; ``cpu`` is None where the system does not tell."""

    platform: str
    cpu: str | None
    cores: int | None


class Provenance(Record):
    """What it takes to make a result folder again.

    Attributes
    ----------
    config : dict
        The experiment as it was run, options of the command line included.
    config_file : str
        As the user named it.
    config_sha256 : str
        Of the file.
    instance_folder : str
        Relative to the result folder where possible.
    commit : str or None
        Of voltmile's checkout; None for an installed package or without git.
    dirty : bool or None
        Whether the checkout differed from that commit.
    started : str
        UTC, ISO 8601.
    """

    config: dict[str, Any]
    config_file: str
    config_sha256: str
    instance_folder: str
    instance_sha256: str
    commit: str | None
    dirty: bool | None
    versions: dict[str, str | None]
    machine: Machine
    seed: int
    command: str | None
    started: str


def describe(
    file: ExperimentFile, nation: Nation, output_folder: Path, command: str | None, started: datetime
) -> Provenance:
    """Collect the provenance of a run."""
    commit, dirty = checkout()
    return Provenance(
        config=file.experiment.model_dump(mode="json"),
        config_file=str(file.path),
        config_sha256=file.sha256,
        instance_folder=_relative(file.instance_folder, output_folder),
        instance_sha256=nation.digest,
        commit=commit,
        dirty=dirty,
        versions=versions(),
        machine=Machine(platform=platform.platform(), cpu=cpu_model(), cores=os.cpu_count()),
        seed=file.experiment.seed,
        command=command,
        started=started.astimezone(UTC).isoformat(timespec="seconds"),
    )


def checkout() -> tuple[str | None, bool | None]:
    """Commit and dirty flag of the checkout voltmile runs from, or was installed from unchanged since.

    (None, None) where there is none.
    """
    package = _source() or Path(voltmile.__file__).parent
    # A package installed into an environment below someone else's repository is not part of that repository.
    if _git(package, "ls-files", "--error-unmatch", "__init__.py") is None:
        return None, None
    commit = _git(package, "rev-parse", "--verify", "HEAD")
    changes = _git(package, "status", "--porcelain")
    if commit is None or changes is None:
        return None, None
    return commit, bool(changes)


def _source() -> Path | None:
    """Folder of a checkout the package was installed from, if it still holds the very same files."""
    installed = Path(voltmile.__file__).parent
    try:
        recorded = metadata.distribution("voltmile").read_text("direct_url.json")
        url = json.loads(recorded or "{}").get("url", "")
    except (metadata.PackageNotFoundError, ValueError):
        return None
    source = Path(unquote(urlparse(url).path)) / "models" / "voltmile"
    if not url.startswith("file:") or not source.is_dir():
        return None
    return source if _files(source) == _files(installed) else None


def _files(package: Path) -> dict[str, bytes]:
    return {str(path.relative_to(package)): path.read_bytes() for path in sorted(package.rglob("*.py"))}


def _git(folder: Path, *arguments: str) -> str | None:
    """Output of a git command, or None where git is absent or fails."""
    return _output(["git", "-C", str(folder), *arguments])


def _output(command: Sequence[str]) -> str | None:
    try:
        done = subprocess.run(command, capture_output=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", "replace").strip()


def versions() -> dict[str, str | None]:
    """Versions of Python, voltmile and the libraries results depend on; None for one not installed."""
    found: dict[str, str | None] = {"python": platform.python_version(), "voltmile": voltmile.__version__}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            found[name] = None
    return found


def cpu_model() -> str | None:
    """Return the processor's name, or None where the system does not tell."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    for line in lines:
        if line.lower().startswith(("model name", "hardware")):
            return line.partition(":")[2].strip() or None
    if sys.platform == "darwin":
        return _output(["sysctl", "-n", "machdep.cpu.brand_string"])
    return platform.processor() or None


def _relative(folder: Path, start: Path) -> str:
    """Path from one folder to another with forward slashes; absolute between two drives of Windows."""
    try:
        return Path(os.path.relpath(folder, start)).as_posix()
    except ValueError:
        return folder.as_posix()
