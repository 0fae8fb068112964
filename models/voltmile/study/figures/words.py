"""What can be written in a figure: names the fonts can draw, numbers people can read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

_LATIN = "DejaVu Sans"  # comes with matplotlib
_EAST_ASIAN = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "SimHei",
    "Arial Unicode MS",
)


def _fonts() -> tuple[str, ...]:
    installed = {font.name for font in font_manager.fontManager.ttflist}
    return (_LATIN, *[name for name in _EAST_ASIAN if name in installed][:1])


FONTS = _fonts()
"""Font families in use; the second, when there is one, has Chinese characters."""


@cache
def _characters() -> frozenset[int]:
    found: set[int] = set()
    for name in FONTS:
        found |= FT2Font(font_manager.findfont(name)).get_charmap().keys()
    return frozenset(found)


def label(*candidates: str) -> str:
    """Return the first candidate that can be drawn whole; the last with question marks where none can."""
    for text in candidates:
        if all(ord(letter) in _characters() for letter in text):
            return text
    return "".join(letter if ord(letter) in _characters() else "?" for letter in candidates[-1])


def file_names(ids: Iterable[str]) -> dict[str, str]:
    """File name of each id: itself where every system allows it, numbered where two would be the same."""
    taken: set[str] = set()
    found = {}
    for key in ids:
        plain = re.sub(r"[^A-Za-z0-9._-]+", "_", key).strip(".") or "_"
        name, number = plain, 2
        while name.lower() in taken:
            name, number = f"{plain}-{number}", number + 1
        taken.add(name.lower())
        found[key] = name
    return found


def amount(value: float, unit: str) -> str:
    """Write an amount with three digits that matter: 12.3 million CNY, 45,600 km, 0.21 kg."""
    size = abs(value)
    for limit, name in ((1e9, "billion "), (1e6, "million ")):
        if size >= limit:
            return f"{three_digits(value / limit)} {name}{unit}"
    return f"{three_digits(value)} {unit}"


def three_digits(value: float) -> str:
    """Write a number with about three digits that matter, and all of those before the point."""
    size = abs(value)
    if size >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}"
