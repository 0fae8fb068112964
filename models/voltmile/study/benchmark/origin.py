"""Where the rows of a published table come from: every run that made some of them."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shlex
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Annotated, Any, Self

from voltmile.problem.records import AsTuple, Record
from voltmile.study.provenance import Machine, checkout, cpu_model, versions

_ALSO = ("numba",)

Lines = Annotated[tuple[str, ...], AsTuple]


class Run(Record):
    """One run into a folder; one that goes on where another ended is a run of its own.

    Attributes
    ----------
    commit : str or None
        Of voltmile's checkout when the run began.
    dirty : bool or None
        Whether the checkout differed from that commit.
    started : str
        UTC, ISO 8601.
    rows : tuple of str
        What the run solved.
    faults : tuple of str
        What it found wrong.
    """

    command: str
    commit: str | None
    dirty: bool | None
    started: str
    versions: dict[str, str | None]
    machine: Machine
    workers: int
    rows: Lines = ()
    faults: Lines = ()


class Origin(Record):
    """What it takes to make a folder of rows again.

    Attributes
    ----------
    definition : dict
        As it stood in the file of definitions.
    definition_sha256 : str
        Of that file.
    """

    name: str
    definition: dict[str, Any]
    definition_sha256: str
    runs: Annotated[tuple[Run, ...], AsTuple]

    @property
    def faults(self) -> list[str]:
        """What any run found wrong, each once."""
        return list(dict.fromkeys(line for run in self.runs for line in run.faults))

    def with_row(self, name: str) -> Self:
        """Return a copy in which the last run made a row."""
        *before, last = (
            run.model_copy(update={"rows": tuple(row for row in run.rows if row != name)})
            for run in self.runs
        )
        last = last.model_copy(update={"rows": (*last.rows, name)})
        return self.model_copy(update={"runs": (*before, last)})

    def with_fault(self, line: str) -> Self:
        """Return a copy in which the last run found something wrong."""
        last = self.runs[-1].model_copy(update={"faults": (*self.runs[-1].faults, line)})
        return self.model_copy(update={"runs": (*self.runs[:-1], last)})

    def without_idle_runs(self) -> Self:
        """Return a copy without runs that neither solved nor found anything, unless all are so."""
        busy = tuple(run for run in self.runs if run.rows or run.faults)
        return self.model_copy(update={"runs": busy or self.runs[-1:]})

    def to_json(self) -> str:
        """Return the text of a provenance.json."""
        return self.model_dump_json(indent=2) + "\n"


def going_on(path: Path, name: str, definition: dict[str, Any], now: Run, other: str) -> Origin:
    """Return what a folder's file of provenance says with one run more, or begin it.

    Parameters
    ----------
    other : str
        What the folder was made with or from where the definition is another one, for the message.

    Raises
    ------
    ValueError
        When it was.
    """
    text = json.dumps(definition, sort_keys=True)
    if not path.exists():
        digest = hashlib.sha256(text.encode()).hexdigest()
        return Origin(name=name, definition=definition, definition_sha256=digest, runs=(now,))
    before = Origin.model_validate_json(path.read_text(encoding="utf-8"))
    if before.definition != json.loads(text):
        raise ValueError(f"{path.parent} was made {other}: {json.dumps(before.definition)}")
    return before.model_copy(update={"runs": (*before.runs, now)})


def this_run(arguments: Sequence[str], workers: int, *, elsewhere: Sequence[str] = ()) -> Run:
    """Describe the run that begins now.

    Parameters
    ----------
    arguments
        Of the command line, the script first.
    elsewhere
        Arguments that name a folder of this machine: DIR stands for them.
    """
    commit, dirty = checkout()
    return Run(
        command=shlex.join(["python", *("DIR" if a in elsewhere else a for a in arguments)]),
        commit=commit,
        dirty=dirty,
        started=datetime.now(UTC).isoformat(timespec="seconds"),
        versions={**versions(), **{name: _version(name) for name in _ALSO}},
        machine=Machine(platform=platform.platform(), cpu=cpu_model(), cores=os.cpu_count()),
        workers=workers,
    )


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None
