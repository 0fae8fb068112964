"""The page about parts of a nation: seconds by cities, what was fitted, whether plans are equal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from voltmile.study.benchmark.origin import Origin
from voltmile.study.benchmark.store import write_whole
from voltmile.study.growth.figure import WORDS, draw_figure
from voltmile.study.growth.fit import fit
from voltmile.study.growth.rows import WAYS, Row


def write_report(folder: Path, rows: Sequence[Row], origin: Origin) -> None:
    """Write README.md and growth.png, if there are rows."""
    if not rows:
        return
    draw_figure(rows, folder / "growth.png")
    write_whole(folder / "README.md", report(rows, origin))


def report(rows: Sequence[Row], origin: Origin) -> str:
    """Return the text of the page."""
    what, last = origin.definition, origin.runs[-1]
    made = (
        f"Machine: {last.machine.cpu or last.machine.platform}, {last.machine.cores} cores. Commit "
        f"{last.commit or 'unknown'}{' (changed)' if last.dirty else ''}. `provenance.json` has the rest; "
        "`rows.csv` every digit."
    )
    lines = [
        "# Cost by cities",
        "",
        f"Parts of `{what['instance']}`: every so-many-th city under its share of the limits by urban "
        "parcels, solved by cities to the end of their effort, every case in a process of its own. Seconds "
        "include the beginning and the end of the workers.",
        "",
        "![Wall seconds by cities](growth.png)",
        "",
        *_fits(rows),
        "",
        _equal(rows),
        "",
        *_all_rows(rows),
        "",
        made,
        "",
    ]
    return "\n".join(lines)


def differing(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Return hubs and cities of the parts whose plan, cost or bound depends on who worked."""
    found: dict[tuple[int, int], set[str]] = {}
    for row in rows:
        found.setdefault((row.hubs, row.cities), set()).add(row.sha256)
    return sorted(part for part, digests in found.items() if len(digests) > 1)


def _equal(rows: Sequence[Row]) -> str:
    parts = [(row.hubs, row.cities) for row in rows]
    several = sum(parts.count(part) > 1 for part in set(parts))
    unequal = [f"{cities} cities{_hub_words(hubs)}" for hubs, cities in differing(rows)]
    if unequal:
        return f"**Plans, costs or bounds differ between workers for {', '.join(unequal)}.**"
    return (
        f"Plan, cost and the dual values behind the bound are the same to the last digit, whoever worked, in "
        f"all {several} parts solved in more than one way (`sha256` in `rows.csv`)."
    )


def _fits(rows: Sequence[Row]) -> Iterator[str]:
    yield "| hubs with villages a city | workers | cities | exponent | fixed s | s a city | CPU s a city |"
    yield "| --- | --- | --- |" + 4 * " ---: |"
    for hubs in sorted({row.hubs for row in rows}):
        for way in WAYS:
            some = sorted(
                (row for row in rows if (row.hubs, row.way) == (hubs, way)), key=lambda row: row.cities
            )
            wall, cpu = fit(some), fit(some, "cpu_s")
            if wall is None or cpu is None:
                continue
            cells = [_hubs(hubs), WORDS[way], ", ".join(str(row.cities) for row in some)]
            cells += [f"{wall.exponent:.2f}", *(f"{v:.1f}" for v in (wall.fixed_s, wall.city_s, cpu.city_s))]
            yield f"| {' | '.join(cells)} |"


def _all_rows(rows: Sequence[Row]) -> Iterator[str]:
    yield (
        "| hubs | cities | villages | workers | wall s | CPU s | MB | tours | frames | columns | prices "
        "| plan | bound | gap |"
    )
    yield "| --- | ---: | ---: | --- |" + 10 * " ---: |"
    for row in sorted(rows, key=lambda row: (row.hubs, row.cities, WAYS.index(row.way))):
        cells = [_hubs(row.hubs), str(row.cities), str(row.villages), WORDS[row.way]]
        cells += [f"{row.wall_s:.0f}", f"{row.cpu_s:.0f}", str(row.rss_mb)]
        seconds = (row.tours_s, row.frames_s, row.columns_s, row.prices_s, row.plan_s, row.bound_s)
        cells += [f"{value:.0f}" for value in seconds] + [f"{100 * row.gap:.2f} %"]
        yield f"| {' | '.join(cells)} |"


def _hubs(hubs: int) -> str:
    return str(hubs) if hubs else "all"


def _hub_words(hubs: int) -> str:
    return f" with {hubs} hub{'s' if hubs > 1 else ''} each" if hubs else ""
