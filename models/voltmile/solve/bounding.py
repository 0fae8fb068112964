"""The certified bound: every hub and day bounded at common prices, and the prices moved to raise the sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from voltmile.routes.rates import Rates
from voltmile.solve import hub_work
from voltmile.solve.certificate import Certificate, DualValue
from voltmile.solve.frame import Frame, Vector, names_of
from voltmile.solve.hub_bound import CutPool, HubDayBound, nothing_proven
from voltmile.solve.offers import Offers
from voltmile.solve.prices import BlockKey, Master, lagrangian
from voltmile.solve.progress import BoundImproved, HubPriced
from voltmile.solve.run import Run, of_hub

#: How far the prices move from where the bound was best towards the master's: all the way, its duals jump.
_TOWARDS = 0.5

#: Relative distance of bound and master at which other prices can gain nothing worth the work.
_CLOSE = 1e-3


@dataclass(frozen=True)
class Bounded:
    """The best bound, the prices it holds at and what the hubs proved there."""

    value: float
    dual: Vector
    hubs: Mapping[BlockKey, HubDayBound]


def bound(run: Run, frame: Frame, offers: Mapping[BlockKey, Offers], dual: Vector) -> Bounded:
    """Bound at the prices of the offers, then at prices between these and the master's."""
    blocks = {key: offer.block for key, offer in offers.items()}
    pools = {hub: CutPool() for hub in sorted({key[0] for key in blocks})}
    master = Master(frame, blocks)
    for key, offer in offers.items():
        for use in offer.plans.values():
            master.propose(key, use)
    best: Bounded | None = None
    for _ in range(run.effort.price_rounds):
        rates = {key: block.rates(frame, dual) for key, block in blocks.items()}
        hubs = _hub_bounds(run, rates, pools, best)
        if len(hubs) < len(blocks) and best is not None:
            break
        # What Ctrl-C kept from being bounded costs nothing at the least: a weak bound, but a bound.
        hubs = {key: hubs.get(key) or nothing_proven(blocks[key].day, rates[key]) for key in blocks}
        value = lagrangian(frame, dual, [b.value for b in hubs.values()])
        if best is None or value > best.value:
            best = Bounded(value, dual, hubs)
        run.tell(BoundImproved(best.value))
        if run.over:
            break
        for key, found in hubs.items():
            master.propose(key, found.use)
        prices = master.solve()
        if prices.value - best.value <= _CLOSE * abs(prices.value):
            break
        dual = frame.clipped(_TOWARDS * prices.dual + (1 - _TOWARDS) * best.dual)
    assert best is not None
    return best


def _hub_bounds(
    run: Run,
    rates: Mapping[BlockKey, Sequence[Rates]],
    pools: dict[str, CutPool],
    best: Bounded | None,
) -> dict[BlockKey, HubDayBound]:
    """Bounds of all blocks in the order of the rates; fewer when Ctrl-C or the time limit came meanwhile."""
    hubs = list(pools)
    rounds = run.effort.cut_rounds, run.effort.rounds_by_worth
    tasks = [(hub, of_hub(hub, rates), pools[hub], *rounds) for hub in hubs]
    found: dict[BlockKey, HubDayBound] = {}

    def enough() -> bool:
        """Finish the first bound whatever the time limit; give up a better one."""
        return run.stop.is_set() if best is None else run.over

    for position, (days, pool) in run.crew.run(hub_work.bounds, tasks, enough):
        hub = hubs[position]
        pools[hub] = pool
        found.update({(hub, y, d): value for (y, d), value in days.items()})
        city = run.nation.hub[hub].city
        for y, d in days:
            run.tell(HubPriced(city, hub, y, d, len(found), best.value if best else None))
    return {key: found[key] for key in rates if key in found}


def certificate(bounded: Bounded, frame: Frame) -> Certificate:
    """Dual values that prove the bound, in the form the checker reads."""
    grouped = names_of(frame.as_mapping(bounded.dual))
    return Certificate(
        bound=bounded.value,
        duals={
            name: tuple(DualValue(row=row, value=value) for row, value in rows)
            for name, rows in sorted(grouped.items())
        },
        hub_days=tuple(found.proof for found in bounded.hubs.values()),
    )
