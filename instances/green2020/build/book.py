"""The parameter book (`book/`): what was found about China 2018-2020, with confidence labels."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

from .divisions import rows
from .known import Confidence, Known

FOLDER = Path(__file__).parent.parent / "book"


@dataclass(frozen=True)
class Book:
    """Parameter rows by name and grid factors by province."""

    parameters: dict[str, dict[str, str]]
    provinces: dict[str, dict[str, str]]

    def __call__(self, name: str) -> Known:
        """Return a parameter as it stands in the book (its RMB called CNY)."""
        row = self.parameters[name]
        return Known(
            float(row["value"]),
            cast(Confidence, row["confidence"]),
            f"{row['source']} (book: {name})" if row["source"] != "no source found" else "no source found",
            row["note"],
            row["unit"].replace("RMB", "CNY"),
            float(row["low"]) if row["low"] else None,
            float(row["high"]) if row["high"] else None,
        )


def read_book(folder: Path = FOLDER) -> Book:
    """Read the CSV files of the book."""
    parameters: dict[str, dict[str, str]] = {}
    for file in ("parameters.csv", "parameters_evidence.csv"):
        parameters |= {row["name"]: row for row in rows(folder / file)}
    provinces = {row["province"]: row for row in rows(folder / "grid_factors_province.csv")}
    return Book(parameters, provinces)
