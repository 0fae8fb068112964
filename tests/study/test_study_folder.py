from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from voltmile.study import folder
from voltmile.study.folder import MARKS, OutputError, explained, replacing


def fill(path: Path, word: str) -> None:
    for name in MARKS:
        (path / name).write_text(word, encoding="utf-8")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    target = tmp_path / "results"
    target.mkdir()
    fill(target, "old")
    return target


def word(target: Path) -> str:
    return (target / MARKS[0]).read_text(encoding="utf-8")


def neighbours(target: Path) -> list[str]:
    return sorted(path.name for path in target.parent.iterdir() if path != target)


def test_a_new_folder_appears_at_the_end_only(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "results"
    with replacing(target) as staging:
        fill(staging, "new")
        (staging / "figures").mkdir()
        (staging / "figures" / "map.svg").touch()
        assert not target.exists()
    assert word(target) == "new"
    assert (target / "figures" / "map.svg").is_file()
    assert neighbours(target) == []


def test_an_old_folder_is_replaced_whole(old: Path) -> None:
    (old / "report.html").touch()
    with replacing(old) as staging:
        fill(staging, "new")
        assert word(old) == "old"
    assert word(old) == "new"
    assert not (old / "report.html").exists()
    assert neighbours(old) == []


def test_a_folder_has_the_rights_others_would_have(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    with replacing(tmp_path / "results") as staging:
        fill(staging, "new")
    assert (tmp_path / "results").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_whatever_goes_wrong_leaves_the_old_results(old: Path, error: type[BaseException]) -> None:
    def work() -> None:
        with replacing(old) as staging:
            fill(staging, "new")
            raise error

    with pytest.raises(error):
        work()
    assert word(old) == "old"
    assert neighbours(old) == []


def test_a_full_disk_is_said_and_leaves_the_old_results(old: Path) -> None:
    def work() -> None:
        with replacing(old) as staging, explained(old):
            fill(staging, "new")
            raise OSError(errno.ENOSPC, "No space left on device", str(staging / "plan.json"))

    with pytest.raises(OutputError) as caught:
        work()
    assert "No space left on device" in str(caught.value)
    assert f"the old results in {old} are untouched" in str(caught.value)
    assert word(old) == "old"


def test_a_disk_that_is_full_at_the_last_moment_puts_the_old_results_back(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def failing(self: Path, target: Path) -> Path:
        if self.name.startswith(".results.new-"):
            raise OSError(errno.ENOSPC, "No space left on device")
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OutputError, match="untouched"), replacing(old) as staging:
        fill(staging, "new")
    assert word(old) == "old"
    assert neighbours(old) == []


def test_a_place_that_cannot_be_written_is_found_before_any_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path))

    monkeypatch.setattr(folder.tempfile, "mkdtemp", refused)
    with pytest.raises(OutputError, match="Permission denied"), replacing(tmp_path / "results"):
        pytest.fail("the work must not begin")


def test_a_file_in_the_way_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a letter")
    with pytest.raises(OutputError, match="cannot be a result folder"), replacing(tmp_path / "results"):
        pytest.fail("the work must not begin")
    (tmp_path / "file").write_text("a letter")
    with pytest.raises(OutputError, match="cannot"), replacing(tmp_path / "file" / "results"):
        pytest.fail("the work must not begin")


def test_a_folder_of_something_else_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(OutputError, match="holds no results"), replacing(tmp_path):
        pytest.fail("the work must not begin")
    with pytest.raises(OutputError, match="a folder of its own"), replacing(Path("/")):
        pytest.fail("the work must not begin")


def test_notes_among_the_results_are_not_thrown_away(old: Path) -> None:
    (old / "notes.md").touch()
    with pytest.raises(OutputError, match=r"also holds notes\.md"), replacing(old):
        pytest.fail("the work must not begin")


def test_leftovers_of_killed_runs_are_cleaned_up(old: Path) -> None:
    (old.parent / ".results.new-dead").mkdir()
    fill(old.parent / ".results.new-dead", "half")
    (old.parent / ".results.old-dead").mkdir()
    (old.parent / ".results-2.new-other").mkdir()
    with replacing(old) as staging:
        fill(staging, "new")
    assert neighbours(old) == [".results-2.new-other"]


def test_results_a_killed_run_had_moved_aside_come_back(old: Path) -> None:
    aside = old.parent / ".results.old-dead"
    aside.mkdir()
    old.rename(aside / "results")
    with pytest.raises(KeyboardInterrupt), replacing(old):
        raise KeyboardInterrupt
    assert word(old) == "old"
    assert neighbours(old) == []


def test_two_runs_do_not_write_the_same_folder(old: Path) -> None:
    other = (
        "import sys; from pathlib import Path; from voltmile.study.folder import replacing\n"
        "with replacing(Path(sys.argv[1])): print('in', flush=True); sys.stdin.read(1)\n"
        "sys.exit(3)"
    )
    command = [sys.executable, "-c", other, str(old.parent / "results")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stdout.readline() == b"in\n"
        with pytest.raises(OutputError, match="another run is writing"), replacing(old):
            pytest.fail("the work must not begin")
        running.kill()
    with replacing(old) as staging:  # a lock dies with its process
        fill(staging, "new")
    assert word(old) == "new"
    assert neighbours(old) == []
