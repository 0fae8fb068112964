"""HiGHS options, checked: a misspelt name or a refused value stops the run instead of being ignored."""

from __future__ import annotations

import contextlib
import ctypes
import difflib
import os
import re
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import highspy
from highspy import HighsOptionType, HighsStatus

OptionValue = bool | int | float | str

OWN_ARGUMENT = {
    "time_limit": "time_limit_s",
    "mip_rel_gap": "gap_rel",
    "mip_abs_gap": "gap_abs",
    "mip_max_nodes": "node_limit",
    "random_seed": "seed",
    "threads": "threads",
}
"""Options that are arguments of ``solve_mip``, so that a run cannot ask for two different values."""

# Parallel search was slower where we measured it, and takes another path; ``options`` may turn it on.
DEFAULTS: Mapping[str, OptionValue] = {"output_flag": False, "parallel": "off"}

_ACCEPTS: Mapping[HighsOptionType, tuple[type, ...]] = {
    HighsOptionType.kBool: (bool,),
    HighsOptionType.kInt: (int,),
    HighsOptionType.kDouble: (int, float),
    HighsOptionType.kString: (str,),
}


class OptionError(ValueError):
    """An option HiGHS does not have, or a value it does not take; the message says what would be right."""


def check_options(options: Mapping[str, OptionValue]) -> None:
    """Check the user's options without a model, so that a study stops at its TOML file and not hours later.

    Raises
    ------
    OptionError
        For an unknown name (with the nearest valid ones), a value of the wrong type or outside its range, and
        for an option that has an argument of its own (``OWN_ARGUMENT``).
    """
    apply_options(_silent(), with_own(options, {}))


def with_own(
    options: Mapping[str, OptionValue] | None, own: Mapping[str, OptionValue]
) -> dict[str, OptionValue]:
    """Add the options that come from arguments to the user's, which cannot contradict them.

    Raises
    ------
    OptionError
        For an option in ``OWN_ARGUMENT`` among the user's.
    """
    for name in options or {}:
        if name in OWN_ARGUMENT:
            raise OptionError(
                f"option {name!r} is set by the argument {OWN_ARGUMENT[name]!r}, not in options"
            )
    return {**(options or {}), **own}


def apply_options(highs: highspy.Highs, options: Mapping[str, OptionValue]) -> None:
    """Set every option on ``highs``.

    Raises
    ------
    OptionError
        As ``check_options``, on the first option that is not accepted.
    """
    for name, value in options.items():
        _apply(highs, name, value)


def new_highs(options: Mapping[str, OptionValue]) -> highspy.Highs:
    """Return a fresh, silent HiGHS with our defaults and then ``options`` set.

    Raises
    ------
    OptionError
        As ``check_options``.
    """
    highs = _silent()
    apply_options(highs, {**DEFAULTS, **options})
    return highs


def solver_version() -> tuple[int, int, int]:
    """Return the version of HiGHS that highspy brought."""
    highs = _silent()
    return highs.versionMajor(), highs.versionMinor(), highs.versionPatch()


def solver_name() -> str:
    """Return name and version of the solver, for run records."""
    return f"HiGHS {'.'.join(map(str, solver_version()))}"


def _silent() -> highspy.Highs:
    _hush()
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    return highs


@cache
def _hush() -> None:
    """Let the first HiGHS of the process print its banner, as it does since 1.16, where nobody reads it.

    No option is set yet when it prints, and it prints past Python, so the file descriptor has to be turned.
    """
    try:
        sys.stdout.flush()
        kept = os.dup(1)
    except (OSError, ValueError, AttributeError):  # there is no standard output
        return
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        highspy.Highs()  # type: ignore[no-untyped-call]
        with contextlib.suppress(OSError, AttributeError, TypeError):  # where C's library has another name
            ctypes.CDLL(None).fflush(None)
    finally:
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def _apply(highs: highspy.Highs, name: str, value: OptionValue) -> None:
    status, kind = highs.getOptionType(name)
    if status != HighsStatus.kOk:
        raise OptionError(f"HiGHS has no option {name!r}{_nearest(name)}")
    # bool is an int in Python, and HiGHS would parse the string "1" as a number: TOML files deserve better.
    if not isinstance(value, _ACCEPTS[kind]) or (isinstance(value, bool) and kind != HighsOptionType.kBool):
        raise OptionError(f"option {name!r} does not take {value!r}: {_described(name)}")
    if highs.setOptionValue(name, value) != HighsStatus.kOk:
        raise OptionError(f"HiGHS refuses {value!r} for option {name!r}: {_described(name)}")


def _nearest(name: str) -> str:
    near = difflib.get_close_matches(name, sorted(_documentation()), n=3, cutoff=0.5)
    return f"; did you mean {', '.join(map(repr, near))}?" if near else ""


def _described(name: str) -> str:
    return _documentation().get(name) or "see the HiGHS documentation for what it takes"


def _documentation() -> dict[str, str]:
    """Return what each option is and takes, in HiGHS' own words: option name -> one line.

    Read from the options file HiGHS writes about itself: no list of names to maintain, and only read on an
    error. That file leaves the advanced options out, which the attributes of ``HighsOptions`` name (without a
    text).
    """
    highs = _silent()
    words = {name: "" for name in dir(highs.getOptions()) if not name.startswith("_")}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "highs.txt")
        highs.writeOptions(str(path))
        text = path.read_text()
    entry = re.compile(r"^# (?P<what>.+)\n# \[(?P<takes>type: .+)\]\n(?P<name>\w+) =", re.MULTILINE)
    return words | {m["name"]: f"{m['what'].rstrip(', ')} [{m['takes']}]" for m in entry.finditer(text)}
