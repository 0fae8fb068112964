"""voltmile plans a parcel network's fleet, chargers and routes in one program, with a certified gap."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from voltmile.check import check
    from voltmile.problem.folder import read, write
    from voltmile.solve.plan import solve

#: Public names and where they live; loaded on first use, so that ``import voltmile`` stays cheap.
_HOMES = {
    "check": "voltmile.check",
    "read": "voltmile.problem.folder",
    "solve": "voltmile.solve.plan",
    "write": "voltmile.problem.folder",
}

__all__ = ["__version__", "check", "read", "solve", "write"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'voltmile' has no attribute {name!r}")
