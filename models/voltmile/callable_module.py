"""Packages that share their name with the function users call: ``voltmile.solve(nation)``.

Importing a subpackage makes it an attribute of its parent, under the very name of the function wanted there.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import Any


def calls(package: str, home: str) -> None:
    """Let a package be called as the function of its own name that another module defines.

    Parameters
    ----------
    package : str
        ``__name__`` of the package.
    home : str
        Module that defines the function; imported on the first call.
    """
    name = package.rpartition(".")[2]

    class Callable(ModuleType):
        """A package that is also a function."""

        def __call__(self, *arguments: Any, **options: Any) -> Any:
            """Call the function."""
            return getattr(importlib.import_module(home), name)(*arguments, **options)

    sys.modules[package].__class__ = Callable
