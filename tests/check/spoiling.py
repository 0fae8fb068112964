"""How results are spoiled: the register of corruptions, and editing files in place."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from voltmile.problem.nation import Nation

Spoil = Callable[[Path, Nation], None]


class NotApplicableError(Exception):
    """The result has nothing to spoil in this way."""


@dataclass(frozen=True)
class Corruption:
    """How to spoil a result, and the rule that must name it."""

    name: str
    rule: str
    spoil: Spoil


CORRUPTIONS: list[Corruption] = []


def breaks(rule: str) -> Callable[[Spoil], Spoil]:
    """Register a corruption under the rule that must notice."""

    def register(spoil: Spoil) -> Spoil:
        CORRUPTIONS.append(Corruption(spoil.__name__, rule, spoil))
        return spoil

    return register


@contextmanager
def edit(folder: Path, name: str) -> Iterator[dict[str, Any]]:
    """Change a JSON file in place."""
    path = folder / f"{name}.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    yield data
    path.write_text(json.dumps(data), encoding="utf-8")


@contextmanager
def table(folder: Path, name: str) -> Iterator[list[dict[str, str]]]:
    """Change a CSV file in place."""
    path = folder / f"{name}.csv"
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        rows, header = list(reader), reader.fieldnames or []
    yield rows
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, header, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def first(items: Any, wanted: Callable[[Any], bool] = lambda _: True) -> Any:
    """First of the items that is wanted."""
    for item in items:
        if wanted(item):
            return item
    raise NotApplicableError


def is_electric(nation: Nation, k: str) -> bool:
    return nation.vehicle_type[k].powertrain == "bev"
