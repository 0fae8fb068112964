"""The page of a folder of rows: its tables are made of the rows, the words around them are anyone's."""

from __future__ import annotations

from collections.abc import Sequence

from voltmile.study.sheets import Sheet, to_markdown

BEGIN, END = "<!-- table -->\n", "<!-- end of table -->\n"
"""What stands between them is printed; everything else on a page stays as it is."""


def new_page(title: str, about: str, command: str) -> str:
    """Return a page with an empty table."""
    return (
        f"# {title}\n\n{about}\n\n"
        f"Made by\n\n```sh\n{command}\n```\n\n"
        "Commit, versions, machine and settings are in `provenance.json`. The tables are made of the rows "
        "beside this page; a test holds the page to them.\n\n"
        f"{BEGIN}{END}"
    )


def printed(page: str) -> str:
    """Return what stands between the marks of a page."""
    return page.split(BEGIN)[1].split(END)[0]


def with_tables(page: str, tables: str) -> str:
    """Return a page with other tables."""
    before, rest = page.split(BEGIN)
    return f"{before}{BEGIN}{tables}{END}{rest.split(END)[1]}"


def sections(parts: Sequence[tuple[str, Sheet | Sequence[str]]]) -> str:
    """Return headings, each with a table or a list of lines under it; those without any are left out."""
    shown = []
    for heading, part in parts:
        if isinstance(part, Sheet):
            text = to_markdown(part) if part.rows else ""
        else:
            text = "".join(f"* {line}\n" for line in part)
        if text:
            shown.append(f"## {heading}\n\n{text}" if heading else text)
    return "\n".join(shown)
