"""Which format a file is in, told by what stands in it, never by its name or folder."""

from __future__ import annotations

import re

from voltmile.problem.benchmarks.source import Source

FORMATS = {
    "cvrplib": "VRPLIB .vrp: one vehicle type, perhaps a limit on routes (A to X, CMT, Golden, Li, Taillard)",
    "lkh-vrptw": "VRPLIB dialect of LKH-3 with time windows (Solomon 25, 50, 100)",
    "pessoa-hfvrp": "VRPLIB dialect of Pessoa et al. with a column per vehicle type (HFVRP X)",
    "pyvrp-hfvrp": "VRPLIB dialect of PyVRP with a row per vehicle, costs in hundredths (HFVRP X)",
    "ails-hvrp": "VRPLIB dialect of AILS-HVRP: a base with all its variants (Golden-Taillard, Brandao, Li)",
    "queiroga-hvrp": "numbers only, one variant a file (Golden-Taillard)",
    "solomon": "Solomon's text with time windows (also Gehring and Homberger)",
    "schneider": "E-VRPTW text of Schneider, Stenger and Goeke",
    "mikkelsen": "mixed electric and combustion fleets of Mikkelsen (MFGVRP, EVRP)",
    "montoya": "E-VRP-NL XML of Montoya et al.",
}

# A line of a VRPLIB dialect that the others do not have.
_DIALECTS = (
    ("lkh-vrptw", r"TIME_WINDOW_SECTION"),
    ("pessoa-hfvrp", r"VARIABLE_COSTS"),
    ("ails-hvrp", r"COST_COEFFICIENTS|VEHICLES_AVAILABLE"),
    ("pyvrp-hfvrp", r"CAPACITY_SECTION|VEHICLES_UNIT_DISTANCE_COST_SECTION|VEHICLES_FIXED_COST_SECTION"),
)
_SUPPORTED = {"CVRP", "DCVRP", "CVRPTW", "VRPTW", "HFVRP", "HVRP"}


def detect(source: Source) -> str:
    """Return the name of the format, a key of ``FORMATS``.

    Raises
    ------
    BenchmarkError
        If it is none of them.
    """
    first = source.rows[0].words
    line = " ".join(first)
    if line.startswith("<"):
        return "montoya"
    if re.search(r"^\s*(TYPE|DIMENSION|EDGE_WEIGHT_TYPE)\s*:", source.text, re.MULTILINE):
        return _dialect(source)
    if line.startswith("StringID"):
        return "schneider"
    if re.search(r"^\s*NUMBER\s+CAPACITY\s*$", source.text, re.MULTILINE):
        return "solomon"
    widths = tuple(len(row.words) for row in source.rows[:10])
    if re.fullmatch(r"\d+", line) and widths[1:2] == (4,):
        return "queiroga-hvrp"
    if re.fullmatch(r"\d+", line) and len(widths) > 1 and set(widths) == {1}:
        return "mikkelsen"
    raise source.error("", f"{_likeness(line, widths)}; valid: {', '.join(FORMATS)}")


def _likeness(line: str, widths: tuple[int, ...]) -> str:
    """Say what a file looks like that cannot be read, by its first line and the words of the first ten."""
    kind = ""
    if re.fullmatch(r"\d+ \d+ \d+ \d+", line):
        kind = "several depots, periods or sites (Cordeau's format)"
    elif widths[:3] == (1, 1, 2):
        kind = "location-routing"
    elif re.search(r"\bLongitude\b|^AB\d+ ", line):
        kind = "green vehicle routing (G-VRP)"
    return f"looks like {kind}, which is not supported" if kind else "is in none of the known formats"


def _dialect(source: Source) -> str:
    kind = re.search(r"^\s*TYPE\s*:\s*(\S+)", source.text, re.MULTILINE)
    if kind and kind[1].upper() not in _SUPPORTED:
        message = f"{kind[1]!r} is not supported; valid: {', '.join(sorted(_SUPPORTED))}"
        raise source.error("TYPE", message)
    for name, pattern in _DIALECTS:
        if re.search(rf"^\s*({pattern})\s*$", source.text, re.MULTILINE):
            return name
    return "cvrplib"
