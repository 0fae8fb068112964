"""One part of a nation solved in one way, as a row of a table, and the tables of such rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from voltmile.study.benchmark.csv_table import read_records, write_records

WAYS = ("1", "2", "dask")
"""One worker, two, and a Dask cluster of two workers on this machine."""


@dataclass(frozen=True, order=True)
class Case:
    """What is solved and how.

    Attributes
    ----------
    hubs : int
        Hubs with villages a city; 0 for all.
    cities : int
    way : str
        One of ``WAYS``.
    """

    hubs: int
    cities: int
    way: str


@dataclass(frozen=True)
class Row:
    """What came of a case.

    Attributes
    ----------
    wall_s, cpu_s : float
        From before the workers began until the solution was there, and of all processes together.
    rss_mb : int
        Resident memory of the largest process.
    tours_s, frames_s, columns_s, prices_s, plan_s, bound_s : float
        Wall seconds by phase.
    sha256 : str
        Of the plan, its cost and the dual values that prove the bound: equal where they are equal.
    """

    hubs: int
    cities: int
    way: str
    villages: int
    wall_s: float
    cpu_s: float
    rss_mb: int
    tours_s: float
    frames_s: float
    columns_s: float
    prices_s: float
    plan_s: float
    bound_s: float
    cost_cny: float
    bound_cny: float
    gap: float
    sha256: str

    @property
    def case(self) -> Case:
        """What was solved and how."""
        return Case(self.hubs, self.cities, self.way)


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a file; none where there is no file.

    Raises
    ------
    OutputError
        When it is another table.
    """
    return read_records(path, Row, "parts of a nation")


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write a file of rows whole."""
    write_records(path, Row, rows)
