"""Instance folders: read with every fault reported, write so that reading gives the same records back."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

import tomli_w
from pydantic import ValidationError

from voltmile.problem.faults import Fault, FaultyInputError, faults_of
from voltmile.problem.measures import Measures
from voltmile.problem.nation import EnergyBook, Header, Nation, VehicleBook
from voltmile.problem.places import (
    City,
    CityTemperature,
    ExistingChargers,
    ExistingVehicles,
    GridFactor,
    Hub,
    ParameterSource,
    RoadDistance,
    Village,
)
from voltmile.problem.records import Record
from voltmile.problem.references import reference_faults
from voltmile.problem.tables import read_table, write_table

Book = TypeVar("Book", bound=Record)

BOOKS: dict[str, type[Record]] = {
    "instance.toml": Header,
    "vehicles.toml": VehicleBook,
    "energy.toml": EnergyBook,
}
OPTIONAL_BOOKS: dict[str, type[Record]] = {"measures.toml": Measures}
TABLES: dict[str, type[Record]] = {
    "cities.csv": City,
    "hubs.csv": Hub,
    "villages.csv": Village,
    "temperatures.csv": CityTemperature,
    "grid.csv": GridFactor,
}
OPTIONAL_TABLES: dict[str, type[Record]] = {
    "existing_fleet.csv": ExistingVehicles,
    "existing_chargers.csv": ExistingChargers,
    "distances.csv": RoadDistance,
    "parameters.csv": ParameterSource,
}
FIELD_OF = {
    "instance.toml": "header",
    "vehicles.toml": "vehicle_book",
    "energy.toml": "energy_book",
    "measures.toml": "measures",
}


def read(folder: str | Path) -> Nation:
    """Read and check an instance folder.

    Parameters
    ----------
    folder : str or Path
        A folder in the format of ``instances/README.md``.

    Returns
    -------
    Nation

    Raises
    ------
    FaultyInputError
        With every fault of every file; cross-references are checked once the files themselves are sound.
    FileNotFoundError
        When the folder does not exist.
    """
    root = Path(folder)
    if not root.is_dir():
        raise FileNotFoundError(f"{root}: no such instance folder")
    faults: list[Fault] = []
    parts: dict[str, Any] = {}
    for name, book_type in (BOOKS | OPTIONAL_BOOKS).items():
        if name in BOOKS or (root / name).is_file():
            parts[FIELD_OF[name]] = _read_book(root / name, book_type, faults)
    for name, row_type in (TABLES | OPTIONAL_TABLES).items():
        path = root / name
        if path.is_file():
            parts[path.stem] = read_table(path, row_type, faults)
        elif name in TABLES:
            faults.append(Fault(name, "", "is missing"))
    if faults:
        raise FaultyInputError(str(root), faults)
    nation = Nation(**parts)
    faults = reference_faults(nation)
    if faults:
        raise FaultyInputError(str(root), faults)
    return nation


def _read_book(path: Path, book_type: type[Book], faults: list[Fault]) -> Book | None:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        return book_type.model_validate(data)
    except FileNotFoundError:
        faults.append(Fault(path.name, "", "is missing"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        faults.append(Fault(path.name, "", f"is not valid TOML: {error}"))
    except ValidationError as error:
        faults.extend(faults_of(error, path.name, fields=known_keys(book_type)))
    return None


def known_keys(record_type: type[Record]) -> list[str]:
    """All key names that occur anywhere in a record type, for suggestions."""
    names: set[str] = set()
    schema = record_type.model_json_schema()
    for part in [schema, *schema.get("$defs", {}).values()]:
        names |= set(part.get("properties", {}))
    return sorted(names)


def write(nation: Nation, folder: str | Path) -> None:
    """Write an instance folder; :func:`read` gives an equal Nation back.

    Parameters
    ----------
    nation : Nation
        What to write.
    folder : str or Path
        Made when absent. Files of the format that exist there are replaced.
    """
    root = Path(folder)
    root.mkdir(parents=True, exist_ok=True)
    for name in BOOKS | OPTIONAL_BOOKS:
        book = getattr(nation, FIELD_OF[name])
        if book is not None:
            data = book.model_dump(mode="json", exclude_none=True)
            (root / name).write_text(tomli_w.dumps(data), encoding="utf-8")
    for name, row_type in (TABLES | OPTIONAL_TABLES).items():
        rows = getattr(nation, Path(name).stem)
        if rows or name in TABLES:
            (root / name).write_text(write_table(rows, row_type), encoding="utf-8")
