"""The page about a folder of hub-days: how the gaps are distributed, every row, the figure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from voltmile.study.benchmark.origin import Origin
from voltmile.study.benchmark.store import write_whole
from voltmile.study.hub_days.figure import draw_figure
from voltmile.study.hub_days.rows import Row

#: Limits of the classes of the table.
_VILLAGES, _STOPS = (0, 40, 60, 80), (0, 10, 15, 20)


def write_report(folder: Path, rows: Sequence[Row], wanted: int, origin: Origin) -> None:
    """Write README.md and gap.png, if there are rows."""
    if not rows:
        return
    draw_figure(rows, folder / "gap.png")
    write_whole(folder / "README.md", report(rows, wanted, origin))


def report(rows: Sequence[Row], wanted: int, origin: Origin) -> str:
    """Return the text of the page."""
    what, last = origin.definition, origin.runs[-1]
    missing = "" if len(rows) == wanted else f" **{wanted - len(rows)} of {wanted} are not solved yet.**"
    sample = (
        f"{len(rows)} hubs of `{what['instance']}`, seed {what['seed']}, each with one of its days; "
        f"all vehicle types, one thread, until plan and bound are {100 * what['gap']:g} % apart or "
        f"{what['time_limit_s']:g} s are over.{missing} Bounds hold over all routes (models/README.md, *The "
        "bound*; models/ROUTING.md, *Hub-days*)."
    )
    made = (
        f"Machine: {last.machine.cpu or last.machine.platform}, {last.machine.cores} cores, workers: "
        f"{last.workers}. Commit {last.commit or 'unknown'}{' (changed)' if last.dirty else ''}. "
        "`provenance.json` has the rest; `rows.csv` every digit."
    )
    figure = "![Gap and time by villages and by stops a route](gap.png)"
    lines = [
        "# Hub-days",
        "",
        sample,
        "",
        *_distribution(rows),
        "",
        figure,
        "",
        *_all_rows(rows),
        "",
        made,
        "",
    ]
    return "\n".join(lines)


def _distribution(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| hub-days | number | median gap | mean | 90 % | most | up to 1 % | up to 3 % | median s | most s |",
        "| --- |" + 9 * " ---: |",
        _line("all", rows),
    ]
    lines += _classes(rows, "villages", _VILLAGES, lambda row: row.n)
    return lines + _classes(rows, "stops a route", _STOPS, lambda row: row.stops_per_route)


def _classes(
    rows: Sequence[Row], name: str, limits: Sequence[int], value: Callable[[Row], float]
) -> list[str]:
    lines = []
    for low, high in zip(limits, (*limits[1:], None), strict=True):
        some = [row for row in rows if value(row) >= low and (high is None or value(row) < high)]
        span = f"{low} or more" if high is None else f"under {high}" if low == 0 else f"{low} to under {high}"
        if some:
            lines.append(_line(f"{span} {name}", some))
    return lines


def _line(name: str, rows: Sequence[Row]) -> str:
    gaps = 100 * np.array([row.gap for row in rows])
    seconds = np.array([row.time_s for row in rows])
    numbers = [np.median(gaps), gaps.mean(), np.quantile(gaps, 0.9), gaps.max()]
    shares = [int((gaps <= most).sum()) for most in (1, 3)]
    cells = [name, str(len(rows)), *(f"{v:.2f} %" for v in numbers), *map(str, shares)]
    cells += [f"{np.median(seconds):.0f}", f"{seconds.max():.0f}"]
    return f"| {' | '.join(cells)} |"


def _all_rows(rows: Sequence[Row]) -> list[str]:
    lines = [
        "| hub | city | villages | day | vehicles | stops a route | CNY a day | bound | gap | s to 3 % | "
        "s to 1 % | s | nodes | cuts |",
        "| --- | --- | ---: | --- | --- |" + 9 * " ---: |",
    ]
    for row in rows:
        cells = [row.hub, row.city, str(row.n), f"{row.year} {row.day_type}", row.vehicles]
        cells += [f"{row.stops_per_route:.1f}", f"{row.cost_cny:.2f}", f"{row.bound_cny:.2f}"]
        cells += [f"{100 * row.gap:.2f} %", _seconds(row.to_3_pct_s), _seconds(row.to_1_pct_s)]
        cells += [f"{row.time_s:.0f}", str(row.nodes), str(row.cuts)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}"
