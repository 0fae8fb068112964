"""What is told of a baseline beside its number."""

from __future__ import annotations

from dataclasses import dataclass

from voltmile.solve.progress import Message


@dataclass(frozen=True, slots=True)
class BaselineNote(Message):
    """What the reader of a baseline has to know: that it has no plan, or cities beyond their part."""

    name: str
