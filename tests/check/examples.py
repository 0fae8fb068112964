"""A nation with a result made by enumeration, with none of the code of voltmile's own solver."""

from __future__ import annotations

from pathlib import Path

from result_writer import ResultWriter, write_result

from voltmile.problem.nation import Nation

TOY = Path(__file__).parents[2] / "instances" / "toy"


class Example:
    """A nation, the folder of its result, and what wrote it."""

    def __init__(self, nation: Nation, folder: Path) -> None:
        self.nation = nation
        self.folder = folder
        self.writer: ResultWriter = write_result(nation, folder)
