"""A number and where it comes from; the leaves of every TOML file the builder writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

Confidence = Literal["sourced", "derived", "assumption"]
NO_SOURCE = "no source found"
RULE = "instance format"


@dataclass(frozen=True)
class Known:
    """A number with its range, unit, confidence, source and note."""

    value: float
    confidence: Confidence
    source: str
    note: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None

    def times(self, factor: float, unit: str, note: str = "") -> Known:
        """Return the number in another unit (the range scales along)."""
        return replace(
            self,
            value=tidy(self.value * factor),
            low=None if self.low is None else tidy(self.low * factor),
            high=None if self.high is None else tidy(self.high * factor),
            unit=unit,
            note="; ".join(part for part in (self.note, note) if part),
        )

    def noted(self, note: str, unit: str = "") -> Known:
        """Return the number with another note (and unit)."""
        return replace(self, note=note, unit=unit or self.unit)

    def whole(self) -> Known:
        """Return the number as an integer."""
        return replace(self, value=int(self.value))


Plain = str | bool | int | float | list["Plain"] | dict[str, "Plain"]
Tree = str | bool | Known | list["Tree"] | dict[str, "Tree"]
"""What a TOML file is made of: every number is a Known."""


def tidy(value: float, digits: int = 6) -> float:
    """Round to significant digits, so that a file shows no arithmetic dust."""
    return float(f"{value:.{digits}g}")


def assume(value: float, unit: str, note: str, low: float | None = None, high: float | None = None) -> Known:
    """Return an assumption of ours; the note gives the reasoning."""
    return Known(value, "assumption", NO_SOURCE, note, unit, low, high)


def derive(value: float, unit: str, note: str, *inputs: Known) -> Known:
    """Return a number computed from others; an assumption among them makes it an assumption."""
    weak = any(known.confidence == "assumption" for known in inputs)
    sources = sorted({known.source for known in inputs} - {NO_SOURCE}) or [NO_SOURCE]
    return Known(tidy(value), "assumption" if weak else "derived", "; ".join(sources), note, unit)


def plain(tree: Tree) -> Plain:
    """Return the tree with bare numbers, as it is written to the TOML file."""
    if isinstance(tree, Known):
        return tree.value
    if isinstance(tree, list):
        return [plain(item) for item in tree]
    if isinstance(tree, dict):
        return {key: plain(item) for key, item in tree.items()}
    return tree


def leaves(tree: Tree, path: str = "") -> Iterator[tuple[str, Known]]:
    """Yield the path and the Known of every number, as parameters.csv names them."""
    if isinstance(tree, Known):
        yield path, tree
    elif isinstance(tree, dict):
        for key, item in tree.items():
            yield from leaves(item, f"{path}.{key}" if path else key)
    elif isinstance(tree, list):
        for place, item in enumerate(tree):
            named = isinstance(item, dict) and isinstance(item.get("id"), str)
            step = f".{item['id']}" if named and isinstance(item, dict) else f"[{place}]"
            yield from leaves(item, path + step)
