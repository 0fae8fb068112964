"""An experiment: the TOML file that says what is solved, how long, and where the results go."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, ValidationError, model_validator

from voltmile.problem.faults import Fault, FaultyInputError, faults_of, nearest
from voltmile.problem.folder import known_keys
from voltmile.problem.records import AsTuple, NonNegative, Positive, Record, Text
from voltmile.problem.scenarios import Assumptions, Scenario
from voltmile.study.study_settings import FrontierSettings, RobustSettings, weighted

JOURNEY_BASELINES = ("separate_carriers", "fixed_territories", "pooled_savings")
"""Other ways to route the same villages (km per visit)."""
COST_BASELINES = ("fleet_first", "city_alone", "sequential")
"""Other ways to decide, compared by discounted cost (CNY)."""
BASELINES = JOURNEY_BASELINES + COST_BASELINES


def _known_baselines(names: tuple[str, ...]) -> tuple[str, ...]:
    wrong = [f"found {name!r}; {nearest(name, BASELINES)}" for name in names if name not in BASELINES]
    twice = [f"{name!r} stands there twice" for name in BASELINES if names.count(name) > 1]
    if wrong or twice:
        raise ValueError("; ".join(wrong + twice))
    return names


class SolveSettings(Record):
    """When to stop, whichever comes first, and how many processes work side by side."""

    gap: NonNegative = 0.01
    time_limit_s: Positive = 600.0
    workers: Annotated[int, Field(ge=1)] = 2
    method: Literal["auto", "joint", "cities"] = "auto"
    cluster: Text | None = None


class OutputSettings(Record):
    """What is written, and where (relative to the config file)."""

    folder: Text
    figures: bool = True
    baselines: Annotated[tuple[str, ...], AsTuple, AfterValidator(_known_baselines)] = BASELINES


class Experiment(Record):
    """What an experiment file holds; ``instance`` is relative to the file."""

    instance: Text
    seed: Annotated[int, Field(ge=0, lt=2**31)] = 1
    solve: SolveSettings = SolveSettings()
    output: OutputSettings
    frontier: FrontierSettings = FrontierSettings()
    assumptions: Assumptions | None = None
    scenario: Annotated[tuple[Scenario, ...], AsTuple, AfterValidator(weighted)] = ()
    robust: RobustSettings | None = None

    @model_validator(mode="after")
    def _packs_have_a_price(self) -> Self:
        asking = [one.name for one in self.scenario if one.battery_price_factor is not None]
        if asking and self.assumptions is None:
            needed = "the table assumptions with battery_pack_cny_per_kwh_by_year and its source is missing"
            raise ValueError(f"scenario {asking[0]} has a battery_price_factor, but {needed}")
        return self

    def with_limits(
        self, workers: int | None = None, time_limit_s: float | None = None, cluster: str | None = None
    ) -> Self:
        """Return a copy with other limits; None keeps what is there."""
        given = {"workers": workers, "time_limit_s": time_limit_s, "cluster": cluster}
        chosen = {key: value for key, value in given.items() if value is not None}
        return self.model_copy(update={"solve": SolveSettings(**{**self.solve.model_dump(), **chosen})})


@dataclass(frozen=True)
class ExperimentFile:
    """An experiment with the file it came from.

    Attributes
    ----------
    sha256 : str
        Of the file's bytes.
    """

    path: Path
    sha256: str
    experiment: Experiment

    @property
    def instance_folder(self) -> Path:
        """Where the instance is."""
        return _beside(self.path, self.experiment.instance)

    @property
    def output_folder(self) -> Path:
        """Where the results go."""
        return _beside(self.path, self.experiment.output.folder)


def read_experiment(path: str | Path) -> ExperimentFile:
    """Read and check an experiment file.

    Raises
    ------
    FaultyInputError
        With every fault of the file: unknown keys, wrong types and values, an instance that is not there.
    FileNotFoundError
        When there is no such file.
    """
    file = Path(path)
    if not file.is_file():
        raise FileNotFoundError(f"{file}: no such experiment file; {_nearest_path(file, '*.toml')}")
    content = file.read_bytes()
    try:
        data = tomllib.loads(content.decode("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise FaultyInputError(str(file), [Fault(file.name, "", f"is not valid TOML: {error}")]) from error
    faults: list[Fault] = []
    experiment = None
    try:
        experiment = Experiment.model_validate(data)
    except ValidationError as error:
        faults += faults_of(error, file.name, fields=known_keys(Experiment))
    faults += _missing_instance(file, data)
    if experiment is None or faults:
        raise FaultyInputError(str(file), faults)
    return ExperimentFile(file, hashlib.sha256(content).hexdigest(), experiment)


def _missing_instance(file: Path, data: dict[str, Any]) -> Iterator[Fault]:
    given = data.get("instance")
    if not isinstance(given, str) or not given:
        return
    folder = _beside(file, given)
    if not folder.is_dir():
        message = f"found {given!r}, but {folder} is not a folder; {_nearest_path(folder, '*/instance.toml')}"
        yield Fault(file.name, "instance", message)


def _nearest_path(path: Path, pattern: str) -> str:
    """Say what stands next to a path that is not there."""
    if not path.parent.is_dir():
        return f"there is no folder {path.parent} either"
    there = {found.relative_to(path.parent).parts[0] for found in path.parent.glob(pattern)}
    return nearest(path.name, there)


def _beside(file: Path, given: str) -> Path:
    return (file.parent / Path(given).expanduser()).resolve()
