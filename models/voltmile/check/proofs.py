"""The proofs of the hub-days: recomputed, and held against what the plan pays."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from voltmile.check.certificate import Certificate, HubDay
from voltmile.check.given import Given
from voltmile.check.hub_day import HubDayBound, Proven, Ways
from voltmile.check.rates import Rates, rates_of
from voltmile.check.report import ClaimCount, Findings, PricingLevel, number, slack_for
from voltmile.check.roads import RoadBook
from voltmile.check.routes import Driven
from voltmile.check.sums import Sum

#: Hub-days that ``pricing="sample"`` recomputes.
SAMPLE = 50

#: CNY a claim may lie below what its dual values prove: the claimant's own allowance for rounding.
FEN = 0.01


@dataclass(frozen=True)
class Proofs:
    """What is proven about the routes of every hub-day."""

    given: Given
    roads: RoadBook
    duals: Certificate

    def check(
        self, driven: Sequence[Driven], level: PricingLevel, seed: int, total: Sum, findings: Findings
    ) -> ClaimCount:
        """Recompute the proofs the level asks for and add what all of them contribute to the bound.

        A hub-day that is not recomputed contributes what is claimed for it. The plan's own routes, priced at
        the rates, must not undercut any claim.
        """
        start, claims = time.perf_counter(), list(self.duals.proofs)
        chosen = set(self._chosen(claims, level, seed))
        paid: dict[HubDay, list[Driven]] = defaultdict(list)
        for one in driven:
            paid[one.route.hub, one.route.year, one.route.day_type].append(one)
        wrong, ways = set(), dict[str, Ways]()
        for key in claims:
            rates = self._rates(key)
            if not self._against_plan(key, rates, paid.get(key, []), findings):
                wrong.add(key)
            proven = Proven(self.duals.proofs[key].value, 0.0)
            if key in chosen:
                if key[0] not in ways:
                    ways[key[0]] = Ways.of(self.roads, key[0])
                proven = HubDayBound(self.given, ways[key[0]], self.duals.proofs[key], rates).proven()
                if not self._against_proof(key, proven, findings):
                    wrong.add(key)
            total.parts.append(proven.value)
            total.error += proven.error
        seconds = time.perf_counter() - start
        return ClaimCount(level, len(claims), len(chosen), len(chosen - wrong), len(wrong), seconds)

    def _chosen(self, claims: Sequence[HubDay], level: PricingLevel, seed: int) -> Sequence[HubDay]:
        if level == "none":
            return ()
        if level == "all" or len(claims) <= SAMPLE:
            return claims
        places = np.random.default_rng(seed).choice(len(claims), SAMPLE, replace=False)
        return [claims[n] for n in places]

    def _rates(self, key: HubDay) -> dict[str, Rates]:
        h, y, d = key
        return {k: rates_of(self.given, self.duals, h, k, y, d) for k in self.given.vehicles}

    def _against_plan(
        self, key: HubDay, rates: dict[str, Rates], driven: Sequence[Driven], findings: Findings
    ) -> bool:
        """Whether the plan pays no less than the claim, for what is a set of routes that serves the hub."""
        served = sorted(i for one in driven for i in one.route.stops)
        if served != sorted(village.id for village in self.given.villages_of[key[0]]):
            return True
        paid, claim = (
            sum(rates[one.route.vehicle_type].price(one) for one in driven),
            self.duals.proofs[key].value,
        )
        message = (
            f"at least {number(claim)} CNY is claimed at the dual values; the plan pays {number(paid)} CNY"
        )
        holds = claim <= paid + slack_for(paid)
        return findings.require("hub_day", holds, " ".join(map(str, key)), message)

    def _against_proof(self, key: HubDay, proven: Proven, findings: Findings) -> bool:
        claim, room = self.duals.proofs[key].value, slack_for(proven.value)
        message = (
            f"{number(claim)} CNY is claimed; the dual values prove {number(proven.value - proven.error)} CNY"
        )
        holds = proven.value - room - FEN <= claim <= proven.value - proven.error + room
        return findings.require("hub_day", holds, " ".join(map(str, key)), message)
