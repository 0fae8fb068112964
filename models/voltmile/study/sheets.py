"""A small table with a title, and its text as Markdown, LaTeX or CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

Cell = str | int | float | None

FITTING = -1
"""Digits of a column whose numbers are of all sizes: each shows what matters of it."""


@dataclass(frozen=True)
class Sheet:
    """Rows under headings; a number carries the digits after the point that its column shows.

    Attributes
    ----------
    columns : tuple of (heading, digits)
        ``digits`` is None for a column of words, FITTING where every number has its own.
    rows : tuple of tuples
        CSV shows the values as they are; None is a blank cell.
    """

    title: str
    columns: tuple[tuple[str, int | None], ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def headings(self) -> list[str]:
        """Headings of the columns."""
        return [heading for heading, _ in self.columns]

    def is_number(self, column: int) -> bool:
        """Whether a column holds numbers, which stand to the right."""
        return self.columns[column][1] is not None

    def shown(self) -> list[list[str]]:
        """Cells as they are read: rounded, with thousands apart."""
        return [
            [_shown(cell, digits) for cell, (_, digits) in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]


def _shown(cell: Cell, digits: int | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return cell
    if digits == FITTING:
        size = abs(cell)
        digits = 0 if isinstance(cell, int) or size >= 1000 else 1 if size >= 10 else 3
    return f"{cell:,.{digits or 0}f}"


def to_csv(sheet: Sheet) -> str:
    """Return a sheet as CSV: every digit, no thousands marks."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(sheet.headings)
    writer.writerows(
        ["" if c is None else repr(c) if isinstance(c, float) else c for c in r] for r in sheet.rows
    )
    return out.getvalue()


def to_markdown(sheet: Sheet) -> str:
    """Return a sheet as a Markdown table, aligned for reading as plain text too."""
    cells = [[_escaped_markdown(cell) for cell in row] for row in [sheet.headings, *sheet.shown()]]
    widths = [max(3, *map(len, column)) for column in zip(*cells, strict=True)]
    right = [sheet.is_number(i) for i in range(len(widths))]
    ruler = ["-" * (w - 1) + ":" if r else "-" * w for w, r in zip(widths, right, strict=True)]
    lines = [_markdown_line(row, widths, right) for row in [cells[0], ruler, *cells[1:]]]
    return "\n".join(lines) + "\n"


def _markdown_line(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    placed = [c.rjust(w) if r else c.ljust(w) for c, w, r in zip(cells, widths, right, strict=True)]
    return f"| {' | '.join(placed)} |"


def _escaped_markdown(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("\n", " ")


_LATEX = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "{": r"\{",
        "}": r"\}",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)


def to_latex(sheet: Sheet) -> str:
    """Return a sheet as a LaTeX tabular with booktabs rules."""
    align = "".join("r" if sheet.is_number(i) else "l" for i in range(len(sheet.columns)))
    rows = [" & ".join(cell.translate(_LATEX) for cell in row) + r" \\" for row in sheet.shown()]
    head = " & ".join(heading.translate(_LATEX) for heading in sheet.headings) + r" \\"
    lines = [rf"\begin{{tabular}}{{{align}}}", r"\toprule", head, r"\midrule", *rows, r"\bottomrule"]
    return "\n".join([f"% {sheet.title}; needs \\usepackage{{booktabs}}", *lines, r"\end{tabular}"]) + "\n"


WRITERS = {"markdown": to_markdown, "csv": to_csv, "latex": to_latex}
