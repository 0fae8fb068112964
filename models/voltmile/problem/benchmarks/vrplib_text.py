"""The VRPLIB text format: keys with values, then sections of rows. Several dialects share it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voltmile.problem.benchmarks.errors import shown
from voltmile.problem.benchmarks.source import Row, Source
from voltmile.problem.faults import nearest
from voltmile.problem.routing import Matrix

_KEY = re.compile(r"\s*([A-Za-z][A-Za-z_0-9]*)\s*:(.*)", re.DOTALL)
_SECTION = re.compile(r"\s*([A-Z][A-Z_]+)\s*")
# Keys that say nothing about the problem.
_REMARKS = {"NAME", "COMMENT", "TYPE", "DISPLAY_DATA_TYPE", "NODE_COORD_TYPE", "DISPLAY_DATA_SECTION"}


@dataclass(frozen=True, slots=True)
class VrplibText:
    """A file taken apart.

    Attributes
    ----------
    source : Source
    keys : dict of str to str
        The lines "KEY : value".
    sections : dict of str to tuple of Row
    """

    source: Source
    keys: dict[str, str]
    sections: dict[str, tuple[Row, ...]]

    def check_known(self, keys: Iterable[str], sections: Iterable[str]) -> None:
        """Refuse a key or section that would change the problem without being understood.

        Raises
        ------
        BenchmarkError
        """
        for given, known in ((self.keys, keys), (self.sections, sections)):
            valid = {*known, *_REMARKS}
            for name in given:
                if name not in valid:
                    raise self.source.error(name, f"is not known in this format; {nearest(name, valid)}")

    def section(self, name: str) -> tuple[Row, ...]:
        """Return the rows of a section.

        Raises
        ------
        BenchmarkError
            If it is missing.
        """
        if name not in self.sections:
            raise self.source.error(name, "is missing")
        return self.sections[name]

    def key(self, name: str) -> str:
        """Return the value of a key.

        Raises
        ------
        BenchmarkError
            If it is missing.
        """
        if not self.keys.get(name):
            raise self.source.error(name, "is missing")
        return self.keys[name]

    def number(self, name: str) -> float:
        """Return a key that must be a number of 0 or more."""
        return self.source.number(self.key(name), name, "it", least=0)

    def whole(self, name: str) -> int:
        """Return a key that must be a whole number of 1 or more."""
        return self.source.whole(self.key(name), name, "it", least=1)

    def dimension(self) -> int:
        """Return DIMENSION, the depot and at least one customer."""
        return self.source.whole(self.key("DIMENSION"), "DIMENSION", "it", least=2, most=10**6)

    def check_euc_2d(self) -> None:
        """Refuse a file that does not measure by coordinates, where its dialect always does.

        Raises
        ------
        BenchmarkError
        """
        kind = self.key("EDGE_WEIGHT_TYPE").upper()
        if kind != "EUC_2D":
            raise self.source.error("EDGE_WEIGHT_TYPE", f"is {shown(kind)}; valid: EUC_2D")

    def nodes(self, section: str, *fields: str, first: int = 1) -> Matrix:
        """Return a section with a row per node, numbered from ``first``, shape (DIMENSION, fields)."""
        ids = range(first, first + self.dimension())
        return self.source.table(self.section(section), section, ids, fields)

    def depot_first(self) -> NDArray[np.intp]:
        """Return the positions of the nodes with the depot put first, shape (DIMENSION,).

        Raises
        ------
        BenchmarkError
            If DEPOT_SECTION does not name one node.
        """
        words = [(word, row.line) for row in self.section("DEPOT_SECTION") for word in row.words]
        if words and words[-1][0] == "-1":
            words.pop()
        if len(words) != 1:
            message = f"names {len(words)} depots; valid: one (problems with several are not supported)"
            raise self.source.error("DEPOT_SECTION", message)
        node = self.source.whole(words[0][0], words[0][1], "the depot", least=1)
        if node > self.dimension():
            raise self.source.error(words[0][1], f"the depot is node {node}; valid: 1 to {self.dimension()}")
        order = np.arange(self.dimension())
        return np.concatenate(([node - 1], np.delete(order, node - 1)))


def parse(source: Source) -> VrplibText:
    """Take a VRPLIB file apart.

    Raises
    ------
    BenchmarkError
        If a key or section is repeated, or data stand outside a section.
    """
    keys: dict[str, str] = {}
    sections: dict[str, list[Row]] = {}
    current: list[Row] | None = None
    for number, line in enumerate(source.text.splitlines(), start=1):
        if not line.strip():
            continue
        if found := _KEY.fullmatch(line):
            _check_new(source, number, found[1].upper(), keys)
            keys[found[1].upper()] = found[2].strip()
        elif found := _SECTION.fullmatch(line):
            if found[1] == "EOF":
                break
            _check_new(source, number, found[1], sections)
            current = sections.setdefault(found[1], [])
        elif current is None:
            message = f"{shown(line.strip())} stands outside a section; valid: KEY : value, or a section"
            raise source.error(number, message)
        else:
            current.append(Row(number, tuple(line.split())))
    return VrplibText(source, keys, {name: tuple(rows) for name, rows in sections.items()})


def _check_new(source: Source, line: int, name: str, known: Iterable[str]) -> None:
    if name in known:
        raise source.error(line, f"{name} stands there a second time")
