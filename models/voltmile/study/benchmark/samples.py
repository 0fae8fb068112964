"""Samples of names, drawn by hashes: anyone draws the same ones, whatever the versions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import pairwise


def draw(names: Sequence[str], count: int, seed: str) -> list[str]:
    """Draw names that cover the whole order they are in.

    The names are cut into ``count`` runs of nearly equal length, and of each run that one is drawn whose hash
    with the seed is the least.

    Parameters
    ----------
    names : sequence of str
        In the order that is to be covered, as by size; no two alike.
    count : int
        Names to draw; all of them where there are no more.
    seed : str
        A name; another one draws another sample.
    """
    count = min(count, len(names))
    cuts = [i * len(names) // count for i in range(count + 1)] if count else [0]
    runs = [names[first:last] for first, last in pairwise(cuts)]
    return [min(run, key=lambda name: _lot(seed, name)) for run in runs]


def _lot(seed: str, name: str) -> bytes:
    return hashlib.sha256(f"{seed}|{name}".encode()).digest()
