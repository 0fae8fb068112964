from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from voltmile.problem.faults import FaultyInputError
from voltmile.study.config import BASELINES, read_experiment


def write(folder: Path, text: str) -> Path:
    (folder / "nation").mkdir(exist_ok=True)
    (folder / "nation" / "instance.toml").touch()
    file = folder / "run.toml"
    file.write_text(text, encoding="utf-8")
    return file


def faults_of(file: Path) -> str:
    with pytest.raises(FaultyInputError) as caught:
        read_experiment(file)
    return str(caught.value)


def test_what_is_left_out_has_a_default(tmp_path: Path) -> None:
    file = write(tmp_path, 'instance = "nation"\n[output]\nfolder = "out"\n')
    experiment = read_experiment(file).experiment
    assert (experiment.seed, experiment.solve.gap, experiment.solve.time_limit_s) == (1, 0.01, 600.0)
    assert experiment.output.figures
    assert experiment.output.baselines == BASELINES


def test_paths_are_relative_to_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(tmp_path, 'instance = "nation"\n[output]\nfolder = "../out"\n')
    monkeypatch.chdir("/")
    found = read_experiment(file)
    assert found.instance_folder == (tmp_path / "nation").resolve()
    assert found.output_folder == (tmp_path.parent / "out").resolve()


def test_the_hash_is_that_of_the_bytes(tmp_path: Path) -> None:
    file = write(tmp_path, 'instance = "nation"\n[output]\nfolder = "out"\n# 注\n')
    assert read_experiment(file).sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_every_fault_is_named_with_file_key_value_and_what_would_be_valid(tmp_path: Path) -> None:
    file = write(
        tmp_path,
        """
        instance = "natoin"
        seed = -1
        [solve]
        gpa = 0.1
        time_limit_s = "long"
        workers = 1.5
        [output]
        baselines = ["seperate_carriers", "city_alone", "city_alone"]
        """,
    )
    message = faults_of(file)
    assert "7 faults" in message
    for part in (
        "run.toml, instance: found 'natoin'",
        "did you mean 'nation'?",
        "run.toml, seed: found -1",
        "run.toml, solve.gpa: unknown key; did you mean 'gap'?",
        "run.toml, solve.time_limit_s: found 'long'",
        "run.toml, solve.workers: found 1.5",
        "run.toml, output.folder: is missing",
        "found 'seperate_carriers'; did you mean 'separate_carriers'?; 'city_alone' stands there twice",
    ):
        assert part in message


def test_broken_toml_says_where(tmp_path: Path) -> None:
    assert "run.toml: is not valid TOML" in faults_of(write(tmp_path, "instance = \n"))


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    write(tmp_path, "")
    with pytest.raises(FileNotFoundError, match=r"did you mean 'run\.toml'"):
        read_experiment(tmp_path / "rnu.toml")


def test_a_missing_folder_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        read_experiment(tmp_path / "nowhere" / "run.toml")


def test_the_command_line_overrides_limits(tmp_path: Path) -> None:
    file = write(tmp_path, 'instance = "nation"\n[solve]\ngap = 0.05\n[output]\nfolder = "out"\n')
    solve = read_experiment(file).experiment.with_limits(workers=3, time_limit_s=7.0).solve
    assert (solve.gap, solve.workers, solve.time_limit_s) == (0.05, 3, 7.0)
