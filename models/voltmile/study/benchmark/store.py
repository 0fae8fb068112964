"""The table of rows and the routes beside it, written whole after every row: none is ever half there."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import asdict
from pathlib import Path
from typing import Any

from voltmile.study.benchmark.rows import COLUMNS, KEY, Row
from voltmile.study.benchmark.settings import Settings
from voltmile.study.folder import OutputError, explained, locked

Key = tuple[str, ...]

_ANOTHER = "choose another file for --out"


class Store:
    """Rows and records of finished problems, on the disk when there is a path.

    Attributes
    ----------
    rows : dict of key to row
    records : dict of key to str
        The line of each row in the file of routes.
    open : set of key
        Rows of problems that were interrupted, and are solved again.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.rows: dict[Key, Row] = {}
        self.records: dict[Key, str] = {}
        self.open: set[Key] = set()

    @property
    def routes_path(self) -> Path | None:
        """The file of routes."""
        return None if self.path is None else self.path.with_suffix(".routes.jsonl")

    def add(self, row: Row, record: Mapping[str, Any]) -> None:
        """Keep a finished problem, in the place of an earlier one."""
        key = key_in(row)
        self.rows[key] = row
        self.open.discard(key)
        self.records[key] = json.dumps(record, ensure_ascii=False, allow_nan=False)
        if self.path is not None and self.routes_path is not None:
            order = sorted(self.rows, key=_order)
            # Routes first: a row always has its routes, however this ends.
            write_whole(self.routes_path, "".join(f"{self.records[key]}\n" for key in order))
            write_whole(self.path, _csv([self.rows[key] for key in order]))

    def in_order(self) -> list[Row]:
        """Return the rows sorted by family, instance and variant, whoever finished first."""
        return [self.rows[key] for key in sorted(self.rows, key=_order)]

    def load(self, settings: Settings) -> None:
        """Take over what the files hold."""
        if self.path is None or self.routes_path is None or not self.path.exists():
            return
        rows = {key_in(row): row for row in read_rows(self.path)}
        for key, record, line in read_records(self.routes_path) if rows else ():
            if record["settings"] != asdict(settings):
                before = Settings(**record["settings"])
                message = f"{self.path} holds rows made with {before}, not with {settings}"
                raise OutputError(f"{message}; {_ANOTHER}")
            if key in rows:
                self.rows[key], self.records[key] = rows[key], line
                if record["interrupted"]:
                    self.open.add(key)
        if lost := rows.keys() - self.rows.keys():
            name = " ".join(sorted(lost)[0])
            raise OutputError(f"{self.routes_path} lacks {name}, which {self.path} holds; {_ANOTHER}")

    def finished(self, key: Key) -> str | None:
        """Return the fingerprint of a finished problem, None where it is still to be solved."""
        if key not in self.rows or key in self.open:
            return None
        return str(json.loads(self.records[key])["problem"])


@contextmanager
def opened(path: Path | None, settings: Settings) -> Iterator[Store]:
    """Open a store for this process alone; its parent folders are made.

    Raises
    ------
    OutputError
        When another run writes there, it cannot be written, holds something else, or rows made with other
        settings.
    """
    if path is not None and path.is_dir():
        raise OutputError(f"{path} is a folder; name a CSV file for --out")
    with nullcontext() if path is None else locked(path):
        store = Store(path)
        store.load(settings)
        yield store


def key_in(row: Mapping[str, Any]) -> Key:
    """Return what says which problem a row or record is about."""
    return tuple(str(row[column]) for column in KEY)


def _order(key: Key) -> tuple[Any, ...]:
    instance, family, variant, n = key
    return (
        family,
        [(int(part), "") if part.isdigit() else (-1, part) for part in _parts(instance)],
        variant,
        n,
    )


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"([0-9]+)", name) if part]


def _csv(rows: list[Row]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def read_rows(path: Path) -> list[dict[str, str]]:
    """Read a table of rows.

    Raises
    ------
    OutputError
        When it is none.
    """
    try:
        table = csv.reader(io.StringIO(_read(path), newline=""), strict=True)
        header, *rows = [cells for cells in table if cells] or [[]]
    except (csv.Error, UnicodeDecodeError):
        header, rows = [], []
    if tuple(header) != COLUMNS or any(len(cells) != len(COLUMNS) for cells in rows):
        raise OutputError(f"{path} is no table of benchmark rows; {_ANOTHER}")
    return [dict(zip(COLUMNS, cells, strict=True)) for cells in rows]


def read_records(path: Path) -> Iterator[tuple[Key, dict[str, Any], str]]:
    """Read a file of routes: the problem, the record, and its line.

    Raises
    ------
    OutputError
        When it cannot be read or is damaged.
    """
    for number, line in enumerate(_read_lines(path), 1):
        yield *_read_record(path, number, line), line


def _read_lines(path: Path) -> list[str]:
    try:
        return _read(path).splitlines()
    except UnicodeDecodeError as error:
        raise OutputError(f"{path} is damaged; {_ANOTHER}") from error


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {error.strerror or error}; {_ANOTHER}") from error


def _read_record(path: Path, number: int, line: str) -> tuple[Key, dict[str, Any]]:
    try:
        record = json.loads(line)
        Settings(**record["settings"])
        _ = record["interrupted"], record["problem"]
        return key_in(record), record
    except (ValueError, KeyError, TypeError) as error:
        raise OutputError(f"{path}, line {number}: is damaged; {_ANOTHER}") from error


def write_whole(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    with explained(path):
        with new.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
