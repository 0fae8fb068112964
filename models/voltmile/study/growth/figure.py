"""Wall seconds against cities on logarithmic axes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.ticker import LogLocator

from voltmile.study.figures.style import ELECTRIC, FUEL, GAIN, PNG_DPI, headed, new_figure, styled
from voltmile.study.growth.fit import fit
from voltmile.study.growth.rows import WAYS, Row

WORDS = {"1": "1 worker", "2": "2 workers", "dask": "Dask, 2 workers"}
_COLOURS = dict(zip(WAYS, (FUEL, ELECTRIC, GAIN), strict=True))
#: Points that numbers are moved up: lines of two workers end side by side.
_UP = dict(zip(WAYS, (0, -5, 5), strict=True))


def draw_figure(rows: Sequence[Row], path: Path) -> None:
    """Write the figure as PNG: a line for every way, dashed where cities have few hubs only."""
    few = sorted({row.hubs for row in rows if row.hubs})
    legend = {WORDS[way]: _COLOURS[way] for way in WAYS if any(row.way == way for row in rows)}
    with styled():
        figure = new_figure(6.4, 4.2)
        axes = figure.subplots()
        for hubs in sorted({row.hubs for row in rows}):
            for way in WAYS:
                line = sorted((row.cities, row.wall_s) for row in rows if (row.hubs, row.way) == (hubs, way))
                if not line:
                    continue
                axes.plot(
                    *zip(*line, strict=True),
                    marker="o",
                    markersize=4,
                    color=_COLOURS[way],
                    linestyle="--" if hubs else "-",
                    linewidth=1.0,
                )
                found = fit([row for row in rows if (row.hubs, row.way) == (hubs, way)])
                if found is not None:
                    axes.annotate(
                        f"{found.exponent:.2f}",
                        line[-1],
                        xytext=(6, _UP[way]),
                        textcoords="offset points",
                        color=_COLOURS[way],
                        va="center",
                    )
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xticks(sorted({row.cities for row in rows}))
        axes.minorticks_off()
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter("{x:g}")
        axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        dashed = f"dashed: {few[0]} hub{'s' if few[0] > 1 else ''} a city; " if few else ""
        axes.set_xlabel(f"cities ({dashed}numbers at the lines: exponents)")
        axes.set_ylabel("wall seconds")
        headed(figure, "Solving a nation by cities", legend)
        figure.savefig(path, dpi=PNG_DPI, metadata={"Software": None})
