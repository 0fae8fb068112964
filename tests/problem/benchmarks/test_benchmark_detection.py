"""Formats told by content, and files that are none of them, cut off or garbled."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from benchmark_refusal import refusal
from benchmark_texts import TEXTS, Write

from voltmile.problem.benchmarks import FORMATS, BenchmarkError, distances, read_benchmarks


@pytest.mark.parametrize("name", FORMATS)
def test_formats_are_told_by_content(write: Write, name: str) -> None:
    assert {p.variant for p in read_benchmarks(write("x", TEXTS[name]))} == {
        p.variant for p in read_benchmarks(write("x", TEXTS[name]), format=name)
    }


def outcome(path: Path, **options: str) -> str:
    """Return the message of the refusal, empty when the file is read; other exceptions pass."""
    try:
        read_benchmarks(path, **options)
    except BenchmarkError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_cut_off_between_lines_is_refused(write: Write, name: str) -> None:
    """Only the closing lines may be missed, and customers of Solomon's, which does not count them."""
    lines = TEXTS[name].splitlines(keepends=True)
    for kept in range(len(lines)):
        closing = name == "solomon" or lines[kept].strip() in ("-1", "EOF")
        message = outcome(write("a.txt", "".join(lines[:kept])), format=name)
        assert closing or message, kept
        assert "\n" not in message


@pytest.mark.parametrize("name", FORMATS)
def test_garbled_files_never_raise_anything_else(write: Write, name: str) -> None:
    choice = random.Random(name)
    words = ["-1", "0", "1e400", "nan", "x", "", "999999999999", "2.5", ":", "<a>", "EOF", "1 2"]
    for _ in range(150):
        text = TEXTS[name]
        for _ in range(choice.randint(1, 3)):
            start = choice.randrange(len(text))
            text = text[:start] + choice.choice(words) + text[start + choice.randint(0, 12) :]
        path = write("a.txt", text)
        assert "\n" not in outcome(path) + outcome(path, format=name)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not a text file"),
        (b"once upon a time", "is in none of the known formats; valid: cvrplib"),
        (b"2 4 50 4\n0 80\n", "looks like several depots, periods or sites (Cordeau's format), which is not"),
        (b"20\n5\n6 7\n", "looks like location-routing, which is not supported"),
        (b"ID Type Longitude Latitude\n", "looks like green vehicle routing"),
        (b'{"customers": []}', "is in none of the known formats"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    assert refusal(path).startswith(message)


def test_folders_and_absent_files_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "is a folder; valid: one benchmark file"
    assert refusal(tmp_path / "no.vrp") == "cannot be read: No such file or directory"


def test_unknown_formats_and_variants_are_refused(write: Write) -> None:
    path = write("a.vrp", TEXTS["cvrplib"])
    assert refusal(path, format="cvrpilb") == "there is no format 'cvrpilb'; did you mean 'cvrplib'?"
    assert refusal(path, format="solomon").startswith("line 2: reads")
    path = write("b.txt", TEXTS["schneider"])
    message = "has no variant 'E-VRPTW ful'; did you mean 'E-VRPTW full' or 'E-VRPTW partial'?"
    assert refusal(path, variant="E-VRPTW ful") == message
    assert [p.variant for p in read_benchmarks(path, variant="E-VRPTW partial recharge")] == [
        "E-VRPTW partial"
    ]


def test_a_matrix_beyond_the_memory_is_refused(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(distances, "memory_gb", lambda: 1e-7)
    assert refusal(write("a.vrp", TEXTS["cvrplib"])).startswith("3 nodes need a distance matrix of 0.0 GB")
