"""The published tables as data: which files of a benchmark folder, drawn how, solved how long."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from voltmile.problem.faults import Fault, FaultyInputError, faults_of
from voltmile.problem.folder import known_keys
from voltmile.problem.records import AsTuple, NonNegative, Positive, Record, Text

Texts = Annotated[tuple[Text, ...], AsTuple, Field(min_length=1)]
Seeds = Annotated[tuple[Annotated[int, Field(ge=0)], ...], AsTuple, Field(min_length=1)]


class Selection(Record):
    """Files of a benchmark folder.

    Attributes
    ----------
    files : tuple of str
        Patterns relative to the folder.
    variant : str or None
        Only problems of this class.
    least_customers, most_customers : int or None
        Only files whose problems have so many.
    draw : int or None
        Files to draw; all of them where left out.
    over : str
        What the drawn files have to cover evenly.
    best_known : str
        Table of best known values, relative to the folder.
    """

    files: Texts
    variant: Text | None = None
    least_customers: Annotated[int, Field(ge=1)] = 1
    most_customers: Annotated[int, Field(ge=1)] | None = None
    draw: Annotated[int, Field(ge=1)] | None = None
    over: Literal["customers", "customers a route"] = "customers"
    best_known: Text


class BenchmarkSet(Selection):
    """A table of rows of ``voltmile benchmark``."""

    title: Text
    about: Text
    time_limit_s: Positive
    gap: NonNegative = 0.0
    seed: Annotated[int, Field(ge=0)] = 0


class PairedSet(Record):
    """A table of pairs: the same problem, seed and seconds for two solvers."""

    title: Text
    about: Text
    time_limit_s: Positive
    seeds: Seeds
    selection: Annotated[tuple[Selection, ...], AsTuple, Field(min_length=1)]


class ThroughputSet(Selection):
    """A table of exact pricing calls of several tools on the same dual values.

    Attributes
    ----------
    limit_s : float
        Wall seconds a tool has for a problem, all repetitions together.
    neighbours : int
        Size of ng-neighbourhoods.
    """

    title: Text
    about: Text
    limit_s: Positive
    repeats: Annotated[int, Field(ge=1)]
    neighbours: Annotated[int, Field(ge=1)]


class Definitions(Record):
    """What a file of published tables holds."""

    benchmark: dict[str, BenchmarkSet]
    paired: dict[str, PairedSet]
    throughput: dict[str, ThroughputSet]


@dataclass(frozen=True)
class DefinitionFile:
    """Definitions and the digest of the file they come from."""

    path: Path
    sha256: str
    definitions: Definitions


def read_definitions(path: Path) -> DefinitionFile:
    """Read a file of published tables.

    Raises
    ------
    FaultyInputError
        Names every fault of the file.
    """
    content = path.read_bytes()
    try:
        found = Definitions.model_validate(tomllib.loads(content.decode("utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FaultyInputError(str(path), [Fault(path.name, "", f"is not valid TOML: {error}")]) from error
    except ValidationError as error:
        raise FaultyInputError(
            str(path), faults_of(error, path.name, fields=known_keys(Definitions))
        ) from error
    return DefinitionFile(path, hashlib.sha256(content).hexdigest(), found)
