"""One call that checks a result folder against its instance."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from voltmile.check.bound import Lagrangian
from voltmile.check.ceilings import Ceilings
from voltmile.check.certificate import read_certificate
from voltmile.check.charging import check_charging, count_charging
from voltmile.check.costs import keep_books
from voltmile.check.decisions import read_decisions
from voltmile.check.fleet import check_fleet, count_fleet
from voltmile.check.given import Given
from voltmile.check.limits import LimitCheck, check_cover
from voltmile.check.measures import check_measures
from voltmile.check.proofs import Proofs
from voltmile.check.report import ClaimCount, Findings, PricingLevel, Report, is_number, number, slack_for
from voltmile.check.result import ResultFiles, read_result
from voltmile.check.roads import RoadBook
from voltmile.check.routes import drive_all
from voltmile.check.summary import check_provenance, check_status, check_summary, instance_digest
from voltmile.check.sums import Sum
from voltmile.check.tables import Recomputed, check_tables
from voltmile.problem.faults import FaultyInputError
from voltmile.problem.folder import read
from voltmile.problem.nation import Nation
from voltmile.problem.plan import Plan


@np.errstate(over="ignore", invalid="ignore")  # absurd numbers in a result are violations, not warnings
def check(instance: Nation | str | Path, result: str | Path, *, pricing: PricingLevel = "all") -> Report:
    """Recompute everything a result says, with none of the code that made it.

    Parameters
    ----------
    instance : Nation or path
        The instance, or its folder.
    result : path
        A result folder (experiments/README.md).
    pricing : "none", "sample" or "all"
        How many of the certificate's claims about what a hub costs on a day, whatever its routes, are
        recomputed from their dual values: none, 50 chosen by the instance's digest, or all. The bound is
        certain with "all" only, which takes a few milliseconds a claim; the others are for a first look at a
        large result.

    Returns
    -------
    Report
        Every violation, in the user's words, and what was recomputed.

    Examples
    --------
    >>> report = check("instances/toy", "results/toy")  # doctest: +SKIP
    >>> print(report)  # doctest: +SKIP
    toy: holds (431 checks of 41 rules)
    """
    start, findings = time.perf_counter(), Findings()
    nation = _read_instance(instance, findings)
    has_measures = nation is not None and nation.measures is not None
    files = read_result(Path(result), findings, has_measures)
    if nation is None:
        return Report(str(instance), tuple(findings.violations), dict(findings.checked))
    given = Given(nation)
    roads, ceilings = RoadBook(given), Ceilings(given)
    recomputed = None
    if files.plan is not None:
        recomputed = _check_plan(given, roads, ceilings, files.plan, files, findings)
    if files.summary is not None:
        check_status(files.summary, files.plan is not None, findings)
    if files.provenance is not None:
        check_provenance(files.provenance, given, findings)
    bound, claims = None, ClaimCount(pricing)
    duals = read_certificate(files.certificate, given, findings) if files.certificate is not None else None
    if duals is not None:
        total = Lagrangian(given, ceilings, duals).bound()
        driven = recomputed.driven if recomputed else []
        seed = int(instance_digest(given)[:15], 16)
        claims = Proofs(given, roads, duals).check(driven, pricing, seed, total, findings)
        bound = total.safe
        _check_bound(total, duals.bound, files.summary, recomputed, findings)
    books = recomputed.books if recomputed else None
    return Report(
        instance=nation.header.name,
        violations=tuple(findings.violations),
        checked=dict(findings.checked),
        objective=books.objective if books else None,
        bound=bound,
        co2_kg={y: books.co2_of(y) for y in given.years} if books else {},
        journey_km_per_visit=_journey(recomputed) if recomputed else None,
        claims=claims,
        seconds=time.perf_counter() - start,
    )


def _read_instance(instance: Nation | str | Path, findings: Findings) -> Nation | None:
    if isinstance(instance, Nation):
        return instance
    try:
        return read(instance)
    except FileNotFoundError as error:
        findings.require("format", False, str(instance), str(error))
    except FaultyInputError as error:
        for fault in error.faults:
            findings.require("format", False, f"{instance}", str(fault))
    return None


def _check_plan(
    given: Given, roads: RoadBook, ceilings: Ceilings, plan: Plan, files: ResultFiles, findings: Findings
) -> Recomputed:
    name = given.nation.header.name
    message = f"is a plan for instance {plan.instance!r}; the instance is {name!r}"
    findings.require("provenance", plan.instance == name, "plan.json", message)
    driven = drive_all(given, roads, plan, findings)
    check_cover(given, plan, findings)
    decisions = read_decisions(given, ceilings, plan, findings)
    fleet = count_fleet(given, decisions, findings)
    check_fleet(given, decisions, fleet, driven, findings)
    charging = count_charging(given, decisions, driven)
    check_charging(given, decisions, charging, findings)
    check_measures(given, decisions, findings)
    books = keep_books(given, decisions, fleet, charging, driven)
    limits = LimitCheck(given, decisions, fleet, books, driven)
    used = limits.run(findings)
    right = Recomputed(given, decisions, fleet, charging, books, driven, used)
    check_tables(files.tables, right, findings)
    if files.summary is not None:
        check_summary(files.summary, right, limits, findings)
    return right


def _check_bound(
    total: Sum,
    claimed: float,
    summary: Mapping[str, Any] | None,
    recomputed: Recomputed | None,
    findings: Findings,
) -> None:
    room = slack_for(total.safe)
    message = f"bound {number(claimed)} CNY is claimed; the dual values prove {number(total.safe)} CNY"
    holds = total.value - room <= claimed <= total.safe + room
    findings.require("bound", holds, "certificate.json", message)
    written = summary.get("bound") if summary is not None else None
    if is_number(written):
        findings.equal("bound", "summary.json", "bound (of certificate.json)", written, claimed, "CNY")
    if recomputed is not None:
        objective = recomputed.books.objective
        message = f"the bound {number(total.safe)} CNY is above the cost {number(objective)} CNY of the plan"
        findings.require("bound", total.safe <= objective + slack_for(objective), "certificate.json", message)


def _journey(right: Recomputed) -> float:
    limits = LimitCheck(right.given, right.plan, right.fleet, right.books, right.driven)
    km, visits = limits.journey(*right.given.years)
    return km / visits if visits else 0.0
