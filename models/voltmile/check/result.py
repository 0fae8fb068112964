"""Reading a result folder: what is missing or broken becomes a violation of ``format``, never an error."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError

from voltmile.check.report import Findings
from voltmile.problem.plan import Plan

Cell = str | int | float | bool | None
Row = Mapping[str, Any]
Content = TypeVar("Content")

#: No plan has more vehicles or chargers than this.
MOST = 10**12

#: Columns of every table and what a cell holds; a "?" allows an empty one, and so does "text".
TABLES: dict[str, dict[str, str]] = {
    "fleet.csv": {
        "city": "str",
        "vehicle_type": "str",
        "year": "int",
        "bought": "int",
        "sold": "int",
        "stock": "int",
        "electric": "bool",
    },
    "chargers.csv": {"hub": "str", "charger_type": "str", "year": "int", "built": "int", "installed": "int"},
    "routes.csv": {
        "id": "str",
        "city": "str",
        "hub": "str",
        "vehicle_type": "str",
        "powertrain": "str",
        "year": "int",
        "day_type": "str",
        "stops": "int",
        "parcels": "float",
        "load_kg": "float",
        "load_m3": "float",
        "distance_km": "float",
        "duration_h": "float",
        "energy_kwh": "float",
        "fuel_l": "float",
        "co2_kg": "float",
        "cost_cny": "float",
        "villages": "str",
    },
    "costs.csv": {
        "city": "str?",
        "year": "str",
        "term": "str",
        "cash_cny": "float",
        "discounted_cny": "float",
    },
    "cities.csv": {
        "city": "str",
        "year": "int",
        "discounted_cny": "float",
        "co2_kg": "float",
        "vehicles": "int",
        "electric_vehicles": "int",
        "chargers": "int",
        "route_km": "float",
        "visits": "float",
        "urban_vehicle_days": "float",
    },
    "limits.csv": {
        "limit": "str",
        "kind": "str",
        "year": "int",
        "unit": "str",
        "used": "float",
        "allowed": "float",
        "slack": "float",
        "price_cny_per_unit": "float?",
    },
}
MEASURES: dict[str, dict[str, str]] = {
    "measures.csv": {
        "year": "int",
        "measure": "str",
        "part": "text",
        "what": "str",
        "value": "float",
        "unit": "str",
    }
}


@dataclass(frozen=True)
class ResultFiles:
    """What could be read; None or absent where a file is unusable (its violation is noted already)."""

    plan: Plan | None
    summary: dict[str, Any] | None
    certificate: dict[str, Any] | None
    provenance: dict[str, Any] | None
    tables: Mapping[str, list[Row]]


def read_result(folder: Path, findings: Findings, has_measures: bool) -> ResultFiles:
    """Read every file of a result folder."""
    if not folder.is_dir():
        findings.require("format", False, str(folder), "there is no such result folder")
        return ResultFiles(None, None, None, None, {})
    tables = {}
    for name, columns in (TABLES | MEASURES if has_measures else TABLES).items():
        lines = _usable(folder / name, _read_lines, findings)
        rows = _read_table(name, lines, columns, findings) if lines is not None else None
        if rows is not None:
            tables[name] = rows
    raw = _usable(folder / "plan.json", _read_json, findings)
    return ResultFiles(
        plan=_read_plan(raw, findings) if raw is not None else None,
        summary=_usable(folder / "summary.json", _read_json, findings),
        certificate=_usable(folder / "certificate.json", _read_json, findings),
        provenance=_usable(folder / "provenance.json", _read_json, findings),
        tables=tables,
    )


class _UnusableError(Exception):
    """A file that cannot be used, with the reason in the user's words."""


def _usable(path: Path, reader: Callable[[str], Content], findings: Findings) -> Content | None:
    """Content of a file, or None and a violation."""
    try:
        content = reader(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        message = "is missing"
    except (OSError, UnicodeDecodeError) as error:
        message = f"cannot be read: {error}"
    except _UnusableError as error:
        message = str(error)
    else:
        findings.require("format", True, path.name, "")
        return content
    findings.require("format", False, path.name, message)
    return None


def _refuse(constant: str) -> float:
    raise _UnusableError(f"holds {constant}, which is not a number")


def _read_json(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise _UnusableError(f"is not valid JSON ({place}): {error.msg}; was it cut off?") from None
    except (RecursionError, ValueError) as error:  # nested too deeply; a number of thousands of digits
        raise _UnusableError(f"cannot be read: {error}") from None
    if not isinstance(found, dict):
        raise _UnusableError(f"holds a {type(found).__name__}; an object is wanted")
    return found


def _read_lines(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise _UnusableError(f"is not a CSV file: {error}") from None


def _read_plan(raw: dict[str, Any], findings: Findings) -> Plan | None:
    _make_whole(raw, findings)
    try:
        return Plan.model_validate(raw)
    except ValidationError as error:
        for detail in error.errors(include_url=False)[:50]:
            place = ".".join(map(str, detail["loc"]))
            findings.require(
                "format", False, f"plan.json, {place}", f"{detail['msg']} (found {detail['input']!r:.60})"
            )
    return None


def _make_whole(raw: dict[str, Any], findings: Findings) -> None:
    """Vehicles and chargers come in whole numbers: note those that do not, and round them to check on."""
    for part in ("buy", "sell", "build"):
        entries = raw.get(part, [])
        for n, entry in enumerate(entries if isinstance(entries, list) else []):
            count = entry.get("count") if isinstance(entry, dict) else None
            if not isinstance(count, int | float) or isinstance(count, bool):
                continue
            plausible = abs(count) <= MOST
            where = f"plan.json, {part}.{n}"
            message = f"count is {count!r:.40}; a whole number is wanted, at most {MOST:,}"
            if not findings.require("integrality", isinstance(count, int) and plausible, where, message):
                entry["count"] = round(count) if plausible else 0


def _read_table(
    file: str, lines: list[list[str]], columns: Mapping[str, str], findings: Findings
) -> list[Row] | None:
    header = lines[0] if lines else []
    message = f"has the columns {','.join(header)!r}; wanted are {','.join(columns)!r}"
    if not findings.require("format", sorted(header) == sorted(columns), file, message):
        return None
    numbered = ((n, cells) for n, cells in enumerate(lines[1:], start=2) if cells)
    rows = (_read_row(file, n, header, cells, columns, findings) for n, cells in numbered)
    return [row for row in rows if row is not None]


def _read_row(
    file: str,
    number: int,
    header: list[str],
    cells: list[str],
    columns: Mapping[str, str],
    findings: Findings,
) -> Row | None:
    where = f"{file}, row {number}"
    if len(cells) != len(header):
        findings.require("format", False, where, f"has {len(cells)} cells; {len(header)} are wanted")
        return None
    row: dict[str, Cell] = {"_row": number}
    for name, cell in zip(header, cells, strict=True):
        try:
            row[name] = _parse(cell.strip(), columns[name])
        except ValueError as error:
            findings.require("format", False, where, f"{name}: {error}")
            return None
    return row


def _parse(cell: str, kind: str) -> Cell:
    if not cell and kind == "text":
        return ""
    if not cell:
        if kind.endswith("?"):
            return None
        raise ValueError("is empty")
    return _PARSERS[kind.removesuffix("?")](cell)


def _whole(cell: str) -> int:
    try:
        return int(cell)
    except ValueError:
        raise ValueError(f"{cell!r} is not a whole number") from None


def _finite(cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        raise ValueError(f"{cell!r} is not a number") from None
    if not math.isfinite(value):
        raise ValueError(f"{cell!r} is not a number")
    return value


def _truth(cell: str) -> bool:
    if cell not in ("true", "false"):
        raise ValueError(f"{cell!r} is neither true nor false")
    return cell == "true"


_PARSERS: dict[str, Callable[[str], Cell]] = {
    "str": str,
    "text": str,
    "int": _whole,
    "float": _finite,
    "bool": _truth,
}
