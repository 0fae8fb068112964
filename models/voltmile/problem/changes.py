"""A nation with something else in it: a new record, whose look-up tables are its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from voltmile.problem.limits import Limit
from voltmile.problem.nation import Nation
from voltmile.problem.records import Record

Changed = TypeVar("Changed", bound=Record)


def changed(record: Changed, **fields: Any) -> Changed:
    """Return a record with other values in some fields, validated anew.

    Not pydantic's copy: that would keep the old record's look-up tables, and check nothing.
    """
    return type(record)(**{name: getattr(record, name) for name in type(record).model_fields} | fields)


def with_limits(nation: Nation, limits: Sequence[Limit]) -> Nation:
    """Return the nation under other limits."""
    return changed(nation, header=changed(nation.header, limit=tuple(limits)))
