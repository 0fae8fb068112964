"""The text of a benchmark file, and numbers read from it strictly."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.benchmarks.errors import BenchmarkError, shown

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_WHOLE = re.compile(r"[+-]?\d+(\.0*)?")
# Everything below the space but tab, line feed, carriage return, form feed and DOS' end of file.
_CONTROL = bytes(set(range(32)) - {9, 10, 12, 13, 26})


@dataclass(frozen=True, slots=True)
class Row:
    """A line that is not blank: its number in the file, counted from 1, and its words."""

    line: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Source:
    """A file that has been read.

    Attributes
    ----------
    path : Path
    text : str
    """

    path: Path
    text: str

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The lines that are not blank."""
        numbered = enumerate(self.text.splitlines(), start=1)
        return tuple(Row(number, tuple(line.split())) for number, line in numbered if line.strip())

    def error(self, where: str | int, message: str) -> BenchmarkError:
        """Return the error for a place: a line number, or a section, key or field."""
        return BenchmarkError(self.path.name, f"line {where}" if isinstance(where, int) else where, message)

    def number(self, word: str, where: str | int, field: str, least: float = -math.inf) -> float:
        """Return a finite number, not below ``least``.

        Raises
        ------
        BenchmarkError
            If the word is something else.
        """
        value = float(word) if _NUMBER.fullmatch(word) else math.nan
        if not (math.isfinite(value) and value >= least):
            valid = "a finite number" + ("" if least == -math.inf else f" of {least:g} or more")
            raise self.error(where, f"{field} is {shown(word)}; valid: {valid}")
        return value

    def whole(self, word: str, where: str | int, field: str, least: int = 0, most: int = 10**9) -> int:
        """Return a whole number from ``least`` to ``most``.

        Raises
        ------
        BenchmarkError
            If the word is something else.
        """
        if not _WHOLE.fullmatch(word) or not least <= float(word) <= most:
            valid = f"a whole number of {least} or more" + (f" and at most {most}" if most < 10**9 else "")
            raise self.error(where, f"{field} is {shown(word)}; valid: {valid}")
        return int(float(word))

    def numbers(self, row: Row, fields: Sequence[str], skip: int = 0) -> list[float]:
        """Return the numbers of a row after the first ``skip`` words, which must be as many as ``fields``.

        Raises
        ------
        BenchmarkError
            If there are more or fewer, or one is not a number.
        """
        if len(row.words) != skip + len(fields):
            columns = " ".join(fields)
            message = f"has {len(row.words)} values; valid: {skip + len(fields)}, ending in {columns}"
            raise self.error(row.line, message)
        return [self.number(w, row.line, f) for w, f in zip(row.words[skip:], fields, strict=True)]

    def table(
        self, rows: Sequence[Row], where: str, ids: range, fields: Sequence[str]
    ) -> NDArray[np.float64]:
        """Read rows of a number from ``ids`` and its values.

        Parameters
        ----------
        rows : sequence of Row
        where : str
            Section they stand in.
        ids : range
            Every one must occur once.
        fields : sequence of str
            Names of the values, for messages.

        Returns
        -------
        array, shape (ids, fields)

        Raises
        ------
        BenchmarkError
            If a row is ragged, repeated, unknown or missing, or a value is not a number.
        """
        found: dict[int, list[float]] = {}
        for row in rows:
            key = self.whole(row.words[0], row.line, "the number of the row", least=-(10**9))
            if key not in ids or key in found:
                what = "is given twice" if key in found else "does not exist"
                valid = f"{ids.start} to {ids.stop - 1}, each once"
                raise self.error(row.line, f"{where}: number {key} {what}; valid: {valid}")
            found[key] = self.numbers(row, fields, skip=1)
        if len(found) < len(ids):
            first = next(key for key in ids if key not in found)
            message = f"has {len(found)} rows; valid: {len(ids)}; the first one missing is {first}"
            raise self.error(where, message)
        return np.array([found[key] for key in ids])


def read_source(path: Path) -> Source:
    """Read a text file, UTF-8 or Latin-1.

    Raises
    ------
    BenchmarkError
        If it does not exist, is a folder, is empty or is not text.
    """
    if path.is_dir():
        raise BenchmarkError(path.name, "", "is a folder; valid: one benchmark file")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BenchmarkError(path.name, "", f"cannot be read: {error.strerror}") from error
    if data.translate(None, _CONTROL) != data:
        raise BenchmarkError(path.name, "", "is not a text file; valid: one benchmark file, uncompressed")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # the soft hyphens of the Golden-Taillard files
    if not text.strip():
        raise BenchmarkError(path.name, "", "is empty")
    return Source(path, text)
