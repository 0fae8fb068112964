"""Faults of an instance folder or a config, in the user's words."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_TAGS = ("bev", "ice", "budget", "supply", "carbon", "green_cities", "journey", "labels", "fund")
"""Pydantic puts these into the path of a fault: which kind of record it took an entry for."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong: where, what stands there, and what would be valid.

    Attributes
    ----------
    file : str
        File name within the folder.
    where : str
        Row (as a spreadsheet counts it, the header is row 1) and field, or the path of a TOML key.
    message : str
        What is wrong, with the value found and what would be valid.
    """

    file: str
    where: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}, {self.where}" if self.where else self.file
        return f"{place}: {self.message}"


class FaultyInputError(ValueError):
    """Input files that cannot be used; carries every fault found, not only the first.

    Attributes
    ----------
    faults : tuple of Fault
    """

    def __init__(self, subject: str, faults: Iterable[Fault]) -> None:
        self.subject = subject
        self.faults = tuple(faults)
        count = len(self.faults)
        lines = [f"{subject}: {count} fault{'s' if count != 1 else ''}", *map(str, self.faults)]
        super().__init__("\n  ".join(lines))


def nearest(word: str, valid: Iterable[str]) -> str:
    """Say what would be valid instead of a word: the nearest names, or the whole list when it is short."""
    names = sorted(set(valid))
    close = difflib.get_close_matches(word, names, n=2, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(map(repr, close))}?"
    shown = ", ".join(names[:12]) + (", ..." if len(names) > 12 else "")
    return f"valid: {shown}" if names else "nothing is valid here"


def faults_of(error: ValidationError, file: str, prefix: str = "", fields: Sequence[str] = ()) -> list[Fault]:
    """Translate pydantic's findings into faults.

    Parameters
    ----------
    error : ValidationError
        What pydantic found.
    file : str
        The file the data came from.
    prefix : str
        Put before the path, e.g. ``row 7``.
    fields : sequence of str
        Valid names at the top level, to suggest one for an unknown key.
    """
    return [
        Fault(file, _place(prefix, detail), _message(detail, fields))
        for detail in error.errors(include_url=False)
    ]


def _place(prefix: str, detail: ErrorDetails) -> str:
    path = ""
    for step in detail["loc"]:
        if isinstance(step, int):
            path += f"[{step}]"
        elif step not in _TAGS:
            path += f".{step}" if path else step
    return ", ".join(part for part in (prefix, path) if part)


def _message(detail: ErrorDetails, fields: Sequence[str]) -> str:
    kind, found = detail["type"], detail["input"]
    if kind == "extra_forbidden":
        return f"unknown key; {nearest(str(detail['loc'][-1]), fields)}" if fields else "unknown key"
    if kind == "missing":
        return "is missing"
    if kind == "value_error":
        return detail["msg"].removeprefix("Value error, ")
    return f"found {_shown(found)}; {detail['msg'][0].lower()}{detail['msg'][1:]}"


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
