"""One plan for every hub and day, and everything else with it: the multiple-choice program."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from voltmile.routes.stop import Stop
from voltmile.solve.frame import Frame
from voltmile.solve.highs import solve_mip
from voltmile.solve.linking import column_of
from voltmile.solve.outcome import Outcome
from voltmile.solve.prices import Block, BlockKey
from voltmile.solve.rounding import best_start
from voltmile.solve.use import RouteUse


def choose_plans(
    frame: Frame,
    blocks: Mapping[BlockKey, Block],
    plans: Mapping[BlockKey, Sequence[RouteUse]],
    *,
    gap: float,
    nodes: int,
    stop: Stop | None = None,
    mixed: bool = False,
) -> tuple[dict[BlockKey, int] | None, Outcome]:
    """Choose one plan a block so that the joint program over these plans is cheapest.

    Parameters
    ----------
    mixed : bool
        Whether a block may be served by a mixture of its plans; then the largest share counts as chosen.

    Returns
    -------
    chosen : dict or None
        Position of the chosen plan of each block; None without a feasible choice.
    outcome : Outcome
        Of the MIP.
    """
    keys = list(blocks)
    offered = [(b, p) for b, key in enumerate(keys) for p in range(len(plans[key]))]
    rows = len(frame.keys)
    extra = []
    for b, p in offered:
        price, coefficients = column_of(blocks[keys[b]].links, plans[keys[b]][p])
        entries = {frame.row[name]: v for name, v in coefficients.items() if name in frame.row}
        extra.append((price, entries | {rows + b: 1.0}))
    whole = np.concatenate([frame.integrality, np.full(len(offered), not mixed, dtype=np.int32)])
    matrix = frame.beside(extra, len(keys), np.ones(len(offered)), whole)
    start = best_start(matrix, stop=stop)
    outcome = solve_mip(matrix, gap_rel=gap, node_limit=nodes, start=start, stop=stop)
    if outcome.x is None:
        return None, outcome
    share = outcome.x[len(frame.c) :]
    chosen: dict[BlockKey, tuple[float, int]] = {}
    for (b, p), weight in zip(offered, share, strict=True):
        best = chosen.get(keys[b])
        if best is None or weight > best[0]:
            chosen[keys[b]] = (float(weight), p)
    return {key: p for key, (_, p) in chosen.items()}, outcome
