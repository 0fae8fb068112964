"""What code a result was made by: the sources a module needs, however far away, and their digest."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version
from pathlib import Path

import voltmile

_LIBRARIES = ("highspy", "numba", "numpy", "pyomo", "pyvrp", "scipy")
_ROOT = Path(voltmile.__file__).parents[1]


@cache
def digest_of(module: str) -> str:
    """Digest of a module of voltmile and all it imports from voltmile, directly or not.

    Other code then neither makes a kept result invalid nor lets one of other code pass. The versions of the
    libraries that search and solve are part of it.
    """
    digest = hashlib.sha256("\n".join(f"{name} {version(name)}" for name in _LIBRARIES).encode())
    for name in sorted(_needed(module)):
        path = _path(name)
        assert path is not None
        digest.update(f"{name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def _needed(module: str) -> set[str]:
    found, open_ = set[str](), [module]
    while open_:
        name = open_.pop()
        if name not in found:
            found.add(name)
            open_ += [other for other in _imported(name) if other not in found]
    return found


@cache
def _imported(module: str) -> tuple[str, ...]:
    path = _path(module)
    assert path is not None
    names = _named(ast.parse(path.read_text(encoding="utf-8")))
    return tuple(dict.fromkeys(name for name in names if _path(name) is not None))


def _named(tree: ast.AST) -> Iterator[str]:
    """Yield what import statements name, in functions too: modules, and what may be one of a package."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _path(module: str) -> Path | None:
    """Where a module of voltmile is; None for anything else."""
    if module.split(".")[0] != "voltmile":
        return None
    base = _ROOT.joinpath(*module.split("."))
    return next((p for p in (base.with_suffix(".py"), base / "__init__.py") if p.is_file()), None)
