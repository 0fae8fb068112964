"""One look for all figures: type, colours, and files that are the same bytes for the same plan."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import fmean
from typing import Any

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.offsetbox import AnchoredOffsetbox, HPacker, TextArea
from matplotlib.transforms import Transform

from voltmile.problem.nation import Nation
from voltmile.problem.vehicles import BatteryVehicle
from voltmile.study.figures.words import FONTS

INK = "#222222"
QUIET = "#6b6b6b"
FAINT = "#d9d9d9"
# Okabe and Ito, Color Universal Design (2008): every kind of colour vision tells blue from vermilion.
ELECTRIC = "#0072B2"
FUEL = "#D55E00"
GAIN = "#009E73"
_ELECTRIC_SHADES = (ELECTRIC, "#56B4E9", "#003D66", "#A9D8F2")
_FUEL_SHADES = (FUEL, "#E69F00", "#8F3F00", "#F6D08A")

SWATCH = "\N{BLACK SQUARE}"

PNG_DPI = 160

Word = tuple[str, str]
"""A text and its colour."""

_RC: Any = {  # rcParams' own type lists every name there is
    "font.family": list(FONTS),
    "font.size": 9.0,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "text.parse_math": False,  # a village may be called $1
    "svg.hashsalt": "voltmile",
    "svg.fonttype": "path",
    "path.simplify": False,
}


@contextmanager
def styled() -> Iterator[None]:
    """Apply the look to the figures drawn and saved within, whatever the user's matplotlibrc says."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)
        yield


def new_figure(width_in: float, height_in: float) -> Figure:
    """Return an empty figure that belongs to no window and to no global list."""
    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save(figure: Figure, path: Path) -> None:
    """Write a figure as SVG and PNG, without anything that changes from run to run."""
    figure.savefig(path.with_name(f"{path.name}.svg"), metadata={"Date": None, "Creator": None})
    figure.savefig(path.with_name(f"{path.name}.png"), dpi=PNG_DPI, metadata={"Software": None})


def vehicle_colours(nation: Nation) -> Mapping[str, str]:
    """Colour by vehicle type: blues drive electric, oranges burn fuel."""
    colours: dict[str, str] = {}
    for powertrain, shades in ((True, _ELECTRIC_SHADES), (False, _FUEL_SHADES)):
        kinds = [k.id for k in nation.vehicle_types if isinstance(k, BatteryVehicle) is powertrain]
        colours |= {kind: shades[position % len(shades)] for position, kind in enumerate(kinds)}
    return {kind.id: colours[kind.id] for kind in nation.vehicle_types}


def text_on(colour: str) -> str:
    """Black or white, whichever reads better on a colour."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return "white" if 0.299 * red + 0.587 * green + 0.114 * blue < 0.55 else INK


def coloured_line(axes: Axes, words: Sequence[Word], height: float = 1.0) -> None:
    """Write words in their colours side by side above the axes: a legend that is read as a sentence.

    Parameters
    ----------
    words : sequence of (text, colour)
    height : float
        Where the line stands, as a share of the axes' height.
    """
    axes.add_artist(_line([[word] for word in words], axes.transAxes, (0.0, height)))


def headed(figure: Figure, title: str, key: Mapping[str, str] | None = None) -> None:
    """Give a figure a title, and below it a key of names to colours; what is drawn keeps below both."""
    width_in, height_in = figure.get_size_inches()
    left = 0.12 / width_in
    figure.text(left, 1 - 0.08 / height_in, title, va="top", fontsize=12, fontweight="bold")
    if key:
        pairs = [[(SWATCH, colour), (name, INK)] for name, colour in key.items()]
        figure.add_artist(_line(pairs, figure.transFigure, (left, 1 - 0.56 / height_in)))
    head_in = 0.68 if key else 0.38
    figure.set_layout_engine(ConstrainedLayoutEngine(rect=(0, 0, 1, 1 - head_in / height_in)))


def _line(
    groups: Sequence[Sequence[Word]], transform: Transform, place: tuple[float, float]
) -> AnchoredOffsetbox:
    """Words side by side, those of a group closer to each other."""
    box = AnchoredOffsetbox(
        loc="lower left",
        child=_side_by_side([_side_by_side([_area(*word) for word in group], 4) for group in groups], 11),
        pad=0,
        borderpad=0,
        frameon=False,
        bbox_to_anchor=place,
        bbox_transform=transform,
    )
    box.set_in_layout(False)
    return box


def _side_by_side(children: list[Artist], sep: float) -> HPacker:
    return HPacker(children=children, align="baseline", pad=0, sep=sep)


def _area(text: str, colour: str) -> Artist:
    return TextArea(text, textprops={"color": colour, "size": 9})


def spread(places: Sequence[float], distance: float, lowest: float) -> list[float]:
    """Move rising places apart until each is ``distance`` above the one before, as little as squares allow.

    Least squares under an order is solved by pooling: neighbours that stand too close move as one group about
    their mean.
    """
    groups: list[list[float]] = []
    for i, place in enumerate(places):
        groups.append([place - i * distance])
        while len(groups) > 1 and fmean(groups[-2]) >= fmean(groups[-1]):
            last = groups.pop()
            groups[-1] += last
    level = [max(fmean(group), lowest) for group in groups for _ in group]
    return [height + i * distance for i, height in enumerate(level)]


def round_down(value: float) -> float:
    """Return the greatest of 1, 2, 5 times a power of ten that does not exceed a positive value."""
    power = 10.0 ** math.floor(math.log10(value))
    return max(step * power for step in (1, 2, 5) if step * power <= value * (1 + 1e-12))
